"""Tickets on their shelf. Every query joins the readers' boxes: the only copy of the rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from sqlalchemy import Select, and_, false, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from casework.offices import Person
from casework.refusals import NoSuchTicket, NotAllowed
from casework.shelves import Key, Page, Tab, TicketFile
from casework.tickets import Entry, Status, Ticket
from casework.workdays import SHANGHAI, day_of
from storage.keyshelf import ShredShelf
from storage.rows import (
    attachment_from_row,
    entry_from_row,
    entry_to_row,
    ticket_from_row,
    ticket_to_row,
)
from storage.schema import attachments, boxes, envelopes, history, parts, recusals, tickets, written

_S = Status
STATES: dict[Tab, tuple[Status, ...]] = {
    Tab.NEW: (_S.RECEIVED, _S.ACCEPTED, _S.RETURNED),
    Tab.TO_SIGN: (_S.DISPATCHED,),
    Tab.WORKING: (
        _S.SIGNED, _S.IN_PROGRESS, _S.RECTIFYING, _S.REINSPECTION, _S.REPLIED, _S.REOPENED,
        _S.PARKED,
    ),
    Tab.WAITING: (_S.NEEDS_INFO,),
    Tab.FOLLOWUP: (_S.RESOLVED, _S.FOLLOWUP),
    Tab.DONE: (
        _S.DECLINED, _S.CLOSED, _S.REFERRED, _S.MERGED, _S.WITHDRAWN, _S.ARCHIVED,
    ),
}  # fmt: skip


def _in(tab: Tab, now: datetime) -> ColumnElement[bool]:
    """The condition of a tab."""
    if tab is Tab.OVERDUE:
        return and_(tickets.c.open, tickets.c.due_at < now)
    if tab is Tab.TODAY:
        midnight = datetime.combine(day_of(now), time.max, SHANGHAI)
        return and_(tickets.c.open, tickets.c.due_at >= now, tickets.c.due_at <= midnight)
    return tickets.c.status.in_([status.value for status in STATES[tab]])


def readable(*columns: Any, reader: Person) -> Select[Any]:
    """A query over the tickets that `reader` may know of: his unit holds a box, he is not recused."""
    stays_away = select(recusals.c.about).where(recusals.c.person == reader.id)
    query = (
        select(*columns)
        .select_from(tickets.join(boxes, boxes.c.ticket == tickets.c.number))
        .where(boxes.c.holder == reader.unit)
        .where(tickets.c.number.not_in(stays_away), tickets.c.owner.not_in(stays_away))
    )
    return query if reader.may_read_cases() else query.where(false())


class TicketsShelf:
    """Looking at tickets, and keeping their next state."""

    def __init__(self, connection: AsyncConnection, shreds: ShredShelf) -> None:
        self._c = connection
        self._shreds = shreds

    async def get(self, number: str, *, reader: Person) -> TicketFile:
        query = readable(tickets, boxes.c.box, reader=reader).where(tickets.c.number == number)
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            raise NoSuchTicket
        lines = await self._c.execute(
            select(history).where(history.c.ticket == number).order_by(history.c.n)
        )
        sealed = await self._c.execute(select(envelopes).where(envelopes.c.ticket == number))
        files = await self._c.execute(select(attachments).where(attachments.c.ticket == number))
        own = await self._c.execute(
            select(parts.c.part, parts.c.box).where(
                parts.c.ticket == number, parts.c.holder == reader.unit
            )
        )
        return TicketFile(
            ticket=ticket_from_row(row),
            entries=tuple(entry_from_row(line) for line in lines),
            fields={each.field: each.sealed for each in sealed},
            box=row.box,
            box_holder=reader.unit,
            shred=self._shreds.secret(number),
            parts={each.part: each.box for each in own},
            attachments=tuple(attachment_from_row(each) for each in files),
        )

    async def queue(
        self, tab: Tab, *, reader: Person, now: datetime, after: Key | None = None, limit: int = 50
    ) -> Page:
        """One key-set page, the nearest deadline first."""
        query = (
            readable(tickets, reader=reader)
            .where(_in(tab, now))
            .order_by(tickets.c.due_at, tickets.c.number)
            .limit(limit + 1)
        )
        if after:
            start = datetime.fromisoformat(after.due)
            query = query.where(tuple_(tickets.c.due_at, tickets.c.number) > (start, after.number))
        rows = (await self._c.execute(query)).all()
        more = len(rows) > limit
        last = rows[limit - 1] if more else None
        return Page(
            lines=tuple(ticket_from_row(row) for row in rows[:limit]),
            next=Key(due=written(last.due_at), number=last.number) if last else None,
        )

    async def counts(self, *, reader: Person, now: datetime) -> Mapping[Tab, int]:
        columns = [func.count().filter(_in(tab, now)).label(tab.value) for tab in Tab]
        row = (await self._c.execute(readable(*columns, reader=reader))).one()
        return {tab: getattr(row, tab.value) for tab in Tab}

    async def overdue(self, now: datetime, *, limit: int = 200) -> Sequence[Ticket]:
        """For the clock, which reads no case: open tickets past their deadline, longest first."""
        query = (
            select(tickets)
            .where(tickets.c.open, tickets.c.due_at < now)
            .order_by(tickets.c.due_at, tickets.c.number)
            .limit(limit)
        )
        return [ticket_from_row(row) for row in (await self._c.execute(query)).all()]

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
        row = ticket_to_row(ticket)
        changed = await self._c.execute(
            update(tickets)
            .where(tickets.c.number == ticket.number, tickets.c.version == was.version)
            .values({k: v for k, v in row.items() if k not in ("number", "filed_at")})
        )
        if changed.rowcount != 1:
            raise NotAllowed("这件刚刚有人办过了,请刷新看看再办。")
        await self.add_entry(ticket.number, entry)

    async def add_entry(self, number: str, entry: Entry) -> None:
        last = select(func.coalesce(func.max(history.c.n), 0)).where(history.c.ticket == number)
        n = (await self._c.execute(last)).scalar_one() + 1
        await self._c.execute(insert(history).values(entry_to_row(number, n, entry)))
