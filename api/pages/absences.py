"""Leave and who stands in: entered, ended early, and said beside each colleague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront
from api.pages.days import day_of_form
from api.pages.signin import KeepingRoute, went
from api.show import page, unit_name
from casework.absences import Absence, days, hole, why_not_declare
from casework.actions import standing_in
from casework.actions.staffing import GONE
from casework.offices import Person
from casework.ports import Keyring, Reading
from casework.refusals import BadInput, NotAllowed
from casework.staff import LEADS

router = APIRouter(prefix="/desk", route_class=KeepingRoute)


async def said(reading: Reading, me: Person, here: Sequence[Person]) -> Mapping[str, list[str]]:
    """By person, who is away and who stands in for whom, with what is not covered, for a colleague who
    looks at those of one unit."""
    by_id = {each.id: each for each in here}
    absences = await reading.absences.of(list(by_id))
    lines: dict[str, list[str]] = {}
    for each in absences:
        when, deputy = days(each.since, each.until), by_id.get(each.deputy)
        missing = hole(each, by_id, absences)
        if deputy:
            lines.setdefault(each.person, []).append(f"{when}请假,由{deputy.name}代班")
            name = by_id[each.person].name
            lines.setdefault(deputy.id, []).append(f"{when}替{name}代班")
        else:
            lines.setdefault(each.person, []).append(f"{when}请假")
        if missing:
            lines[each.person].append(f"{missing}:没有人代班,请改一位")
        elif uncovered := await _uncovered(reading, me, each, deputy):
            lines[each.person].append(uncovered)
    return lines


async def _uncovered(reading: Reading, me: Person, absence: Absence, deputy: Person | None) -> str:
    """What the deputy stays away from of what the other has in hand, for those who may give it to
    somebody else: of tickets that they know of themselves."""
    if deputy is None or not (me.id == absence.person or me.roles & LEADS):
        return ""
    if absence.person not in deputy.stands_in_for:
        return ""
    numbers = await reading.tickets.in_hand(absence.person, reader=me)
    left = numbers - await reading.tickets.known(numbers, reader=deputy) if numbers else numbers
    return f"有 {len(left)} 件{deputy.name}要回避,没有人代:请另派人" if left else ""


async def absence_page(
    request: Request, ring: Keyring, front: Front, person: str, *, trouble: str = "",
    deputy: str = "", since: str = "", last: str = "",
) -> HTMLResponse:  # fmt: skip
    """What is entered, and a form for more; refused, with the sentence and what was typed."""
    async with front.office.reading() as reading:
        whom = await reading.people.person(person)
        here = await reading.people.in_unit(whom.unit)
        absences = await reading.absences.of([each.id for each in here])
    if whom.id not in {each.id for each in here}:
        raise NotAllowed(GONE)
    if refusal := why_not_declare(ring.person, whom, front.content.organisation):
        raise NotAllowed(refusal)
    names = {each.id: each.name for each in here}
    return page(
        request,
        "desk/absence.html",
        status=409 if trouble else 200,
        ring=ring,
        whom=whom,
        mine=whom.id == ring.person.id,
        here=unit_name(whom.unit, front.content),
        absences=[
            (days(a.since, a.until), names.get(a.deputy, ""), a.since.isoformat())
            for a in absences
            if a.person == whom.id
        ],
        deputies=[
            each
            for each in here
            if each.id != whom.id and (each.may_read_cases() or not whom.may_read_cases())
        ],
        trouble=trouble,
        deputy=deputy,
        since=since,
        last=last,
    )


@router.get("/people/{person}/absence")
async def asked(request: Request, person: str, ring: Member, front: TheFront) -> HTMLResponse:
    return await absence_page(request, ring, front, person)


@router.post("/people/{person}/absence")
async def declare(
    request: Request,
    person: str,
    ring: Member,
    front: TheFront,
    deputy: Annotated[str, Form(max_length=40)] = "",
    since: Annotated[str, Form(max_length=40)] = "",
    last: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    try:
        await standing_in.declare(
            front.office, ring, person, deputy, since=day_of_form(since), last=day_of_form(last)
        )
    except (NotAllowed, BadInput) as refusal:
        return await absence_page(
            request, ring, front, person, trouble=refusal.sentence, deputy=deputy, since=since,
            last=last,
        )  # fmt: skip
    return went(f"/desk/people?unit={await _unit_of(front, person)}&done=away")


@router.post("/people/{person}/absence/end")
async def end(
    request: Request,
    person: str,
    ring: Member,
    front: TheFront,
    since: Annotated[datetime, Form()],
) -> Response:
    try:
        await standing_in.end(front.office, ring, person, since)
    except (NotAllowed, BadInput) as refusal:
        return await absence_page(request, ring, front, person, trouble=refusal.sentence)
    return went(f"/desk/people?unit={await _unit_of(front, person)}&done=back")


async def _unit_of(front: Front, person: str) -> str:
    async with front.office.reading() as reading:
        return (await reading.people.person(person)).unit
