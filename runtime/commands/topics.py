"""`topics`: how the answers do, what was asked without one, and what might be written for it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from casework.judgements import LATELY
from casework.refusals import BadInput
from casework.workdays import day_of
from library.proposals import PROPOSED, Cluster, gathered, proposed
from library.topics import rows_of
from runtime.commands.common import console, run, service
from runtime.commands.tables import DryRun, Encoding, In, write_table
from runtime.settings import load_settings
from runtime.wiring import Service, place_of

topics = typer.Typer(no_args_is_help=True)

Days = Annotated[int, typer.Option("--days", min=1, max=36500, help="最近多少天")]

NOBODY_AGREED = "还没有人同意留话。"
#: What stands in the sheet are people's own words.
WRITE_ANEW = (
    "表里是村民的原话,名字、电话遮过,村名没有遮:导入以前改写成一般的问法,认得出是谁家的删掉。"
    "导入以后就是问答的内容,不再随三十天删。表用完就删。"
)


@topics.command("counts")
def counts(days: Days = LATELY.days) -> None:
    """最近这些天,哪些回答村民点了有用、没用,有多少句没答上。没用多的排在前面。"""

    async def counting() -> None:
        async with service() as opened:
            known = opened.office.content.topics
            first = day_of(opened.office.clock.now() - timedelta(days=days))
            async with opened.office.reading() as reading:
                lately = await reading.judgements.since(first)
        table = Table("编号", "问题", "没用", "有用")
        for each in lately.topics:
            asked = known[each.topic].question if each.topic in known else ""
            table.add_row(Text(each.topic), Text(asked), str(each.useless), str(each.useful))
        if lately.topics:
            console.print(table)
        else:
            console.print(f"最近{days}天还没有人点过“有用”或者“没用”。")
        console.print(f"没答上的问话:{lately.unanswered} 次。")

    run(counting)


@topics.command("unanswered")
def unanswered() -> None:
    """最近三十天没答上的、答了没用的问话,意思差不多的合在一起。只有同意留话的看得到字。"""

    async def showing() -> None:
        async with service() as opened:
            found, (others, most) = await _asked(opened)
            known = opened.office.content.topics
        table = Table("问话", "几次", "最近的问答")
        for each in found:
            near = f"{each.topic} {each.nearness:.2f}" if each.topic in known else "没有"
            table.add_row(Text("\n".join(each.texts)), str(each.times), Text(near))
        if found:
            console.print(table)
        else:
            console.print(NOBODY_AGREED)
        if others:
            console.print(f"另有 {others} 种问话没有同意留,只知道最多的一种问了 {most} 次。")

    run(showing)


@topics.command("propose")
def propose(
    file: Annotated[Path | None, typer.Argument(help="写到哪个文件,.xlsx 或 .csv")] = None,
    dry_run: DryRun = False,
    encoding: In = Encoding.UTF8,
) -> None:
    """同意留的问话写成一张表:近的问答添一种问法,都不近的起一条草稿(有问题,没有回答)。改好了用 import topics 导入。"""
    if file is None and not dry_run:
        raise BadInput(
            "写到哪个文件?比如:xiangsheng topics propose 提议.xlsx。只看一看,加 --dry-run。"
        )

    async def proposing() -> None:
        async with service() as opened:
            found, _ = await _asked(opened)
        made = proposed(found, rows_of(place_of(load_settings()).layers()))
        for each in made:
            what = "草稿" if each.draft else "添问法"
            console.print(
                Text(f"{what} {each.row['slug']}:{' / '.join(each.fresh)}"), soft_wrap=True
            )
        if not made:
            console.print("留的话问答里都有了,或者太长,不像一个问题。" if found else NOBODY_AGREED)
        elif file and not dry_run:
            write_table(file, PROPOSED, [each.row for each in made], encoding)
            console.print(WRITE_ANEW, soft_wrap=True)
        else:
            console.print("只是看看,没有写。")

    run(proposing)


async def _asked(opened: Service) -> tuple[list[Cluster], tuple[int, int]]:
    async with opened.office.reading() as reading:
        kept, unread = await reading.judgements.kept(), await reading.judgements.unread()
    return gathered(kept, opened.knows), unread
