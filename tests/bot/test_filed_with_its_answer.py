"""A report out of a chat, its receipt, the end of the talk and the mark of the message: all or nothing,
wherever it breaks off and however often the message comes."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from bot.reception import Reception
from casework.receipts import find_code, shown
from casework.shelves import Inbound, Parcel
from storage.keyshelf import KeyShelf
from storage.schema import inbound, outbox, talks, tickets
from tests.bot.conftest import A_PHOTO, recovered
from tests.offices import TestOffice, knowing, open_office

#: Each way in which a chat may file: told to the end, danger at the first word, a threat.
STORIES = (
    ("反映", "村里收了俺3000", "鲁山县", "去年", "对", "要", "没有", "没有了", "提交"),
    ("鲁山县的支书知道是我举报的,来俺家骂",),
)


class BrokenOff(Exception):
    """The process ends here, as far as its store is concerned."""


@contextmanager
def breaking_off(office: TestOffice, at: int) -> Iterator[list[int]]:
    """The statement number `at` of the writing door is never run, or its commit is not; the number of
    those that were."""
    engine, done = office.store.house.writer.sync_engine, [0]

    def before(*_: object) -> None:
        if done[0] == at:
            raise BrokenOff
        done[0] += 1

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "commit", before)
    try:
        yield done
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "commit", before)


def message(number: int, text: str, caller: str) -> Inbound:
    return Inbound(channel="telegram", external_id=str(number), caller=caller, text=text)


async def tells(reception: Reception, story: tuple[str, ...], caller: str) -> Inbound:
    """Everything but the last message, which is stored and not answered yet."""
    base = int(caller) * 100
    *before, last = [message(base + n, words, caller) for n, words in enumerate(story)]
    for each in before:
        await reception.take(each)
        await reception.answer(each)
    await reception.take(last)
    return last


async def reports(office: TestOffice) -> int:
    async with office.store.house.readers.connect() as connection:
        return len((await connection.execute(select(tickets.c.number))).all())


async def receipts(office: TestOffice, caller: str) -> list[str]:
    """The codes that wait for her, each in a message of its own."""
    office.wait(minutes=3)
    async with office.files() as files:
        waiting = await files.outbox.lease(
            "telegram", worker="w", now=office.clock.now(), limit=10_000
        )
    mine = [each.text for each in waiting if each.recipient == caller]
    return [code for text in mine if (code := find_code(text)) and text == shown(code)]


@pytest.mark.parametrize("story", STORIES)
async def test_wherever_it_breaks_off_one_report_is_filed_and_one_receipt_sent(
    office: TestOffice, story: tuple[str, ...]
) -> None:
    reception = Reception(office.office, knowing)
    broken = 0
    while True:
        caller = str(7000 + broken)
        last = await tells(reception, story, caller)
        with breaking_off(office, at=broken), suppress(BrokenOff):
            await reception.answer(last)
            break
        assert await reports(office) == broken  # nothing of it was kept
        assert await receipts(office, caller) == []
        await recovered(reception)
        broken += 1
        assert await reports(office) == broken
        (code,) = await receipts(office, caller)
        async with office.reading() as reading:
            assert (await reading.mailboxes.open(await office.locks.code(code, caller=""))).letters
            assert await reading.talks.load("telegram", caller) is None

    assert broken > 10  # each statement of the one transaction, and its end
    assert await reports(office) == broken + 1


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from sqlalchemy import event
from bot.reception import Reception
from tests.bot.test_filed_with_its_answer import STORIES, tells
from tests.offices import knowing, open_office

async def main():
    async with open_office(Path(sys.argv[1]), sys.argv[2] or None, staffed=False) as office:
        reception = Reception(office.office, knowing)
        last = await tells(reception, STORIES[0], "7001")
        if sys.argv[3] == "before the commit":
            engine = office.store.house.writer.sync_engine
            event.listen(engine, "commit", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        await reception.answer(last)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
async def test_a_process_killed_at_the_commit_leaves_one_report_and_one_receipt(
    tmp_path: Path, database_url: str | None, when: str
) -> None:
    house = tmp_path / "house"
    async with open_office(house, database_url):
        pass

    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, str(house), database_url or "", when,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert await child.wait() == -signal.SIGKILL

    async with open_office(house, database_url, staffed=False) as office:
        office.wait(hours=1)
        assert await reports(office) == (1 if when == "after the commit" else 0)
        await recovered(Reception(office.office, knowing))
        assert await reports(office) == 1
        (code,) = await receipts(office, "7001")
        async with office.reading() as reading:
            assert (await reading.mailboxes.open(await office.locks.code(code, caller=""))).letters


@pytest.mark.parametrize("story", STORIES)
async def test_two_houses_that_answer_it_at_once_file_it_once(
    office: TestOffice, database_url: str | None, story: tuple[str, ...]
) -> None:
    async with open_office(office.folder, database_url, staffed=False) as other:
        for n in range(6):
            here, there = (Reception(each.office, knowing) for each in (office, other))
            last = await tells(here, story, str(8000 + n))

            await asyncio.gather(here.answer(last), there.answer(last), here.answer(last))

            assert await reports(office) == n + 1
            assert len(await receipts(office, str(8000 + n))) == 1


async def opened(office: TestOffice) -> str:
    """All that whoever has the database and every day's key can read of what is under way."""
    keys, found = KeyShelf(office.folder / "keys"), []
    async with office.store.house.readers.connect() as connection:
        for table in (inbound, talks, outbox):
            for row in (await connection.execute(select(table))).all():
                day = row.key.removeprefix("day ") if table is outbox else row.day
                if row.sealed:
                    assert day in keys.days()
                    found.append(office.store.house.today.open(day, row.sealed).decode())
    return "\n".join(json.dumps(json.loads(each), ensure_ascii=False) for each in found)


async def test_after_her_receipt_was_sent_database_and_day_key_tell_nothing(
    office: TestOffice,
) -> None:
    reception = Reception(office.office, knowing)
    last = await tells(reception, STORIES[0], "7001")
    assert "3000" in await opened(office)

    await reception.answer(last)
    async with office.files() as files:
        office.wait(seconds=1)
        parcels: list[Parcel] = list(
            await files.outbox.lease("telegram", worker="w", now=office.clock.now(), limit=99)
        )
    for each in parcels:
        async with office.files() as files:
            await files.outbox.sent(each, worker="w")

    assert any(find_code(each.text) for each in parcels)
    assert await opened(office) == ""


async def test_her_photo_is_held_no_longer_when_it_is_filed(office: TestOffice) -> None:
    reception, held = Reception(office.office, knowing), office.folder / "uploads/under-way"
    async with office.files() as files:
        photo = (await files.blobs.hold(A_PHOTO)).blob
        other = (await files.blobs.hold(A_PHOTO)).blob
    for n, words in enumerate(STORIES[0][:-2]):
        await reception.take(message(n, words, "7001"))
        await reception.answer(message(n, words, "7001"))
    with_photo = Inbound(
        channel="telegram", external_id="50", caller="7001", kind="photo", files=(photo,)
    )
    for each in (with_photo, message(51, "没有了", "7001"), message(52, "提交", "7001")):
        await reception.take(each)
        await reception.answer(each)

    assert await reports(office) == 1
    assert [each.name for each in held.iterdir()] == [other]


async def test_a_message_from_before_midnight_is_known_after_it(office: TestOffice) -> None:
    reception = Reception(office.office, knowing)
    office.wait(hours=13, minutes=59)
    last = await tells(reception, STORIES[0], "7001")
    office.wait(minutes=2)

    assert not await reception.take(last)
    await reception.answer(last)
    office.wait(days=1)

    assert not await reception.take(last)
    await reception.answer(last)
    assert await reports(office) == 1
    assert len(await receipts(office, "7001")) == 1


async def test_a_parked_message_is_told_once_across_midnight(office: TestOffice) -> None:
    parcel = Parcel(channel="telegram", recipient="7001", text="好", dedupe="telegram/5/0")
    for _ in range(3):
        async with office.files() as files:
            await files.outbox.add(parcel)
        office.wait(hours=13)

    async with office.files() as files:
        now = office.clock.now() + timedelta(hours=1)
        assert len(await files.outbox.lease("telegram", worker="w", now=now)) == 1
