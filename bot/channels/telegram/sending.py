"""The way out to Telegram: what a platform answers becomes one of three kinds of trouble."""

from __future__ import annotations

from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from casework.delivery import Later, Never, Unsure
from casework.shelves import Parcel

#: Telegram refuses longer texts.
LONGEST = 4096
#: And longer button payloads, in bytes.
LONGEST_DATA = 64


class TelegramSender:
    """One account's way out."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, parcel: Parcel) -> str:
        try:
            sent = await self._bot.send_message(
                int(parcel.recipient), parcel.text[:LONGEST], reply_markup=keyboard(parcel)
            )
        except TelegramRetryAfter as wait:
            raise Later(wait.retry_after) from None
        except (TelegramForbiddenError, TelegramBadRequest) as fault:
            raise Never(f"对方收不到:{type(fault).__name__}") from None
        except (TelegramServerError, TelegramNetworkError) as fault:
            raise Unsure(type(fault).__name__) from None
        except TelegramAPIError as fault:
            raise Never(type(fault).__name__) from None
        return str(sent.message_id)


def keyboard(parcel: Parcel) -> InlineKeyboardMarkup | None:
    """One option a row: a thumb finds it."""
    rows = [
        [InlineKeyboardButton(text=f"{n} {label}", callback_data=_data(meaning, n))]
        for n, (meaning, label) in enumerate(parcel.options, start=1)
    ]
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _data(meaning: str, n: int) -> str:
    return meaning if len(meaning.encode()) <= LONGEST_DATA else str(n)
