"""Where each ticket stands in the queue of each unit that reads it, and how many stand there.

The place (`casework.queue`) is kept on the ticket and copied beside its boxes, under indexes in the order of
the list; numbers are kept by unit, county and tab. Whoever changes a box or a ticket calls `Standing`, and
inspection counts anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from casework.queue import NO_DEADLINE, place_of, turn_of
from casework.reports import REPORTER
from casework.tickets import Ticket
from storage.schema import boxes, tallies, tickets

#: What stands on the ticket and beside its boxes alike.
COPIED = ("county", "tab", "turn", "urged", "voice")


class Shelf(NamedTuple):
    """Where a box is counted."""

    holder: str
    county: str
    own: bool  # the unit has the ticket; else it watches
    tab: str


def standing_of(ticket: Ticket, at: datetime) -> dict[str, Any]:
    """The columns of a ticket that say where it stands, after what happened `at` that moment."""
    return {"tab": place_of(ticket).value, "turn": turn_of(ticket, at)}


def rows_of(
    ticket: Ticket, held: Mapping[str, bytes], *, voice: bool, counted: Counter[Shelf]
) -> Iterable[dict[str, Any]]:
    """The boxes of a report just filed, each where it stands. The reporter's own is in no queue."""
    place = {"county": ticket.county, "urged": False, **standing_of(ticket, ticket.filed_at)}
    nowhere = {"county": "", "urged": False, "tab": "", "turn": NO_DEADLINE}
    for holder, box in held.items():
        row = {"holder": holder, "ticket": ticket.number, "box": box}
        if holder == REPORTER:
            yield {**row, **nowhere, "voice": False, "own": False}
            continue
        own = holder == ticket.owner
        counted[Shelf(holder, ticket.county, own, place["tab"])] += 1
        yield {**row, **place, "voice": voice, "own": own}


@dataclass
class Standing:
    """Keeps the places of one transaction in step; the numbers are written at its end (`write`), in one
    order, so that two transactions do not wait for each other crosswise."""

    connection: AsyncConnection
    changed: Counter[Shelf] = field(default_factory=Counter)

    async def settle(self, number: str) -> None:
        """After a ticket changed, or a unit was let in: every box stands where the ticket does now."""
        query = select(tickets.c.owner, *(tickets.c[each] for each in COPIED))
        now = (await self.connection.execute(query.where(tickets.c.number == number))).one()
        mine = boxes.c.ticket == number, boxes.c.holder != REPORTER
        for row in await self._shelves(and_(*mine)):
            if row.tab:
                self.changed[row] -= 1
            self.changed[Shelf(row.holder, now.county, row.holder == now.owner, now.tab)] += 1
        await self.connection.execute(
            update(boxes)
            .where(*mine)
            .values(own=boxes.c.holder == now.owner, **{n: now._mapping[n] for n in COPIED})
        )

    async def remove(self, which: ColumnElement[bool]) -> None:
        """Boxes are taken away: nobody knows of the ticket by them any more."""
        for row in await self._shelves(which):
            if row.tab:
                self.changed[row] -= 1
        await self.connection.execute(delete(boxes).where(which))

    async def mark(self, number: str, **marks: bool) -> None:
        """What does not move it: that it is urged from above, that a recording came."""
        mine = boxes.c.ticket == number, boxes.c.holder != REPORTER
        await self.connection.execute(
            update(tickets).where(tickets.c.number == number).values(**marks)
        )
        await self.connection.execute(update(boxes).where(*mine).values(**marks))

    async def write(self) -> None:
        """The numbers, last of all before the log."""
        if self.changed:
            await self.connection.run_sync(lambda c: write_tallies(c, self.changed))
            self.changed.clear()

    async def _shelves(self, which: ColumnElement[bool]) -> Sequence[Shelf]:
        query = select(boxes.c.holder, boxes.c.county, boxes.c.own, boxes.c.tab).where(which)
        rows = (await self.connection.execute(query.with_for_update())).all()
        return [Shelf(row.holder, row.county, bool(row.own), row.tab) for row in rows]


def write_tallies(connection: Connection, changed: Counter[Shelf]) -> None:
    """Add to the numbers what changed."""
    rows = [{**shelf._asdict(), "n": n} for shelf, n in sorted(changed.items()) if n]
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    for start in range(0, len(rows), 1000):
        made = dialect.insert(tallies).values(rows[start : start + 1000])
        connection.execute(
            made.on_conflict_do_update(
                index_elements=list(Shelf._fields), set_={"n": tallies.c.n + made.excluded.n}
            )
        )


def counted_anew(connection: Connection) -> Counter[Shelf]:
    """How many there are in truth."""
    columns = boxes.c.holder, boxes.c.county, boxes.c.own, boxes.c.tab
    query = select(*columns, func.count()).where(boxes.c.tab != "").group_by(*columns)
    return Counter(
        {Shelf(row[0], row[1], bool(row[2]), row[3]): row[4] for row in connection.execute(query)}
    )


def put_right(connection: Connection) -> int:
    """Every box where its ticket stands, every number anew; how many were wrong."""
    lost = lost_places(connection)
    now = {
        each: select(tickets.c[each]).where(tickets.c.number == boxes.c.ticket).scalar_subquery()
        for each in COPIED
    }
    owner = select(tickets.c.owner).where(tickets.c.number == boxes.c.ticket).scalar_subquery()
    for start in range(0, len(lost), 500):
        some = boxes.c.ticket.in_(list(lost)[start : start + 500]), boxes.c.holder != REPORTER
        connection.execute(update(boxes).where(*some).values(own=boxes.c.holder == owner, **now))
    wrong = miscounted(connection)
    write_tallies(connection, wrong)
    return len(lost) + len(wrong)


def miscounted(connection: Connection) -> Counter[Shelf]:
    """What would have to be added to the numbers to make them right; empty is well."""
    kept = Counter(
        {
            Shelf(row.holder, row.county, bool(row.own), row.tab): row.n
            for row in connection.execute(select(tallies))
        }
    )
    right = counted_anew(connection)
    wrong = {shelf: right[shelf] - kept[shelf] for shelf in {*kept, *right}}
    return Counter({shelf: by for shelf, by in wrong.items() if by})


def lost_places(connection: Connection) -> Collection[str]:
    """Tickets with a box that stands elsewhere than the ticket does; none is well."""
    differs = [boxes.c[each] != tickets.c[each] for each in COPIED]
    apart = differs[0]
    for each in (*differs[1:], boxes.c.own != (boxes.c.holder == tickets.c.owner)):
        apart = apart | each
    query = (
        select(tickets.c.number)
        .select_from(tickets.join(boxes, boxes.c.ticket == tickets.c.number))
        .where(boxes.c.holder != REPORTER, apart)
        .distinct()
    )
    return list(connection.execute(query).scalars())
