"""Long polling: every update is stored durably before the offset moves past it.

aiogram's own polling loses an update when its handler raises, so the loop is ours.
"""

from __future__ import annotations

import asyncio
import logging

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Message, Update

from bot.reception import Reception
from casework.ports import Office
from casework.refusals import Refusal
from casework.shelves import Inbound

log = logging.getLogger(__name__)

CHANNEL = "telegram"
LONGEST_WAIT = 25
PAUSE = 3.0
MOST_AT_ONCE = 16
#: How long a message that failed waits for its next try, in seconds.
EVERY = 30.0


def make_bot(token: str, api_url: str = "") -> Bot:
    server = TelegramAPIServer.from_base(api_url) if api_url else None
    return Bot(token, session=AiohttpSession(api=server) if server else AiohttpSession())


class Poller:
    """One account's way in. Callers are served side by side, one caller's messages in order."""

    def __init__(self, bot: Bot, reception: Reception, office: Office) -> None:
        self._bot, self._reception, self._office = bot, reception, office
        self._callers: dict[str, asyncio.Lock] = {}
        self._slots = asyncio.Semaphore(MOST_AT_ONCE)
        self._running: set[asyncio.Task[None]] = set()
        self._working: set[str] = set()  # messages that have their task here

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. An unreachable platform is waited for, and logged once."""
        await self.sweep()
        sweeping = asyncio.create_task(self._sweep_again(stop))
        try:
            await self._poll(stop)
        finally:
            sweeping.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._bot.session.close()

    async def _poll(self, stop: asyncio.Event) -> None:
        offset, complained = 0, False
        while not stop.is_set():
            try:
                updates = await self._bot.get_updates(offset=offset, timeout=LONGEST_WAIT)
                complained = False
                for update in updates:
                    await self._store(update)
                    offset = update.update_id + 1
            except (TelegramAPIError, Refusal, OSError, TimeoutError) as fault:
                if not complained:
                    log.warning("telegram is away", extra={"fault": type(fault).__name__})
                    complained = True
                await asyncio.sleep(PAUSE)

    async def _sweep_again(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await asyncio.sleep(EVERY)
            await self.sweep()

    async def sweep(self) -> None:
        """Once more what a dead process left, or what failed; parked when it fails too often."""
        try:
            for message in await self._reception.left(CHANNEL):
                if message.external_id not in self._working:
                    async with self._of(message), self._slots:
                        await self._reception.once_more(message)
        except Exception as fault:  # the top of the loop: logged, and the next round goes on
            log.warning("nothing recovered", extra={"fault": type(fault).__name__})

    def _of(self, message: Inbound) -> asyncio.Lock:
        """One caller's messages are answered one after the other, and wait for no slot meanwhile."""
        return self._callers.setdefault(message.caller, asyncio.Lock())

    async def _store(self, update: Update) -> None:
        """First act on an update: keep it. A second delivery is not answered again."""
        message = await self._inbound(update)
        if message is None:
            return
        self._working.add(message.external_id)
        try:
            new = await self._reception.take(message)
        except BaseException:
            self._working.discard(message.external_id)
            raise
        if not new:
            self._working.discard(message.external_id)
            return
        task = asyncio.create_task(self._answer(message, update))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, message: Inbound, update: Update) -> None:
        async with self._of(message), self._slots:
            try:
                await self._reception.answer(message)
            except Exception as fault:  # the top of the channel: it stays, and is tried again
                log.error("not answered", extra={"fault": type(fault).__name__})
            finally:
                self._working.discard(message.external_id)
        if update.callback_query:
            try:
                await self._bot.answer_callback_query(update.callback_query.id)
            except TelegramAPIError:
                return

    async def _inbound(self, update: Update) -> Inbound | None:
        if update.callback_query:
            chat = update.callback_query.from_user.id
            text = update.callback_query.data or ""
            return self._made(update, chat, "choice", text, "")
        message = update.message
        if message is None:
            return None
        blob = await self._file(message)
        if message.location:
            return self._made(update, message.chat.id, "location", "", "")
        kind = "text" if not blob else "photo"
        return self._made(
            update, message.chat.id, kind, message.text or message.caption or "", blob
        )

    def _made(self, update: Update, chat: int, kind: str, text: str, blob: str) -> Inbound:
        return Inbound(
            channel=CHANNEL, external_id=str(update.update_id), caller=str(chat), kind=kind,
            text=text, blob=blob, at=self._office.clock.now(),
        )  # fmt: skip

    async def _file(self, message: Message) -> str:
        """Fetch a photo, voice or document at once and hold it sealed."""
        picture = message.photo[-1] if message.photo else None
        item = picture or message.voice or message.document or message.video
        if item is None:
            return ""
        try:
            content = await self._bot.download(item.file_id)
        except TelegramAPIError:
            return ""
        if content is None:
            return ""
        try:
            async with self._office.files() as files:
                return (await files.blobs.hold(content.read())).blob
        except Refusal:
            return ""
