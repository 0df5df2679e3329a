"""One update in, one answer out within five seconds, and the same one for every repetition.

The update is stored before anything else. Work that takes longer goes on behind a closed line, and
what comes of it is a customer message, or is told when the person comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import logging
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from weakref import WeakValueDictionary

from bot.channels.wechat import CHANNEL
from bot.channels.wechat.api import WechatApi
from bot.channels.wechat.crypt import NotTheirs
from bot.channels.wechat.errors import Broken, Trouble, Unreached, may_write
from bot.channels.wechat.messages import Update, meaning_of
from bot.channels.wechat.speaking import LONGEST, bubbles, with_numbers
from bot.channels.wording import pieces
from bot.reception import MOST_TRIES, Reception, Step, dedupe_key, in_order
from casework.callers import on_channel
from casework.ports import Files, Office, Passing
from casework.refusals import Refusal
from casework.shelves import Inbound, Parcel, Priority

log = logging.getLogger(__name__)

#: The platform cuts the line after five seconds, and asks three times in all.
PATIENCE = 4.0
LOOK_AGAIN = 0.2

#: How long and how often we may write after a message, and after a press, a follow or a scan.
AFTER_A_MESSAGE = (timedelta(hours=48), 5)
AFTER_AN_EVENT = (timedelta(minutes=1), 3)
EVENTS = ("choice", "scan")

#: How long one message may keep the others of its sender waiting, should its process die.
TURN = timedelta(seconds=20)
MOST_LOOKS = 150

#: A message that nobody works on after this long was left behind by a process that died.
LEFT_BEHIND = timedelta(minutes=1)
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


class Answering:
    """The account's way in, once in each process."""

    def __init__(
        self, reception: Reception, office: Office, api: WechatApi | None, line: Line
    ) -> None:
        self._reception, self._office, self._api, self._line = reception, office, api, line
        self._working: dict[str, asyncio.Task[str]] = {}
        self._callers: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._name = secrets.token_hex(8)
        self._noted: dict[str, float] = {}  # when a refusal was noted last, by the loop's clock
        self._busy: Counter[str] = Counter()  # messages of a caller that are here
        self._turns: set[str] = set()  # those whose turn was free when they came

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
            if await self._take(message, letter):
                self._begin(message)
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

    async def _take(self, message: Inbound, letter: str) -> bool:
        stretch, most = AFTER_AN_EVENT if message.kind in EVENTS else AFTER_A_MESSAGE
        self._busy[message.caller] += 1
        new = False
        try:
            async with self._office.files() as files:
                if not await files.replies.brought(CHANNEL, letter, message.external_id):
                    raise NotTheirs
                if await files.talks.take(message):
                    await files.replies.expect(message)
                    until = self._office.clock.now() + stretch
                    await files.windows.opened(CHANNEL, message.caller, until=until, most=most)
                    if await self._turn(files, message):
                        self._turns.add(message.external_id)
                    new = True
        finally:
            if not new:
                self._gone(message)
        return new

    def _finished(self, message: Inbound) -> None:
        self._working.pop(message.external_id, None)
        self._turns.discard(message.external_id)
        self._gone(message)

    def _gone(self, message: Inbound) -> None:
        self._busy[message.caller] -= 1
        if self._busy[message.caller] <= 0:
            del self._busy[message.caller]

    async def _turn(self, files: Files, message: Inbound) -> bool:
        """This process's right to answer this person; taken with the message itself where it is
        free, and given back with the last answer that waits here."""
        return await files.windows.take_turn(
            CHANNEL,
            message.caller,
            holder=self._name,
            until=self._office.clock.now() + TURN,
        )

    async def _in_turn(self, message: Inbound) -> bool:
        """Wait while another process answers the same person; one that died is not waited for.
        False when that one has answered this very message."""
        for _ in range(MOST_LOOKS):
            if message.external_id in self._turns:
                return True
            async with self._office.files() as files:
                if await self._turn(files, message):
                    return await files.talks.is_pending(message)
            await asyncio.sleep(LOOK_AGAIN)
        return True

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

    def _begin(self, message: Inbound, *, again: bool = False) -> asyncio.Task[str]:
        task = asyncio.create_task(self._work(message, again=again))
        self._working[message.external_id] = task
        task.add_done_callback(lambda _: self._finished(message))
        return task

    async def _wait(self, message: Inbound) -> str:
        """The answer, if it comes while the line is open. Later the line is closed, durably."""
        task = self._working.get(message.external_id)
        if task:
            await asyncio.wait({task}, timeout=self._line.patience)
            if task.done() and (said := task.result()):
                return said
        else:
            await self._watch(message)
        stumbled = bool(task and task.done())
        async with self._office.files() as files:
            said = await files.replies.hang_up(message)
            if said or (await self._may_write(files) and not stumbled):
                return said
        return self._reception.texts("wechat.slow")

    async def _may_write(self, files: Files) -> bool:
        """Whether a late answer can reach her by itself."""
        return bool(self._api) and await may_write(files.counters, self._office.clock.now())

    async def _watch(self, message: Inbound) -> None:
        """A repetition: the answer is there already, or another process is at work on it."""
        for _ in range(int(self._line.patience / LOOK_AGAIN)):
            async with self._office.files() as files:
                known = await files.replies.of(message)
            if known is None or known.text or known.hung_up:
                return
            await asyncio.sleep(LOOK_AGAIN)

    async def _work(self, message: Inbound, *, again: bool) -> str:
        """The top of the channel: what fails here stays pending, and is tried again by `tidy`."""
        lock = self._callers.setdefault(message.caller, asyncio.Lock())
        await self._office.gate.pace(Passing.TALK, caller=on_channel(CHANNEL, message.caller))
        async with lock:
            try:
                if not await self._in_turn(message):
                    return ""
                tries = await self._reception.tried(message) if again else 1
                return await self._tried(message, tries) if tries else ""
            except Exception as fault:
                log.error("not answered", extra={"fault": type(fault).__name__})
                return ""

    async def _tried(self, message: Inbound, tries: int) -> str:
        """The answer; after the last try, that there will be none. Raises before."""
        if tries <= MOST_TRIES:
            try:
                return await in_order(lambda: self._heard_and_said(message))
            except Refusal:  # the house is away, which is not the message's fault
                raise
            except Exception as fault:
                if tries < MOST_TRIES:
                    raise
                log.error("parked", extra={"fault": type(fault).__name__})
        return await self._say(message, Step(None, (self._reception.parked(),)), parked=True)

    async def _heard_and_said(self, message: Inbound) -> str:
        return await self._say(message, await self._heard(message))

    async def _heard(self, message: Inbound) -> Step:
        """Files are fetched at once: the platform keeps them for three days."""
        if not message.media:
            return await self._reception.heard(message)
        fetched, excuse = await self._fetched(message)
        if excuse:
            return await self._reception.without_file(message, excuse)
        return await self._reception.heard(fetched)

    async def _fetched(self, message: Inbound) -> tuple[Inbound, str]:
        """The message with its file sealed on our shelf, or a sentence why it is not."""
        if self._api is None:
            return message, self._reception.texts("wechat.no_files")
        try:
            content = await self._api.download(message.media)
            async with self._office.reading() as reading:
                held = await reading.blobs.hold(content, caller=on_channel(CHANNEL, message.caller))
        except (Trouble, Unreached, Broken):
            return message, self._reception.texts("talk.file_lost")
        except Refusal as refusal:
            return message, self._reception.texts.refused(refusal)
        return replace(message, files=(held.blob,)), ""

    async def _say(self, message: Inbound, step: Step, *, parked: bool = False) -> str:
        """The talk, the answer and the mark 'done' are one transaction. What is too long for the
        line, or too late for it, goes another way. A parked message leaves the talk as it is."""
        said = [(with_numbers(reply.text, reply.options), reply.alone) for reply in step.replies]
        async with self._office.files() as files:
            known = await files.replies.of(message)  # locks the row: nobody else answers it now
            if not await files.talks.is_pending(message):
                return known.text if known else ""
            if not parked:
                await self._reception.keep(files, message, step)
            left = await files.windows.collect(CHANNEL, message.caller)
            if left:
                said = [
                    ("\n\n".join((self._reception.texts("wechat.unsaid"), *left)), False),
                    *said,
                ]
            first, *rest = await self._in_bubbles(files, message, said)
            on_the_line = await files.replies.say(message, first)
            for n, piece in enumerate(rest if on_the_line else (first, *rest)):
                await self._send(files, message, n, piece)
            if self._busy[message.caller] <= 1:
                await files.windows.end_turn(CHANNEL, message.caller, holder=self._name)
            await (files.talks.park(message) if parked else files.talks.done(message))
        return first if on_the_line else ""

    async def _in_bubbles(
        self, files: Files, message: Inbound, said: Sequence[tuple[str, bool]]
    ) -> Sequence[str]:
        """A few short ones where we may send more than the one on the line, the rest for the next time
        she comes; else one, as long as the line takes."""
        if not await self._may_write(files):
            return pieces("\n\n".join(text for text, _ in said), LONGEST)
        now, later = bubbles(said)
        if later:
            await files.windows.leave(CHANNEL, message.caller, later)
        return now or ("",)

    async def _send(self, files: Files, message: Inbound, n: int, piece: str) -> None:
        if not await self._may_write(files):
            await files.windows.leave(CHANNEL, message.caller, piece)
            return
        stretch, _ = AFTER_AN_EVENT if message.kind in EVENTS else AFTER_A_MESSAGE
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
                expires_at=(message.at or now) + stretch,
            )
        )

    async def run(self, stop: asyncio.Event) -> None:
        """In the worker, until told to stop: what a dead process left, and what nobody needs."""
        while not stop.is_set():
            try:
                await self.tidy()
            except Exception as fault:  # the top of the loop: logged, and the next round goes on
                log.warning("wechat stumbled", extra={"fault": type(fault).__name__})
            try:
                await asyncio.wait_for(stop.wait(), EVERY)
            except TimeoutError:
                continue

    async def tidy(self) -> int:
        """Answer what was left behind, on a closed line; empty old answers."""
        now = self._office.clock.now()
        async with self._office.reading() as reading:
            pending = await reading.talks.pending(CHANNEL)
        left = [
            message for message in pending
            if message.at and abs(now - message.at) > LEFT_BEHIND  # or the clock was set back
            and message.external_id not in self._working
        ]  # fmt: skip
        for message in left:
            async with self._office.files() as files:
                await files.replies.hang_up(message)
            self._busy[message.caller] += 1
            await self._begin(message, again=True)
        async with self._office.files() as files:
            await files.replies.clear(now - REPETITIONS)
        return len(left)

    async def close(self) -> None:
        """Wait for what is under way; what is not finished is left for the next process."""
        if self._working:
            await asyncio.wait(self._working.values(), timeout=PATIENCE)
