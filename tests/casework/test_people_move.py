"""Who moves leaves one unit and is new in another; who forgot his password is let in again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from casework.actions import staffing
from casework.actions.handling import look
from casework.offices import Person, Post, Role
from casework.refusals import BadInput, NoSuchTicket, NotAllowed, NotSignedIn, Refusal
from casework.tickets import Action
from papers.envelope import new_keypair
from storage.people import DemoKeys
from tests.casework.desk import Desk
from tests.offices import CITY, COUNTY, DISCIPLINE, LEAKING_ROOF, PASSWORD, PROVINCE, TestOffice

OTHER = "housing-410422"
#: Another one than everybody's here.
FRESH = "秋天的高粱红彤彤的一片"


@pytest.fixture
async def desk(office: TestOffice) -> Desk:
    """The county with two who hold its key, a supervisor of the city, and another county with one."""
    made = Desk(office)
    await made.opens()
    await made.colleague("督办员丁", COUNTY, Role.SUPERVISOR, Role.DISPATCHER)
    other = await office.hire("那边的督办员", OTHER, Role.SUPERVISOR)
    made.rings[OTHER] = await office.keyring(other)
    return made


async def handler(office: TestOffice) -> Person:
    async with office.reading() as reading:
        return next(p for p in await reading.people.in_unit(COUNTY) if p.name == "承办人丙")


async def signs_in_as(office: TestOffice, name: str, password: str = PASSWORD) -> str:
    async with office.reading() as reading:
        ((person, salt),) = await reading.people.called(name)
    key = await office.locks.password(password, salt, caller="")
    async with office.files() as files:
        return (await files.people.sign_in(person, key, now=office.clock.now())).token


async def waiting(office: TestOffice, unit: str) -> Sequence[str]:
    async with office.reading() as reading:
        return [p.id for p in await reading.people.waiting_for_key(unit)]


async def standing(office: TestOffice, person: Person) -> set[Role]:
    async with office.reading() as reading:
        return set((await reading.people.person(person.id)).roles)


async def test_who_moves_reads_nothing_of_the_old_unit_and_is_let_in_at_the_new(desk: Desk) -> None:
    office, whom = desk.office, await handler(desk.office)
    await desk.steps(Action.ACCEPT, Action.DISPATCH, Action.SIGN)
    token, old = await office.signs_in(whom), await office.store.public_of(COUNTY)

    await staffing.move(office.office, desk.rings[CITY], whom.id, OTHER, {Role.HANDLER})

    async with office.reading() as reading:
        with pytest.raises(NotSignedIn):
            await reading.people.keyring(token, now=office.clock.now())
        moved = await reading.people.person(whom.id)
        assert (await reading.unit_keys.state(COUNTY)).due  # the city has no key of the county
    assert (moved.unit, moved.roles) == (OTHER, {Role.HANDLER})
    assert await waiting(office, OTHER) == [whom.id]
    await staffing.opened(office.office, await office.signs_in(desk.rings["督办员丁"].person))
    assert await office.store.public_of(COUNTY) != old

    ring = await office.keyring(moved)
    assert not ring.holds(COUNTY)
    assert not ring.holds(OTHER)
    with pytest.raises(NoSuchTicket):
        await look(office.office, ring, desk.number)
    async with office.files() as files:
        assert await files.people.let_in(desk.rings[OTHER], whom.id, now=office.clock.now())
    assert (await office.keyring(moved)).holds(OTHER)
    ring = await office.keyring(desk.rings["督办员丁"].person)
    assert (await look(office.office, ring, desk.number)).ticket.handler == ""


async def test_there_and_back_he_is_a_newcomer_each_time(desk: Desk) -> None:
    office, whom = desk.office, await handler(desk.office)

    for to in (OTHER, COUNTY, OTHER, COUNTY):
        await staffing.move(office.office, desk.rings[CITY], whom.id, to, {Role.HANDLER})
        assert await waiting(office, to) == [whom.id]

    async with office.reading() as reading:
        posts = await reading.people.posts(whom.id)
    now = office.clock.now()
    assert [post.role for post in posts if post.holds_at(now)] == [Role.HANDLER]


@pytest.mark.parametrize(
    ("to", "sentence"),
    [("housing-999999", "没有这个单位"), ("", "没有这个单位"), (DISCIPLINE, "没有这个单位"),
     (COUNTY, "他就在"), ("housing-411025", "两边")],
)  # fmt: skip
async def test_where_nobody_can_be_moved(desk: Desk, to: str, sentence: str) -> None:
    office, whom = desk.office, await handler(desk.office)

    with pytest.raises(NotAllowed, match=sentence):
        await staffing.move(office.office, desk.rings[CITY], whom.id, to, {Role.HANDLER})
    assert (await handler(office)).roles == whom.roles


async def test_nobody_is_moved_by_those_of_one_side_to_nothing_or_beside_a_namesake(
    desk: Desk,
) -> None:
    office, whom = desk.office, await handler(desk.office)

    with pytest.raises(NotAllowed, match="两边"):
        await staffing.move(office.office, desk.rings["督办员丁"], whom.id, OTHER, {Role.HANDLER})
    with pytest.raises(BadInput, match="做什么"):
        await staffing.move(office.office, desk.rings[CITY], whom.id, OTHER, ())
    await office.hire(whom.name, OTHER)
    with pytest.raises(BadInput, match="同名"):
        await staffing.move(office.office, desk.rings[CITY], whom.id, OTHER, {Role.HANDLER})
    assert (await handler(office)).roles == whom.roles
    assert desk.rings[COUNTY].holds(COUNTY)
    ring = await office.keyring(whom)
    assert (await look(office.office, ring, desk.number)).story == LEAKING_ROOF.text


async def test_moved_and_let_go_at_once_one_of_them_counts(desk: Desk) -> None:
    office, whom = desk.office, await handler(desk.office)

    results = await asyncio.gather(
        staffing.move(office.office, desk.rings[CITY], whom.id, OTHER, {Role.HANDLER}),
        staffing.remove(office.office, desk.rings["督办员丁"], whom.id),
        return_exceptions=True,
    )

    assert [isinstance(each, Refusal) for each in results].count(True) == 1
    ring = await office.keyring(desk.rings["督办员丁"].person)
    await staffing.change_locks(office.office, ring, COUNTY)
    ring = await office.keyring(desk.rings["督办员丁"].person)
    assert (await look(office.office, ring, desk.number)).story == LEAKING_ROOF.text


async def test_the_last_with_the_key_and_the_last_sysadmin_are_not_moved(
    office: TestOffice,
) -> None:
    desk = Desk(office)
    await desk.opens()
    whom = await handler(office)
    runner = await office.hire("管系统的", PROVINCE, Role.SYSADMIN)

    with pytest.raises(NotAllowed, match="没有办完"):
        await staffing.move(office.office, desk.rings[CITY], whom.id, CITY, {Role.HANDLER})
    with pytest.raises(NotAllowed, match="重设了密码,本单位就打不开"):
        await staffing.reset(office.office, desk.rings[CITY], whom.id)
    with pytest.raises(NotAllowed, match="最后一位系统管理员"):
        await staffing.move(office.office, desk.rings[PROVINCE], runner.id, CITY, {Role.SYSADMIN})


async def test_who_forgot_his_password_sets_another_and_is_let_in_again(desk: Desk) -> None:
    office, whom = desk.office, await handler(desk.office)
    runner = await office.hire("管系统的", COUNTY, Role.SYSADMIN)
    token, now = await office.signs_in(whom), office.clock.now()
    async with office.files() as files:
        before = await files.people.link(whom.id, "login", now=now)

    link = await staffing.reset(office.office, await office.keyring(runner), whom.id)

    async with office.reading() as reading:
        with pytest.raises(NotSignedIn):
            await reading.people.keyring(token, now=office.clock.now())
        assert await reading.people.called(whom.name) == []  # as where nobody has the name
    async with office.files() as files:
        with pytest.raises(NotSignedIn):
            await files.people.use_link(before, "login", now=office.clock.now())
    # Whoever hands out the link opens nothing by it.
    async with office.files() as files:
        session = await files.people.use_link(link, "invite", now=office.clock.now())
        key = await office.locks.new_password(FRESH, caller="")
        await files.people.set_password(session.token, key, now=office.clock.now())
    async with office.reading() as reading:
        ring = await reading.people.keyring(session.token, now=office.clock.now())
    assert ring.is_open
    assert not ring.holds(COUNTY)
    assert await waiting(office, COUNTY) == [whom.id]
    assert await standing(office, whom) == set(whom.roles)

    lead = desk.rings["督办员丁"].person
    await staffing.opened(office.office, await office.signs_in(lead))  # who changes the lock first
    his = await office.keyring(lead)
    async with office.files() as files:
        assert await files.people.let_in(his, whom.id, now=office.clock.now())
    again = await signs_in_as(office, whom.name, FRESH)
    async with office.reading() as reading:
        ring = await reading.people.keyring(again, now=office.clock.now())
    assert (await look(office.office, ring, desk.number)).story == LEAKING_ROOF.text


async def test_the_key_of_before_a_reset_opens_nothing_that_is_filed_after_it(desk: Desk) -> None:
    office, whom = desk.office, await handler(desk.office)
    old = desk.rings[COUNTY]

    await staffing.reset(office.office, desk.rings["督办员丁"], whom.id)
    new = await office.office.intake.file(LEAKING_ROOF)

    async with office.reading() as reading:
        for number in (desk.number, new.number):
            file = await reading.tickets.get(number, reader=whom)
            with pytest.raises(Refusal):
                old.ticket(file)


async def test_a_link_that_was_lost_is_sent_anew_and_the_first_opens_nothing(desk: Desk) -> None:
    office = desk.office
    async with office.files() as files:
        new = await files.people.add("还没来的", COUNTY, frozenset({Role.HANDLER}))
        lost = await files.people.link(new.id, "invite", now=office.clock.now())

    fresh = await staffing.reset(office.office, desk.rings["督办员丁"], new.id)

    for token, works in ((lost, False), (fresh, True)):
        try:
            async with office.files() as files:
                await files.people.use_link(token, "invite", now=office.clock.now())
        except NotSignedIn:
            assert not works
        else:
            assert works


async def test_a_reset_and_a_sign_in_at_once_leave_no_session(desk: Desk) -> None:
    office, whom = desk.office, await handler(desk.office)

    results = await asyncio.gather(
        signs_in_as(office, whom.name),
        staffing.reset(office.office, desk.rings["督办员丁"], whom.id),
        signs_in_as(office, whom.name),
        return_exceptions=True,
    )

    assert isinstance(results[1], str)
    for token in (results[0], results[2]):
        if isinstance(token, str):
            async with office.reading() as reading:
                with pytest.raises(NotSignedIn):
                    await reading.people.keyring(token, now=office.clock.now())


async def test_who_keeps_the_accounts_gives_no_case_post_where_somebody_works_on_cases(
    desk: Desk,
) -> None:
    office, whom = desk.office, await handler(desk.office)
    runner = await office.hire("管系统的", CITY, Role.SYSADMIN)
    ring = await office.keyring(runner)

    with pytest.raises(NotAllowed, match="已经有办件的人"):
        await staffing.give(office.office, ring, whom.id, Role.LEADER)
    with pytest.raises(NotAllowed, match="已经有办件的人"):
        await staffing.move(office.office, ring, whom.id, OTHER, {Role.LEADER})
    await staffing.give(office.office, ring, whom.id, Role.ORGANISER)
    await staffing.give(office.office, desk.rings[CITY], whom.id, Role.LEADER)
    assert {Role.ORGANISER, Role.LEADER} <= await standing(office, whom)


async def test_who_gets_his_first_case_post_where_nobody_has_a_key_makes_it(
    office: TestOffice,
) -> None:
    person = await office.hire("管系统的", OTHER, Role.SYSADMIN)
    assert await office.store.public_of(OTHER) is None

    await staffing.give(office.office, None, person.id, Role.HANDLER)
    await signs_in_as(office, person.name)

    assert await office.store.public_of(OTHER) is not None
    assert await waiting(office, OTHER) == []


async def test_after_a_reset_the_demos_key_of_before_opens_no_session(desk: Desk) -> None:
    """The demo keeps its people's keys: one that is another by now is no key of his."""
    office, whom = desk.office, await handler(desk.office)
    await staffing.reset(office.office, desk.rings["督办员丁"], whom.id)
    async with office.files() as files:
        shelf = files.people
        shelf._demo = DemoKeys({whom.id: new_keypair()[0]})
        token = await shelf.link(whom.id, "login", now=office.clock.now())
        session = await shelf.use_link(token, "login", now=office.clock.now())

    assert not session.is_open


async def test_a_post_says_when_it_holds() -> None:
    from tests.offices import A_MONDAY, EVER

    post = Post(role=Role.HANDLER, since=EVER, until=A_MONDAY)

    assert post.holds_at(EVER)
    assert not post.holds_at(A_MONDAY)
    assert post.is_over(A_MONDAY)
