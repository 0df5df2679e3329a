"""Which of the options offered somebody picked: by number, however it is written, or by its words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from nlp.money import number
from nlp.words import letters, normalise

_N = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_ORDINAL = re.compile(
    rf"(?:我|俺)?(?:就|还是)?(?:选项?|回复?|按|点|打|输入?|发|要|数字)?(?:的?是)?(?:第?({_N})|第({_N})(?:个|项|条|种)|((?:头|首)一?个))(?:吧|呗|啊|嘞|哩|的)?"
)
#: As sums are written out: they stand for 1 to 10 alone.
FORMAL = "壹贰叁肆伍陆柒捌玖拾"
#: By its place, where it is one of two, and where it is the last of some.
_OF_TWO = (
    re.compile("(?:选)?(?:前|上)(?:面|边|头)?(?:的)?(?:那|一)?(?:一)?(?:个|条|项)"),
    re.compile("(?:选)?(?:后|下)(?:面|边|头)?(?:的)?(?:那|一)?(?:一)?(?:个|条|项)"),
)
_LAST = re.compile(
    "(?:选)?(?:最后|最末|末了|末尾)(?:面|边|头)?(?:的)?(?:那|一)?(?:一)?(?:个|条|项)"
)
_DENIES = re.compile("不(?!过)|[没别]")
_SIGNS = re.compile(r"[\W_]+")


def ordinal(text: str) -> int | None:
    """The number that a whole text comes to: 2, 2吧, 二, 第二个, ②, 2️⃣, 选2. 两个 counts people.

    >>> ordinal("第一个"), ordinal("❷"), ordinal("2️⃣"), ordinal("两个"), ordinal("1月")
    (1, 2, 2, None, None)
    """
    plain = _SIGNS.sub("", normalise("".join(map(_digit, text.strip()))))
    match = _ORDINAL.fullmatch(plain)
    if not match:
        return None
    said = match[1] or match[2]
    return int(number(said) or 0) if said else 1


def _digit(char: str) -> str:
    """❶, Ⅰ and 壹 as 1, which NFKC leaves alone or makes a letter of."""
    if char in FORMAL or unicodedata.category(char) in ("Nl", "No"):
        count = unicodedata.numeric(char)
        return str(int(count)) if count.is_integer() else char
    digit = unicodedata.digit(char, None)
    return char if digit is None else str(digit)


def picked(text: str, labels: Sequence[str]) -> int | None:
    """Which of the labels a text is, from 0: its number, its words, or both. 对? picks no 对.

    >>> picked("2", ("提交", "不交了")), picked("2 不交了", ("提交", "不交了")), picked("3", ("提交",))
    (1, 1, None)
    """
    at, words, asks = ordinal(text), letters(text), "?" in normalise(text)
    at = _by_its_place(words, len(labels)) if at is None else at
    if at is not None:
        return at - 1 if 1 <= at <= len(labels) and not asks else None
    for n, label in enumerate(labels):
        name = letters(label)
        if words and words in (name, f"{n + 1}{name}") and (not asks or "?" in normalise(label)):
            return n
    return None


def _by_its_place(words: str, count: int) -> int | None:
    """最后一个, and of two 前一个 and 下面那个. The number, from 1."""
    if count > 1 and _LAST.fullmatch(words):
        return count
    places = (n for n, place in enumerate(_OF_TWO, start=1) if place.fullmatch(words))
    return next(places, None) if count == 2 else None


def named_in_part(text: str, labels: Sequence[str]) -> int | None:
    """Which of the labels a text is enough of to tell it from all others, from 0. A part that the
    label denies does not name it: 有人住 is not 没有人住了.

    >>> offered = ("乡里有", "县里有", "没有人住了")
    >>> named_in_part("县里", offered), named_in_part("里有", offered), named_in_part("有人住", offered)
    (1, None, None)
    """
    part = normalise(text).strip(" 。.、,!")
    fits = [n for n, label in enumerate(labels) if len(part) > 1 and _stands_for(part, label)]
    return fits[0] if len(fits) == 1 else None


def _stands_for(part: str, label: str) -> bool:
    """Whether the label has this part, with nothing before it in its clause that denies it."""
    before, found, _ = normalise(label).partition(part)
    return bool(found) and not _DENIES.search(before.rpartition(",")[2])
