"""An independent emulator of the platform as a process of its own, and the bot at work against it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiogram.types import BufferedInputFile

from bot.channels.telegram.api import TelegramApi, make_bot
from bot.channels.telegram.polling import Poller
from bot.channels.telegram.sending import TelegramSender
from bot.reception import Reception
from casework.shelves import Parcel
from scheduler.pump import Pump
from tests.bot.channels.conftest import ALONE
from tests.offices import TestOffice, knowing
from tests.promises.processes import answers, free_port
from tests.waiting import eventually, until

TOKEN = "77:emulated"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The emulator as a real process of its own."""
    command = shutil.which("lo-bot-api-emulator", path=str(Path(sys.executable).parent))
    assert command, "make test installs lo-bot-api-emulator"
    port = free_port()
    journal = tmp_path_factory.mktemp("lo") / "journal.jsonl"
    child = subprocess.Popen(
        [command, "--port", str(port), "--enable-control", "--journal", str(journal)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    until(lambda: answers(base))
    yield base
    child.terminate()
    child.wait(10)


class Conversation:
    """The bot at work against the emulator, and what was sent."""

    def __init__(self, office: TestOffice, base: str) -> None:
        self.office, self.base = office, base
        self.reception = Reception(office.office, knowing)
        self.bot = make_bot(TOKEN, base)
        self.poller = Poller(TelegramApi(self.bot), self.reception, office.office, pace=ALONE)
        self.sent: list[Parcel] = []
        self.pump = Pump(office.office, {"telegram": self}, "w", pace=0)
        self.way_out = TelegramSender(self.bot)
        self.n = 0

    async def send(self, parcel: Parcel) -> str:
        number = await self.way_out.send(parcel)
        self.sent.append(parcel)
        return number

    async def arrives(self, text: str, chat: int = 1) -> None:
        await self.brings(chat, text=text)

    async def photo(self, content: bytes) -> list[dict[str, Any]]:
        """As the platform names a photo that it has."""
        there = await self.bot.send_photo(9, BufferedInputFile(content, "a.png"))
        assert there.photo
        return [{"file_id": each.file_id, "file_unique_id": each.file_unique_id, "width": 1, "height": 1}
                for each in there.photo]  # fmt: skip

    async def brings(self, chat: int, **fields: Any) -> None:
        self.n += 1
        who = {"id": chat, "is_bot": False, "first_name": "村民"}
        update = {
            "message": {
                "message_id": self.n, "date": 1, "chat": {"id": chat, "type": "private"},
                "from": who, **fields,
            }
        }  # fmt: skip
        async with httpx.AsyncClient(trust_env=False, verify=False) as http:
            answer = await http.post(
                f"{self.base}/__fixture/updates", json={"token": TOKEN, "update": update}
            )
            assert answer.status_code < 300, answer.text

    async def said(self, count: int) -> list[str]:
        """What was delivered, once so much is there."""

        async def enough() -> bool:
            await self.pump.once("telegram")
            return len(self.sent) >= count

        await eventually(enough)
        return [parcel.text for parcel in self.sent]


@asynccontextmanager
async def at_work(office: TestOffice, base: str) -> AsyncIterator[Conversation]:
    talk = Conversation(office, base)
    stop = asyncio.Event()
    polling = asyncio.create_task(talk.poller.run(stop))
    try:
        yield talk
    finally:
        stop.set()
        await polling
        await talk.bot.session.close()
