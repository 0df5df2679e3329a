"""One account (公众号) as its settings describe it: who is let in, and by what it calls the platform."""

from __future__ import annotations

from typing import Protocol

from bot.channels.wechat.api import DEFAULT, Account, WechatApi, make_http
from bot.channels.wechat.router import Gate, make_gate
from casework.ports import Office


class WechatSettings(Protocol):
    wechat_app_id: str
    wechat_secret: str
    wechat_token: str
    wechat_aes_key: str
    wechat_aes_key_previous: str
    wechat_mode: str
    wechat_api_url: str
    public_url: str

    @property
    def base_url(self) -> str: ...


def gate_of(settings: WechatSettings, token: str) -> Gate:
    """`token` is the settings' own, but for a demo. Raises `BadKey` or `BadSettings` with a sentence."""
    keys = (settings.wechat_aes_key, settings.wechat_aes_key_previous)
    return make_gate(
        token=token,
        app_id=settings.wechat_app_id,
        keys=tuple(filter(None, keys)),
        mode=settings.wechat_mode,
    )


def api_of(settings: WechatSettings, office: Office, *, worker: str) -> WechatApi | None:
    """Without AppID and secret we can answer, but not call."""
    if not (settings.wechat_app_id and settings.wechat_secret):
        return None
    account = Account(
        app_id=settings.wechat_app_id,
        secret=settings.wechat_secret,
        url=settings.wechat_api_url or DEFAULT,
    )
    return WechatApi(account, office, worker=worker, http=make_http())
