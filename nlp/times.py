"""When it happened, by the words of a story: a day, a season, a month of a year, so long ago.

Nobody's age is one, nor a birth, nor how old a house is, nor how long something took (等了三个月), nor
what is always so (一到冬天), nor the day by which something is due.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlp.money import number
from nlp.words import one_of

_FIGURES = dict(zip("〇零一二三四五六七八九", "00123456789", strict=True))

#: How far words are looked for that tell what kind of time it is, in letters.
BEFORE, AFTER = 5, 12
#: A house that was built before the programme began is an old one, as is one built so many years ago.
PROGRAMME, OLD = 2008, 5
#: What happened before is told after what is nearer.
LONG_AGO = 2000

_CENTURY = "(?:19|20)[0-9]{2}|[一二][九〇零][〇零一二三四五六七八九]{2}"
_YEAR = rf"(?<![0-9])(?:{_CENTURY}) ?年(?![代龄级纪度])"
_SHORT_YEAR = (
    r"(?<![0-9〇零一二三四五六七八九十百])"
    r"(?:[01289][0-9]|[〇零一二八九][〇零一二三四五六七八九])年(?![代龄级纪])"
)
_ONE = "[一二三四五六七八九]"
_MONTH = (
    rf"(?<![0-9〇零一二两三四五六七八九十几个每])(?:1[0-2]|0?[1-9]|十[一二]?|{_ONE}) ?月"
    "(?![饼光供租薪嫂费老息子球台季])份?(?:初|底|末|[上中下]旬|中)?"
)
_DAY = rf"(?:[0-3]?[0-9] ?[日号]|初[一二三四五六七八九十]|(?:[一二三]?十{_ONE}?|廿{_ONE}?)[日号]?|{_ONE}[日号])"
_ISO = (
    r"(?<![0-9.])(?P<y>(?:19|20)[0-9]{2})[-/.](?P<m>1[0-2]|0?[1-9])"
    r"(?:[-/.](?P<d>3[01]|[12][0-9]|0?[1-9]))?(?![0-9]|[-/.][0-9])"
)
_SOME = "(?:[0-9]{1,2}|半|好?几|十几|[一二两俩三四五六七八九十]{1,3})"
_NEW_YEAR = rf"大?年初{_ONE}(?![十百千万])"
_NO_NUMERAL = "(?<![0-9一二三四五六七八九十百千万毛块])"
_LENGTH = "(?:年|月|天|周|礼拜|星期|小时|钟头|分钟|晌)"
_AGO = (
    rf"(?<![0-9一二三四五六七八九十]){_SOME}(?:多|来)?"
    r"(?:个半月|个多?月|(?<=半)月|个?(?:多)?(?:年|天|周|礼拜|星期|小时|钟头|分钟))(?:多|半)?(?:之|以)?前(?!后)"
)
_LAST_SOME = rf"(?<![提之以目门房屋堂])(?:前|头)(?:[二两俩三四五六七八九十几]|[0-9]|十几){{1,2}}个?(?:来)?{_LENGTH}(?![级头])"
_WEEKDAY = (
    "(?:(?:上上?个?|这个?|本)(?:周|星期|礼拜)|(?<![0-9一二两三四五六七八九十几个每])(?:星期|礼拜))"
    "[一二三四五六日天末](?![趟回次张天])"
)
_ENGLISH = re.compile(
    r"\b(?:(?:last|this) (?:week|month|year|spring|summer|autumn|winter)|yesterday|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december) 20[0-9]{2})\b"
)

_AN_AGE = re.compile(
    rf"的?[都已经快刚正好才虚周岁整够满也就是有]{{0,4}}(?:[1-9][0-9]|1[01][0-9]|{_ONE}?十{_ONE}?)"
    r"(?![0-9万千百块元户个家天号月年袋斤人亩平米次回多来](?!了|岁))(?:多|来|出头|有余|挂零)?(?:周?岁|了|整|有|的人|[,。、!\s]|$)"
    "|的?(?:多大|高寿|高龄|虚岁|周岁|属[鼠牛虎兔龙蛇马羊猴鸡狗猪])"
)
_BORN = re.compile("(?:的|份|出)?生(?=[,。人于的\\s]|$)")
_FINISHED_BY = re.compile(
    "(?:之|以)?前[^,。;!?]{0,6}?(?:必须|务必|完成|完工|交[齐清上]|报名|申请|提交|搬|入住|竣工|拆完|截止|要|得|能)"
)
_SAID = re.compile("[说讲]是?$")
_LASTED = re.compile("[一整半个几]$")
_BY = re.compile("[之以]?前$")
_TOOK = re.compile("[了等过住干拖欠快都近足半满用这整已有]$")
_SO_LONG = re.compile("[了多来整]|有余|以来|之久|的?(?:时间|工夫|功夫|活|老房|房龄)")
_OF_A_YEAR = re.compile(
    "[给收交报盖建修定拿打批评拆申说的就又后那俺我村他她发扣领危下办补上,有春夏秋冬底初]"
)


@dataclass(frozen=True)
class Time:
    """The words that say when, a month of a named year as ISO 8601 writes it, and where they stand."""

    words: str
    start: int
    end: int


class Times:
    """The words of `[times]` in `triage.toml`, put together once; a folder without them knows what a
    calendar writes."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        words = defaultdict[str, Sequence[str]](tuple, groups)
        parts = [*words["parts"], *words["seasons"]]
        alone = [season for season in words["seasons"] if len(season) > 1]
        hours, ends = one_of(words["hours"]), one_of(words["ends"])
        lunar = one_of(["正月", "冬月", "腊月", "闰月"])
        month = rf"(?:{_NEW_YEAR}|{_MONTH}(?:{_DAY})?|{lunar}(?:{_DAY}|初|底|里)?)"
        inside = rf"(?:{_NEW_YEAR}|{one_of([*parts, '底', '初', '末'])}(?![0-9十号日])|{month})"
        self._pattern = re.compile(
            rf"(?P<iso>{_ISO})"
            rf"|(?P<year>{_YEAR}|{one_of(words['years'])})(?:的?(?P<inside>{inside}))?(?:的?{hours})?"
            rf"|(?P<short>{_SHORT_YEAR})(?P<within>{inside})?"
            rf"|(?P<ago>{_AGO})|(?P<some>{_LAST_SOME}|{_WEEKDAY})(?:{hours})?"
            rf"|(?P<part>(?:{_NEW_YEAR}|{_NO_NUMERAL}{one_of(words['parts'])}))(?![轻0-9十号日])(?:{ends})?"
            rf"|(?P<month>{month})(?:{hours}|{ends})?"
            rf"|(?P<days>{one_of(words['days'])})(?:的?{hours})?"
            rf"|(?P<while>{one_of(words['whiles'])})|(?P<ever>{one_of(words['lately'])})"
            rf"|(?P<season>{one_of(alone)})(?:{ends})?"
        )
        self._always = re.compile(f"{one_of([*words['always'], *words['due']])}的?$")
        self._due = re.compile(f"{one_of(words['due'])}[在到至]?$")
        self._births, self._builds = one_of(words["births"]), one_of(words["builds"])
        self._born_in = re.compile(f"{self._births}[是于在的]{{0,2}}$")
        self._born = re.compile(f"[^,。;!?]{{0,3}}{self._births}")
        self._built_in = re.compile(f"{self._builds}成?[是于在的]{{0,2}}$")
        self._built = re.compile(f"[^,。;!?]{{0,6}}{self._builds}")
        self._telling = re.compile(
            f"[,,]?[俺我咱们来想要就特意专门是打这又向在此]{{0,6}}{one_of(words['telling'])}"
        )
        self._habits = re.compile(f"[里头]?[都也就更]?{one_of(words['habits'])}")

    def named(self, text: str) -> tuple[Time, ...]:
        """Every time at which something happened in a normalised text: in its order, but what says no
        more than a season, of late or long ago comes last."""
        found = sorted(self._found(text), key=lambda each: each[0])
        return tuple(time for _, time in found)

    def dates(self, text: str) -> tuple[str, ...]:
        """The words of these times, each once."""
        return tuple(dict.fromkeys(time.words for time in self.named(text)))

    def _found(self, text: str) -> Iterator[tuple[int, Time]]:
        for match in self._pattern.finditer(text):
            start, end = match.span()
            before = text[max(0, start - BEFORE) : start]
            if self._happened(match, before, text[end : end + AFTER]):
                yield _rank(match, before), Time(_said(match), start, end)
        for spelled in _ENGLISH.finditer(text):
            yield 0, Time(spelled.group(), *spelled.span())

    def _happened(self, match: re.Match[str], before: str, after: str) -> bool:
        """Whether something happened then, by the words on both sides."""
        if self._due.search(before) or _is_due(match, after):
            return False
        if match["iso"] or match["year"]:
            return self._in_that_year(match, before, after)
        if match["short"]:
            return self._in_that_year(match, before, after) and _is_a_year(match, before, after)
        if match["ago"]:
            return not (_years(match["ago"]) >= OLD and self._built.match(after))
        if match["days"]:
            return not self._telling.match(after)
        if match["month"] and _is_so_long(match["month"], before, after):
            return False
        if match["season"] and _LASTED.search(before):
            return False
        if match["ever"] or match["month"] or match["part"] or match["season"]:
            return not (self._always.search(before) or self._habits.match(after))
        return True

    def _in_that_year(self, match: re.Match[str], before: str, after: str) -> bool:
        """Not of somebody who is so old then, nor of a birth, nor of the building of an old house."""
        if self._born_in.search(before) or self._born.match(after) or _BORN.match(after):
            return False
        year = _year_of(match)
        if not year:
            return bool(match["inside"]) or not _AN_AGE.match(after)
        return year > PROGRAMME or not (self._built_in.search(before) or self._built.match(after))


def _is_so_long(month: str, before: str, after: str) -> bool:
    """Whether 三月 is not March but how long something took, as it is behind 等 and before 了."""
    if not month.endswith("月") or month.startswith(("正", "冬", "腊", "闰")):
        return False
    return bool(month == "一月" or _TOOK.search(before) or _SO_LONG.match(after))


def _is_due(match: re.Match[str], after: str) -> bool:
    """Whether something is to be done by then: 月底前交齐."""
    tail = _BY.search(match.group())
    return not match["ago"] and bool(_FINISHED_BY.match((tail.group() if tail else "") + after))


def _year_of(match: re.Match[str]) -> int:
    """The year in figures; 0 where it is told by a word."""
    said = (match["y"] or match["year"] or match["short"]).removesuffix("年").strip()
    value = "".join(str(_FIGURES.get(each, each)) for each in said)
    if not value.isdecimal():
        return 0
    year = int(value)
    return year if year > 100 else year + (1900 if year > 30 else 2000)


def _is_a_year(match: re.Match[str], before: str, after: str) -> bool:
    """Whether 18年 is 2018, and not how long something took."""
    if match["within"]:
        return True
    if _TOOK.search(before) or _SO_LONG.match(after):
        return False
    certain = match["short"][0] in "0〇零9" or match["short"][1] in "〇零"
    return certain or bool(_OF_A_YEAR.match(after))


def _years(ago: str) -> float:
    """How many years 二十多年前 are."""
    counted = re.match(r"[0-9一二两俩三四五六七八九十]{1,3}", ago)
    return (number(counted.group()) or 0.0) if counted and "年" in ago else 0.0


def _said(match: re.Match[str]) -> str:
    """The words; of a year in figures with its month alone, as 2023-03."""
    month = re.fullmatch(r"(?:的?)([0-9十一二三四五六七八九]{1,2}) ?月份?", _within(match))
    if match["iso"] and not match["d"]:
        return f"{match['y']}-{int(match['m']):02d}"
    if month and (year := _year_of(match)) and match.group().endswith(("月", "月份")):
        return f"{year}-{int(number(month[1]) or 0):02d}"
    return match.group()


def _within(match: re.Match[str]) -> str:
    return match["inside"] or match["within"] or ""


def _rank(match: re.Match[str], before: str) -> int:
    """What is told last: a season, of late, what somebody only says (说年底补), and what is long ago."""
    if match["ever"] or match["season"] or _SAID.search(before):
        return 1
    written = match["iso"] or match["year"] or match["short"]
    return int(bool(written) and 0 < _year_of(match) < LONG_AGO)
