"""`xiangsheng`: every command of the product."""

from __future__ import annotations

import logging
import sys

import typer

from casework.refusals import Refusal
from inbox.cli import app as inbox
from runtime.commands import (
    announcing,
    backup,
    bench,
    doctor,
    house,
    office,
    people,
    serving,
    tables,
    understanding,
)
from runtime.commands.common import console

app = typer.Typer(
    name="xiangsheng", help="乡声:农村危房改造政策问答和问题登记", no_args_is_help=True,
    pretty_exceptions_enable=False, add_completion=False,
)  # fmt: skip

app.command("demo")(serving.demo)
app.command("serve")(serving.serve)
app.command("work")(serving.worker)
app.command("talk")(serving.talk)
app.command("ask")(understanding.ask)
app.command("triage")(understanding.triage)
app.command("announce")(announcing.announce)
app.command("doctor")(doctor.doctor)
app.command("init")(house.init)
app.command("upgrade")(house.upgrade)
app.command("backup")(backup.backup)
app.command("verify-backup")(backup.verify_backup)
app.command("restore")(backup.restore)
app.add_typer(office.jobs, name="jobs")
app.add_typer(office.batch, name="batch")
app.add_typer(office.log, name="log")
app.add_typer(people.staff, name="staff")
app.add_typer(tables.imports, name="import")
app.add_typer(tables.exports, name="export")
app.add_typer(bench.app, name="bench")
app.add_typer(inbox, name="inbox")


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        app()
    except Refusal as refusal:
        console.print(f"[red]{refusal.sentence}[/red]")
        sys.exit(1)


if __name__ == "__main__":
    main()
