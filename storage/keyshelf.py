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
from papers.files import private_folder, sync_folder, write_once

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
        private_folder(folder / "day")
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
        write_once(path, secrets.token_bytes(32))
    return path.read_bytes()


def overwrite(path: Path, start: int, length: int) -> None:
    """Write zeros over a stretch of a file and push them to the disk."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(bytes(length))
        file.flush()
        os.fsync(file.fileno())


class ShredShelf:
    """The shred secrets: fixed records in one file that only grows. Destroying one is a purge."""

    def __init__(self, path: Path) -> None:
        self.path = path
        private_folder(path.parent)
        self._secrets: dict[str, tuple[int, bytes]] = {}
        self._read_to = 0

    def keep(self, fresh: Mapping[str, bytes]) -> None:
        """Append the secrets of new tickets; all of them are on the disk when this returns.

        Raises `OSError` where not every byte got there. Appended, not written anew: a year's file
        has tens of megabytes, and every burst of reports waits for this."""
        records = b"".join(n.encode().ljust(NUMBER, b"\0") + s for n, s in fresh.items())
        with open(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            size = os.fstat(file.fileno()).st_size
            # What a crash or a full disk cut off belongs to a ticket nobody acknowledged: over it.
            file.seek(size - size % RECORD)
            file.write(records)
            file.flush()
            os.fdatasync(file.fileno())
            if not size:
                sync_folder(self.path.parent)

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
            size = os.fstat(file.fileno()).st_size  # beyond it somebody may be writing
            file.seek(self._read_to)
            while self._read_to + RECORD <= size:
                record = file.read(RECORD)
                number = record[:NUMBER].rstrip(b"\0").decode(errors="replace")
                if number:
                    self._secrets[number] = (self._read_to, record[NUMBER:])
                self._read_to += RECORD
