"""The messages of a channel where they come and are answered by themselves: stored first, each caller's in
order and the callers side by side, what was said at once as one, what was left behind once more."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.reception.bundles import as_one, first_together, may_go_on
from bot.reception.inbox import Beside, Hear, Reception, Say
from bot.reception.outcomes import Reply, Step
from bot.reception.way import NotFetched, Way
from casework.callers import on_channel
from casework.ports import Files, Office, Passing
from casework.refusals import Refusal
from casework.shelves import Inbound

log = logging.getLogger(__name__)

#: Messages heard, and files fetched, side by side.
MOST_AT_ONCE, MOST_FILES = 16, 4
#: So many callers are remembered, until those who are gone are looked for.
MOST_CALLERS = 1000
#: How long one message may keep the others of its sender waiting, should its process die.
TURN = timedelta(seconds=20)
LOOK_AGAIN, MOST_LOOKS = 0.2, 150


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How long is waited for what, in seconds."""

    #: Until a message that failed is tried again: after the failure, and then.
    soon: float = 2.0
    every: float = 30.0
    #: What nobody here works on after this long was left behind by a process that died. At once where
    #: there is no other process.
    left_behind: float = 60.0
    #: For more of what may go on; and for all of it.
    breath: float = 1.2
    longest: float = 2.5
    #: After our answer: who writes again before that has not read it.
    reading: float = 4.0
    #: At a stop, for what is under way; the rest is left for the next process.
    stopping: float = 4.0


@dataclass
class _Letter:
    """A stored message. `said` becomes what its open line gets, None where it was not answered."""

    message: Inbound
    said: asyncio.Future[str | None]
    again: bool = False  # left behind before


@dataclass
class _Visit:
    """One caller, as long as anything of hers is here."""

    waiting: list[_Letter] = field(default_factory=list)
    coming: int = 0  # on their way into the store
    has_turn: bool = False
    serving: asyncio.Task[None] | None = None
    more: asyncio.Event = field(default_factory=asyncio.Event)
    answered: float = float("-inf")  # when, by the loop's clock


class Queue:
    """One channel's messages in this process."""

    def __init__(
        self,
        reception: Reception,
        office: Office,
        way: Way,
        pace: Pace = Pace(),
        *,
        most_callers: int = MOST_CALLERS,
    ) -> None:
        self._most_callers = most_callers
        self._reception, self._office, self._way, self.pace = reception, office, way, pace
        self._visits: dict[str, _Visit] = {}
        self._here: dict[str, asyncio.Future[str | None]] = {}  # by the number of the message
        self._name = secrets.token_hex(8)
        self._slots, self._fetching = asyncio.Semaphore(MOST_AT_ONCE), asyncio.Semaphore(MOST_FILES)
        self._failed = asyncio.Event()
        self._failures: set[str] = set()

    @property
    def is_idle(self) -> bool:
        return not self._here

    @property
    def callers(self) -> int:
        """How many are remembered."""
        return len(self._visits)

    def waiting(self, caller: str) -> Sequence[Inbound]:
        """What of hers is here, the one that is being answered first."""
        visit = self._visits.get(caller)
        return [letter.message for letter in visit.waiting] if visit else []

    def answer_to(self, message: Inbound) -> asyncio.Future[str | None] | None:
        """What becomes of a message that is here."""
        return self._here.get(message.external_id)

    async def take(
        self,
        message: Inbound,
        *,
        before: Beside | None = None,
        after: Beside | None = None,
    ) -> bool:
        """Stored durably as `Reception.take` does, and answered in its turn. False where it was here
        before."""
        said = asyncio.get_running_loop().create_future()
        is_first = self._here.setdefault(message.external_id, said) is said
        visit = self._visits.setdefault(message.caller, _Visit())
        visit.coming += 1
        is_new = has_turn = False

        async def taken(files: Files) -> None:
            nonlocal has_turn
            if after:
                await after(files)
            has_turn = await self._take_turn(files, message.caller)

        try:
            is_new = await self._reception.take(message, before=before, after=taken)
        finally:
            visit.coming -= 1
            if is_first and not is_new:
                del self._here[message.external_id]
        if is_new:
            visit.has_turn = visit.has_turn or has_turn
            self._queued(_Letter(message, self._here.setdefault(message.external_id, said)))
        return is_new

    def _queued(self, letter: _Letter) -> None:
        caller = letter.message.caller
        visit = self._visits.setdefault(caller, _Visit())
        visit.waiting.append(letter)
        visit.more.set()
        if visit.serving is None:
            visit.serving = asyncio.create_task(self._serve(caller, visit))

    async def _serve(self, caller: str, visit: _Visit) -> None:
        """As long as something of hers waits. What fails stays in the store, and is tried again."""
        name = on_channel(self._way.name, caller)
        try:
            while visit.waiting:
                letters = await self._gathered(visit)
                for _ in letters:
                    await self._office.gate.pace(Passing.TALK, caller=name)
                await self._answer(visit, letters)
                visit.answered = asyncio.get_running_loop().time()
        finally:
            for letter in tuple(visit.waiting):  # where this is the end of the process
                self._done(visit, letter, None)
            visit.serving = None
            if len(self._visits) > self._most_callers:
                self._forget_visits()

    def _done(self, visit: _Visit, letter: _Letter, said: str | None) -> None:
        visit.waiting.remove(letter)
        self._here.pop(letter.message.external_id, None)
        if not letter.said.done():
            letter.said.set_result(said)

    async def _gathered(self, visit: _Visit) -> Sequence[_Letter]:
        """The first of those that wait, and what goes together with it; a moment is waited for what may
        still be on its way."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + self.pace.longest
        in_a_breath = loop.time() - visit.answered < self.pace.reading
        while True:
            messages = [letter.message for letter in visit.waiting]
            n = first_together(messages)
            patience = min(self.pace.breath, ends - loop.time())
            if n < len(messages) or visit.waiting[0].again or patience <= 0:
                break
            if not may_go_on(messages[-1], in_a_breath=in_a_breath):
                break
            visit.more.clear()
            try:
                await asyncio.wait_for(visit.more.wait(), patience)
            except TimeoutError:
                break
        return visit.waiting[:n]

    async def _answer(self, visit: _Visit, letters: Sequence[_Letter]) -> None:
        """As one; where that fails each by itself, so that none keeps the others from being heard."""
        together = len(letters) > 1
        if together and (said := await self._tried(visit, letters)) is not None:
            for letter in letters[:-1]:
                self._done(visit, letter, "")
            self._done(visit, letters[-1], said)
            return
        for letter in letters:
            said = await self._tried(visit, (letter,))
            if said is None:
                self._failures.add(letter.message.external_id)
                if not letter.again:  # soon; what failed before in its turn
                    self._failed.set()
            self._done(visit, letter, said)

    async def _tried(self, visit: _Visit, letters: Sequence[_Letter]) -> str | None:
        """What the open line gets; '' also where another process answered. None where it failed, or some
        of it was answered elsewhere."""
        parts = [letter.message for letter in letters]
        hear, say = self._hearing(parts), self._saying(visit, parts)
        try:
            if not await self._in_turn(visit, parts[0]):
                return ""
            if letters[0].again:
                return await self._reception.once_more(parts[0], hear, say)
            said = await self._reception.answer(as_one(parts), hear, say, parts=parts)
        except Exception as fault:  # the top of the channel
            log.error("not answered", extra={"fault": type(fault).__name__, "parts": len(parts)})
            return None
        return "" if said is None and len(parts) == 1 else said

    def _hearing(self, parts: Sequence[Inbound]) -> Hear:
        """Files are fetched first and once, and never hold up those who sent none."""
        fetched: list[tuple[Inbound, str]] = []

        async def hear(_: Inbound) -> Step:
            if not fetched:
                each = [await self._fetched(part) for part in parts]
                excuses = dict.fromkeys(excuse for _, excuse in each if excuse)
                fetched.append((as_one([whole for whole, _ in each]), "\n".join(excuses)))
            ((whole, excuse),) = fetched
            async with self._slots:
                if excuse:
                    return await self._reception.without_file(whole, excuse)
                return await self._reception.heard(whole)

        return hear

    async def _fetched(self, message: Inbound) -> tuple[Inbound, str]:
        """The message with its file sealed on our shelf; or as its words alone, and why it has none."""
        if not message.media:
            return message, ""
        kind = "voice" if message.kind == "voice" and message.text else "text"
        words = replace(message, media="", kind=kind)
        try:
            async with self._fetching:
                content = await self._way.download(message.media)
                async with self._office.reading() as reading:
                    caller = on_channel(message.channel, message.caller)
                    held = await reading.blobs.hold(content, caller=caller)
        except NotFetched as lost:
            return words, self._reception.texts(lost.key)
        except Refusal as refusal:
            return words, self._reception.texts.refused(refusal)
        return replace(message, media="", files=(held.blob,)), ""

    def _saying(self, visit: _Visit, parts: Sequence[Inbound]) -> Say:
        async def say(files: Files, message: Inbound, replies: Sequence[Reply]) -> str:
            for part in parts[:-1]:
                await self._way.passed_over(files, part)
            said = await self._way.say(files, message, replies)
            if not visit.coming and len(visit.waiting) == len(parts):
                visit.has_turn = False
                await files.windows.end_turn(
                    message.channel, message.caller, holder=self._name
                )  # fmt: skip
            return said

        return say

    async def _take_turn(self, files: Files, caller: str) -> bool:
        """This process's right to answer this person; taken with the message itself where it is free,
        and given back with the last answer that waits here."""
        until = self._office.clock.now() + TURN
        return await files.windows.take_turn(self._way.name, caller, holder=self._name, until=until)

    async def _in_turn(self, visit: _Visit, message: Inbound) -> bool:
        """Wait while another process answers the same person; one that died is not waited for. False
        where that one has answered this very message."""
        for _ in range(MOST_LOOKS):
            if visit.has_turn:
                return True
            async with self._office.files() as files:
                if await self._take_turn(files, message.caller):
                    visit.has_turn = True
                    return await files.talks.is_pending(message)
            await asyncio.sleep(LOOK_AGAIN)
        return True

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop: what a dead process left, and what failed here."""
        sweeping = asyncio.create_task(self._sweep_again())
        try:
            await stop.wait()
        finally:
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)
            await self.close()

    async def _sweep_again(self) -> None:
        await self._swept()
        while True:
            try:
                await asyncio.wait_for(self._failed.wait(), self.pace.every)
                self._failed.clear()
                await asyncio.sleep(self.pace.soon)
            except TimeoutError:
                pass
            await self._swept()

    async def _swept(self) -> None:
        try:
            await self.sweep()
        except Exception as fault:  # the top of the loop: logged, and the next round goes on
            log.warning("nothing recovered", extra={"fault": type(fault).__name__})

    async def sweep(self) -> int:
        """Once more, one after the other, what failed here or was left behind. How many were tried."""
        failures, self._failures = self._failures, set()
        self._forget_visits()
        count = 0
        for message in await self._reception.left(self._way.name):
            mine = message.external_id in failures or self._is_old(message)
            if mine and message.external_id not in self._here:
                await self._once_more(message)
                count += 1
        return count

    async def _once_more(self, message: Inbound) -> None:
        async with self._office.files() as files:  # it may be away: then nothing is here yet
            await self._way.passed_over(files, message)
        said = self._here[message.external_id] = asyncio.get_running_loop().create_future()
        self._queued(_Letter(message, said, again=True))
        await said

    def _is_old(self, message: Inbound) -> bool:
        """Or the clock was set back."""
        age = self._office.clock.now() - message.at if message.at else timedelta.max
        return abs(age) >= timedelta(seconds=self.pace.left_behind)

    def _forget_visits(self) -> None:
        now = asyncio.get_running_loop().time()
        for caller, visit in tuple(self._visits.items()):
            is_idle = not (visit.waiting or visit.coming or visit.serving)
            if is_idle and now - visit.answered > self.pace.reading:
                del self._visits[caller]

    async def close(self) -> None:
        """A little time for what is under way; what is not finished is left for the next process."""
        serving = [visit.serving for visit in self._visits.values() if visit.serving]
        if serving:
            _, late = await asyncio.wait(serving, timeout=self.pace.stopping)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
