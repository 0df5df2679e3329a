"""How often an answer was said to help, or not, and how often there was none.

What was asked leaves a mark: HMAC-SHA-256 of the words as the matcher sees them, under a key that lies
outside the database. The same words have the same mark, and the mark tells nobody the words; who has
that key can try words he guesses. Words themselves stand here only with her consent, sealed under the
same key. Both are gone after thirty days."""

from __future__ import annotations

import hmac
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.judgements import (
    COUNTS_KEPT,
    WORDS_KEPT,
    Judgement,
    KeptWords,
    Said,
    Tallies,
    Tally,
)
from casework.workdays import day_of
from nlp.words import bare
from papers.envelope import derive, open_under, seal_under
from storage.schema import metadata

log = logging.getLogger(__name__)

PURPOSE = "kept words"

judgements = Table(
    "judgements",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("topic", String(200), primary_key=True),
    Column("county", String(6), primary_key=True),
    Column("said", String(12), primary_key=True),
    Column("times", Integer, nullable=False),
)

asked_marks = Table(  # the same words have the same mark, which tells nobody the words
    "asked_marks",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("topic", String(200), primary_key=True),
    Column("said", String(12), primary_key=True),
    Column("mark", LargeBinary, primary_key=True),
    Column("times", Integer, nullable=False),
)

kept_words = Table(  # with consent; sealed under the key of the service
    "kept_words",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("day", String(10), nullable=False, index=True),
    Column("topic", String(200), nullable=False),
    Column("said", String(12), nullable=False),
    Column("mark", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)


class JudgementShelf:
    """Counting, and what it comes to."""

    def __init__(self, connection: AsyncConnection, service: bytes, now: datetime) -> None:
        self._c, self._service, self._day = connection, service, day_of(now)

    async def count(self, *these: Judgement) -> None:
        """In an order, so that two blocks do not wait for each other; on a savepoint, because
        PostgreSQL ends the whole block with a statement that fails."""
        try:
            async with self._c.begin_nested():
                for each in sorted(these):
                    await self._one_more(each)
        except DBAPIError as fault:
            log.error("not counted", extra={"fault": type(fault.orig).__name__})

    async def _one_more(self, one: Judgement) -> None:
        row = {"topic": one.topic, "said": one.said.value}
        await self._add_to(judgements, county=one.county, **row)
        if mark := self._mark(one.words):
            await self._add_to(asked_marks, mark=mark, **row)

    async def _add_to(self, table: Table, **row: str | bytes) -> None:
        dialect = sqlite if self._c.dialect.name == "sqlite" else postgresql
        first = dialect.insert(table).values(day=self._day.isoformat(), times=1, **row)
        await self._c.execute(
            first.on_conflict_do_update(
                index_elements=[column.name for column in table.primary_key],
                set_={"times": table.c.times + 1},
            )
        )

    def _mark(self, words: str) -> bytes:
        """Nothing for what has no letters."""
        asked = bare(words).encode()
        return hmac.new(derive(self._service, "asked"), asked, sha256).digest() if asked else b""

    async def keep(self, judgement: Judgement, text: str) -> None:
        row = {
            "day": self._day.isoformat(),
            "topic": judgement.topic,
            "said": judgement.said.value,
            "mark": self._mark(judgement.words),
            "sealed": seal_under(self._service, text.encode(), PURPOSE),
        }
        await self._c.execute(insert(kept_words), [row])

    async def kept(self) -> Sequence[KeptWords]:
        times = await self._times()
        rows = (await self._c.execute(select(kept_words).order_by(kept_words.c.id))).all()
        found = {}
        for row in rows:  # of those that say the same, the newest
            text = open_under(self._service, row.sealed, PURPOSE).decode()
            found[row.topic, row.said, row.mark] = KeptWords(
                text=text, said=Said(row.said), topic=row.topic,
                times=times.get((row.topic, row.said, row.mark), 1),
            )  # fmt: skip
        return sorted(found.values(), key=lambda each: (-each.times, each.text))

    async def unread(self) -> tuple[int, int]:
        times = await self._times()
        agreed = set((await self._c.execute(select(kept_words.c.mark).distinct())).scalars())
        unread = [count for (_, _, mark), count in times.items() if mark not in agreed]
        return len(unread), max(unread, default=0)

    async def _times(self) -> dict[tuple[str, str, bytes], int]:
        """How often each was asked, by (topic, what was said, mark)."""
        marks = asked_marks.c.topic, asked_marks.c.said, asked_marks.c.mark
        query = select(*marks, func.sum(asked_marks.c.times)).group_by(*marks)
        rows = (await self._c.execute(query)).all()
        return {(topic, said, bytes(mark)): int(times) for topic, said, mark, times in rows}

    async def since(self, day: date) -> Tallies:
        query = (
            select(judgements.c.topic, judgements.c.said, func.sum(judgements.c.times))
            .where(judgements.c.day >= day.isoformat())
            .group_by(judgements.c.topic, judgements.c.said)
        )
        counted: dict[str, dict[str, int]] = defaultdict(dict)
        for topic, said, times in (await self._c.execute(query)).all():
            counted[topic][said] = int(times)
        tallies = [
            Tally(
                topic=topic, useful=said.get(Said.USEFUL, 0), useless=said.get(Said.USELESS, 0)
            )
            for topic, said in counted.items()
        ]  # fmt: skip
        return Tallies(
            topics=tuple(sorted(filter(_judged, tallies), key=_worst_first)),
            unanswered=sum(said.get(Said.UNANSWERED, 0) for said in counted.values()),
        )


def _judged(tally: Tally) -> bool:
    return bool(tally.useful or tally.useless)


def _worst_first(tally: Tally) -> tuple[int, int, str]:
    return -tally.useless, tally.useful, tally.topic


def forget_judgements(connection: Connection, now: datetime) -> int:
    """Remove counts nobody compares with any more, and after thirty days the words and the marks of
    words; how many words that were."""
    first = day_of(now - COUNTS_KEPT).isoformat()
    connection.execute(delete(judgements).where(judgements.c.day < first))
    last = day_of(now - WORDS_KEPT).isoformat()
    connection.execute(delete(asked_marks).where(asked_marks.c.day <= last))
    return int(connection.execute(delete(kept_words).where(kept_words.c.day <= last)).rowcount)
