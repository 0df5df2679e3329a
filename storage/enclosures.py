"""Files sealed: the original for those outside, a copy made anew for the handlers (decision 011)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from casework.refusals import BadInput
from casework.sealed_names import original_of
from casework.shelves import HandlersCopy
from papers.envelope import seal_field
from storage.blobs import BlobShelf
from storage.copies import Copyist


@dataclass(frozen=True)
class FileKeys:
    """What the files of one report, or of one addition to it, are sealed under."""

    number: str
    copies: bytes = field(repr=False)
    originals: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SealedFiles:
    """Rows of `attachments`, without the ticket; the digests of the sealed bytes, as a commitment takes
    them (`casework.transparency.commitment_of`); and the names under which the files were held."""

    rows: Sequence[Mapping[str, Any]] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Enclosed:
    """Files made ready for an addition. Their keys are here alone until it is kept."""

    number: str
    part: bytes = field(repr=False)
    originals: bytes = field(repr=False)
    files: SealedFiles

    @property
    def held(self) -> tuple[str, ...]:
        return self.files.held


class Sealer:
    """Seals held files, and keeps what it sealed."""

    def __init__(self, blobs: BlobShelf, copyist: Copyist) -> None:
        self._blobs, self._copyist = blobs, copyist

    async def seal(self, held: Sequence[str], keys: FileKeys) -> SealedFiles:
        """One after the other, so that ten files of one report take one child at a time. Those whose
        turn comes when patience is over are kept without a copy: a receipt does not wait for ever.
        Raises `BadInput` where one of them is not held any more."""
        until = asyncio.get_running_loop().time() + self._copyist.patience
        rows, digests = [], dict[str, str]()
        for blob in held:
            late = asyncio.get_running_loop().time() > until
            row, sealed = await self._one(blob, keys, copying=not late)
            rows.append(row)
            digests |= {f"file {name}": sha256(each).hexdigest() for name, each in sealed.items()}
        return SealedFiles(rows=rows, digests=digests, held=tuple(held))

    async def _one(
        self, blob: str, keys: FileKeys, *, copying: bool
    ) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
        """The original under the key that units never get; what they open is a copy made anew."""
        held = await self._blobs.held(blob)
        content = await self._blobs.content(blob)
        if held is None:
            raise BadInput("刚才的照片或录音没有存住,请再发一次。", "file.lost")
        name = secrets.token_hex(16)
        original = original_of(name)
        sealed = {original: seal_field(keys.originals, keys.number, f"file {original}", content)}
        row = {
            "id": name, "kind": held.kind, "media_type": held.media_type, "size": held.size,
            "copy": HandlersCopy.NONE.value,
        }  # fmt: skip
        copy = await self._copyist.copy(content, held.media_type) if copying else None
        if copy:
            sealed[name] = seal_field(keys.copies, keys.number, f"file {name}", copy.content)
            row |= {
                "kind": copy.kind, "media_type": copy.media_type, "size": len(copy.content),
                "copy": HandlersCopy.MADE.value,
            }  # fmt: skip
        for each, bytes_of_it in sealed.items():
            await self._blobs.keep(each, bytes_of_it)
        return row, sealed
