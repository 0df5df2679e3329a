"""A sum is what was paid; what is only counted is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.reports import LONGEST
from nlp.money import amounts, is_a_sum, number, sums
from nlp.words import normalise
from tests.long_texts import MOST_CPU, cpu

TABLE = [
    line.split("\t")
    for line in Path(__file__).with_name("money.tsv").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(("yuan", "text"), TABLE)
def test_what_was_paid_is_found_and_nothing_else(yuan: str, text: str) -> None:
    found = amounts(normalise(text))

    assert ",".join(map(str, found)) == yuan.replace("-", "")


@pytest.mark.parametrize(
    ("words", "yuan"),
    [
        ("一万二", 12000), ("三千五", 3500), ("2.2万", 22000), ("1千5百", 1500), ("1万6", 16000),
        ("两千两百二十五", 2225), ("十万零一千", 101000), ("13万2", 132000), ("二百五", 250),
        ("百万", 1_000_000), ("伍仟", 5000), ("贰万壹仟伍佰", 21500), ("一千三", 1300),
        ("两三千", 2000), ("2万2千", 22000), ("廿五", 25), ("卅", 30), ("3k5", 3500), ("1.5w", 15000),
        ("三千零五", 3005), ("三千五六", 3500), ("12,000", 12000), ("1,234,567", 1234567),
        ("二〇一九", 2019), ("三百六", 360), ("1.2亿", 120_000_000), ("五千万", 50_000_000),
        ("百十", 110), ("十四", 14), ("一千一百一十五", 1115), ("七八百", 700), ("俩", 2),
    ],
)  # fmt: skip
def test_numbers_are_read_as_they_are_written_and_spoken(words: str, yuan: int) -> None:
    assert number(words) == yuan


@pytest.mark.parametrize("words", ["", "三千户", "五百六百", "万一塌", "1,2", "9" * 25, "零零零千"])
def test_what_is_more_or_less_than_a_number_is_none(words: str) -> None:
    assert number(words) is None


@pytest.mark.parametrize(
    ("text", "yuan"),
    [("补了12,000元", (12000,)), ("12,000元", (12000,)), ("补了12,000元", (12000,))],
)
def test_commas_between_thousands_part_no_number(text: str, yuan: tuple[int, ...]) -> None:
    assert amounts(text) == amounts(normalise(text)) == yuan


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("他收了三千五块钱就走", ["三千五块钱"]), ("每户五百一户", ["五百"]), ("二十多万工程款", ["二十多万"]),
        ("收500、800", ["500", "800"]), ("补三到五万元", ["三", "五万元"]), ("交了八百来块", ["八百来块"]),
    ],
)  # fmt: skip
def test_a_sum_knows_where_it_stands(text: str, words: list[str]) -> None:
    assert [text[each.start : each.end] for each in sums(text)] == words


@pytest.mark.parametrize(
    "text",
    ["5000", "3万2", "三千", "两万块", "¥300", "1.5w", "三千多", "12,000", "百万元", " 800元 "],
)
def test_a_sum_and_nothing_else_is_one(text: str) -> None:
    assert is_a_sum(text)


@pytest.mark.parametrize(
    "text",
    ["2", "三口人", "", "百姓", "万一", "交三千", "三千户", "千万", "13812345678", "3000块砖", "¥"],
)
def test_what_is_more_than_a_sum_or_none_is_not(text: str) -> None:
    assert not is_a_sum(text)


HOSTILE = [
    "9", "万", ",", "年", "1,", "1 ", "一", "1,111", "收了三千", "三百,", "三千到", "1万", "五百一户", "好几",
    "3.5", "¥", "百姓", "二百五", "零", "k", "5k", "一千零", "电话1",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_text_of_numbers_takes_long(piece: str) -> None:
    text = piece * (LONGEST // len(piece))

    assert cpu(lambda: (amounts(text), is_a_sum(text))) <= MOST_CPU


@given(st.text("零〇一二两俩三百千万亿十廿0123,.kw元块钱收户¥人至 -", max_size=60))
def test_whatever_is_written_each_sum_is_a_part_of_it(text: str) -> None:
    found = sums(text)

    assert all(0 <= each.start < each.end <= len(text) and each.yuan >= 1 for each in found)
    assert [each.start for each in found] == sorted({each.start for each in found})
