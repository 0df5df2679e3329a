"""A line for slow work: one at a time, callers in turn, nobody's many before another's one."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from casework.refusals import TooManyTries

T = TypeVar("T")

#: How many of one caller may wait. More is no person with a phone.
MOST_OF_ONE = 2
#: Wrong guesses of one caller within `REMEMBERED` seconds, after which it stands behind the others.
MISSES = 3
REMEMBERED = 600.0
#: Those who stand behind get one turn in so many while others wait, and at most so many a second
#: together: at that rate a year of guessing finds one of 100,000 live codes with probability 0.2 %.
ONE_IN = 5
A_SECOND = 5.0
#: So many guessers are remembered; the one that guessed least lately is forgotten first.
MOST_REMEMBERED = 4096


def slow_thread(name: str, *, niceness: int) -> ThreadPoolExecutor:
    """A thread that leaves the processor to the others: work by the way must not delay an answer."""

    def step_back() -> None:
        # Linux weighs threads one by one; elsewhere the thread is as good as any other.
        with contextlib.suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)

    return ThreadPoolExecutor(1, thread_name_prefix=name, initializer=step_back)


class Line:
    """Slow work in one thread. Each caller has a place of its own, and the places take turns."""

    def __init__(self, name: str, *, niceness: int = 0) -> None:
        self._thread = slow_thread(name, niceness=niceness)
        self._places: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        self._misses: OrderedDict[str, list[float]] = OrderedDict()
        self._busy = False
        self._since_behind = 0
        self._next_behind = 0.0
        self._alarm: asyncio.TimerHandle | None = None

    async def run(self, caller: str, act: Callable[[], T]) -> T:
        """`act` in the thread, when it is this caller's turn. Raises `TooManyTries` where too many of
        the same caller wait already."""
        place = self._places.setdefault(caller, deque())
        if len(place) >= MOST_OF_ONE:
            raise TooManyTries
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        place.append(turn)
        self._call()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # called, and gone in the same moment
                self._done()
            raise
        work = asyncio.ensure_future(loop.run_in_executor(self._thread, act))
        work.add_done_callback(lambda _: self._done())
        return await asyncio.shield(work)

    def missed(self, caller: str) -> None:
        """A wrong guess of theirs."""
        now = time.monotonic()
        recent = [at for at in self._misses.pop(caller, []) if at > now - REMEMBERED]
        self._misses[caller] = [*recent, now][-MISSES:]
        if len(self._misses) > MOST_REMEMBERED:
            self._misses.popitem(last=False)

    def close(self) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._thread.shutdown(wait=False)

    def _stands_behind(self, caller: str, now: float) -> bool:
        misses = self._misses.get(caller, [])
        return len(misses) >= MISSES and misses[0] > now - REMEMBERED

    def _done(self) -> None:
        self._busy = False
        self._call()

    def _call(self) -> None:
        """The next one, unless somebody is at it."""
        if self._busy:
            return
        caller = self._whose_turn()
        if caller is None:
            return
        place = self._places[caller]
        turn = place.popleft()
        if not place:
            del self._places[caller]
        else:
            self._places.move_to_end(caller)
        if turn.cancelled():
            return self._call()
        self._busy = True
        turn.set_result(None)

    def _whose_turn(self) -> str | None:
        now = time.monotonic()
        ahead = next((c for c in self._places if not self._stands_behind(c, now)), None)
        behind = next((c for c in self._places if self._stands_behind(c, now)), None)
        if behind and now >= self._next_behind and (not ahead or self._since_behind >= ONE_IN - 1):
            self._next_behind = now + 1 / A_SECOND
            self._since_behind = 0
            return behind
        if ahead:
            self._since_behind += 1
        elif behind:
            self._wake_at(self._next_behind - now)
        return ahead

    def _wake_at(self, seconds: float) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(seconds, self._call)
