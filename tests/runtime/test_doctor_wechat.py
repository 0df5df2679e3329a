"""`doctor` looks at the official account: settings, letters, address, interface, recent refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.channels.wechat import OPEN, STALE
from bot.channels.wechat.errors import note_name
from runtime.clock import SystemClock
from tests.bot.channels.wechat.phone import KEY, TOKEN
from tests.bot.channels.wechat.stand_in import APP_ID, SECRET, StandIn, error, stand_in
from tests.offices import TestOffice, start_from_a_copy
from tests.runtime.conftest import House

GOOD = {
    "XIANGSHENG_WECHAT_TOKEN": TOKEN, "XIANGSHENG_WECHAT_APP_ID": APP_ID,
    "XIANGSHENG_WECHAT_SECRET": SECRET, "XIANGSHENG_WECHAT_AES_KEY": KEY,
    "XIANGSHENG_WECHAT_MODE": "safe", "XIANGSHENG_PUBLIC_URL": "https://example.invalid",
}  # fmt: skip


@pytest.fixture
async def platform() -> AsyncIterator[StandIn]:
    async with stand_in() as made:
        yield made


async def looked(house: House, **settings: str | None) -> dict[str, dict[str, Any]]:
    """The lines about the official account, by name."""
    start_from_a_copy(house.folder)
    result = await asyncio.to_thread(house.types, "doctor", "--json", **settings)
    lines = [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]
    assert len(lines) > 5, result.output
    return {line["name"]: line for line in lines if line["name"].startswith("公众号")}


async def test_without_settings_the_doctor_says_nothing_of_it(house: House) -> None:
    assert await looked(house) == {}


async def test_all_is_green_when_all_is_well(house: House, platform: StandIn) -> None:
    found = await looked(house, **GOOD, XIANGSHENG_WECHAT_API_URL=platform.url)

    assert {name: line["light"] for name, line in found.items()} == {
        "公众号设置": "green", "公众号消息加密": "green", "公众号服务器地址": "green",
        "公众号接口": "green",
    }  # fmt: skip


async def test_an_address_that_is_not_on_the_white_list_is_explained(
    house: House, platform: StandIn
) -> None:
    platform.token_troubles = [error(40164, "invalid ip 203.0.113.7 ipv6 ::1, not in whitelist")]

    found = await looked(house, **GOOD, XIANGSHENG_WECHAT_API_URL=platform.url)

    line = found["公众号接口"]
    assert line["light"] == "red"
    assert "203.0.113.7" in line["says"]
    assert "40164" in line["says"]
    assert "IP 白名单" in line["remedy"]
    assert found["公众号被拒"]["light"] == "yellow"


@pytest.mark.parametrize(
    ("changed", "name", "light", "said"),
    [
        ({"XIANGSHENG_WECHAT_SECRET": ""}, "公众号设置", "yellow", "不能主动发"),
        ({"XIANGSHENG_WECHAT_TOKEN": ""}, "公众号设置", "red", "没有接上"),
        ({"XIANGSHENG_WECHAT_AES_KEY": "short"}, "公众号消息加密", "red", "43位"),
        ({"XIANGSHENG_WECHAT_MODE": "secret"}, "公众号消息加密", "red", "compatible"),
        ({"XIANGSHENG_WECHAT_MODE": "plain"}, "公众号消息加密", "yellow", "签名管不到"),
        ({"XIANGSHENG_WECHAT_MODE": "compatible"}, "公众号消息加密", "yellow", "兼容模式"),
        ({"XIANGSHENG_WECHAT_MODE": ""}, "公众号消息加密", "green", "安全模式"),
        ({"XIANGSHENG_PUBLIC_URL": ""}, "公众号服务器地址", "yellow", "https"),
        ({"XIANGSHENG_WECHAT_APP_ID": "wx-other"}, "公众号接口", "red", "AppID"),
        ({"XIANGSHENG_WECHAT_SECRET": "other"}, "公众号接口", "red", "AppSecret"),
        ({"XIANGSHENG_WECHAT_API_URL": "http://127.0.0.1:9"}, "公众号接口", "red", "127.0.0.1:9"),
    ],
)
async def test_what_is_wrong_is_named(
    house: House, platform: StandIn, changed: dict[str, str], name: str, light: str, said: str
) -> None:
    settings = {**GOOD, "XIANGSHENG_WECHAT_API_URL": platform.url, **changed}

    line = (await looked(house, **settings))[name]

    assert line["light"] == light
    assert said in line["says"]
    assert line["remedy"] or light == "green"


async def test_a_platform_that_stumbles_is_yellow(house: House, platform: StandIn) -> None:
    platform.troubles = [502]

    found = await looked(house, **GOOD, XIANGSHENG_WECHAT_API_URL=platform.url)

    assert found["公众号接口"]["light"] == "yellow"


@pytest.mark.parametrize(
    ("note", "says", "remedy"), [(STALE, "时间", "校准"), (OPEN, "加密", "安全模式")]
)
async def test_letters_that_were_signed_and_refused_today_are_red(
    house: House, platform: StandIn, note: str, says: str, remedy: str
) -> None:
    async def refused(office: TestOffice) -> None:
        async with office.files() as files:
            await files.counters.ran(note, at=SystemClock().now())

    await asyncio.to_thread(house.opened, refused)

    line = (await looked(house, **GOOD, XIANGSHENG_WECHAT_API_URL=platform.url))["公众号来信"]

    assert line["light"] == "red"
    assert says in line["says"]
    assert remedy in line["remedy"]


async def test_a_refusal_of_today_is_told_and_an_old_one_is_not(
    house: House, platform: StandIn
) -> None:
    async def refused(office: TestOffice) -> None:
        async with office.files() as files:
            now = SystemClock().now()
            await files.counters.ran(note_name(48001), at=now)
            await files.counters.ran(note_name(45009), at=now.replace(year=2020))

    await asyncio.to_thread(house.opened, refused)

    line = (await looked(house, **GOOD, XIANGSHENG_WECHAT_API_URL=platform.url))["公众号被拒"]

    assert "48001" in line["says"]
    assert "认证" in line["remedy"]
