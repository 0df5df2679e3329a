"""`doctor` looks at the Telegram account, and a token that is none stops nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.telegram import AWAY, FETCHED
from runtime.clock import SystemClock
from runtime.processes import work
from runtime.settings import Settings
from runtime.wiring import open_service
from tests.bot.channels.telegram.peer import TOKEN, Peer, peer
from tests.offices import CONTENT_FOLDER, open_office, start_from_a_copy
from tests.runtime.conftest import House
from tests.waiting import eventually


@pytest.fixture
async def platform() -> AsyncIterator[Peer]:
    async with peer() as made:
        yield made


async def looked(house: House, **settings: str | None) -> dict[str, dict[str, Any]]:
    """The lines about Telegram, by name."""
    start_from_a_copy(house.folder)
    result = await asyncio.to_thread(house.types, "doctor", "--json", **settings)
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert len(lines) > 5, result.output
    return {line["name"]: line for line in lines if line["name"].startswith("Telegram")}


async def noted(house: House, **ago: float) -> None:
    """That so many minutes ago this was noted."""
    async with open_office(house.folder, staffed=False) as office, office.files() as files:
        for name, minutes in ago.items():
            at = SystemClock().now() - timedelta(minutes=minutes)
            await files.counters.ran({"fetched": FETCHED, "away": AWAY}[name], at=at)


async def test_without_a_token_the_doctor_says_nothing_of_it(house: House) -> None:
    assert await looked(house) == {}


@pytest.mark.parametrize(
    ("ago", "light"),
    [
        ({}, "yellow"),
        ({"away": 1}, "yellow"),
        ({"away": 9}, "red"),
        ({"fetched": 1}, "green"),
        ({"fetched": 1, "away": 1}, "green"),
        ({"fetched": 9}, "red"),
        ({"fetched": 9, "away": 8}, "red"),
        ({"fetched": 9, "away": 1}, "red"),
    ],
)
async def test_the_light_is_red_when_nothing_was_fetched_for_minutes(
    house: House, platform: Peer, ago: dict[str, float], light: str
) -> None:
    start_from_a_copy(house.folder)
    await noted(house, **ago)

    found = await looked(
        house, XIANGSHENG_TELEGRAM_TOKEN=TOKEN, XIANGSHENG_TELEGRAM_API_URL=platform.url
    )

    assert found["Telegram 令牌"]["light"] == "green"
    assert found["Telegram 收消息"]["light"] == light
    assert bool(found["Telegram 收消息"]["remedy"]) is (light != "green")


@pytest.mark.parametrize("token", ["no token", "77", ":", "77:with a space"])
async def test_a_token_that_is_none_is_red(house: House, token: str) -> None:
    found = await looked(house, XIANGSHENG_TELEGRAM_TOKEN=token)

    assert {name: line["light"] for name, line in found.items()} == {"Telegram 令牌": "red"}


@pytest.mark.parametrize(
    ("url", "token", "says"),
    [
        ("http://127.0.0.1:9", TOKEN, "连不上"),
        ("{url}", "78:another", "不认"),
        ("nonsense", TOKEN, ""),
    ],
)
async def test_an_account_that_cannot_be_reached_is_red_with_what_to_look_at(
    house: House, platform: Peer, url: str, token: str, says: str
) -> None:
    found = await looked(
        house,
        XIANGSHENG_TELEGRAM_TOKEN=token,
        XIANGSHENG_TELEGRAM_API_URL=url.format(url=platform.url),
    )

    line = found["Telegram 令牌"]
    assert line["light"] == "red"
    assert says in line["says"]
    assert token not in json.dumps(found, ensure_ascii=False)


@pytest.mark.parametrize("token", ["no token", TOKEN])
async def test_the_worker_goes_on_whatever_the_token_is_and_fetches_where_it_is_one(
    house: House, platform: Peer, token: str
) -> None:
    start_from_a_copy(house.folder)
    settings = Settings(
        data_dir=house.folder, content=CONTENT_FOLDER, telegram_token=token, ready_codes=0,
        telegram_api_url=platform.url,
    )  # fmt: skip
    service, stop = await open_service(settings), asyncio.Event()
    working = asyncio.create_task(work(service, stop))

    async def fetched() -> bool:
        async with service.office.reading() as reading:
            return await reading.counters.last_run(FETCHED) is not None

    if token == TOKEN:
        platform.says(7001, "帮助")
        await eventually(fetched)
    else:
        await asyncio.sleep(0)
    assert not working.done()
    stop.set()
    await asyncio.wait_for(working, 20)
    await service.close()
