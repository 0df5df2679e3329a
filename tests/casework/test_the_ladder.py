"""Overdue tickets climb, and those that have nowhere left to go keep nobody else waiting."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select, update

from casework.actions.reminding import AT_ONCE, LATER, STEP, escalate_overdue
from casework.tickets import Action, Entry
from storage.rows import entry_to_row
from storage.schema import history, tickets
from tests.offices import CITY, LEAKING_ROOF, PROVINCE, TestOffice

FAR_BEYOND = 60  # days after which everything of the first day is overdue


async def steps_of(office: TestOffice, number: str) -> list[str]:
    async with office.files() as files:
        entries = await files.tickets.entries(number)
    return [entry.by for entry in entries if entry.action is Action.ESCALATE]


async def dead(office: TestOffice, count: int, *, looked_at: bool) -> None:
    """So many tickets that are overdue and have been to the top."""
    model = await office.office.intake.file(LEAKING_ROOF)
    async with office.files() as files:
        row = (
            await files.connection.execute(select(tickets).where(tickets.c.number == model.number))
        ).one()
        rows = [
            {
                **row._mapping,
                "number": f"DEAD{n:06}",
                "climbs_at": None if looked_at else row.due_at,
            }
            for n in range(count)
        ]
        at = office.clock.now()
        climbed = [
            entry_to_row(each["number"], n, Entry(at=at, action=Action.ESCALATE, by=unit))
            for each in rows
            for n, unit in enumerate((CITY, PROVINCE), start=1)
        ]
        await files.connection.execute(insert(tickets), rows)
        await files.connection.execute(insert(history), climbed)
        await files.connection.execute(
            update(tickets)
            .where(tickets.c.number == model.number)
            .values(open=False, climbs_at=None)
        )


async def test_each_step_is_two_days_after_the_one_before_and_ends_at_the_province(
    office: TestOffice,
) -> None:
    receipt = await office.office.intake.file(LEAKING_ROOF)
    assert await escalate_overdue(office.office) == 0

    office.wait(days=FAR_BEYOND)
    assert await escalate_overdue(office.office) == 1
    assert await escalate_overdue(office.office) == 0
    office.wait(seconds=STEP.total_seconds() - 60)
    assert await escalate_overdue(office.office) == 0
    office.wait(minutes=2)
    assert await escalate_overdue(office.office) == 1
    office.wait(days=365)
    assert await escalate_overdue(office.office) == 0

    assert await steps_of(office, receipt.number) == [CITY, PROVINCE]


async def test_behind_ten_thousand_that_went_to_the_top_ten_new_ones_climb_at_the_next_run(
    small_office: TestOffice,
) -> None:
    await dead(small_office, 10_000, looked_at=True)
    fresh = [(await small_office.office.intake.file(LEAKING_ROOF)).number for _ in range(10)]
    small_office.wait(days=FAR_BEYOND)

    assert await escalate_overdue(small_office.office) == 10

    for number in fresh:
        assert await steps_of(small_office, number) == [CITY]


async def test_after_an_upgrade_all_are_looked_at_once_and_then_no_more(
    small_office: TestOffice,
) -> None:
    await dead(small_office, AT_ONCE + 50, looked_at=False)
    fresh = (await small_office.office.intake.file(LEAKING_ROOF)).number
    small_office.wait(days=FAR_BEYOND)

    assert await escalate_overdue(small_office.office) == 1

    assert await steps_of(small_office, fresh) == [CITY]
    async with small_office.reading() as reading:
        assert await reading.tickets.to_climb(small_office.clock.now()) == []


async def test_one_ticket_that_cannot_be_read_keeps_nobody_waiting(
    small_office: TestOffice,
) -> None:
    broken = (await small_office.office.intake.file(LEAKING_ROOF)).number
    well = (await small_office.office.intake.file(LEAKING_ROOF)).number
    async with small_office.files() as files:
        mine = history.c.ticket == broken
        await files.connection.execute(update(history).where(mine).values(action="no such step"))
    small_office.wait(days=FAR_BEYOND)

    assert await escalate_overdue(small_office.office) == 1
    assert await steps_of(small_office, well) == [CITY]

    async with small_office.files() as files:
        await files.connection.execute(update(history).where(mine).values(action="file"))
    small_office.wait(seconds=LATER.total_seconds())
    assert await escalate_overdue(small_office.office) == 1  # it comes back by itself
    assert await steps_of(small_office, broken) == [CITY]


async def test_work_on_a_ticket_lets_the_clock_look_anew(small_office: TestOffice) -> None:
    """A new term, missed too, climbs further than the old one did."""
    await dead(small_office, 1, looked_at=True)
    small_office.wait(days=FAR_BEYOND)
    async with small_office.files() as files:
        row = (
            await files.connection.execute(select(tickets).where(tickets.c.number == "DEAD000000"))
        ).one()
        assert row.climbs_at is None
        await files.tickets.climbs("DEAD000000", row.due_at)
    async with small_office.reading() as reading:
        (late,) = await reading.tickets.to_climb(small_office.clock.now())
    assert late.number == "DEAD000000"


async def test_a_clock_set_back_a_day_climbs_nothing_twice(small_office: TestOffice) -> None:
    number = (await small_office.office.intake.file(LEAKING_ROOF)).number
    small_office.wait(days=FAR_BEYOND)
    await escalate_overdue(small_office.office)
    small_office.clock.at -= timedelta(days=1)

    assert await escalate_overdue(small_office.office) == 0
    small_office.wait(days=4)
    assert await escalate_overdue(small_office.office) == 1
    assert await steps_of(small_office, number) == [CITY, PROVINCE]
