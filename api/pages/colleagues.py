"""Colleagues who wait for the unit's key, and the hand-over as the province sees it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api.front import Member, TheFront, at_province
from api.pages.recusals import choices
from api.pages.signin import KeepingRoute, went
from api.show import page, unit_name
from casework.offices import Role
from casework.refusals import BadInput, NotAllowed

router = APIRouter(prefix="/desk", route_class=KeepingRoute)


@router.get("/people")
async def people(request: Request, ring: Member, front: TheFront) -> HTMLResponse:
    async with front.office.reading() as reading:
        all_here = await reading.people.in_unit(ring.person.unit)
        waiting = await reading.people.waiting_for_key(ring.person.unit)
        yes = {each.id: await reading.people.said_yes(each.id) for each in waiting}
    named = {each.id: each.name for each in all_here}
    held_up = {each.id for each in waiting}
    return page(
        request,
        "desk/people.html",
        ring=ring,
        waiting=[
            (each, [named.get(by, by) for by in yes[each.id]], ring.person.id in yes[each.id])
            for each in waiting
            if each.id != ring.person.id
        ],
        all_here=[each for each in all_here if each.id not in held_up],
        i_wait=ring.person.id in held_up,
        roles=tuple(Role),
        may_invite=Role.SYSADMIN in ring.person.roles,
        recusal=choices(front, ring),
    )


@router.post("/people/{person}/let-in")
async def let_in(person: str, ring: Member, front: TheFront) -> Response:
    """My yes; the unit's key is sealed to the newcomer when two have said it, or all there are."""
    async with front.office.files() as files:
        if person not in {each.id for each in await files.people.waiting_for_key(ring.person.unit)}:
            raise NotAllowed("这个人不在等钥匙:已经进来了,或者还没设密码。")
        await files.people.let_in(ring, person, now=front.now())
    return went("/desk/people")


@router.post("/people")
async def invite(
    request: Request,
    ring: Member,
    front: TheFront,
    name: Annotated[str, Form(max_length=40)],
    role: Annotated[Role, Form()],
) -> HTMLResponse:
    """A new colleague of my unit. The link is shown once; only he sees his password."""
    if Role.SYSADMIN not in ring.person.roles:
        raise NotAllowed("请系统管理员来添加同事。")
    if not name.strip():
        raise BadInput("请写同事怎么称呼。")
    async with front.office.files() as files:
        added = await files.people.add(name.strip(), ring.person.unit, frozenset({role}))
        token = await files.people.link(added.id, "invite", now=front.now())
    link = str(request.url_for("invite_page", token=token))
    return page(request, "desk/invited.html", ring=ring, added=added, link=link)


@router.get("/batches")
async def batches(request: Request, ring: Member, front: TheFront) -> HTMLResponse:
    at_province(front, ring)
    async with front.office.reading() as reading:
        rows = await reading.batches.all()
        counts = await reading.tickets.in_batches(reader=ring.person)
    return page(
        request,
        "desk/batches.html",
        ring=ring,
        rows=[
            (each, unit_name(each.office, front.content), counts.get(each.number, 0))
            for each in rows
        ],
        day=front.content.batch_day,
    )
