"""What we ask of Telegram beside sending: updates as raw JSON, files, the menu, a sign for a button.

Every fault of the platform is one of three here. Their own texts may hold the token, so only kinds are told.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import AiogramError
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats
from aiogram.utils.token import TokenValidationError
from aiohttp import ClientError, ClientTimeout

from casework.content import Texts

#: Seconds: how long the platform may hold a question for updates, and how long we wait beyond that.
LONGEST_WAIT, PATIENCE = 25, 10
#: Seconds for one file, and between two parts of it.
FILE_PATIENCE, PART_PATIENCE = 120, 20
#: Bytes. The platform hands out no larger file; a hundred updates are far smaller.
LARGEST_FILE, LARGEST_ANSWER = 20 * 1024 * 1024, 16 * 1024 * 1024
CHUNK = 64 * 1024
#: Digits of the largest number that is one; Python refuses thousands of them with an error.
LONGEST_NUMBER = 20

NUMBER = re.compile(r'"update_id"\s{0,9}:\s{0,9}([0-9]{1,10})(?![0-9])')

#: What may go wrong between us and the platform, a body that is no text included.
FAULTS = (AiogramError, ClientError, OSError, TimeoutError, ValueError)


class BadToken(ValueError):
    """The token has not the shape of one."""


class Away(Exception):
    """The platform gave no updates. Names the fault; how long it asks us to wait, if it does."""

    def __init__(self, fault: str, pause: float = 0.0) -> None:
        super().__init__(fault)
        self.fault, self.pause = fault, pause


class Garbled(Exception):
    """The platform's answer came whole and is no JSON that we could read, or has no end. What number
    stands in it, if one does."""

    def __init__(self, number: int | None) -> None:
        super().__init__("garbled")
        self.number = number


class Lost(Exception):
    """A file that could not be fetched."""


class TooLarge(Lost):
    """The platform hands it to nobody, or we hold none so large."""


def make_bot(token: str, api_url: str = "") -> Bot:
    """Raises `BadToken`."""
    server = TelegramAPIServer.from_base(api_url) if api_url else None
    try:
        return Bot(token, session=AiohttpSession(api=server) if server else AiohttpSession())
    except TokenValidationError:
        raise BadToken from None


class TelegramApi:
    """One account."""

    def __init__(self, bot: Bot) -> None:
        assert isinstance(bot.session, AiohttpSession)
        self._bot, self._session = bot, bot.session

    async def close(self) -> None:
        await self._session.close()

    async def updates(self, *, after: int, kinds: Sequence[str], most: int) -> list[Any]:
        """Waits for some. Raises `Away` or `Garbled`."""
        asked = {"timeout": LONGEST_WAIT, "allowed_updates": [*kinds], "limit": most}
        try:
            status, body = await self._post("getUpdates", {**asked, "offset": after})
        except FAULTS as fault:
            raise Away(type(fault).__name__) from None
        return _updates(status, body)

    async def _post(self, method: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body, which ends at its cap."""
        client = await self._session.create_session()
        url = self._session.api.api_url(token=self._bot.token, method=method)
        patience = ClientTimeout(total=LONGEST_WAIT + PATIENCE)
        body = bytearray()
        async with client.post(url, json=asked, timeout=patience) as answer:
            async for chunk in answer.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > LARGEST_ANSWER:
                    break
        return answer.status, bytes(body)

    async def download(self, file: str) -> bytes:
        """Raises `Lost`, or `TooLarge`."""
        content = bytearray()
        try:
            async with asyncio.timeout(FILE_PATIENCE):
                found = await self._bot.get_file(file, request_timeout=PART_PATIENCE)
                if (found.file_size or 0) > LARGEST_FILE:
                    raise TooLarge
                url = self._session.api.file_url(self._bot.token, found.file_path or "")
                client = await self._session.create_session()
                patience = ClientTimeout(total=None, sock_connect=PATIENCE, sock_read=PART_PATIENCE)
                async with client.get(url, timeout=patience, raise_for_status=True) as answer:
                    async for chunk in answer.content.iter_chunked(CHUNK):
                        content += chunk
                        if len(content) > LARGEST_FILE:
                            raise TooLarge
        except FAULTS as fault:
            # https://core.telegram.org/bots/api#getfile: 20 MB, refused in words alone.
            raise (TooLarge if "too big" in str(fault).lower() else Lost) from None
        return bytes(content)

    async def show_pressed(self, press: str, text: str = "") -> None:
        """The phone stops waiting for its button, whatever comes of it."""
        try:
            await self._bot.answer_callback_query(
                press, text=text or None, show_alert=bool(text) or None, request_timeout=PATIENCE
            )
        except FAULTS:
            return

    async def publish_commands(self, texts: Texts) -> str:
        """The menu beside the line where one types, for chats of two. What went wrong, if anything did:
        every command is a word too."""
        prefix = "telegram.commands."
        commands = [
            BotCommand(command=key.removeprefix(prefix), description=texts(key))
            for key in texts if key.startswith(prefix)
        ]  # fmt: skip
        try:
            scope = BotCommandScopeAllPrivateChats()
            await self._bot.set_my_commands(commands, scope, request_timeout=PATIENCE)
        except FAULTS as fault:
            return type(fault).__name__
        return ""

    async def reach(self) -> str:
        """A call that changes nothing: '' where line, address and token work, else the fault."""
        try:
            await self._bot.get_me(request_timeout=PATIENCE)
        except FAULTS as fault:
            return type(fault).__name__
        return ""


def _updates(status: int, body: bytes) -> list[Any]:
    text = body.decode(errors="replace")
    try:
        answer = json.loads(text, parse_int=_whole)
    except (ValueError, RecursionError):
        whole = len(body) > LARGEST_ANSWER or text.rstrip().endswith("}")
        if status != 200 or not whole:  # a proxy's page, or half an answer: another time
            raise Away(f"HTTP {status}") from None
        number = NUMBER.search(text)
        raise Garbled(int(number[1]) if number else None) from None
    if status == 200 and isinstance(answer, dict) and isinstance(answer.get("result"), list):
        return list(answer["result"])
    raise Away(f"HTTP {status}", _pause(answer))


def _whole(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def _pause(answer: Any) -> float:
    """How long a refusal asks us to wait, in seconds."""
    told = answer.get("parameters") if isinstance(answer, dict) else None
    wait = told.get("retry_after") if isinstance(told, dict) else 0
    return float(wait) if isinstance(wait, int) and 0 < wait < 3600 else 0.0
