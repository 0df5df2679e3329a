"""Telegram over a real aiogram client against an emulator of the Bot API on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot
from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator  # type: ignore[import-untyped]

from bot.channels.telegram.api import TelegramApi, make_bot
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.sending import TelegramSender, keyboard
from bot.reception import Reception
from casework.delivery import Later, Never, Unsure
from casework.shelves import Inbound, Parcel
from tests.bot.channels.conftest import ALONE
from tests.bot.conftest import log_size
from tests.offices import TestOffice, knowing
from tests.waiting import eventually

TOKEN = "77:an-invented-token"
CHAT = 7001
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Platform:
    """The emulator on a port of its own, with what was sent to it."""

    emulator: Any
    url: str
    sent: list[dict[str, Any]] = field(default_factory=list)
    faults: list[web.Response] = field(default_factory=list)

    async def brings(self, number: int, text: str, chat: int = CHAT) -> None:
        message = {
            "message_id": number, "date": 1, "text": text,
            "chat": {"id": chat, "type": "private"},
            "from": {"id": chat, "is_bot": False, "first_name": "u"},
        }  # fmt: skip
        await self.emulator.enqueue_update({"update_id": number, "message": message}, token=TOKEN)


@asynccontextmanager
async def platform() -> AsyncIterator[Platform]:
    emulator = LoBotApiEmulator()
    made = Platform(emulator, "")

    @web.middleware
    async def listening(request: web.Request, handler: Answer) -> web.StreamResponse:
        if request.path.endswith("/sendMessage"):
            if made.faults:
                return made.faults.pop(0)
            made.sent.append(dict(await request.post()))
        return await handler(request)

    app = emulator.app()
    app.middlewares.append(listening)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield made
    await runner.cleanup()


@asynccontextmanager
async def account(url: str) -> AsyncIterator[Bot]:
    bot = make_bot(TOKEN, url)
    yield bot
    await bot.session.close()


async def answered(office: TestOffice, wanted: int) -> list[Parcel]:
    """The replies that lie in the outbox, waited for as they come."""
    found: list[Parcel] = []

    async def enough() -> bool:
        async with office.files() as files:
            found.extend(
                await files.outbox.lease("telegram", worker="w", now=office.clock.now(), limit=100)
            )
        return len(found) >= wanted

    await eventually(enough)
    return found


@asynccontextmanager
async def polling(office: TestOffice, url: str) -> AsyncIterator[Poller]:
    reception = Reception(office.office, knowing)
    stop, api = asyncio.Event(), TelegramApi(make_bot(TOKEN, url))
    poller = Poller(api, reception, office.office, pace=ALONE)
    running = asyncio.create_task(poller.run(stop))
    try:
        yield poller
    finally:
        stop.set()
        await running
        await api.close()


async def test_a_villager_on_telegram_is_answered_with_buttons(small_office: TestOffice) -> None:
    async with platform() as telegram, polling(small_office, telegram.url):
        await telegram.brings(1, "/start")

        replies = await answered(small_office, 2)

    assert "办事的人看不到您的账号" in replies[0].text
    assert [meaning for meaning, _ in replies[1].options] == ["ask", "report", "status", "human"]
    assert {reply.recipient for reply in replies} == {str(CHAT)}


async def test_a_whole_report_comes_in_over_telegram_in_order(small_office: TestOffice) -> None:
    lines = ("反映", "村里收了俺3000", "鲁山县", "去年", "对", "要", "没有", "没有了", "提交")
    async with platform() as telegram, polling(small_office, telegram.url):
        for number, words in enumerate(lines, start=1):
            await telegram.brings(number, words)

        replies = await answered(small_office, 13)

    assert any("登记好了" in reply.text for reply in replies)
    assert await log_size(small_office) == 1


async def test_an_unreachable_platform_is_waited_for(small_office: TestOffice) -> None:
    async with polling(small_office, "http://127.0.0.1:9") as poller:
        await asyncio.sleep(0.3)

        assert poller.is_idle


async def test_what_a_crash_left_is_answered_when_polling_begins(small_office: TestOffice) -> None:
    left = Inbound(channel="telegram", external_id="5", caller=str(CHAT), text="反映")
    async with small_office.files() as files:
        await files.talks.take(left)

    async with platform() as telegram, polling(small_office, telegram.url):
        replies = await answered(small_office, 2)

    assert "出了啥事" in replies[-1].text


async def test_a_parcel_goes_out_with_its_options_as_buttons() -> None:
    parcel = Parcel(
        channel="telegram",
        recipient=str(CHAT),
        text="要不要?",
        options=(("yes", "要"), ("no", "不要")),
    )
    async with platform() as telegram, account(telegram.url) as bot:
        number = await TelegramSender(bot).send(parcel)

    assert number.isdigit()
    assert telegram.sent[0]["text"] == "要不要?"
    rows = json.loads(telegram.sent[0]["reply_markup"])["inline_keyboard"]
    assert [row[0]["text"] for row in rows] == ["1 要", "2 不要"]


def refusal(code: int, **more: object) -> web.Response:
    body = {"ok": False, "error_code": code, "description": "no", **more}
    return web.json_response(body, status=code)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (refusal(429, parameters={"retry_after": 7}), Later),
        (refusal(403), Never),
        (refusal(400), Never),
        (refusal(502), Unsure),
    ],
)
async def test_what_the_platform_refuses_becomes_one_of_three_troubles(
    answer: web.Response, trouble: type[Exception]
) -> None:
    parcel = Parcel(channel="telegram", recipient=str(CHAT), text="好")
    async with platform() as telegram, account(telegram.url) as bot:
        telegram.faults.append(answer)

        with pytest.raises(trouble) as caught:
            await TelegramSender(bot).send(parcel)

    if isinstance(caught.value, Later):
        assert caught.value.seconds == 7


async def test_a_line_that_breaks_is_unsure() -> None:
    async with account("http://127.0.0.1:9") as bot:
        with pytest.raises(Unsure):
            await TelegramSender(bot).send(Parcel(channel="telegram", recipient="1", text="好"))


def test_a_meaning_too_long_for_a_button_becomes_its_number() -> None:
    parcel = Parcel(
        channel="telegram", recipient="1", text="x", options=(("长" * 30, "一"), ("short", "二"))
    )

    made = keyboard(parcel)

    assert made
    assert [row[0].callback_data for row in made.inline_keyboard] == ["1", "short"]


def test_a_text_without_options_has_no_keyboard() -> None:
    assert keyboard(Parcel(channel="telegram", recipient="1", text="x")) is None
