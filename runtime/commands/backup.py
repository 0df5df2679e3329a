"""`backup`, `verify-backup`, `restore`: a copy that was looked at before anybody relies on it."""

from __future__ import annotations

import hashlib
import io
import json
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
from papers.files import whole
from runtime.commands.common import console
from runtime.settings import load_settings

DATABASE = "xiangsheng.db"
MANIFEST = "manifest.json"
KEPT = ("uploads/kept", "batches")

#: Touched by every good backup: `doctor` reads its age. After a pg_dump one touches it oneself.
MARK = "last-backup"

Archive = Annotated[Path, typer.Argument(help="备份文件,.tar")]


def backup(file: Archive) -> None:
    count = write_backup(file)
    console.print(f"备份好了:{file},{count} 个文件。", soft_wrap=True)
    console.print("钥匙文件夹 keys/ 和 shred/ 不在里面,请另外保管。")


def write_backup(file: Path) -> int:
    """A whole archive in one step, or none. Returns how many files are in it."""
    settings = load_settings()
    folder = settings.data_dir
    if settings.database_url and not settings.database_url.startswith("sqlite"):
        raise BadInput(
            f"PostgreSQL 用 pg_dump 备份数据库,附件文件夹另外拷贝;做完运行 touch {folder / MARK}。"
        )
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
        _write(file, members)
    (folder / MARK).touch(mode=0o600)
    return len(members)


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
    allowed = tuple(f"{each}/" for each in KEPT)
    if strange := [n for n in sums if n != DATABASE and not str(n).startswith(allowed)]:
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
        _move_in(fresh, folder)
    console.print(f"放回 {count} 个文件,{reports} 件反映。", soft_wrap=True)
    console.print(f"请把 keys/ 和 shred/ 放回 {folder},再运行 xiangsheng doctor。", soft_wrap=True)


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
        for name in (*KEPT, DATABASE):
            if not (fresh / name).exists():
                continue
            target = folder / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target.is_dir():
                target.rmdir()  # an empty one; a full one was refused
            (fresh / name).rename(target)
            moved.append(target)
    except OSError as fault:
        for target in moved:
            shutil.rmtree(target) if target.is_dir() else target.unlink()
        raise BadInput(f"放不进 {folder}:{fault.strerror}。里面还和原来一样。") from None
