"""`announce`: a training announcement to the craftsmen of a county, and how far it is."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated

import typer
from rich.progress import Progress as Bar

from casework.actions.training import announce as announce_training
from casework.refusals import BadInput
from casework.shelves import Progress
from runtime.commands.common import console, run, service, show_json
from runtime.wiring import Service


def announce(
    text: Annotated[str, typer.Argument(help="通知的内容")],
    county: Annotated[str, typer.Option("--county", help="县名或代码;空着是全省")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只数人,不发送")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="等发完,显示进度")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="结果写成一行 JSON,给程序读")] = False,
) -> None:

    async def announcing() -> None:
        async with service() as opened:
            code = _county(opened, county)
            async with opened.office.reading() as reading:
                number = await reading.craftsmen.count(code)
            if dry_run:
                _say_rehearsed(number, code, as_json=as_json)
                return
            made = await announce_training(
                opened.office, id=f"a-{secrets.token_hex(6)}", text=text, county=code, by="shell"
            )
            progress = await _watch(opened, made.id, wait=wait, shown=not as_json)
            if as_json:
                show_json({"announcement": made.id, "county": code, **_as_json(progress)})
            else:
                _say(progress)

    run(announcing)


def _county(opened: Service, county: str) -> str:
    if not county:
        return ""
    gazetteer = opened.knows.gazetteer
    code = county if county in gazetteer else gazetteer.find(county).county
    if not code:
        raise BadInput(f"没有找到“{county}”这个县。")
    return code


def _say_rehearsed(number: int, county: str, *, as_json: bool) -> None:
    if as_json:
        show_json({"dry_run": True, "county": county, "craftsmen": number})
    else:
        console.print(f"会发给 {number} 人(其中能联系到的才发得出去)。没有发送。")


async def _watch(opened: Service, announcement: str, *, wait: bool, shown: bool) -> Progress:
    with Bar(disable=not shown) as bar:
        task = bar.add_task("发送", total=None)
        while True:
            async with opened.office.reading() as reading:
                progress: Progress = await reading.craftsmen.progress(announcement)
            reachable = progress.total - progress.unreachable
            bar.update(task, total=max(reachable, 1), completed=reachable - progress.waiting)
            if not (wait and progress.waiting):
                return progress
            await asyncio.sleep(1)


def _as_json(progress: Progress) -> dict[str, object]:
    return {
        "total": progress.total, "sent": progress.sent, "failed": progress.failed,
        "unknown": progress.unknown, "waiting": progress.waiting,
        "unreachable": progress.unreachable,
        "failures": [{"name": name, "reason": reason} for name, reason in progress.failures],
    }  # fmt: skip


def _say(progress: Progress) -> None:
    console.print(
        f"共 {progress.total} 人:送到 {progress.sent},失败 {progress.failed},"
        f"不知道到没到 {progress.unknown},等着 {progress.waiting},联系不上 {progress.unreachable}"
    )
    for name, reason in progress.failures:
        console.print(f"  {name}:{reason}")
