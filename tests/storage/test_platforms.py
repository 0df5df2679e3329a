"""Answers on an open line, windows and what was left unsaid: on both databases, for four days."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, inspect, select, text

from casework.shelves import Awaited, Inbound, Parcel, Talk
from storage.migrate import migrate
from storage.platform_tables import TABLES, replies, unsaid, windows
from tests.offices import TestOffice

MESSAGE = Inbound(channel="wechat", external_id="m1", caller="someone", text="x")
TWO_DAYS = timedelta(hours=48)


async def expected(office: TestOffice) -> None:
    async with office.files() as files:
        await files.replies.expect(MESSAGE)


async def said(office: TestOffice, words: str) -> bool:
    async with office.files() as files:
        return await files.replies.say(MESSAGE, words)


async def hung_up(office: TestOffice) -> str:
    async with office.files() as files:
        return await files.replies.hang_up(MESSAGE)


async def known(office: TestOffice) -> Awaited | None:
    async with office.files() as files:
        return await files.replies.of(MESSAGE)


async def test_the_first_answer_stays_the_answer(office: TestOffice) -> None:
    await expected(office)

    assert await said(office, "一")
    assert await said(office, "二")

    assert await known(office) == Awaited(text="一")
    assert await hung_up(office) == "一"


async def test_after_hanging_up_an_answer_must_go_another_way(office: TestOffice) -> None:
    await expected(office)

    assert await hung_up(office) == ""

    assert not await said(office, "一")
    assert await known(office) == Awaited(hung_up=True)


async def test_nobody_waits_for_what_was_never_expected(office: TestOffice) -> None:
    assert await known(office) is None
    assert not await said(office, "一")


async def test_an_answer_and_a_closing_line_never_miss_each_other(office: TestOffice) -> None:
    for n in range(20):
        message = Inbound(channel="wechat", external_id=f"race {n}", caller="someone")
        async with office.files() as files:
            await files.replies.expect(message)

        async def say(message: Inbound = message) -> bool:
            async with office.files() as files:
                return await files.replies.say(message, "一")

        async def close(message: Inbound = message) -> str:
            async with office.files() as files:
                return await files.replies.hang_up(message)

        on_the_line, heard = await asyncio.gather(say(), close())

        assert on_the_line == (heard == "一")


async def test_a_window_counts_down_and_closes(office: TestOffice) -> None:
    async with office.files() as files:
        until = office.clock.now() + TWO_DAYS
        await files.windows.opened("wechat", "a", until=until, most=2)

    spent = []
    for _ in range(3):
        async with office.files() as files:
            spent.append(await files.windows.spend("wechat", "a"))
    async with office.files() as files:
        await files.windows.give_back("wechat", "a")
        again = await files.windows.spend("wechat", "a")
        stranger = await files.windows.spend("wechat", "b")

    assert spent == [True, True, False]
    assert again
    assert not stranger


async def test_a_used_up_window_is_opened_by_the_next_press(office: TestOffice) -> None:
    async with office.files() as files:
        now = office.clock.now()
        await files.windows.opened("wechat", "a", until=now + TWO_DAYS, most=1)
        assert await files.windows.spend("wechat", "a")
        await files.windows.opened("wechat", "a", until=now + timedelta(minutes=1), most=3)

        assert await files.windows.spend("wechat", "a")


async def test_what_was_left_unsaid_is_told_once_in_its_order(office: TestOffice) -> None:
    for words in ("一", "二"):
        async with office.files() as files:
            await files.windows.leave("wechat", "a", words)
    office.wait(days=1)

    async with office.files() as files:
        first = list(await files.windows.collect("wechat", "a"))
        second = list(await files.windows.collect("wechat", "a"))

    assert (first, second) == (["一", "二"], [])


async def test_all_of_it_ends_with_the_key_of_its_day(office: TestOffice) -> None:
    await expected(office)
    async with office.files() as files:
        await files.windows.opened("wechat", "a", until=office.clock.now() + TWO_DAYS, most=5)
        await files.windows.leave("wechat", "a", "一")
    office.wait(days=6)
    async with office.files() as files:
        await files.talks.take(Inbound(channel="web", external_id="n", caller="b"))

    await office.store.forget(office.clock.now())

    async with office.reading() as reading:
        for table in (replies, windows, unsaid):
            count = select(func.count()).select_from(table)
            assert (await reading.connection.execute(count)).scalar_one() == 0


async def test_a_parcel_keeps_the_hour_it_expires(office: TestOffice) -> None:
    ends = office.clock.now() + TWO_DAYS
    async with office.files() as files:
        await files.outbox.add(
            Parcel(channel="wechat", recipient="a", text="x", dedupe="d", expires_at=ends)
        )

    async with office.files() as files:
        (parcel,) = await files.outbox.lease("wechat", worker="w", now=office.clock.now())

    assert parcel.expires_at == ends


async def test_a_house_of_the_first_version_gets_the_new_tables(office: TestOffice) -> None:
    async with office.store.house.writer.begin() as connection:
        for table in TABLES:
            await connection.execute(text(f"DROP TABLE {table.name}"))
        await connection.execute(text("ALTER TABLE outbox DROP COLUMN expires_at"))
        await connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))

    async with office.store.house.writer.begin() as connection:
        await migrate(connection)

    async with office.reading() as reading:
        there = await reading.connection.run_sync(lambda c: set(inspect(c).get_table_names()))
        columns = await reading.connection.run_sync(
            lambda c: {column["name"] for column in inspect(c).get_columns("outbox")}
        )
    assert {table.name for table in TABLES} <= there
    assert "expires_at" in columns


async def test_two_processes_may_write_the_same_caller_at_once(office: TestOffice) -> None:
    """Each takes its own transaction and writes before the other has ended."""
    until = office.clock.now() + TWO_DAYS

    async def writes(_: int) -> None:
        async with office.files() as files:
            await asyncio.sleep(0)
            await files.windows.opened("wechat", "a", until=until, most=3)
            await files.talks.keep("wechat", "a", Talk())

    await asyncio.gather(*map(writes, range(4)))

    async with office.reading() as reading:
        assert await reading.talks.load("wechat", "a") is not None
    async with office.files() as files:
        assert [await files.windows.spend("wechat", "a") for _ in range(4)] == [True] * 3 + [False]
