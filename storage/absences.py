"""Absences on their shelf. What a deputy may meanwhile is read with the person (`storage.posts`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.absences import Absence
from storage.schema import absences


class AbsenceShelf:
    """Those that are not over."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._c, self._now = connection, now

    async def of(self, people: Collection[str]) -> Sequence[Absence]:
        query = select(absences).where(absences.c.person.in_(people), absences.c.until > self._now)
        rows = (await self._c.execute(query.order_by(absences.c.since, absences.c.person))).all()
        return [
            Absence(person=row.person, deputy=row.deputy, since=row.since, until=row.until)
            for row in rows
        ]

    async def add(self, absence: Absence) -> None:
        await self._c.execute(
            insert(absences).values(
                person=absence.person, deputy=absence.deputy, since=absence.since,
                until=absence.until,
            )
        )  # fmt: skip

    async def end(self, absence: Absence, at: datetime) -> None:
        this = (absences.c.person == absence.person) & (absences.c.since == absence.since)
        if absence.since >= at:
            await self._c.execute(delete(absences).where(this))
        else:
            await self._c.execute(update(absences).where(this).values(until=at))
