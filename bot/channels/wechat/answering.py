"""One update in, one answer out within five seconds, and the same one for every repetition.

The update is stored before anything else. Work that takes longer goes on behind a closed line, and
what comes of it is a customer message, or is told when the person comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from bot.channels.wechat import CHANNEL
from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.crypt import NotTheirs
from bot.channels.wechat.messages import Update, meaning_of
from bot.channels.wechat.saying import Answers, window_after
from bot.reception import Pace, Queue, Reception
from casework.ports import Files, Office
from casework.refusals import Refusal
from casework.shelves import Inbound

log = logging.getLogger(__name__)

#: The platform cuts the line after five seconds, and asks three times in all.
PATIENCE = 4.0
LOOK_AGAIN = 0.2

#: No repetition comes later than this; the stored answer is emptied then.
REPETITIONS = timedelta(minutes=2)
EVERY = 30.0
#: Between two notes of letters that were refused, in seconds.
NOTED = 60.0


@dataclass(frozen=True, kw_only=True)
class Line:
    """How one account is answered."""

    secret: str  # the account's token: what message ids are hidden under
    patience: float = PATIENCE
    pace: Pace = field(default_factory=Pace)


class Answering:
    """The account's way in, once in each process."""

    def __init__(
        self, reception: Reception, office: Office, api: WechatApi | None, line: Line
    ) -> None:
        self._reception, self._office, self._line = reception, office, line
        self._answers = Answers(office, api)
        self.queue = Queue(reception, office, self._answers, line.pace)
        self._noted: dict[str, float] = {}  # when a refusal was noted last, by the loop's clock

    async def answer(self, update: Update, letter: str) -> str:
        """What is said on the line; '' where nothing is. Raises `NotTheirs` where the letter's signature
        brought another message before."""
        try:
            if update.event == "unsubscribe":
                await self._left(update, letter)
                return ""
            message = self._message(update)
            if message is None:
                return "" if update.is_event else self._reception.texts("talk.unreadable")
            await self._take(message, letter)
            return await self._wait(message)
        except Refusal as refusal:
            return self._reception.texts.refused(refusal)

    def _message(self, update: Update) -> Inbound | None:
        meant = meaning_of(update)
        if meant is None:
            return None
        place, text = self._reception.scanned(meant.scene), meant.text
        if meant.kind == "location":
            place = self._reception.knows.gazetteer.find(text).code
            text = self._reception.knows.gazetteer.full_name(place) or text
        return Inbound(
            channel=CHANNEL, external_id=self._hidden(update), caller=update.sender,
            kind=meant.kind, text=text, media=meant.media, place=place,
            at=self._office.clock.now(),
        )  # fmt: skip

    def _hidden(self, update: Update) -> str:
        """What tells repetitions apart, without the sender in it."""
        return hmac.new(self._line.secret.encode(), update.once.encode(), sha256).hexdigest()[:48]

    async def _take(self, message: Inbound, letter: str) -> None:
        async def is_theirs(files: Files) -> None:
            if not await files.replies.brought(CHANNEL, letter, message.external_id):
                raise NotTheirs

        async def opens(files: Files) -> None:
            stretch, most = window_after(message)
            until = self._office.clock.now() + stretch
            await files.replies.expect(message)
            await files.windows.opened(CHANNEL, message.caller, until=until, most=most)

        await self.queue.take(message, before=is_theirs, after=opens)

    async def _wait(self, message: Inbound) -> str:
        """The answer, if it comes while the line is open. Later the line is closed, durably."""
        stumbled = False
        if answer := self.queue.answer_to(message):
            await asyncio.wait({answer}, timeout=self._line.patience)
            if answer.done() and (said := answer.result()):
                return said
            stumbled = answer.done() and answer.result() is None
        else:
            await self._watch(message)
        async with self._office.files() as files:
            said = await files.replies.hang_up(message)
            waits = await files.talks.is_pending(message)
            if said or not waits or (await self._answers.may_write(files) and not stumbled):
                return said
        return self._reception.texts("wechat.slow")

    async def _watch(self, message: Inbound) -> None:
        """A repetition: the answer is there already, or another process is at work on it."""
        for _ in range(int(self._line.patience / LOOK_AGAIN)):
            async with self._office.files() as files:
                known = await files.replies.of(message)
            if known is None or known.text or known.hung_up:
                return
            await asyncio.sleep(LOOK_AGAIN)

    async def noted(self, refused: NotTheirs) -> None:
        """For `doctor`, once a minute at most: refused by the dozen it would be, with a wrong clock."""
        now = asyncio.get_running_loop().time()
        if not refused.note or now - self._noted.get(refused.note, -NOTED) < NOTED:
            return
        self._noted[refused.note] = now
        log.warning("letter refused", extra={"fault": refused.note})
        with contextlib.suppress(Refusal):  # the house is away, and says so elsewhere
            async with self._office.files() as files:
                await files.counters.ran(refused.note, at=self._office.clock.now())

    async def _left(self, update: Update, letter: str) -> None:
        """She no longer follows us: what ties her account to anything here goes at once. Reports
        never knew it."""
        caller = update.sender
        async with self._office.files() as files:
            if not await files.replies.brought(CHANNEL, letter, self._hidden(update)):
                raise NotTheirs
            await files.talks.drop(CHANNEL, caller)
            await files.windows.forget(CHANNEL, caller)
            await files.craftsmen.unlink(CHANNEL, caller)
            await files.remembered.forget(CHANNEL, caller)

    async def run(self, stop: asyncio.Event) -> None:
        """In the worker, until told to stop: what a dead process left, and what nobody needs."""
        await asyncio.gather(self.queue.run(stop), self._clear_again(stop))

    async def _clear_again(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.clear()
            except Exception as fault:  # the top of the loop: logged, and the next round goes on
                log.warning("wechat stumbled", extra={"fault": type(fault).__name__})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)

    async def clear(self) -> None:
        """Empty the answers that no repetition can ask for any more."""
        async with self._office.files() as files:
            await files.replies.clear(self._office.clock.now() - REPETITIONS)

    async def close(self) -> None:
        """Wait a little for what is under way; what is not finished is left for the next process."""
        await self.queue.close()
