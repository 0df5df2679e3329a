"""`log`: the public log, counted anew, and the proof that one report is in it."""

from __future__ import annotations

from typing import Annotated

import typer

from casework.receipts import read_code
from casework.refusals import BadInput
from casework.transparency import digits, frontier_of, leaf_hash
from runtime.commands.common import console, run, service, show_json

log = typer.Typer(no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="一行一个 JSON,给程序读")]


@log.command("verify")
def log_verify(as_json: Json = False) -> None:
    """把日志从头算一遍,和现在的头对上;再看每件的文字和附件是不是登记时的那些。"""

    async def verifying() -> None:
        async with service() as opened, opened.office.reading() as reading:
            head = await reading.log.head()
            bodies = await reading.log.bodies(0, head.size)
            whole = frontier_of([leaf_hash(body) for body in bodies])
            seen = await opened.store.inspect()
        changed, missing = list(seen.changed), list(seen.fileless)
        fits = whole == head and not changed and not missing
        if as_json:
            show_json(
                {
                    "size": head.size, "root": head.root().hex(), "ok": fits,
                    "changed": changed, "missing": missing,
                }
            )  # fmt: skip
        else:
            console.print(
                f"{head.size} 条,头 {digits(head.root())},{'对得上' if whole == head else '对不上!'}"
            )
            if changed:
                console.print(f"文字或附件和日志对不上的:{'、'.join(changed)}")
            if missing:
                console.print(f"附件的文件不见了:{'、'.join(missing)}")
        if not fits:
            raise typer.Exit(2)

    run(verifying)


@log.command("prove")
def log_prove(receipt: Annotated[str, typer.Argument(help="群众手里的编号")]) -> None:
    """凭编号证明那件反映还在日志里。"""

    async def proving() -> None:
        code = read_code(receipt)
        async with service() as opened:
            keys = await opened.store.house.locks.code(code, caller="command line")
            async with opened.office.reading() as reading:
                number = await reading.mailboxes.number_of(keys)
                found = await reading.checks.of(number, keys.tag)
                if not found.stands:
                    raise BadInput("这件反映的那一行不在日志里,或者被人动过。请告诉纪检机关。")
                index = found.index
                proof = await reading.log.proof(index)
        show_json(
            {
                "index": index, "leaf": proof.leaf.hex(), "size": proof.size,
                "root": proof.root.hex(), "path": [each.hex() for each in proof.path],
            }
        )  # fmt: skip

    run(proving)
