"""Receipt codes: 20 digits in 4 groups, each with its own check digit, made to be read aloud.

A group is four random digits and a Damm check digit whose table start depends on the group's
position. One wrong digit or two swapped neighbours are always noticed, and the wrong group is named;
two swapped groups are noticed too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from itertools import accumulate

from casework.letters import composed
from casework.refusals import BadInput

#: How long a phone may look at the receipt it was shown.
SHOWN_AGAIN = timedelta(minutes=30)

GROUPS = 4
DIGITS = 4  # random digits in a group
LENGTH = GROUPS * (DIGITS + 1)

#: A totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004).
DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

#: How digits are said and written: on the telephone 幺 两 拐 勾 洞, in numerals, full width.
SPOKEN = {
    **{"洞": "0", "零": "0", "〇": "0", "○": "0", "幺": "1", "么": "1", "两": "2", "俩": "2"},
    **{"拐": "7", "勾": "9", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6"},
    **{"七": "7", "八": "8", "九": "9", "壹": "1", "贰": "2", "叁": "3", "肆": "4", "伍": "5"},
    **{"陆": "6", "柒": "7", "捌": "8", "玖": "9"},
}
ALOUD = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))

#: What people put between digits.
_BETWEEN = re.compile(r"[\s\-—–_.,,。、:]+", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
#: What cannot stand inside a code.
_ELSE = re.compile(r"[^\d\s\-—–_.,,。、:]+", re.ASCII)


class WrongCode(BadInput):
    """What was typed is not a code; `group` (1–4) is named when one group is wrong."""

    code = "wrong-code"

    def __init__(self, sentence: str, group: int | None = None) -> None:
        super().__init__(sentence)
        self.group = group


def check_digit(group: str, position: int) -> str:
    """The fifth digit of a group standing at `position` (0–3).

    >>> check_digit("1234", 0) != check_digit("1234", 1)
    True
    """
    state = position + 1
    for digit in group:
        state = DAMM[state][int(digit)]
    # The Damm digit is the one that brings the state to 0: the column of 0 in the state's row.
    return str(DAMM[state].index(0))


def code_from(entropy: bytes) -> str:
    """A code from at least 16 random bytes. The bias of the remainder is below 2**-74."""
    if len(entropy) < 16:
        raise ValueError("a code wants at least 16 random bytes")
    number = int.from_bytes(entropy) % 10 ** (GROUPS * DIGITS)
    digits = f"{number:0{GROUPS * DIGITS}d}"
    groups = (digits[i : i + DIGITS] for i in range(0, len(digits), DIGITS))
    return "".join(group + check_digit(group, at) for at, group in enumerate(groups))


def shown(code: str) -> str:
    """The code as it is printed: four groups of five."""
    step = DIGITS + 1
    return " ".join(code[i : i + step] for i in range(0, len(code), step))


def spoken(code: str) -> str:
    """The code as it is read aloud."""
    return ",".join("".join(ALOUD[d] for d in group) for group in shown(code).split())


def as_digits(text: str) -> str:
    """Full-width and spoken digits as plain ones; everything else as it was, in place."""
    return "".join(
        SPOKEN.get(char) or unicodedata.normalize("NFKC", char)[:1] or char for char in text
    )


def read_code(typed: str) -> str:
    """The 20 digits of what somebody typed or dictated. Raises `WrongCode` with a sentence."""
    digits = _BETWEEN.sub("", as_digits(typed))
    if not digits.isascii() or not digits.isdigit():
        raise WrongCode("编号全是数字,一共20位。请对照抄下的再输一遍。")
    if len(digits) != LENGTH:
        raise WrongCode(f"编号一共20位数字,您输了{len(digits)}位。请再看一遍。")
    wrong = wrong_groups(digits)
    if len(wrong) == 1:
        raise WrongCode(f"第{wrong[0]}组好像不对,请再看一遍。", wrong[0])
    if wrong:
        groups = "、".join(str(group) for group in wrong)
        raise WrongCode(f"第{groups}组好像不对,也可能是前后组写颠倒了,请再看一遍。")
    return digits


def wrong_groups(digits: str) -> list[int]:
    """The groups (1–4) whose check digit does not fit."""
    groups = shown(digits).split()
    return [
        at + 1
        for at, group in enumerate(groups)
        if check_digit(group[:DIGITS], at) != group[DIGITS]
    ]


def _fits(digits: str) -> bool:
    """Whether every group has its check digit; most that are no code fail at the first."""
    step = DIGITS + 1
    return all(
        check_digit(digits[at * step : at * step + DIGITS], at) == digits[at * step + DIGITS]
        for at in range(GROUPS)
    )


def find_code(text: str) -> str | None:
    """A whole, right code anywhere in a longer text; phone and ID numbers never match."""
    # Numerals first: in "…06718一直没人管" the 一 is a word, not a digit.
    for written in dict.fromkeys((composed(text), as_digits(text))):
        for stretch in _ELSE.split(written):
            for digits in _twenties(_DIGITS.findall(stretch)):
                if _fits(digits):
                    return digits
    return None


def may_hold_code(text: str) -> bool:
    """Whether somewhere in it stand so many digits together that it may be a code, or one mistyped.

    >>> may_hold_code("编号 09364-60347 44382 0671"), may_hold_code("去年补了 15000,电话 0375 12345")
    (True, False)
    """
    stretches = (_BETWEEN.sub("", each) for each in _ELSE.split(as_digits(text)))
    return any(len(each) >= LENGTH - DIGITS for each in stretches)


def _twenties(runs: list[str]) -> Iterator[str]:
    """Neighbouring runs of digits that are as long as a code together. Every beginning is tried: a
    phone number may stand before the code."""
    for first in range(len(runs)):
        # No run is empty, so a code has at most so many.
        lengths = accumulate(map(len, runs[first : first + LENGTH]))
        for last, length in enumerate(lengths, start=first + 1):
            if length == LENGTH:
                yield "".join(runs[first:last])
            if length >= LENGTH:
                break
