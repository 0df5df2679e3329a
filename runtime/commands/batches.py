"""`batch`: the monthly hand-over, by hand where it must be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import httpx
import typer

from casework.clues import checked_month
from casework.refusals import BadInput
from casework.transparency import digits
from papers.files import write_whole
from runtime.commands.common import console, run, service, show_json
from runtime.wiring import Service
from scheduler.hand_over import Recipient, mend, push, seal_month

batch = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="一行一个 JSON,给程序读")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只看会做什么,不送")]


def _recipient(opened: Service) -> Recipient:
    if opened.recipient is None:
        raise BadInput(
            "纪检机关的公钥还没有登记:把它的 card.json 放好,设 XIANGSHENG_DISCIPLINE_KEYS。"
        )
    return opened.recipient


async def _mended(opened: Service, to: Recipient) -> None:
    """What lies damaged is sealed anew before it goes out."""
    for row in await mend(opened.office, recipient=to, key=opened.signing):
        console.print(f"{row.number} 的文件坏了,已经重新封存。")


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
            if not dry_run:
                await _mended(opened, to)
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
            await _mended(opened, _recipient(opened))
            async with opened.office.reading() as reading:
                for row in await reading.batches.all():
                    content = await reading.batches.content(row.number)
                    if row.receipt or content is None:
                        continue
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
