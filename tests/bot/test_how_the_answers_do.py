"""有用, 没用 and 没答上 in a talk: counted once, with the turn in which she says it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from bot.reception import Reception
from casework.judgements import Tallies, Tally
from storage.judgements import judgements
from tests.bot.conftest import Villager, files_of
from tests.offices import CONTENT, LUSHAN, TestOffice

ASKED = "俺家危房能补多少钱"
AMOUNT = "subsidy.amount"


async def counted(office: TestOffice) -> Tallies:
    async with office.reading() as reading:
        return await reading.judgements.since(date.min)


@pytest.mark.parametrize(
    ("said", "tally"),
    [
        ("有用", Tally(topic=AMOUNT, useful=1)),
        ("中,懂了", Tally(topic=AMOUNT, useful=1)),
        ("2", Tally(topic=AMOUNT, useless=1)),
        ("没听懂", Tally(topic=AMOUNT, useless=1)),
    ],
)
async def test_what_she_says_of_an_answer_is_counted_for_its_topic(
    villager: Villager, small_office: TestOffice, said: str, tally: Tally
) -> None:
    await villager.says(ASKED)
    before = await counted(small_office)

    await villager.says(said)

    assert before == Tallies()
    assert await counted(small_office) == Tallies(topics=(tally,))


async def test_it_is_counted_for_the_county_the_answer_was_for(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says(f"鲁山县{ASKED}")
    await villager.says("没用")

    async with small_office.store.house.readers.connect() as connection:
        rows = (await connection.execute(judgements.select())).all()
    assert [(row.county, row.topic, row.day, row.times) for row in rows] == [
        (LUSHAN, AMOUNT, "2026-11-02", 1)
    ]


async def test_after_going_back_the_same_answer_is_not_judged_again(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says(ASKED)
    asked_on = await villager.says("没用")

    again = [await villager.says("返回") for _ in range(2)]

    assert again == [asked_on, asked_on]
    assert await counted(small_office) == Tallies(topics=(Tally(topic=AMOUNT, useless=1),))


async def test_a_question_nothing_fits_is_counted_and_so_is_none_of_these(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("火星上的人晌午吃啥饭")
    assert (await counted(small_office)).unanswered == 1
    await villager.says("算了")
    offered = await villager.says("五千块")
    assert CONTENT.texts("ask.none") in offered
    assert (await counted(small_office)).unanswered == 1

    await villager.says("都不是")

    assert await counted(small_office) == Tallies(unanswered=2)


async def test_a_count_that_is_lost_costs_her_no_answer(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says(ASKED)
    async with small_office.store.house.writer.begin() as connection:
        await connection.execute(text("DROP TABLE judgements"))

    assert CONTENT.texts("ask.thanks") in await villager.says("有用")


async def test_nothing_she_said_lies_in_the_counts(
    reception: Reception, villager: Villager, small_office: TestOffice
) -> None:
    for line in (f"俺叫李大柱,{ASKED}", "没用", "返回", "火星上的人吃啥", "算了"):
        await villager.says(line)

    kept = b"".join(path.read_bytes() for path in files_of(small_office))

    assert (await counted(small_office)).topics
    for word in ("李大柱", "危房能补", "火星", "庄稼"):
        assert word.encode() not in kept
