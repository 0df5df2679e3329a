"""Telegram put together, where its token is present."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.reception import Reception
from casework.ports import Office
from runtime.settings import Settings

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from bot.channels.telegram.api import TelegramApi
    from bot.channels.telegram.polling import Poller
    from bot.channels.telegram.sending import TelegramSender

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Telegram:
    """One account in one process: the way in and the way out."""

    api: TelegramApi
    poller: Poller
    sender: TelegramSender

    async def run(self, stop: asyncio.Event) -> None:
        """The worker's part. An unreachable platform holds nobody up."""
        await self.poller.run(stop)

    async def close(self) -> None:
        await self.api.close()


def open_telegram(
    settings: Settings, office: Office, reception: Reception, *, registry: CollectorRegistry
) -> Telegram | None:
    """Nothing without a token; with a token that is none, nothing and a line in the log."""
    if not settings.telegram_token:
        return None
    from bot.channels.telegram.api import BadToken, TelegramApi, make_bot
    from bot.channels.telegram.figures import Figures
    from bot.channels.telegram.polling import Poller
    from bot.channels.telegram.sending import TelegramSender

    try:
        bot = make_bot(settings.telegram_token, settings.telegram_api_url)
    except BadToken:
        log.error("telegram is off: XIANGSHENG_TELEGRAM_TOKEN 不是机器人的令牌")
        return None
    api = TelegramApi(bot)
    poller = Poller(api, reception, office, Figures(registry))
    return Telegram(api=api, poller=poller, sender=TelegramSender(bot))
