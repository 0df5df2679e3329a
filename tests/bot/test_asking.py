"""A question in a talk is answered for the county that was named, scanned, or is known of the talk."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.contacts import contacts
from bot.dialogues.asking import answer_a_question
from bot.dialogues.outcomes import Judged
from bot.reception import Reception
from bot.talk import Ask, Turn, resume
from casework.judgements import Said
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

    turn = resume(talk, {"which": "subsidy.amount"})

    assert "鲁山县(演示数据):C级修房" in turn.says[0]


LIKELY = UNDERSTANDING.answer_for("subsidy.amount", today=date(2026, 11, 26), county="410423")
GUESS = replace(LIKELY, kind="choices", topics=(("subsidy.amount", 0.5), ("apply.fee", 0.3)))


def asked_what_may_be_two(*known: str) -> Turn[object]:
    talk = answer_a_question(UNDERSTANDING, "钱的事", GUESS, date(2026, 11, 26))
    return resume(talk, dict(zip(("follow", "follow#2"), known, strict=False)))


def test_what_is_likely_meant_is_told_as_a_guess_and_the_rest_offered_beside_有用() -> None:
    turn = asked_what_may_be_two()

    assert "您问的可能是“补多少钱?”" in turn.says[0]
    assert "鲁山县(演示数据):C级修房" in turn.says[1]
    assert isinstance(turn.waits_for, Ask)
    assert [meaning for meaning, _ in turn.waits_for.options] == [
        "apply.fee", "useful", "useless", "report"
    ]  # fmt: skip


def test_who_takes_the_other_is_told_that_and_judges_it() -> None:
    told = asked_what_may_be_two("apply.fee")
    judged = asked_what_may_be_two("apply.fee", "useless").outcome

    assert UNDERSTANDING.content.topics["apply.fee"].answer in told.says[0]
    assert isinstance(judged, Judged)
    assert (judged.judgement.topic, judged.judgement.said) == ("apply.fee", Said.USELESS)


def test_an_invented_phone_says_so_and_an_empty_one_is_not_marked() -> None:
    content, gazetteer = UNDERSTANDING.content, UNDERSTANDING.gazetteer
    lushan, xiangcheng = (
        contacts(content, gazetteer, code, date(2020, 1, 3)) for code in ("410423", "411025")
    )

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


async def test_who_may_call_is_told_how_to_get_her_countys_phone_and_gets_it(
    villager: Villager,
) -> None:
    offered = await villager.says("打电话")
    (example,) = re.findall(r"比如:(\w+)", offered)

    assert "举报电话 0375-0000423" in await villager.says(example)
    assert "网页" not in offered


@pytest.mark.parametrize(
    ("words", "county"),
    [
        ("鲁山县的电话", "鲁山县"), ("鲁山县举报电话", "鲁山县"), ("鲁山县 人工", "鲁山县"),
        ("襄城县电话。", "襄城县"),
    ],
    ids=str,
)  # fmt: skip
async def test_a_countys_phone_is_told_in_the_middle_of_a_report_which_goes_on(
    villager: Villager, words: str, county: str
) -> None:
    await villager.says("俺是叶县的")
    before = await villager.says("反映")

    told = await villager.says(words)

    promise, question = before.split("\n")
    assert told.startswith(county)
    assert told.endswith(question)
    assert promise not in told, "who can know what is said when the talk begins"
