"""The bot at work over a real office, before a platform of the test's own."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bot.channels.telegram.api import TelegramApi, make_bot
from bot.channels.telegram.figures import Figures
from bot.channels.telegram.polling import Pauses, Poller
from bot.channels.telegram.sending import TelegramSender
from bot.reception import Reception
from scheduler.pump import Pump
from tests.bot.channels.conftest import ALONE
from tests.bot.channels.telegram.peer import TOKEN, Peer, peer
from tests.offices import TestOffice, knowing


@dataclass
class Account:
    """One account at work, and who is on the other side."""

    office: TestOffice
    platform: Peer
    reception: Reception
    poller: Poller
    pump: Pump
    registry: CollectorRegistry

    async def until(self, is_so: Callable[[], bool], *, within: float = 60.0) -> None:
        """Send what there is to send until it is so. Seconds."""
        async with asyncio.timeout(within):
            turns = itertools.count()
            while not is_so():
                # While answers are being made there is mostly nothing to send yet.
                if (not self.poller.is_idle and next(turns) % 8) or not await self.pump.once(
                    "telegram"
                ):
                    await asyncio.sleep(0.004)

    async def answers(self, chat: int, words: str = "", *, within: float = 60.0) -> None:
        """Until a chat was told something, or these words."""
        await self.until(
            lambda: any(words in said for said in self.platform.heard_by(chat)), within=within
        )

    async def all_taken(self) -> None:
        """Until everything that came was fetched and taken."""
        fetched, polls = self.platform.next, self.platform.polls
        await self.until(lambda: bool(polls) and polls[-1]["offset"] >= fetched)

    async def all_done(self) -> None:
        """Until everything that came was answered, and all of it sent."""
        await self.all_taken()
        await self.until(lambda: self.poller.is_idle)
        while await self.pump.once("telegram"):
            pass

    @property
    def figures(self) -> str:
        return generate_latest(self.registry).decode()


@pytest.fixture
async def account(small_office: TestOffice) -> AsyncIterator[Account]:
    registry = CollectorRegistry()
    async with peer() as platform:
        bot = make_bot(TOKEN, platform.url)
        api, reception = TelegramApi(bot), Reception(small_office.office, knowing)
        poller = Poller(
            api,
            reception,
            small_office.office,
            Figures(registry),
            pauses=Pauses(first=0.01),
            pace=replace(ALONE, stopping=0.1),
        )
        pump = Pump(small_office.office, {"telegram": TelegramSender(bot)}, "w", pace=0)
        stop = asyncio.Event()
        running = asyncio.create_task(poller.run(stop))
        yield Account(small_office, platform, reception, poller, pump, registry)
        stop.set()
        await running
        await api.close()
