"""What was said of the answers is counted by topic, county and day; on either database."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from casework.judgements import COUNTS_KEPT, Judgement, Said, Tallies, Tally
from casework.workdays import day_of
from storage.engine import sqlite_in_a_thread, sqlite_url
from storage.migrate import upgrade
from tests.offices import LUSHAN, TestOffice, start_from_a_copy

AMOUNT, AREA = "subsidy.amount", "build.area"
USELESS = Judgement(said=Said.USELESS, topic=AMOUNT, county=LUSHAN)


async def count(office: TestOffice, *judgements: Judgement) -> None:
    async with office.files() as files:
        await files.judgements.count(*judgements)


async def since(office: TestOffice, day: date = date.min) -> Tallies:
    async with office.reading() as reading:
        return await reading.judgements.since(day)


async def test_the_topic_that_helped_least_comes_first(office: TestOffice) -> None:
    await count(office, USELESS, Judgement(said=Said.USEFUL, topic=AREA))
    await count(office, USELESS, Judgement(said=Said.USELESS, topic=AMOUNT))
    await count(office, Judgement(said=Said.UNANSWERED, county=LUSHAN))

    assert await since(office) == Tallies(
        topics=(Tally(topic=AMOUNT, useless=3), Tally(topic=AREA, useful=1)), unanswered=1
    )


async def test_only_the_days_that_are_asked_for_count(office: TestOffice) -> None:
    await count(office, USELESS)
    office.wait(days=30)
    await count(office, USELESS, USELESS)
    today = day_of(office.clock.now())

    assert (await since(office, today)).topics == (Tally(topic=AMOUNT, useless=2),)
    assert (await since(office, today - timedelta(days=30))).topics[0].useless == 3


async def test_of_many_at_once_none_is_lost(office: TestOffice) -> None:
    other = Judgement(said=Said.USEFUL, topic=AREA)
    await asyncio.gather(
        *(count(office, *pair) for pair in ((USELESS, other), (other, USELESS)) * 5)
    )

    tallies = await since(office)

    assert tallies.topics == (Tally(topic=AMOUNT, useless=10), Tally(topic=AREA, useful=10))


async def test_a_count_that_cannot_be_kept_costs_the_block_nothing(office: TestOffice) -> None:
    async with office.store.house.writer.begin() as connection:
        await connection.execute(text("DROP TABLE judgements"))

    async with office.files() as files:
        await files.judgements.count(USELESS)
        await files.counters.ran("afterwards", at=office.clock.now())

    async with office.reading() as reading:
        assert await reading.counters.last_run("afterwards")


async def test_counts_past_their_time_are_removed_at_night(office: TestOffice) -> None:
    await count(office, USELESS)
    office.wait(days=COUNTS_KEPT.days)
    await office.store.forget(office.clock.now())
    kept = await since(office)
    office.wait(days=1)

    await office.store.forget(office.clock.now())

    assert kept.topics
    assert await since(office) == Tallies()


def test_a_house_from_before_gets_the_table(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as old, old:
        old.execute("DROP TABLE judgements")
        old.execute("UPDATE alembic_version SET version_num = '0017'")
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))

    with engine.begin() as connection:
        upgrade(connection)
        columns = {each["name"] for each in inspect(connection).get_columns("judgements")}
    engine.dispose()

    assert columns == {"day", "topic", "county", "said", "times"}


@pytest.mark.parametrize("topic", ["", "没有的.slug", "长" * 200])
async def test_whatever_a_topic_is_called_it_is_counted(office: TestOffice, topic: str) -> None:
    await count(office, Judgement(said=Said.USELESS, topic=topic))

    assert (await since(office)).topics == (Tally(topic=topic, useless=1),)
