"""A line for slow work is fair: callers take turns, guessers stand behind, nobody is kept out."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from casework.refusals import TooManyTries
from storage.lines import MISSES, MOST_OF_ONE, ONE_IN, Line


@dataclass
class Counter:
    """A line whose thread is held at its first piece of work, so that a test can fill it."""

    line: Line
    served: list[str] = field(default_factory=list)
    opens: threading.Event = field(default_factory=threading.Event)

    def comes(self, caller: str) -> asyncio.Task[None]:
        return asyncio.create_task(self.line.run(caller, self._work_of(caller)))

    def _work_of(self, caller: str) -> Callable[[], None]:
        def work() -> None:
            self.opens.wait(60)
            self.served.append(caller)

        return work


@pytest.fixture
async def counter() -> AsyncIterator[Counter]:
    made = Counter(Line("test"))
    yield made
    made.opens.set()
    made.line.close()


async def queue(counter: Counter, *callers: str) -> list[asyncio.Task[None]]:
    """They come in this order while the first of them is being served."""
    tasks = []
    for caller in callers:
        tasks.append(counter.comes(caller))
        await asyncio.sleep(0)
    return tasks


async def test_callers_take_turns_however_many_one_of_them_sends(counter: Counter) -> None:
    tasks = await queue(counter, "many", "many", "many", "one", "other")
    counter.opens.set()
    await asyncio.gather(*tasks)

    assert counter.served == ["many", "many", "one", "other", "many"]


async def test_too_many_of_one_caller_are_refused_and_the_others_are_not(counter: Counter) -> None:
    waiting = await queue(counter, *["busy"] * (1 + MOST_OF_ONE))
    with pytest.raises(TooManyTries):
        await counter.comes("busy")
    others = await queue(counter, *(f"villager {n}" for n in range(50)))
    counter.opens.set()
    await asyncio.gather(*waiting, *others)

    assert len(counter.served) == 1 + MOST_OF_ONE + 50


async def test_who_guesses_wrong_again_and_again_stands_behind_the_others(
    counter: Counter,
) -> None:
    for _ in range(MISSES):
        counter.line.missed("guesser")
    tasks = await queue(counter, "first", "guesser", *(f"villager {n}" for n in range(ONE_IN + 3)))
    counter.opens.set()
    await asyncio.gather(*tasks)

    assert counter.served.index("guesser") >= ONE_IN - 1
    assert len(counter.served) == len(tasks)  # and he is served too


async def test_guessers_alone_are_slowed_down_and_a_newcomer_passes_them(counter: Counter) -> None:
    counter.opens.set()
    for n in range(3):
        for _ in range(MISSES):
            counter.line.missed(f"guesser {n}")
    loop = asyncio.get_running_loop()
    began = loop.time()
    slow = await queue(counter, *(f"guesser {n}" for n in range(3)))
    await queue(counter, "villager")
    await asyncio.gather(*slow)

    assert counter.served[1] == "villager"
    assert loop.time() - began >= 0.39  # three at five a second: the third no sooner than this


async def test_one_wrong_code_costs_nobody_his_place(counter: Counter) -> None:
    counter.line.missed("mistyped")
    tasks = await queue(counter, "first", "mistyped", "villager")
    counter.opens.set()
    await asyncio.gather(*tasks)

    assert counter.served == ["first", "mistyped", "villager"]


async def test_who_goes_away_leaves_the_place_to_the_next(counter: Counter) -> None:
    first, gone, last = await queue(counter, "first", "gone", "last")
    gone.cancel()
    first.cancel()  # even the one who is being served
    await asyncio.gather(first, gone, return_exceptions=True)
    counter.opens.set()
    await last

    assert counter.served == ["first", "last"]


async def test_work_that_fails_is_told_to_its_caller_and_the_line_goes_on(counter: Counter) -> None:
    def fails() -> None:
        raise MemoryError

    counter.opens.set()
    with pytest.raises(MemoryError):
        await counter.line.run("unlucky", fails)
    await counter.comes("next")

    assert counter.served == ["next"]
