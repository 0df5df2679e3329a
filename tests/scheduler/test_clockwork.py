"""The clock runs the table: each run is noted, a fault is one job's own, a late run still happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import pytest

from casework.ports import Office
from casework.workdays import SHANGHAI
from scheduler.clockwork import GRACE, Clockwork, Runs, run, was_missed, wind
from scheduler.timetable import Job
from tests.offices import TestOffice
from tests.waiting import eventually


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


@asynccontextmanager
async def wound(office: TestOffice, *jobs: Job) -> AsyncIterator[Clockwork]:
    clockwork = await wind(jobs, office.office)
    try:
        yield clockwork
    finally:
        await clockwork.stop()


def counting(name: str, when: str, ran: list[str], went: asyncio.Event | None = None) -> Job:
    async def work(_office: Office, _today: date) -> str:
        ran.append(name)
        if went:
            went.set()
        return ""

    return Job(name, when, work)


async def test_a_job_that_raises_stops_neither_itself_nor_the_others(
    small_office: TestOffice,
) -> None:
    """Real clock, real scheduler: both lines are due at once, the broken one first."""
    ran: list[str] = []
    went = asyncio.Event()

    async def breaks(_office: Office, _today: date) -> str:
        ran.append("breaks")
        raise RuntimeError

    broken = Job("breaks", "* * * * *", breaks)
    async with wound(small_office, broken, counting("works", "* * * * *", ran, went)) as clockwork:
        await asyncio.wait_for(went.wait(), 30)
        await clockwork.runs[0].once()
        again = clockwork.scheduler.get_job("breaks again")
        assert again is not None  # tried before its next line
        assert clockwork.scheduler.get_job("works again") is None

    assert ran.count("breaks") == 2


async def test_pauses_between_tries_grow_to_an_hour_and_begin_anew_when_it_works(
    small_office: TestOffice,
) -> None:
    well = [False]

    async def work(_office: Office, _today: date) -> str:
        if not well[0]:
            raise OSError
        return ""

    pauses = []
    async with wound(small_office) as clockwork:
        runs = Runs(Job("moody", "0 8 3 * *", work), small_office.office, clockwork.scheduler)
        for _ in range(9):
            await runs.once()
            again = clockwork.scheduler.get_job("moody again")
            pauses.append(again.next_run_time - datetime.now(SHANGHAI))
        well[0] = True
        await runs.once()
        assert clockwork.scheduler.get_job("moody again") is None

    minutes = [round(pause.total_seconds() / 60) for pause in pauses]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert runs.failed == 0


@pytest.mark.parametrize(
    ("down_for", "runs_at_start"),
    [
        (timedelta(minutes=5), []),
        (timedelta(hours=30), ["night"]),
        (timedelta(days=31), ["month", "night"]),
    ],
)
async def test_what_was_missed_while_nothing_ran_is_run_at_the_start_and_once(
    small_office: TestOffice, down_for: timedelta, runs_at_start: list[str]
) -> None:
    ran: list[str] = []
    jobs = [counting("month", "0 8 3 * *", ran), counting("night", "20 3 * * *", ran)]
    small_office.clock.at = datetime(2026, 11, 4, 12, 0, tzinfo=SHANGHAI)
    for job in jobs:
        await run(job, small_office.office)
    ran.clear()
    small_office.clock.wait(seconds=down_for.total_seconds())
    assert [job.name for job in jobs if await was_missed(job, small_office.office)] == runs_at_start
    async with wound(small_office, *jobs):
        await eventually(lambda: has_run(ran, runs_at_start))

    assert [job.name for job in jobs if await was_missed(job, small_office.office)] == []
    async with wound(small_office, *jobs) as clockwork:
        later = {job.id for job in clockwork.scheduler.get_jobs()}
    assert later == {"month", "night"}
    assert sorted(ran) == sorted(runs_at_start)


async def has_run(ran: list[str], names: list[str]) -> bool:
    return sorted(ran) == sorted(names)


async def test_a_clock_set_back_a_day_runs_nothing_twice_and_stops_nothing(
    small_office: TestOffice,
) -> None:
    ran: list[str] = []
    job = counting("night", "20 3 * * *", ran)
    await run(job, small_office.office)
    small_office.clock.wait(days=-1)

    assert not await was_missed(job, small_office.office)
    small_office.clock.wait(days=2)
    assert await was_missed(job, small_office.office)


async def test_what_is_under_way_ends_before_the_house_is_closed(small_office: TestOffice) -> None:
    began, ended, goes_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(_office: Office, _today: date) -> str:
        began.set()
        await goes_on.wait()
        ended.set()
        return ""

    clockwork = await wind([Job("slow", "0 8 3 * *", work)], small_office.office)
    await began.wait()
    stopping = asyncio.create_task(clockwork.stop())
    await asyncio.sleep(0)
    goes_on.set()
    await stopping

    assert ended.is_set()


async def test_a_missed_line_is_still_run_hours_later_and_once(small_office: TestOffice) -> None:
    async with wound(small_office, counting("push", "*/5 * * * *", [])) as clockwork:
        job = clockwork.scheduler.get_job("push")
        assert job.misfire_grace_time == GRACE >= 6 * 3600
        assert job.coalesce
        assert job.max_instances == 1
