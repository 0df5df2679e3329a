"""One ticket: its story, its clocks, its history, and the steps allowed now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from api.front import CaseMember, Front, TheFront
from api.pages.bar import bar
from api.pages.duty import course
from api.pages.facts import fact_lines, marked
from api.pages.near import Near, near_by
from api.pages.signin import KeepingRoute, went
from api.pages.views import is_a_place
from api.show import page, row, timer, unit_name
from casework.actions import handling, writing
from casework.actions.handling import OpenTicket
from casework.actions.recusing import OVERSEERS
from casework.offices import CHAIN, Person
from casework.permits import Particulars
from casework.ports import Keyring
from casework.recusals import Reason
from casework.refusals import BadInput, NotAllowed
from casework.reports import LONGEST
from casework.sealed_names import entry_field
from casework.shelves import Sees
from casework.steps import BY_HAND, OVER
from casework.tickets import Action, Audience, Entry, taken_back
from casework.tracks import WORDS
from casework.writing import Phrase

router = APIRouter(prefix="/desk/tickets", route_class=KeepingRoute)

#: Lines the house itself writes when something looks wrong.
ALARMS = {
    "pressure": "刚交办或者上过门就要求撤回,可能有人逼她,请督办员看一看。",
    "nobody_came": "反映人说还没人来过,请督办员看一看。",
    "reminded": "反映人催了,请上一级过问。",
}

DRAFT_KEPT = "存好了,没有发。下次打开这件还在,只有您看得到。"
TAKEN_BACK = "收回了,和没办这一步以前一样。反映人没有看到。"


@router.get("/{number}")
async def ticket(
    request: Request,
    number: str,
    ring: CaseMember,
    front: TheFront,
    done: Annotated[str, Query(max_length=20)] = "",
    at: Annotated[str, Query(max_length=100)] = "",  # where in a list it was opened from
    step: Annotated[str, Query(max_length=20)] = "",
    phrase: Annotated[str, Query(max_length=16)] = "",
) -> HTMLResponse:
    opened = await handling.look(front.office, ring, number)
    near = await near_by(front, ring, request.query_params)
    said = front.content.steps[Action(done)].done if done in BY_HAND else ""
    said = {Action.TAKE_BACK.value: TAKEN_BACK, "draft": DRAFT_KEPT}.get(done, said)
    around = await _around(front, opened, ring)
    typed = (opened.draft.action, {"text": opened.draft.text}) if opened.draft else None
    if step in BY_HAND and (chosen := around.phrase(phrase, Action(step))):
        typed = (chosen.action, {"text": _under(typed, chosen)})
    return ticket_page(request, front, ring, opened, around, said=said, near=near, typed=typed)


def _under(typed: tuple[Action, Mapping[str, str]] | None, chosen: Phrase) -> str:
    """A phrase stands under what was begun with the same step."""
    begun = typed[1]["text"] if typed and typed[0] is chosen.action else ""
    return f"{begun}\n{chosen.text}".strip()


@dataclass(frozen=True, kw_only=True)
class Around:
    """Who works where it is, and what the reader's own unit keeps for writing."""

    people: Sequence[Person]
    names: Mapping[str, str]  # of those in the history, for whoever oversees them
    phrases: Sequence[Phrase]
    told: Sequence[str] = ()  # who on duty was told of it

    def phrase(self, id: str, action: Action) -> Phrase | None:
        return next((p for p in self.phrases if p.id == id and p.action is action), None)


async def _around(front: Front, opened: OpenTicket, ring: Keyring) -> Around:
    named = set[str]()
    if ring.person.roles & OVERSEERS:
        named = {line.entry.person for line in opened.history if line.entry.person}
    async with front.office.reading() as reading:
        people = await reading.people.in_unit(opened.ticket.owner)
        names = {each: (await reading.people.person(each)).name for each in sorted(named)}
        phrases = await reading.writing.phrases(ring.person.unit)
    told = (
        await course(front, opened.ticket.number)
        if opened.sees is Sees.ALL and opened.history
        else ()
    )
    return Around(people=people, names=names, phrases=phrases, told=told)


def called(by: str, front: Front) -> str:
    """Who did it, as colleagues say: the reporter, or a unit."""
    return "反映人" if by == "reporter" else unit_name(by, front.content)


def ticket_page(
    request: Request,
    front: Front,
    ring: Keyring,
    opened: OpenTicket,
    around: Around,
    *,
    said: str = "",
    near: Near | None = None,
    trouble: str = "",
    typed: tuple[Action, Mapping[str, str]] | None = None,
    repeated: Sequence[str] = (),
    seen: str = "",
) -> HTMLResponse:
    """The page; after a refused step with the sentence why, and all that was typed."""
    organisation = front.content.organisation
    clocks = [timer(each, front) for each in opened.ticket.clocks]
    gone = taken_back([line.entry for line in opened.history])
    return page(
        request,
        "desk/ticket.html",
        status=409 if trouble else 200,
        ring=ring,
        ticket=opened.ticket,
        line=row(opened.ticket, front),
        owner=unit_name(opened.ticket.owner, front.content),
        whole=opened.sees is Sees.ALL,
        tasks=[
            line.text
            for line in opened.history
            if line.entry.to == ring.person.unit and line.entry.audience is Audience.TASK
        ],
        story=marked(opened.story, opened.facts),
        facts=fact_lines(opened.facts, front.understanding),
        history=[
            {
                "at": line.entry.at,
                "label": line.entry.action.label,
                "by": called(line.entry.by, front),
                "who": around.names.get(line.entry.person, ""),
                "text": line.text,
                "to": unit_name(line.entry.to, front.content) if line.entry.to else "",
                "alarm": ALARMS.get(line.entry.code, ""),
                "to_reporter": line.entry.audience is Audience.REPORTER,
                "to_township": line.entry.audience is Audience.TASK,
                "files": files_with(line.entry, opened),
                "gone": line.entry.n in gone,
            }
            for line in opened.history
            if line.entry.action is not Action.OPEN
        ],
        openings=[
            (line.entry.at, called(line.entry.by, front))
            for line in opened.history
            if line.entry.action is Action.OPEN
        ][-20:],
        told=around.told,
        climbed=climbed(opened, front) if opened.sees is Sees.ALL else [],
        running=[each for each in clocks if each.running],
        stopped=[each for each in clocks if not each.running],
        attachments=opened.attachments,
        no_copy=opened.no_copy,
        held=[
            (
                unit_name(each.unit, front.content),
                unit_name(each.charged_to, front.content),
                each.began,
                each.ended,
            )
            for each in opened.held
        ],
        bar=bar(
            opened.ticket,
            opened.allowed,
            front.content.rules,
            front.content.steps,
            typed,
            around.phrases,
        ),
        draft=opened.draft,
        repeated=repeated,
        seen=seen,
        printed=front.now(),
        side=[WORDS[name, state] for name, state in standing(opened)],
        reasons=front.content.rules.declines,
        handlers=[each for each in around.people if each.roles & Action.SIGN.card.who],
        near=near or Near(),
        units=[unit for unit in organisation.units.values() if unit.level in CHAIN],
        said=said,
        back_until=opened.back_until,
        trouble=trouble,
        longest=LONGEST,
        recusal_reasons=tuple(Reason),
        oversees=bool(OVERSEERS & ring.person.roles),
    )


def climbed(opened: OpenTicket, front: Front) -> list[tuple[str, datetime]]:
    """To which units a ticket that is late, and not over, was brought by the clock."""
    if opened.ticket.status in OVER:
        return []
    return [
        (unit_name(line.entry.by, front.content), line.entry.at)
        for line in opened.history
        if line.entry.action is Action.ESCALATE
    ]


def files_with(entry: Entry, opened: OpenTicket) -> int:
    """How many files the reporter added by this line."""
    field = entry_field(entry.audience, entry.at)
    return sum(each.part == field for each in opened.attachments)


def standing(opened: OpenTicket) -> list[tuple[str, str]]:
    """The side tracks that are under way or have come to something."""
    tracks = opened.ticket.tracks
    states = {"extension": tracks.extension, "draft": tracks.draft, "appeal": tracks.appeal}
    return [(name, state) for name, state in states.items() if state]


def goes_out(action: Action) -> bool:
    """Whether its words leave those who read the ticket: to the reporter's phone, which others pick up, or
    round among offices."""
    return action.card.says is Audience.REPORTER or action in (Action.SUBMIT, Action.CIRCULAR)


def fingerprint(text: str) -> str:
    """That somebody was shown where this very text repeats her."""
    return sha256(text.strip().encode()).hexdigest()[:16]


def day_from(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput("日子要写成 2026-11-30 这样。") from None


@router.post("/{number}/draft/{action}")
async def draft(
    number: str,
    action: Action,
    ring: CaseMember,
    front: TheFront,
    text: Annotated[str, Form(max_length=LONGEST)] = "",
    here: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Kept, and not sent; the page keeps it by itself while somebody writes."""
    await writing.keep_draft(front.office, ring, number, action, text)
    place = f"&{here}" if is_a_place(here) else ""
    return went(f"/desk/tickets/{number}?done=draft{place}")


@router.post("/{number}/{action}")
async def act(
    request: Request,
    number: str,
    action: Action,
    ring: CaseMember,
    front: TheFront,
    text: Annotated[str, Form(max_length=LONGEST)] = "",
    version: Annotated[int | None, Form()] = None,
    code: Annotated[str, Form(max_length=40)] = "",
    basis: Annotated[str, Form(max_length=500)] = "",
    to: Annotated[str, Form(max_length=40)] = "",
    other: Annotated[str, Form(max_length=40)] = "",
    until: Annotated[str, Form(max_length=10)] = "",
    person: Annotated[str, Form(max_length=40)] = "",
    here: Annotated[str, Form(max_length=500)] = "",
    seen: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """One step. Refused, the page comes back with the sentence and what was typed; and before words leave
    the office that repeat the reporter's, it comes back once and shows them."""
    typed = {
        "text": text, "code": code, "basis": basis, "to": to, "other": other, "until": until,
        "person": person,
    }  # fmt: skip
    trouble, repeated = "", tuple[str, ...]()
    try:
        if goes_out(action) and seen != fingerprint(text):
            repeated = await writing.repeats(front.office, ring, number, text)
        if not repeated:
            particulars = Particulars(
                code=code, basis=basis.strip(), to=to, other=other, until=day_from(until),
                person=person,
            )  # fmt: skip
            await handling.act(
                front.office, ring, number, action, text=text, version=version,
                particulars=particulars,
            )  # fmt: skip
    except (NotAllowed, BadInput) as refusal:
        trouble = refusal.sentence
    if trouble or repeated:
        opened = await handling.look(front.office, ring, number)
        around = await _around(front, opened, ring)
        return ticket_page(
            request, front, ring, opened, around, trouble=trouble, typed=(action, typed),
            repeated=repeated, seen=fingerprint(text) if repeated else "",
            near=await near_by(front, ring, dict(parse_qsl(here)) if is_a_place(here) else {}),
        )  # fmt: skip
    place = f"&{here}" if is_a_place(here) else ""
    return went(f"/desk/tickets/{number}?done={action.value}{place}")
