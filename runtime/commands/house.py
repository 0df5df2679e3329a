"""`init`, `upgrade`, `backup`, `verify-backup`, `restore`: the house itself."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from casework.offices import Role
from casework.refusals import BadInput
from papers.envelope import new_keypair
from runtime.commands.common import console, run, service
from runtime.settings import load_settings

DATABASE = "xiangsheng.db"
MANIFEST = "manifest.json"


def init(
    card: Annotated[Path, typer.Option("--card", help="纪检机关 inbox init 给的 card.json")],
    first: Annotated[str, typer.Option("--first", help="省级第一位工作人员的称呼")] = "省级督办员",
) -> None:
    """真的机构第一天:登记纪检公钥、保管人钥匙,打印第一位工作人员的邀请链接。"""

    async def starting() -> None:
        try:
            known = json.loads(card.read_text(encoding="utf-8"))
            box, office = bytes.fromhex(known["box"]), str(known["office"])
        except (OSError, ValueError, KeyError):
            raise BadInput(f"{card} 不是纪检机关的公钥卡片。") from None
        async with service() as opened:
            organisation = opened.office.content.organisation
            if office != organisation.discipline.id:
                raise BadInput(f"卡片是 {office} 的,这里要的是 {organisation.discipline.id}。")
            await opened.store.make_unit_key(office, box)
            private, public = new_keypair()
            if await opened.store.make_unit_key(organisation.escrow.id, public):
                console.print("离线保管人的钥匙(只显示这一次,抄在纸上锁起来):")
                console.print(private.hex(), soft_wrap=True)
            target = opened.settings.data_dir / "discipline-card.json"
            target.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
            now = opened.office.clock.now()
            async with opened.office.files() as files:
                roles = frozenset({Role.SUPERVISOR, Role.DISPATCHER})
                person = await files.people.add(first, organisation.province.id, roles)
                token = await files.people.link(person.id, "invite", now=now)
            console.print("省级第一位工作人员的邀请链接(7天内有效):")
            console.print(f"{opened.settings.base_url}/desk/invite/{token}", soft_wrap=True)
            console.print(f"本机的签名公钥,交给纪检机关 inbox trust:{opened.signing.public_text}")

    run(starting)


def upgrade() -> None:
    """先备份,再把表升到最新。"""
    target = load_settings().data_dir / "before-upgrade.tar"
    if (load_settings().data_dir / DATABASE).exists():
        backup(target)

    async def upgrading() -> None:
        async with service():
            console.print("表是最新的。")

    run(upgrading)


def backup(file: Path) -> None:
    """在线备份:数据库、附件、批次。钥匙和销毁密钥不在里面,要另外保管。"""
    settings = load_settings()
    folder = settings.data_dir
    if settings.database_url and not settings.database_url.startswith("sqlite"):
        raise typer.BadParameter("PostgreSQL 用 pg_dump 备份数据库,附件文件夹另外拷贝。")
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / DATABASE
        with sqlite3.connect(folder / DATABASE) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
        members = {DATABASE: copy}
        for each in ("uploads/kept", "batches"):
            members |= {
                str(path.relative_to(folder)): path
                for path in sorted((folder / each).rglob("*"))
                if path.is_file()
            }
        sums = {name: sha256(path.read_bytes()).hexdigest() for name, path in members.items()}
        fresh = file.with_suffix(".new")
        with tarfile.open(fresh, "w") as archive:
            _add(archive, MANIFEST, json.dumps(sums, indent=1).encode())
            for name, path in members.items():
                archive.add(path, name)
        fresh.chmod(0o600)
        fresh.replace(file)
    console.print(f"备份好了:{file},{len(members)} 个文件。钥匙文件夹 keys/ 和 shred/ 请另外保管。")


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def verify_backup(file: Path) -> None:
    """检查一个备份:每个文件的校验和,数据库能不能打开。"""
    with tempfile.TemporaryDirectory() as work:
        count = _unpacked(file, Path(work))
        with sqlite3.connect(Path(work) / DATABASE) as database:
            (fine,) = database.execute("PRAGMA integrity_check").fetchone()
            (reports,) = database.execute("SELECT count(*) FROM tickets").fetchone()
    if fine != "ok":
        console.print(f"[red]数据库坏了:{fine}[/red]")
        raise typer.Exit(1)
    console.print(f"备份完好:{count} 个文件,{reports} 件反映。")


def _unpacked(file: Path, folder: Path) -> int:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        sums: dict[str, str] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, tarfile.TarError, ValueError):
        console.print(f"[red]{file} 不是一个完整的备份。[/red]")
        raise typer.Exit(1) from None
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file() or sha256(path.read_bytes()).hexdigest() != expected:
            console.print(f"[red]{name} 和备份时不一样。[/red]")
            raise typer.Exit(1)
    return len(sums)


def restore(file: Path) -> None:
    """把备份放回一个空的数据文件夹。钥匙要另外放回。"""
    folder = load_settings().data_dir
    if (folder / DATABASE).exists():
        console.print(f"[red]{folder} 里已经有数据库,不会覆盖。换一个空文件夹。[/red]")
        raise typer.Exit(1)
    folder.mkdir(parents=True, exist_ok=True)
    count = _unpacked(file, folder)
    (folder / MANIFEST).unlink()
    console.print(f"放回 {count} 个文件。请把 keys/ 和 shred/ 放回 {folder},再运行 doctor。")
