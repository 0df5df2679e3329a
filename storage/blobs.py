"""Attachments: sealed files beside the database. Under way to the day's key, then to the ticket's."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Collection, Iterable
from hashlib import sha256
from pathlib import Path

from casework.ports.gate import Gate
from casework.refusals import BadInput
from casework.reports import Attachment
from papers.files import private_folder, write_whole
from storage.keyshelf import KeyGone
from storage.kinds import ACCEPTED, media_type_of
from storage.talks import Today

#: Bytes of one file.
LARGEST = 20 * 1024 * 1024


class BlobShelf:
    """Holding files until a report takes them, and keeping them sealed with it."""

    def __init__(self, folder: Path, today: Today, gate: Gate) -> None:
        self.kept, self._held = folder / "kept", folder / "under-way"
        self._today, self._gate = today, gate

    async def hold(self, content: bytes, *, caller: str = "") -> Attachment:
        """Check and keep a file under the key of the day. Raises `BadInput`, `TooMuch`."""
        if not content:
            raise BadInput("这个文件是空的,请重新选一个。", "file.empty")
        if len(content) > LARGEST:
            raise BadInput("文件太大了,最大 20 兆。可以拍张照片,或者分开发。", "file.too-big")
        media_type = await asyncio.to_thread(media_type_of, content)
        kind = ACCEPTED.get(media_type)
        if kind is None:
            raise BadInput(
                "这种文件收不了。照片、录音、录像、PDF 和 Word 文件可以;"
                "别的(表格、网页、压缩包),打开截个图、拍张照片发来就行。",
                "file.kind",
            )
        self._gate.weigh(len(content), caller=caller or secrets.token_hex(16))
        attachment = Attachment(
            blob=f"{self._today.day}.{secrets.token_hex(12)}",
            kind=kind,
            size=len(content),
            sha256=sha256(content).hexdigest(),
            media_type=media_type,
        )
        meta = f"{kind}\0{media_type}\0".encode()
        sealed = self._today.seal(meta + content)
        await asyncio.to_thread(_keep, self._held / attachment.blob, sealed)
        return attachment

    async def held(self, blob: str) -> Attachment | None:
        found = await self._open(blob)
        if found is None:
            return None
        kind, media_type, content = found
        digest = sha256(content).hexdigest()
        return Attachment(
            blob=blob, kind=kind, media_type=media_type, size=len(content), sha256=digest
        )

    async def content(self, blob: str) -> bytes:
        """The clear bytes of a held file, for the blink it takes to seal them to a ticket."""
        found = await self._open(blob)
        if found is None:
            raise BadInput("刚才的照片或录音没有存住,请再发一次。", "file.lost")
        return found[2]

    async def _open(self, blob: str) -> tuple[str, str, bytes] | None:
        day, _, rest = blob.partition(".")
        if not rest.isalnum():
            return None
        try:  # it may go at any moment, with the report that another process files
            sealed = await asyncio.to_thread((self._held / blob).read_bytes)
            plain = self._today.open(day, sealed)
        except (FileNotFoundError, KeyGone, ValueError):
            return None
        kind, media_type, content = plain.split(b"\0", 2)
        return kind.decode(), media_type.decode(), content

    async def keep(self, attachment: str, sealed: bytes) -> None:
        """Durable before the report that names it is committed."""
        await asyncio.to_thread(_keep, self.kept / attachment, sealed)

    async def release(self, blobs: Iterable[str]) -> None:
        """The files of a report that is filed are held no longer."""
        await asyncio.to_thread(self._unlink, [self._held / blob for blob in blobs])

    def sweep(self, days: Collection[str]) -> int:
        """Remove held files whose day's key is gone, and what an interrupted write left of such a day;
        how many that were."""
        if not self._held.exists():
            return 0
        left = [each for each in self._held.iterdir() if day_held(each.name) not in days]
        self._unlink(left)
        return len(left)

    def _unlink(self, paths: Iterable[Path]) -> None:
        for path in paths:
            # A name from a form leads nowhere else; what stays for another reason, its day's end takes.
            if path.parent == self._held:
                with contextlib.suppress(OSError):
                    path.unlink()

    async def sealed(self, attachment: str) -> bytes:
        return await asyncio.to_thread((self.kept / attachment).read_bytes)


def day_held(name: str) -> str:
    """The day whose key opens a held file, by its name.

    >>> day_held("2026-11-02.0f3a"), day_held(".2026-11-02.0f3a.9c1b.new")
    ('2026-11-02', '2026-11-02')
    """
    return name.lstrip(".").partition(".")[0]


def _keep(path: Path, content: bytes) -> None:
    private_folder(path.parent)
    write_whole(path, content)
