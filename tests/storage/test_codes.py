"""Codes and passwords are stretched outside every door, in a line; a dry pool waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, text, update

from casework.refusals import NoSuchReceipt
from storage.codes import CodePool, Recipe
from storage.schema import facts_of_house
from storage.sealing import Cost
from storage.store import open_store
from tests.offices import (
    CHEAP,
    LEAKING_ROOF,
    PASSWORD,
    STANDING,
    TestClock,
    TestOffice,
    open_office,
)

WRONG = "30909413300159079590"
RECIPE = Recipe(b"s" * 16, CHEAP, b"p" * 32)


@pytest.fixture
def held_line(office: TestOffice) -> Iterator[threading.Event]:
    """The look-up line is busy with somebody until the event is set."""
    held = threading.Event()
    task = asyncio.ensure_future(office.locks.line.run("somebody", lambda: held.wait(60)))
    yield held
    held.set()
    assert task


async def test_while_twenty_look_ups_wait_everything_else_goes_on(
    office: TestOffice, held_line: threading.Event
) -> None:
    """A hash under a reading connection, of which there are few, would stop the pages here; one in a
    transaction would stop the filing."""
    receipt = await office.office.intake.file(LEAKING_ROOF)

    async def looks(n: int) -> int:
        key = await office.locks.code(receipt.code, caller=f"villager {n}")
        async with office.reading() as reading:
            return len((await reading.mailboxes.open(key)).letters)

    waiting = [asyncio.create_task(looks(n)) for n in range(20)]
    async with asyncio.timeout(30):
        for _ in range(3):
            await office.office.intake.file(LEAKING_ROOF)
        async with office.reading() as reading:
            assert (await reading.log.head()).size == 4
        async with office.files() as files:
            await files.people.add("新来的", "housing-410423", frozenset())
    held_line.set()

    assert await asyncio.gather(*waiting) == [1] * 20


async def test_who_guesses_is_remembered_and_nobody_is_refused_for_it(office: TestOffice) -> None:
    receipt = await office.office.intake.file(LEAKING_ROOF)
    for n in range(40):
        key = await office.locks.code(WRONG, caller=f"guesser {n % 8}")
        async with office.reading() as reading:
            with pytest.raises(NoSuchReceipt):
                await reading.mailboxes.open(key)
        if n % 4 == 0:
            key = await office.locks.code(receipt.code, caller=f"villager {n}")
            async with office.reading() as reading:
                assert await reading.mailboxes.number_of(key)


async def test_a_dry_pool_waits_and_refuses_nobody() -> None:
    pool = CodePool(RECIPE, size=0)
    codes = await asyncio.gather(*(pool.take() for _ in range(40)))
    await pool.stop()

    assert len({each.code for each in codes}) == 40
    assert len(pool) == 0


async def test_a_code_made_for_somebody_who_went_away_is_the_next_ones() -> None:
    pool = CodePool(RECIPE, size=0)
    gone, stays = asyncio.create_task(pool.take()), asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    gone.cancel()
    kept = await stays
    await pool.stop()

    assert RECIPE.keys_of(kept.code).lookup == kept.lookup


async def test_ready_codes_are_made_ahead_and_made_again_when_taken() -> None:
    pool = CodePool(RECIPE, size=5)
    assert len(pool) == 0  # not before the port is open
    pool.start()
    async with asyncio.timeout(30):
        while len(pool) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(3):
            await pool.take()
        while len(pool) < 5:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await pool.stop()


async def test_while_people_file_no_code_is_made_as_long_as_plenty_are_ready() -> None:
    pool = CodePool(RECIPE, size=8, quiet=3600)
    pool.start()
    async with asyncio.timeout(60):
        while len(pool) < 8:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(6):
            await pool.take()
        while len(pool) < 3:  # a quarter is not plenty  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for _ in range(20):  # as long as twenty more would take
            await asyncio.to_thread(RECIPE.new)
    left = len(pool)
    await pool.stop()

    assert left == 3


async def test_the_database_alone_does_not_open_a_mailbox_by_a_right_code(
    small_office: TestOffice,
) -> None:
    """The salt and the cost stand in it; the key of the house does not."""
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    async with small_office.files() as files:
        rows = await files.connection.execute(
            facts_of_house.select().where(facts_of_house.c.name == "code salt")
        )
        salt = rows.one().value
    stolen = Recipe(bytes(salt), CHEAP).keys_of(receipt.code)
    async with small_office.reading() as reading:
        with pytest.raises(NoSuchReceipt):
            await reading.mailboxes.open(stolen)
        known = await reading.connection.execute(text("SELECT lookup FROM receipts"))
        assert [bytes(row.lookup) for row in known] != [stolen.lookup]


async def test_a_house_from_before_keeps_its_codes_and_passwords(tmp_path: Path) -> None:
    """Its database knows one cost for both, and its codes were made without a key of the house."""
    async with open_office(tmp_path, staffed=False) as office, office.files() as files:
        name = facts_of_house.c.name
        await files.connection.execute(
            update(facts_of_house).where(name == "code cost").values(value=b"1 2")
        )
        await files.connection.execute(delete(facts_of_house).where(name == "password cost"))
    async with open_office(tmp_path) as office:
        receipt = await office.office.intake.file(LEAKING_ROOF)
        salt = (await office.office.locks.new_password(PASSWORD, caller="")).salt
        before = await office.locks.password(PASSWORD, salt, caller="")

    store = await open_store(
        folder=tmp_path, url=None, clock=TestClock(), in_force=lambda: STANDING,
        codes=Cost(mib=2, passes=3), passwords=Cost(mib=3, passes=1),
    )  # fmt: skip
    async with store.reading() as reading:
        rows = await reading.connection.execute(facts_of_house.select())
        facts = {row.name: bytes(row.value) for row in rows}
        plain = Recipe(facts["code salt"], Cost(mib=1, passes=2)).keys_of(receipt.code)
        assert (await reading.mailboxes.open(plain)).letters
    after = await store.house.locks.password(PASSWORD, salt, caller="")
    await store.close()

    assert before == after
    assert facts["password cost"] == b"1 2"
