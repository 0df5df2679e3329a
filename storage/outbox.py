"""The outbox: what must go out is a row written with the act that causes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.shelves import OutboxFigures, Parcel, Priority
from papers.envelope import open_under, seal_under
from storage.keyshelf import KeyGone
from storage.rows import insert_new
from storage.schema import outbox
from storage.talks import Today

#: A pump that died gives its rows back after this long.
LEASE = timedelta(minutes=2)

SERVICE = "service"


class OutboxShelf:
    """Adding, leasing and settling parcels. Replies are sealed to the day, announcements to the
    service."""

    def __init__(
        self, connection: AsyncConnection, today: Today, service: bytes, now: datetime
    ) -> None:
        self._c, self._today, self._service, self._now = connection, today, service, now

    async def add(self, parcel: Parcel, *, announcement: str = "", craftsman: str = "") -> None:
        """One row; the same `dedupe` again adds nothing. A reply's is hidden: it tells of a message
        that came, and with it of who may have written."""
        plain = json.dumps(
            {"recipient": parcel.recipient, "text": parcel.text, "options": parcel.options},
            ensure_ascii=False,
        ).encode()
        lasting = parcel.priority is Priority.ANNOUNCEMENT
        dedupe = parcel.dedupe
        if not lasting:
            of_before = outbox.c.dedupe.in_(self._today.all_hidden("parcel", parcel.dedupe))
            if (await self._c.execute(select(outbox.c.id).where(of_before))).first():
                return
            dedupe = self._today.hidden("parcel", parcel.dedupe)
        await self._c.execute(
            insert_new(self._c, outbox).values(
                channel=parcel.channel,
                dedupe=dedupe,
                priority=parcel.priority.value,
                sealed=seal_under(self._service, plain, "outbox")
                if lasting
                else self._today.seal(plain),
                key=SERVICE if lasting else self._today.day,
                made_at=self._now,
                due=parcel.due or self._now,
                expires_at=parcel.expires_at,
                state="waiting",
                attempts=0,
                announcement=announcement,
                craftsman=craftsman,
            )
        )

    async def lease(
        self, channel: str, *, worker: str, now: datetime, limit: int = 20
    ) -> Sequence[Parcel]:
        """Take rows that are due, or whose pump died. Two pumps never hold the same row."""
        free = or_(
            outbox.c.state == "waiting",
            (outbox.c.state == "leased") & (outbox.c.lease_until < now),
        )
        chosen = (
            select(outbox.c.id)
            .where(outbox.c.channel == channel, free, outbox.c.due <= now)
            .order_by(outbox.c.priority, outbox.c.due, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        ids = list((await self._c.execute(chosen)).scalars())
        await self._orphans(ids, now)
        await self._c.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids), outbox.c.state.in_(("waiting", "leased")))
            .values(state="leased", worker=worker, lease_until=now + LEASE)
        )
        rows = await self._c.execute(
            select(outbox)
            .where(outbox.c.id.in_(ids), outbox.c.state == "leased")
            .order_by(outbox.c.priority, outbox.c.due, outbox.c.id)
        )
        return [parcel for row in rows.all() if (parcel := await self._opened(row))]

    async def _orphans(self, ids: list[int], now: datetime) -> None:
        """An announcement in flight when its pump died may have arrived: never send it twice."""
        await self._c.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids), outbox.c.state == "leased")
            .where(outbox.c.lease_until < now, outbox.c.announcement != "")
            .values(state="unknown", worker="", trouble="发送途中断了,不知道到没到")
        )

    async def _opened(self, row: Any) -> Parcel | None:
        try:
            plain = (
                open_under(self._service, row.sealed, "outbox")
                if row.key == SERVICE
                else self._today.open(row.key, row.sealed)
            )
        except KeyGone:
            await self._settle(row.id, row.worker, state="failed", trouble="过期销毁")
            return None
        fields = json.loads(plain)
        return Parcel(
            id=row.id,
            channel=row.channel,
            recipient=fields["recipient"],
            text=fields["text"],
            options=tuple((m, label) for m, label in fields["options"]),
            dedupe=row.dedupe,
            priority=Priority(row.priority),
            due=row.due,
            expires_at=row.expires_at,
            attempts=row.attempts,
        )

    async def sent(self, parcel: Parcel, *, worker: str, provider_id: str = "") -> None:
        await self._settle(parcel.id, worker, state="sent", provider_id=provider_id[:80])

    async def again(
        self, parcel: Parcel, *, worker: str, due: datetime, trouble: str, counted: bool = True
    ) -> None:
        attempts = parcel.attempts + (1 if counted else 0)
        await self._settle(
            parcel.id, worker, state="waiting", due=due, trouble=trouble[:200], attempts=attempts
        )

    async def failed(self, parcel: Parcel, *, worker: str, trouble: str) -> None:
        await self._settle(parcel.id, worker, state="failed", trouble=trouble[:200])

    async def unknown(self, parcel: Parcel, *, worker: str) -> None:
        await self._settle(parcel.id, worker, state="unknown", trouble="发送途中断了,不知道到没到")

    async def _settle(self, row: int, worker: str, **values: object) -> None:
        """Only the pump that holds the lease may settle a row; the sealed text of a finished one
        is emptied."""
        if values["state"] != "waiting":
            values["sealed"] = b""
        await self._c.execute(
            update(outbox)
            .where(outbox.c.id == row, outbox.c.worker == worker)
            .values(lease_until=None, **values)
        )

    async def figures(self) -> Sequence[OutboxFigures]:
        """Those waiting or given up, by channel and kind."""
        waits = outbox.c.state.in_(("waiting", "leased"))
        written = func.coalesce(outbox.c.made_at, outbox.c.due)
        query = (
            select(
                outbox.c.channel,
                outbox.c.priority,
                func.count(case((waits, 1))).label("waiting"),
                func.count(case((~waits, 1))).label("given_up"),
                func.min(case((waits, written))).label("oldest"),
            )
            .where(outbox.c.state != "sent")
            .group_by(outbox.c.channel, outbox.c.priority)
            .order_by(outbox.c.channel, outbox.c.priority)
        )
        return [
            OutboxFigures(
                channel=row.channel, kind=row.priority.partition("-")[2], waiting=row.waiting,
                given_up=row.given_up, oldest=row.oldest,
            )
            for row in (await self._c.execute(query)).all()
        ]  # fmt: skip
