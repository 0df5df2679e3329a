"""An option is picked by its number, however it is written, or by its words; never by what it denies."""

from __future__ import annotations

import pytest

from nlp.picks import named_in_part, ordinal, picked

IN_DANGER = ("是,现在有人", "有人,不过不是这个地方", "没有人住了", "说不清")


@pytest.mark.parametrize(
    "second",
    ["2", "2", "②", "❷", "⒉", "㈡", "2️⃣", "(2)", "2.", "2、", "2吧", "2呗", "二", "二吧", "第二", "第2", "第二个", "第2个吧",
     "第二项", "选2", "选二", "俺选2", "我选第二个", "回2", "按2", "就2吧", " 2 "],
)  # fmt: skip
def test_a_number_is_a_number_however_it_is_written(second: str) -> None:
    assert ordinal(second) == 2
    assert picked(second, IN_DANGER) == 1


@pytest.mark.parametrize(
    "text",
    ["两个", "二个人", "2个", "2口人", "两口", "2月", "第二年", "二楼", "1.5", "1和2", "2吗", "2不", "", "?", "二十几", "1-2", "俩"],
)  # fmt: skip
def test_what_counts_something_picks_nothing(text: str) -> None:
    assert picked(text, IN_DANGER) is None
    assert picked(text, ("甲", "乙")) is None


@pytest.mark.parametrize("text", ["5", "0", "第九个", "99", "十"])
def test_a_number_beyond_the_options_picks_nothing(text: str) -> None:
    assert picked(text, IN_DANGER) is None


def test_the_first_one_has_a_name_of_its_own() -> None:
    assert picked("头一个", IN_DANGER) == 0


@pytest.mark.parametrize("text", ["3 没有人住了", "3、没有人住了。", "没有人住了", "没有人住了!"])
def test_the_words_of_an_option_pick_it_with_its_number_or_without(text: str) -> None:
    assert picked(text, IN_DANGER) == 2


def test_who_asks_back_picks_nothing_but_a_question() -> None:
    assert picked("对?", ("对", "不对")) is None
    assert picked("1?", ("对", "不对")) is None
    assert picked("补多少?", ("补多少?", "都不是")) == 0


def test_another_number_before_the_words_picks_nothing() -> None:
    assert picked("1 没有人住了", IN_DANGER) is None


@pytest.mark.parametrize(
    ("part", "label"),
    [("现在有人", 0), ("没有人", 2), ("不是这个地方", 1), ("有人住", None), ("人住了", None), ("这个地方", None), ("有人", None),
     ("是", None), ("", None)],
)  # fmt: skip
def test_a_part_stands_for_the_one_option_that_says_it(part: str, label: int | None) -> None:
    assert named_in_part(part, IN_DANGER) == label


def test_a_part_is_looked_for_in_its_own_clause() -> None:
    assert named_in_part("就交这些", ("不说了,就交这些",)) == 0
    assert named_in_part("交了", ("提交", "不交了")) is None
