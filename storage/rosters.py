"""Rosters and the ways by which people are reached, on their shelves."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.alerts import Rations, Way
from casework.roster import Line
from papers.envelope import BLOCK, EnvelopeError, open_under, seal_to, seal_under
from storage.rows import insert_new, insert_or_replace
from storage.schema import bindings, people, rations, rosters, ways

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

    async def offer(self, person: str, id: str, *, until: datetime) -> None:
        row = {"person": person, "id": id, "until": until, "used": ""}
        await self._c.execute(insert_or_replace(self._c, bindings, row))

    async def claim(self, id: str, mark: str, *, now: datetime) -> str:
        claimed = await self._c.execute(
            update(bindings)
            .where(bindings.c.id == id, bindings.c.until > now)
            .where(bindings.c.used.in_(("", mark)))
            .values(used=mark)
            .returning(bindings.c.person)
        )
        return claimed.scalar_one_or_none() or ""

    async def reached_by(self, kinds: Collection[str]) -> frozenset[str]:
        query = select(ways.c.whose).where(ways.c.kind.in_(kinds), ways.c.trouble == "")
        return frozenset((await self._c.execute(query)).scalars())

    async def rations(self, person: str) -> Rations:
        return await self._rations(select(rations).where(rations.c.person == person))

    async def hold_rations(self, person: str) -> Rations:
        await self._c.execute(insert_new(self._c, rations).values(person=person))
        held = select(rations).where(rations.c.person == person).with_for_update()
        return await self._rations(held)

    async def _rations(self, query: Select[Any]) -> Rations:
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            return Rations()
        return Rations(
            off=frozenset(each for each in row.off.split(",") if each),
            day=date.fromisoformat(row.day) if row.day else None,
            sent=row.sent,
            digest=date.fromisoformat(row.digest) if row.digest else None,
        )

    async def keep_rations(self, person: str, kept: Rations) -> None:
        await self._c.execute(
            update(rations)
            .where(rations.c.person == person)
            .values(
                off=",".join(sorted(kept.off)), sent=kept.sent,
                day=kept.day.isoformat() if kept.day else None,
                digest=kept.digest.isoformat() if kept.digest else None,
            )
        )  # fmt: skip

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
    await connection.execute(delete(rations).where(rations.c.person.in_(gone)))
