"""The clock runs the table: each run is noted, a fault is one job's own, a late run still happens."""

from __future__ import annotations

import asyncio
from datetime import date

from casework.ports import Office
from scheduler.clockwork import GRACE, run, wind
from scheduler.timetable import Job
from tests.offices import TestOffice


async def test_a_run_is_given_the_day_in_china_and_is_noted(small_office: TestOffice) -> None:
    seen: list[date] = []

    async def work(_office: Office, today: date) -> str:
        seen.append(today)
        return "做完了"

    small_office.clock.at = small_office.clock.at.replace(hour=23, minute=30)
    said = await run(Job("late", "0 0 * * *", work), small_office.office)

    async with small_office.reading() as reading:
        last = await reading.counters.last_run("late")
    assert said == "做完了"
    assert seen == [small_office.clock.at.date()]
    assert last is not None


async def test_a_second_run_is_noted_in_place_of_the_first(small_office: TestOffice) -> None:
    async def work(_office: Office, _today: date) -> str:
        return ""

    job = Job("twice", "0 0 * * *", work)
    await run(job, small_office.office)
    small_office.wait(days=1)
    now = small_office.clock.at
    await run(job, small_office.office)

    async with small_office.reading() as reading:
        last = await reading.counters.last_run("twice")
    assert last is not None
    assert last >= now


async def test_a_job_that_raises_stops_neither_itself_nor_the_others(
    small_office: TestOffice,
) -> None:
    """Real clock, real scheduler: both lines are due at once, the broken one first."""
    tries, went = [0], asyncio.Event()

    async def breaks(_office: Office, _today: date) -> str:
        tries[0] += 1
        raise RuntimeError

    async def works(_office: Office, _today: date) -> str:
        went.set()
        return ""

    clockwork = wind(
        [Job("breaks", "* * * * *", breaks), Job("works", "* * * * *", works)], small_office.office
    )
    try:
        for name in ("breaks", "works", "breaks"):
            job = clockwork.get_job(name)
            await job.func(*job.args)
        await asyncio.wait_for(went.wait(), 30)
    finally:
        clockwork.shutdown(wait=False)

    assert tries == [2]


async def test_a_missed_line_is_still_run_hours_later_and_once(small_office: TestOffice) -> None:
    async def work(_office: Office, _today: date) -> str:
        return ""

    clockwork = wind([Job("push", "*/5 * * * *", work)], small_office.office)
    try:
        job = clockwork.get_job("push")
        assert job.misfire_grace_time == GRACE >= 6 * 3600
        assert job.coalesce
        assert job.max_instances == 1
    finally:
        clockwork.shutdown(wait=False)
