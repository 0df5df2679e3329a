"""What is under way: messages as they came and talks, sealed to the key of their day."""

from __future__ import annotations

import hmac
import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.ports import WallClock
from casework.shelves import Begun, Inbound, Remark, Talk
from casework.workdays import SHANGHAI
from papers.envelope import open_under, seal_under
from storage.keyshelf import KeyGone, KeyShelf
from storage.platform_tables import letters, replies, turns, unsaid, windows
from storage.rows import insert_new, insert_or_replace
from storage.schema import inbound, talks

#: What rows under way are sealed for.
PURPOSE = "under way"


class Today:
    """The key of the day, and callers as HMACs under it."""

    def __init__(self, keys: KeyShelf, clock: WallClock) -> None:
        self._keys, self._clock = keys, clock

    @property
    def day(self) -> str:
        return self._clock.now().astimezone(SHANGHAI).date().isoformat()

    @property
    def key(self) -> bytes:
        return self._keys.of_day(self._clock.now().astimezone(SHANGHAI).date())

    def seal(self, plain: bytes) -> bytes:
        return seal_under(self.key, plain, PURPOSE)

    def open(self, day: str, sealed: bytes) -> bytes:
        return open_under(self._keys.of_old_day(day), sealed, PURPOSE)

    def caller(self, channel: str, caller: str) -> bytes:
        return _caller(self.key, channel, caller)

    def callers(self, channel: str, caller: str) -> list[bytes]:
        """The names a caller has under every day key still kept: a talk may cross midnight."""
        kept = [self._keys.of_old_day(day) for day in self._keys.days()]
        return [_caller(key, channel, caller) for key in kept]

    def hidden(self, kind: str, *parts: str) -> str:
        """A name that could be guessed (a message's number, a parcel's), as an HMAC."""
        return _hidden(self.key, kind, *parts)

    def all_hidden(self, kind: str, *parts: str) -> list[str]:
        """The same under every day key still kept: what came before midnight may come again after."""
        kept = [self._keys.of_old_day(day) for day in self._keys.days()]
        return [_hidden(key, kind, *parts) for key in kept]


def _hidden(key: bytes, kind: str, *parts: str) -> str:
    """`kind` keeps the names apart from each other and from callers."""
    return hmac.new(key, "\0".join(("", kind, *parts)).encode(), sha256).hexdigest()


def _caller(key: bytes, channel: str, caller: str) -> bytes:
    return hmac.new(key, f"{channel}\0{caller}".encode(), sha256).digest()


class TalksShelf:
    """Messages taken before anybody acts, and talks kept between messages."""

    def __init__(self, connection: AsyncConnection, today: Today, now: datetime) -> None:
        self._c, self._today, self._now = connection, today, now

    async def take(self, message: Inbound) -> bool:
        row = asdict(
            replace(message, asks="", since=(), kept=())
        )  # what this process alone understands
        row["at"] = (message.at or self._now).isoformat()
        if (await self._c.execute(select(inbound.c.at).where(self._is(message)))).first():
            return False
        result = await self._c.execute(
            insert_new(self._c, inbound).values(
                channel=message.channel,
                external_id=self._today.hidden("message", message.channel, message.external_id),
                day=self._today.day,
                sealed=self._today.seal(_bytes(row)),
                done=False,
                at=self._now,
            )
        )
        return bool(result.rowcount == 1)

    async def pending(self, channel: str) -> Sequence[Inbound]:
        """Messages taken but not answered: what a crash left behind. Those tried least come first,
        so that one which ends the process does not keep the others; then the oldest."""
        query = (
            select(inbound)
            .where(inbound.c.channel == channel, inbound.c.done.is_(False))
            .order_by(inbound.c.tries, inbound.c.at)
        )
        found = []
        for row in (await self._c.execute(query)).all():
            try:
                fields = json.loads(self._today.open(row.day, row.sealed))
            except KeyGone:
                continue
            found.append(_inbound(fields))
        return found

    async def tried(self, message: Inbound) -> int:
        """Count one more try, before it; how many that makes. 0 where nothing waits any more."""
        query = (
            update(inbound)
            .where(self._is(message), inbound.c.done.is_(False))
            .values(tries=inbound.c.tries + 1)
            .returning(inbound.c.tries)
        )
        return (await self._c.execute(query)).scalar_one_or_none() or 0

    async def park(self, message: Inbound) -> None:
        """Not tried any more; the row stays, sealed, as long as the key of its day."""
        await self._c.execute(
            update(inbound).where(self._is(message)).values(done=True, parked=True)
        )

    async def parked(self) -> Mapping[str, int]:
        """How many messages of each channel are left alone."""
        query = (
            select(inbound.c.channel, func.count())
            .where(inbound.c.parked.is_(True))
            .group_by(inbound.c.channel)
            .order_by(inbound.c.channel)
        )
        return {channel: count for channel, count in (await self._c.execute(query)).all()}

    async def is_pending(self, message: Inbound) -> bool:
        query = select(inbound.c.done).where(self._is(message))
        return (await self._c.execute(query)).scalar_one_or_none() is False

    async def done(self, message: Inbound) -> bool:
        """What she said is under way no longer. The first statement of whoever answers: it locks the
        row, and of two the second does not find it."""
        waiting = self._is(message), inbound.c.done.is_(False)
        found = await self._c.execute(update(inbound).where(*waiting).values(done=True, sealed=b""))
        return bool(found.rowcount)

    def _is(self, message: Inbound) -> ColumnElement[bool]:
        return is_message(self._today, inbound, message)

    async def load(self, channel: str, caller: str) -> Talk | None:
        callers = self._today.callers(channel, caller)
        query = select(talks).where(talks.c.caller.in_(callers)).order_by(talks.c.at.desc())
        for row in (await self._c.execute(query)).all():
            try:
                fields = json.loads(self._today.open(row.day, row.sealed))
            except KeyGone:
                continue
            return _talk(fields, row.at)
        return None

    async def hold(self, channel: str, caller: str) -> Talk | None:
        """On SQLite whoever writes is alone anyway. The lock is on the caller, not on a row: the first
        message of a talk has none yet."""
        if self._c.dialect.name == "postgresql":
            for name in self._today.callers(channel, caller):
                key = int.from_bytes(name[:8], signed=True)
                await self._c.execute(select(func.pg_advisory_xact_lock(key)))
        return await self.load(channel, caller)

    async def keep(self, channel: str, caller: str, talk: Talk) -> None:
        fields = asdict(talk)
        del fields["at"]
        fields["mark"] = secrets.token_hex(8)  # two processes may write in one microsecond
        mine = {
            "caller": self._today.caller(channel, caller),
            "day": self._today.day,
            "sealed": self._today.seal(_bytes(fields)),
            "at": self._now,
        }
        await self._c.execute(insert_or_replace(self._c, talks, mine))
        of_yesterday = [
            each for each in self._today.callers(channel, caller) if each != mine["caller"]
        ]
        await self._c.execute(delete(talks).where(talks.c.caller.in_(of_yesterday)))

    async def drop(self, channel: str, caller: str) -> None:
        callers = self._today.callers(channel, caller)
        await self._c.execute(delete(talks).where(talks.c.caller.in_(callers)))


def is_message(today: Today, table: Table, message: Inbound) -> ColumnElement[bool]:
    """The row of a message, under whichever day's key it was named. Rows of before migration 0009
    stand there by the number itself, for as long as the key of their day."""
    names = today.all_hidden("message", message.channel, message.external_id)
    names.append(message.external_id)
    return (table.c.channel == message.channel) & table.c.external_id.in_(names)


async def forget_before(connection: AsyncConnection, day: str) -> None:
    """Rows whose key is destroyed are noise: remove them."""
    for table in (inbound, talks, replies, windows, turns, unsaid, letters):
        await connection.execute(delete(table).where(table.c.day < day))


def _inbound(fields: dict[str, Any]) -> Inbound:
    if blob := fields.pop("blob", ""):  # as version 0.1 kept it
        fields["files"] = [blob]
    at, files = datetime.fromisoformat(fields["at"]), tuple(fields.get("files", ()))
    return Inbound(**{**fields, "at": at, "files": files, "since": (), "kept": ()})


def _talk(fields: dict[str, Any], at: datetime) -> Talk:
    if "known" in fields:
        fields = _of_before(fields)
    fields["said"] = tuple(Remark(**each) for each in fields["said"])
    fields["looks"] = tuple((key, found) for key, found in fields["looks"])
    for name in ("files", "shown"):
        fields[name] = tuple(fields[name])
    begun = {**fields["begun"], "since": tuple(fields["begun"].get("since", ()))}
    return Talk(**{**fields, "begun": Begun(**begun), "at": at})


def _of_before(fields: dict[str, Any]) -> dict[str, Any]:
    """A talk as version 0.1 kept it: how it began, answers, files and look-ups in one list. Its key of
    the day goes after four days, and then this."""
    begun = {"dialogue": fields["dialogue"]}
    said, files, times = list[tuple[str, str]](), list[str](), Counter[str]()
    for key, meaning in fields["known"]:
        name = key.removeprefix("begin ")
        if key == "begin blob":
            files.append(meaning)
        elif name != key:
            begun[name] = meaning
        elif key.startswith("story") or meaning.startswith("file:"):
            blob, _, caption = meaning.removeprefix("file:").partition("\n")
            sent = meaning.startswith("file:")
            files += [blob] if sent else []
            said.append(("", caption if sent else meaning))
        elif not key.startswith("look "):
            times[key] += 1
            said.append((key if times[key] == 1 else f"{key}#{times[key]}", meaning))
    kept = {name: fields[name] for name in ("shown", "asked", "misses", "unheard", "mark")}
    mine = [{"key": key, "meaning": meaning} for key, meaning in said if meaning]
    return {**kept, "begun": begun, "said": mine, "files": files, "looks": []}


def _bytes(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()
