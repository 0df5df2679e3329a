"""Facts are read out of the words, and never out of thin air."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import extract
from nlp.understanding import Understanding


@pytest.mark.parametrize(
    ("words", "yuan"),
    [("一万二", 12000), ("三千五", 3500), ("2.2万", 22000), ("1千5百", 1500), ("1万6", 16000)],
)
def test_spoken_numbers_are_numbers(words: str, yuan: int) -> None:
    assert extract.number(words) == yuan


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("给了1千5百块", (1500,)),
        ("二十多万工程款", (200000,)),
        ("交了八百来块", (800,)),
        ("叁万伍仟元整", (35000,)),
        ("每户收了800元档案费", (800,)),
        ("每家交3000元保证金", (3000,)),
        ("套取2.2万元", (22000,)),
        ("卡上进了26000,只给15000", (26000, 15000)),
    ],
)
def test_money_is_found(text: str, yuan: tuple[int, ...]) -> None:
    assert extract.amounts(text) == yuan


@pytest.mark.parametrize("text", ["2019年交的", "盖了120平", "三百多户", "等了十几年", "扣10%", ""])
def test_what_is_no_money_is_not_taken_for_it(text: str) -> None:
    assert extract.amounts(text) == ()


def test_a_telephone_number_is_no_money() -> None:
    assert extract.amounts("我电话13812345678") == ()


def test_the_month_of_a_named_year_is_exact(understanding: Understanding, today: date) -> None:
    assert understanding.facts("2019年8月卡上进了钱", today=today).dates == ("2019-08",)


@pytest.mark.parametrize("words", ["去年腊月", "三个多月", "麦收时候", "前年"])
def test_a_time_that_is_not_exact_stays_in_its_words(
    understanding: Understanding, today: date, words: str
) -> None:
    assert any(words in found for found in understanding.facts(f"{words}的事", today=today).dates)


def test_households_are_counted() -> None:
    assert extract.people("俺庄至少有14户交了") == 14


PIECES = st.sampled_from(
    [
        "俺是",
        "支书",
        "张某",
        "一万二",
        "3000元",
        "去年",
        "腊月",
        "13812345678",
        "14户",
        ",",
        "的",
        "儿媳妇",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=80))
def test_what_identifies_is_a_part_of_the_text(understanding: Understanding, text: str) -> None:
    facts = understanding.facts(text, today=date(2019, 4, 23))

    assert all(part in text for part in facts.identity)


def test_what_a_full_report_still_lacks_is_named(understanding: Understanding, today: date) -> None:
    facts = understanding.facts("支书去年收了俺3000元,有收据", today=today)

    assert facts.missing == ("what", "where") or facts.missing == ("where",)
