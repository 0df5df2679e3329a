"""Who declared to stay away is shown nothing of it, wherever it goes; only another one lifts it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.actions import handling, recusing
from casework.actions.recusing import Left
from casework.actions.reminding import escalate_overdue
from casework.offices import Level, Organisation, Person, Role, Unit
from casework.ports import Keyring
from casework.queue import Tab, View
from casework.recusals import Reason, Recusal, away_from
from casework.refusals import BadInput, Locked, NoSuchTicket, NotAllowed
from casework.reports import Accused
from casework.tickets import Action
from storage.schema import leaves, recusals
from tests.casework.desk import Desk
from tests.offices import A_MONDAY, CITY, CONTENT, COUNTY, LEAKING_ROOF, PROVINCE

A = Action
OFFICES = CONTENT.organisation
TOWNSHIP = "township-410423106"
NEIGHBOUR = "housing-410422"
DONG = "何东"


async def numbers(desk: Desk, person: Person) -> set[str]:
    """All that he is shown, and that the counts say the same."""
    now, found = desk.office.clock.now(), set[str]()
    async with desk.office.reading() as reading:
        counts = await reading.queue.counts(reader=person, now=now)
        for tab in Tab:
            page = await reading.queue.page(View(tab=tab), reader=person, now=now)
            assert counts[tab] == len(page.lines)
            found |= {line.number for line in page.lines}
    return found


async def declares(desk: Desk, who: str, about: str, of: Person | None = None) -> Left:
    return await recusing.declare(
        desk.office.office, desk.rings[who], about, reason=Reason.RELATIVE,
        person=of.id if of else "",
    )  # fmt: skip


async def lifts(desk: Desk, who: str, of: Person, about: str) -> None:
    await recusing.lift(desk.office.office, desk.rings[who], of.id, about)


def person(desk: Desk, who: str) -> Person:
    return desk.rings[who].person


async def in_force(desk: Desk, who: Person) -> list[str]:
    async with desk.office.reading() as reading:
        return [each.about for each in await reading.recusals.of(who.id)]


async def at_work(desk: Desk) -> None:
    await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)


# One ticket


async def test_in_one_click_it_is_gone_and_what_he_had_in_hand_is_nobodys(desk: Desk) -> None:
    await at_work(desk)
    await desk.colleague(DONG, COUNTY, Role.HANDLER)
    mine = person(desk, COUNTY)

    left = await declares(desk, COUNTY, desk.number)

    ticket = (await handling.look(desk.office.office, desk.rings[DONG], desk.number)).ticket
    line = [e for e in await desk.history() if e.action is A.RECUSE]
    assert left is Left.COLLEAGUES
    assert await numbers(desk, mine) == set()
    assert ticket.handler == ""
    assert [(e.by, e.person, e.code, e.text) for e in line] == [(COUNTY, mine.id, "relative", None)]
    for opened in (
        desk.step(A.START),
        handling.look(desk.office.office, desk.rings[COUNTY], desk.number),
    ):
        with pytest.raises(NoSuchTicket):
            await opened
    assert (await desk.step(A.START, who=DONG)).status.value == "in_progress"


async def test_the_reporter_is_not_told_and_the_log_names_nobody(desk: Desk) -> None:
    receipt = await desk.opens()
    told = await desk.told(receipt)

    await declares(desk, CITY, desk.number)
    await lifts(desk, PROVINCE, person(desk, CITY), desk.number)

    async with desk.office.reading() as reading:
        rows = (await reading.connection.execute(leaves.select().order_by(leaves.c.index))).all()
        key = await desk.office.locks.code(receipt.code, caller="")
        case = await reading.mailboxes.case(key)
    assert [row.event for row in rows][-2:] == ["recuse", "end_recusal"]
    assert not any(person(desk, CITY).id.encode() in row.body for row in rows)
    assert not any(b"relative" in row.body for row in rows)
    assert await desk.told(receipt) == told
    assert [step.what for step in case.steps] == ["file"]


async def test_a_supervisor_declares_it_for_people_of_his_own_and_lower_units(desk: Desk) -> None:
    await desk.opens()
    boss = await desk.colleague("督办员戊", COUNTY, Role.SUPERVISOR)
    clerk = person(desk, COUNTY)

    for who in ("督办员戊", CITY, PROVINCE):
        await declares(desk, who, desk.number, clerk)
        assert await numbers(desk, clerk) == set()
        await lifts(desk, who, clerk, desk.number)
        assert await numbers(desk, clerk) == {desk.number}

    for who, of in [
        (COUNTY, boss),
        ("督办员戊", person(desk, CITY)),
        (CITY, person(desk, PROVINCE)),
    ]:
        with pytest.raises((NotAllowed, BadInput)):
            await declares(desk, who, desk.number, of)
    assert await numbers(desk, person(desk, PROVINCE)) == {desk.number}


async def test_nobody_lifts_his_own_nor_what_his_superiors_declared(desk: Desk) -> None:
    await desk.opens()
    boss = await desk.colleague("督办员戊", COUNTY, Role.SUPERVISOR)
    second = await desk.colleague("分管领导己", COUNTY, Role.LEADER)
    await declares(desk, "督办员戊", desk.number)
    await declares(desk, CITY, desk.number, second)

    for who, of in [("督办员戊", boss), (COUNTY, boss), ("分管领导己", boss), ("督办员戊", second)]:
        with pytest.raises(NotAllowed):
            await lifts(desk, who, of, desk.number)

    await lifts(desk, CITY, boss, desk.number)
    with pytest.raises(NotAllowed, match="上级"):
        await lifts(desk, "督办员戊", second, desk.number)
    await lifts(desk, CITY, second, desk.number)
    assert await numbers(desk, boss) == await numbers(desk, second) == {desk.number}


async def test_lifted_and_declared_again_every_time_stays_on_record(desk: Desk) -> None:
    await desk.opens()
    clerk = person(desk, COUNTY)

    for _ in range(2):
        await declares(desk, CITY, desk.number, clerk)
        await lifts(desk, CITY, clerk, desk.number)
    await declares(desk, COUNTY, desk.number)

    async with desk.office.reading() as reading:
        rows = (
            await reading.connection.execute(recusals.select().order_by(recusals.c.since))
        ).all()
    city = person(desk, CITY).id
    assert [row.lifted_by for row in rows] == [city, city, ""]
    assert [row.declared_by for row in rows] == [city, city, clerk.id]
    assert await numbers(desk, clerk) == set()


async def test_twice_is_once_and_both_at_once_too(desk: Desk) -> None:
    await desk.opens()
    clerk = person(desk, COUNTY)

    both = await asyncio.gather(
        declares(desk, COUNTY, desk.number), declares(desk, CITY, desk.number, clerk),
        declares(desk, PROVINCE, desk.number, clerk), return_exceptions=True,
    )  # fmt: skip

    assert sum(isinstance(each, Left) for each in both) == 1
    assert sum(isinstance(each, NotAllowed | NoSuchTicket) for each in both) == 2
    assert await in_force(desk, clerk) == [desk.number]
    assert [e.action for e in await desk.history()].count(A.RECUSE) == 1
    with pytest.raises(NotAllowed, match="已经登记过"):
        await declares(desk, CITY, desk.number, clerk)


async def test_who_signs_in_the_moment_he_is_recused_does_not_become_its_handler(
    desk: Desk,
) -> None:
    await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH)
    clerk = person(desk, COUNTY)

    async with desk.office.files() as files:
        await files.recusals.watch(clerk.id)  # as a step of his holds it
        declared = asyncio.create_task(declares(desk, CITY, COUNTY, clerk))
        done, _ = await asyncio.wait({declared}, timeout=0.2)
        assert not done
    await declared

    with pytest.raises(NoSuchTicket):
        await desk.step(A.SIGN)


async def test_a_step_waits_for_a_recusal_that_is_under_way(desk: Desk) -> None:
    await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH)
    clerk = person(desk, COUNTY)
    fresh = replace(recusal(COUNTY), person=clerk.id)

    async with desk.office.files() as files:
        await files.recusals.hold(clerk.id)  # as a declaration holds it
        step = asyncio.create_task(
            handling.act(desk.office.office, desk.rings[COUNTY], desk.number, A.SIGN)
        )
        done, _ = await asyncio.wait({step}, timeout=0.3)
        assert not done
        await files.recusals.add(fresh)

    with pytest.raises(NoSuchTicket):
        await step


async def test_a_merged_ticket_takes_its_recusals_along_both_ways(desk: Desk) -> None:
    first = await desk.opens()
    number = desk.number
    await desk.opens(replace(LEAKING_ROOF, text="还是那间屋,又漏了。"))
    other, clerk, city = desk.number, person(desk, COUNTY), person(desk, CITY)
    boss = await desk.colleague("督办员戊", COUNTY, Role.SUPERVISOR, Role.DISPATCHER)
    await declares(desk, COUNTY, other)
    await declares(desk, CITY, number)

    desk.number = number
    await desk.step(A.MERGE, "同一间屋", who="督办员戊", other=other)

    assert await numbers(desk, clerk) == await numbers(desk, city) == set()
    assert await numbers(desk, boss) == {number, other}
    await declares(desk, PROVINCE, number, boss)
    assert await numbers(desk, boss) == set()
    assert first


# Everything of a unit


async def test_moved_up_it_is_not_shown_to_whoever_stays_away_from_the_county(desk: Desk) -> None:
    receipt = await desk.opens()
    clerk = await desk.colleague(DONG, CITY, Role.HANDLER, Role.SUPERVISOR)
    await declares(desk, DONG, COUNTY)
    assert await numbers(desk, clerk) == set()

    added = await desk.adds(receipt, "县局的科长说不管", Accused(role="county_cadre", unit=COUNTY))

    assert added.ticket.owner == CITY
    assert await numbers(desk, clerk) == set()
    assert await numbers(desk, person(desk, CITY)) == {desk.number}


async def test_filed_above_the_county_it_is_still_of_its_place(desk: Desk) -> None:
    await desk.opens(replace(LEAKING_ROOF, accused=(Accused(unit=CITY),)))
    clerk = person(desk, PROVINCE)
    assert await numbers(desk, clerk) == {desk.number}

    await recusing.declare(desk.office.office, desk.rings[PROVINCE], COUNTY, reason=Reason.OTHER)

    assert await numbers(desk, clerk) == set()


@pytest.mark.parametrize("about", [TOWNSHIP, COUNTY, CITY, PROVINCE])
async def test_who_stays_away_from_a_unit_stays_away_from_those_below(
    small: Desk, about: str
) -> None:
    await small.opens()
    await small.office.hire("乡里的庚", TOWNSHIP, Role.HANDLER)
    await small.step(A.ACCEPT)
    await small.step(A.DISPATCH, "请到赵村镇看屋面。", to=TOWNSHIP)

    await declares(small, PROVINCE, about)

    assert await numbers(small, person(small, PROVINCE)) == set()


async def test_taken_back_from_a_township_it_stays_covered(desk: Desk) -> None:
    await desk.opens()
    await desk.office.hire("乡里的庚", TOWNSHIP, Role.HANDLER)
    clerk = await desk.colleague(DONG, COUNTY, Role.HANDLER)
    await declares(desk, DONG, TOWNSHIP)
    assert await numbers(desk, clerk) == {desk.number}
    await desk.step(A.ACCEPT)
    await desk.step(A.DISPATCH, "请到赵村镇看屋面。", to=TOWNSHIP)
    assert await numbers(desk, clerk) == set()

    await desk.step(A.REASSIGN, "县里自己办。", to=COUNTY)

    assert (await desk.step(A.SIGN)).owner == COUNTY
    assert await numbers(desk, clerk) == set()


async def test_given_to_another_county_and_back_it_stays_covered(desk: Desk) -> None:
    await desk.opens()
    await desk.office.hire("邻县的辛", NEIGHBOUR, Role.HANDLER)
    await declares(desk, CITY, NEIGHBOUR)
    assert await numbers(desk, person(desk, CITY)) == {desk.number}
    await desk.step(A.ACCEPT)
    boss = await desk.colleague("督办员壬", PROVINCE, Role.SUPERVISOR)
    await desk.step(A.DISPATCH, to=NEIGHBOUR, who=PROVINCE)
    assert await numbers(desk, person(desk, CITY)) == set()

    await desk.step(A.REASSIGN, "还是县里办", to=COUNTY, who="督办员壬")

    assert await numbers(desk, person(desk, CITY)) == set()
    assert await numbers(desk, boss) == {desk.number}


async def test_what_he_has_in_hand_of_a_unit_is_nobodys(desk: Desk) -> None:
    await at_work(desk)

    left = await declares(desk, CITY, COUNTY, person(desk, COUNTY))

    async with desk.office.reading() as reading:
        file = await reading.tickets.get(desk.number, reader=person(desk, CITY))
    assert file.ticket.handler == ""
    assert file.entries[-1].action is A.RECUSE
    assert left is Left.ABOVE


async def test_who_stays_away_himself_does_not_lift_it_for_others(desk: Desk) -> None:
    await desk.opens()
    clerk = person(desk, COUNTY)
    await declares(desk, PROVINCE, CITY)  # it has the county below it
    for about in (COUNTY, TOWNSHIP, desk.number):
        await declares(desk, CITY, about, clerk)

    for about in (COUNTY, TOWNSHIP, desk.number):
        with pytest.raises(NotAllowed):
            await lifts(desk, PROVINCE, clerk, about)

    assert sorted(await in_force(desk, clerk)) == sorted([COUNTY, TOWNSHIP, desk.number])


async def test_what_is_said_of_who_is_left_is_true(desk: Desk) -> None:
    await desk.opens()
    assert await declares(desk, CITY, desk.number) is Left.ABOVE
    assert await declares(desk, COUNTY, desk.number) is Left.NOBODY  # the city stays away too
    assert await declares(desk, PROVINCE, desk.number) is Left.NOBODY
    await desk.office.office.intake.file(LEAKING_ROOF)
    assert await declares(desk, COUNTY, COUNTY) is Left.ABOVE
    await desk.colleague(DONG, CITY, Role.HANDLER)
    assert await declares(desk, CITY, CITY) is Left.COLLEAGUES


async def test_where_all_stay_away_the_clock_and_the_ladder_go_on(desk: Desk) -> None:
    await at_work(desk)
    async with desk.office.reading() as reading:
        before = await reading.tickets.get(desk.number, reader=person(desk, PROVINCE))
    await declares(desk, COUNTY, COUNTY)
    desk.office.wait(days=40)

    climbed = await escalate_overdue(desk.office.office)

    async with desk.office.reading() as reading:
        after = await reading.tickets.get(desk.number, reader=person(desk, PROVINCE))
    assert climbed == 1
    assert after.entries[-1].by == CITY
    assert after.ticket.clocks == before.ticket.clocks


# Bad input


@pytest.mark.parametrize(
    ("about", "refusal"),
    [
        ("housing-999999", BadInput), ("discipline-41", BadInput), ("escrow-41", BadInput),
        ("", BadInput), ("'; DROP TABLE recusals; --", BadInput), ("鲁山县住建局", BadInput),
        ("DEAD000000", NoSuchTicket), ("housing", NoSuchTicket),
    ],
)  # fmt: skip
async def test_what_is_no_unit_and_no_ticket_is_refused(
    small: Desk, about: str, refusal: type[Exception]
) -> None:
    await small.opens()

    with pytest.raises(refusal):
        await declares(small, COUNTY, about)

    assert await in_force(small, person(small, COUNTY)) == []


async def test_unknown_people_and_those_of_other_units_read_the_same(small: Desk) -> None:
    await small.opens()
    abroad = await small.office.hire("邻县的辛", NEIGHBOUR, Role.SUPERVISOR)
    small.rings["辛"] = await small.office.keyring(abroad)
    said = []
    for of in (replace(abroad, id="p-00000000"), person(small, COUNTY), person(small, PROVINCE)):
        for try_it in (declares(small, "辛", NEIGHBOUR, of), lifts(small, "辛", of, NEIGHBOUR)):
            with pytest.raises(BadInput) as refused:
                await try_it
            said.append(refused.value.sentence)

    assert len(set(said)) == 1


async def test_a_township_clerk_stays_away_himself_and_declares_for_nobody(small: Desk) -> None:
    await small.opens()
    clerk = await small.office.hire("乡里的庚", TOWNSHIP, Role.HANDLER)
    small.rings["庚"] = await small.office.keyring(clerk)
    await small.step(A.ACCEPT)
    await small.step(A.DISPATCH, "请到赵村镇看屋面。", to=TOWNSHIP)

    for of in (person(small, PROVINCE), person(small, COUNTY)):
        for about in (small.number, PROVINCE):
            with pytest.raises(NotAllowed):
                await declares(small, "庚", about, of)
    await declares(small, "庚", PROVINCE)

    assert await numbers(small, person(small, PROVINCE)) == {small.number}
    assert await numbers(small, clerk) == set()


async def test_a_link_alone_and_who_reads_no_cases_declare_nothing(small: Desk) -> None:
    await small.opens()
    clerk = person(small, COUNTY)
    token = await small.office.signs_in(clerk, unlock=False)
    admin = await small.office.hire("管系统的", COUNTY, Role.SYSADMIN)
    async with small.office.reading() as reading:
        locked = await reading.people.keyring(token, now=small.office.clock.now())

    with pytest.raises(Locked):
        await recusing.declare(small.office.office, locked, COUNTY, reason=Reason.OTHER)
    with pytest.raises(Locked):
        await recusing.lift(small.office.office, locked, admin.id, COUNTY)
    with pytest.raises(NotAllowed, match="不用回避"):
        await declares(small, CITY, COUNTY, admin)


async def test_a_list_of_recusals_tells_of_no_ticket(small: Desk) -> None:
    await small.opens()
    clerk, ring = person(small, COUNTY), small.rings
    await small.colleague("督办员戊", COUNTY, Role.SUPERVISOR)
    await declares(small, "督办员戊", small.number, clerk)
    seen_by_another = await listed(small, ring["督办员戊"])
    await declares(small, "督办员戊", small.number)

    assert seen_by_another == [small.number]
    assert await listed(small, ring[COUNTY]) == []  # it was declared before he knew of it
    assert await listed(small, ring["督办员戊"]) == [
        small.number
    ]  # his own word, and not the clerk's
    assert await listed(small, ring[CITY]) == [small.number] * 2


async def listed(desk: Desk, ring: Keyring) -> list[str]:
    async with desk.office.reading() as reading:
        return [r.recusal.about for r in await recusing.shown(reading, ring.person, OFFICES)]


# By the tree alone


def recusal(about: str, area: str | None = None) -> Recusal:
    return Recusal(
        person="p", about=about, reason=Reason.OTHER, since=A_MONDAY, declared_by="p", area=area
    )


def test_a_unit_that_left_the_tree_is_covered_by_its_id_and_its_area() -> None:
    away = away_from([recusal("housing-old", "4199")], OFFICES)

    assert away.covers(number="N", county="419901", held_by=[CITY])
    assert away.covers(number="N", county="410423", held_by=["housing-old"])
    assert not away.covers(number="N", county="410423", held_by=[CITY])


def test_a_unit_without_an_area_covers_what_it_has_and_no_more() -> None:
    tree = Organisation.of(
        [
            Unit(id="p", name="省", level=Level.PROVINCE),
            Unit(id="c", name="县", level=Level.COUNTY, parent="p"),
        ]
    )
    away = away_from([recusal("c")], tree)

    assert not away.covers(number="N", county="410423", held_by=["p"])
    assert away.covers(number="N", county="", held_by=["c"])
    assert away_from([recusal("p")], tree).covers(number="N", county="", held_by=["d"])


def parents_of(unit: str) -> set[str]:
    found = {unit}
    while unit := OFFICES[unit].parent:
        found.add(unit)
    return found


CHAIN = sorted(u.id for u in OFFICES.units.values() if u.id[0] in "ht")


@given(
    st.sampled_from(CHAIN),
    st.sampled_from([u.area for u in OFFICES.at(Level.COUNTY)]),
    st.sets(st.sampled_from(CHAIN), max_size=3),
)
def test_covered_is_what_lies_under_the_unit(
    about: str, county: str, held: Collection[str]
) -> None:
    home = {u.id for u in OFFICES.at(Level.COUNTY) if u.area == county}

    away = away_from([recusal(about)], OFFICES)

    expected = any(about in parents_of(each) for each in {*home, *held})
    assert away.covers(number="N", county=county, held_by=held) is expected
