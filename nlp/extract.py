"""Facts out of a story: money as it is spoken, dates, people, evidence.

Nothing here decides anything: every value is read back to the villager before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_DIGITS |= dict(zip("壹贰叁肆伍陆柒捌玖俩", (1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_UNITS = {
    "十": 10,
    "拾": 10,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "万": 10000,
    "萬": 10000,
}

#: Nobody writes or says a longer number; what is longer is none.
LONGEST_NUMBER = 24
_NUMBER = r"[0-9零〇一二两俩三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾佰仟.]+"
_MONEY = re.compile(
    rf"(?P<number>{_NUMBER})(?P<more>来|多|几)?(?P<unit>万|千|百)?(?P<tail>[一二两三四五六七八九1-9](?![0-9个户家年月天口]))?"
    r"(?P<name>块钱|块|元整|元|钱| ?(?:yuan|crowns?|dollars?|pounds?|euros?)\b)?"
)
#: Words of paying, and the small ones that may stand between them and the sum: 收了俺每户…
_PAYING = (*"补打给交收扣退领借塞进少要罚欠", "套取", "到账")
_SMALL = (*"了过给俺叔爹上走我他户家每", "一个人", "乡里")
MOST_SMALL = 12
_MONTH = "(?:january|february|march|april|may|june|july|august|september|october|november|december)"
_DATE = re.compile(
    rf"\b(?:(?:last|this) (?:week|month|year|spring|summer|autumn|winter)|yesterday|{_MONTH} 20\d\d)\b|"
    r"(?:20\d\d年(?:\d{1,2}月)?(?:\d{1,2}[日号])?(?:底|初)?|(?:去年|今年|前年|大前年)(?:腊月|正月|\d{1,2}月|[一二三四五六七八九十]{1,2}月)?(?:份|底|初)?"
    r"|夜个儿?|昨天|前天|上个?月(?:\d{1,2}[日号])?|这个月|麦收时?候?|清明前?后?|过年|年前|春节"
    r"|(?<![一二两三四五六七八九十几\d])[一二两三四五六七八九十几\d]{1,8}个?(?:年|月|多月|个多月)(?:多|前|了)?)"
)
_PEOPLE = re.compile(
    r"((?<![0-9])[0-9]{1,7}|(?<![一二两俩三四五六七八九十])[一二两俩三四五六七八九十]{1,7})"
    r"(户|家|个人|口人)"
)


def number(text: str) -> float | None:
    """A number as it is written or spoken: 一万二, 1.4, 三千五, 两万.

    >>> number("三千五"), number("一万二"), number("十四"), number("2.2万")
    (3500.0, 12000.0, 14.0, 22000.0)
    """
    if len(text) > LONGEST_NUMBER:
        return None
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return float(text)
    mixed = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([十百千万])(.*)", text)
    if mixed:
        head = float(mixed.group(1)) * _UNITS[mixed.group(2)]
        return head + _rest(mixed.group(3), _UNITS[mixed.group(2)])
    total, current, last = 0.0, 0.0, 1
    for char in text:
        if char in _DIGITS:
            current = _DIGITS[char]
        elif char.isdigit():
            current = current * 10 + int(char)
        elif char in "万萬":
            total, current, last = (total + current or 1) * 10000, 0.0, 10000
        elif char in _UNITS:
            total, current, last = total + (current or 1) * _UNITS[char], 0.0, _UNITS[char]
        else:
            return None
    return total + (current * last / 10 if last >= 100 and current else current)


def _rest(text: str, unit: int) -> float:
    """What stands after the unit: 1万6 is 16,000, 1千5百 is 1,500."""
    if not text:
        return 0.0
    if len(text) == 1 and (text.isdigit() or text in _DIGITS):
        return float(text if text.isdigit() else _DIGITS[text]) * unit / 10
    return number(text) or 0.0


def amounts(text: str) -> tuple[int, ...]:
    """Sums of money in yuan, in the order they are named."""
    values = (_value(match, text) for match in _MONEY.finditer(text))
    return tuple(dict.fromkeys(filter(None, values)))


def is_a_sum(text: str) -> bool:
    """Whether the text is a sum of money and nothing else.

    >>> is_a_sum("3万2"), is_a_sum("5000"), is_a_sum("2"), is_a_sum("三口人")
    (True, True, False, False)
    """
    bare = text.isdecimal() and 4 <= len(text) <= 6
    return bool(_MONEY.fullmatch(text)) and (bare or bool(amounts(text)))


def _value(match: re.Match[str], text: str) -> int | None:
    raw, name = match["number"], match["name"]
    spoken_money = _paying_before(text, match.start())
    has_unit = bool(match["unit"]) or bool(re.search("[百千万佰仟]", raw))
    after = text[match.end() : match.end() + 1]
    counted = after and after in "户家个月年天级平号口米层回遍次点"
    if not name and (counted or not (spoken_money or has_unit)):
        return None
    if not name and not has_unit and len(re.sub(r"\D", "", raw)) < 3:
        return None
    if re.fullmatch(r"20[012]\d", raw) and not name:
        return None
    whole = raw + (match["unit"] or "") + (match["tail"] or "" if has_unit else "")
    value = number(whole)
    if value is None or not 1 <= value <= 100_000_000:
        return None
    return round(value)


def _paying_before(text: str, at: int) -> bool:
    """Whether a word of paying ends at `at`, with a few small words between at most.

    >>> _paying_before("收了俺每户500", 5), _paying_before("住了500天", 2)
    (True, False)
    """
    for _ in range(MOST_SMALL + 1):
        if text.endswith(_PAYING, 0, at):
            return True
        small = next((word for word in _SMALL if text.endswith(word, 0, at)), "")
        if not small:
            return False
        at -= len(small)
    return False


def dates(text: str) -> tuple[str, ...]:
    """The words that say when; months of a named year as ISO months."""
    found = []
    for match in _DATE.finditer(text):
        words = match.group()
        exact = re.fullmatch(r"(20\d\d)年(\d{1,2})月", words)
        found.append(f"{exact[1]}-{int(exact[2]):02d}" if exact else words)
    return tuple(dict.fromkeys(found))


def people(text: str) -> int | None:
    """How many households or persons, the largest number named."""
    counts = [number(match[1]) for match in _PEOPLE.finditer(text)]
    return int(max(filter(None, counts), default=0)) or None


def evidence(text: str, kinds: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    return tuple(kind for kind, words in kinds.items() if any(word in text for word in words))
