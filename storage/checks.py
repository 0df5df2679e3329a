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
        """By the mark of her code: where she changed it, each change says which mark it took over."""
        lines = (
            select(leaves.c.index.label("at"), leaves.c.event, leaves.c.body)
            .where(
                leaves.c.event.in_(["accepted", "recoded"]),
                leaves.c.ticket == pseudonym(number),
            )
            .order_by(leaves.c.index)
        )
        found = (await self._c.execute(lines)).all()
        wanted, changes = tag.hex(), sum(line.event == "recoded" for line in found)
        for _ in range(changes + 1):
            # The first that bears it: what is put in later cannot come before it.
            line = next((each for each in found if _said(each.body, "tag") == wanted), None)
            if line is None or not await self._stands(line.at, line.body):
                break
            if line.event == "accepted":
                same = await self._is_as_fixed(number, fixed_by(line.body))
                return InLog(index=line.at, stands=True, untouched=same)
            wanted = _said(line.body, "was")
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


def _said(body: bytes, name: str) -> str:
    """What a line says under a name; nothing in one that was tampered with."""
    try:
        return str(json.loads(body)[name])
    except (ValueError, KeyError, TypeError):
        return ""
