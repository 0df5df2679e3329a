"""What `doctor` looks at where a Telegram account is set up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from casework.workdays import dated
from runtime.commands.common import AT_WORK, Check
from runtime.settings import PREFIX
from runtime.wiring import Service

#: Updates are fetched every half a minute at the latest.
PATIENCE = timedelta(minutes=5)

REMEDY = (
    f"{AT_WORK};开着的,看日志里 telegram is away 那一行:HTTP 409 是别处也在用这个令牌,"
    "别的多半是这台机器到不了 Telegram"
)


async def telegram_checks(opened: Service) -> AsyncIterator[Check]:
    """Nothing at all where no token is set."""
    if not opened.settings.telegram_token:
        return
    if opened.telegram is None:
        yield Check(
            "Telegram 令牌", "red", "不是机器人的令牌,这个通道没有开",
            f"向 BotFather 要来的整串照抄进 {PREFIX}TELEGRAM_TOKEN",
        )  # fmt: skip
        return
    yield await _token(opened)
    yield await _polling(opened)


async def _token(opened: Service) -> Check:
    """One harmless call: line, address and token in one."""
    assert opened.telegram
    fault = await opened.telegram.api.reach()
    if fault in ("TelegramUnauthorizedError", "TelegramNotFound"):
        said = "Telegram 不认这个令牌"
        return Check(
            "Telegram 令牌", "red", said, f"向 BotFather 重要一个,改 {PREFIX}TELEGRAM_TOKEN"
        )
    if fault:
        remedy = f"看网络、防火墙的出口放没放行,{PREFIX}TELEGRAM_API_URL 写对没有"
        return Check("Telegram 令牌", "red", f"连不上 Telegram({fault})", remedy)
    return Check("Telegram 令牌", "green", "有效")


async def _polling(opened: Service) -> Check:
    """Whether somebody fetches what people write; another process does, so the house remembers it."""
    from bot.channels.telegram import AWAY, FETCHED

    now = opened.office.clock.now()
    async with opened.office.reading() as reading:
        fetched = await reading.counters.last_run(FETCHED)
        away = await reading.counters.last_run(AWAY)
    if fetched and now - fetched <= PATIENCE:
        return Check("Telegram 收消息", "green", f"上次 {dated(fetched)}")
    if fetched is None and (away is None or now - away <= PATIENCE):
        return Check("Telegram 收消息", "yellow", "还没收过", AT_WORK)
    said = f"{dated(fetched)} 以后没收到过消息" if fetched else "一直没连上"
    return Check("Telegram 收消息", "red", f"{said},群众发来的没人答", REMEDY)
