"""The pump over a real outbox: what the platform answers decides what becomes of a message."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from casework.delivery import Later, Never, Unsure
from casework.shelves import OutboxFigures, Parcel, Priority
from scheduler.pump import MOST_ATTEMPTS, Pump, pause_after
from tests.offices import TestOffice
from tests.waiting import eventually

REPLY = Parcel(channel="telegram", recipient="1", text="答复来了")


@dataclass
class Platform:
    """Takes what it is sent, or answers with the next trouble of the list."""

    troubles: list[Exception] = field(default_factory=list)
    arrived: list[str] = field(default_factory=list)
    refused: asyncio.Event = field(default_factory=asyncio.Event)
    took: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, parcel: Parcel) -> str:
        if self.troubles:
            self.refused.set()
            raise self.troubles.pop(0)
        self.arrived.append(parcel.text)
        self.took.set()
        return f"n{len(self.arrived)}"


async def post(office: TestOffice, *parcels: Parcel) -> None:
    async with office.files() as files:
        for n, parcel in enumerate(parcels):
            await files.outbox.add(replace(parcel, dedupe=f"{parcel.text}{n}"))


def pump_of(office: TestOffice, platform: Platform) -> Pump:
    return Pump(office.office, {"telegram": platform}, "w", pace=0)


async def figures(office: TestOffice) -> list[OutboxFigures]:
    async with office.reading() as reading:
        return list(await reading.outbox.figures())


async def test_what_is_due_goes_out_once(office: TestOffice) -> None:
    platform = Platform()
    pump = pump_of(office, platform)
    await post(office, REPLY)

    handed = [await pump.once("telegram"), await pump.once("telegram")]

    assert handed == [1, 0]
    assert platform.arrived == [REPLY.text]


async def test_replies_go_before_announcements(office: TestOffice) -> None:
    platform = Platform()
    await post(office, replace(REPLY, text="培训", priority=Priority.ANNOUNCEMENT), REPLY)

    await pump_of(office, platform).once("telegram")

    assert platform.arrived == [REPLY.text, "培训"]


async def test_an_account_told_to_wait_waits_whole_and_loses_nothing(office: TestOffice) -> None:
    platform = Platform([Later(60)])
    pump = pump_of(office, platform)
    await post(office, REPLY, replace(REPLY, text="第二封"))

    await pump.once("telegram")
    office.wait(seconds=30)
    early = await pump.once("telegram")
    office.wait(seconds=31)
    await pump.once("telegram")

    assert early == 0
    assert sorted(platform.arrived) == sorted([REPLY.text, "第二封"])


async def test_a_lasting_refusal_is_not_tried_again(office: TestOffice) -> None:
    platform = Platform([Never("对方停用了")])
    pump = pump_of(office, platform)
    await post(office, REPLY)

    await pump.once("telegram")
    office.wait(days=1)
    again = await pump.once("telegram")

    assert again == 0
    assert [each.given_up for each in await figures(office)] == [1]


async def test_an_unsure_reply_is_sent_again_after_growing_pauses_and_not_for_ever(
    office: TestOffice,
) -> None:
    platform = Platform([Unsure()] * 100)
    pump = pump_of(office, platform)
    await post(office, REPLY)

    for _ in range(MOST_ATTEMPTS + 5):
        await pump.once("telegram")
        office.wait(hours=2)

    assert 100 - len(platform.troubles) == MOST_ATTEMPTS
    assert [each.given_up for each in await figures(office)] == [1]


async def test_an_unsure_announcement_is_not_sent_twice(office: TestOffice) -> None:
    platform = Platform([Unsure()])
    pump = pump_of(office, platform)
    await post(office, replace(REPLY, priority=Priority.ANNOUNCEMENT))

    await pump.once("telegram")
    office.wait(days=1)
    await pump.once("telegram")

    assert platform.arrived == []


async def test_a_fault_of_ours_is_survived_and_the_message_goes_out_later(
    small_office: TestOffice,
) -> None:
    platform = Platform([RuntimeError("ours")])
    pump, stop = pump_of(small_office, platform), asyncio.Event()
    await post(small_office, REPLY)

    running = asyncio.create_task(pump.run(stop))
    await platform.refused.wait()

    async def took() -> bool:
        small_office.wait(minutes=1)
        return platform.took.is_set()

    await eventually(took)
    stop.set()
    await running

    assert platform.arrived == [REPLY.text]


async def test_a_message_that_is_odd_holds_up_none_of_those_leased_with_it(
    small_office: TestOffice,
) -> None:
    platform = Platform([RuntimeError("ours")])
    await post(small_office, REPLY, REPLY, REPLY)

    await pump_of(small_office, platform).once("telegram")

    assert len(platform.arrived) == 2


async def test_a_clock_that_is_set_back_ends_the_pause_of_an_account(
    small_office: TestOffice,
) -> None:
    platform = Platform([Later(30)])
    pump = pump_of(small_office, platform)
    await post(small_office, REPLY)
    await pump.once("telegram")

    small_office.wait(days=-1)
    await post(small_office, replace(REPLY, text="今天的"))
    await pump.once("telegram")

    assert platform.arrived == ["今天的"]


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 5.0), (1, 10.0), (5, 160.0), (40, 3600.0)])
def test_pauses_grow_to_an_hour(attempts: int, seconds: float) -> None:
    assert pause_after(attempts) == seconds
