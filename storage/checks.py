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
from storage.inspection import digests_of_files, fixed_by
from storage.log import LogShelf
from storage.rows import attachment_from_row
from storage.schema import attachments, envelopes, leaves, tickets


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
                same = fixed_by(line.body) == await self._commitment(number)
                return InLog(index=line.at, stands=True, untouched=same)
        return InLog(stands=False)

    async def _stands(self, index: int, body: bytes) -> bool:
        head = await LogShelf(self._c).head()
        if index >= head.size:
            return False
        proof = await LogShelf(self._c).proof(index)
        return verify_inclusion(leaf_hash(body), index, head.size, proof.path, head.root())

    async def _commitment(self, number: str) -> str:
        """Made anew from what is there; '' where a file is not."""
        salt = await self._c.execute(select(tickets.c.salt).where(tickets.c.number == number))
        texts = select(envelopes.c.field, envelopes.c.sealed).where(
            envelopes.c.ticket == number, ~envelopes.c.field.startswith(INSIDE)
        )
        files = select(attachments).where(attachments.c.ticket == number)
        digests = {
            f"text {row.field}": sha256(row.sealed).hexdigest()
            for row in (await self._c.execute(texts)).all()
        }
        names = [
            name
            for row in (await self._c.execute(files)).all()
            for name in attachment_from_row(row).kept_as
        ]
        try:
            digests |= await asyncio.to_thread(digests_of_files, self._kept, names)
        except OSError:
            return ""
        return commitment_of(salt.scalar_one(), digests).hex()


def _tag_in(body: bytes) -> str:
    """The mark of the code in a line; none in one that was tampered with."""
    try:
        return str(json.loads(body)["tag"])
    except (ValueError, KeyError, TypeError):
        return ""
