"""What `doctor` looks at where a Telegram account is set up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.channels.telegram import AWAY, FETCHED
from casework.checks import AT_WORK, Check
from casework.ports import Office
from casework.workdays import dated

if TYPE_CHECKING:
    from bot.channels.telegram.api import TelegramApi

#: Updates are fetched every half a minute at the latest.
PATIENCE = timedelta(minutes=5)

REMEDY = (
    f"{AT_WORK};开着的,看日志里 telegram is away 那一行:HTTP 409 是别处也在用这个令牌,"
    "别的多半是这台机器到不了 Telegram"
)


async def bad_token() -> AsyncIterator[Check]:
    yield Check(
        "Telegram 令牌", "red", "不是机器人的令牌,这个通道没有开",
        "向 BotFather 要来的整串照抄进 XIANGSHENG_TELEGRAM_TOKEN",
    )  # fmt: skip


async def checks(api: TelegramApi, office: Office) -> AsyncIterator[Check]:
    yield await _token(api)
    yield await _polling(office)


async def _token(api: TelegramApi) -> Check:
    """One harmless call: line, address and token in one."""
    fault = await api.reach()
    if fault in ("TelegramUnauthorizedError", "TelegramNotFound"):
        said = "Telegram 不认这个令牌"
        return Check(
            "Telegram 令牌", "red", said, "向 BotFather 重要一个,改 XIANGSHENG_TELEGRAM_TOKEN"
        )
    if fault:
        remedy = "看网络、防火墙的出口放没放行,XIANGSHENG_TELEGRAM_API_URL 写对没有"
        return Check("Telegram 令牌", "red", f"连不上 Telegram({fault})", remedy)
    return Check("Telegram 令牌", "green", "有效")


async def _polling(office: Office) -> Check:
    """Whether somebody fetches what people write; another process does, so the house remembers it."""
    now = office.clock.now()
    async with office.reading() as reading:
        fetched = await reading.counters.last_run(FETCHED)
        away = await reading.counters.last_run(AWAY)
    if fetched and now - fetched <= PATIENCE:
        return Check("Telegram 收消息", "green", f"上次 {dated(fetched)}")
    if fetched is None and (away is None or now - away <= PATIENCE):
        return Check("Telegram 收消息", "yellow", "还没收过", AT_WORK)
    said = f"{dated(fetched)} 以后没收到过消息" if fetched else "一直没连上"
    return Check("Telegram 收消息", "red", f"{said},群众发来的没人答", REMEDY)
