"""Receipt codes: 20 digits in 4 groups, each with its own check digit, made to be read aloud.

A group is four random digits and a Damm check digit whose table start depends on the group's
position. One wrong digit or two swapped neighbours are always noticed, and the wrong group is named;
two swapped groups are noticed too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import accumulate

from casework.letters import composed
from casework.refusals import BadInput

#: How long a phone may look at the receipt it was shown.
SHOWN_AGAIN = timedelta(minutes=30)

GROUPS = 4
DIGITS = 4  # random digits in a group
STEP = DIGITS + 1  # and one that checks them
LENGTH = GROUPS * STEP

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

#: What people put between digits.
_BETWEEN = re.compile(r"[\s\-—–_.,,。、:]+", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
#: What cannot stand inside a code.
_ELSE = re.compile(r"[^\d\s\-—–_.,,。、:]+", re.ASCII)
#: A sign that may be a digit of a code, however it is written: 3, ③, 三.
_DIGIT_SIGNS = r"\d²³¹¼-¾⁰⁴-⁹₀-₉⅐-⅟↉①-⑳⒈-⒛⓪㉑-㉟㊱-㋋㍘-㍰㏠-㏾\U0001f100-\U0001f10a" + "".join(
    SPOKEN
)
#: What stands where a code stood in a text that others read.
HIDDEN = "〔编号已遮住〕"
#: So many right groups are a code, even where one more is mistyped or missing: the rest is guessed.
GIVEN_AWAY = 3
#: So many of them, with nothing but signs between. Neither can stand for the other: it is linear.
_MAY_BE_CODE = re.compile(
    rf"(?:[{_DIGIT_SIGNS}](?:[^\w{_DIGIT_SIGNS}]|_)*){{{GIVEN_AWAY * STEP},}}"
)


class WrongCode(BadInput):
    """What was typed is not a code; `group` (1–4) is named when one group is wrong."""

    code = "wrong-code"

    def __init__(self, sentence: str, key: str, group: int | None = None, **slots: object) -> None:
        super().__init__(sentence, key, **slots)
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
    return " ".join(code[i : i + STEP] for i in range(0, len(code), STEP))


def as_digits(text: str) -> str:
    """Full-width and spoken digits as plain ones; everything else as it was, in place."""
    return "".join(
        SPOKEN.get(char) or unicodedata.normalize("NFKC", char)[:1] or char for char in text
    )


def read_code(typed: str) -> str:
    """The 20 digits of what somebody typed or dictated. Raises `WrongCode` with a sentence."""
    digits = _BETWEEN.sub("", as_digits(typed))
    if not digits.isascii() or not digits.isdigit():
        raise WrongCode("编号全是数字,一共20位。请对照抄下的再输一遍。", "code.digits")
    if len(digits) != LENGTH:
        raise WrongCode(
            f"编号一共20位数字,您输了{len(digits)}位。请再看一遍。", "code.length", n=len(digits)
        )
    wrong = wrong_groups(digits)
    if len(wrong) == 1:
        raise WrongCode(f"第{wrong[0]}组好像不对,请再看一遍。", "code.group", wrong[0], n=wrong[0])
    if wrong:
        groups = "、".join(str(group) for group in wrong)
        raise WrongCode(
            f"第{groups}组好像不对,也可能是前后组写颠倒了,请再看一遍。",
            "code.groups",
            n=tuple(wrong),
        )
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
    return all(
        check_digit(digits[at * STEP : at * STEP + DIGITS], at) == digits[at * STEP + DIGITS]
        for at in range(GROUPS)
    )


def without_codes(text: str) -> str:
    """The text as others may read it: whoever writes a code into her story must not hand its mailbox
    to everybody who reads the story. One with a mistyped or a missing group is hidden as well; card,
    phone and ID numbers stay, they are evidence.

    >>> without_codes("上回的编号" + shown(code_from(bytes(16))) + "没人管")
    '上回的编号〔编号已遮住〕没人管'
    """
    if len(text) < GIVEN_AWAY * STEP or not _MAY_BE_CODE.search(text):
        return text  # most stories: looking closer costs a quarter of filing one
    text = _hidden(text, _plain_digits(text))  # numerals first, as in `find_code`
    return text if SPOKEN.keys().isdisjoint(text) else _hidden(text, as_digits(text))


def _hidden(text: str, written: str) -> str:
    """Without the codes that stand in it as it is `written`, sign for sign."""
    kept, done = list[str](), 0
    for start, end in sorted(_codes_in(written)):
        if start >= done:
            kept += [text[done:start], HIDDEN]
        done = max(done, end)
    return "".join([*kept, text[done:]])


def _plain_digits(text: str) -> str:
    """Full-width digits as plain ones, each sign where it was."""
    return "".join(unicodedata.normalize("NFKC", char)[:1] or char for char in text)


def _codes_in(written: str) -> Iterator[tuple[int, int]]:
    """From where to where a code stands."""
    for runs in _neighbours(written):
        for first, last, digits in _twenties([run.group() for run in runs]):
            if _mostly_fits(digits):
                yield runs[first].start(), runs[last].end()
        fives = [len(run.group()) >= STEP for run in runs]
        for first in range(len(runs)):
            if sum(fives[first : first + GROUPS]) < GIVEN_AWAY:
                continue
            for groups in (runs[first : first + GROUPS - 1], runs[first : first + GROUPS]):
                # The 一 of 一直 stands behind the last of them.
                if _gives_away([*(run.group() for run in groups[:-1]), groups[-1].group()[:STEP]]):
                    yield groups[0].start(), min(groups[-1].end(), groups[-1].start() + STEP)


def _neighbours(written: str) -> Iterator[list[re.Match[str]]]:
    """Runs of digits with nothing but signs that people put between digits from one to the next."""
    runs: list[re.Match[str]] = []
    for run in _DIGITS.finditer(written):
        if runs and not _BETWEEN.fullmatch(written, runs[-1].end(), run.start()):
            yield runs
            runs = []
        runs.append(run)
    yield runs


def _mostly_fits(digits: str) -> bool:
    """Whether three groups of four have their check digits; most that are no code end at the second."""
    wrong = 0
    for at in range(GROUPS):
        wrong += (
            check_digit(digits[at * STEP : at * STEP + DIGITS], at) != digits[at * STEP + DIGITS]
        )
        if wrong > GROUPS - GIVEN_AWAY:
            return False
    return True


def _gives_away(groups: Sequence[str]) -> bool:
    """Whether three of these, standing as the first or the last of a code, have their check digits."""
    return any(
        sum(
            len(group) == STEP and check_digit(group[:DIGITS], at) == group[DIGITS]
            for at, group in enumerate(groups, start=skipped)
        )
        >= GIVEN_AWAY
        for skipped in range(GROUPS - len(groups) + 1)
    )


def find_code(text: str) -> str | None:
    """A whole, right code anywhere in a longer text; phone and ID numbers never match."""
    # Numerals first: in "…06718一直没人管" the 一 is a word, not a digit.
    for written in dict.fromkeys((composed(text), as_digits(text))):
        for stretch in _ELSE.split(written):
            for _, _, digits in _twenties(_DIGITS.findall(stretch)):
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


def _twenties(runs: list[str]) -> Iterator[tuple[int, int, str]]:
    """Neighbouring runs of digits that are as long as a code together: the first, the last, their
    digits. Every beginning is tried: a phone number may stand before the code."""
    digits, begin = "".join(runs), 0
    last_of = {end: at for at, end in enumerate(accumulate(map(len, runs)))}
    for first, run in enumerate(runs):
        if (last := last_of.get(begin + LENGTH)) is not None:
            yield first, last, digits[begin : begin + LENGTH]
        begin += len(run)
