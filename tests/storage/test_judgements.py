"""What was said of the answers is counted by topic, county and day; on either database."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

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
from storage.engine import sqlite_in_a_thread, sqlite_url
from storage.judgements import asked_marks, judgements, kept_words
from storage.migrate import upgrade
from tests.offices import LUSHAN, TestOffice, open_office, start_from_a_copy

TABLES = (judgements, asked_marks, kept_words)
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


ASKED = Judgement(said=Said.UNANSWERED, words="火星上咋种地?")


async def test_words_are_kept_for_thirty_days_and_the_marks_too(office: TestOffice) -> None:
    await count(office, ASKED, USELESS)
    async with office.files() as files:
        await files.judgements.keep(ASKED, "火星上咋种地")
    office.wait(days=WORDS_KEPT.days - 1)
    young = await office.store.forget(office.clock.now())
    async with office.reading() as reading:
        kept, unread = await reading.judgements.kept(), await reading.judgements.unread()
    office.wait(days=1)

    old = await office.store.forget(office.clock.now())

    assert kept == [KeptWords(text="火星上咋种地", said=Said.UNANSWERED)]
    assert (young.words, old.words) == (0, 1)
    assert unread == (0, 0)
    async with office.store.house.readers.connect() as connection:
        for table in (kept_words, asked_marks):
            assert (await connection.execute(table.select())).all() == []
    assert (await since(office)).topics


async def test_the_same_question_has_one_mark_however_it_is_written(office: TestOffice) -> None:
    for words in ("火星上咋种地?", "火星上咋种地啊", " 火星上,咋种地 "):
        await count(office, replace(ASKED, words=words))
    await count(office, replace(ASKED, words="月球上咋种地"))
    async with office.files() as files:
        await files.judgements.keep(ASKED, "火星上咋种地")

    async with office.reading() as reading:
        (kept,) = await reading.judgements.kept()
        assert kept.times == 3
        assert await reading.judgements.unread() == (1, 1)


async def test_another_house_has_other_marks(office: TestOffice, tmp_path: Path) -> None:
    await count(office, ASKED)
    async with open_office(tmp_path / "another", staffed=False) as another:
        await count(another, ASKED)
        theirs = await marks(another)

    assert await marks(office) != theirs


async def marks(office: TestOffice) -> list[bytes]:
    async with office.store.house.readers.connect() as connection:
        return [bytes(row.mark) for row in (await connection.execute(asked_marks.select())).all()]


async def test_words_without_a_letter_leave_no_mark(office: TestOffice) -> None:
    await count(office, *(replace(ASKED, words=words) for words in ("", "😭", "\0\0")))

    assert await marks(office) == []
    assert (await since(office)).unanswered == 3


async def test_the_row_alone_tells_nobody_the_words(office: TestOffice) -> None:
    async with office.files() as files:
        await files.judgements.count(ASKED)
        await files.judgements.keep(ASKED, "火星上咋种地")
    async with office.store.house.readers.connect() as connection:
        (row,) = (await connection.execute(kept_words.select())).all()

    assert "火星".encode() not in bytes(row.sealed)
    assert sha256("火星上咋种地".encode()).digest() != bytes(row.mark)


def test_a_house_from_before_gets_the_table(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as old, old:
        for table in ("judgements", "asked_marks", "kept_words"):
            old.execute(f"DROP TABLE {table}")
        old.execute("UPDATE alembic_version SET version_num = '0017'")
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))

    with engine.begin() as connection:
        upgrade(connection)
        columns = {
            table.name: {each["name"] for each in inspect(connection).get_columns(table.name)}
            for table in TABLES
        }
    engine.dispose()

    assert columns == {table.name: set(table.c.keys()) for table in TABLES}


@pytest.mark.parametrize("topic", ["", "没有的.slug", "长" * 200])
async def test_whatever_a_topic_is_called_it_is_counted(office: TestOffice, topic: str) -> None:
    await count(office, Judgement(said=Said.USELESS, topic=topic))

    assert (await since(office)).topics == (Tally(topic=topic, useless=1),)
