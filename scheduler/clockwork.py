"""APScheduler as the clock only: jobs in memory, one run at a time, late is better than never."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from casework.ports import Office
from casework.workdays import SHANGHAI, day_of
from scheduler.timetable import Job

log = logging.getLogger(__name__)

#: A job that was missed (machine asleep, restart) still runs within this many seconds.
GRACE = 12 * 3600


async def run(job: Job, office: Office) -> str:
    """One run, noted. A fault is logged by its kind and the next job goes on."""
    now = office.clock.now()
    said = await job.work(office, day_of(now))
    async with office.files() as files:
        await files.counters.ran(job.name, at=now)
    log.info("job ran", extra={"job": job.name, "said": said})
    return said


def wind(jobs: Sequence[Job], office: Office) -> AsyncIOScheduler:
    """A started scheduler over the timetable."""
    scheduler = AsyncIOScheduler(timezone=SHANGHAI)
    for job in jobs:
        scheduler.add_job(
            _guarded, job.trigger(), args=(job, office), id=job.name,
            misfire_grace_time=GRACE, coalesce=True, max_instances=1,
        )  # fmt: skip
    scheduler.start()
    return scheduler


async def _guarded(job: Job, office: Office) -> None:
    try:
        await run(job, office)
    except Exception as fault:
        log.error("job failed", extra={"job": job.name, "fault": type(fault).__name__})


def replay(jobs: Sequence[Job], start: datetime, end: datetime) -> list[tuple[datetime, Job]]:
    """Every run of a period, in order: what `jobs replay` lives through."""
    runs: list[tuple[datetime, Job]] = []
    for job in jobs:
        at = job.next_after(start)
        while at and at <= end:
            runs.append((at, job))
            at = job.next_after(at)
    return sorted(runs, key=lambda run: (run[0], run[1].name))
