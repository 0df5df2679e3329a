"""`jobs`: the timetable; one job now, or as if it were another time; a period lived through."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.progress import Progress as Bar

from casework.refusals import BadInput
from casework.workdays import dated, day_of
from runtime.clock import SetClock, SystemClock
from runtime.commands.common import console, moment, run, service, show_json
from runtime.settings import load_settings
from runtime.wiring import has_demo_keys
from scheduler.clockwork import replay as replay_jobs
from scheduler.clockwork import run as run_job

jobs = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="一行一个 JSON,给程序读")]
Really = Annotated[
    bool, typer.Option("--really", help="正式的系统也照办:写下的经过、批次都是真的,撤不回来")
]


@jobs.command("list")
def jobs_list(as_json: Json = False) -> None:
    """什么时候做什么。"""

    async def listing() -> None:
        async with service() as opened:
            now = opened.office.clock.now()
            for job in opened.jobs():
                async with opened.office.reading() as reading:
                    last = await reading.counters.last_run(job.name)
                row = {
                    "job": job.name, "when": job.when, "does": job.says, "last": last,
                    "next": job.next_after(now),
                }  # fmt: skip
                if as_json:
                    show_json(row)
                else:
                    console.print(
                        f"{job.name:10} {job.when:14} {job.says}  上次 {dated(last) if last else '还没跑过'}"
                    )

    run(listing)


@jobs.command("run")
def jobs_run(
    name: Annotated[str, typer.Argument(help="任务的名字,看 jobs list")],
    at: Annotated[str | None, typer.Option("--at", help="当作这个时间,如 2026-12-03T08:00")] = None,
    really: Really = False,
) -> None:
    """现在跑一个任务,或者当作某个时间跑。"""

    async def running() -> None:
        clock = SetClock(moment(at)) if at else None
        _refuse_another_day(clock, really=really)
        async with service(clock=clock) as opened:
            found = next((job for job in opened.jobs() if job.name == name), None)
            if found is None:
                names = "、".join(job.name for job in opened.jobs())
                raise BadInput(f"没有叫 {name} 的任务。有:{names}")
            console.print(await run_job(found, opened.office))

    run(running)


@jobs.command("replay")
def jobs_replay(
    start: Annotated[str, typer.Option("--from", help="从哪天起,如 2026-12-01")],
    end: Annotated[str, typer.Option("--to", help="到哪天止")],
    really: Really = False,
) -> None:
    """把一段日子的任务按顺序过一遍。"""

    async def replaying() -> None:
        first, last = moment(start), moment(end)
        clock = SetClock(first)
        _refuse_another_day(clock, really=really)
        async with service(clock=clock) as opened:
            runs = replay_jobs(opened.jobs(), first, last)
            with Bar(transient=True) as bar:
                for at, job in bar.track(runs, description="过日子"):
                    clock.at = at
                    await run_job(job, opened.office)
            console.print(f"过了 {len(runs)} 次任务,{first:%m-%d} 到 {last:%m-%d}")

    run(replaying)


def _refuse_another_day(clock: SetClock | None, *, really: bool) -> None:
    """What a job writes as of another day cannot be taken back. Raises `BadInput` outside the demo."""
    if clock is None or really or has_demo_keys(load_settings().data_dir):
        return
    if day_of(clock.now()) != day_of(SystemClock().now()):
        raise BadInput(
            "这是正式的系统,当作别的日子跑,写下的经过和批次都是真的,撤不回来。没有跑。"
            "真要这样,加 --really;想试一试,用演示:xiangsheng demo。"
        )
