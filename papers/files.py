"""Private files, whole or not at all: the one way to write them in the whole house.

Everything else in this room is pure. This module touches the disk and stands here all the same:
storage, the command line and the inbox write private files, the inbox may import nothing but
casework and papers, and casework does no I/O. A copy in each room would be eight rules of safety.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import BinaryIO

from casework.workdays import SHANGHAI

#: Bytes: the largest report with all its files fits in, and the database's own growth beside it.
LEAST_FREE = 128 * 1024 * 1024


@contextmanager
def whole(path: Path, *, mode: int = 0o600) -> Iterator[BinaryIO]:
    """A file to write into, which takes the place of `path` when the block is left, power cut or
    not; raise, and nothing of it remains. Raises `OSError` where not every byte reached the disk."""
    with _beside(path, mode) as (fresh, file):
        yield file
        _to_disk(file)
        fresh.replace(path)
        sync_folder(path.parent)


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """The new content, or an `OSError` and the old one untouched."""
    with whole(path, mode=mode) as file:
        file.write(content)


def write_once(path: Path, content: bytes) -> None:
    """Like `write_whole`, but of several that write at once the first stays and no one is told."""
    with _beside(path, 0o600) as (fresh, file):
        file.write(content)
        _to_disk(file)
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
        sync_folder(path.parent)


def private_folder(path: Path) -> None:
    """A folder for the owner alone; there, and there after a power cut."""
    if path.is_dir():
        return
    private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Names that came or went are on the disk: a file's own fsync does not promise that."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def try_disk(folder: Path) -> None:
    """Write a little and take it away again. Raises `OSError` for a disk that is full, or nearly, or
    takes no writing."""
    place = os.statvfs(folder)
    if place.f_bavail * place.f_frsize < LEAST_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    with _beside(folder / "try", 0o600) as (_, file):
        file.write(bytes(place.f_frsize))


@contextmanager
def _beside(path: Path, mode: int) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file in the same folder, because a rename is one step only within a file system."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        # Buffered on purpose: it writes on until the last byte is out, where os.write stops short.
        with open(descriptor, "wb") as file:
            yield fresh, file
    finally:
        fresh.unlink(missing_ok=True)


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def unused(folder: Path, now: datetime, *, before: str = "", after: str = "") -> Path:
    """A name in `folder` that nothing has yet, with the time in it (Beijing's)."""
    stamp = f"{before}{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}"
    names = (f"{stamp}-{n}" if n else stamp for n in count())
    return next(path for name in names if not (path := folder / f"{name}{after}").exists())
