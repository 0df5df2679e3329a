"""The way out to WeChat: inside the window it leaves us, and by the table where it refuses."""

from __future__ import annotations

from datetime import datetime

from bot.channels.wechat import CHANNEL
from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.errors import (
    POLICIES,
    Broken,
    Trouble,
    Unreached,
    Way,
    may_write,
    until_tomorrow,
)
from bot.channels.wechat.speaking import LONGEST, with_numbers
from bot.channels.wording import pieces
from casework.delivery import Later, Never, Unsure
from casework.ports import Office
from casework.shelves import Parcel, Priority

#: How long the account, or one message, waits.
SOON, A_MINUTE, REPAIR, NO_LINE = 5.0, 60.0, 600.0, 30.0


class NotNow(Never):
    """Not taken, but worth telling when the person comes again."""


def way_on(trouble: Trouble, now: datetime) -> Later | Never:
    """The table's way on, in the words of the pump."""
    policy = trouble.policy
    match policy.way:
        case Way.RETRY:
            return Later(SOON, whole_account=False)
        case Way.MINUTE | Way.RENEW:  # renewed already, in vain: the account needs a pause
            return Later(A_MINUTE)
        case Way.TOMORROW:
            return Later(until_tomorrow(now))
        case Way.REPAIR:
            return Later(REPAIR)
        case Way.CLOSED | Way.FORBIDDEN:
            return NotNow(f"{policy.says}({trouble.errcode})")
        case _:
            return Never(f"{policy.says}({trouble.errcode})")


class WechatSender:
    """One account's way out."""

    def __init__(self, api: WechatApi, office: Office) -> None:
        self._api, self._office = api, office

    async def send(self, parcel: Parcel) -> str:
        """The platform gives customer messages no number. What it will not take is told when the
        person comes again, where it was an answer to her."""
        parts = pieces(with_numbers(parcel.text, parcel.options), LONGEST)
        for n, part in enumerate(parts):
            try:
                await self._say(parcel, part)
            except (Later, Never, Unsure) as fault:
                lasting = isinstance(fault, Never) and not isinstance(fault, NotNow)
                if isinstance(fault, NotNow) or (n and not lasting):
                    await self._leave(parcel, "\n".join(parts[n:]))
                if not n:
                    raise
                return ""  # the beginning has arrived: sending it all again would be worse
        return ""

    async def _say(self, parcel: Parcel, text: str) -> None:
        now = self._office.clock.now()
        async with self._office.files() as files:
            if not await may_write(files.counters, now):
                raise NotNow(POLICIES[48001].says)
            late = parcel.expires_at and parcel.expires_at <= now
            if late or not await files.windows.spend(CHANNEL, parcel.recipient):
                raise NotNow(POLICIES[45015].says)
        try:
            await self._api.say(parcel.recipient, text)
        except Unreached:
            await self._give_back(parcel)
            raise Later(NO_LINE) from None
        except Broken:
            raise Unsure("Broken") from None
        except Trouble as trouble:
            await self._give_back(parcel)
            raise way_on(trouble, now) from None

    async def _give_back(self, parcel: Parcel) -> None:
        async with self._office.files() as files:
            await files.windows.give_back(CHANNEL, parcel.recipient)

    async def _leave(self, parcel: Parcel, text: str) -> None:
        if parcel.priority is Priority.ANNOUNCEMENT:
            return
        async with self._office.files() as files:
            await files.windows.leave(CHANNEL, parcel.recipient, text)
