"""Leave and who stands in: his posts beside one's own, while both are so, and never by a chain."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from casework.absences import Absence, days, hole
from casework.actions import recusing, staffing, standing_in
from casework.actions.handling import act
from casework.offices import Person, Post, Role
from casework.ports import Keyring
from casework.queue import Scope, Tab, View
from casework.recusals import Reason
from casework.refusals import BadInput, NotAllowed, NotSignedIn, Refusal
from casework.tickets import Action
from tests.casework.desk import Desk
from tests.offices import A_MONDAY, CITY, COUNTY, PROVINCE, TestOffice

#: Who handles is away, who leads stands in.
AWAY, DEPUTY, THIRD = "承办人丙", "督办员丁", "审核人戊"


@pytest.fixture
async def desk(office: TestOffice) -> Desk:
    """The county with three who hold its key; the first has a ticket in hand."""
    made = Desk(office)
    await made.opens()
    await made.colleague(DEPUTY, COUNTY, Role.SUPERVISOR, Role.DISPATCHER)
    await made.colleague(THIRD, COUNTY, Role.APPROVER)
    await made.steps(Action.ACCEPT, Action.DISPATCH, Action.SIGN)
    made.rings[AWAY] = made.rings[COUNTY]
    return made


async def person(office: TestOffice, name: str, unit: str = COUNTY) -> Person:
    async with office.reading() as reading:
        return next(p for p in await reading.people.in_unit(unit) if p.name == name)


async def fresh(desk: Desk, name: str) -> Keyring:
    return await desk.office.keyring(await person(desk.office, name))


async def takes_leave(
    desk: Desk, whom: str, deputy: str, *, first: int = 0, last: int = 3, by: str = ""
) -> None:
    """For so many days from today."""
    today = desk.office.clock.now().date()
    ids = [(await person(desk.office, name)).id for name in (whom, deputy)]
    await standing_in.declare(
        desk.office.office, desk.rings[by or whom], *ids,
        since=today + timedelta(days=first) if first else None, last=today + timedelta(days=last),
    )  # fmt: skip


async def mine(desk: Desk, name: str) -> list[str]:
    me = await person(desk.office, name)
    async with desk.office.reading() as reading:
        view = View(tab=Tab.WORKING, scope=Scope.MINE)
        page = await reading.queue.page(view, reader=me, now=desk.office.clock.now())
        counts = await reading.queue.counts(
            reader=me, now=desk.office.clock.now(), scope=Scope.MINE
        )
    assert counts[Tab.WORKING] == len(page.lines)
    return [line.number for line in page.lines]


async def stands_in(desk: Desk, name: str = DEPUTY) -> bool:
    """Whether the posts of the handler are his at this moment, with what is in hand."""
    me = await person(desk.office, name)
    assert (Role.HANDLER in me.lent) == bool(await mine(desk, name))
    return Role.HANDLER in me.roles


async def test_a_deputy_has_the_posts_and_the_tickets_from_the_first_day_to_the_last(
    desk: Desk,
) -> None:
    office, before = desk.office, await person(desk.office, DEPUTY)
    token = await office.signs_in(before)

    await takes_leave(desk, AWAY, DEPUTY, first=1, last=3)
    said = [await stands_in(desk)]
    office.wait(hours=14)  # midnight
    said.append(await stands_in(desk))
    async with office.reading() as reading:
        ring = await reading.people.keyring(await office.signs_in(before), now=office.clock.now())
    await act(office.office, ring, desk.number, Action.START)
    office.wait(hours=72 - 1)
    said.append(await stands_in(desk))
    office.wait(hours=1)
    said.append(await stands_in(desk))

    assert said == [False, True, True, False]
    assert (await person(office, DEPUTY)) == before
    assert ring.person.roles == before.roles | {Role.HANDLER}
    assert ring.person.lent == {Role.HANDLER}  # a dispatcher he is himself
    entry = (await desk.history())[-1]
    assert entry.person == before.id  # who did it, not for whom
    async with office.reading() as reading:
        with pytest.raises(NotSignedIn):
            await reading.people.keyring(token, now=office.clock.now())


async def test_while_a_session_is_open_the_posts_come_and_go(desk: Desk) -> None:
    office = desk.office
    token = await office.signs_in(await person(office, DEPUTY))

    async def roles() -> frozenset[Role]:
        async with office.reading() as reading:
            return (await reading.people.keyring(token, now=office.clock.now())).person.lent

    await takes_leave(desk, AWAY, DEPUTY)
    during = await roles()
    async with office.reading() as reading:
        (absence,) = await reading.absences.of([(await person(office, AWAY)).id])
    await standing_in.end(office.office, desk.rings[AWAY], absence.person, absence.since)

    assert (during, await roles()) == ({Role.HANDLER}, frozenset())
    with pytest.raises(NotAllowed, match="已经结束"):
        await standing_in.end(office.office, desk.rings[AWAY], absence.person, absence.since)
    await takes_leave(desk, AWAY, DEPUTY)  # and again the same day


async def test_one_that_has_not_begun_can_be_ended_and_entered_again(desk: Desk) -> None:
    for _ in range(2):
        await takes_leave(desk, AWAY, DEPUTY, first=2)
        async with desk.office.reading() as reading:
            (absence,) = await reading.absences.of([(await person(desk.office, AWAY)).id])
        await standing_in.end(desk.office.office, desk.rings[DEPUTY], absence.person, absence.since)

    desk.office.wait(days=2)
    assert not await stands_in(desk)


async def test_four_eyes_stay_with_the_person(desk: Desk) -> None:
    """The approver is away, and who wrote the answer stands in for her."""
    office = desk.office
    await takes_leave(desk, THIRD, AWAY)
    ring = await fresh(desk, AWAY)
    assert Role.APPROVER in ring.person.roles
    await act(office.office, ring, desk.number, Action.SUBMIT, text="房顶补好了,下过一场雨没有漏。")

    with pytest.raises(NotAllowed):
        await act(office.office, ring, desk.number, Action.PASS)
    await act(office.office, await fresh(desk, THIRD), desk.number, Action.PASS)


async def test_nobody_stands_in_for_a_deputy(desk: Desk) -> None:
    await takes_leave(desk, AWAY, DEPUTY, last=5)
    await takes_leave(desk, DEPUTY, THIRD, first=1, last=2)
    said = [await stands_in(desk)]
    desk.office.wait(days=1)
    said += [await stands_in(desk), await stands_in(desk, THIRD)]
    third = await person(desk.office, THIRD)
    desk.office.wait(days=2)
    said.append(await stands_in(desk))

    assert said == [True, False, False, True]
    assert third.lent == {Role.SUPERVISOR, Role.DISPATCHER}


@pytest.mark.parametrize("event", ["deputy removed", "away removed", "away moved", "deputy's post"])
async def test_a_hole_falls_back_to_nobody(desk: Desk, event: str) -> None:
    office = desk.office
    away, deputy = await person(office, AWAY), await person(office, DEPUTY)
    await takes_leave(desk, AWAY, DEPUTY)
    assert await stands_in(desk)

    if event == "deputy removed":
        await staffing.remove(office.office, None, deputy.id)
        async with office.reading() as reading:
            assert (await reading.people.person(deputy.id)).roles == frozenset()
        return
    if event == "away removed":
        await staffing.remove(office.office, None, away.id)
    if event == "away moved":
        await staffing.move(office.office, None, away.id, CITY, {Role.HANDLER})
    if event == "deputy's post":  # who works on no case himself gets at none by standing in
        async with office.files() as files:
            for post in await files.people.posts(deputy.id):
                await files.people.end(deputy.id, post, office.clock.now())
            await files.people.give(deputy.id, Post(role=Role.SYSADMIN, since=office.clock.now()))
    me = await person(office, DEPUTY)

    assert Role.HANDLER not in me.roles
    assert me.lent == frozenset()
    assert me.may_read_cases() == (event != "deputy's post")


async def test_who_moved_away_and_came_back_is_not_away(desk: Desk) -> None:
    office, away = desk.office, await person(desk.office, AWAY)
    await takes_leave(desk, AWAY, DEPUTY)
    for first in (5, 9):
        await takes_leave(desk, AWAY, DEPUTY, first=first, last=first)

    for to in (CITY, COUNTY):
        await staffing.move(office.office, None, away.id, to, {Role.HANDLER})

    assert not await stands_in(desk)
    async with office.reading() as reading:
        assert await reading.absences.of([away.id]) == []
    rings = [await fresh(desk, name) for name in (DEPUTY, THIRD)]
    async with office.files() as files:
        for ring in rings:
            await files.people.let_in(ring, away.id, now=office.clock.now())
    desk.rings[AWAY] = await fresh(desk, AWAY)
    await takes_leave(desk, AWAY, DEPUTY, first=5, last=5)  # the same days once more


async def test_what_the_deputy_stays_away_from_is_not_his(desk: Desk) -> None:
    office, deputy = desk.office, await person(desk.office, DEPUTY)
    await takes_leave(desk, AWAY, DEPUTY)
    before = await mine(desk, DEPUTY)

    await recusing.declare(
        office.office, desk.rings[DEPUTY], desk.number, reason=Reason.RELATIVE
    )  # fmt: skip

    assert (before, await mine(desk, DEPUTY)) == ([desk.number], [])
    async with office.reading() as reading:
        me = await person(office, AWAY)
        assert await reading.tickets.in_hand(me.id, reader=me) == {desk.number}
        assert await reading.tickets.in_hand(me.id, reader=deputy) == frozenset()


async def test_who_may_enter_and_end_it(desk: Desk) -> None:
    away = await person(desk.office, AWAY)
    with pytest.raises(NotAllowed, match="本人登记"):
        await takes_leave(desk, AWAY, DEPUTY, by=THIRD)
    runner = await desk.office.hire("管账号的", COUNTY, Role.SYSADMIN)
    desk.rings["管账号的"] = await desk.office.keyring(runner)
    with pytest.raises(NotAllowed, match="本人登记"):
        await takes_leave(desk, AWAY, DEPUTY, by="管账号的")
    with pytest.raises(NotAllowed, match="本人登记"):
        await takes_leave(desk, DEPUTY, AWAY, by=AWAY)
    city = await desk.office.hire("那边的督办员", "housing-4110", Role.SUPERVISOR)
    desk.rings["那边的督办员"] = await desk.office.keyring(city)
    with pytest.raises(NotAllowed, match="本人登记"):
        await takes_leave(desk, AWAY, DEPUTY, by="那边的督办员")

    await takes_leave(desk, AWAY, DEPUTY, by=CITY)
    async with desk.office.reading() as reading:
        (absence,) = await reading.absences.of([away.id])
    with pytest.raises(NotAllowed, match="本人登记"):
        await standing_in.end(desk.office.office, desk.rings[THIRD], away.id, absence.since)
    await standing_in.end(desk.office.office, desk.rings[DEPUTY], away.id, absence.since)


async def test_what_does_not_fit_is_refused_in_a_sentence(desk: Desk) -> None:
    office = desk.office
    await office.hire("没钥匙的", COUNTY, Role.HANDLER)
    await office.hire("管账号的", COUNTY, Role.SYSADMIN)
    city = (await person(office, "督办员乙", CITY)).id
    away, today = await person(office, AWAY), office.clock.now().date()

    for name, sentence in (
        ("没钥匙的", "钥匙"), ("管账号的", "没有办件的岗位"), (AWAY, "自己不能替自己"),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match=sentence):
            await takes_leave(desk, AWAY, name)
    for deputy, last, since, sentence in (
        (city, today, None, "本单位的同事"),
        ("p-nobody", today, None, "本单位的同事"),
        ("", today, None, "由谁代班"),
        (city, None, None, "哪一天"),
        (city, today - timedelta(days=1), None, "已经过了"),
        (city, today, today - timedelta(days=1), "已经过了"),
        (city, today, today + timedelta(days=1), "前面"),
    ):
        with pytest.raises((BadInput, NotAllowed), match=sentence):
            await standing_in.declare(
                office.office, desk.rings[AWAY], away.id, deputy, last=last, since=since
            )
    with pytest.raises(Refusal):
        await standing_in.declare(office.office, desk.rings[CITY], "p-nobody", city, last=today)
    async with office.reading() as reading:
        assert await reading.absences.of([away.id]) == []


async def test_a_loop_and_a_deputy_who_is_away_are_refused(desk: Desk) -> None:
    await takes_leave(desk, AWAY, DEPUTY, first=2, last=4)

    with pytest.raises(NotAllowed, match="不能互相代"):
        await takes_leave(desk, DEPUTY, AWAY, first=4, last=9)
    with pytest.raises(NotAllowed, match="自己也请假"):
        await takes_leave(desk, THIRD, AWAY, last=2)
    with pytest.raises(NotAllowed, match="已经请过假"):
        await takes_leave(desk, AWAY, THIRD, first=3, last=3)
    await takes_leave(desk, DEPUTY, AWAY, first=5, last=9)  # one after the other


async def test_two_who_enter_each_other_at_once_are_one(desk: Desk) -> None:
    results = await asyncio.gather(
        takes_leave(desk, AWAY, DEPUTY), takes_leave(desk, DEPUTY, AWAY), return_exceptions=True
    )

    assert sorted(isinstance(each, NotAllowed) for each in results) == [False, True]


async def test_who_was_removed_with_his_page_open_enters_nothing(desk: Desk) -> None:
    third = await person(desk.office, THIRD)
    await staffing.remove(desk.office.office, None, third.id)
    deputy = await person(desk.office, DEPUTY)

    with pytest.raises(NotSignedIn):
        await standing_in.declare(
            desk.office.office, desk.rings[THIRD], third.id, deputy.id,
            last=desk.office.clock.now().date(),
        )  # fmt: skip


async def test_whoever_stands_in_for_the_last_sysadmin_does_not_let_him_go(desk: Desk) -> None:
    office = desk.office
    last = await office.hire("管系统的", PROVINCE, Role.SYSADMIN)
    second = await person(office, "督办员甲", PROVINCE)
    ring = await office.keyring(last)
    await standing_in.declare(
        office.office, ring, last.id, second.id, last=office.clock.now().date()
    )

    assert Role.SYSADMIN in (await person(office, "督办员甲", PROVINCE)).roles
    with pytest.raises(NotAllowed, match="最后一位系统管理员"):
        await staffing.remove(office.office, None, last.id)


def test_why_nobody_stands_in_is_said_with_the_days() -> None:
    def one(id: str, *roles: Role) -> Person:
        return Person(id=id, name=id, unit=COUNTY, roles=frozenset(roles))

    def away(person: str, deputy: str, first: int, last: int) -> Absence:
        midnight = A_MONDAY.replace(hour=0)
        since, until = midnight + timedelta(days=first), midnight + timedelta(days=last + 1)
        return Absence(person=person, deputy=deputy, since=since, until=until)

    here = {
        p.id: p
        for p in (one("甲", Role.HANDLER), one("乙", Role.HANDLER), one("丙", Role.SYSADMIN))
    }
    leave = away("甲", "乙", 0, 4)

    assert hole(leave, here, [leave, away("乙", "甲", 5, 6), away("丙", "乙", 0, 9)]) == ""
    assert "11月4日到11月6日说好代班的乙也请假" in hole(
        leave, here, [leave, away("乙", "丙", 2, 9)]
    )
    assert "不在本单位" in hole(away("甲", "丁", 0, 1), here, [])
    assert "没有办件的岗位" in hole(away("甲", "丙", 0, 1), here, [])
    assert hole(away("丙", "乙", 0, 1), here, []) == ""
    assert days(leave.since, leave.since + timedelta(days=1)) == "11月2日"


async def test_for_who_works_on_no_case_a_colleague_without_the_key_will_do(desk: Desk) -> None:
    office = desk.office
    for name in ("管账号的", "也管账号的"):
        desk.rings[name] = await office.keyring(await office.hire(name, COUNTY, Role.ORGANISER))

    await takes_leave(desk, "管账号的", "也管账号的")
    await takes_leave(desk, AWAY, DEPUTY)

    assert (await person(office, "也管账号的")).stands_in_for
    assert not (await person(office, "也管账号的")).may_read_cases()
