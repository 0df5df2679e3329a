"""The menu under the account: the same words a villager could type."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.errors import Broken, Trouble, Unreached, Way
from casework.content import Texts

log = logging.getLogger(__name__)

#: What the platform takes, in bytes: names of the bar, and of the lines above it.
BAR, LINE = 16, 60
AGAIN = 60.0


def menu_of(texts: Texts, web: str) -> dict[str, Any]:
    """Three buttons; the third opens what is needed less often. `web` is our page, if it is known."""
    more = [_press(texts, key) for key in ("status", "human", "training")]
    if web:
        more.append({"type": "view", "name": texts("wechat.menu.web"), "url": web})
    last = {"name": texts("wechat.menu.more"), "sub_button": more}
    return {"button": [_press(texts, "ask"), _press(texts, "report"), last]}


def _press(texts: Texts, key: str) -> Mapping[str, str]:
    return {"type": "click", "name": texts(f"wechat.menu.{key}"), "key": key}


async def publish_menu(
    api: WechatApi, menu: Mapping[str, Any], stop: asyncio.Event, *, again: float = AGAIN
) -> bool:
    """At the start of the worker, until it is there. Accounts that may have none do without:
    everything is reached by words too."""
    while not stop.is_set():
        try:
            await api.set_menu(menu)
            return True
        except Trouble as trouble:
            if trouble.policy.way not in (Way.RETRY, Way.MINUTE, Way.REPAIR, Way.RENEW):
                log.warning("no menu", extra={"errcode": trouble.errcode})
                return False
        except (Unreached, Broken):
            pass
        try:
            await asyncio.wait_for(stop.wait(), again)
        except TimeoutError:
            continue
    return False
