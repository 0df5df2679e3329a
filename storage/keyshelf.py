"""Keys that lie as files: of the day, of the service, and the shred secrets in a file of their own.

Everything here stands outside the database and outside its backups. The shred secrets are backed up
apart and kept 35 days.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from casework.refusals import Refusal

#: What is under way can be read for this many days after it came; then its key is destroyed.
DAYS_KEPT = 4

NUMBER = 16  # bytes a ticket number takes in the shred file, padded
SECRET = 32
RECORD = NUMBER + SECRET


class KeyGone(Refusal):
    """The key was destroyed on purpose: what it sealed cannot be read again."""

    code = "key-gone"

    def __init__(self) -> None:
        super().__init__("这条记录已按规定销毁,打不开了。")


class KeyShelf:
    """The folder `keys/`: mode 0700, every file 0600, made on first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for each in (folder, folder / "day"):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._known: dict[str, bytes] = {}

    def service(self, name: str) -> bytes:
        """A lasting 32-byte key of the service itself (announcements, batch signing)."""
        return self._read_or_make(self.folder / f"{name}.key")

    def of_day(self, day: date) -> bytes:
        """Today's key, made when first asked for."""
        return self._read_or_make(self.folder / "day" / f"{day.isoformat()}.key")

    def of_old_day(self, day: str) -> bytes:
        """The key of a day that is still kept. Raises `KeyGone` after it was destroyed."""
        path = self.folder / "day" / f"{date.fromisoformat(day).isoformat()}.key"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            raise KeyGone from None

    def days(self) -> list[str]:
        """The days whose keys are kept, newest first."""
        return sorted((path.stem for path in (self.folder / "day").glob("*.key")), reverse=True)

    def destroy_older(self, today: date) -> list[str]:
        """Destroy day keys past their time; returns the days. Twice does no harm."""
        last = (today - timedelta(days=DAYS_KEPT)).isoformat()
        gone = [day for day in self.days() if day < last]
        for day in gone:
            path = self.folder / "day" / f"{day}.key"
            overwrite(path, 0, path.stat().st_size)
            path.unlink()
            self._known.pop(str(path), None)
        return gone

    def _read_or_make(self, path: Path) -> bytes:
        known = self._known.get(str(path))
        if known is None:
            known = self._known[str(path)] = read_or_make(path)
        return known


def read_or_make(path: Path) -> bytes:
    """The key in a file; two processes that make it at once end with the same one."""
    if not path.exists():
        fresh = path.with_suffix(f".{os.getpid()}.new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, secrets.token_bytes(32))
        os.fsync(descriptor)
        os.close(descriptor)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def overwrite(path: Path, start: int, length: int) -> None:
    """Write zeros over a stretch of a file and push them to the disk."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes(length))
        file.flush()
        os.fsync(file.fileno())


class ShredShelf:
    """The shred secrets: fixed records in one append-only file. Destroying one is a purge."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._secrets: dict[str, tuple[int, bytes]] = {}
        self._read_to = 0

    def keep(self, fresh: Mapping[str, bytes]) -> None:
        """Append the secrets of new tickets; on the disk when this returns."""
        records = b"".join(n.encode().ljust(NUMBER, b"\0") + s for n, s in fresh.items())
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            torn = os.fstat(descriptor).st_size % RECORD
            if torn:  # a record cut off by a crash belongs to a ticket nobody acknowledged
                records = bytes(RECORD - torn) + records
            os.write(descriptor, records)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)

    def secret(self, number: str) -> bytes:
        """The secret of a ticket. Raises `KeyGone` after a purge."""
        if number not in self._secrets:
            self._read_new()
        try:
            return self._secrets[number][1]
        except KeyError:
            raise KeyGone from None

    def destroy(self, numbers: Iterable[str]) -> None:
        """Purge: overwrite the secrets where they stand."""
        self._read_new()
        for number in numbers:
            found = self._secrets.pop(number, None)
            if found:
                overwrite(self.path, found[0], RECORD)

    def _read_new(self) -> None:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read_to)
            while len(record := file.read(RECORD)) == RECORD:
                number = record[:NUMBER].rstrip(b"\0").decode(errors="replace")
                if number:
                    self._secrets[number] = (self._read_to, record[NUMBER:])
                self._read_to += RECORD
