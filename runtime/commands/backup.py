"""`backup`, `verify-backup`, `restore`: a copy that was looked at before anybody relies on it."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from casework.refusals import BadInput
from library.layers import OWN
from papers.files import private_folder, whole
from runtime.commands.common import console
from runtime.settings import Settings, load_settings
from runtime.wiring import CARD
from storage.store import OWN_KEYS

DATABASE = "xiangsheng.db"
MANIFEST = "manifest.json"
KEPT = ("uploads/kept", "batches", OWN)
#: The content folder, where it is the house's own.
CONTENT = "content"

#: What a restore needs and no backup has: whoever finds the archive must not be able to open it, and
#: a purge must reach every copy.
APART = (*(f"keys/{name}.key" for name in OWN_KEYS), "shred/secrets.bin")
NEVER = ("keys/day/", "uploads/under-way/")

#: Touched by every good backup, and by the second of the commands for PostgreSQL: `doctor` and
#: `upgrade` read its age.
MARK = "last-backup"

Archive = Annotated[Path, typer.Argument(help="备份文件,.tar")]


def backup(file: Archive) -> None:
    settings = load_settings()
    if not settings.is_sqlite:
        raise BadInput(by_hand(settings, file))
    count = write_backup(file)
    console.print(f"备份好了:{file},{count} 个文件。", soft_wrap=True)
    console.print(f"不在里面,要另外保管:{'、'.join(APART)}。", soft_wrap=True)
    console.print(f"也不在里面,从来不备:{'、'.join(NEVER)};设置(环境变量、.env)请自己记下。")


def by_hand(settings: Settings, file: Path) -> str:
    """How PostgreSQL is backed up: the database by its own tool, the folder beside it."""
    folder = settings.data_dir.resolve()
    for each in KEPT:
        private_folder(folder / each)
    members = [*KEPT, *([CARD] if (folder / CARD).exists() else [])]
    own = settings.content.resolve()
    content = ["-C", str(own.parent), own.name] if settings.has_own_content else []
    dump = ["pg_dump", "--format=custom", f"--file={file.with_suffix('.dump')}", _address(settings)]
    pack = ["tar", "--create", f"--file={file}", "-C", str(folder), *members, *content]
    return (
        "PostgreSQL 的数据库要用 pg_dump 备,附件、批次和卡片另打一个包,两样合起来才是一份备份,"
        "照这个先后:\n"
        f"(umask 077 && {shlex.join(dump)})\n"
        f"(umask 077 && {shlex.join(pack)} && touch {shlex.quote(str(folder / MARK))})\n"
        f"{'、'.join(APART)} 不在里面,要另外保管。"
    )


def _address(settings: Settings) -> str:
    """As PostgreSQL's own tools read it, without the password: they ask, or look into ~/.pgpass."""
    from sqlalchemy import URL, make_url

    url = make_url(settings.database_url)
    plain = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    return plain.render_as_string()


def write_backup(file: Path) -> int:
    """A whole archive of a house on SQLite in one step, or none. Returns how many files are in it."""
    settings = load_settings()
    folder = settings.data_dir
    if not (folder / DATABASE).is_file():
        raise BadInput(f"{folder} 里没有数据库,没有东西可以备份。")
    if not file.parent.is_dir():
        raise BadInput(f"没有这个文件夹:{file.parent}")
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / DATABASE
        with closing(sqlite3.connect(folder / DATABASE)) as source:
            source.execute("VACUUM INTO ?", (str(copy),))
        members = {DATABASE: copy}
        for each in KEPT:
            members |= {
                str(path.relative_to(folder)): path
                for path in sorted((folder / each).rglob("*"))
                if path.is_file()
            }
        members |= _beside_the_data(settings)
        _write(file, members)
    (folder / MARK).touch(mode=0o600)
    return len(members)


def _beside_the_data(settings: Settings) -> dict[str, Path]:
    """What else an office is made of: the card of the discipline office, and content of its own."""
    card = settings.discipline_keys or settings.data_dir / CARD
    found = {CARD: card} if card.is_file() else {}
    if settings.has_own_content:
        inside = (path for path in sorted(settings.content.rglob("*")) if path.is_file())
        found |= {f"{CONTENT}/{path.relative_to(settings.content)}": path for path in inside}
    return found


def _write(file: Path, members: dict[str, Path]) -> None:
    with whole(file) as out, tarfile.open(fileobj=out, mode="w") as archive:
        sums = {name: digest(path) for name, path in members.items()}
        _add(archive, MANIFEST, json.dumps(sums, indent=1).encode())
        for name, path in members.items():
            archive.add(path, name)


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def verify_backup(file: Archive) -> None:
    with unpacked(file, Path(tempfile.gettempdir())) as (_, count, reports):
        console.print(f"备份完好:{count} 个文件,{reports} 件反映。")


@contextmanager
def unpacked(file: Path, beside: Path) -> Iterator[tuple[Path, int, int]]:
    """The archive, unpacked and verified in a folder that is gone afterwards: (folder, files,
    reports). Raises `BadInput` for anything that is not exactly a backup of ours."""
    with tempfile.TemporaryDirectory(dir=beside, prefix=".restore-") as work:
        folder = Path(work)
        sums = _extracted(file, folder)
        for name, expected in sums.items():
            path = folder / name
            if path.is_symlink() or not path.is_file() or digest(path) != expected:
                raise BadInput(f"备份坏了:{name} 和备份时不一样。")
        there = {str(p.relative_to(folder)) for p in folder.rglob("*") if not p.is_dir()}
        if strange := sorted(there - sums.keys() - {MANIFEST}):
            raise BadInput(f"备份里有不该有的文件:{strange[0]}。")
        (folder / MANIFEST).unlink()
        yield folder, len(sums), _reports(folder / DATABASE)


def _extracted(file: Path, folder: Path) -> dict[str, str]:
    try:
        with tarfile.open(file) as archive:
            archive.extractall(folder, filter="data")
        sums = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, EOFError, tarfile.TarError, ValueError):
        raise BadInput(f"{file} 不是一个完整的备份。") from None
    if not isinstance(sums, dict) or DATABASE not in sums:
        raise BadInput(f"{file} 里没有数据库。")
    allowed = tuple(f"{each}/" for each in (*KEPT, CONTENT))
    if strange := [n for n in sums if n not in (DATABASE, CARD) and not n.startswith(allowed)]:
        raise BadInput(f"备份里有不该有的文件:{strange[0]}。")
    return sums


def _reports(database: Path) -> int:
    try:
        with closing(sqlite3.connect(database)) as connection:
            (fine,) = connection.execute("PRAGMA integrity_check").fetchone()
            (reports,) = connection.execute("SELECT count(*) FROM tickets").fetchone()
    except sqlite3.DatabaseError:
        raise BadInput("备份里的数据库打不开。") from None
    if fine != "ok":
        raise BadInput(f"备份里的数据库坏了:{fine}")
    return int(reports)


def restore(file: Archive) -> None:
    folder = load_settings().data_dir
    _refuse_occupied(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with unpacked(file, folder.parent) as (fresh, count, reports):
        _refuse_occupied(folder)
        has_content = (fresh / CONTENT).is_dir()
        _move_in(fresh, folder)
    console.print(f"放回 {count} 个文件,{reports} 件反映。", soft_wrap=True)
    console.print(
        f"备份里没有,请另外放回 {folder} 里的:{'、'.join(APART)}。放好了再运行 xiangsheng doctor。",
        soft_wrap=True,
    )
    if has_content:
        console.print(
            f"内容文件夹在 {folder / CONTENT},请把 XIANGSHENG_CONTENT 设成它。", soft_wrap=True
        )


def _refuse_occupied(folder: Path) -> None:
    taken = [name for name in (DATABASE, f"{DATABASE}-wal", *KEPT) if _is_taken(folder / name)]
    if taken:
        raise BadInput(
            f"{folder} 里已经有 {taken[0]},不会覆盖。"
            "换一个空文件夹,或者先把旧的整个文件夹改个名字留着。"
        )


def _is_taken(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _move_in(fresh: Path, folder: Path) -> None:
    """Renames on one disk, the database last: until then the folder has no office in it. What
    already stood in the folder (keys, card) stays; if a step fails, what was moved is taken back."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moved: list[Path] = []
    try:
        for name in (*KEPT, CONTENT, CARD, DATABASE):
            target = folder / name
            if not (fresh / name).exists() or (name in (CONTENT, CARD) and target.exists()):
                continue
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.is_dir():
                target.rmdir()  # an empty one; a full one was refused
            (fresh / name).rename(target)
            moved.append(target)
    except OSError as fault:
        for target in moved:
            shutil.rmtree(target) if target.is_dir() else target.unlink()
        raise BadInput(f"放不进 {folder}:{fault.strerror}。里面还和原来一样。") from None
