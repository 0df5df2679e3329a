"""My queue: fixed tabs with counts, one row a ticket, the nearest deadline first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from api.front import Member, TheFront
from api.pages.signin import KeepingRoute, went
from api.show import key_from_text, key_to_text, page, row
from casework.refusals import BadInput
from casework.shelves import Tab

router = APIRouter(prefix="/desk", route_class=KeepingRoute)

#: Which tab opens by itself: the most urgent one with something in it.
URGENT_FIRST = (Tab.OVERDUE, Tab.TODAY, Tab.TO_SIGN, Tab.NEW, Tab.WORKING, Tab.WAITING)

#: What the title counts, so that a page in the background calls: what nobody has taken up, and what
#: is late.
CALLING = (Tab.NEW, Tab.TO_SIGN, Tab.OVERDUE)

EMPTY = {
    Tab.NEW: "没有等着受理的。新来的反映会自己出现在这里,受理要在24小时以内。",
    Tab.TO_SIGN: "没有等着签收的。上级交办以后会出现在这里。",
    Tab.WORKING: "手上没有正在办的。先看看“待签收”。",
    Tab.TODAY: "今天没有到期的。",
    Tab.OVERDUE: "没有超期的,很好。",
    Tab.WAITING: "没有在等反映人补充的。",
    Tab.FOLLOWUP: "没有等着销号的。办结以后的件会出现在这里。",
    Tab.DONE: "还没有办完的件。",
}


def first_tab(counts: Mapping[Tab, int]) -> Tab:
    return next((tab for tab in URGENT_FIRST if counts[tab]), Tab.NEW)


@router.get("")
async def queue(
    request: Request,
    ring: Member,
    front: TheFront,
    tab: Tab | None = None,
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The first page of the desk. Whoever reads no cases is sent to what he does."""
    if not ring.is_open:
        return went("/desk/unlock")
    if not ring.person.may_read_cases():
        return went("/desk/craftsmen" if "organiser" in ring.person.roles else "/desk/people")
    now, key = front.now(), key_from_text(after)
    async with front.office.reading() as reading:
        counts = await reading.tickets.counts(reader=ring.person, now=now)
        tab = tab or first_tab(counts)
        lines = await reading.tickets.queue(tab, reader=ring.person, now=now, after=key)
    following = (
        urlencode({"tab": tab.value, "after": key_to_text(lines.next)}) if lines.next else ""
    )
    return page(
        request,
        "desk/queue.html",
        ring=ring,
        tabs=tuple((each, counts[each]) for each in Tab),
        tab=tab,
        rows=[row(each, front) for each in lines.lines],
        later=bool(after),
        following=following,
        here=str(request.url.query),
        empty=EMPTY[tab],
        anything=any(counts.values()),
        calling=sum(counts[each] for each in CALLING),
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
