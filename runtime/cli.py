"""`xiangsheng`: every command of the product, and the one place that says what was refused.

A command's module is imported when the command is called: `--help` and a typing mistake need none of
the web, the database and the words.
"""

from __future__ import annotations

import logging
from functools import cached_property
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup

from casework.refusals import Refusal

#: What is typed, where it is written (module, name), and what it is for.
COMMANDS = (
    ("demo", "runtime.commands.serving", "demo", "演示:一个进程、SQLite、假的人和案件,打印从哪里进、试哪三句话。"),
    ("serve", "runtime.commands.serving", "serve", "网页和接口的进程。"),
    ("work", "runtime.commands.serving", "worker", "定时任务和发送的进程。"),
    ("talk", "runtime.commands.serving", "talk", "在终端里和机器人说话。"),
    ("ask", "runtime.commands.understanding", "ask", "问一句政策:答案、几个选项、或者老实说不知道。"),
    ("triage", "runtime.commands.understanding", "triage", "分拣一段反映:种类、类别、地方、涉及谁、多少钱。"),
    ("announce", "runtime.commands.announcing", "announce", "给一个县的工匠发培训通知。"),
    ("doctor", "runtime.commands.doctor", "doctor", "体检:每一项怎么样,不好该怎么办。有红就以 1 结束。"),
    ("init", "runtime.commands.house", "init", "真的机构第一天:登记纪检公钥、保管人钥匙,打印第一位工作人员的邀请链接。可以再运行,已经有的不动。"),
    ("upgrade", "runtime.commands.house", "upgrade", "先备份,再把表升到最新。"),
    ("backup", "runtime.commands.backup", "backup", "在线备份:数据库、附件、批次、公钥卡。钥匙和销毁凭据不在里面,要另外保管。"),
    ("verify-backup", "runtime.commands.backup", "verify_backup", "检查一个备份:每个文件的校验和,数据库完好不完好。什么也不改。"),
    ("restore", "runtime.commands.backup", "restore", "把备份放回没有数据库的数据文件夹。先在旁边解开、验好,再放进去;钥匙另外放回。"),
    ("jobs", "runtime.commands.jobs", "jobs", "定时任务"),
    ("batch", "runtime.commands.batches", "batch", "每月移交"),
    ("log", "runtime.commands.log", "log", "公开日志"),
    ("staff", "runtime.commands.people", "staff", "工作人员:加人、看都有谁、登录链接、接口令牌"),
    ("import", "runtime.commands.tables", "imports", "导入表格(xlsx,或 csv)。有一行不对就一行也不写。"),
    ("export", "runtime.commands.tables", "exports", "导出成表格(xlsx 或 csv),改好可以再导入。"),
    ("topics", "runtime.commands.topics", "topics", "回答答得好不好,哪些没答上,该添什么。"),
    ("listening", "runtime.commands.listening", "listening", "从收集的句子里学着听:问话、反映、危险、威胁。"),
    ("bench", "runtime.commands.bench", "app", "基准:都在同一次运行里比"),
    ("inbox", "inbox.cli", "app", "纪检监察机关收线索用的程序,有自己的文件夹和钥匙。"),
)  # fmt: skip


class Late(TyperCommand):
    """A line of the help; the command itself once it is called."""

    def __init__(self, name: str, module: str, attribute: str, help: str) -> None:
        super().__init__(name, callback=None, help=help)
        self._module, self._attribute = module, attribute

    @cached_property
    def real(self) -> Any:
        """A command, or the group of those below it."""
        found = getattr(import_module(self._module), self._attribute)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(self.name, help=self.help)(found)
            return typer.main.get_command(alone)
        group = typer.main.get_group(found)
        group.name, group.help = self.name, group.help or self.help
        return group

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        return self.real.make_context(info_name, args, parent, **extra)


class House(TyperGroup):
    """All commands. A refusal of any of them is one sentence on stderr and exit code 1."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {line[0]: Late(*line) for line in COMMANDS}

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            _say(refusal.sentence)
        except BrokenPipeError:  # whoever read our output has gone
            raise
        except OSError as fault:
            _say(f"{fault.filename or '文件或网络'} 用不了:{fault.strerror or fault}")
        raise typer.Exit(1)


def _say(sentence: str) -> None:
    console = Console(stderr=True)
    console.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)


app = typer.Typer(
    name="xiangsheng", cls=House, no_args_is_help=True, pretty_exceptions_enable=False,
    add_completion=False,
)  # fmt: skip


@app.callback(help="乡声:农村危房改造政策问答和问题登记")
def xiangsheng() -> None:
    pass


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    app()


if __name__ == "__main__":
    main()
