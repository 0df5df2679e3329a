"""The reporter's own mailbox: a code opens it, and no other thing in the house does.

Writing into it (`casework.actions.reporting`) asks for the ticket's number alone: every text of hers
has a key of its own, boxed to her code's public half, so nothing has to keep her code from one step of
a talk to the next.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.appeals import mailbox
from casework.case import Case, case_of
from casework.content import InForce
from casework.ports.enclosing import Enclosing
from casework.ports.locks import MailboxKey, NewMailboxKey
from casework.refusals import NoSuchReceipt
from casework.reports import REPORTER, Addition, Letter, Mailbox
from casework.sealed_names import entry_field
from casework.tickets import Audience, Entry, Ticket, standing
from casework.transparency import commitment_of, digests_of_texts
from papers.envelope import derive, open_box, seal_to
from storage.enclosures import Enclosed
from storage.keyshelf import ShredShelf
from storage.rows import ticket_from_row
from storage.schema import (
    attachments,
    boxes,
    envelopes,
    parts,
    receipts,
    tickets,
    unit_keys,
)
from storage.sealing import ReportKeys
from storage.standing import Standing
from storage.tickets import TicketsShelf


class MailboxShelf:
    """Opening a mailbox by the key of its code, and sealing what is written into the report it belongs
    to. `missed` hears of each caller whose code opened nothing."""

    def __init__(
        self,
        connection: AsyncConnection,
        shreds: ShredShelf,
        missed: Callable[[str], None],
        in_force: InForce,
        now: datetime,
        standing: Standing,
    ) -> None:
        self._in_force = in_force
        self._c = connection
        self._shreds = shreds
        self._missed = missed
        self._now = now
        self._standing = standing
        self._tickets = TicketsShelf(connection, shreds, in_force, standing)

    async def open(self, key: MailboxKey) -> Mailbox:
        """Raises `NoSuchReceipt`."""
        box, _, _ = await self._opened(key)
        return box

    async def case(self, key: MailboxKey) -> Case:
        """Raises `NoSuchReceipt`."""
        box, ticket, entries = await self._opened(key)
        case = case_of(box, ticket, entries, self._in_force().content, self._now)
        query = select(tickets.c.last_step).where(tickets.c.number == ticket.number)
        fresh = (await self._c.execute(query)).scalar_one() is not None
        return replace(case, fresh=fresh)

    async def _opened(self, key: MailboxKey) -> tuple[Mailbox, Ticket, tuple[Entry, ...]]:
        ticket, keys = await self._unlock(key)
        entries = standing(await self._tickets.entries(ticket.number))
        story = await self._c.execute(
            select(envelopes.c.sealed).where(
                envelopes.c.ticket == ticket.number, envelopes.c.field == "story"
            )
        )
        letters = [
            Letter(at=ticket.filed_at, mine=True, text=keys.open("story", story.scalar_one()))
        ]
        for line in entries:
            if line.audience is not Audience.REPORTER or line.text is None:
                continue
            field = entry_field(Audience.REPORTER, line.at)
            text = keys.open(field, line.text)
            if field in keys.parts:
                text = Addition.from_json(text).text
            letters.append(Letter(at=line.at, mine=line.by == REPORTER, text=text))
        now = self._in_force()
        box = mailbox(ticket, entries, letters, now.content.rules, now.calendar, self._now)
        return box, ticket, entries

    async def number_of(self, key: MailboxKey) -> str:
        """The ticket a code opens. Raises `NoSuchReceipt`."""
        ticket, _ = await self._unlock(key)
        return ticket.number

    async def recode(self, key: MailboxKey, fresh: NewMailboxKey) -> str:
        """Her boxes are opened with the one key and sealed to the other. Of two at once the second finds
        that its code opens nothing any more."""
        number = await self.number_of(key)
        await self.held(number)
        _, keys = await self._unlock(key)
        moved = await self._c.execute(
            update(receipts)
            .where(receipts.c.lookup == key.lookup)
            .values(lookup=fresh.lookup, public=fresh.public)
        )
        if moved.rowcount != 1 or keys.reporter is None:
            raise NoSuchReceipt
        hers = boxes.c.ticket == number, boxes.c.holder == REPORTER
        sealed = seal_to(fresh.public, keys.reporter)
        await self._c.execute(update(boxes).where(*hers).values(box=sealed))
        for field, part in keys.parts.items():
            mine = parts.c.ticket == number, parts.c.part == field, parts.c.holder == REPORTER
            await self._c.execute(
                update(parts).where(*mine).values(box=seal_to(fresh.public, part))
            )
        return number

    async def held(self, number: str) -> Ticket:
        """Held until the block ends: what a handler does at the same moment comes before or after her
        word, and is no reason to refuse it."""
        query = select(tickets).where(tickets.c.number == number).with_for_update()
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            raise NoSuchReceipt
        return ticket_from_row(row)

    async def files_of(self, number: str) -> int:
        query = select(func.count()).select_from(attachments).where(attachments.c.ticket == number)
        return (await self._c.execute(query)).scalar_one()

    async def seal(
        self,
        number: str,
        addition: Addition,
        *,
        at: datetime,
        holders: Collection[str],
        enclosed: Enclosing | None = None,
    ) -> bytes:
        """A text of hers under a key of its own, boxed to these units and to her; the files enclosed
        have that key already."""
        files = _ours(enclosed, number) if enclosed else None
        part = files.part if files else secrets.token_bytes(32)
        field = entry_field(Audience.REPORTER, at)
        shred = self._shreds.secret(number)
        keys = ReportKeys(number, b"", None, None, shred, {field: part})
        await self._box(keys, field, part, holders, files.originals if files else b"")
        return keys.seal(field, addition.to_json())

    async def enclose(
        self, number: str, enclosed: Enclosing, *, at: datetime, sealed: bytes
    ) -> str:
        """The files beside the text `sealed` of this moment, which `seal` made with them."""
        ours, field = _ours(enclosed, number), entry_field(Audience.REPORTER, at)
        rows = [{**row, "ticket": number, "part": field} for row in ours.files.rows]
        await self._c.execute(insert(attachments), rows)
        if any(row["kind"] == "voice" for row in rows):
            await self._standing.mark(number, voice=True)
        salt = await self._c.execute(select(tickets.c.salt).where(tickets.c.number == number))
        digests = {**digests_of_texts({field: sealed}), **ours.files.digests}
        return commitment_of(salt.scalar_one(), digests).hex()

    async def _box(
        self,
        keys: ReportKeys,
        field: str,
        part: bytes,
        holders: Collection[str],
        originals: bytes,
    ) -> None:
        """The part's key for the units and for herself; for those outside the content key itself, so
        that a purge on this side does not reach their copy, and behind it the key of the originals."""
        offices = self._in_force().content.organisation
        outside = {offices.discipline.id, offices.escrow.id}
        query = select(unit_keys.c.unit, unit_keys.c.public).where(unit_keys.c.unit.in_(holders))
        query = query.with_for_update(read=True)  # no key is changed before its box is there
        publics = {row.unit: row.public for row in (await self._c.execute(query)).all()}
        content = derive(part, "content", keys.shred)
        boxed = {
            holder: seal_to(public, content + originals if holder in outside else part)
            for holder, public in publics.items()
        }
        own = select(receipts.c.public).where(receipts.c.ticket == keys.number)
        boxed[REPORTER] = seal_to((await self._c.execute(own)).scalar_one(), part)
        rows = [
            {"ticket": keys.number, "part": field, "holder": holder, "box": box}
            for holder, box in boxed.items()
        ]
        await self._c.execute(insert(parts), rows)

    async def _unlock(self, keys: MailboxKey) -> tuple[Ticket, ReportKeys]:
        """One answer and the same work for every code that opens nothing."""
        query = (
            select(tickets, boxes.c.box)
            .join(receipts, receipts.c.ticket == tickets.c.number)
            .join(boxes, boxes.c.ticket == tickets.c.number)
            .where(receipts.c.lookup == keys.lookup, boxes.c.holder == REPORTER)
        )
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            self._missed(keys.caller)
            raise NoSuchReceipt
        shred = self._shreds.secret(row.number)
        reporter = open_box(keys.private, row.box)
        own = select(parts.c.part, parts.c.box).where(
            parts.c.ticket == row.number, parts.c.holder == REPORTER
        )
        added = {each.part: open_box(keys.private, each.box) for each in await self._c.execute(own)}
        return ticket_from_row(row), ReportKeys(row.number, reporter, None, None, shred, added)


def _ours(enclosed: Enclosing, number: str) -> Enclosed:
    """What this store's intake sealed for this report. Raises `TypeError` for anything else."""
    if not isinstance(enclosed, Enclosed) or enclosed.number != number:
        raise TypeError("only what this store's intake sealed for the report can be added to it")
    return enclosed
