"""The queue of a reader: a page of it, how many stand where, and an overview by county."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, literal, select, true, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from casework.content import InForce
from casework.offices import Person
from casework.queue import PLACES, Scope, Tab, View, midnight_after, stands_in, turn_of
from casework.shelves import InCounty, Key, Listed, Page, Sees, TicketFile
from casework.stretches import PASSES
from casework.tasks import Times, as_task
from casework.tickets import Ticket
from storage.eyes import Eyes, eyes_of, readable
from storage.keyshelf import KeyGone, ShredShelf
from storage.rows import ticket_from_row
from storage.schema import (
    IN_QUEUE,
    NOT_OVER,
    UNDER_WAY,
    boxes,
    envelopes,
    history,
    people,
    tallies,
    tickets,
    written,
)

#: The texts a line of the list is told by.
TOLD = ("story", "facts")


def _across(tab: Tab, now: datetime) -> ColumnElement[bool]:
    """The condition of a tab that looks across the others."""
    match tab:
        case Tab.OVERDUE:
            return and_(UNDER_WAY, boxes.c.turn < now)
        case Tab.TODAY:
            return and_(UNDER_WAY, boxes.c.turn >= now, boxes.c.turn <= midnight_after(now))
        case Tab.URGED:
            return and_(boxes.c.urged, NOT_OVER)
        case _:
            return and_(boxes.c.voice, NOT_OVER)


def _whose(scope: Scope, eyes: Eyes) -> ColumnElement[bool]:
    match scope:
        case Scope.MINE:
            return tickets.c.handler.in_(eyes.person.answers_for)
        case Scope.UNIT:
            return boxes.c.own
        case Scope.BELOW:
            return ~boxes.c.own
        case Scope.ALL:
            return true()


def _filters(view: View) -> list[ColumnElement[bool]]:
    """Those that need the ticket itself."""
    wanted = (
        (tickets.c.category, view.category),
        (tickets.c.handler, view.handler),
        (tickets.c.month, view.month),
    )
    return [column == value for column, value in wanted if value]


class QueueShelf:
    """Looking at lists of tickets. Each question of a page is one statement."""

    def __init__(self, connection: AsyncConnection, shreds: ShredShelf, in_force: InForce) -> None:
        self._c = connection
        self._shreds = shreds
        self._in_force = in_force
        self._eyes: dict[Person, Eyes] = {}

    async def _eyes_of(self, reader: Person) -> Eyes:
        """Asked once for all the questions of a page."""
        if reader not in self._eyes:
            self._eyes[reader] = await eyes_of(self._c, reader, self._in_force)
        return self._eyes[reader]

    async def page(
        self,
        view: View,
        *,
        reader: Person,
        now: datetime,
        after: Key | None = None,
        back: bool = False,
        limit: int = 50,
    ) -> Page:
        """One key-set page, the nearest deadline first, and what is over with the newest first; `back`
        is the page that ends before the key. Whoever sees the task alone sees no date in it, nor in its
        order, that comes from the day of the report."""
        eyes = await self._eyes_of(reader)
        if eyes.has_tasks:
            return await self._page_of_tasks(view, eyes, now, after, limit)
        downwards = (view.tab is Tab.DONE) is not back
        inner = self._wanted(view, eyes, now, after, downwards).limit(limit + 1).subquery()
        order = [each.desc() if downwards else each for each in (inner.c.turn, inner.c.ticket)]
        rows = (await self._c.execute(_with_texts(inner).order_by(*order))).all()
        more = len(rows) > limit
        shown = [self._listed(row, reader.unit) for row in rows[:limit]]
        if back:
            shown.reverse()
        last = rows[limit - 1] if more else None
        return Page(
            shown=tuple(shown),
            next=Key(turn=written(last.turn), number=last.number) if last else None,
        )

    def _wanted(
        self, view: View, eyes: Eyes, now: datetime, after: Key | None, downwards: bool
    ) -> Select[Any]:
        """The boxes of a page, in their order, before anything is read of their tickets."""
        filters = _filters(view)
        narrow = bool(filters) or view.scope is Scope.MINE
        columns = boxes.c.ticket, boxes.c.turn, boxes.c.box, boxes.c.sees
        query = readable(*columns, eyes=eyes, with_tickets=narrow)
        in_tab = boxes.c.tab == view.tab.value if view.tab in PLACES else _across(view.tab, now)
        query = query.where(IN_QUEUE, in_tab, _whose(view.scope, eyes), *filters)
        if view.county:
            query = query.where(boxes.c.county == view.county)
        order = boxes.c.turn, boxes.c.ticket
        if after:
            start = datetime.fromisoformat(after.turn), after.number
            query = query.where(tuple_(*order) < start if downwards else tuple_(*order) > start)
        return query.order_by(*(each.desc() if downwards else each for each in order))

    async def newest(
        self, *, reader: Person, scope: Scope = Scope.ALL, county: str = "", limit: int
    ) -> Page:
        """For a search: every ticket the reader may open, the last filed first."""
        eyes = await self._eyes_of(reader)
        columns = boxes.c.ticket, boxes.c.turn, boxes.c.box, boxes.c.sees
        query = readable(*columns, tickets.c.filed_at, eyes=eyes)
        query = query.where(IN_QUEUE, _whose(scope, eyes))
        if eyes.has_tasks:
            query = query.where(boxes.c.sees == Sees.ALL.value)
        if county:
            query = query.where(boxes.c.county == county)
        order = tickets.c.filed_at.desc(), tickets.c.number
        inner = query.order_by(*order).limit(limit + 1).subquery()
        rows = (await self._c.execute(_with_texts(inner).order_by(*order))).all()
        shown = tuple(self._listed(row, reader.unit) for row in rows[:limit])
        return Page(shown=shown, next=shown[-1].turn if len(rows) > limit else None)

    def _listed(self, row: Any, unit: str) -> Listed:
        try:
            shred = self._shreds.secret(row.number)
        except KeyGone:
            shred = b""
        texts = {"story": row.story, "facts": row.facts}
        whole = row.sees == Sees.ALL.value and row.box and shred
        return Listed(
            file=TicketFile(
                ticket=ticket_from_row(row),
                entries=(),
                fields={name: text for name, text in texts.items() if text and whole},
                box=row.box,
                box_holder=unit,
                sees=Sees(row.sees),
                shred=shred,
            ),
            turn=Key(turn=written(row.turn), number=row.number),
            since=row.since,
            handler=row.handler_name or "",
            urged=row.urged,
            voice=row.voice,
        )

    async def counts(
        self, *, reader: Person, now: datetime, scope: Scope = Scope.ALL, county: str = ""
    ) -> Mapping[Tab, int]:
        """How many stand in each tab. What is kept is read; what depends on the hour, or on what one
        reader stays away from, is counted."""
        eyes = await self._eyes_of(reader)
        if eyes.has_tasks:
            seen = await self._as_seen(eyes)
            return {tab: sum(stands_in(each, tab, now) for each in seen) for tab in Tab}
        where = [_whose(scope, eyes)]
        if county:
            where.append(boxes.c.county == county)
        narrow = scope is Scope.MINE
        across = [
            readable(literal(tab.value).label("tab"), func.count(), eyes=eyes, with_tickets=narrow)
            .where(_across(tab, now), *where)
            for tab in Tab
            if tab not in PLACES
        ]  # fmt: skip
        standing = self._kept(eyes, scope, county)
        if narrow or standing is None:
            standing = readable(boxes.c.tab, func.count(), eyes=eyes, with_tickets=narrow)
            standing = standing.where(IN_QUEUE, *where).group_by(boxes.c.tab)
        rows = (await self._c.execute(union_all(standing, *across))).all()
        found = {Tab(row[0]): int(row[1]) for row in rows}
        return {tab: found.get(tab, 0) for tab in Tab}

    def _kept(self, eyes: Eyes, scope: Scope, county: str) -> Select[Any] | None:
        """The numbers that are kept, None where they are not this reader's."""
        if eyes.away.tickets or eyes.away.everything or not eyes.person.may_read_cases():
            return None
        query = select(tallies.c.tab, func.sum(tallies.c.n))
        query = query.where(tallies.c.holder == eyes.person.unit).group_by(tallies.c.tab)
        if scope in (Scope.UNIT, Scope.BELOW):
            query = query.where(tallies.c.own if scope is Scope.UNIT else ~tallies.c.own)
        return query.where(tallies.c.county == county) if county else query

    async def overview(self, *, reader: Person, now: datetime) -> Sequence[InCounty]:
        """By county: what is under way, how much of it is late, urged, over; the latest first."""
        eyes = await self._eyes_of(reader)
        if eyes.has_tasks:
            return []
        standing = readable(
            boxes.c.county, boxes.c.tab, func.count(), eyes=eyes, with_tickets=False
        )
        standing = standing.where(IN_QUEUE).group_by(boxes.c.county, boxes.c.tab)
        if self._kept(eyes, Scope.ALL, "") is not None:
            kept: Any = select(tallies.c.county, tallies.c.tab, func.sum(tallies.c.n))
            kept = kept.where(tallies.c.holder == eyes.person.unit)
            standing = kept.group_by(tallies.c.county, tallies.c.tab)
        across = [
            readable(
                boxes.c.county, literal(tab.value).label("tab"), func.count(), eyes=eyes,
                with_tickets=False,
            ).where(_across(tab, now)).group_by(boxes.c.county)
            for tab in (Tab.OVERDUE, Tab.URGED)
        ]  # fmt: skip
        found: dict[str, Counter[Tab]] = {}
        for county, tab, n in (await self._c.execute(union_all(standing, *across))).all():
            found.setdefault(county, Counter())[Tab(tab)] += int(n)
        counties = [InCounty(county=county, counts=counts) for county, counts in found.items()]
        shown = [each for each in counties if any(each.counts.values())]
        return sorted(shown, key=lambda each: (-each.counts[Tab.OVERDUE], -each.open, each.county))

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

    async def _page_of_tasks(
        self, view: View, eyes: Eyes, now: datetime, after: Key | None, limit: int
    ) -> Page:
        seen = [each for each in await self._as_seen(eyes) if stands_in(each, view.tab, now)]
        if view.scope is Scope.MINE:
            seen = [each for each in seen if each.handler in eyes.person.answers_for]
        keyed = sorted(
            (
                (Key(turn=written(turn_of(each, each.filed_at)), number=each.number), each)
                for each in seen
            ),
            key=lambda pair: (pair[0].turn, pair[0].number),
        )
        if after:
            start = written(datetime.fromisoformat(after.turn)), after.number
            keyed = [pair for pair in keyed if (pair[0].turn, pair[0].number) > start]
        more = len(keyed) > limit
        return Page(
            shown=tuple(
                Listed(
                    file=TicketFile(
                        ticket=each, entries=(), fields={}, box_holder=eyes.person.unit,
                        sees=Sees.TASK,
                    ),
                    turn=key,
                    since=each.filed_at,
                )
                for key, each in keyed[:limit]
            ),
            next=keyed[limit - 1][0] if more else None,
        )  # fmt: skip


def _with_texts(inner: Any) -> Select[Any]:
    """The tickets of a page, each with its box and the texts it is told by."""
    texts = {name: envelopes.alias(name) for name in TOLD}
    rows: Any = inner.join(tickets, tickets.c.number == inner.c.ticket)
    rows = rows.outerjoin(people, people.c.id == tickets.c.handler)
    for name, table in texts.items():
        rows = rows.outerjoin(
            table, and_(table.c.ticket == tickets.c.number, table.c.field == name)
        )
    return select(
        tickets,
        inner.c.box,
        inner.c.sees,
        people.c.name.label("handler_name"),
        *(table.c.sealed.label(name) for name, table in texts.items()),
    ).select_from(rows)
