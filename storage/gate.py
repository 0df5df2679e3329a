"""The gate that a flood stands before: buckets of turns, in memory alone, and nothing is lost at it."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from casework.ports.gate import Passing
from casework.refusals import TooFast, TooMuch

MEGABYTE = 1024 * 1024

#: How long anybody waits at the gate before he is told to come again, in seconds.
PATIENCE = 20.0
#: So many callers are remembered; the one that came least lately is forgotten first.
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class Pace:
    """So many at once, and one more every `seconds`."""

    at_once: int
    seconds: float


#: Several houses may share an address, so one caller's pace is that of a village, not of a person.
OF_ONE = {Passing.REPORT: Pace(20, 10.0), Passing.TALK: Pace(60, 1.0)}
OF_ALL = {Passing.REPORT: Pace(2000, 0.05), Passing.TALK: Pace(5000, 0.01)}
#: Bytes of files a day, of one caller and of all.
FILES_OF_ONE, FILES_OF_ALL = 100 * MEGABYTE, 20 * 1024 * MEGABYTE


@dataclass
class Bucket:
    """Turns that fill up by themselves. One may be taken ahead: then it is owed, and waited for."""

    pace: Pace
    left: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.left, self.at = float(self.pace.at_once), 0.0

    def wait_for_one(self, now: float) -> float:
        """Seconds until the next turn, if it were taken now."""
        return max(0.0, (1 - self._filled(now)) * self.pace.seconds)

    def take(self, now: float) -> float:
        """Take the next turn; the seconds until it comes."""
        wait = self.wait_for_one(now)
        self.left, self.at = self._filled(now) - 1, now
        return wait

    def _filled(self, now: float) -> float:
        return min(self.left + max(0.0, now - self.at) / self.pace.seconds, self.pace.at_once)


class TokenGate:
    """One process's gate. `today` names the day by which files are weighed."""

    def __init__(
        self,
        today: Callable[[], str],
        *,
        of_one: dict[Passing, Pace] = OF_ONE,
        of_all: dict[Passing, Pace] = OF_ALL,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._today, self._now, self._of_one = today, now, of_one
        self._all = {what: Bucket(pace) for what, pace in of_all.items()}
        self._ones: OrderedDict[tuple[Passing, str], Bucket] = OrderedDict()
        self._day, self._weighed_of_all = "", 0
        self._weighed: OrderedDict[str, int] = OrderedDict()

    async def admit(self, what: Passing, *, caller: str) -> None:
        now, buckets = self._now(), self._buckets(what, caller)
        if any(bucket.wait_for_one(now) > PATIENCE for bucket in buckets):
            raise TooFast
        await self._until_the_turn(buckets, now)

    async def pace(self, what: Passing, *, caller: str) -> None:
        await self._until_the_turn(self._buckets(what, caller), self._now())

    async def _until_the_turn(self, buckets: tuple[Bucket, ...], now: float) -> None:
        if wait := max(bucket.take(now) for bucket in buckets):
            await asyncio.sleep(wait)

    def _buckets(self, what: Passing, caller: str) -> tuple[Bucket, ...]:
        key = (what, caller)
        one = self._ones.pop(key, None) or Bucket(self._of_one[what])
        self._ones[key] = one
        if len(self._ones) > MOST_REMEMBERED:
            self._ones.popitem(last=False)
        return one, self._all[what]

    def weigh(self, size: int, *, caller: str) -> None:
        if (day := self._today()) != self._day:
            self._day, self._weighed_of_all = day, 0
            self._weighed.clear()
        mine = self._weighed.pop(caller, 0)
        if too_much := mine + size > FILES_OF_ONE or self._weighed_of_all + size > FILES_OF_ALL:
            size = 0
        self._weighed[caller] = mine + size
        self._weighed_of_all += size
        if len(self._weighed) > MOST_REMEMBERED:
            self._weighed.popitem(last=False)
        if too_much:
            raise TooMuch
