"""What is about her own house is told so before the place or her name is asked."""

from __future__ import annotations

from datetime import date

import httpx
import pytest

from bot.dialogues.report import of_her_house
from casework.rules import rules_from
from library.layers import Layers
from tests.bot.conftest import Villager
from tests.forms import next_fields
from tests.offices import CONTENT, CONTENT_FOLDER, UNDERSTANDING

HER_HOUSE = CONTENT.texts("report.her_house")
WHERE = CONTENT.texts("report.where")
TODAY = date(2026, 11, 2)

HERS = [
    "俺申请危房让驳回了", "房子盖了一半停了,工头找不着", "补助款到现在没到账", "翻盖罢房顶还是漏雨", "俺家申请叫退回来了,说俺不够条件", "改造罢墙又裂了",
]  # fmt: skip
OTHERS = [
    "支书收了好多家的钱", "会计每户扣两千,十四户都扣了", "施工队给村里二十户盖的房都裂了", "主任给他小舅子报上了,人家三层楼", "公示从来没贴过",
    "有人因为反映叫支书打了,说再告就停低保",
]  # fmt: skip


@pytest.mark.parametrize("story", HERS)
async def test_before_the_place_she_is_told_who_will_know_whose_house_it_is(
    villager: Villager, story: str
) -> None:
    await villager.says("我要举报")

    asked = await villager.says(story)

    assert HER_HOUSE in asked
    assert asked.index(HER_HOUSE) < asked.index(WHERE)
    assert HER_HOUSE not in await villager.says("鲁山县")


async def test_where_she_tells_it_at_once_it_is_said_too(villager: Villager) -> None:
    assert HER_HOUSE in await villager.says("我要举报,翻盖罢房顶漏雨,没人管")


async def test_before_her_name_and_where_the_place_is_known(villager: Villager) -> None:
    await villager.says("我要举报")

    asked = await villager.says("我叫王大栓,鲁山县的,翻盖罢房顶漏雨,没人管")

    assert "会让人认出您" in asked
    assert asked.index(HER_HOUSE) < asked.index("会让人认出您")
    assert HER_HOUSE not in await villager.says("去掉")


@pytest.mark.parametrize("story", OTHERS)
def test_what_somebody_did_to_many_is_no_matter_of_her_house(story: str) -> None:
    assert of_her_house(UNDERSTANDING, UNDERSTANDING.facts(story, today=TODAY)) == ""


async def test_the_form_says_it_once(phone: httpx.AsyncClient) -> None:
    straight = await phone.post(
        "/report", data={"story": "翻盖罢房顶漏雨,没人管", "county": "410423"}
    )
    asked = await phone.post("/report", data={"story": "鲁山县的,翻盖罢房顶漏雨,没人管"})
    then = await phone.post("/report", data=next_fields(asked.text, {"heard": "yes"}))

    assert [HER_HOUSE in page.text for page in (straight, asked, then)] == [True, True, False]


async def test_the_form_says_nothing_of_it_where_it_is_of_many(phone: httpx.AsyncClient) -> None:
    page = await phone.post("/report", data={"story": "支书收了好多家的钱", "county": "410423"})

    assert HER_HOUSE not in page.text


def test_every_category_of_a_house_is_one_there_is() -> None:
    assert CONTENT.rules.own_house
    assert CONTENT.rules.own_house <= CONTENT.categories.keys()


def test_a_folder_without_such_categories_is_read() -> None:
    table = dict(Layers(CONTENT_FOLDER).theirs("handling.toml"))
    del table["own_house"]

    assert rules_from(table).own_house == frozenset()
