"""In a talk a bare county is remembered, thanks are answered, and a picture alone begins a report."""

from __future__ import annotations

import pytest

from bot.reception import Reception
from tests.bot.conftest import A_PHOTO, A_VOICE, Villager
from tests.offices import CONTENT

TEXTS = CONTENT.texts
LUSHAN = "鲁山县(演示数据):"


@pytest.fixture
def villager(reception: Reception) -> Villager:
    return Villager(reception)


@pytest.mark.parametrize("named", ["鲁山县", "俺是鲁山的", "鲁山县能补多少钱"])
async def test_a_county_comes_once_and_counts_for_what_is_asked_next(
    villager: Villager, named: str
) -> None:
    await villager.says(named)

    assert f"{LUSHAN}最多盖:1口人" in await villager.says("能盖多大")
    assert f"{LUSHAN}C级" in await villager.says("能补多少钱")


async def test_a_county_is_remembered_until_another_one_is_named(villager: Villager) -> None:
    await villager.says("鲁山县")
    await villager.says("今儿天气咋样")
    assert LUSHAN in await villager.says("能补多少钱")
    await villager.says("谢谢")
    assert LUSHAN in await villager.says("能盖多大")

    await villager.says("俺是宝丰县的")

    answer = await villager.says("能盖多大")
    assert LUSHAN not in answer
    assert "宝丰县自己定的还没登到这里" in answer


async def test_a_remembered_county_is_only_proposed_for_a_report(villager: Villager) -> None:
    await villager.says("鲁山县")

    assert "是平顶山市鲁山县的事吗" in await villager.says("村会计收了俺三千块钱手续费")


@pytest.mark.parametrize(
    ("text", "key"),
    [("喂", "hello"), ("谢谢啊", "thanks"), ("😊", "wordless"), ("13800138000", "call")],
)
async def test_an_opening_is_answered_with_a_way_on(
    villager: Villager, text: str, key: str
) -> None:
    answer = await villager.says(text)

    assert CONTENT.texts(f"smalltalk.{key}") in answer
    assert CONTENT.texts("menu.ask") in answer
    assert "说不准" not in answer


async def test_an_opening_in_the_middle_of_a_choice_is_answered_too(villager: Villager) -> None:
    await villager.says("三千")

    assert CONTENT.texts("smalltalk.upset") in await villager.says("急死了")


@pytest.mark.parametrize("before", ["能补多少钱", "三千", "今儿天气咋样"])
async def test_a_photo_after_an_answer_begins_a_report_with_it(
    villager: Villager, before: str
) -> None:
    await villager.says(before)

    assert "再说一句是啥事" in await villager.shows(A_PHOTO)
    for words in ("新房漏雨", "鲁山县", "去年", "没有了"):
        answer = await villager.says(words)
    assert "照片、录音:1个" in answer


async def test_a_photo_alone_is_taken_and_asked_about(villager: Villager) -> None:
    assert "再说一句是啥事" in await villager.shows(A_PHOTO)


async def test_a_recording_alone_may_be_three_things(villager: Villager) -> None:
    answer = await villager.shows(A_VOICE)

    for way in ("想问政策", "想反映事情", "房子有危险"):
        assert way in answer


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("妈了个逼的啥玩意", "angry"),
        ("傻逼机器人", "angry"),
        ("你就会瞎说", "angry"),
        ("不是这个意思", "misheard"),
        ("你理解错了", "misheard"),
        ("不是,我不是问这个", "misheard"),
        ("我耳朵不好听不见", "lost"),
        ("俺老了,不会弄", "lost"),
        ("说慢点", "lost"),
        ("俺打错了", "mistake"),
        ("发错人了", "mistake"),
        ("你们都是骗子,光会说不办事", "doubt"),
        ("我不是要反映,我就问问", "ask"),
        ("不是来举报的,我想问问", "ask"),
    ],
)
async def test_who_is_angry_misheard_or_lost_gets_an_answer_as_from_a_person(
    villager: Villager, said: str, key: str
) -> None:
    assert TEXTS(f"smalltalk.{key}") in await villager.says(said)


@pytest.mark.parametrize("said", ["不是这个意思", "问的不是这个", "答错了"])
async def test_after_an_answer_that_was_not_meant_she_is_asked_on(
    villager: Villager, said: str
) -> None:
    await villager.says("危房改造补助能补多少钱")

    assert TEXTS("unclear.text") in await villager.says(said)


@pytest.mark.parametrize(
    "said", ["俺不想告诉别人,支书收了俺三千", "支书说不许告,收了俺300", "恁还不举报他,他收了俺三千"]
)
async def test_a_report_is_one_though_it_speaks_of_not_telling(
    villager: Villager, said: str
) -> None:
    assert TEXTS("smalltalk.ask") not in await villager.says(said)
