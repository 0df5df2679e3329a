"""Several questions in one message: at most two are answered, in her order, and no more than she asked."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.understanding import Understanding


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("怎么申请?能补多少钱?", ["apply.how", "subsidy.amount"]),
        ("能补多少钱,咋申请", ["subsidy.amount", "apply.how"]),
        ("俺八十了 一个人住 墙也不中了 手机上能报不", ["apply.online", "eligibility.elderly"]),
        ("补多少钱,能盖多大,咋申请", ["subsidy.amount", "area.limits"]),
    ],
)
def test_two_questions_are_answered_in_her_order(
    understanding: Understanding, today: date, text: str, slugs: list[str]
) -> None:
    answer = understanding.ask(text, today=today)

    assert [slug for slug, _ in answer.topics[:2]] == slugs
    assert answer.second
    told = [understanding.answer_for(slug, today=today).answer for slug in slugs]
    assert answer.record(text)["answer"] == "\n\n".join(told)


@pytest.mark.parametrize(
    "text",
    [
        "能补多少钱", "俺家三口人,房子是D级的,能补多少钱", "能补多少钱,到底能补多少钱",
        "刚盖好一年,墙裂了,找谁", "户口在外县,人住这儿,能办吗",
        "俩孩都在郑州买了单元房,就剩俺跟老伴守着这破屋,还能报不", "", "?,?,?", "咋,咋,咋,咋",
    ],
)  # fmt: skip
def test_one_question_is_answered_once(
    understanding: Understanding, today: date, text: str
) -> None:
    assert understanding.ask(text, today=today).second is None
