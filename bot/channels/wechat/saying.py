"""What a message gets here: its file fetched, its answer on the open line, after it, or the next time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.channels.wechat import CHANNEL
from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.errors import Broken, Trouble, Unreached, may_write
from bot.channels.wechat.speaking import LONGEST, bubbles, with_numbers
from bot.channels.wording import pieces
from bot.reception import NotFetched, Reply, dedupe_key
from casework.content import Texts
from casework.ports import Files, Office
from casework.shelves import Inbound, Parcel, Priority

#: How long and how often we may write after a message, and after a press, a follow or a scan.
AFTER_A_MESSAGE = (timedelta(hours=48), 5)
AFTER_AN_EVENT = (timedelta(minutes=1), 3)
EVENTS = ("choice", "scan")


def window_after(message: Inbound) -> tuple[timedelta, int]:
    return AFTER_AN_EVENT if message.kind in EVENTS else AFTER_A_MESSAGE


class Answers:
    """`bot.reception.Way`. Without `api` nothing is fetched, and nothing said but on the line."""

    name = CHANNEL

    def __init__(self, office: Office, api: WechatApi | None) -> None:
        self._office, self._api = office, api

    @property
    def _texts(self) -> Texts:
        return self._office.content.texts

    async def may_write(self, files: Files) -> bool:
        """Whether a late answer can reach her by itself."""
        return bool(self._api) and await may_write(files.counters, self._office.clock.now())

    async def download(self, media: str) -> bytes:
        """At once: the platform keeps a file for three days."""
        if self._api is None:
            raise NotFetched("wechat.no_files")
        try:
            return await self._api.download(media)
        except (Trouble, Unreached, Broken):
            raise NotFetched("talk.file_lost") from None

    async def say(self, files: Files, message: Inbound, replies: Sequence[Reply]) -> str:
        """What is too long for the line, or too late for it, goes another way."""
        await files.replies.of(message)  # locks the row: nobody hangs up meanwhile
        said = [(with_numbers(reply.text, reply.options), reply.alone) for reply in replies]
        if left := await files.windows.collect(CHANNEL, message.caller):
            said.insert(0, ("\n\n".join((self._texts("wechat.unsaid"), *left)), False))
        first, *rest = await self._in_bubbles(files, message, said)
        on_the_line = await files.replies.say(message, first)
        for n, piece in enumerate(rest if on_the_line else (first, *rest)):
            await self._send(files, message, n, piece)
        return first if on_the_line else ""

    async def passed_over(self, files: Files, part: Inbound) -> None:
        """Its line is closed without a word."""
        await files.replies.hang_up(part)

    async def _in_bubbles(
        self, files: Files, message: Inbound, said: Sequence[tuple[str, bool]]
    ) -> Sequence[str]:
        """A few short ones where we may send more than the one on the line, the rest for the next time
        she comes; else one, as long as the line takes."""
        if not await self.may_write(files):
            return pieces("\n\n".join(text for text, _ in said), LONGEST)
        now, later = bubbles(said)
        if later:
            await files.windows.leave(CHANNEL, message.caller, later)
        return now or ("",)

    async def _send(self, files: Files, message: Inbound, n: int, piece: str) -> None:
        if not await self.may_write(files):
            await files.windows.leave(CHANNEL, message.caller, piece)
            return
        now = self._office.clock.now()
        await files.outbox.add(
            Parcel(
                channel=CHANNEL,
                recipient=message.caller,
                text=piece,
                dedupe=dedupe_key(message, n),
                priority=Priority.REPLY,
                # The passive answer should be on the phone before its continuation.
                due=now + timedelta(seconds=1 + n),
                expires_at=(message.at or now) + window_after(message)[0],
            )
        )
