"""Shelves for platforms that answer on an open line, count what we send, and hand out tokens."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.shelves import Awaited, Inbound, PlatformToken
from papers.envelope import open_under, seal_under
from storage.keyshelf import KeyGone
from storage.platform_tables import (
    letters,
    platform_tokens,
    replies,
    turns,
    unsaid,
    windows,
)
from storage.rows import insert_new, insert_or_replace
from storage.talks import Today, is_message

PURPOSE = "platform token"


class ReplyShelf:
    """One row a message that somebody waits for. Each change locks it, so that an answer and a
    closing line never miss each other."""

    def __init__(self, connection: AsyncConnection, today: Today, now: datetime) -> None:
        self._c, self._today, self._now = connection, today, now

    async def brought(self, channel: str, letter: str, message: str) -> bool:
        named, of = ("letter", channel, letter), ("letter of", channel, letter, message)
        await self._c.execute(
            insert_new(self._c, letters).values(
                name=self._today.hidden(*named), message=self._today.hidden(*of),
                day=self._today.day,
            )
        )  # fmt: skip
        mine = letters.c.name.in_(self._today.all_hidden(*named))
        kept = (await self._c.execute(select(letters.c.message).where(mine))).scalars().all()
        return set(kept) <= set(self._today.all_hidden(*of))

    async def expect(self, message: Inbound) -> None:
        await self._c.execute(
            insert_new(self._c, replies).values(
                channel=message.channel,
                external_id=self._today.hidden("message", message.channel, message.external_id),
                day=self._today.day,
                sealed=None, hung_up=False, at=self._now,
            )
        )  # fmt: skip

    async def of(self, message: Inbound) -> Awaited | None:
        mine = is_message(self._today, replies, message)
        query = select(replies).where(mine).with_for_update()
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            return None
        if not row.sealed:
            return Awaited(hung_up=row.hung_up)
        try:
            text = self._today.open(row.day, row.sealed).decode()
        except KeyGone:
            return Awaited(hung_up=True)
        return Awaited(text=text, hung_up=row.hung_up)

    async def say(self, message: Inbound, text: str) -> bool:
        known = await self.of(message)
        if known is None or known.hung_up:
            return False
        if not known.text:
            await self._change(message, day=self._today.day, sealed=self._today.seal(text.encode()))
        return True

    async def hang_up(self, message: Inbound) -> str:
        known = await self.of(message)
        if known and known.text:
            return known.text
        await self._change(message, hung_up=True)
        return ""

    async def _change(self, message: Inbound, **values: object) -> None:
        mine = is_message(self._today, replies, message)
        await self._c.execute(update(replies).where(mine).values(**values))

    async def clear(self, before: datetime) -> None:
        await self._c.execute(
            update(replies)
            .where(replies.c.at < before, replies.c.sealed.is_not(None))
            .values(sealed=None, hung_up=True)
        )


class WindowShelf:
    """Windows and what was left unsaid, under the HMAC of a caller. Both end with their day key."""

    def __init__(self, connection: AsyncConnection, today: Today, now: datetime) -> None:
        self._c, self._today, self._now = connection, today, now

    async def opened(self, channel: str, caller: str, *, until: datetime, most: int) -> None:
        known = windows.c.caller.in_(self._today.callers(channel, caller))
        wider = select(windows.c.caller).where(known, windows.c.until > until, windows.c.left > 0)
        if (await self._c.execute(wider)).first():
            return
        mine = {
            "caller": self._today.caller(channel, caller), "day": self._today.day,
            "until": until, "left": most,
        }  # fmt: skip
        await self._c.execute(insert_or_replace(self._c, windows, mine))
        await self._c.execute(delete(windows).where(known, windows.c.caller != mine["caller"]))

    async def spend(self, channel: str, caller: str) -> bool:
        taken = await self._c.execute(
            update(windows)
            .where(windows.c.caller.in_(self._today.callers(channel, caller)))
            .where(windows.c.until > self._now, windows.c.left > 0)
            .values(left=windows.c.left - 1)
        )
        return bool(taken.rowcount)

    async def give_back(self, channel: str, caller: str) -> None:
        await self._c.execute(
            update(windows)
            .where(windows.c.caller.in_(self._today.callers(channel, caller)))
            .values(left=windows.c.left + 1)
        )

    async def take_turn(self, channel: str, caller: str, *, holder: str, until: datetime) -> bool:
        callers = self._today.callers(channel, caller)
        free = or_(turns.c.until < self._now, turns.c.holder == holder)
        await self._c.execute(delete(turns).where(turns.c.caller.in_(callers), free))
        if (await self._c.execute(select(turns).where(turns.c.caller.in_(callers)))).first():
            return False
        made = await self._c.execute(
            insert_new(self._c, turns).values(
                caller=self._today.caller(channel, caller), day=self._today.day, holder=holder,
                until=until,
            )
        )  # fmt: skip
        return bool(made.rowcount == 1)

    async def end_turn(self, channel: str, caller: str, *, holder: str) -> None:
        callers = self._today.callers(channel, caller)
        await self._c.execute(
            delete(turns).where(turns.c.caller.in_(callers), turns.c.holder == holder)
        )

    async def leave(self, channel: str, caller: str, text: str) -> None:
        await self._c.execute(
            insert(unsaid).values(
                caller=self._today.caller(channel, caller), day=self._today.day,
                sealed=self._today.seal(text.encode()),
            )
        )  # fmt: skip

    async def collect(self, channel: str, caller: str) -> Sequence[str]:
        theirs = unsaid.c.caller.in_(self._today.callers(channel, caller))
        rows = (await self._c.execute(select(unsaid).where(theirs).order_by(unsaid.c.id))).all()
        await self._c.execute(delete(unsaid).where(unsaid.c.id.in_([row.id for row in rows])))
        found = []
        for row in rows:
            try:
                found.append(self._today.open(row.day, row.sealed).decode())
            except KeyGone:
                continue
        return found

    async def forget(self, channel: str, caller: str) -> None:
        callers = self._today.callers(channel, caller)
        for table in (windows, unsaid, turns):
            await self._c.execute(delete(table).where(table.c.caller.in_(callers)))


class TokenShelf:
    """Access tokens, sealed under the service's own key; one row an account."""

    def __init__(self, connection: AsyncConnection, service: bytes) -> None:
        self._c, self._service = connection, service

    async def get(self, account: str) -> PlatformToken | None:
        query = select(platform_tokens).where(platform_tokens.c.account == account)
        row = (await self._c.execute(query)).one_or_none()
        if row is None or not row.sealed:
            return None
        kept = json.loads(open_under(self._service, row.sealed, PURPOSE))
        return PlatformToken(value=kept["value"], until=row.until)

    async def claim(self, account: str, *, worker: str, now: datetime, until: datetime) -> bool:
        """The right to fetch the next token, until `until`. One process at a time has it."""
        await self._c.execute(insert_new(self._c, platform_tokens).values(account=account))
        free = or_(
            platform_tokens.c.lease_until.is_(None),
            platform_tokens.c.lease_until < now,
            platform_tokens.c.worker == worker,
        )
        taken = await self._c.execute(
            update(platform_tokens)
            .where(platform_tokens.c.account == account, free)
            .values(worker=worker, lease_until=until)
        )
        return bool(taken.rowcount)

    async def keep(self, account: str, token: PlatformToken, *, worker: str) -> None:
        sealed = seal_under(self._service, json.dumps({"value": token.value}).encode(), PURPOSE)
        await self._c.execute(
            update(platform_tokens)
            .where(platform_tokens.c.account == account, platform_tokens.c.worker == worker)
            .values(sealed=sealed, until=token.until, lease_until=None, worker="")
        )

    async def release(self, account: str, *, worker: str) -> None:
        await self._c.execute(
            update(platform_tokens)
            .where(platform_tokens.c.account == account, platform_tokens.c.worker == worker)
            .values(lease_until=None, worker="")
        )
