"""A message that no try can answer is tried three times, parked, told, and keeps nobody waiting."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.reception import MOST_TRIES, Reception
from casework.refusals import Away
from casework.shelves import Inbound, Parcel
from storage.schema import inbound
from tests.bot.conftest import CHOKES, Choking, recovered
from tests.offices import CONTENT, TestOffice, knowing, open_office

QUESTION = "俺家危房能补多少钱"
PARKED = CONTENT.texts("talk.parked")


def message(number: int, text: str, caller: str = "7001") -> Inbound:
    return Inbound(channel="telegram", external_id=str(number), caller=caller, text=text)


async def told(office: TestOffice) -> Sequence[Parcel]:
    office.wait(minutes=1)  # each opening has a clock of its own
    async with office.files() as files:
        return await files.outbox.lease("telegram", worker="w", now=office.clock.now(), limit=100)


async def parked(office: TestOffice) -> dict[str, int]:
    async with office.reading() as reading:
        return dict(await reading.talks.parked())


async def test_it_is_tried_three_times_across_restarts_then_parked_and_told(
    tmp_path: Path, database_url: str | None
) -> None:
    knows = Choking()
    async with open_office(tmp_path / "house", database_url) as office:
        reception = Reception(office.office, knows)
        await reception.take(message(1, CHOKES))
        with pytest.raises(ZeroDivisionError):
            await reception.answer(message(1, CHOKES))
    left = []
    for _ in range(MOST_TRIES):
        async with open_office(tmp_path / "house", database_url, staffed=False) as office:
            left.append(await recovered(Reception(office.office, knows)))

    async with open_office(tmp_path / "house", database_url, staffed=False) as office:
        assert (left, knows.seen) == ([1, 1, 0], MOST_TRIES)
        assert [(each.recipient, each.text) for each in await told(office)] == [("7001", PARKED)]
        assert await parked(office) == {"telegram": 1}


async def test_nobody_waits_for_it_and_its_sender_does_not_either(office: TestOffice) -> None:
    reception = Reception(office.office, Choking())
    for number, (text, caller) in enumerate(
        [(CHOKES, "1"), (QUESTION, "2"), (QUESTION, "1"), (CHOKES, "3"), ("你好", "3")]
    ):
        await reception.take(message(number, text, caller))

    await recovered(reception)

    answered = {each.recipient for each in await told(office)}
    assert answered == {"1", "2", "3"}
    assert await parked(office) == {}


async def test_those_tried_least_come_first(office: TestOffice) -> None:
    """So that one which ends the process does not keep those behind it."""
    reception = Reception(office.office, Choking())
    await reception.take(message(1, CHOKES))
    await recovered(reception)
    await reception.take(message(2, QUESTION, caller="2"))

    assert [each.external_id for each in await reception.left("telegram")] == ["2", "1"]


async def test_her_talk_stands_where_it_stood(office: TestOffice) -> None:
    calm = Reception(office.office, knowing)
    await calm.take(message(1, "我要举报"))
    await calm.answer(message(1, "我要举报"))
    async with office.reading() as reading:
        before = await reading.talks.load("telegram", "7001")

    await calm.take(message(2, CHOKES))
    broken = Broken(office.office, knowing)
    for _ in range(MOST_TRIES):
        await recovered(broken)

    async with office.reading() as reading:
        assert await reading.talks.load("telegram", "7001") == before
    assert (await told(office))[-1].text == PARKED


class Broken(Reception):
    """Nothing can be answered here."""

    async def turn(self, message: Inbound, talk: object) -> object:  # type: ignore[override]
        raise RecursionError


async def test_it_stays_sealed_until_the_key_of_its_day_goes(office: TestOffice) -> None:
    reception = Reception(office.office, Choking())
    await reception.take(message(1, CHOKES))
    for _ in range(MOST_TRIES):
        await recovered(reception)

    (kept,) = await rows(office)
    office.wait(days=10)
    office.store.keys.of_day(office.clock.now().date())
    await office.store.forget(office.clock.now())

    assert CHOKES.encode() not in kept
    assert await rows(office) == []
    assert await parked(office) == {}


async def rows(office: TestOffice) -> list[bytes]:
    async with office.store.house.readers.connect() as connection:
        return list((await connection.execute(select(inbound.c.sealed))).scalars())


async def test_a_house_that_is_away_is_not_the_messages_fault(office: TestOffice) -> None:
    class Absent(Reception):
        async def answer(self, *_: object, **__: object) -> None:
            raise Away

    reception = Absent(office.office, knowing)
    await reception.take(message(1, QUESTION))
    for _ in range(MOST_TRIES - 1):
        with pytest.raises(Away):
            await recovered(reception)

    assert await recovered(Reception(office.office, knowing)) == 1


KILLS = """
import asyncio, os, signal, sys
from pathlib import Path
from bot.reception import Reception
from casework.shelves import Inbound
from tests.bot.conftest import Choking
from tests.offices import open_office

class Deadly(Choking):
    def ask(self, text, **_):
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with open_office(Path(sys.argv[1]), staffed=False) as office:
        reception = Reception(office.office, Deadly())
        message = Inbound(channel="telegram", external_id="1", caller="7001", text=sys.argv[2])
        if await reception.take(message):
            await reception.answer(message)
        for each in await reception.left("telegram"):
            await reception.once_more(each)

asyncio.run(main())
"""


async def test_one_that_kills_the_process_does_not_come_back_for_ever(tmp_path: Path) -> None:
    ended = []
    async with open_office(tmp_path / "house"):
        pass
    for _ in range(MOST_TRIES + 1):
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", KILLS, str(tmp_path / "house"), CHOKES,
            cwd=Path(__file__).parents[2],
        )  # fmt: skip
        ended.append(await child.wait())

    assert ended == [*[-signal.SIGKILL] * MOST_TRIES, 0]
    async with open_office(tmp_path / "house", staffed=False) as office:
        assert [each.text for each in await told(office)] == [PARKED]
