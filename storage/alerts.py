"""Alerts on their shelf: whom each ticket was told of, and who goes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.alerts import PATIENCE, Alert, Course, Summons, Told
from casework.tickets import Status
from storage.rows import insert_new
from storage.schema import alerts, alerts_told, summonses, tickets

#: More than come in at once anywhere; what is left over is looked at in the next round.
AT_ONCE = 20_000

_WAITS = select(tickets.c.number).where(tickets.c.status == Status.RECEIVED.value)


class AlertShelf:
    """Rows are taken with a lock that others pass over, so that two workers tell nobody twice."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._c = connection

    async def is_due(self, now: datetime) -> bool:
        query = select(alerts.c.ticket).where(alerts.c.due <= now).limit(1)
        return (await self._c.execute(query)).first() is not None

    async def of(self, number: str) -> Course:
        query = select(alerts).where(alerts.c.ticket == number)
        alert = (await self._c.execute(query)).one_or_none()
        if alert is None:
            return Course()
        told = (
            select(alerts_told)
            .where(alerts_told.c.ticket == number)
            .order_by(alerts_told.c.at, alerts_told.c.person)
        )
        rows = (await self._c.execute(told)).all()
        return Course(
            told=tuple(Told(person=row.person, unit=row.unit, at=row.at) for row in rows),
            goes=alert.goes,
            since=alert.goes_at,
        )

    async def summons(self, id: str) -> Summons | None:
        found = await self._c.execute(select(summonses).where(summonses.c.id == id))
        row = found.one_or_none()
        if row is None:
            return None
        waiting = (
            select(alerts_told.c.ticket)
            .join(alerts, alerts.c.ticket == alerts_told.c.ticket)
            .where(alerts_told.c.summons == id, alerts.c.goes == "")
            .where(alerts_told.c.ticket.in_(_WAITS))
            .order_by(alerts_told.c.at, alerts_told.c.ticket)
        )
        numbers = tuple((await self._c.execute(waiting)).scalars())
        return Summons(id=id, person=row.person, unit=row.unit, at=row.at, tickets=numbers)

    async def take_marks(self, now: datetime) -> Sequence[tuple[str, str, str]]:
        query = (
            select(tickets.c.number, tickets.c.alarm, tickets.c.owner)
            .where(tickets.c.alarm != "")
            .order_by(tickets.c.filed_at, tickets.c.number)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        marked = [(r.number, r.alarm, r.owner) for r in (await self._c.execute(query)).all()]
        if not marked:
            return []
        await self._c.execute(
            update(tickets)
            .where(tickets.c.number.in_([number for number, _, _ in marked]))
            .values(alarm="")
        )
        fresh = [
            {"ticket": number, "since": now, "due": now, "handled": False, "goes": ""}
            for number, why, _ in marked if why == "new"
        ]  # fmt: skip
        if fresh:
            await self._c.execute(insert_new(self._c, alerts), fresh)
        return marked

    async def due(self, now: datetime) -> Sequence[Alert]:
        await self._put_away_what_was_accepted(now)
        query = (
            select(alerts.c.ticket, tickets.c.owner)
            .join(tickets, tickets.c.number == alerts.c.ticket)
            .where(alerts.c.due <= now)
            .order_by(alerts.c.since, alerts.c.ticket)
            .limit(AT_ONCE)
            .with_for_update(of=alerts, skip_locked=True)
        )
        rows = (await self._c.execute(query)).all()
        told: dict[str, list[tuple[str, str]]] = {row.ticket: [] for row in rows}
        before = (
            select(alerts_told)
            .where(alerts_told.c.ticket.in_(select(alerts.c.ticket).where(alerts.c.due <= now)))
            .order_by(alerts_told.c.at)
        )
        for row in (await self._c.execute(before)).all():
            if row.ticket in told:
                told[row.ticket].append((row.unit, row.person))
        return [
            Alert(ticket=row.ticket, owner=row.owner, told=tuple(told[row.ticket])) for row in rows
        ]

    async def _put_away_what_was_accepted(self, now: datetime) -> None:
        """For good at the second look: a step can be taken back for ten minutes, and then the ticket
        waits again."""
        due, waits = alerts.c.due <= now, alerts.c.ticket.in_(_WAITS)
        for seen_before, values in (
            (True, {"due": None}),
            (False, {"due": now + PATIENCE, "handled": True}),
        ):
            await self._c.execute(
                update(alerts).where(due, ~waits, alerts.c.handled.is_(seen_before)).values(values)
            )
        await self._c.execute(
            update(alerts).where(due, waits, alerts.c.handled.is_(True)).values(handled=False)
        )

    async def open_summons(self, person: str, *, since: datetime) -> str:
        query = (
            select(summonses.c.id)
            .where(summonses.c.person == person, summonses.c.at > since)
            .where(summonses.c.answered_at.is_(None))
            .order_by(summonses.c.at.desc())
            .limit(1)
        )
        return (await self._c.execute(query)).scalar_one_or_none() or ""

    async def summon(self, id: str, person: str, unit: str, *, at: datetime) -> None:
        row = {"id": id, "person": person, "unit": unit, "at": at}
        await self._c.execute(insert_new(self._c, summonses).values(row))

    async def told(
        self, id: str, person: str, unit: str, numbers: Sequence[str], *, at: datetime
    ) -> None:
        rows = [
            {"ticket": each, "person": person, "unit": unit, "at": at, "summons": id}
            for each in numbers
        ]
        await self._c.execute(insert_new(self._c, alerts_told), rows)

    async def look_again(self, numbers: Sequence[str], at: datetime) -> None:
        await self._c.execute(update(alerts).where(alerts.c.ticket.in_(numbers)).values(due=at))

    async def goes(self, id: str, person: str, numbers: Collection[str], *, at: datetime) -> None:
        await self._c.execute(
            update(alerts)
            .where(alerts.c.ticket.in_(numbers), alerts.c.goes == "")
            .values(goes=person, goes_at=at, due=None)
        )
        await self._c.execute(
            update(summonses)
            .where(summonses.c.id == id, summonses.c.answered_at.is_(None))
            .values(answered_at=at)
        )
