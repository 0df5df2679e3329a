"""Recusals on their shelf, and their half of the condition in front of every query."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from json import loads
from typing import Any

from sqlalchemy import Row, exists, false, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from casework.recusals import Away, Reason, Recusal
from casework.tickets import Ticket
from storage.rows import insert_new, ticket_from_row
from storage.schema import history, people, recusals, tickets


def covered_by(away: Away) -> ColumnElement[bool]:
    """`Away.covers` of a row of tickets."""
    if away.everything:
        return true()
    if not away.tickets:
        return false()
    given = exists().where(history.c.ticket == tickets.c.number, history.c.to.in_(away.units))
    places = (tickets.c.county.startswith(area, autoescape=True) for area in sorted(away.areas))
    return or_(tickets.c.number.in_(away.tickets), tickets.c.owner.in_(away.units), given, *places)


def recusal_from_row(row: Row[Any]) -> Recusal:
    return Recusal(
        person=row.person, about=row.about, reason=Reason(row.reason), since=row.since,
        declared_by=row.declared_by, area=row.area,
    )  # fmt: skip


class RecusalShelf:
    """Declared, in force, lifted."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._c = connection

    async def of(self, person: str) -> Sequence[Recusal]:
        return await self._in_force(recusals.c.person == person)

    async def all(self) -> Sequence[Recusal]:
        return await self._in_force()

    async def _in_force(self, *which: ColumnElement[bool]) -> Sequence[Recusal]:
        query = select(recusals).where(recusals.c.lifted_at.is_(None), *which)
        query = query.order_by(recusals.c.since, recusals.c.about)
        return [recusal_from_row(row) for row in (await self._c.execute(query)).all()]

    async def watch(self, person: str) -> None:
        await self._c.execute(
            select(people.c.id).where(people.c.id == person).with_for_update(read=True)
        )

    async def hold(self, person: str) -> None:
        await self._c.execute(select(people.c.id).where(people.c.id == person).with_for_update())

    async def add(self, recusal: Recusal) -> bool:
        made = await self._c.execute(
            insert_new(self._c, recusals).values(
                person=recusal.person, about=recusal.about, since=recusal.since,
                area=recusal.area, reason=recusal.reason.value, declared_by=recusal.declared_by,
            )
        )  # fmt: skip
        return bool(made.rowcount == 1)

    async def lift(self, person: str, about: str, *, at: datetime, by: str) -> bool:
        lifted = await self._c.execute(
            update(recusals)
            .where(recusals.c.person == person, recusals.c.about == about)
            .where(recusals.c.lifted_at.is_(None))
            .values(lifted_at=at, lifted_by=by)
        )
        return bool(lifted.rowcount == 1)

    async def same_matter(self, number: str) -> frozenset[str]:
        await self._c.execute(
            select(tickets.c.number).where(tickets.c.number == number).with_for_update()
        )
        merged = select(tickets.c.number, tickets.c.tracks).where(
            tickets.c.tracks.like('%"merged_into"%'),
            tickets.c.tracks.not_like('%"merged_into": ""%'),
        )
        pairs = [
            {row.number, str(loads(row.tracks)["merged_into"])}
            for row in (await self._c.execute(merged)).all()
        ]
        found, more = {number}, True
        while more:
            joined = found.union(*(pair for pair in pairs if pair & found))
            found, more = joined, joined != found
        return frozenset(found)

    async def share(self, numbers: Collection[str], *, at: datetime) -> None:
        for each in await self._in_force(recusals.c.about.in_(numbers)):
            for number in sorted(numbers):
                await self.add(replace(each, about=number, since=at))

    async def in_hand(self, person: str, away: Away) -> Sequence[Ticket]:
        query = (
            select(tickets)
            .where(tickets.c.handler == person, covered_by(away))
            .order_by(tickets.c.number)
            .with_for_update()
        )
        return [ticket_from_row(row) for row in (await self._c.execute(query)).all()]
