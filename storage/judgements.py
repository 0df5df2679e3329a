"""How often an answer was said to help, or not, and how often there was none."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import date, datetime

from sqlalchemy import Column, Connection, Integer, String, Table, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.judgements import COUNTS_KEPT, Judgement, Said, Tallies, Tally
from casework.workdays import day_of
from storage.schema import metadata

log = logging.getLogger(__name__)

judgements = Table(
    "judgements",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("topic", String(200), primary_key=True),
    Column("county", String(6), primary_key=True),
    Column("said", String(12), primary_key=True),
    Column("times", Integer, nullable=False),
)


class JudgementShelf:
    """Counting, and what it comes to."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._c, self._day = connection, day_of(now)

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
        dialect = sqlite if self._c.dialect.name == "sqlite" else postgresql
        row = {"topic": one.topic, "county": one.county, "said": one.said.value}
        first = dialect.insert(judgements).values(day=self._day.isoformat(), times=1, **row)
        await self._c.execute(
            first.on_conflict_do_update(
                index_elements=[column.name for column in judgements.primary_key],
                set_={"times": judgements.c.times + 1},
            )
        )

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


def forget_counts(connection: Connection, now: datetime) -> None:
    """Remove those nobody compares with any more."""
    first = day_of(now - COUNTS_KEPT).isoformat()
    connection.execute(delete(judgements).where(judgements.c.day < first))
