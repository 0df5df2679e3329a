"""`topics`: how the answers do."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table

from casework.judgements import LATELY
from casework.workdays import day_of
from runtime.commands.common import console, run, service

topics = typer.Typer(no_args_is_help=True)

Days = Annotated[int, typer.Option("--days", min=1, max=36500, help="最近多少天")]


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
            table.add_row(each.topic, asked, str(each.useless), str(each.useful))
        if lately.topics:
            console.print(table)
        else:
            console.print(f"最近{days}天还没有人点过“有用”或者“没用”。")
        console.print(f"没答上的问话:{lately.unanswered} 次。")

    run(counting)
