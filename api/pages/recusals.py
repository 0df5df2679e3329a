"""Staying away from a ticket or from those of a unit: declared in one click, lifted by another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront
from api.pages.signin import KeepingRoute, went
from api.show import page, unit_name
from casework.actions import recusing
from casework.actions.recusing import Left
from casework.offices import CHAIN
from casework.ports import Keyring
from casework.recusals import Reason
from casework.refusals import BadInput, NotAllowed

router = APIRouter(prefix="/desk/recusals", route_class=KeepingRoute)

#: What is said when it is done, by what stands in the address.
SAID: dict[str, str] = {
    **{left.value: "已登记回避。从现在起,回避的人看不到,也办不了。" for left in Left},
    "lifted": "已取消回避。他又看得到了。",
}
ALONE: dict[str, str] = {
    Left.ABOVE.value: "本单位没有别人能办,会显示在上一级。",
    Left.NOBODY.value: "本单位没有别人能办,上一级也有看不到的。期限照走,请马上打电话告诉上级。",
}
ONE_OF_THEM = "件号和单位,填一样。"


@router.get("")
async def recusals(
    request: Request,
    ring: Member,
    front: TheFront,
    ticket: Annotated[str, Query(max_length=40)] = "",
    told: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    if not ring.is_open:
        return went("/desk/unlock")
    return await _drawn(request, front, ring, told=told, typed={"ticket": ticket})


@router.post("")
async def declare(
    request: Request,
    ring: Member,
    front: TheFront,
    ticket: Annotated[str, Form(max_length=40)] = "",
    unit: Annotated[str, Form(max_length=40)] = "",
    person: Annotated[str, Form(max_length=40)] = "",
    reason: Annotated[Reason, Form()] = Reason.OTHER,
) -> Response:
    """Nobody named is oneself. Refused, the page comes back with the sentence and what was chosen."""
    try:
        if bool(ticket.strip()) == bool(unit):
            raise BadInput(ONE_OF_THEM)
        left = await recusing.declare(
            front.office, ring, unit or ticket, reason=reason, person=person
        )
    except (NotAllowed, BadInput) as refusal:
        typed = {"ticket": ticket, "unit": unit, "person": person, "reason": reason.value}
        return await _drawn(request, front, ring, typed=typed, trouble=refusal.sentence)
    return went(f"/desk/recusals?told={left.value}")


@router.post("/lift")
async def lift(
    request: Request,
    ring: Member,
    front: TheFront,
    person: Annotated[str, Form(max_length=40)],
    about: Annotated[str, Form(max_length=40)],
) -> Response:
    try:
        await recusing.lift(front.office, ring, person, about)
    except (NotAllowed, BadInput) as refusal:
        return await _drawn(request, front, ring, trouble=refusal.sentence)
    return went("/desk/recusals?told=lifted")


def choices(front: Front, ring: Keyring) -> Mapping[str, object]:
    """What the form for a unit offers: those from which tickets come to this desk."""
    offices, mine = front.content.organisation, ring.person.unit
    near = frozenset[str]()
    if mine in offices:
        above = {unit.id for unit in offices.upwards(offices[mine])}
        near = offices.below(offices[mine]) | above
    units = [each for each in offices.units.values() if each.level in CHAIN and each.id in near]
    return {"units": units, "reasons": tuple(Reason), "mine": ring.person.may_read_cases()}


async def _drawn(
    request: Request,
    front: Front,
    ring: Keyring,
    *,
    told: str = "",
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    offices = front.content.organisation
    async with front.office.reading() as reading:
        declared = await recusing.shown(reading, ring.person, offices)
        colleagues = await recusing.whom_i_oversee(reading, ring.person, offices)
    return page(
        request,
        "desk/recusals.html",
        status=409 if trouble else 200,
        ring=ring,
        rows=[
            {
                "person": each.person.id,
                "name": each.person.name,
                "id": each.recusal.about,
                "about": unit_name(each.recusal.about, front.content),
                "reason": each.recusal.reason.label,
                "since": each.recusal.since,
                "may_lift": each.may_lift,
                "mine": each.person.id == ring.person.id,
            }
            for each in declared
        ],
        colleagues=[(each, unit_name(each.unit, front.content)) for each in colleagues],
        said=SAID.get(told, ""),
        alone=ALONE.get(told, ""),
        trouble=trouble,
        typed={"ticket": "", "unit": "", "person": "", "reason": "", **(typed or {})},
        recusal=choices(front, ring),
    )
