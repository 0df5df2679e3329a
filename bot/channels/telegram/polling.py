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

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. An unreachable platform is waited for, and logged once."""
        offset, complained = 0, False
        await self._recover()
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
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._bot.session.close()

    async def _recover(self) -> None:
        try:
            await self._reception.recover(CHANNEL)
        except Refusal as refusal:
            log.warning("nothing recovered", extra={"fault": refusal.code})

    async def _store(self, update: Update) -> None:
        """First act on an update: keep it. A second delivery is not answered again."""
        message = await self._inbound(update)
        if message is None or not await self._reception.take(message):
            return
        task = asyncio.create_task(self._answer(message, update))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _answer(self, message: Inbound, update: Update) -> None:
        async with self._slots, self._callers.setdefault(message.caller, asyncio.Lock()):
            try:
                await self._reception.answer(message)
            except Exception as fault:  # the top of the channel: it stays pending and is recovered
                log.error("not answered", extra={"fault": type(fault).__name__})
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
