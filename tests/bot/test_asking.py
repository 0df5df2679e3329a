"""A question in a talk is answered for the county that was named, scanned, or is known of the talk."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogues.asking import answer_a_question
from bot.reception import Reception
from bot.talk import Known, resume
from casework.shelves import Inbound
from nlp.understanding import Answer
from tests.bot.conftest import Villager
from tests.offices import UNDERSTANDING


async def test_who_scanned_a_villages_code_is_answered_for_her_county(
    reception: Reception,
) -> None:
    scanned = Inbound(
        channel="wechat", external_id="1", caller="o1", kind="scan", place="410423101"
    )
    asked = Inbound(channel="wechat", external_id="2", caller="o1", text="危房能补多少钱")

    await reception.receive(scanned)
    answer = await reception.receive(asked)

    assert "鲁山县(演示数据):C级修房" in answer[0].text


def test_a_county_named_before_a_choice_counts_after_it() -> None:
    offered = Answer(kind="choices", topics=(("subsidy.amount", 0.4),), county="410423")
    talk = answer_a_question(UNDERSTANDING, "鲁山县的钱", offered, date(2026, 11, 26))

    turn = resume(talk, [Known("which", "subsidy.amount")])

    assert "鲁山县(演示数据):C级修房" in turn.says[0]


def test_an_invented_phone_says_so_and_an_empty_one_is_not_marked(reception: Reception) -> None:
    lushan, xiangcheng = (reception.contacts(code) for code in ("410423", "411025"))

    assert "举报电话 0375-0000423(演示数据)" in lushan
    assert "本县电话还没登记" in xiangcheng
    assert "演示数据" not in xiangcheng


@pytest.mark.parametrize(
    "words",
    [
        ("人工",), ("打电话",), ("俺想找个人说说",), ("啊吧啊吧", "找人问"), ("咕噜咕噜", "哇啦哇啦", "找人问"),
        ("能补多少钱", "没用", "人工"), ("反映", "人工"),
    ],
    ids=" ".join,
)  # fmt: skip
async def test_who_named_her_county_once_is_told_its_own_phone_wherever_a_person_is_offered(
    villager: Villager, words: tuple[str, ...]
) -> None:
    await villager.says("俺是鲁山县的")

    for each in words:
        said = await villager.says(each)

    assert "0375-0000423" in said
