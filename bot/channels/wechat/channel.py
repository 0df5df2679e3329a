"""The official account, where anything of it is set; in the demo one that is nobody's, with a phone."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.channels.channel import Channel, House
from bot.channels.wechat import CHANNEL

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bot.channels.wechat.account import WechatSettings
    from bot.channels.wechat.router import Gate

log = logging.getLogger(__name__)


def open_wechat(settings: WechatSettings, house: House) -> Channel | None:
    """None where nothing is set; with settings that fit nothing, a line in the log and red checks."""
    token = settings.wechat_token or (secrets.token_hex(16) if house.demo else "")
    if not token:
        named = settings.wechat_app_id or settings.wechat_secret or settings.wechat_aes_key
        return _closed(settings, house) if named else None
    from bot.channels.wechat.account import gate_of
    from bot.channels.wechat.crypt import BadKey
    from bot.channels.wechat.router import BadSettings

    try:
        return _opened(settings, house, gate_of(settings, token))
    except (BadKey, BadSettings) as fault:
        log.error("wechat is off: %s", fault)
        return _closed(settings, house)


def _closed(settings: WechatSettings, house: House) -> Channel:
    """Nothing of it but what is wrong."""
    from bot.channels.wechat.checks import checks

    return Channel(name=CHANNEL, checks=lambda: checks(settings, None, house.office))


def _opened(settings: WechatSettings, house: House, gate: Gate) -> Channel:
    from bot.channels.wechat.account import api_of
    from bot.channels.wechat.answering import Answering, Line
    from bot.channels.wechat.checks import checks
    from bot.channels.wechat.menu import menu_of, publish_menu
    from bot.channels.wechat.router import router
    from bot.channels.wechat.sending import WechatSender
    from bot.channels.wechat.showing import router as phone

    office = house.office
    api = api_of(settings, office, worker=house.worker)
    answering = Answering(house.reception, office, api, Line(secret=gate.token))
    # An account with keys is tried on the platform itself.
    is_shown = house.demo and not (settings.wechat_aes_key or settings.wechat_app_id)

    def routes() -> Sequence[APIRouter]:
        own = router(gate, answering, office.clock)
        return (own, phone(gate.token, office)) if is_shown else (own,)

    async def run(stop: asyncio.Event) -> None:
        menu = menu_of(office.content.texts, settings.public_url)
        published = [publish_menu(api, menu, stop)] if api else []
        await asyncio.gather(answering.run(stop), *published)

    async def close() -> None:
        await answering.close()
        if api:
            await api.close()

    return Channel(
        name=CHANNEL,
        routes=routes,
        sender=WechatSender(api, office) if api else None,
        run=run,
        checks=lambda: checks(settings, api, office),
        close=close,
    )
