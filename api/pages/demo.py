"""The demo's own page: be any of its people with one press, and see all of it in two minutes.

Outside the demo there is no such page: nobody signs in as somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, TheFront
from api.pages.signin import inside, signed_in, went
from api.show import page, unit_name
from casework.offices import Person, Role

router = APIRouter(prefix="/desk/as")


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One thing to see: where, as whom, and what to look at."""

    title: str
    says: str
    to: str
    level: str = ""  # of the unit whose people see it; '' for a villager
    role: Role = Role.SUPERVISOR  # whose eyes it is seen with


#: Two minutes, in the order of a case's life.
TOUR = (
    Stop(title="村民说一件事", says="说一句话就能登记,登记完给一个20位编号。", to="/"),
    Stop(title="县里接着办", says="队列里一件两行,点开看原话、期限,下一步是大按钮。", to="/desk?tab=new",
         level="county", role=Role.HANDLER),
    Stop(title="办错了能收回", says="点一步,十分钟以内、反映人没看过,能收回。", to="/desk?tab=to_sign",
         level="county", role=Role.HANDLER),
    Stop(title="超期的自己往上走", says="没人办,系统自己报到市里、省里,谁也按不住。", to="/desk?tab=urged",
         level="city"),
    Stop(title="省里看各县", says="哪个县超期多,点数字看是哪几件。", to="/desk", level="province"),
    Stop(title="每月交给纪委", says="线索每月封好交过去,纪委签了收,住建部门改不了。", to="/desk/batches",
         level="province"),
)  # fmt: skip


async def people_of(front: Front) -> Sequence[Person]:
    """Raises 404 outside the demo."""
    if not front.demo:
        raise HTTPException(404)
    async with front.office.reading() as reading:
        return await reading.people.all()


@router.get("")
async def choose(request: Request, front: TheFront) -> HTMLResponse:
    people = await people_of(front)
    offices = front.content.organisation
    units: dict[str, list[Person]] = {}
    for each in people:
        units.setdefault(each.unit, []).append(each)
    staffed = [unit for unit, there in units.items() if len(there) > 1]
    order = [unit.id for unit in offices.units.values()]
    shown = sorted(staffed, key=order.index, reverse=True)
    return page(
        request,
        "desk/as.html",
        units=[(unit_name(unit, front.content), units[unit]) for unit in shown],
        others=len(people) - sum(len(units[unit]) for unit in shown),
        tour=[(stop, _seen_as(stop, shown, units, front)) for stop in TOUR],
    )


def _seen_as(
    stop: Stop, shown: Sequence[str], units: Mapping[str, Sequence[Person]], front: Front
) -> Person | None:
    """Whom a stop is seen as; None for a villager, or where the folder has nobody there."""
    offices = front.content.organisation
    at = (unit for unit in shown if unit in offices and offices[unit].level.value == stop.level)
    return next((p for unit in at for p in units[unit] if stop.role in p.roles), None)


@router.post("")
async def be(
    front: TheFront,
    person: Annotated[str, Form(max_length=40)],
    to: Annotated[str, Form(max_length=200)] = "/desk",
) -> Response:
    people = {each.id for each in await people_of(front)}
    if person not in people:
        raise HTTPException(404)
    now = front.now()
    async with front.office.files() as files:
        link = await files.people.link(person, "login", now=now)
        session = await files.people.use_link(link, "login", now=now)
    return signed_in(front, session, went(inside(to)))
