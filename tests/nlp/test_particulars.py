"""Facts are read out of the words, and never out of thin air."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import particulars
from nlp.understanding import Understanding


def test_households_are_counted() -> None:
    assert particulars.people("俺庄至少有14户交了") == 14


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
