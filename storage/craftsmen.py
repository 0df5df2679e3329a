"""The register of rural craftsmen: contact data sealed under the service key, found by HMAC."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.shelves import Announcement, Craftsman, Parcel, Priority, Progress
from papers.envelope import open_under, seal_under
from storage.outbox import OutboxShelf
from storage.schema import announcements, craftsmen, outbox

PURPOSE = "craftsman"
PAGE = 500


class CraftsmenShelf:
    """Import, subscription, announcements and how far they are."""

    def __init__(self, connection: AsyncConnection, service: bytes, out: OutboxShelf) -> None:
        self._c, self._service, self._out = connection, service, out

    def _index(self, *parts: str) -> bytes:
        return hmac.new(self._service, "\0".join(parts).encode(), sha256).digest()

    def _row(self, person: Craftsman) -> dict[str, Any]:
        contact = json.dumps({"phone": person.phone, "address": person.address}).encode()
        return {
            "id": person.id,
            "name": person.name,
            "county": person.county,
            "township": person.township,
            "trade": person.trade,
            "certificate": person.certificate,
            "phone_index": self._index("phone", person.phone),
            "sealed": seal_under(self._service, contact, PURPOSE),
            "channel": person.channel,
            "address_index": self._index(person.channel, person.address)
            if person.address
            else None,
            "unsubscribed": person.unsubscribed,
        }

    def _person(self, row: Any) -> Craftsman:
        contact = json.loads(open_under(self._service, row.sealed, PURPOSE))
        return Craftsman(
            id=row.id, name=row.name, county=row.county, township=row.township, trade=row.trade,
            certificate=row.certificate, channel=row.channel, unsubscribed=row.unsubscribed,
            phone=contact["phone"], address=contact["address"],
        )  # fmt: skip

    async def _by_phone(self, phone: str) -> Craftsman | None:
        query = select(craftsmen).where(craftsmen.c.phone_index == self._index("phone", phone))
        row = (await self._c.execute(query)).one_or_none()
        return self._person(row) if row else None

    async def count(self, county: str = "") -> int:
        query = select(func.count()).select_from(craftsmen)
        if county:
            query = query.where(craftsmen.c.county == county)
        return int((await self._c.execute(query)).scalar_one())

    async def segment(
        self, county: str, *, after: str = "", limit: int = PAGE
    ) -> Sequence[Craftsman]:
        query = select(craftsmen).where(craftsmen.c.id > after).order_by(craftsmen.c.id)
        if county:
            query = query.where(craftsmen.c.county == county)
        rows = (await self._c.execute(query.limit(limit))).all()
        return [self._person(row) for row in rows]

    async def upsert(self, people: Sequence[Craftsman]) -> tuple[int, int]:
        new = changed = 0
        for person in people:
            known = await self._by_phone(person.phone)
            if known is None:
                await self._c.execute(insert(craftsmen).values(self._row(person)))
                new += 1
                continue
            merged = Craftsman(
                id=known.id, phone=known.phone, channel=known.channel, address=known.address,
                unsubscribed=known.unsubscribed, name=person.name, county=person.county,
                township=person.township, trade=person.trade, certificate=person.certificate,
            )  # fmt: skip
            if merged != known:
                await self._replace(merged)
                changed += 1
        return new, changed

    async def subscribe(self, phone: str, channel: str, address: str) -> Craftsman | None:
        known = await self._by_phone(phone)
        if known is None:
            return None
        fields = {**known.__dict__, "channel": channel, "address": address, "unsubscribed": False}
        person = Craftsman(**fields)
        await self._replace(person)
        return person

    async def unsubscribe(self, channel: str, address: str) -> bool:
        result = await self._c.execute(
            update(craftsmen)
            .where(craftsmen.c.address_index == self._index(channel, address))
            .values(unsubscribed=True)
        )
        return bool(result.rowcount)

    async def unlink(self, channel: str, address: str) -> bool:
        """The address itself is forgotten, in whatever state the subscription is."""
        theirs = craftsmen.c.address_index == self._index(channel, address)
        rows = (await self._c.execute(select(craftsmen).where(theirs))).all()
        for row in rows:
            await self._replace(replace(self._person(row), channel="", address=""))
        return bool(rows)

    async def _replace(self, person: Craftsman) -> None:
        row = self._row(person)
        await self._c.execute(update(craftsmen).where(craftsmen.c.id == row.pop("id")).values(row))

    async def announce(self, announcement: Announcement) -> None:
        """Rows for everybody who can be reached; the same announcement again adds nobody."""
        unreachable, after = 0, ""
        while page := await self.segment(announcement.county, after=after):
            after = page[-1].id
            for person in page:
                if not person.address or person.unsubscribed:
                    unreachable += 1
                    continue
                parcel = Parcel(
                    channel=person.channel,
                    recipient=person.address,
                    text=announcement.text,
                    dedupe=f"{announcement.id}/{person.id}",
                    priority=Priority.ANNOUNCEMENT,
                    due=announcement.made_at,
                )
                await self._out.add(parcel, announcement=announcement.id, craftsman=person.id)
        await self._c.execute(
            insert(announcements).values(
                id=announcement.id, text=announcement.text, county=announcement.county,
                made_at=announcement.made_at, by=announcement.by, unreachable=unreachable,
            )
        )  # fmt: skip

    async def progress(self, announcement: str) -> Progress:
        query = (
            select(outbox.c.state, func.count())
            .where(outbox.c.announcement == announcement)
            .group_by(outbox.c.state)
        )
        states = {row[0]: row[1] for row in (await self._c.execute(query)).all()}
        missing = await self._c.execute(
            select(announcements.c.unreachable).where(announcements.c.id == announcement)
        )
        unreachable = missing.scalar_one_or_none() or 0
        troubles = await self._c.execute(
            select(craftsmen.c.name, outbox.c.trouble)
            .join(outbox, outbox.c.craftsman == craftsmen.c.id)
            .where(outbox.c.announcement == announcement)
            .where(outbox.c.state.in_(("failed", "unknown")))
            .order_by(craftsmen.c.name)
            .limit(200)
        )
        return Progress(
            total=sum(states.values()) + unreachable,
            sent=states.get("sent", 0),
            failed=states.get("failed", 0),
            unknown=states.get("unknown", 0),
            waiting=states.get("waiting", 0) + states.get("leased", 0),
            unreachable=unreachable,
            failures=tuple((row[0], row[1]) for row in troubles.all()),
        )
