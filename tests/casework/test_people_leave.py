"""Who leaves has left: nothing opens for him, the unit's key is another, and nothing is lost by it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update

from casework.actions import reporting, staffing
from casework.actions.handling import act, look
from casework.offices import Person, Role
from casework.ports import Keyring
from casework.refusals import Away, BadInput, KeyChanged, NotAllowed, NotSignedIn, Refusal
from casework.reports import Addition
from casework.sealed_names import pseudonym_of_person
from casework.tickets import Action
from papers.envelope import open_box
from storage.schema import (
    boxes,
    earlier_keys,
    key_changes,
    let_ins,
    links,
    memberships,
    sessions,
    tickets,
    unit_keys,
)
from storage.unit_keys import STACK
from tests.casework.desk import Desk
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PASSWORD, PROVINCE, TestOffice


@pytest.fixture
async def desk(office: TestOffice) -> Desk:
    """The county with two who hold its key: 承办人丙, who was first, and 督办员丁."""
    made = Desk(office)
    await made.opens()
    await made.colleague("督办员丁", COUNTY, Role.SUPERVISOR, Role.DISPATCHER)
    return made


async def first_of(office: TestOffice, unit: str) -> Person:
    async with office.reading() as reading:
        return next(
            p for p in await reading.people.in_unit(unit) if p.name.endswith(("丙", "乙", "甲"))
        )


async def public_of_unit(office: TestOffice, unit: str = COUNTY) -> bytes | None:
    return await office.store.public_of(unit)


async def afresh(office: TestOffice, person: Person) -> Keyring:
    return await office.keyring(person)


async def count(office: TestOffice, table: object, **where: object) -> int:
    query = select(func.count()).select_from(table)  # type: ignore[arg-type]  # a table
    for column, value in where.items():
        query = query.where(table.c[column] == value)  # type: ignore[attr-defined]
    async with office.reading() as reading:
        return int((await reading.connection.execute(query)).scalar_one())


async def test_of_one_who_left_nothing_opens_and_his_colleague_reads_on(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    token = await office.signs_in(leaver)
    old = await public_of_unit(office)
    async with office.files() as files:
        await files.people.link(leaver.id, "login", now=office.clock.now())

    ring = await staffing.remove(office.office, desk.rings["督办员丁"], leaver.id)

    for table in (sessions, links, memberships):
        assert await count(office, table, person=leaver.id) == 0
    async with office.reading() as reading:
        with pytest.raises(NotSignedIn):
            await reading.people.keyring(token, now=office.clock.now())
        assert leaver.id not in {p.id for p in await reading.people.in_unit(COUNTY)}
        assert await reading.people.called(leaver.name) == []
        assert (await reading.people.person(leaver.id)).name == leaver.name
    assert await public_of_unit(office) != old
    assert ring is not None
    for each in (ring, await afresh(office, desk.rings["督办员丁"].person)):
        assert (await look(office.office, each, desk.number)).story == LEAKING_ROOF.text


async def test_the_key_he_knew_opens_no_box_any_more(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    known = desk.rings[COUNTY]
    receipt = await office.office.intake.file(LEAKING_ROOF)
    await reporting.add(office.office, await desk.number_of(receipt), "还漏着")

    await staffing.remove(office.office, desk.rings["督办员丁"], leaver.id)

    async with office.reading() as reading:
        for number in (desk.number, await desk.number_of(receipt)):
            file = await reading.tickets.get(number, reader=desk.rings["督办员丁"].person)
            with pytest.raises(KeyChanged):
                known.ticket(file)
        assert await reading.unit_keys.stack(COUNTY) is None
    assert await count(office, earlier_keys) == await count(office, key_changes) == 0
    again = await afresh(office, desk.rings["督办员丁"].person)
    opened = await look(office.office, again, await desk.number_of(receipt))
    assert "还漏着" in [line.text for line in opened.history]


async def test_what_he_had_in_hand_nobody_has(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    await desk.steps(Action.ACCEPT, Action.DISPATCH, Action.SIGN)
    assert await count(office, tickets, handler=leaver.id) == 1

    await staffing.remove(office.office, desk.rings["督办员丁"], leaver.id)

    assert await count(office, tickets, handler=leaver.id) == 0
    again = await afresh(office, desk.rings["督办员丁"].person)
    done = await act(office.office, again, desk.number, Action.START)
    assert done.handler == ""


async def test_the_log_says_it_with_pseudonyms_alone(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    by = desk.rings["督办员丁"].person

    await staffing.remove(office.office, desk.rings["督办员丁"], leaver.id)

    async with office.reading() as reading:
        said = b"\n".join(await reading.log.bodies(0, 1000))
    for tells in (leaver.id, leaver.name, by.id, by.name, COUNTY):
        assert tells.encode() not in said
    assert pseudonym_of_person(leaver.id).encode() in said
    assert b'"event":"removed"' in said.replace(b": ", b":")


async def test_without_the_key_he_leaves_at_once_and_the_next_who_signs_in_changes_it(
    desk: Desk,
) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    runner = await office.hire("管系统的", COUNTY, Role.SYSADMIN)
    old = await public_of_unit(office)

    await staffing.remove(office.office, await afresh(office, runner), leaver.id)
    async with office.reading() as reading:
        due = (await reading.unit_keys.state(COUNTY)).due
    same = await public_of_unit(office) == old
    token = await office.signs_in(desk.rings["督办员丁"].person)
    state = await staffing.opened(office.office, token)

    assert due
    assert same
    assert state
    assert not state.due
    assert await public_of_unit(office) != old
    again = await afresh(office, desk.rings["督办员丁"].person)
    assert (await look(office.office, again, desk.number)).story == LEAKING_ROOF.text


async def test_of_two_who_sign_in_at_once_one_changes_it(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    third = await desk.colleague("承办人戊", COUNTY)
    await staffing.remove(office.office, None, leaver.id)
    tokens = [await office.signs_in(each) for each in (third, desk.rings["督办员丁"].person)]

    await asyncio.gather(*(staffing.opened(office.office, each) for each in tokens))

    async with office.reading() as reading:
        said = b"\n".join(await reading.log.bodies(0, 1000))
    assert said.count(b"rekeyed") == 1
    for person in (third, desk.rings["督办员丁"].person):
        ring = await afresh(office, person)
        assert (await look(office.office, ring, desk.number)).story == LEAKING_ROOF.text


async def test_reports_filed_while_the_key_is_changed_again_and_again_are_all_read(
    desk: Desk,
) -> None:
    """A real race: nothing waits for anything but what the database makes wait."""
    office, done = desk.office, asyncio.Event()
    leavers = [await desk.colleague(f"来了又走{n}", COUNTY) for n in range(4)]
    ring: Keyring | None = await afresh(office, desk.rings["督办员丁"].person)
    filed: list[str] = []

    async def files(n: int) -> None:
        while not done.is_set():
            with suppress(Away):  # the key was changed twice while it was made ready: sent again
                told = await office.office.intake.file(replace(LEAKING_ROOF, text=f"第{n}家漏雨"))
                filed.append(told.number)
                await reporting.add(office.office, told.number, "又漏了")
            prepared = await office.office.intake.prepare(LEAKING_ROOF)
            with suppress(Away):
                async with office.files() as files:
                    files.file(prepared)
                filed.append(prepared.told.number)

    async def lets_go() -> None:
        nonlocal ring
        for each in leavers:
            await asyncio.sleep(0)
            ring = await staffing.remove(office.office, ring, each.id)
        done.set()

    await asyncio.gather(lets_go(), *(files(n) for n in range(3)))

    assert len(filed) > 6
    again = await afresh(office, desk.rings["督办员丁"].person)
    for number in filed:
        opened = await look(office.office, again, number)
        assert "漏" in opened.story
        assert all(line.text == "又漏了" for line in opened.history if line.text)
    async with office.reading() as reading:
        state = await reading.unit_keys.state(COUNTY)
    assert not state.under_way
    assert not state.due


@pytest.mark.parametrize("way", ["assigning", "adding", "letting in"])
async def test_a_key_waits_for_whoever_is_sealing_to_it(desk: Desk, way: str) -> None:
    """Else a box for the key of before would be kept after the last of them was sealed anew."""
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    newcomer, old = await office.hire("新来的", COUNTY), await public_of_unit(office)
    lead = desk.rings["督办员丁"]

    async with office.files() as files:
        match way:
            case "assigning":
                await files.readers.key_of(COUNTY)
            case "adding":
                said, now = Addition(text="还漏着"), office.clock.now()
                await files.mailboxes.seal(desk.number, said, at=now, holders={COUNTY})
            case "letting in":
                await files.people.let_in(lead, newcomer.id, now=office.clock.now())
        leaving = asyncio.create_task(staffing.remove(office.office, lead, leaver.id))
        done, _ = await asyncio.wait([leaving], timeout=0.5)
        assert not done
        assert await public_of_unit(office) == old

    await leaving
    assert await public_of_unit(office) != old


async def test_while_boxes_are_sealed_anew_each_is_read_and_new_ones_go_to_the_new_key(
    desk: Desk,
) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    ring = desk.rings["督办员丁"]
    async with office.files() as files:
        await files.unit_keys.mark(COUNTY)
        await files.unit_keys.leave(leaver.id)
        await files.people.leaves(leaver.id)
    async with office.files() as files:
        changed = await files.unit_keys.change(ring, COUNTY)
    new = await office.office.intake.file(LEAKING_ROOF)

    async with office.reading() as reading:
        state = await reading.unit_keys.state(COUNTY)
    again = await afresh(office, ring.person)
    for each in (changed, again):
        assert each is not None
        for number in (desk.number, new.number):
            assert (await look(office.office, each, number)).story == LEAKING_ROOF.text
    assert state.under_way
    assert state.total == 2

    # Another one leaves before the first change is through: both keys of before still open.
    second = await desk.colleague("承办人己", COUNTY)
    once_more = await staffing.remove(office.office, await afresh(office, ring.person), second.id)
    assert once_more is not None
    for number in (desk.number, new.number):
        assert (await look(office.office, once_more, number)).story == LEAKING_ROOF.text
    assert await count(office, earlier_keys) == 0


async def test_a_stack_made_for_a_key_of_before_is_put_nowhere(desk: Desk) -> None:
    office, ring = desk.office, desk.rings["督办员丁"]
    third = await desk.colleague("承办人戊", COUNTY)
    async with office.files() as files:
        await files.unit_keys.mark(COUNTY)
    async with office.files() as files:
        first = await files.unit_keys.change(ring, COUNTY)
    assert first is not None
    async with office.reading() as reading:
        stack = await reading.unit_keys.stack(COUNTY)
    assert stack is not None
    late = first.sealed_anew(stack)

    await staffing.remove(office.office, first, third.id)
    async with office.files() as files:
        await files.unit_keys.put_back(late)

    again = await afresh(office, ring.person)
    assert (await look(office.office, again, desk.number)).story == LEAKING_ROOF.text


async def test_a_box_that_is_shut_while_it_is_sealed_anew_stays_shut(desk: Desk) -> None:
    office, ring = desk.office, desk.rings["督办员丁"]
    async with office.files() as files:
        await files.unit_keys.mark(COUNTY)
        changed = await files.unit_keys.change(ring, COUNTY)
    assert changed is not None
    async with office.reading() as reading:
        stack = await reading.unit_keys.stack(COUNTY)
    assert stack is not None

    async with office.files() as files:
        await files.readers.shut(desk.number, but={PROVINCE})
    async with office.files() as files:
        await files.unit_keys.put_back(changed.sealed_anew(stack))

    async with office.reading() as reading:
        assert COUNTY not in await reading.readers.of(desk.number)


async def test_two_who_let_the_same_one_go_at_once_do_it_once(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    rings = [desk.rings["督办员丁"], await afresh(office, await first_of(office, CITY))]

    results = await asyncio.gather(
        *(staffing.remove(office.office, ring, leaver.id) for ring in rings),
        return_exceptions=True,
    )

    refused = [each for each in results if isinstance(each, NotAllowed)]
    assert len(refused) == 1
    assert refused[0].sentence == staffing.GONE
    again = await afresh(office, desk.rings["督办员丁"].person)
    assert (await look(office.office, again, desk.number)).story == LEAKING_ROOF.text


async def test_of_two_who_let_each_other_go_one_stays(desk: Desk) -> None:
    office = desk.office
    other = await desk.colleague("督办员戊", COUNTY, Role.SUPERVISOR)
    one = desk.rings["督办员丁"].person
    rings = {one.id: desk.rings["督办员丁"], other.id: await afresh(office, other)}

    results = await asyncio.gather(
        staffing.remove(office.office, rings[one.id], other.id),
        staffing.remove(office.office, rings[other.id], one.id),
        return_exceptions=True,
    )

    assert [type(each) for each in results].count(NotSignedIn) == 1
    async with office.reading() as reading:
        here = {p.id for p in await reading.people.in_unit(COUNTY)}
    assert len(here & {one.id, other.id}) == 1
    stays = one if one.id in here else other
    ring = await afresh(office, stays)
    assert (await look(office.office, ring, desk.number)).story == LEAKING_ROOF.text


async def test_a_step_under_way_when_he_leaves_is_refused_and_names_him_nowhere(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    await desk.steps(Action.ACCEPT, Action.DISPATCH, Action.SIGN)
    open_page = desk.rings[COUNTY]

    await staffing.remove(office.office, desk.rings["督办员丁"], leaver.id)

    with pytest.raises(Refusal):
        await act(office.office, open_page, desk.number, Action.START)
    assert await count(office, tickets, handler=leaver.id) == 0


async def test_the_last_who_has_the_key_stays_while_there_is_work(office: TestOffice) -> None:
    desk = Desk(office)
    await desk.opens()
    leaver, city = await first_of(office, COUNTY), desk.rings[CITY]

    with pytest.raises(NotAllowed, match=r"1 件没有办完.*让他进来"):
        await staffing.remove(office.office, city, leaver.id)
    async with office.reading() as reading:
        assert leaver.id in {p.id for p in await reading.people.in_unit(COUNTY)}
        assert not (await reading.unit_keys.state(COUNTY)).due
    await desk.step(Action.ACCEPT, who=CITY)
    await act_to_city(desk)
    await staffing.remove(office.office, city, leaver.id)

    assert await public_of_unit(office) is None
    assert await count(office, boxes, holder=COUNTY) == 0
    assert (await look(office.office, city, desk.number)).story == LEAKING_ROOF.text
    await office.office.intake.file(LEAKING_ROOF)
    assert await count(office, boxes, holder=COUNTY) == 0
    # Whoever comes next makes a new one, even if he had a password before.
    await office.hire("新来的", COUNTY)
    assert await public_of_unit(office) is not None


async def act_to_city(desk: Desk) -> None:
    await desk.step(Action.DISPATCH, who=CITY, to=CITY)


async def test_the_last_of_the_province_stays_whatever_there_is(office: TestOffice) -> None:
    leaver = await first_of(office, PROVINCE)

    with pytest.raises(NotAllowed, match="全省都收不了反映"):
        await staffing.remove(office.office, None, leaver.id)


async def test_the_last_sysadmin_of_the_province_stays(office: TestOffice) -> None:
    runner = await office.hire("管系统的", PROVINCE, Role.SYSADMIN)
    lead = await afresh(office, await first_of(office, PROVINCE))

    with pytest.raises(NotAllowed, match="最后一位系统管理员"):
        await staffing.remove(office.office, lead, runner.id)
    async with office.reading() as reading:
        (post,) = await reading.people.posts(runner.id)
    with pytest.raises(NotAllowed, match="最后一位系统管理员"):
        await staffing.end(office.office, lead, runner.id, post.role, post.since)

    await office.hire("也管系统的", PROVINCE, Role.SYSADMIN)
    await staffing.remove(office.office, lead, runner.id)


async def test_a_post_ends_at_midnight_for_a_session_that_is_open(desk: Desk) -> None:
    office, whom = desk.office, await first_of(desk.office, COUNTY)
    lead, today = desk.rings["督办员丁"], office.clock.now().date()
    for post in await posts_of(office, whom):
        await staffing.end(office.office, lead, whom.id, post.role, post.since, last=today)
    office.wait(hours=13, minutes=30)  # half past eleven at night
    token = await office.signs_in(whom)

    async with office.reading() as reading:
        before = await reading.people.keyring(token, now=office.clock.now())
    office.wait(minutes=31)
    async with office.reading() as reading:
        after = await reading.people.keyring(token, now=office.clock.now())
        state = await reading.unit_keys.state(COUNTY)

    assert before.person.may_read_cases()
    assert before.holds(COUNTY)
    assert not after.person.may_read_cases()
    assert not after.holds(COUNTY)
    assert state.due  # he knows the key: the next who signs in changes it
    old = await public_of_unit(office)
    await staffing.opened(office.office, await office.signs_in(lead.person))
    assert await public_of_unit(office) != old
    assert await count(office, memberships, person=whom.id) == 0


async def posts_of(office: TestOffice, whom: Person) -> list:  # type: ignore[type-arg]  # of posts
    async with office.reading() as reading:
        return list(await reading.people.posts(whom.id))


async def test_a_post_begins_on_its_day(desk: Desk) -> None:
    office, whom = desk.office, await first_of(desk.office, COUNTY)
    tomorrow = office.clock.now().date() + timedelta(days=1)

    await staffing.give(
        office.office, desk.rings["督办员丁"], whom.id, Role.APPROVER, since=tomorrow
    )

    async with office.reading() as reading:
        assert Role.APPROVER not in (await reading.people.person(whom.id)).roles
    office.wait(hours=14)
    async with office.reading() as reading:
        assert Role.APPROVER in (await reading.people.person(whom.id)).roles


async def test_who_reads_no_case_any_more_is_let_go_of_the_key(desk: Desk) -> None:
    office, whom = desk.office, await first_of(desk.office, COUNTY)
    lead, old = desk.rings["督办员丁"], await public_of_unit(desk.office)
    first, last = [p for p in await posts_of(office, whom)]

    ring = await staffing.end(office.office, lead, whom.id, first.role, first.since)
    assert await public_of_unit(office) == old  # he still works on cases
    ring = await staffing.end(office.office, ring, whom.id, last.role, last.since)

    assert await public_of_unit(office) != old
    assert await count(office, memberships, person=whom.id) == 0
    await staffing.give(office.office, ring, whom.id, Role.HANDLER)
    async with office.reading() as reading:
        assert [p.id for p in await reading.people.waiting_for_key(COUNTY)] == [whom.id]


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        (date(2026, 11, 10), date(2026, 11, 9), "前面"),
        (None, date(2026, 11, 1), "已经过了"),
        (date(2026, 11, 1), None, "已经过了"),
    ],
)
async def test_days_that_do_not_fit_are_refused(
    desk: Desk, since: date | None, until: date | None, sentence: str
) -> None:
    office, whom = desk.office, await first_of(desk.office, COUNTY)

    with pytest.raises(BadInput, match=sentence):
        await staffing.give(
            office.office, desk.rings["督办员丁"], whom.id, Role.LEADER, since=since, until=until
        )
    assert Role.LEADER not in {p.role for p in await posts_of(office, whom)}


async def test_the_same_post_twice_and_an_end_put_off_are_refused(desk: Desk) -> None:
    office, whom = desk.office, await first_of(desk.office, COUNTY)
    lead, today = desk.rings["督办员丁"], office.clock.now().date()

    with pytest.raises(NotAllowed, match="已经有了"):
        await staffing.give(office.office, lead, whom.id, Role.HANDLER)
    await staffing.give(office.office, lead, whom.id, Role.LEADER, until=today)
    post = next(p for p in await posts_of(office, whom) if p.role is Role.LEADER)
    with pytest.raises(BadInput, match="不能往后推"):
        await staffing.end(
            office.office, lead, whom.id, post.role, post.since, last=today + timedelta(days=1)
        )
    await staffing.end(office.office, lead, whom.id, post.role, post.since)
    with pytest.raises(NotAllowed, match="已经到期"):
        await staffing.end(office.office, lead, whom.id, post.role, post.since)


async def test_more_boxes_than_one_stack_are_all_sealed_anew(small_office: TestOffice) -> None:
    office, desk = small_office, Desk(small_office)
    await desk.opens()
    await desk.colleague("督办员丁", COUNTY, Role.SUPERVISOR)
    ring, leaver = desk.rings["督办员丁"], await first_of(office, COUNTY)
    async with office.files() as files:
        query = select(boxes).where(boxes.c.holder == COUNTY)
        row = (await files.connection.execute(query)).one()
        made = [{**row._mapping, "ticket": f"T{n:06}"} for n in range(STACK * 2)]
        await files.connection.execute(boxes.insert(), made)
        key = open_box(ring.units[COUNTY], row.box)  # type: ignore[attr-defined]  # a Ring
    async with office.files() as files:
        await files.unit_keys.mark(COUNTY)
        await files.people.leaves(leaver.id)

    one = await staffing.change_locks(office.office, ring, COUNTY, stacks=1)
    async with office.reading() as reading:
        state = await reading.unit_keys.state(COUNTY)
    ring = await afresh(office, ring.person)
    done = await staffing.change_locks(office.office, ring, COUNTY)

    assert one is not None
    assert (state.done, state.total) == (STACK, STACK * 2 + 1)
    assert done is not None
    assert await count(office, key_changes) == await count(office, earlier_keys) == 0
    async with office.reading() as reading:
        rows = (await reading.connection.execute(query)).all()
    assert {open_box(done.units[COUNTY], row.box) for row in rows} == {key}  # type: ignore[attr-defined]


async def test_a_box_that_no_key_opens_stops_nothing(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    await office.office.intake.file(LEAKING_ROOF)
    async with office.files() as files:
        broken = update(boxes).where(boxes.c.holder == COUNTY, boxes.c.ticket != desk.number)
        await files.connection.execute(broken.values(box=b"x" * 80))

    ring = await staffing.remove(office.office, desk.rings["督办员丁"], leaver.id)

    assert ring is not None
    assert (await look(office.office, ring, desk.number)).story == LEAKING_ROOF.text
    assert await count(office, key_changes) == 0


async def test_whom_a_leaver_said_yes_to_needs_another(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    newcomer = await office.hire("新来的", COUNTY)
    async with office.files() as files:
        await files.people.let_in(desk.rings[COUNTY], newcomer.id, now=office.clock.now())

    ring = await staffing.remove(office.office, desk.rings["督办员丁"], leaver.id)

    assert await count(office, let_ins) == 0
    async with office.files() as files:
        with pytest.raises(NotAllowed, match="刚换过"):
            await files.people.let_in(desk.rings["督办员丁"], newcomer.id, now=office.clock.now())
    assert ring is not None
    async with office.files() as files:
        assert await files.people.let_in(ring, newcomer.id, now=office.clock.now())
    read = await afresh(office, newcomer)
    assert (await look(office.office, read, desk.number)).story == LEAKING_ROOF.text


async def test_no_link_is_made_for_one_who_left_and_his_name_is_free(desk: Desk) -> None:
    office, leaver = desk.office, await first_of(desk.office, COUNTY)
    await staffing.remove(office.office, desk.rings["督办员丁"], leaver.id)

    async with office.files() as files:
        with pytest.raises(BadInput, match="离岗"):
            await files.people.link(leaver.id, "login", now=office.clock.now())
        key = await office.locks.password(PASSWORD, b"x" * 16, caller="")
        with pytest.raises(NotSignedIn):
            await files.people.sign_in(leaver.id, key, now=office.clock.now())
    again = await office.hire(leaver.name, COUNTY)
    assert again.id != leaver.id
    async with office.reading() as reading:
        rows = await reading.connection.execute(select(unit_keys.c.unit))
    assert COUNTY in set(rows.scalars())
