"""`jobs`, `batch`, `log`: the timetable, the monthly hand-over and the public log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.progress import Progress as Bar

from casework.clues import checked_month
from casework.receipts import read_code
from casework.refusals import BadInput
from casework.transparency import digits, frontier_of, leaf_hash
from papers.files import write_whole
from runtime.clock import SetClock
from runtime.commands.common import console, moment, run, service, show_json
from runtime.wiring import Service
from scheduler.clockwork import replay as replay_jobs
from scheduler.clockwork import run as run_job
from scheduler.hand_over import Recipient, push, seal_month

jobs = typer.Typer(no_args_is_help=True)
batch = typer.Typer(no_args_is_help=True)
log = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="一行一个 JSON,给程序读")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看会做什么,不送")]


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
                        f"{job.name:10} {job.when:14} {job.says}  上次 {last or '还没跑过'}"
                    )

    run(listing)


@jobs.command("run")
def jobs_run(
    name: Annotated[str, typer.Argument(help="任务的名字,看 jobs list")],
    at: Annotated[str | None, typer.Option("--at", help="当作这个时间,如 2026-12-03T08:00")] = None,
) -> None:
    """现在跑一个任务,或者当作某个时间跑。"""

    async def running() -> None:
        clock = SetClock(moment(at)) if at else None
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
) -> None:
    """把一段日子的任务按顺序过一遍。"""

    async def replaying() -> None:
        first, last = moment(start), moment(end)
        clock = SetClock(first)
        async with service(clock=clock) as opened:
            runs = replay_jobs(opened.jobs(), first, last)
            with Bar(transient=True) as bar:
                for at, job in bar.track(runs, description="过日子"):
                    clock.at = at
                    await run_job(job, opened.office)
            console.print(f"过了 {len(runs)} 次任务,{first:%m-%d} 到 {last:%m-%d}")

    run(replaying)


def _recipient(opened: Service) -> Recipient:
    if opened.recipient is None:
        raise BadInput(
            "纪检机关的公钥还没有登记:把它的 card.json 放好,设 XIANGSHENG_DISCIPLINE_KEYS。"
        )
    return opened.recipient


@batch.command("seal")
def batch_seal(
    month: Annotated[str, typer.Option("--month", help="哪个月,如 2026-11")],
) -> None:
    """封存一个月的线索。"""

    async def sealing() -> None:
        async with service() as opened:
            row = await seal_month(
                opened.office,
                checked_month(month),
                recipient=_recipient(opened),
                key=opened.signing,
            )
            console.print(f"{row.number}:{row.count} 件,摘要 {digits(bytes.fromhex(row.digest))}")

    run(sealing)


@batch.command("send")
def batch_send(dry_run: DryRun = False) -> None:
    """把还没有回执的批次送出去。"""

    async def sending() -> None:
        async with service() as opened:
            to = _recipient(opened)
            if not to.url:
                raise BadInput("还没有设 XIANGSHENG_DISCIPLINE_URL,不知道送到哪里。")
            async with opened.office.reading() as reading:
                waiting = [row for row in await reading.batches.all() if not row.receipt]
            if dry_run:
                console.print(f"会送 {len(waiting)} 批到 {to.url}。没有送。")
                return
            async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
                for row in waiting:
                    await push(opened.office, row, to, client)
                    console.print(f"{row.number} 已送到,有回执。")
            if not waiting:
                console.print("没有等着送的批次。")

    run(sending)


@batch.command("write")
def batch_write(folder: Annotated[Path, typer.Argument(help="写到哪个目录")]) -> None:
    """写到光盘目录:加密的批次、校验和、纸质交接单。"""

    folder.mkdir(parents=True, exist_ok=True)

    async def writing() -> None:
        async with service() as opened:
            async with opened.office.reading() as reading:
                for row in await reading.batches.all():
                    if row.receipt:
                        continue
                    content = await reading.batches.content(row.number)
                    slip = (
                        f"批次 {row.number}\n月份 {row.month}\n件数 {row.count}\n"
                        f"摘要 {digits(bytes.fromhex(row.digest))}\n移交人____ 接收人____\n"
                    )
                    write_whole(folder / f"{row.number}.age", content, mode=0o644)
                    write_whole(folder / f"{row.number}.txt", slip.encode(), mode=0o644)
                    console.print(f"{row.number}.age 和交接单已写到 {folder}")

    run(writing)


@batch.command("list")
def batch_list(as_json: Json = False) -> None:
    """每个月移交到哪一步了。"""

    async def listing() -> None:
        async with service() as opened, opened.office.reading() as reading:
            for row in await reading.batches.all():
                state = "有回执" if row.receipt else f"等回执,送过 {row.attempts} 次 {row.trouble}"
                if as_json:
                    show_json(
                        {"number": row.number, "count": row.count, "receipt": bool(row.receipt)}
                    )
                else:
                    console.print(f"{row.number} {row.count} 件 {state}")

    run(listing)


@log.command("verify")
def log_verify(as_json: Json = False) -> None:
    """把日志从头算一遍,和现在的头对上。"""

    async def verifying() -> None:
        async with service() as opened, opened.office.reading() as reading:
            head = await reading.log.head()
            bodies = await reading.log.bodies(0, head.size)
            whole = frontier_of([leaf_hash(body) for body in bodies])
        fits = whole == head
        if as_json:
            show_json({"size": head.size, "root": head.root().hex(), "ok": fits})
        else:
            console.print(
                f"{head.size} 条,头 {digits(head.root())},{'对得上' if fits else '对不上!'}"
            )
        if not fits:
            raise typer.Exit(2)

    run(verifying)


@log.command("prove")
def log_prove(receipt: Annotated[str, typer.Argument(help="群众手里的编号")]) -> None:
    """凭编号证明那件反映还在日志里。"""

    async def proving() -> None:
        code = read_code(receipt)
        async with service() as opened, opened.office.reading() as reading:
            keys = await opened.store.house.codes.open(code)
            await reading.mailboxes.open(code)
            head = await reading.log.head()
            bodies = await reading.log.bodies(0, head.size)
            index = next(n for n, body in enumerate(bodies) if keys.tag.hex().encode() in body)
            proof = await reading.log.proof(index)
        show_json(
            {
                "index": index, "leaf": proof.leaf.hex(), "size": proof.size,
                "root": proof.root.hex(), "path": [each.hex() for each in proof.path],
            }
        )  # fmt: skip

    run(proving)
