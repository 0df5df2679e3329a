"""Inviting colleagues, into one's own unit or one below it, and the invitations that are open."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront
from api.pages.days import day_of_form
from api.pages.signin import KeepingRoute, went
from api.show import page, unit_name
from casework.actions import staffing
from casework.offices import Level, Person, Role, Unit
from casework.ports import Keyring
from casework.refusals import BadInput, NotAllowed
from casework.staff import why_not_into

router = APIRouter(prefix="/desk", route_class=KeepingRoute)

WITHDRAWN = "链接收回了,打不开了。要他来,就重新发一个;不要他来了,办离岗。"


def named(front: Front, unit: Unit) -> str:
    """A unit's name; of a township with its county, because towns are called alike."""
    offices = front.content.organisation
    return f"{offices[unit.parent].name}·{unit.name}" if _is_town(unit) else unit.name


def _is_town(unit: Unit) -> bool:
    return bool(unit.parent) and unit.level is Level.TOWNSHIP


async def invite_form(
    request: Request, ring: Keyring, front: Front, unit: str, *, trouble: str = "", said: str = "",
    name: str = "", roles: Collection[Role] = (), until: str = "",
) -> HTMLResponse:  # fmt: skip
    """The form and who has not come yet; refused, with the sentence and what was typed."""
    offices, mine = front.content.organisation, ring.person.unit
    if refusal := why_not_into(ring.person, mine, offices):
        raise NotAllowed(refusal)
    units = [each for each, _ in offices.tree(mine)]
    async with front.office.reading() as reading:
        invited = await reading.people.invited([each.id for each in units])
    return page(
        request,
        "desk/invite_colleague.html",
        status=409 if trouble else 200,
        ring=ring,
        units=[(each.id, named(front, each)) for each in units],
        chosen=unit or mine,
        invited=[(each, unit_name(each.person.unit, front.content)) for each in invited],
        roles=tuple(Role),
        ticked=frozenset(roles),
        trouble=trouble,
        said=said,
        name=name,
        until=until,
    )


def shown_once(
    request: Request, ring: Keyring, front: Front, added: Person, token: str
) -> HTMLResponse:
    """The link, which no page shows again."""
    return page(
        request,
        "desk/invited.html",
        ring=ring,
        added=added,
        here=unit_name(added.unit, front.content),
        link=str(request.url_for("invite_page", token=token)),
    )


@router.get("/people/invite")
async def asked(
    request: Request,
    ring: Member,
    front: TheFront,
    unit: Annotated[str, Query(max_length=40)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    said = WITHDRAWN if done == "withdrawn" else ""
    return await invite_form(request, ring, front, unit, said=said)


@router.post("/people/invite")
async def invite(
    request: Request,
    ring: Member,
    front: TheFront,
    name: Annotated[str, Form(max_length=400)] = "",
    unit: Annotated[str, Form(max_length=40)] = "",
    role: Annotated[list[Role] | None, Form()] = None,
    until: Annotated[str, Form(max_length=40)] = "",
) -> HTMLResponse:
    """A new colleague. Only he sees his password."""
    try:
        added, token = await staffing.invite(
            front.office, ring, name, unit, role or [], until=day_of_form(until)
        )
    except (NotAllowed, BadInput) as refusal:
        return await invite_form(
            request, ring, front, unit, trouble=refusal.sentence, name=name, roles=role or [],
            until=until,
        )  # fmt: skip
    return shown_once(request, ring, front, added, token)


@router.post("/people/{person}/invite")
async def invite_anew(request: Request, person: str, ring: Member, front: TheFront) -> HTMLResponse:
    """Another link for somebody who has not come; the one before opens nothing any more."""
    try:
        token = await staffing.invite_anew(front.office, ring, person)
    except (NotAllowed, BadInput) as refusal:
        return await invite_form(request, ring, front, "", trouble=refusal.sentence)
    async with front.office.reading() as reading:
        whom = await reading.people.person(person)
    return shown_once(request, ring, front, whom, token)


@router.post("/people/{person}/withdraw")
async def withdraw(request: Request, person: str, ring: Member, front: TheFront) -> Response:
    try:
        await staffing.withdraw(front.office, ring, person)
    except (NotAllowed, BadInput) as refusal:
        return await invite_form(request, ring, front, "", trouble=refusal.sentence)
    return went("/desk/people/invite?done=withdrawn")
