"""Letters are composed as Unicode says, in time that grows with the text."""

from __future__ import annotations

import unicodedata

import pytest

from casework.letters import MOST_MARKS, composed
from tests.long_texts import cpu

MARKS = "\u0323\u0301"


def test_a_hundred_thousand_marks_on_one_letter_take_no_time() -> None:
    assert cpu(lambda: composed("e" + MARKS * 50_000)) <= 0.1


@pytest.mark.parametrize(
    "text", ["e" + MARKS * (MOST_MARKS // 2), "ộ", "각", "\uff13\uff10", "。" * 500]
)
def test_as_many_marks_as_any_script_stacks_stay(text: str) -> None:
    assert composed(text) == unicodedata.normalize("NFKC", text)


def test_no_sign_stands_for_a_whole_sentence() -> None:
    assert composed("补" + "\ufdfa\ufdfb" * 1000 + "钱") == "补钱"
