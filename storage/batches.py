"""The monthly hand-over on its shelf: which clues go, what was sent, and the signed receipt."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.sealed_names import INSIDE, pseudonym
from casework.shelves import AddedLater, BatchRow, ClueFile, DamagedClue
from casework.tickets import Status
from casework.transparency import commitment
from papers.files import private_folder, write_whole
from storage.blobs import BlobShelf
from storage.inspection import Kept, files_of, fixed_later, lines_of
from storage.rows import batch_from_row, ticket_from_row
from storage.schema import batches, boxes, envelopes, history, leaves, parts, tickets


class Damage(Exception):
    """What a report lacks, or how it differs from its leaf, in a sentence for the manifest."""


def _fits(clue: ClueFile) -> ClueFile:
    """The clue, if it is byte for byte what was fixed when it was filed. Raises `Damage`."""
    try:
        fixed = json.loads(clue.leaf_body)["commit"]
    except (ValueError, KeyError, TypeError):
        raise Damage("日志里它的那一条读不懂") from None
    if fixed != commitment(clue.salt, dict(clue.fields), dict(clue.attachments)).hex():
        raise Damage("内容和登记时写进日志的对不上")
    return clue


def _added_fit(clue: ClueFile, fixed: Sequence[str]) -> ClueFile:
    """The clue, if what was added to it with files is, one for one, what the log fixed. Raises `Damage`."""
    found = [_commit(clue, each) for each in clue.added if each.attachments]
    if sorted(found) != sorted(fixed):
        raise Damage("后来补充的照片、录音和写进日志的对不上")
    return clue


def _up_to(clue: ClueFile, fixed: Sequence[str]) -> ClueFile:
    """Without what was added while the batch is made: the log it hands over does not know of it."""
    known = [a for a in clue.added if not a.attachments or _commit(clue, a) in fixed]
    return replace(clue, added=tuple(known))


def _commit(clue: ClueFile, added: AddedLater) -> str:
    return commitment(clue.salt, {added.part: added.sealed}, dict(added.attachments)).hex()


class BatchShelf:
    """Batches as rows, their encrypted bytes as files beside the database."""

    def __init__(self, connection: AsyncConnection, folder: Path, blobs: BlobShelf) -> None:
        self._c, self._folder, self._blobs = connection, folder, blobs

    async def of(self, office: str, month: str) -> BatchRow | None:
        query = select(batches).where(batches.c.office == office, batches.c.month == month)
        row = (await self._c.execute(query)).one_or_none()
        return batch_from_row(row) if row else None

    async def all(self) -> Sequence[BatchRow]:
        order = (batches.c.made_at, batches.c.month, batches.c.office)
        rows = await self._c.execute(select(batches).order_by(*order))
        return [batch_from_row(row) for row in rows.all()]

    async def first_month(self) -> str:
        return (await self._c.execute(select(func.min(tickets.c.month)))).scalar_one() or ""

    async def clues(
        self, office: str, *, until: str, size: int
    ) -> tuple[Sequence[ClueFile], Sequence[DamagedClue]]:
        query = (
            select(tickets, boxes.c.box)
            .join(boxes, (boxes.c.ticket == tickets.c.number) & (boxes.c.holder == office))
            .where(tickets.c.to_discipline, tickets.c.batch == "", tickets.c.month <= until)
            .order_by(tickets.c.filed_at, tickets.c.number)
        )
        whole: list[ClueFile] = []
        damaged: list[DamagedClue] = []
        for row in (await self._c.execute(query)).all():
            try:
                clue, later = _fits(await self._clue(row, office)), pseudonym(row.number)
                clue = _added_fit(clue, (await fixed_later(self._c, later)).get(later, []))
                fixed = (await fixed_later(self._c, later, size=size)).get(later, [])
                whole.append(_up_to(clue, fixed))
            except (Damage, OSError) as fault:
                why = str(fault) if isinstance(fault, Damage) else "附件的文件读不出来"
                damaged.append(DamagedClue(number=row.number, why=why))
        return whole, damaged

    async def _clue(self, row: Row[Any], office: str) -> ClueFile:
        fields = await self._c.execute(
            select(envelopes)
            .where(envelopes.c.ticket == row.number, ~envelopes.c.field.startswith(INSIDE))
            .order_by(envelopes.c.field)
        )
        files = (await files_of(self._c, row.number)).get(row.number, {})
        leaf = await self._c.execute(
            select(leaves).where(
                leaves.c.ticket == pseudonym(row.number), leaves.c.event == "accepted"
            )
        )
        accepted = leaf.one_or_none()
        if accepted is None:
            raise Damage("日志里没有它的那一条")
        return ClueFile(
            ticket=ticket_from_row(row),
            fields=tuple((each.field, each.sealed) for each in fields.all()),
            box=row.box,
            attachments=await self._sealed(files.get("", ())),
            leaf_index=accepted._mapping["index"],
            leaf_body=accepted.body,
            salt=row.salt,
            added=await self._added(row.number, office, files),
        )

    async def _added(self, number: str, office: str, files: Kept) -> tuple[AddedLater, ...]:
        """What she added and the office has a box of, the oldest first."""
        query = (
            select(parts.c.part, parts.c.box)
            .where(parts.c.ticket == number, parts.c.holder == office)
            .order_by(parts.c.part)
        )
        lines = await lines_of(self._c, number)
        return tuple(
            [
                AddedLater(
                    part=row.part,
                    box=row.box,
                    sealed=lines[number, row.part],
                    attachments=await self._sealed(files.get(row.part, ())),
                )
                for row in (await self._c.execute(query)).all()
                if (number, row.part) in lines
            ]
        )

    async def _sealed(self, names: Sequence[str]) -> tuple[tuple[str, bytes], ...]:
        return tuple([(name, await self._blobs.sealed(name)) for name in sorted(names)])

    async def changes(
        self, since: datetime | None, until: datetime
    ) -> Sequence[tuple[str, str, datetime]]:
        """The last state of each handed-over clue whose history moved in the stretch."""
        moved = func.max(history.c.at)
        query = (
            select(tickets.c.number, tickets.c.status, moved)
            .join(history, history.c.ticket == tickets.c.number)
            .where(tickets.c.to_discipline, tickets.c.batch != "", history.c.at <= until)
            .group_by(tickets.c.number, tickets.c.status)
            .order_by(tickets.c.number)
        )
        if since:
            query = query.having(moved > since)
        found = (await self._c.execute(query)).all()
        return [(number, Status(status).value, at) for number, status, at in found]

    async def content(self, number: str) -> bytes | None:
        kept = select(batches.c.file_digest).where(batches.c.number == number)
        digest = (await self._c.execute(kept)).scalar_one()
        try:
            content = await asyncio.to_thread(self._path(number).read_bytes)
        except OSError:
            return None
        return content if digest in ("", sha256(content).hexdigest()) else None

    async def keep(self, row: BatchRow, content: bytes, numbers: Sequence[str]) -> None:
        """The row, the marks on the tickets, and the file, which is there before the commit."""
        private_folder(self._folder)
        await asyncio.to_thread(write_whole, self._path(row.number), content)
        await self._c.execute(
            insert(batches).values(
                number=row.number, office=row.office, month=row.month, made_at=row.made_at,
                count=row.count, digest=row.digest, file_digest=sha256(content).hexdigest(),
                size=row.size, root=row.root,
                receipt="", attempts=0, trouble="",
            )
        )  # fmt: skip
        if numbers:
            await self._c.execute(
                update(tickets).where(tickets.c.number.in_(numbers)).values(batch=row.number)
            )

    async def tried(self, number: str, *, at: datetime, trouble: str) -> None:
        await self._c.execute(
            update(batches)
            .where(batches.c.number == number)
            .values(sent_at=at, attempts=batches.c.attempts + 1, trouble=trouble[:300])
        )

    async def received(self, number: str, receipt: str, *, at: datetime) -> None:
        await self._c.execute(
            update(batches)
            .where(batches.c.number == number)
            .values(sent_at=at, receipt=receipt, trouble="")
        )

    async def undo(self, number: str) -> None:
        mine = batches.c.number == number
        gone = await self._c.execute(delete(batches).where(mine, batches.c.receipt == ""))
        if gone.rowcount:
            await self._c.execute(update(tickets).where(tickets.c.batch == number).values(batch=""))

    def _path(self, number: str) -> Path:
        return self._folder / f"{number}.age"
