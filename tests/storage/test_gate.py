"""A flood waits, and is told so; nobody else is kept out, and nothing that was taken is lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from casework.ports import Passing
from casework.refusals import TooFast, TooMuch
from storage.gate import FILES_OF_ALL, FILES_OF_ONE, MOST_REMEMBERED, PATIENCE, Pace, TokenGate

SLOW = Pace(3, 15.0)
WIDE = Pace(1000, 0.001)


@dataclass
class Time:
    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


def gate_of(one: Pace = SLOW, everybody: Pace = WIDE, now: Time | None = None) -> TokenGate:
    both = dict.fromkeys(Passing)
    return TokenGate(
        lambda: "2026-11-02", now=now or Time(),
        of_one=dict.fromkeys(both, one), of_all=dict.fromkeys(both, everybody),
    )  # fmt: skip


async def begin(gate: TokenGate, caller: str, count: int) -> list[asyncio.Task[None]]:
    """So many of one caller's come; those who must wait are waiting."""
    tasks = [asyncio.create_task(gate.pace(Passing.REPORT, caller=caller)) for _ in range(count)]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_as_many_as_people_write_pass_at_once_and_the_next_one_waits() -> None:
    tasks = await begin(gate_of(), "village", 5)
    assert [task.done() for task in tasks] == [True] * 3 + [False] * 2
    await end(tasks)


async def test_who_would_wait_too_long_is_told_to_come_again_and_others_pass() -> None:
    gate = gate_of()
    tasks = await begin(gate, "flood", 5)  # the next turn is 45 s away

    with pytest.raises(TooFast):
        await gate.admit(Passing.REPORT, caller="flood")
    await gate.admit(Passing.REPORT, caller="villager")
    await gate.admit(Passing.TALK, caller="flood")  # each kind at its own pace
    await end(tasks)


async def test_a_refusal_costs_no_turn_and_the_turns_come_back() -> None:
    now = Time()
    gate = gate_of(now=now)
    tasks = await begin(gate, "flood", 5)
    for _ in range(50):
        with pytest.raises(TooFast):
            await gate.admit(Passing.REPORT, caller="flood")
    await end(tasks)

    now.seconds += 15.0 * 3
    await gate.admit(Passing.REPORT, caller="flood")
    now.seconds += 3600
    for _ in range(SLOW.at_once):  # never more than at once, however long it was quiet
        await gate.admit(Passing.REPORT, caller="flood")
    assert not (await begin(gate, "flood", 1))[0].done()


async def test_all_of_them_together_have_a_pace_too() -> None:
    gate = gate_of(one=WIDE, everybody=Pace(2, PATIENCE / 2))
    tasks = [await begin(gate, f"caller {n}", 1) for n in range(4)]

    with pytest.raises(TooFast):
        await gate.admit(Passing.REPORT, caller="the next")
    for each in tasks:
        await end(each)


async def test_a_clock_that_goes_back_gives_nobody_more_and_keeps_nobody_out() -> None:
    now = Time()
    gate = gate_of(now=now)
    await gate.admit(Passing.REPORT, caller="a")
    now.seconds -= 90
    await gate.admit(Passing.REPORT, caller="a")
    await gate.admit(Passing.REPORT, caller="a")
    assert not (await begin(gate, "a", 1))[0].done()


def test_a_day_of_one_caller_weighs_so_much_and_the_next_day_begins_anew() -> None:
    day = ["2026-11-02"]
    gate = TokenGate(lambda: day[0])
    gate.weigh(FILES_OF_ONE, caller="a")

    with pytest.raises(TooMuch):
        gate.weigh(1, caller="a")
    gate.weigh(FILES_OF_ONE, caller="b")
    day[0] = "2026-11-03"
    gate.weigh(FILES_OF_ONE, caller="a")


def test_all_together_weigh_so_much_and_what_was_refused_weighs_nothing() -> None:
    gate = TokenGate(lambda: "2026-11-02")
    rest = FILES_OF_ALL
    n = 0
    while rest >= FILES_OF_ONE:
        gate.weigh(FILES_OF_ONE, caller=f"caller {n}")
        rest, n = rest - FILES_OF_ONE, n + 1

    with pytest.raises(TooMuch):
        gate.weigh(rest + 1, caller="last")
    gate.weigh(rest, caller="last")


async def test_a_million_callers_take_no_more_memory_than_ten_thousand() -> None:
    gate = gate_of(one=WIDE, everybody=Pace(10**9, 1e-9))
    for n in range(MOST_REMEMBERED + 500):
        await gate.admit(Passing.TALK, caller=str(n))
        gate.weigh(1, caller=str(n))

    assert len(gate._ones) <= MOST_REMEMBERED
    assert len(gate._weighed) <= MOST_REMEMBERED
