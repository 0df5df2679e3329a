"""Several processes over one house: what one person sends at once is all kept, one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web import CHANNEL
from bot.channels.web.router import router
from bot.reception import NotFetched, Pace, Queue, Reception, Reply
from casework.actions import reporting
from casework.actions.handling import look
from casework.ports import Files
from casework.refusals import Away
from casework.shelves import Inbound
from casework.tickets import Action
from storage.schema import history, inbound, outbox
from tests.bot.channels.web.conftest import HOST, well
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PROVINCE, TestOffice, knowing, open_office

MESSAGES, PROCESSES = 20, 4


@pytest.fixture
async def houses(
    office: TestOffice, database_url: str | None, tmp_path: Path
) -> AsyncIterator[list[TestOffice]]:
    """The same house opened as often as there are processes: nothing in memory is shared."""
    async with AsyncExitStack() as stack:
        others = [
            await stack.enter_async_context(
                open_office(tmp_path / "house", database_url, staffed=False)
            )
            for _ in range(PROCESSES - 1)
        ]
        yield [office, *others]


def phone_at(house: TestOffice) -> httpx.AsyncClient:
    pages = router(
        Reception(house.office, knowing), house.office, knowing,
        secure_cookie=True, route_class=SealedRoute,
    )  # fmt: skip
    app = create_app(
        office=house.office, knowing=knowing, extra=(pages,), health=well,
        secure=True, demo=False, api=(), desk=(),
    )  # fmt: skip
    cookies = {"__Host-talk": "one phone"}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOST, cookies=cookies)


async def test_twenty_messages_of_one_caller_to_four_processes_are_all_in_the_talk(
    houses: list[TestOffice],
) -> None:
    phones = [phone_at(house) for house in houses]

    answers = await asyncio.gather(
        *(
            phones[n % PROCESSES].post("/talk", data={"text": "帮助", "turn": f"turn {n:020}"})
            for n in range(MESSAGES)
        )
    )

    assert {answer.status_code for answer in answers} == {303}
    async with houses[0].reading() as reading:
        talk = await reading.talks.load(CHANNEL, "one phone")
    assert talk
    said = [line.split("\t")[0] for line in talk.shown]
    assert said == ["me", "them"] * MESSAGES


async def test_twenty_queued_messages_are_each_answered_once(houses: list[TestOffice]) -> None:
    receptions = [Reception(house.office, knowing) for house in houses]
    messages = [
        Inbound(channel="telegram", external_id=str(n), caller="5550001", text=f"俺家的事{n}")
        for n in range(MESSAGES)
    ]
    for message in messages:
        assert await receptions[0].take(message)

    await asyncio.gather(
        *(
            receptions[(n + k) % PROCESSES].answer(message)
            for n, message in enumerate(messages)
            for k in range(2)  # and two processes try each
        )
    )

    async with houses[0].store.house.readers.connect() as connection:
        assert {row.done for row in await connection.execute(select(inbound.c.done))} == {True}
        sent = len((await connection.execute(select(outbox.c.id))).all())
    one_alone = await Reception(houses[1].office, knowing).heard(messages[0])
    assert sent >= MESSAGES
    assert one_alone.replies


async def test_thirty_openings_of_one_ticket_by_three_units_are_thirty_lines_in_order(
    houses: list[TestOffice],
) -> None:
    number = (await houses[0].office.intake.file(LEAKING_ROOF)).number
    rings = []
    for house in houses[:3]:
        house.clock.at = houses[0].clock.at
    for unit in (COUNTY, CITY, PROVINCE):
        async with houses[0].reading() as reading:
            (person,) = await reading.people.in_unit(unit)
        rings.append(await houses[0].keyring(person))

    for _ in range(10):  # ten days: an opening counts once a day and person
        await asyncio.gather(
            *(look(house.office, ring, number) for house, ring in zip(houses, rings, strict=False))
        )
        for house in houses:
            house.wait(days=1)

    async with houses[0].store.house.readers.connect() as connection:
        query = select(history.c.n, history.c.action).where(history.c.ticket == number)
        lines = (await connection.execute(query.order_by(history.c.n))).all()
    assert [line.n for line in lines] == list(range(1, 32))
    assert [line.action for line in lines].count(Action.OPEN.value) == 30


async def test_twenty_additions_of_hers_through_four_processes_are_all_there(
    houses: list[TestOffice],
) -> None:
    receipt = await houses[0].office.intake.file(LEAKING_ROOF)

    async def adds(n: int) -> None:
        house = replace(houses[n % PROCESSES].office, clock=houses[0].clock)
        await reporting.add(house, receipt.number, f"第{n}句")

    await asyncio.gather(*map(adds, range(MESSAGES)))

    key = await houses[0].locks.code(receipt.code, caller="")
    async with houses[0].reading() as reading:
        letters = [each.text for each in (await reading.mailboxes.open(key)).letters]
    assert sorted(letters[1:]) == sorted(f"第{n}句" for n in range(MESSAGES))


async def test_who_came_once_is_not_remembered_for_ever(small_office: TestOffice) -> None:
    """A process may answer for months."""
    office = small_office.office
    reception, pace = Reception(office, knowing), Pace(reading=0.0)
    queue = Queue(reception, office, Silent(), pace, most_callers=10)
    for n in range(40):
        said = Inbound(channel="telegram", external_id=str(n), caller=str(n), kind="scan")
        await queue.take(said)
        if answer := queue.answer_to(said):
            await answer

    assert queue.is_idle
    assert queue.callers <= 11


async def test_a_house_that_is_away_at_a_round_is_there_at_the_next(
    small_office: TestOffice,
) -> None:
    office = small_office.office
    reception, way = Reception(office, knowing), Silent()
    said = Inbound(channel="telegram", external_id="1", caller="7", text="你好")
    await reception.take(said)
    queue = Queue(reception, office, way, Pace(left_behind=0.0))
    way.is_away = True
    with pytest.raises(Away):
        await queue.sweep()
    assert queue.is_idle

    way.is_away = False

    assert await queue.sweep() == 1
    assert await reception.left("telegram") == []


class Silent:
    """A channel on which nothing is said."""

    is_away = False

    name = "telegram"

    async def download(self, media: str) -> bytes:
        raise NotFetched("talk.file_lost")

    async def say(self, files: Files, message: Inbound, replies: Sequence[Reply]) -> str:
        return ""

    async def passed_over(self, files: Files, part: Inbound) -> None:
        if self.is_away:
            raise Away
