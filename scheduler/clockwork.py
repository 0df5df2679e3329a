"""APScheduler as the clock only: jobs in memory, one run at a time, late is better than never."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger

from casework.ports import Office
from casework.workdays import SHANGHAI, day_of
from scheduler.timetable import Job

#: Seconds a run has to end when the process does.
TO_END = 10.0

log = logging.getLogger(__name__)

#: A job that was missed (machine asleep, restart) still runs within this many seconds.
GRACE = 12 * 3600
#: What failed is tried again after this long, then twice as long, up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


async def run(job: Job, office: Office) -> str:
    """One run, noted. A fault is logged by its kind and the next job goes on."""
    now = office.clock.now()
    said = await job.work(office, day_of(now))
    async with office.files() as files:
        await files.counters.ran(job.name, at=now)
    log.info("job ran", extra={"job": job.name, "said": said})
    return said


async def wind(jobs: Sequence[Job], office: Office) -> Clockwork:
    """A started clockwork over the timetable. What was missed while nothing ran is run now, once."""
    scheduler = AsyncIOScheduler(timezone=SHANGHAI)
    all_runs = [Runs(job, office, scheduler) for job in jobs]
    for runs in all_runs:
        job = runs.job
        scheduler.add_job(
            runs.once, job.trigger(), id=job.name,
            misfire_grace_time=GRACE, coalesce=True, max_instances=1,
        )  # fmt: skip
        if await was_missed(job, office):
            scheduler.add_job(runs.once, id=f"{job.name} missed")
    scheduler.start()
    return Clockwork(scheduler, tuple(all_runs))


@dataclass(frozen=True)
class Clockwork:
    """The clock and what it runs."""

    scheduler: BaseScheduler
    runs: tuple[Runs, ...]

    async def stop(self) -> None:
        """Begin nothing more; what is under way is waited for, a few seconds at most."""
        self.scheduler.pause()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TO_END):
                for runs in self.runs:
                    async with runs.one_at_a_time:
                        pass
        self.scheduler.shutdown(wait=False)


async def was_missed(job: Job, office: Office) -> bool:
    """Whether the job should have run since it last did, or never did. Every line may run twice."""
    async with office.reading() as reading:
        last = await reading.counters.last_run(job.name)
    due = job.next_after(last) if last else None
    return last is None or (due is not None and due <= office.clock.now())


@dataclass
class Runs:
    """The runs of one job: one at a time, and what failed is tried again after growing pauses."""

    job: Job
    office: Office
    scheduler: BaseScheduler
    failed: int = 0
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def once(self) -> None:
        """One run. A fault is logged by its kind; it stops neither the others nor the next run."""
        async with self.one_at_a_time:
            try:
                await run(self.job, self.office)
            except Exception as fault:
                log.error("job failed", extra={"job": self.job.name, "fault": type(fault).__name__})
                self._again_later()
            else:
                self.failed = 0
                with contextlib.suppress(JobLookupError):
                    self.scheduler.remove_job(self._again)

    @property
    def _again(self) -> str:
        return f"{self.job.name} again"

    def _again_later(self) -> None:
        """Every so often until it works; each failure makes the pause longer."""
        pause = min(FIRST_PAUSE * 2**self.failed, LONGEST_PAUSE)
        self.failed += 1
        self.scheduler.add_job(
            self.once, IntervalTrigger(seconds=int(pause.total_seconds())), id=self._again,
            replace_existing=True, misfire_grace_time=GRACE, coalesce=True,
        )  # fmt: skip


def replay(jobs: Sequence[Job], start: datetime, end: datetime) -> list[tuple[datetime, Job]]:
    """Every run of a period, in order: what `jobs replay` lives through."""
    runs: list[tuple[datetime, Job]] = []
    for job in jobs:
        at = job.next_after(start)
        while at and at <= end:
            runs.append((at, job))
            at = job.next_after(at)
    return sorted(runs, key=lambda run: (run[0], run[1].name))
