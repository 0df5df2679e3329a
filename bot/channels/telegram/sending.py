"""The way out to Telegram: what a platform answers becomes one of three kinds of trouble."""

from __future__ import annotations

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.channels.wording import pieces
from bot.talk import numbered
from casework.delivery import Later, Never, Unsure
from casework.shelves import Parcel

#: Telegram refuses longer texts, counted in UTF-16.
LONGEST = 4096
#: And longer button payloads, in bytes.
LONGEST_DATA = 64
#: Seconds for one message.
PATIENCE = 20


#: Parcels whose beginning has arrived, remembered until the rest has.
MOST_BEGUN = 1000


class TelegramSender:
    """One account's way out."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._begun: dict[tuple[str, str], int] = {}  # how many pieces of a parcel have arrived

    async def send(self, parcel: Parcel) -> str:
        """In as many messages as it takes, the options under the last. Tried again, it goes on where
        it broke off, as far as this process knows."""
        parts = pieces(parcel.text, LONGEST * 2, "utf-16-le")
        mine = (parcel.dedupe, parcel.recipient) if parcel.dedupe else None
        if not parts[0]:
            raise Never("没有内容")
        number = ""
        for n in range(self._begun.pop(mine, 0) if mine else 0, len(parts)):
            try:
                last = n == len(parts) - 1
                number = await self._say(parcel, parts[n], keyboard(parcel) if last else None)
            except (Later, Unsure):
                if mine and n:
                    self._begun[mine] = n
                    while len(self._begun) > MOST_BEGUN:
                        del self._begun[next(iter(self._begun))]
                raise
        return number

    async def _say(self, parcel: Parcel, text: str, markup: InlineKeyboardMarkup | None) -> str:
        try:
            sent = await self._bot.send_message(
                int(parcel.recipient), text, reply_markup=markup, request_timeout=PATIENCE
            )
        except TelegramRetryAfter as wait:
            raise Later(wait.retry_after) from None
        except (
            TelegramServerError,
            TelegramNetworkError,
            ClientDecodeError,
            UnicodeError,
        ) as fault:
            raise Unsure(type(fault).__name__) from None
        except (TelegramAPIError, ValueError) as fault:
            raise Never(f"对方收不到:{type(fault).__name__}") from None
        return str(sent.message_id)


def keyboard(parcel: Parcel) -> InlineKeyboardMarkup | None:
    """One option a row: a thumb finds it."""
    rows = [
        [InlineKeyboardButton(text=f"{n} {label}", callback_data=_data(meaning, n))]
        for n, (meaning, label) in enumerate(parcel.options, start=1)
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _data(meaning: str, n: int) -> str:
    """The meaning, or where it is too long its number, which still names its question."""
    return meaning if len(meaning.encode()) <= LONGEST_DATA else numbered(meaning, n)
