"""Whoever does not want to live is given people to call, in every talk and on every page."""

from __future__ import annotations

import pytest

from casework.receipts import find_code
from tests.bot.conftest import Villager
from tests.offices import CONTENT

FIRST = CONTENT.texts("despair.first")


async def test_she_is_told_whom_to_call_and_offered_a_person(villager: Villager) -> None:
    told = await villager.says("房子没人管,孩子也不管,俺不想活了")

    assert FIRST in told
    assert "12356 心理援助热线" in await villager.says("1")


async def test_what_is_wrong_with_her_house_is_not_told_twice(villager: Villager) -> None:
    await villager.says("鲁山县赵村镇支书上个月扣了俺五千块,俺不想活了")

    assert "反映的是:支书" in await villager.says("2")


async def test_she_is_met_again_however_often_she_says_it(villager: Villager) -> None:
    for words in ("活着没意思", "真不想活了", "谁说都没用,死了干净"):
        assert FIRST in await villager.says(words)


@pytest.mark.parametrize("before", ["查进度", "俺家危房能补多少钱"])
async def test_no_question_that_waits_comes_before_it(villager: Villager, before: str) -> None:
    await villager.says(before)

    assert FIRST in await villager.says("不想活了")


async def test_in_the_middle_of_a_report_it_is_said_above_the_next_question(
    villager: Villager,
) -> None:
    await villager.says("反映")

    told = await villager.says("村里收了俺3000,俺不想活了")

    assert told.startswith(FIRST)
    assert told != FIRST


async def test_a_threat_beside_it_is_filed_all_the_same(villager: Villager) -> None:
    told = await villager.says("支书知道是我举报的,找人打俺,俺不想活了")

    assert told.startswith(FIRST)
    assert find_code(told)


async def test_a_house_that_falls_beside_it_is_asked_after(villager: Villager) -> None:
    told = await villager.says("房子快塌了,俺也不想活了")

    assert told.startswith(FIRST)
    assert "119" in told


@pytest.mark.parametrize(
    "said", ["俺婶子也在场", "俺婶子也看见了", "俺媳妇也听见了", "俺哥也交了", "俺姐夫替俺签的"]
)
async def test_a_few_words_about_her_family_are_no_farewell(villager: Villager, said: str) -> None:
    await villager.says("支书扣了俺3000块")

    assert CONTENT.texts("despair.first") not in await villager.says(said)


@pytest.mark.parametrize("said", ["俺娘不想活", "俺媳妇寻短见", "俺儿要跳楼", "俺爹说不活了"])
async def test_what_is_said_of_her_family_in_so_many_words_is_heard(
    villager: Villager, said: str
) -> None:
    assert CONTENT.texts("despair.first") in await villager.says(said)
