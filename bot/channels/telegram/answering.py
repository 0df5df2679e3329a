"""What a message gets here: its file fetched, its answer put out for the pump."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.telegram import CHANNEL
from bot.channels.telegram.api import Lost, TelegramApi, TooLarge
from bot.reception import NotFetched, Reply, put_out
from casework.ports import Files
from casework.shelves import Inbound


class Answers:
    """`bot.reception.Way`. There is no open line."""

    name = CHANNEL

    def __init__(self, api: TelegramApi) -> None:
        self._api = api

    async def download(self, media: str) -> bytes:
        try:
            return await self._api.download(media)
        except TooLarge:
            raise NotFetched("talk.file_too_big") from None
        except Lost:
            raise NotFetched("talk.file_lost") from None

    async def say(self, files: Files, message: Inbound, replies: Sequence[Reply]) -> str:
        return await put_out(files, message, replies)

    async def passed_over(self, files: Files, part: Inbound) -> None:
        return
