"""Long polling: every message is stored durably before the offset moves past it.

aiogram's own polling loses an update when its handler raises, and a batch when one update is odd, so the
loop is ours. Nothing that comes, and nothing the platform does, ends it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry

from bot.channels.telegram import AWAY, CHANNEL, FETCHED
from bot.channels.telegram.answering import Answers
from bot.channels.telegram.api import Away, Garbled, TelegramApi
from bot.channels.telegram.figures import Figures
from bot.channels.telegram.updates import (
    KINDS,
    Heard,
    Left,
    Pressed,
    Told,
    ToldAGroup,
    Unreadable,
    meaning_of,
    number_of,
)
from bot.reception import Pace, Queue, Reception
from casework.ports import Office
from casework.refusals import Refusal
from casework.shelves import Inbound, Parcel

log = logging.getLogger(__name__)

MOST_UPDATES = 100
#: How often an update that cannot be stored is tried, where it is not the house that is away.
MOST_TRIES = 3
#: The platform lets one process alone fetch: what is not here was left behind.
ALONE = Pace(left_behind=0.0)
#: How often it is noted that all is well, in seconds.
NOTED = 60.0


@dataclass(frozen=True, kw_only=True)
class Pauses:
    """Between two polls, growing; and after a batch that led nowhere. Seconds."""

    first: float = 1.0
    longest: float = 60.0

    def after(self, faults: int) -> float:
        """The pause after so many faults in a row, the first is 1.

        >>> Pauses().after(1), Pauses().after(4), Pauses().after(1000)
        (1.0, 8.0, 60.0)
        """
        return min(self.first * 2.0 ** min(faults - 1, 30), self.longest)


class Poller:
    """One account's way in."""

    def __init__(
        self,
        api: TelegramApi,
        reception: Reception,
        office: Office,
        figures: Figures | None = None,
        *,
        pauses: Pauses = Pauses(),
        pace: Pace = ALONE,
    ) -> None:
        self._api, self._reception, self._office = api, reception, office
        self._figures = figures or Figures(CollectorRegistry())
        self._pauses = pauses
        self.queue = Queue(reception, office, Answers(api), pace)
        self._running: set[asyncio.Task[None]] = set()  # what is beside the messages
        self._offset, self._most = 0, MOST_UPDATES
        self._faults = 0  # in a row
        self._noted = -NOTED  # when the last good poll was noted, by the loop's clock
        self._unstored: tuple[int, int] = (-1, 0)  # an update, and how often it was tried
        self._told: tuple[str, set[int]] = ("", set())  # an hour, and the groups told in it

    @property
    def is_idle(self) -> bool:
        return self.queue.is_idle and not self._running

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. What is under way then is given a little time."""
        polling = asyncio.create_task(self._poll())
        self._start(self._publish())
        try:
            await self.queue.run(stop)
        finally:
            polling.cancel()
            for task in self._running:
                task.cancel()
            await asyncio.gather(polling, *self._running, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _publish(self) -> None:
        fault = await self._api.publish_commands(self._reception.texts)
        if fault:
            log.warning("no menu of commands", extra={"fault": fault})

    async def _poll(self) -> None:
        """The top of the channel: whatever happens is noted, and the next poll comes after a pause
        that grows."""
        while True:
            try:
                await asyncio.sleep(await self._polled())
                await self._all_well()
            except Away as away:
                await self._in_vain(away.fault, away.pause)
            except Exception as fault:
                await self._in_vain(type(fault).__name__)

    async def _polled(self) -> float:
        """One batch taken. How many seconds to wait until the next."""
        before = self._offset
        try:
            batch = await self._api.updates(
                after=self._offset, kinds=tuple(KINDS), most=self._most
            )  # fmt: skip
        except Garbled as garbled:
            if self._most > 1:  # one of many: they come one by one now
                self._most = 1
                return 0.0
            self._skip("Garbled", garbled.number)
            self._past(garbled.number if garbled.number is not None else self._guessed(1))
            return 0.0 if self._offset > before else self._pauses.first
        self._most = MOST_UPDATES
        numbered = [(number, each) for each in batch if (number := number_of(each)) is not None]
        for number, update in sorted(numbered, key=lambda pair: pair[0]):
            await self._receive(number, update)
            self._past(number)
        for _ in range(len(batch) - len(numbered)):
            self._skip("update_id", None)
        if batch and not numbered:
            self._past(self._guessed(len(batch)))
        return self._pauses.first if batch and self._offset == before else 0.0

    def _past(self, number: int | None) -> None:
        if number is not None:
            self._offset = max(self._offset, number + 1)

    def _guessed(self, count: int) -> int | None:
        """The last number that so many updates without one may have: numbers grow by one, and a batch
        begins with the first that was not fetched. Nothing that has not come is passed over."""
        return self._offset + count - 1 if self._offset else None

    def _skip(self, fault: str, number: int | None) -> None:
        log.warning("update skipped", extra={"fault": fault, "update": number})
        self._figures.skipped.labels(fault).inc()

    async def _all_well(self) -> None:
        self._faults = 0
        self._figures.faults_in_a_row.set(0)
        now = asyncio.get_running_loop().time()
        if now - self._noted >= NOTED:
            await self._note(FETCHED)
            self._noted = now

    async def _in_vain(self, fault: str, pause: float = 0.0) -> None:
        self._faults += 1
        self._figures.faults_in_a_row.set(self._faults)
        if self._faults == 1:
            log.warning("telegram is away", extra={"fault": fault})
            self._noted = -NOTED
            with contextlib.suppress(Exception):  # it may be the house that is away
                await self._note(AWAY)
        await asyncio.sleep(max(self._pauses.after(self._faults), pause))

    async def _note(self, what: str) -> None:
        async with self._office.files() as files:
            await files.counters.ran(what, at=self._office.clock.now())

    async def _receive(self, number: int, update: object) -> None:
        """One update, whatever it is. Raises where it should come again."""
        try:
            meant = meaning_of(update)
            match meant:
                case Heard():
                    await self.queue.take(self._inbound(number, meant))
                case Pressed():
                    says = "" if meant.heard else self._reception.texts("telegram.private_only")
                    self._start(self._api.show_pressed(meant.press, says))
                    if meant.heard:
                        await self.queue.take(self._inbound(number, meant.heard))
                case Told():
                    await self._tell(meant.chat, meant.key, f"{CHANNEL}/{number}")
                case ToldAGroup():
                    await self._tell_group(meant.chat)
                case Left():
                    await self._left(str(meant.chat))
        except Unreadable as fault:
            self._skip(str(fault), number)
        except (Refusal, OSError, TimeoutError):  # the house is away: everything is kept there
            raise
        except Exception as fault:
            tried = self._unstored[1] + 1 if self._unstored[0] == number else 1
            self._unstored = (number, tried)
            if tried < MOST_TRIES:
                raise
            self._skip(type(fault).__name__, number)

    def _inbound(self, number: int, heard: Heard) -> Inbound:
        """A scanned place, or one that was sent, answers where it is asked for."""
        gazetteer, text = self._reception.knows.gazetteer, heard.text
        sent = heard.kind == "location"
        place = gazetteer.find(text).code if sent else self._reception.scanned(heard.scene)
        if place:
            text = gazetteer.full_name(place) or text
        return Inbound(
            channel=CHANNEL, external_id=str(number), caller=str(heard.chat), kind=heard.kind,
            text=text, media=heard.file, place=place, number=heard.number, album=heard.album,
            at=self._office.clock.now(),
        )  # fmt: skip

    async def _tell(self, chat: int, key: str, once: str) -> None:
        async with self._office.files() as files:
            await files.outbox.add(
                Parcel(
                    channel=CHANNEL,
                    recipient=str(chat),
                    text=self._reception.texts(key),
                    dedupe=once,
                )
            )

    async def _tell_group(self, chat: int) -> None:
        """Once an hour: a group may talk all day."""
        hour = f"{self._office.clock.now():%Y-%m-%dT%H}"
        if self._told[0] != hour:
            self._told = (hour, set())
        if chat not in self._told[1]:
            await self._tell(chat, "telegram.private_only", f"{CHANNEL}/group {chat} {hour}")
            self._told[1].add(chat)

    async def _left(self, caller: str) -> None:
        """What ties her account to anything here goes at once. Reports never knew it."""
        async with self._office.files() as files:
            await files.talks.drop(CHANNEL, caller)
            await files.craftsmen.unlink(CHANNEL, caller)
            await files.remembered.forget(CHANNEL, caller)
