"""Rosters and the ways by which people are reached, on their shelves."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.alerts import Way
from casework.roster import Line
from papers.envelope import BLOCK, EnvelopeError, open_under, seal_to, seal_under
from storage.rows import insert_or_replace
from storage.schema import people, rosters, ways

PURPOSE = "roster"


class RosterShelf:
    """The lines; a phone is sealed under the service key, as it is for colleagues to read."""

    def __init__(self, connection: AsyncConnection, service: bytes) -> None:
        self._c, self._service = connection, service

    async def of(self, unit: str) -> Sequence[Line]:
        query = select(rosters).where(rosters.c.unit == unit).order_by(rosters.c.id)
        return [self._line(row) for row in (await self._c.execute(query)).all()]

    async def units(self) -> frozenset[str]:
        return frozenset((await self._c.execute(select(rosters.c.unit).distinct())).scalars())

    async def add(self, line: Line) -> None:
        await self._c.execute(
            insert(rosters).values(
                unit=line.unit, person=line.person, deputy=line.deputy,
                weekdays=",".join(map(str, sorted(line.weekdays))),
                first=line.first.isoformat() if line.first else None,
                last=line.last.isoformat() if line.last else None,
                sealed=seal_under(self._service, line.phone.encode(), PURPOSE),
            )
        )  # fmt: skip

    async def drop(self, unit: str, line: int) -> bool:
        gone = await self._c.execute(
            delete(rosters).where(rosters.c.unit == unit, rosters.c.id == line)
        )
        return bool(gone.rowcount == 1)

    def _phone(self, sealed: bytes) -> str:
        """'' under another service key: who is on duty is told all the same, and `doctor` names the key."""
        try:
            return open_under(self._service, sealed, PURPOSE).decode()
        except EnvelopeError:
            return ""

    def _line(self, row: Row[Any]) -> Line:
        return Line(
            id=row.id, unit=row.unit, person=row.person, deputy=row.deputy,
            weekdays=frozenset(int(day) for day in row.weekdays.split(",") if day),
            first=date.fromisoformat(row.first) if row.first else None,
            last=date.fromisoformat(row.last) if row.last else None,
            phone=self._phone(row.sealed),
        )  # fmt: skip


class WayShelf:
    """Addresses, sealed to the notifier's public key: what writes them here cannot read them."""

    def __init__(self, connection: AsyncConnection, notifier: bytes, now: datetime) -> None:
        self._c, self._notifier, self._now = connection, notifier, now

    async def of(self, whose: Collection[str]) -> Sequence[Way]:
        query = select(ways).where(ways.c.whose.in_(whose)).order_by(ways.c.whose, ways.c.kind)
        return [
            Way(
                whose=row.whose, kind=row.kind, since=row.since, tried_at=row.tried_at,
                trouble=row.trouble,
            )
            for row in (await self._c.execute(query)).all()
        ]  # fmt: skip

    async def sealed(self, whose: str, kind: str) -> bytes | None:
        query = select(ways.c.sealed).where(ways.c.whose == whose, ways.c.kind == kind)
        found: bytes | None = (await self._c.execute(query)).scalar_one_or_none()
        return found

    async def keep(self, whose: str, kind: str, address: str) -> None:
        # Whose it is goes in too: a row that somebody put in another's place opens for nobody. All
        # are of one length.
        plain = json.dumps({"whose": whose, "kind": kind, "address": address}).encode()
        sealed = seal_to(self._notifier, plain.ljust(2 * BLOCK))
        row = {"whose": whose, "kind": kind, "sealed": sealed, "since": self._now,
               "tried_at": None, "trouble": ""}  # fmt: skip
        await self._c.execute(insert_or_replace(self._c, ways, row))

    async def drop(self, whose: str, kind: str) -> None:
        await self._c.execute(delete(ways).where(ways.c.whose == whose, ways.c.kind == kind))

    async def tried(self, whose: str, kind: str, trouble: str) -> None:
        await self._c.execute(
            update(ways)
            .where(ways.c.whose == whose, ways.c.kind == kind)
            .values(tried_at=self._now, trouble=trouble[:200])
        )


async def forget_ways(connection: AsyncConnection) -> None:
    """The addresses of those who left. Nothing was sent to them any more before."""
    gone = select(people.c.id).where(people.c.gone_at.is_not(None))
    await connection.execute(delete(ways).where(ways.c.whose.in_(gone)))
