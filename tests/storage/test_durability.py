"""A database that would forget acknowledged reports is refused; one that is away acknowledges nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from casework.refusals import Away
from storage.engine import UnsafeStore, readers_engine, refuse_unsafe, sqlite_url, writer_engine
from storage.sealing import Cost
from storage.store import open_store
from tests.offices import (
    CHEAP,
    LEAKING_ROOF,
    STANDING,
    TestClock,
    TestOffice,
    open_office,
)
from tests.postgres import Server


@pytest.mark.parametrize("make", [readers_engine, writer_engine])
async def test_our_own_engines_are_durable(tmp_path: Path, make: object) -> None:
    engine = make(sqlite_url(tmp_path))  # type: ignore[operator]
    async with engine.connect() as connection:
        assert (await connection.execute(text("PRAGMA synchronous"))).scalar_one() == 2
        assert (await connection.execute(text("PRAGMA journal_mode"))).scalar_one() == "wal"
    await engine.dispose()


async def test_sqlite_without_full_sync_is_refused(tmp_path: Path) -> None:
    engine = create_async_engine(sqlite_url(tmp_path))
    async with engine.connect() as connection:
        await connection.execute(text("PRAGMA synchronous=NORMAL"))
        with pytest.raises(UnsafeStore, match="synchronous"):
            await refuse_unsafe(connection)
    await engine.dispose()


async def test_postgresql_without_synchronous_commit_is_refused(
    postgres: Server, tmp_path: Path
) -> None:
    url = postgres.create("unsafe")
    postgres.psql("ALTER DATABASE unsafe SET synchronous_commit = off")

    with pytest.raises(UnsafeStore, match="synchronous_commit"):
        await open_store(
            folder=tmp_path, url=url, clock=TestClock(), in_force=lambda: STANDING,
            codes=CHEAP, passwords=CHEAP,
        )  # fmt: skip


async def test_a_store_that_went_away_acknowledges_nothing(small_office: TestOffice) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    async with small_office.store.house.writer.begin() as connection:
        await connection.execute(text("ALTER TABLE tickets RENAME TO elsewhere"))

    with pytest.raises(Away, match="没有登记成功"):
        await small_office.office.intake.file(LEAKING_ROOF)

    async with small_office.store.house.writer.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO tickets"))
    await small_office.office.intake.file(LEAKING_ROOF)
    async with small_office.reading() as reading:
        assert (await reading.log.head()).size == 2


async def test_a_disk_without_room_for_the_shred_secret_acknowledges_nothing(
    small_office: TestOffice,
) -> None:
    secrets = small_office.folder / "shred" / "secrets.bin"
    secrets.symlink_to("/dev/full")

    with pytest.raises(Away, match="没有登记成功"):
        await small_office.office.intake.file(LEAKING_ROOF)

    secrets.unlink()
    async with small_office.reading() as reading:
        assert (await reading.log.head()).size == 0
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    async with small_office.reading() as reading:
        assert (
            await reading.mailboxes.open(await small_office.locks.code(receipt.code, caller=""))
        ).letters[0].text == LEAKING_ROOF.text


async def test_a_cheaper_setting_later_does_not_lock_anybody_out(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        receipt = await office.office.intake.file(LEAKING_ROOF)

    store = await open_store(
        folder=tmp_path, url=None, clock=TestClock(), in_force=lambda: STANDING,
        codes=Cost(mib=2, passes=2),
        passwords=Cost(mib=2, passes=2),
    )  # fmt: skip
    async with store.reading() as reading:
        box = await reading.mailboxes.open(await store.house.locks.code(receipt.code, caller=""))
    await store.close()

    assert box.letters[0].text == LEAKING_ROOF.text
