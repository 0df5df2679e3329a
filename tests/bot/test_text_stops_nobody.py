"""A talk goes on at once, whatever was typed into it."""

from __future__ import annotations

import time
from math import inf

import pytest

from bot.reception import Reception
from tests.bot.conftest import Villager
from tests.long_texts import MOST_CPU, STOPPED, undisturbed


async def cpu_of(villager: Villager, before: tuple[str, ...], text: str) -> float:
    """Seconds of this process's own time for one turn; the best of three."""
    best = inf
    for _ in range(3):
        await villager.says("取消")
        for words in before:
            await villager.says(words)
        begun = time.process_time()
        await villager.says(text)
        best = min(best, time.process_time() - begun)
        if best <= MOST_CPU:
            break
    return undisturbed(best)


@pytest.mark.parametrize("before", [(), ("我要举报",), ("我要举报", "支书扣了俺3000块")], ids=len)
async def test_any_words_at_any_question_are_taken_at_once(
    villager: Villager, before: tuple[str, ...]
) -> None:
    took = {name: await cpu_of(villager, before, text) for name, text in STOPPED.items()}

    assert {name: each for name, each in took.items() if each > MOST_CPU} == {}


@pytest.mark.parametrize("length", [6000, 100_000])
async def test_what_is_too_long_is_refused_and_the_talk_stays_where_it_was(
    reception: Reception, length: int
) -> None:
    hasty, calm = Villager(reception, caller="7001"), Villager(reception, caller="7002")
    for each in (hasty, calm):
        await each.says("我要举报")

    answer = await hasty.says(("每户" * length)[:length])

    assert "最多 5000 个字" in answer
    assert await hasty.says("支书扣了俺3000块") == await calm.says("支书扣了俺3000块")
