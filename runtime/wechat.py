"""The official account put together, where its settings are present."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter

from bot.reception import Reception
from casework.ports import Office
from runtime.settings import Settings

if TYPE_CHECKING:
    from bot.channels.wechat.answering import Answering
    from bot.channels.wechat.api import WechatApi
    from bot.channels.wechat.sending import WechatSender

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Wechat:
    """One account in one process: the way in, the way out, and what the worker does for it."""

    router: APIRouter
    answering: Answering
    menu: dict[str, Any]
    api: WechatApi | None = None
    sender: WechatSender | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """The worker's part. An unreachable platform holds nobody up."""
        from bot.channels.wechat.menu import publish_menu

        menu = [publish_menu(self.api, self.menu, stop)] if self.api else []
        await asyncio.gather(self.answering.run(stop), *menu)

    async def close(self) -> None:
        await self.answering.close()
        if self.api:
            await self.api.close()


def open_wechat(
    settings: Settings, office: Office, reception: Reception, *, worker: str
) -> Wechat | None:
    """Nothing without a token; with settings that fit nothing, nothing and a line in the log."""
    if not settings.wechat_token:
        return None
    from bot.channels.wechat.answering import Answering, Line
    from bot.channels.wechat.crypt import BadKey
    from bot.channels.wechat.menu import menu_of
    from bot.channels.wechat.router import BadSettings, router
    from bot.channels.wechat.sending import WechatSender

    try:
        gate = wechat_gate(settings)
    except (BadKey, BadSettings) as fault:
        log.error("wechat is off: %s", fault)
        return None
    api = wechat_api(settings, office, worker=worker)
    answering = Answering(reception, office, api, Line(secret=settings.wechat_token))
    web = settings.public_url
    return Wechat(
        router=router(gate, answering, office.clock),
        answering=answering,
        menu=menu_of(office.content.texts, web),
        api=api,
        sender=WechatSender(api, office) if api else None,
    )


def demo_account(settings: Settings) -> Settings:
    """An account for the demo where none is set: it may answer, and not write by itself."""
    if settings.wechat_token:
        return settings
    return settings.model_copy(update={"wechat_token": secrets.token_hex(16)})


def demo_phone(settings: Settings, office: Office) -> APIRouter | None:
    """None where the account has keys: then the platform itself is the way to try it."""
    from bot.channels.wechat.showing import router

    keyed = settings.wechat_aes_key or settings.wechat_app_id
    return None if keyed or not settings.wechat_token else router(settings.wechat_token, office)


def wechat_gate(settings: Settings) -> Any:
    """Raises `BadKey` or `BadSettings` with a sentence."""
    from bot.channels.wechat.router import make_gate

    keys = (settings.wechat_aes_key, settings.wechat_aes_key_previous)
    return make_gate(
        token=settings.wechat_token,
        app_id=settings.wechat_app_id,
        keys=tuple(filter(None, keys)),
        mode=settings.wechat_mode,
    )


def wechat_api(settings: Settings, office: Office, *, worker: str) -> WechatApi | None:
    """Without AppID and secret we can answer, but not call."""
    if not (settings.wechat_app_id and settings.wechat_secret):
        return None
    from bot.channels.wechat.api import DEFAULT, Account, WechatApi, make_http

    account = Account(
        app_id=settings.wechat_app_id,
        secret=settings.wechat_secret,
        url=settings.wechat_api_url or DEFAULT,
    )
    return WechatApi(account, office, worker=worker, http=make_http())
