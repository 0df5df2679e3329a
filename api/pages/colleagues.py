"""Colleagues: who waits for the unit's key, who has which post, who leaves; and the hand-over as the
province sees it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront, at_province
from api.pages import absences
from api.pages.days import day_of_form
from api.pages.recusals import choices
from api.pages.signin import KeepingRoute, went
from api.show import moment, page, unit_name
from casework.absences import why_not_declare
from casework.actions import staffing
from casework.offices import CHAIN, Person, Post, Role
from casework.ports import Keyring
from casework.refusals import BadInput, NotAllowed
from casework.staff import (
    LEAVES,
    MAY,
    RESETS,
    Verb,
    is_over,
    why_key_stays,
    why_not,
    why_not_into,
)

router = APIRouter(prefix="/desk", route_class=KeepingRoute)

SAID = {
    "removed": "已经离岗:他的登录、链接和钥匙都停了,手上没办完的件没有承办人了,请派人接。",
    "moved": "已经调过来了:他用原来的密码登录,要这里的同事让他进来,才看得到件。",
    "given": "岗位加好了。",
    "ended": "到期的日子定好了。",
    "changed": "换好了一批。",
    "away": "请假登记好了:到那几天,代班的同事除了自己的岗位,还有他的岗位,“我的”里也有他的件。",
    "back": "请假结束了:没有人再替他代班。",
}


def units_below(ring: Keyring, front: Front) -> frozenset[str]:
    """The units whose people he may look at: all under his own, where he leads it or runs it."""
    offices, person = front.content.organisation, ring.person
    if person.unit not in offices or not person.roles & MAY[Verb.REMOVE]:
        return frozenset()
    return offices.below(offices[person.unit]) - {person.unit}


def may_any(ring: Keyring, whom: Person, front: Front) -> bool:
    """Whether there is anything he may do about a colleague."""
    offices = front.content.organisation
    return any(not why_not(verb, ring.person, whom, offices) for verb in Verb)


def standing(posts: Iterable[Post], now: datetime) -> list[Post]:
    """Those that are held or will be."""
    return [post for post in posts if not post.is_over(now)]


def line(post: Post, now: datetime) -> str:
    """督办员(2026年12月1日起,做到2026年12月31日)"""
    said = [f"{day_or_moment(post.since)}起"] if post.since > now else []
    if post.until:
        said.append(f"做到{last_day(post.until)}")
    return post.role.label + (f"({','.join(said)})" if said else "")


def day_or_moment(at: datetime) -> str:
    """A midnight is said as its day."""
    return moment(at).removesuffix(" 00:00")


def last_day(until: datetime) -> str:
    """The end of a day as people say it: midnight is the end of the day before."""
    is_midnight = day_or_moment(until) != moment(until)
    return day_or_moment(until - timedelta(days=1)) if is_midnight else moment(until)


@router.get("/people")
async def people(
    request: Request,
    ring: Member,
    front: TheFront,
    unit: Annotated[str, Query(max_length=40)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Of one's own unit; for those who lead or run it, of one below it too."""
    unit = unit or ring.person.unit
    below = units_below(ring, front)
    if unit != ring.person.unit and unit not in below:
        raise NotAllowed("只能看本单位和下级单位的同事。")
    offices = front.content.organisation
    async with front.office.reading() as reading:
        all_here = await reading.people.in_unit(unit)
        waiting = await reading.people.waiting_for_key(unit)
        yes = {each.id: await reading.people.said_yes(each.id) for each in waiting}
        posts = {each.id: await reading.people.posts(each.id) for each in all_here}
        lock = await reading.unit_keys.state(unit)
        away = await absences.said(reading, ring.person, all_here)
    named = {each.id: each.name for each in all_here}
    held_up = {each.id for each in waiting}
    mine = unit == ring.person.unit
    return page(
        request,
        "desk/people.html",
        ring=ring,
        mine=mine,
        here=unit_name(unit, front.content),
        waiting=[
            (each, [named.get(by, by) for by in yes[each.id]], ring.person.id in yes[each.id])
            for each in waiting
            if each.id != ring.person.id
        ],
        all_here=[
            (each, [line(post, front.now()) for post in standing(posts[each.id], front.now())],
             may_any(ring, each, front), each.id in held_up, away.get(each.id, ()),
             not why_not_declare(ring.person, each, offices))
            for each in all_here
        ],
        i_wait=mine and ring.person.id in held_up,
        unit_here=unit,
        may_invite=not why_not_into(ring.person, unit, offices),
        lock=lock,
        holds=ring.holds(unit),
        below=[(each, offices[each].name) for each in sorted(below) if offices[each].parent == unit],
        above=offices[unit].parent if not mine and unit in offices else "",
        recusal=choices(front, ring),
        said=SAID.get(done, ""),
    )  # fmt: skip


@router.post("/people/{person}/let-in")
async def let_in(person: str, ring: Member, front: TheFront) -> Response:
    """My yes; the unit's key is sealed to the newcomer when two have said it, or all there are."""
    async with front.office.files() as files:
        if person not in {each.id for each in await files.people.waiting_for_key(ring.person.unit)}:
            raise NotAllowed("这个人不在等钥匙:已经进来了,或者还没设密码。")
        await files.people.let_in(ring, person, now=front.now())
    return went("/desk/people")


async def person_page(
    request: Request, ring: Keyring, front: Front, person: str, *, trouble: str = "", **typed: str
) -> HTMLResponse:
    """A colleague's posts and what may be done about him; refused, with the sentence and what was typed."""
    now, offices = front.now(), front.content.organisation
    async with front.office.reading() as reading:
        whom = await reading.people.person(person)
        here = whom.id in {each.id for each in await reading.people.in_unit(whom.unit)}
        posts = await reading.people.posts(person)
    if not here:
        raise NotAllowed(staffing.GONE)
    may = [verb for verb in Verb if not why_not(verb, ring.person, whom, offices)]
    if not may:
        raise NotAllowed(why_not(Verb.END, ring.person, whom, offices))
    return page(
        request,
        "desk/person.html",
        status=409 if trouble else 200,
        ring=ring,
        whom=whom,
        here=unit_name(whom.unit, front.content),
        posts=[(post, line(post, now), post.since.isoformat()) for post in standing(posts, now)],
        over=[(post, last_day(post.until)) for post in posts if post.until and post.is_over(now)],
        verbs={verb.value for verb in may},
        roles=tuple(Role),
        trouble=trouble,
        typed=typed,
    )


@router.get("/people/{person}")
async def colleague(request: Request, person: str, ring: Member, front: TheFront) -> HTMLResponse:
    return await person_page(request, ring, front, person)


@router.post("/people/{person}/posts")
async def give(
    request: Request,
    person: str,
    ring: Member,
    front: TheFront,
    role: Annotated[Role, Form()],
    since: Annotated[str, Form(max_length=40)] = "",
    until: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    try:
        await staffing.give(
            front.office, ring, person, role,
            since=day_of_form(since), until=day_of_form(until),
        )  # fmt: skip
    except (NotAllowed, BadInput) as refusal:
        return await person_page(
            request, ring, front, person, trouble=refusal.sentence, role=role.value, since=since,
            until=until,
        )  # fmt: skip
    return went(f"/desk/people?unit={await _unit_of(front, person)}&done=given")


@router.post("/people/{person}/posts/end")
async def end(
    request: Request,
    person: str,
    ring: Member,
    front: TheFront,
    role: Annotated[Role, Form()],
    since: Annotated[datetime, Form()],
    last: Annotated[str, Form(max_length=40)] = "",
    now: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """With the day written down, or at once where that is said: an empty field alone ends nothing."""
    try:
        day = day_of_form(last)
        if (day is None) != bool(now):
            raise BadInput("写做到哪一天,或者勾“马上停”,两样选一样。")
        await staffing.end(front.office, ring, person, role, since, last=day)
    except (NotAllowed, BadInput) as refusal:
        return await person_page(request, ring, front, person, trouble=refusal.sentence, last=last)
    return went(f"/desk/people?unit={await _unit_of(front, person)}&done=ended")


async def asked(
    request: Request, ring: Keyring, front: Front, person: str, verb: Verb, after: str,
    *, trouble: str = "", **values: Any,
) -> HTMLResponse:  # fmt: skip
    """What will happen, before it does. `after` is what is to be done, as said."""
    offices = front.content.organisation
    async with front.office.reading() as reading:
        whom = await reading.people.person(person)
        here = whom.id in {each.id for each in await reading.people.in_unit(whom.unit)}
        hangs = await staffing.hanging_on(reading, whom, offices)
    if not here:
        raise NotAllowed(staffing.GONE)
    if refusal := why_not(verb, ring.person, whom, offices):
        raise NotAllowed(refusal)
    return page(
        request,
        f"desk/{verb.value}.html",
        status=409 if trouble else 200,
        ring=ring,
        whom=whom,
        here=unit_name(whom.unit, front.content),
        hangs=hangs,
        stays=why_key_stays(hangs, offices, after=after),
        changes_now=ring.holds(whom.unit),
        trouble=trouble,
        **values,
    )


@router.get("/people/{person}/move")
async def ask_to_move(request: Request, person: str, ring: Member, front: TheFront) -> HTMLResponse:
    return await move_page(request, ring, front, person)


async def move_page(
    request: Request, ring: Keyring, front: Front, person: str, *, trouble: str = "", to: str = "",
    chosen: Collection[Role] = (),
) -> HTMLResponse:  # fmt: skip
    offices = front.content.organisation
    units = [
        unit
        for unit in offices.units.values()
        if unit.level in CHAIN and is_over(ring.person, unit.id, offices)
    ]
    return await asked(
        request, ring, front, person, Verb.MOVE, LEAVES, trouble=trouble,
        units=units, roles=tuple(Role), to=to, chosen=frozenset(chosen),
    )  # fmt: skip


@router.post("/people/{person}/move")
async def move(
    request: Request,
    person: str,
    ring: Member,
    front: TheFront,
    to: Annotated[str, Form(max_length=40)] = "",
    role: Annotated[list[Role] | None, Form()] = None,
) -> Response:
    try:
        await staffing.move(front.office, ring, person, to, role or [])
    except (NotAllowed, BadInput) as refusal:
        return await move_page(
            request, ring, front, person, trouble=refusal.sentence, to=to, chosen=role or []
        )
    return went(f"/desk/people?unit={to}&done=moved")


@router.get("/people/{person}/reset")
async def ask_to_reset(
    request: Request, person: str, ring: Member, front: TheFront
) -> HTMLResponse:
    return await asked(request, ring, front, person, Verb.RESET, RESETS)


@router.post("/people/{person}/reset")
async def reset(request: Request, person: str, ring: Member, front: TheFront) -> HTMLResponse:
    """The new link is shown once; only he sees his new password."""
    token = await staffing.reset(front.office, ring, person)
    async with front.office.reading() as reading:
        whom = await reading.people.person(person)
    link = str(request.url_for("invite_page", token=token))
    here = unit_name(whom.unit, front.content)
    return page(request, "desk/invited.html", ring=ring, added=whom, here=here, link=link)


@router.get("/people/{person}/remove")
async def ask_to_remove(
    request: Request, person: str, ring: Member, front: TheFront
) -> HTMLResponse:
    return await asked(request, ring, front, person, Verb.REMOVE, LEAVES)


@router.post("/people/{person}/remove")
async def remove(person: str, ring: Member, front: TheFront) -> Response:
    await staffing.remove(front.office, ring, person)
    return went(f"/desk/people?unit={await _unit_of(front, person)}&done=removed")


@router.post("/people/locks")
async def locks(ring: Member, front: TheFront) -> Response:
    """On with a change of the unit's key that is not through yet."""
    await staffing.change_locks(front.office, ring, ring.person.unit)
    return went("/desk/people?done=changed")


async def _unit_of(front: Front, person: str) -> str:
    async with front.office.reading() as reading:
        return (await reading.people.person(person)).unit


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
