"""What asks, what tells, and what is offered where neither is sure."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.triage import asks
from nlp.understanding import Understanding

TODAY = date(2026, 11, 26)

QUESTIONS = [
    "这要交押金不", "俺这情况算危房不算", "报名要带户口本不要", "是先报名还是先看房", "按户补还是按人补",
    "哪一天开始盖", "为啥没俺家", "墙裂成这样还能住人没有", "得等几个月", "补几千块", "要等多久", "该不该签字",
    "谁说了算", "咋没人来看", "是不是都得拆", "真的假的", "盖两层中不中",
]  # fmt: skip
STATEMENTS = [
    "谁都不管俺", "啥都没给", "不管咋说都不给办", "跑了好几天没人理", "等了这几年", "没啥手续就叫交钱",
    "他说啥俺也不信", "钱没多少还叫扣了", "谁家送礼给谁家报", "来了十几个人把房扒了", "不知道啥时候把钱取走了",
    "怎么也不给俺报",
]  # fmt: skip


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_heard_as_one_however_it_is_put(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize("text", STATEMENTS)
def test_words_of_asking_in_what_is_told_ask_nothing(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "迁走户口了还能报危改不",
        "盖房欠的工钱能打官司不,算不算危改的事",
        "修房摔了腿,看病钱给报销不",
    ],
)
def test_another_offices_matter_beside_ours_is_not_sent_away(
    understanding: Understanding, text: str
) -> None:
    answer = understanding.ask(text, today=TODAY)

    ours = [slug for slug, _ in answer.topics if not slug.startswith("elsewhere.")]
    assert answer.kind != "answer" or ours


@pytest.mark.parametrize("text", ["低保咋申请", "宅基地证在哪办", "医保报销找谁"])
def test_another_offices_matter_alone_is_told_where_it_belongs(
    understanding: Understanding, text: str
) -> None:
    answer = understanding.ask(text, today=TODAY)

    assert answer.kind == "answer"
    assert answer.topics[0][0].startswith("elsewhere.")


@pytest.mark.parametrize(
    "text", ["实名反映会不会叫村里知道是我", "匿名投诉有没有用", "举报了多长时间给回话"]
)
def test_a_question_about_reporting_is_answered_and_no_report_begun(
    understanding: Understanding, text: str
) -> None:
    assert understanding.ask(text, today=TODAY).kind in ("answer", "choices")


def test_the_text_of_what_is_likeliest_stands_beside_the_choices_and_of_no_other(
    understanding: Understanding,
) -> None:
    guessed = [
        answer
        for topic in understanding.content.topics.values()
        if (answer := understanding.ask(f"俺想问{topic.question[:4]}的事", today=TODAY)).kind
        == "choices"
    ]

    assert guessed
    for answer in guessed:
        first, *others = [score for _, score in answer.topics]
        assert bool(answer.answer) == (not others or first > others[0])
        assert bool(answer.source) == bool(answer.answer)


@pytest.mark.parametrize("text", ["人没了", "人走了", "电视", "他不来"])
def test_a_few_letters_that_sound_like_a_question_are_not_guessed_at(
    understanding: Understanding, text: str
) -> None:
    assert understanding.ask(text, today=TODAY).kind in ("unknown", "smalltalk")


def test_what_speaks_of_nothing_of_ours_is_not_guessed_at(understanding: Understanding) -> None:
    for text in ("今天股票咋样", "谁是世界冠军", "明天下雨不下"):
        assert understanding.ask(text, today=TODAY).kind in ("unknown", "smalltalk")
