"""Empties the outbox: one channel, one pace, each row leased, sent and settled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casework.delivery import Later, Never, Sender, Unsure
from casework.ports import Office
from casework.shelves import Parcel, Priority

log = logging.getLogger(__name__)

#: Telegram's bulk limit is about 30 a second; we stay below it, evenly.
PACE = 1 / 25
MOST_ATTEMPTS = 8
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 3600.0
IDLE = 1.0


@dataclass(frozen=True)
class Pump:
    """One worker over the channels it has senders for."""

    office: Office
    senders: Mapping[str, Sender]
    worker: str
    pace: float = PACE
    #: From when until when an account rests. A clock that is set back ends it.
    pauses: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop: every channel at its own pace."""
        await asyncio.gather(*(self._run_channel(channel, stop) for channel in self.senders))

    async def _run_channel(self, channel: str, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                sent = await self.once(channel)
            except Exception as fault:  # the top of the channel: logged, and the next round goes on
                log.warning(
                    "pump stumbled", extra={"channel": channel, "fault": type(fault).__name__}
                )
                sent = 0
            if not sent:
                await _wait(stop, IDLE)

    async def once(self, channel: str) -> int:
        """One lease of rows that are due; returns how many were handed over or settled."""
        now = self.office.clock.now()
        since, until = self.pauses.get(channel, (now, now))
        if since <= now < until:
            return 0
        async with self.office.files() as files:
            parcels = await files.outbox.lease(channel, worker=self.worker, now=now)
        for done, parcel in enumerate(parcels):
            pause = await self._deliver(parcel)
            if pause:
                self.pauses[channel] = now, now + timedelta(seconds=pause)
                await self._put_back(parcels[done:], pause)
                return done
            await asyncio.sleep(self.pace)
        return len(parcels)

    async def _deliver(self, parcel: Parcel) -> float:
        """Send one and settle it; more than 0 when the whole account must pause."""
        try:
            provider_id = await self.senders[parcel.channel].send(parcel)
        except Later as later:
            if later.whole_account:
                return max(later.seconds, 1.0)
            await self._once_more(parcel, later.seconds, "平台忙,稍后再发")
        except Never as never:
            async with self.office.files() as files:
                await files.outbox.failed(parcel, worker=self.worker, trouble=str(never))
        except Unsure:
            await self._unsure(parcel)
        except Exception as fault:  # one parcel, whatever is odd about it, holds up no other
            log.error("not sent", extra={"channel": parcel.channel, "fault": type(fault).__name__})
            await self._unsure(parcel)
        else:
            async with self.office.files() as files:
                await files.outbox.sent(parcel, worker=self.worker, provider_id=provider_id)
        return 0.0

    async def _unsure(self, parcel: Parcel) -> None:
        """It may have arrived. A reply is sent again; an announcement is marked unknown."""
        if parcel.priority is Priority.ANNOUNCEMENT:
            async with self.office.files() as files:
                await files.outbox.unknown(parcel, worker=self.worker)
        else:
            await self._once_more(parcel, FIRST_PAUSE, "联系不上平台,稍后再发")

    async def _once_more(self, parcel: Parcel, first: float, trouble: str) -> None:
        """After a growing pause; not for ever."""
        async with self.office.files() as files:
            if parcel.attempts + 1 >= MOST_ATTEMPTS:
                await files.outbox.failed(parcel, worker=self.worker, trouble="一直联系不上平台")
            else:
                pause = pause_after(parcel.attempts, first)
                due = self.office.clock.now() + timedelta(seconds=pause)
                await files.outbox.again(parcel, worker=self.worker, due=due, trouble=trouble)

    async def _put_back(self, parcels: Sequence[Parcel], pause: float) -> None:
        due = self.office.clock.now() + timedelta(seconds=pause)
        async with self.office.files() as files:
            for parcel in parcels:
                await files.outbox.again(
                    parcel, worker=self.worker, due=due, trouble="平台要求慢一点", counted=False
                )


def pause_after(attempts: int, first: float = FIRST_PAUSE) -> float:
    """Growing pauses, in seconds.

    >>> pause_after(0), pause_after(3)
    (5.0, 40.0)
    """
    return min(first * 2.0**attempts, LONGEST_PAUSE)


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
