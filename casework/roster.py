"""值班表: who of a unit is told at once of what cannot wait, who after him, and the days nobody has.

A duty lasts from midnight to midnight, in Beijing time. A line with dates goes before one of the week,
and that before one for every day; a line of the week holds on holidays too, and the page says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from casework.absences import Absence
from casework.offices import Person, Role
from casework.workdays import SHANGHAI, WorkCalendar

#: Who may write the roster of their own unit.
EDITORS = frozenset({Role.SUPERVISOR, Role.LEADER, Role.DISPATCHER})
#: Who is told where the roster has nobody.
LEADS = frozenset({Role.SUPERVISOR, Role.LEADER})
#: So many of one unit are told, one after the other; then it is the unit above's.
MOST_A_UNIT = 2
#: Days that the page looks ahead.
AHEAD = 14

DAYS = "一二三四五六日"
#: The hour of a day by which one is said to be away on it.
NOON = time(12)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a unit's roster. Without days of the week and without dates it is every day's."""

    unit: str
    person: str
    phone: str = ""
    deputy: str = ""
    weekdays: frozenset[int] = frozenset()  # 0 is Monday
    first: date | None = None
    last: date | None = None
    id: int = 0  # given by the store

    def covers(self, day: date) -> bool:
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and (not self.weekdays or day.weekday() in self.weekdays)
        )

    @property
    def rank(self) -> int:
        """Which goes first where several cover a day."""
        if self.first or self.last:
            return 0
        return 1 if self.weekdays else 2

    @property
    def when(self) -> str:
        """In words.

        >>> Line(unit="u", person="p", weekdays=frozenset({0, 4})).when
        '每周一、周五'
        >>> Line(unit="u", person="p", first=date(2026, 10, 1), last=date(2026, 10, 7)).when
        '2026年10月1日到2026年10月7日'
        >>> Line(unit="u", person="p").when
        '每天'
        """
        week = "每" + "、".join(f"周{DAYS[day]}" for day in sorted(self.weekdays))
        parts = [week] if self.weekdays else []
        if self.first and self.first == self.last:
            parts.insert(0, _written(self.first))
        elif self.first or self.last:
            since = _written(self.first) if self.first else ""
            until = f"到{_written(self.last)}" if self.last else "起"
            parts.insert(0, since + until)
        return ",".join(parts) or "每天"


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody of the unit who works on cases and holds its key."""

    person: Person
    reachable: bool  # there is a way that works

    @property
    def leads(self) -> bool:
        return bool(self.person.roles & LEADS)


#: The colleagues of one unit, by id. Whoever left it, or whose post ended, is none of them.
Staff = Mapping[str, Colleague]


#: Who is away on a day, and who stands in for him.
Away = Mapping[str, str]


def on_duty(
    lines: Iterable[Line], day: date, staff: Staff, away: Away = MappingProxyType({})
) -> tuple[str, ...]:
    """Whom to tell, the first one first: those of the roster with their deputies, or who stands in for
    one that is away; where none of them is there to be told, who leads the unit; () where it is the unit
    above's."""
    named = [_instead_of(who, away) for who in _meant(lines, day)]
    there = [who for who in dict.fromkeys(named) if who in staff and staff[who].reachable]
    if not there:
        there = sorted(
            who for who, each in staff.items() if each.leads and each.reachable and who not in away
        )
    return tuple(there)


def away_at(absences: Iterable[Absence], at: datetime) -> Away:
    return {each.person: each.deputy for each in absences if each.since <= at < each.until}


def _meant(lines: Iterable[Line], day: date) -> list[str]:
    """Who stands on the lines of a day."""
    every = [who for line in _covering(lines, day) for who in (line.person, line.deputy) if who]
    return list(dict.fromkeys(every))


def _instead_of(who: str, away: Away) -> str:
    """Nobody stands in for whoever stands in."""
    if who not in away:
        return who
    return "" if away[who] in away else away[who]


def next_to_tell(
    duties: Iterable[tuple[str, Sequence[str]]], told: Collection[tuple[str, str]]
) -> tuple[str, str] | None:
    """(unit, person) of the next one: `duties` are units from below to above with whom each would
    tell, `told` are those who were. None where nobody is left."""
    before = {person for _, person in told}
    for unit, people in duties:
        if sum(where == unit for where, _ in told) < MOST_A_UNIT:
            fresh = next((each for each in people if each not in before), None)
            if fresh is not None:
                return unit, fresh
    return None


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Days of the roster on which something is not as it should be, and what."""

    first: date
    last: date
    says: str
    is_hole: bool  # nobody of the roster is told; else he who was meant is not, or it is a holiday

    @property
    def when(self) -> str:
        since = f"{self.first.month}月{self.first.day}日"
        return (
            since if self.first == self.last else f"{since}到{self.last.month}月{self.last.day}日"
        )


def remarks(
    lines: Sequence[Line],
    start: date,
    *,
    staff: Staff,
    names: Mapping[str, str],
    above: str,
    calendar: WorkCalendar,
    absences: Iterable[Absence] = (),
    days: int = AHEAD,
) -> tuple[Remark, ...]:
    """What the unit should know of the days from `start` on; equal days in a row are one remark. `names`
    are of everybody on a line, whether he is still there or not; `above` is the unit that is told in the
    place of one that has nobody, '' at the top."""
    found: list[Remark] = []
    for day in (start + timedelta(days=n) for n in range(days)):
        away = away_at(absences, datetime.combine(day, NOON, SHANGHAI))
        for says, is_hole in _of_day(lines, day, staff, away, names, above, calendar):
            before = day - timedelta(days=1)
            same = [r for r in found if (r.last, r.says, r.is_hole) == (before, says, is_hole)]
            first = same[0].first if same else day
            found = [each for each in found if each not in same]
            found.append(Remark(first=first, last=day, says=says, is_hole=is_hole))
    return tuple(sorted(found, key=lambda each: (each.first, not each.is_hole, each.says)))


def _of_day(
    lines: Iterable[Line],
    day: date,
    staff: Staff,
    away: Away,
    names: Mapping[str, str],
    above: str,
    calendar: WorkCalendar,
) -> list[tuple[str, bool]]:
    covering = _covering(lines, day)
    told = on_duty(lines, day, staff, away)
    meant = _meant(lines, day)
    missing = [
        f"{names.get(who, who)}{why}" for who in meant if (why := _why_not(who, staff, away, names))
    ]
    if not any(_instead_of(who, away) in told for who in meant):
        why = ";".join(missing) or "没有排人"
        return [(f"{why}。{_instead(told, names, staff, above)}", True)]
    said = (
        [(f"{';'.join(missing)}。先告诉{_name(told[0], names, staff)}。", False)] if missing else []
    )
    if covering[0].rank == 1 and calendar.kinds.get(day) == "holiday":
        name = _name(told[0], names, staff)
        said.append(
            (f"{calendar.note(day)}放假,照平常星期排的{name}。要换人,加一行写日子的。", False)
        )
    return said


def _covering(lines: Iterable[Line], day: date) -> list[Line]:
    return sorted(
        (each for each in lines if each.covers(day)), key=lambda each: (each.rank, each.id)
    )


def _why_not(who: str, staff: Staff, away: Away, names: Mapping[str, str]) -> str:
    if who in away:
        other = _instead_of(who, away)
        return f"请假,由{_name(other, names, staff)}代" if other else "请假,说好代班的也请假"
    if who not in staff:
        return "不在本单位办件了,或者还没有单位的钥匙"
    return "" if staff[who].reachable else "没有能收到通知的办法"


def _instead(told: Sequence[str], names: Mapping[str, str], staff: Staff, above: str) -> str:
    if told:
        return f"急件会告诉{'、'.join(_name(each, names, staff) for each in told[:MOST_A_UNIT])}。"
    return f"本单位没有人能通知,急件会直接告诉{above}。" if above else "没有人能通知。"


def _name(who: str, names: Mapping[str, str], staff: Staff) -> str:
    return staff[who].person.name if who in staff else names.get(who, who)


def _written(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
