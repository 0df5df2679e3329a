"""Every channel there is; how to add one stands in docs/channels.md."""

from __future__ import annotations

from collections.abc import Callable

from bot.channels.channel import Channel, House
from bot.channels.telegram.channel import open_telegram
from bot.channels.web.channel import open_web
from bot.channels.wechat.channel import open_wechat
from runtime.settings import Settings

CHANNELS: tuple[Callable[[Settings, House], Channel | None], ...] = (
    open_web,
    open_telegram,
    open_wechat,
)
