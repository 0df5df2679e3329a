"""值班: the roster of a unit, how one is reached oneself, and the page behind the link of a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront
from api.pages.signin import KeepingRoute, went
from api.show import moment, page, unit_name
from casework.actions import alerting, rostering
from casework.alerts import CHAT, DIGEST, MAIL, WECOM, Way
from casework.offices import CHAIN, Organisation, Unit
from casework.ports import Keyring, Reading
from casework.refusals import BadInput, NotAllowed
from casework.roster import DAYS, Line, away_at, on_duty, remarks
from casework.workdays import day_of

router = APIRouter(prefix="/desk", route_class=KeepingRoute)

SAID = {
    "added": "排上了。",
    "dropped": "去掉了。",
    "robot": "群机器人存好了。",
    "norobot": "群机器人去掉了。",
    "mail": "邮箱存好了。点“发一条试试”,看收不收得到。",
    "nomail": "邮箱去掉了。急件来了,通知不到您。",
    "on": "开了。工作日早上 8:40 一封。",
    "off": "关了。急件照样通知您。",
    "nochat": "解除了,不再往 Telegram 发。",
    "tried": "交出去了,一两分钟内到。没收到的,看看垃圾邮件;再刷新这一页,退回来的会写在下面。",
}


@router.get("/roster")
async def roster(
    request: Request,
    ring: Member,
    front: TheFront,
    unit: Annotated[str, Query(max_length=40)] = "",
    told: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    return await _roster(request, front, ring, unit or ring.person.unit, said=SAID.get(told, ""))


@router.post("/roster")
async def add(
    request: Request,
    ring: Member,
    front: TheFront,
    person: Annotated[str, Form(max_length=40)] = "",
    deputy: Annotated[str, Form(max_length=40)] = "",
    phone: Annotated[str, Form(max_length=100)] = "",
    first: Annotated[str, Form(max_length=10)] = "",
    last: Annotated[str, Form(max_length=10)] = "",
    weekdays: Annotated[Sequence[str], Form(max_length=7)] = (),
) -> Response:
    """Refused, the page comes back with the sentence and what was filled in."""
    try:
        line = Line(
            unit=ring.person.unit, person=person, deputy=deputy, phone=phone.strip(),
            weekdays=_weekdays(weekdays), first=_day(first), last=_day(last),
        )  # fmt: skip
        await rostering.add(front.office, ring, line)
    except (BadInput, NotAllowed) as refusal:
        typed = {"person": person, "deputy": deputy, "phone": phone, "first": first, "last": last}
        return await _roster(
            request, front, ring, ring.person.unit, trouble=refusal.sentence, typed=typed,
            chosen=weekdays,
        )  # fmt: skip
    return went("/desk/roster?told=added")


@router.post("/roster/drop")
async def drop(
    request: Request, ring: Member, front: TheFront, line: Annotated[int, Form(ge=0, lt=2**31)]
) -> Response:
    try:
        await rostering.drop(front.office, ring, line)
    except NotAllowed as refusal:
        return await _roster(request, front, ring, ring.person.unit, trouble=refusal.sentence)
    return went("/desk/roster?told=dropped")


@router.post("/roster/robot")
async def robot(
    request: Request,
    ring: Member,
    front: TheFront,
    address: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    try:
        await rostering.set_robot(front.office, ring, address)
    except (BadInput, NotAllowed) as refusal:
        return await _roster(request, front, ring, ring.person.unit, trouble=refusal.sentence)
    return went(f"/desk/roster?told={'robot' if address.strip() else 'norobot'}")


def _weekdays(chosen: Sequence[str]) -> frozenset[int]:
    if not {*chosen} <= {*"0123456"}:
        raise BadInput("星期几选得不对,请重新选。")
    return frozenset(map(int, chosen))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise BadInput("日子写得不对,照 2026-11-02 这样写。") from None


async def _roster(
    request: Request,
    front: Front,
    ring: Keyring,
    unit: str,
    *,
    said: str = "",
    trouble: str = "",
    typed: Mapping[str, str] | None = None,
    chosen: Sequence[str] = (),
) -> HTMLResponse:
    me, offices = ring.person, front.content.organisation
    if not rostering.may_see(me, unit, offices) or offices[unit].level not in CHAIN:
        raise NotAllowed("只看得到本单位和下级单位的值班表。")
    today = day_of(front.now())
    async with front.office.reading() as reading:
        lines = await reading.roster.of(unit)
        people = await alerting.reachable(reading, unit, front.ways)
        names = {each.id: each.name for each in await reading.people.in_unit(unit)}
        for each in {who for line in lines for who in (line.person, line.deputy)} - names.keys():
            names[each] = await _name(reading, each)
        absences = await reading.absences.of(list(names))
        group = [way for way in await reading.ways.of([unit]) if way.kind == WECOM]
    staff = {each.person.id: each for each in people}
    above = offices.over(unit)
    return page(
        request,
        "desk/roster.html",
        status=409 if trouble else 200,
        ring=ring,
        of=offices[unit],
        mine=unit == me.unit,
        others=_seen(me.unit, offices),
        lines=[
            (each, names[each.person], names.get(each.deputy, "") if each.deputy else "")
            for each in lines
        ],
        today=[names[each] for each in on_duty(lines, today, staff, away_at(absences, front.now()))],
        above=offices[above].name if above != unit else "",
        remarks=remarks(
            lines, today, staff=staff, names=names, absences=absences, calendar=front.office.calendar,
            above=offices[above].name if above != unit else "",
        ),
        people=people,
        silent=[each.person.name for each in people if not each.reachable],
        may_write=rostering.may_write(me, unit) and ring.is_open,
        ways=front.ways,
        group=group[0] if group else None,
        days=list(enumerate(DAYS)),
        said=said,
        trouble=trouble,
        typed={"person": "", "deputy": "", "phone": "", "first": "", "last": "", **(typed or {})},
        chosen=chosen,
    )  # fmt: skip


async def _name(reading: Reading, person: str) -> str:
    """Of whoever stands on a line, though he left; '' is nobody."""
    if not person:
        return ""
    try:
        return (await reading.people.person(person)).name
    except BadInput:
        return "已经不在的人"


def _seen(unit: str, offices: Organisation) -> list[Unit]:
    """The units whose roster one may look at besides one's own."""
    below = offices.below(offices[unit]) - {unit}
    return [each for each in offices.units.values() if each.id in below and each.level in CHAIN]


@router.get("/me")
async def me(
    request: Request,
    ring: Member,
    front: TheFront,
    told: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    if not ring.is_open:
        return went("/desk/unlock")
    return await _me(request, front, ring, said=SAID.get(told, ""))


@router.post("/me/mail")
async def mail(
    request: Request,
    ring: Member,
    front: TheFront,
    address: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    try:
        await rostering.set_mail(front.office, ring, address)
    except BadInput as refusal:
        return await _me(request, front, ring, trouble=refusal.sentence, typed=address)
    return went(f"/desk/me?told={'mail' if address.strip() else 'nomail'}")


@router.post("/me/test")
async def test(request: Request, ring: Member, front: TheFront) -> Response:
    try:
        await alerting.try_out(front.office, ring)
    except BadInput as refusal:
        return await _me(request, front, ring, trouble=refusal.sentence)
    return went("/desk/me?told=tried")


@router.post("/me/chat")
async def chat(request: Request, ring: Member, front: TheFront) -> Response:
    """A code, shown once; whoever types it to the bot is he who sits here."""
    code = await rostering.offer_binding(front.office, ring)
    return await _me(request, front, ring, code=f"{code[:4]} {code[4:]}")


@router.post("/me/chat/drop")
async def no_chat(ring: Member, front: TheFront) -> Response:
    await rostering.unbind(front.office, ring)
    return went("/desk/me?told=nochat")


@router.post("/me/told")
async def told(
    ring: Member, front: TheFront, digest: Annotated[str, Form(max_length=5)] = ""
) -> Response:
    await rostering.switch(front.office, ring, DIGEST, on=bool(digest))
    return went(f"/desk/me?told={'on' if digest else 'off'}")


async def _me(
    request: Request,
    front: Front,
    ring: Keyring,
    *,
    said: str = "",
    trouble: str = "",
    typed: str = "",
    code: str = "",
) -> HTMLResponse:
    async with front.office.reading() as reading:
        ways = await reading.ways.of([ring.person.id])
        rations = await reading.ways.rations(ring.person.id)
    by_kind: dict[str, Way] = {each.kind: each for each in ways}
    return page(
        request,
        "desk/me.html",
        status=409 if trouble else 200,
        ring=ring,
        way=by_kind.get(MAIL),
        chat=by_kind.get(CHAT),
        can_chat=CHAT in front.ways,
        code=code,
        digest=DIGEST not in rations.off,
        can_mail=MAIL in front.ways,
        said=said,
        trouble=trouble,
        typed=typed,
    )


@router.get("/ack/{token}")
async def called(request: Request, token: str, ring: Member, front: TheFront) -> Response:
    """Only shows a button: whoever fetches links to look at them acknowledges nothing."""
    if not ring.is_open:
        return went("/desk/unlock")
    async with front.office.reading() as reading:
        found = await alerting.called(reading, ring.person, token)
    return page(request, "desk/called.html", ring=ring, waiting=found.waiting, goes=False)


@router.post("/ack/{token}")
async def goes(request: Request, token: str, ring: Member, front: TheFront) -> Response:
    found = await alerting.acknowledge(front.office, ring, token)
    return page(request, "desk/called.html", ring=ring, waiting=found.waiting, goes=True)


async def course(front: Front, number: str) -> list[str]:
    """Who was told of a ticket and who goes, in lines, for whoever may read all of it."""
    async with front.office.reading() as reading:
        found, names = await alerting.course_of(reading, number)
    lines = [
        (each.at, f"通知了{unit_name(each.unit, front.content)}的{names[each.person]}")
        for each in found.told
    ]
    if found.goes and found.since:
        lines.append((found.since, f"{names[found.goes]}说“我去办”"))
    return [f"{moment(at)} · {says}" for at, says in sorted(lines)]
