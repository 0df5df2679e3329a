"""Tickets on their shelf. Every query joins the readers' boxes: the only copy of the rule."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import Select, and_, delete, exists, false, func, insert, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from casework.content import InForce
from casework.offices import Person
from casework.recusals import Away, away_from
from casework.refusals import NoSuchTicket, NotAllowed
from casework.shelves import Key, Page, Sees, Tab, TicketFile
from casework.stretches import PASSES
from casework.tasks import Times, as_task
from casework.tickets import Entry, Status, Ticket
from casework.workdays import SHANGHAI, day_of
from storage.keyshelf import ShredShelf
from storage.recusals import covered_by, recusal_from_row
from storage.rows import (
    attachment_from_row,
    due_of,
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
    recusals,
    tickets,
    written,
)

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


def _stands_in(ticket: Ticket, tab: Tab, now: datetime) -> bool:
    """The same of a ticket as its reader sees it."""
    end = due_of(ticket)
    if tab is Tab.OVERDUE:
        return ticket.is_open and end < now
    if tab is Tab.TODAY:
        midnight = datetime.combine(day_of(now), time.max, SHANGHAI)
        return ticket.is_open and now <= end <= midnight
    return ticket.status in STATES[tab]


@dataclass(frozen=True, kw_only=True)
class Eyes:
    """A reader, with what he stays away from: without it nobody is shown anything."""

    person: Person
    away: Away
    has_tasks: bool  # his unit sees of some ticket the task alone: a township


def readable(*columns: Any, eyes: Eyes) -> Select[Any]:
    """A query over the tickets that a reader may know of: his unit holds a box, he is not recused."""
    query = (
        select(*columns)
        .select_from(tickets.join(boxes, boxes.c.ticket == tickets.c.number))
        .where(boxes.c.holder == eyes.person.unit)
        .where(~covered_by(eyes.away))
    )
    return query if eyes.person.may_read_cases() else query.where(false())


class TicketsShelf:
    """Looking at tickets, and keeping their next state."""

    def __init__(self, connection: AsyncConnection, shreds: ShredShelf, in_force: InForce) -> None:
        self._c = connection
        self._shreds = shreds
        self._in_force = in_force

    async def _eyes(self, reader: Person) -> Eyes:
        """In one statement, so that a list costs no more than it did."""
        task = exists().where(boxes.c.holder == reader.unit, boxes.c.sees == Sees.TASK.value)
        one = select(task.label("has_tasks")).subquery()
        in_force = and_(recusals.c.person == reader.id, recusals.c.lifted_at.is_(None))
        query = select(one.c.has_tasks, recusals).select_from(one.outerjoin(recusals, in_force))
        rows = (await self._c.execute(query)).all()
        declared = [recusal_from_row(row) for row in rows if row.about is not None]
        return Eyes(
            person=reader,
            away=away_from(declared, self._in_force().content.organisation),
            has_tasks=bool(rows[0].has_tasks),
        )

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

    async def queue(
        self, tab: Tab, *, reader: Person, now: datetime, after: Key | None = None, limit: int = 50
    ) -> Page:
        """One key-set page, the nearest deadline first. Whoever sees the task alone sees no date in it,
        nor in its order, that comes from the day of the report."""
        eyes = await self._eyes(reader)
        if eyes.has_tasks:
            return await self._queue_of_tasks(tab, eyes, now, after, limit)
        query = (
            readable(tickets, eyes=eyes)
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
        eyes = await self._eyes(reader)
        if eyes.has_tasks:
            seen = await self._as_seen(eyes)
            return {tab: sum(_stands_in(each, tab, now) for each in seen) for tab in Tab}
        columns = [func.count().filter(_in(tab, now)).label(tab.value) for tab in Tab]
        row = (await self._c.execute(readable(*columns, eyes=eyes))).one()
        return {tab: getattr(row, tab.value) for tab in Tab}

    async def unfinished(self, units: Collection[str]) -> int:
        """How many these units have to do something about."""
        query = select(func.count()).select_from(tickets)
        query = query.where(tickets.c.open, tickets.c.owner.in_(units))
        return (await self._c.execute(query)).scalar_one()

    async def known(self, numbers: Collection[str], *, reader: Person) -> frozenset[str]:
        query = readable(tickets.c.number, eyes=await self._eyes(reader))
        found = await self._c.execute(query.where(tickets.c.number.in_(numbers)))
        return frozenset(found.scalars())

    async def open_ones(self, *, reader: Person, covered: Away) -> frozenset[str]:
        query = readable(tickets.c.number, eyes=await self._eyes(reader))
        found = await self._c.execute(query.where(tickets.c.open, covered_by(covered)))
        return frozenset(found.scalars())

    async def in_batches(self, *, reader: Person) -> Mapping[str, int]:
        query = readable(tickets.c.batch, func.count(), eyes=await self._eyes(reader))
        rows = await self._c.execute(query.group_by(tickets.c.batch))
        return {batch: count for batch, count in rows.all() if batch}

    async def _as_seen(self, eyes: Eyes) -> list[Ticket]:
        """All tickets of a township, as far as its boxes go: what it has in hand, dozens at most."""
        unit = eyes.person.unit
        got = (
            select(history.c.ticket, func.max(history.c.at).label("since"))
            .where(history.c.to == unit, history.c.action.in_([p.value for p in PASSES]))
            .where(history.c.ticket.in_(select(boxes.c.ticket).where(boxes.c.holder == unit)))
            .group_by(history.c.ticket)
        )
        since = {row.ticket: row.since for row in (await self._c.execute(got)).all()}
        standing = self._in_force()
        rules = standing.content.rules
        times = Times(standing.content.policy, rules.extension, standing.calendar)
        rows = (await self._c.execute(readable(tickets, boxes.c.sees, eyes=eyes))).all()
        return [
            ticket_from_row(row)
            if row.sees == Sees.ALL.value
            else as_task(ticket_from_row(row), since[row.number], times)
            for row in rows
        ]

    async def _queue_of_tasks(
        self, tab: Tab, eyes: Eyes, now: datetime, after: Key | None, limit: int
    ) -> Page:
        seen = [each for each in await self._as_seen(eyes) if _stands_in(each, tab, now)]
        keys = {each.number: Key(due=written(due_of(each)), number=each.number) for each in seen}
        seen.sort(key=lambda each: (keys[each.number].due, each.number))
        if after:
            start = (written(datetime.fromisoformat(after.due)), after.number)
            seen = [each for each in seen if (keys[each.number].due, each.number) > start]
        more = len(seen) > limit
        return Page(lines=tuple(seen[:limit]), next=keys[seen[limit - 1].number] if more else None)

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

    async def alarming(self) -> Sequence[tuple[str, str, str]]:
        """(number, why, owner) of those somebody must be told of."""
        query = (
            select(tickets.c.number, tickets.c.alarm, tickets.c.owner)
            .where(tickets.c.alarm != "")
            .order_by(tickets.c.filed_at, tickets.c.number)
        )
        return [(row.number, row.alarm, row.owner) for row in (await self._c.execute(query)).all()]

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
        row = ticket_to_row(ticket)
        changed = await self._c.execute(
            update(tickets)
            .where(tickets.c.number == ticket.number, tickets.c.version == was.version)
            .values({k: v for k, v in row.items() if k not in ("number", "filed_at")})
        )
        if changed.rowcount != 1:
            raise NotAllowed("这件刚刚有人办过了,请刷新看看再办。")
        await self._end_tasks(ticket)
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
        await self._c.execute(delete(boxes).where(gone))

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
        return n
