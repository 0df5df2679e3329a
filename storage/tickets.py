"""Tickets on their shelf: one of them opened, its next state kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.content import InForce
from casework.offices import Person
from casework.queue import is_urged
from casework.recusals import Away
from casework.refusals import NoSuchTicket, NotAllowed
from casework.shelves import Sees, TicketFile
from casework.tickets import Entry, Ticket
from storage.eyes import Eyes, eyes_of, readable
from storage.keyshelf import ShredShelf
from storage.recusals import covered_by
from storage.rows import (
    attachment_from_row,
    entry_from_row,
    entry_to_row,
    last_step_from_text,
    last_step_to_text,
    ticket_from_row,
    ticket_to_row,
)
from storage.schema import (
    attachments,
    boxes,
    envelopes,
    history,
    parts,
    tickets,
)
from storage.standing import Standing, standing_of


class TicketsShelf:
    """Looking at tickets, and keeping their next state."""

    def __init__(
        self,
        connection: AsyncConnection,
        shreds: ShredShelf,
        in_force: InForce,
        standing: Standing,
    ) -> None:
        self._c = connection
        self._standing = standing
        self._shreds = shreds
        self._in_force = in_force

    async def _eyes(self, reader: Person) -> Eyes:
        return await eyes_of(self._c, reader, self._in_force)

    async def get(self, number: str, *, reader: Person) -> TicketFile:
        eyes = await self._eyes(reader)
        query = readable(tickets, boxes.c.box, boxes.c.sees, eyes=eyes)
        query = query.where(tickets.c.number == number)
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            raise NoSuchTicket
        lines = await self.entries(number)
        if row.sees == Sees.TASK.value:
            return TicketFile(
                ticket=ticket_from_row(row), entries=lines, fields={}, box=row.box,
                box_holder=reader.unit, sees=Sees.TASK, shred=self._shreds.secret(number),
                last=last_step_from_text(row.last_step, ticket_from_row(row)),
            )  # fmt: skip
        sealed = await self._c.execute(select(envelopes).where(envelopes.c.ticket == number))
        files = await self._c.execute(select(attachments).where(attachments.c.ticket == number))
        own = await self._c.execute(
            select(parts.c.part, parts.c.box).where(
                parts.c.ticket == number, parts.c.holder == reader.unit
            )
        )
        mine = {each.part: each.box for each in own}
        return TicketFile(
            ticket=ticket_from_row(row),
            entries=lines,
            fields={each.field: each.sealed for each in sealed},
            box=row.box,
            box_holder=reader.unit,
            shred=self._shreds.secret(number),
            parts=mine,
            last=last_step_from_text(row.last_step, ticket_from_row(row)),
            attachments=tuple(
                attachment_from_row(each)
                for each in sorted(files, key=lambda each: str(each.part))
                if each.part in ("", *mine)
            ),
        )

    async def unfinished_by_unit(self) -> Mapping[str, int]:
        """How many open tickets each unit has, of those that have any."""
        query = (
            select(tickets.c.owner, func.count()).where(tickets.c.open).group_by(tickets.c.owner)
        )
        return {owner: count for owner, count in (await self._c.execute(query)).all()}

    async def unfinished(self, units: Collection[str]) -> int:
        """How many these units have to do something about."""
        query = select(func.count()).select_from(tickets)
        query = query.where(tickets.c.open, tickets.c.owner.in_(units))
        return (await self._c.execute(query)).scalar_one()

    async def known(self, numbers: Collection[str], *, reader: Person) -> frozenset[str]:
        query = readable(tickets.c.number, eyes=await self._eyes(reader))
        found = await self._c.execute(query.where(tickets.c.number.in_(numbers)))
        return frozenset(found.scalars())

    async def in_hand(self, person: str, *, reader: Person) -> frozenset[str]:
        """Of the open ones that somebody handles, those the reader may know of."""
        query = readable(tickets.c.number, eyes=await self._eyes(reader))
        found = await self._c.execute(query.where(tickets.c.open, tickets.c.handler == person))
        return frozenset(found.scalars())

    async def open_ones(self, *, reader: Person, covered: Away) -> frozenset[str]:
        query = readable(tickets.c.number, eyes=await self._eyes(reader))
        found = await self._c.execute(query.where(tickets.c.open, covered_by(covered)))
        return frozenset(found.scalars())

    async def in_batches(self, *, reader: Person) -> Mapping[str, int]:
        query = readable(tickets.c.batch, func.count(), eyes=await self._eyes(reader))
        rows = await self._c.execute(query.group_by(tickets.c.batch))
        return {batch: count for batch, count in rows.all() if batch}

    async def to_climb(self, now: datetime, *, limit: int = 200) -> Sequence[Ticket]:
        """For the clock, which reads no case: the tickets whose next step may be due."""
        query = (
            select(tickets)
            .where(tickets.c.climbs_at <= now)
            .order_by(tickets.c.climbs_at, tickets.c.number)
            .limit(limit)
        )
        return [ticket_from_row(row) for row in (await self._c.execute(query)).all()]

    async def climbs(self, number: str, at: datetime | None) -> None:
        await self._c.execute(
            update(tickets).where(tickets.c.number == number).values(climbs_at=at)
        )

    async def alarming(self) -> bool:
        query = select(tickets.c.number).where(tickets.c.alarm != "").limit(1)
        return (await self._c.execute(query)).first() is not None

    async def alarm(self, number: str, why: str) -> None:
        await self._c.execute(update(tickets).where(tickets.c.number == number).values(alarm=why))

    async def entries(self, number: str) -> tuple[Entry, ...]:
        """The history without its texts opened, for the clock."""
        query = select(history).where(history.c.ticket == number).order_by(history.c.n)
        return tuple(entry_from_row(row) for row in (await self._c.execute(query)).all())

    async def of_month(self, month: str) -> Mapping[tuple[str, str], int]:
        query = (
            select(tickets.c.category, tickets.c.county, func.count())
            .where(tickets.c.month == month)
            .group_by(tickets.c.category, tickets.c.county)
        )
        return {(row[0], row[1]): row[2] for row in (await self._c.execute(query)).all()}

    async def keep(self, ticket: Ticket, entry: Entry, *, was: Ticket) -> None:
        """Store the next state; whoever comes second is told."""
        row = {**ticket_to_row(ticket), **standing_of(ticket, entry.at)}
        if ticket.owner != was.owner:
            row["since"] = entry.at
        changed = await self._c.execute(
            update(tickets)
            .where(tickets.c.number == ticket.number, tickets.c.version == was.version)
            .values({k: v for k, v in row.items() if k not in ("number", "filed_at")})
        )
        if changed.rowcount != 1:
            raise NotAllowed("这件刚刚有人办过了,请刷新看看再办。")
        await self._end_tasks(ticket)
        await self._standing.settle(ticket.number)
        n = await self._add_line(ticket.number, entry)  # the row is held by its update
        await self._can_be_taken_back(ticket.number, last_step_to_text(entry, n, was))

    async def seen(self, number: str) -> None:
        """The reporter looked: what was done cannot be taken back unseen any more."""
        await self._can_be_taken_back(number, None)

    async def _can_be_taken_back(self, number: str, step: str | None) -> None:
        await self._c.execute(
            update(tickets).where(tickets.c.number == number).values(last_step=step)
        )

    async def _end_tasks(self, ticket: Ticket) -> None:
        """A township knows of a ticket while it has it: once it is taken back, or over, no more."""
        task = and_(boxes.c.ticket == ticket.number, boxes.c.sees == Sees.TASK.value)
        gone = task if not ticket.is_open else and_(task, boxes.c.holder != ticket.owner)
        await self._standing.remove(gone)

    async def add_entry(self, number: str, entry: Entry) -> None:
        """Lines are numbered one after the other: who adds one holds the ticket until the block ends,
        so that of two processes the second counts the line of the first."""
        await self._c.execute(
            select(tickets.c.number).where(tickets.c.number == number).with_for_update()
        )
        await self._add_line(number, entry)

    async def _add_line(self, number: str, entry: Entry) -> int:
        last = select(func.coalesce(func.max(history.c.n), 0)).where(history.c.ticket == number)
        n: int = (await self._c.execute(last)).scalar_one() + 1
        await self._c.execute(insert(history).values(entry_to_row(number, n, entry)))
        if is_urged(entry.action):
            await self._standing.mark(number, urged=True)
        return n
