"""Counting time as the office does: working days with 调休, an end that moves off a rest day.

The working days are data (`calendar.csv`, the State Council's notices). In a year whose notice is not
out the days off by law are off and all else is Monday to Friday; it is said to be provisional, and
never passed off as known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from casework.refusals import BadInput

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = time(8, 30), time(17, 30)
#: The hour of a moment as `said` writes it.
_HOUR = re.compile(r"(?<=日) \d\d:\d\d")

#: Share of the time after which a clock turns yellow.
YELLOW = 0.8


class Unit(StrEnum):
    """What a rule counts in."""

    HOURS = "h"
    DAYS = "d"
    WORKING_DAYS = "wd"


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Which days are worked. `notes` say why a day differs from plain Monday to Friday."""

    kinds: Mapping[date, str]  # 'holiday' or 'workday', only days that differ
    notes: Mapping[date, str]
    first: date
    last: date
    closes: time = CLOSES
    opens: time = OPENS

    @classmethod
    def from_rows(
        cls, rows: Iterable[tuple[date, str, str]], first: date, last: date, closes: time = CLOSES
    ) -> WorkCalendar:
        """`law` is a day off by the State Council's regulation on holidays (art. 2, 2024) in a year
        whose notice is not out: it is off, and the year counts as provisional all the same."""
        kinds, notes = {}, {}
        for day, kind, note in rows:
            if kind not in ("holiday", "workday", "law"):
                raise BadInput(f"{day}:日历里只能写 holiday、workday 或 law,不能写“{kind}”。")
            if kind == "law" and first <= day <= last:
                continue  # the notice of that year says all there is to say
            kinds[day], notes[day] = "holiday" if kind == "law" else kind, note
        return cls(kinds, notes, first, last, closes)

    def is_known(self, day: date) -> bool:
        """Whether the year's official notice is in the calendar."""
        return self.first <= day <= self.last

    def is_working(self, day: date) -> bool:
        kind = self.kinds.get(day)
        return day.weekday() < 5 if kind is None else kind == "workday"

    def next_working(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def note(self, day: date) -> str:
        return self.notes.get(day, "")

    def between(self, after: date, until: date) -> int:
        """Working days in (after, until]."""
        days = (until - after).days
        return sum(self.is_working(after + timedelta(days=n)) for n in range(1, days + 1))


@dataclass(frozen=True, kw_only=True)
class Due:
    """A deadline that can explain itself."""

    at: datetime
    provisional: bool
    why: str


def due(start: datetime, *, amount: int, unit: Unit, calendar: WorkCalendar) -> Due:
    """When a stretch that begins at `start` ends.

    Civil Code 201–204: the first day is not counted, hours run from the stated moment, and an end
    on a rest day moves to the next working day at the close of business.
    """
    if start.tzinfo is None:
        raise ValueError("a deadline starts at a moment with a zone")
    start = start.astimezone(SHANGHAI)
    if unit is Unit.HOURS:
        end = start + timedelta(hours=amount)
        return Due(at=end, provisional=False, why=f"{amount} 小时,到{said(end)}。")
    return _due_by_day(start.date(), amount, unit, calendar)


@lru_cache(maxsize=1024)
def _due_by_day(day: date, amount: int, unit: Unit, calendar: WorkCalendar) -> Due:
    """Days are counted alike for everybody who begins on the same one."""
    last = day
    if unit is Unit.DAYS:
        last = calendar.next_working(last + timedelta(days=amount))
    else:
        for _ in range(amount):
            last = calendar.next_working(last + timedelta(days=1))
    end = datetime.combine(last, calendar.closes, SHANGHAI)
    provisional = not (calendar.is_known(day) and calendar.is_known(last))
    counted = f"{amount} 个工作日" if unit is Unit.WORKING_DAYS else f"{amount} 天"
    # Calendar days run on through holidays; only an end on a rest day needs a reason.
    first = day if unit is Unit.WORKING_DAYS else day + timedelta(days=amount - 1)
    reasons = _reasons(first, last, calendar)
    if unit is Unit.DAYS and not reasons and (last - first).days > 1:
        reasons.append("最后一天是休息日,顺延")
    if provisional:
        reasons.append(f"{last.year}年的放假安排还没公布,日历未确认")
    why = f"{counted}:{','.join(reasons)},所以是{said(end)}。" if reasons else (
        f"{counted},到{said(end)}。"
    )  # fmt: skip
    return Due(at=end, provisional=provisional, why=why)


def day_of(moment: datetime) -> date:
    """The day a moment falls on here, in Beijing time.

    >>> day_of(datetime.fromisoformat("2026-12-31T17:00+00:00"))
    datetime.date(2027, 1, 1)
    """
    return moment.astimezone(SHANGHAI).date()


def dated(moment: datetime) -> str:
    """A moment with its year, in Beijing time, for lists and machines' keepers: 2026-04-30 17:30."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def said(moment: datetime) -> str:
    """A moment in words: 4月30日 17:30."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def in_days(words: str) -> str:
    """What was said of a deadline, without the hours: 到4月30日。"""
    return _HOUR.sub("", words)


def _reasons(start: date, last: date, calendar: WorkCalendar) -> list[str]:
    """The days on the way that differ from an ordinary week, in words."""
    reasons: list[str] = []
    stretch: list[date] = []
    for n in range(1, (last - start).days + 1):
        day = start + timedelta(days=n)
        if not calendar.is_working(day):
            stretch.append(day)
            continue
        reasons += _rest(stretch, calendar)
        stretch = []
        if calendar.kinds.get(day) == "workday":
            reasons.append(f"{day.month}月{day.day}日调休上班")
    return reasons


def _rest(days: list[date], calendar: WorkCalendar) -> list[str]:
    """Rest days in a row, in words; an ordinary weekend needs none."""
    names = [calendar.note(day) for day in days if calendar.kinds.get(day) == "holiday"]
    if not names:
        return []
    first, last = days[0], days[-1]
    if first == last:
        return [f"{first.month}月{first.day}日{names[0]}放假"]
    until = f"{last.day}日" if first.month == last.month else f"{last.month}月{last.day}日"
    return [f"{first.month}月{first.day}日至{until}{names[0]}放假"]


def left(now: datetime, end: datetime, calendar: WorkCalendar) -> str:
    """The deadline in words, absolute and relative: 4月30日 17:30 到期,还剩 2 个工作日."""
    now, end = now.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    if now >= end:
        days = (now.date() - end.date()).days
        return f"已超期 {days} 天" if days else f"今天 {end:%H:%M} 已到期"
    if end - now < timedelta(hours=3):
        minutes = int((end - now).total_seconds() // 60)
        return f"{said(end)} 到期,还剩 {minutes // 60} 小时 {minutes % 60} 分"
    if now.date() == end.date():
        return f"今天 {end:%H:%M} 到期"
    days = calendar.between(now.date(), end.date())
    if not days:
        return f"{said(end)} 到期,还剩 {int((end - now).total_seconds() // 3600)} 小时"
    return f"{said(end)} 到期,还剩 {days} 个工作日"


def counts_to(end: datetime, calendar: WorkCalendar) -> datetime:
    """The moment by which it must be done by people who work by day: what would end at night or on a day
    off counts to the next morning. The day that stands with the clock stays as it is."""
    end = end.astimezone(SHANGHAI)
    working = calendar.is_working(end.date())
    if working and calendar.opens <= end.time() <= calendar.closes:
        return end
    day = end.date() if working and end.time() < calendar.opens else end.date() + timedelta(days=1)
    return datetime.combine(calendar.next_working(day), calendar.opens, SHANGHAI)


def before(now: datetime, end: datetime, what: str) -> str:
    """What must be done by when, as people say it: 今天 17:30 前签收. Late: 签收超了 2 天."""
    now, end = now.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    days, clock = (end.date() - now.date()).days, f"{end.hour}:{end:%M}"
    if now >= end:
        return f"{what}超了 {-days} 天" if days else f"{what}今天 {clock} 到期了"
    day = {0: "今天", 1: "明天", 2: "后天"}.get(days)
    if day is None:
        year = f"{end.year}年" if end.year != now.year else ""
        day = f"{year}{end.month}月{end.day}日"
    return f"{day} {clock} 前{what}"


def light(now: datetime, start: datetime, end: datetime) -> str:
    """green, yellow from 80 % of the time, red from the deadline on."""
    if now >= end:
        return "red"
    return "yellow" if (now - start) >= (end - start) * YELLOW else "green"
