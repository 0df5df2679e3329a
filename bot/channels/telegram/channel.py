"""The Telegram account, where its token is set."""

from __future__ import annotations

import logging
from typing import Protocol

from bot.channels.channel import Channel, House
from bot.channels.telegram import CHANNEL
from bot.channels.telegram.checks import bad_token, checks

log = logging.getLogger(__name__)


class TelegramSettings(Protocol):
    telegram_token: str
    telegram_api_url: str


def open_telegram(settings: TelegramSettings, house: House) -> Channel | None:
    """None without a token; with a token that is none, a line in the log and a red check."""
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
        return Channel(name=CHANNEL, checks=bad_token)
    api = TelegramApi(bot)
    return Channel(
        name=CHANNEL,
        sender=TelegramSender(bot),
        run=Poller(api, house.reception, house.office, Figures(house.figures)).run,
        checks=lambda: checks(api, house.office),
        close=api.close,
    )
