"""My queue: whose, in which tab, two lines a ticket, the nearest deadline first; an overview for those above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront
from api.pages.signin import KeepingRoute, went
from api.pages.views import After, is_a_place, query_of, view_of
from api.show import county_name, key_from_text, key_to_text, line_row, page
from casework.actions import handling
from casework.actions.listing import listing, search
from casework.offices import Level, Person
from casework.permits import Particulars
from casework.ports import Keyring, Reading
from casework.queue import Scope, Tab, View
from casework.refusals import BadInput, Refusal
from casework.steps import Action

router = APIRouter(prefix="/desk", route_class=KeepingRoute)

#: Which tab opens by itself: the most urgent one with something in it.
URGENT_FIRST = (Tab.OVERDUE, Tab.TODAY, Tab.TO_SIGN, Tab.NEW, Tab.TO_REVIEW, Tab.TO_INSPECT,
                Tab.WORKING, Tab.FOLLOWUP, Tab.WAITING)  # fmt: skip

#: As they stand on the page.
TABS = (Tab.OVERDUE, Tab.TODAY, Tab.NEW, Tab.TO_SIGN, Tab.WORKING, Tab.TO_REVIEW, Tab.TO_INSPECT,
        Tab.WAITING, Tab.FOLLOWUP, Tab.URGED, Tab.VOICE, Tab.DONE)  # fmt: skip

#: What the title counts, so that a page in the background calls: what nobody has taken up, and what
#: is late.
CALLING = (Tab.NEW, Tab.TO_SIGN, Tab.OVERDUE)

#: So many are given to somebody at once: a page of the list.
MOST_AT_ONCE = 50

EMPTY = {
    Tab.NEW: "没有等着受理的。新来的反映会自己出现在这里,受理要在24小时以内。",
    Tab.TO_SIGN: "没有等着签收的。上级交办以后会出现在这里。",
    Tab.WORKING: "手上没有正在办的。先看看“待签收”。",
    Tab.TO_REVIEW: "没有等着审核、批延期、复查的。",
    Tab.TO_INSPECT: "没有等着复验的。",
    Tab.TODAY: "今天没有到期的。",
    Tab.OVERDUE: "没有超期的,很好。",
    Tab.WAITING: "没有在等反映人补充的。",
    Tab.FOLLOWUP: "没有等着回访、销号的。办结以后的件会出现在这里。",
    Tab.URGED: "没有上级在督办的。",
    Tab.VOICE: "没有带录音的。",
    Tab.DONE: "还没有办完的件。",
}


def first_tab(counts: Mapping[Tab, int]) -> Tab:
    return next((tab for tab in URGENT_FIRST if counts[tab]), Tab.NEW)


def scopes_of(front: Front, person: Person) -> tuple[Scope, ...]:
    """A unit without units below has nothing to watch; what a county has below are townships, whose
    tasks it watches."""
    offices = front.content.organisation
    below = person.unit in offices and len(offices.below(offices[person.unit])) > 1
    return tuple(Scope) if below else (Scope.ALL, Scope.MINE)


def is_above(front: Front, person: Person) -> bool:
    """Whether he looks at many counties."""
    offices = front.content.organisation
    return person.unit in offices and offices[person.unit].level in (Level.CITY, Level.PROVINCE)


@router.get("")
async def queue(
    request: Request,
    ring: Member,
    front: TheFront,
    after: After = "",
    given: Annotated[int, Query(ge=0, le=MOST_AT_ONCE)] = 0,
) -> Response:
    """The first page of the desk: a list, or for city and province, without one asked for, the overview
    by county. Whoever reads no cases is sent to what he does."""
    if not ring.is_open:
        return went("/desk/unlock")
    if not ring.person.may_read_cases():
        return went("/desk/craftsmen" if "organiser" in ring.person.roles else "/desk/people")
    if not request.query_params and is_above(front, ring.person):
        return await overview(request, ring, front)
    view = view_of(request.query_params, View())
    shown = await listing(front.office, ring, view, after=key_from_text(after))
    if "tab" not in request.query_params:
        view = replace(view, tab=first_tab(shown.counts))
        shown = await listing(front.office, ring, view)
    async with front.office.reading() as reading:
        people = await reading.people.in_unit(ring.person.unit)
    handlers = [each for each in people if each.roles & Action.SIGN.card.who]
    return page(
        request,
        "desk/queue.html",
        ring=ring,
        view=view,
        tabs=[(each, shown.counts[each], query_of(replace(view, tab=each))) for each in TABS],
        scopes=[
            (each, query_of(replace(view, scope=each))) for each in scopes_of(front, ring.person)
        ],
        rows=[line_row(each, front, ring.person.unit) for each in shown.lines],
        first=query_of(view) if after else "",
        following=query_of(view, after=key_to_text(shown.next)) if shown.next else "",
        here=query_of(view),
        empty=EMPTY[view.tab],
        anything=any(shown.counts.values()),
        given=given,
        reported=reported(front, ring.person, view, shown.counts),
        calling=calling(shown.counts),
        filtered=any((view.county, view.category, view.handler, view.month)),
        unfiltered=query_of(View(tab=view.tab, scope=view.scope)),
        counties=counties_below(front, ring.person),
        categories=sorted(front.content.categories.items(), key=lambda each: each[1]),
        handlers=handlers,
        may_allot=bool(ring.person.roles & Action.ALLOT.card.who) and bool(handlers),
    )


def reported(front: Front, person: Person, view: View, counts: Mapping[Tab, int]) -> int:
    """How many of what a unit has are looked at from above. Not said at the top, nor of another unit's;
    of a county's own are also the tasks of its townships."""
    offices = front.content.organisation
    own = view.scope is Scope.UNIT or (view.scope is Scope.ALL and not is_above(front, person))
    if person.unit not in offices or person.unit == offices.province.id or not own:
        return 0
    return counts[Tab.URGED]


def calling(counts: Mapping[Tab, int]) -> int:
    return sum(counts[each] for each in CALLING)


def counties_below(front: Front, person: Person) -> list[tuple[str, str]]:
    """(code, name) of the counties under a unit that has several."""
    offices = front.content.organisation
    if not is_above(front, person):
        return []
    below = offices.below(offices[person.unit])
    units = [unit for unit in offices.at(Level.COUNTY) if unit.id in below]
    return [(unit.area, county_name(unit.area, front.content)) for unit in units]


async def overview(request: Request, ring: Keyring, front: Front) -> HTMLResponse:
    async with front.office.reading() as reading:
        counties = await reading.queue.overview(reader=ring.person, now=front.now())
        own = await _own_counts(reading, ring.person, front)
    return page(
        request,
        "desk/overview.html",
        ring=ring,
        rows=[
            (county_name(each.county, front.content), each.county, each.open, each.counts)
            for each in counties
        ],
        tabs=(Tab.OVERDUE, Tab.URGED, Tab.NEW, Tab.TO_SIGN, Tab.WORKING, Tab.TO_REVIEW, Tab.DONE),
        own=[(tab, own[tab]) for tab in TABS if own[tab] and tab is not Tab.DONE],
    )


async def _own_counts(reading: Reading, person: Person, front: Front) -> Mapping[Tab, int]:
    return await reading.queue.counts(reader=person, now=front.now(), scope=Scope.UNIT)


@router.get("/fresh")
async def fresh(
    request: Request, ring: Member, front: TheFront, seen: Annotated[int, Query(ge=0)] = 0
) -> HTMLResponse:
    """Every minute: whether more came since the page was drawn. It replaces a line of its own, so that
    nobody who is typing or walking the list is disturbed."""
    view = view_of(request.query_params, View())
    async with front.office.reading() as reading:
        counts = await reading.queue.counts(
            reader=ring.person, now=front.now(), scope=view.scope, county=view.county
        )
    return page(
        request, "desk/fresh.html", calling=calling(counts), more=calling(counts) - seen,
        here=query_of(view), tab=view.tab,
    )  # fmt: skip


@router.post("/allot")
async def allot(
    request: Request,
    ring: Member,
    front: TheFront,
    person: Annotated[str, Form(max_length=40)] = "",
    number: Annotated[list[str] | None, Form()] = None,
    here: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Several at once to one colleague. Each is a step of its own: one that is refused keeps no other
    back, and is named with why."""
    numbers = [each for each in dict.fromkeys(number or []) if each.isascii() and each.isalnum()]
    if not numbers:
        raise BadInput("先在前面的方框里选几件。")
    if len(numbers) > MOST_AT_ONCE:
        raise BadInput(f"一次最多分 {MOST_AT_ONCE} 件。")
    done, refused = [], list[tuple[str, str]]()
    for each in numbers:
        try:
            await handling.act(
                front.office, ring, each, Action.ALLOT, particulars=Particulars(person=person)
            )
            done.append(each)
        except Refusal as refusal:
            refused.append((each, refusal.sentence))
    if not refused:
        return went(f"{back_to(here)}{'&' if here else '?'}given={len(done)}")
    return page(
        request, "desk/allotted.html", ring=ring, done=done, refused=refused, here=back_to(here)
    )


def back_to(here: str) -> str:
    """The list somebody came from, as far as it is one of ours."""
    return f"/desk?{here}" if is_a_place(here) else "/desk"


@router.post("/search")
async def find_words(
    request: Request,
    ring: Member,
    front: TheFront,
    words: Annotated[str, Form(max_length=100)] = "",
) -> HTMLResponse:
    """What somebody looks for is posted: it never stands in an address."""
    found = await search(front.office, ring, words, View())
    return page(
        request,
        "desk/found.html",
        ring=ring,
        words=words,
        found=found,
        rows=[line_row(each, front, ring.person.unit) for each in found.lines],
    )


@router.get("/find")
async def find(ring: Member, number: Annotated[str, Query(max_length=40)] = "") -> Response:
    """A ticket by its number; never a search for words, which would stand in the address."""
    wanted = "".join(number.split()).upper()
    if not (wanted.isascii() and wanted.isalnum()):
        raise BadInput("件号是字母和数字,比如 7K2M9QXWAB。")
    return went(f"/desk/tickets/{wanted}")


@router.get("/help")
async def help_page(request: Request, ring: Member) -> HTMLResponse:
    return page(request, "desk/help.html", ring=ring)
