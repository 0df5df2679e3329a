"""One report looked over: is its line in the log, and is what lies sealed what that line fixed?"""

from __future__ import annotations

import asyncio
import json
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.sealed_names import INSIDE, pseudonym
from casework.shelves import InLog
from casework.transparency import commitment_of, leaf_hash, verify_inclusion
from storage.inspection import (
    Kept,
    added_fit,
    digests_of_files,
    files_of,
    fixed_by,
    fixed_later,
    lines_of,
)
from storage.log import LogShelf
from storage.schema import envelopes, leaves, tickets


class CheckShelf:
    """Everything is read and hashed anew; nothing that was said earlier is believed."""

    def __init__(self, connection: AsyncConnection, kept: Path) -> None:
        self._c, self._kept = connection, kept

    async def of(self, number: str, tag: bytes) -> InLog:
        lines = select(leaves.c.index.label("at"), leaves.c.body).where(
            leaves.c.event == "accepted", leaves.c.ticket == pseudonym(number)
        )
        for line in (await self._c.execute(lines)).all():
            if _tag_in(line.body) == tag.hex() and await self._stands(line.at, line.body):
                same = await self._is_as_fixed(number, fixed_by(line.body))
                return InLog(index=line.at, stands=True, untouched=same)
        return InLog(stands=False)

    async def _stands(self, index: int, body: bytes) -> bool:
        head = await LogShelf(self._c).head()
        if index >= head.size:
            return False
        proof = await LogShelf(self._c).proof(index)
        return verify_inclusion(leaf_hash(body), index, head.size, proof.path, head.root())

    async def _is_as_fixed(self, number: str, fixed: str) -> bool:
        """The report, and what she added to it with files; False where a file is not there."""
        found = await self._c.execute(select(tickets.c.salt).where(tickets.c.number == number))
        salt, files = found.scalar_one(), (await files_of(self._c, number)).get(number, {})
        lines = {part: sealed for (_, part), sealed in (await lines_of(self._c, number)).items()}
        later = await fixed_later(self._c, pseudonym(number))
        try:
            return fixed == await self._commitment(number, salt, files) and await asyncio.to_thread(
                added_fit, self._kept, salt, files, lines, later.get(pseudonym(number), ())
            )
        except OSError:
            return False

    async def _commitment(self, number: str, salt: bytes, files: Kept) -> str:
        """Of the report, made anew from what is there. Raises `OSError` where a file is not."""
        texts = select(envelopes.c.field, envelopes.c.sealed).where(
            envelopes.c.ticket == number, ~envelopes.c.field.startswith(INSIDE)
        )
        digests = {
            f"text {row.field}": sha256(row.sealed).hexdigest()
            for row in (await self._c.execute(texts)).all()
        }
        names = files.get("", ())
        digests |= await asyncio.to_thread(digests_of_files, self._kept, names)
        return commitment_of(salt, digests).hex()


def _tag_in(body: bytes) -> str:
    """The mark of the code in a line; none in one that was tampered with."""
    try:
        return str(json.loads(body)["tag"])
    except (ValueError, KeyError, TypeError):
        return ""
