"""Every channel is opened the same way, and the house knows each by its name everywhere."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from api.pages.facts import CHANNELS as CALLED
from bot.channels.channel import Channel
from bot.reception.outcomes import NAMED
from runtime.channels import CHANNELS
from runtime.settings import Settings
from tests.bot.channels.conftest import house_of
from tests.offices import CONTENT, TestOffice

#: Where nothing listens.
NOWHERE = "http://127.0.0.1:9"
SET = Settings(
    telegram_token="77:made-up", telegram_api_url=NOWHERE, wechat_token="made-up", wechat_app_id="wx1",
    wechat_secret="made-up", wechat_api_url=NOWHERE,
)  # fmt: skip


async def opened(office: TestOffice, settings: Settings) -> dict[str, Channel]:
    channels = [each(settings, house_of(office)) for each in CHANNELS]
    return {channel.name: channel for channel in channels if channel}


async def test_what_is_not_set_is_not_there(small_office: TestOffice) -> None:
    assert set(await opened(small_office, Settings())) == {"web"}


async def test_each_that_is_set_is_there_once_with_all_it_has(small_office: TestOffice) -> None:
    channels = await opened(small_office, SET)
    try:
        assert set(channels) == {"web", "telegram", "wechat"}
        assert {name for name, each in channels.items() if each.sender} == {"telegram", "wechat"}
        assert {name for name, each in channels.items() if each.routes()} == {"web", "wechat"}
    finally:
        for each in channels.values():
            await each.close()


async def test_whatever_is_set_each_runs_until_told_to_stop_and_raises_nothing(
    small_office: TestOffice,
) -> None:
    """Without its platform too."""
    channels, stop = await opened(small_office, SET), asyncio.Event()
    running = [asyncio.create_task(_run(each, stop)) for each in channels.values()]
    await asyncio.sleep(0)
    stop.set()

    await asyncio.wait_for(asyncio.gather(*running), 30)

    for each in channels.values():
        await each.close()


async def _run(channel: Channel, stop: asyncio.Event) -> None:
    await channel.run(stop)


@pytest.mark.parametrize(
    "settings",
    [Settings(telegram_token="no token"), Settings(wechat_secret="made-up"),
     Settings(wechat_token="made-up", wechat_mode="no mode"),
     Settings(wechat_token="made-up", wechat_aes_key="short", wechat_app_id="wx1")],
)  # fmt: skip
async def test_one_that_is_set_wrongly_is_closed_and_says_what_is_wrong(
    small_office: TestOffice, settings: Settings
) -> None:
    channels = await opened(small_office, settings)
    (wrong,) = [each for name, each in channels.items() if name != "web"]

    checks = [check async for check in wrong.checks()]

    assert not wrong.routes()
    assert wrong.sender is None
    assert any(check.light == "red" and check.remedy for check in checks)


async def test_the_rest_of_the_house_knows_each_by_its_name(small_office: TestOffice) -> None:
    """Who may know what, what is said after a receipt, how the desk calls it, and whether another way
    is offered to whom its platform knows."""
    channels = await opened(small_office, SET)
    for name, channel in channels.items():
        assert f"promise.{name}" in CONTENT.texts
        assert f"receipt.after.{name}" in CONTENT.texts
        assert name in CALLED
        assert (name in NAMED) == (name != "web")
        await channel.close()


def test_the_list_of_channels_loads_none_of_their_platforms() -> None:
    """Who has no token has not to wait for a library."""
    shown = subprocess.run(
        [sys.executable, "-c", "import sys, runtime.channels; print(*sys.modules)"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    loaded = set(shown.stdout.split())

    assert "bot.channels.telegram.channel" in loaded
    assert not loaded & {"aiogram", "bot.channels.wechat.router", "bot.channels.web.router"}
