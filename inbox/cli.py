"""`xiangsheng inbox …`: the discipline office's program on the command line."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from casework.workdays import dated
from inbox import desk
from inbox.cabinet import OUTCOMES, Cabinet
from inbox.keys import CARD, Keys, load_keys, make_keys, sender_key
from inbox.keys import trust as trust_sender
from inbox.names import load_names
from inbox.receiving import Reception
from inbox.server import create_app
from papers.files import write_whole

app = typer.Typer(no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--folder", help="收件箱的文件夹")]
Content = Annotated[Path, typer.Option("--content", help="内容文件夹,用来显示类别和地名")]
HERE, CONTENT = Path("inbox-data"), Path("content/henan-2019")


class Desk(uvicorn.Server):
    """The inbox's page, which says how to open it once it can be opened."""

    def __init__(self, config: uvicorn.Config, *, says: str) -> None:
        super().__init__(config)
        self._says = says

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            typer.echo(self._says)


def now() -> datetime:
    return datetime.now(UTC)


@app.command()
def init(
    office: Annotated[str, typer.Option(help="本机关在系统里的代号")] = "discipline-41",
    sender: Annotated[str, typer.Option(help="移交方的公钥,或公钥文件")] = "",
    folder: Folder = HERE,
) -> None:
    """第一次使用:生成钥匙和公钥卡。"""
    card = make_keys(folder, office)
    if sender:
        trust_sender(folder, _text_of(sender))
    typer.echo(card.to_bytes())
    typer.echo(f"公钥卡在 {folder / CARD},请交给移交方。钥匙在同一个文件夹,请另外备份,不要外传。")


@app.command()
def trust(sender: str, folder: Folder = HERE) -> None:
    """登记移交方的公钥(RW 开头的一行,或公钥文件)。"""
    load_keys(folder)
    typer.echo(f"已登记移交方公钥:{trust_sender(folder, _text_of(sender))}")


@app.command()
def serve(
    host: str = "127.0.0.1",
    port: int = 8041,
    folder: Folder = HERE,
    content: Content = CONTENT,
) -> None:
    """打开收件箱:收批次、看线索。"""
    made = create_app(folder, now=now, names=load_names(content))
    link = f"http://{host}:{port}{made.state.link}"
    Desk(
        uvicorn.Config(made, host=host, port=port, access_log=False, log_level="warning"),
        says=f"打开收件箱(链接只能用一次):{link}",
    ).run()


@app.command("open")
def open_file(
    file: Path,
    receipt: Annotated[Path | None, typer.Option(help="回执写到哪里")] = None,
    folder: Folder = HERE,
) -> None:
    """从光盘收一个批次文件(.age),写出签了名的回执。"""
    keys, cabinet = _ready(folder)
    reception = Reception(cabinet, keys, sender_key(folder))
    text = reception.take(file.read_bytes(), at=now())
    target = receipt or file.with_suffix(".receipt.json")
    write_whole(target, text.encode(), mode=0o644)  # it goes back on the disc
    said = json.loads(json.loads(text)["receipt"])
    typer.echo(f"收下了 {said['batch']}:{said['count']} 件线索。回执:{target}")


@app.command("list")
def list_clues(
    as_json: Annotated[bool, typer.Option("--json", help="一行一件")] = False,
    folder: Folder = HERE,
    content: Content = CONTENT,
) -> None:
    """列出收到的线索(不打开内容)。"""
    _, cabinet = _ready(folder)
    lines, names = cabinet.clues(), load_names(content)
    for line in lines:
        outcome = OUTCOMES.get(line.outcome, "")
        if as_json:
            shown = {
                "number": line.number, "batch": line.batch, "filed_at": line.filed_at.isoformat(),
                "county": line.county, "category": line.category, "status": line.status,
                "late": line.late, "outcome": line.outcome, "note": line.note,
            }  # fmt: skip
            typer.echo(json.dumps(shown, ensure_ascii=False))
        else:
            words = (
                line.number, dated(line.filed_at), names.county(line.county),
                names.category(line.category), outcome or "还没有决定",
            )  # fmt: skip
            typer.echo("  ".join(words))
    if not lines and not as_json:
        typer.echo("还没有收到线索。")


@app.command()
def outcome(
    number: str,
    code: Annotated[str, typer.Argument(help="两位数字或原话:" + "、".join(OUTCOMES.values()))],
    note: Annotated[str, typer.Option(help="理由或去向")] = "",
    by: Annotated[str, typer.Option(help="经手人")] = "",
    folder: Folder = HERE,
) -> None:
    """登记一件线索的处理决定。"""
    _, cabinet = _ready(folder)
    cabinet.decide(number, code, note=note, by=by, at=now())
    _, words, _, _ = cabinet.decisions(number)[-1]
    typer.echo(f"{number}:{words}")


@app.command()
def export(file: Path, folder: Folder = HERE, content: Content = CONTENT) -> None:
    """把线索清单导出成 xlsx(里面是打开的内容,请按密件保管)。"""
    keys, cabinet = _ready(folder)
    made = desk.export(cabinet, keys, load_names(content))
    write_whole(file, made)
    typer.echo(f"已导出:{file}")


def _ready(folder: Path) -> tuple[Keys, Cabinet]:
    """The keys first: a folder in which `init` never ran stays untouched."""
    return load_keys(folder), Cabinet(folder)


def _text_of(given: str) -> str:
    """The key itself, or the file it is in."""
    path = Path(given)
    return path.read_text() if len(given) < 200 and path.is_file() else given
