"""Who is on duty, and who next: holes, overlaps, holidays, midnight."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest

from casework.absences import Absence
from casework.offices import Person, Role
from casework.roster import (
    AHEAD,
    MOST_A_UNIT,
    Colleague,
    Line,
    away_at,
    next_to_tell,
    on_duty,
    remarks,
)
from casework.workdays import SHANGHAI, WorkCalendar, day_of

MONDAY = date(2026, 11, 2)
NATIONAL_DAY = date(2026, 10, 1)  # a Thursday
CALENDAR = WorkCalendar.from_rows(
    [(NATIONAL_DAY, "holiday", "国庆节")], date(2026, 1, 1), date(2026, 12, 31)
)
NAMES = {"a": "甲", "b": "乙", "c": "丙", "lead": "督办员丁"}


def line(person: str, deputy: str = "", *, id: int = 1, days: str = "", **dates: date) -> Line:
    return Line(
        unit="u", person=person, deputy=deputy, id=id, weekdays=frozenset(map(int, days)), **dates
    )


def staff(*there: str, silent: Sequence[str] = ()) -> dict[str, Colleague]:
    return {
        who: Colleague(
            person=Person(
                id=who, name=NAMES[who], unit="u",
                roles=frozenset({Role.LEADER if who == "lead" else Role.HANDLER}),
            ),
            reachable=who not in silent,
        )
        for who in there
    }  # fmt: skip


ALL = staff("a", "b", "c", "lead")


@pytest.mark.parametrize(
    ("lines", "there", "told"),
    [
        ([line("a", "b")], ALL, ("a", "b")),
        ([line("a")], ALL, ("a",)),
        ([line("a", "b")], staff("b", "lead"), ("b",)),
        ([line("a", "b")], staff("a", "b", "lead", silent=["a"]), ("b",)),
        ([line("a", "b")], staff("c", "lead"), ("lead",)),
        ([], ALL, ("lead",)),
        ([line("a", days="1")], ALL, ("lead",)),
        ([line("a")], staff("b", "lead", silent=["lead"]), ()),
        ([], {}, ()),
        # dates before days of the week before every day, and in one kind as they were written down
        ([line("a"), line("b", days="0", id=2), line("c", first=MONDAY, id=3)], ALL, ("c", "b", "a")),
        ([line("b", id=2), line("a", id=1)], ALL, ("a", "b")),
        ([line("a", "b"), line("b", "a", id=2)], ALL, ("a", "b")),
        ([line("a", first=MONDAY + timedelta(days=1))], ALL, ("lead",)),
        ([line("a", last=MONDAY - timedelta(days=1))], ALL, ("lead",)),
        ([line("a", first=MONDAY, last=MONDAY)], ALL, ("a",)),
        ([line("a", days="0", first=MONDAY, last=MONDAY)], ALL, ("a",)),
    ],
)  # fmt: skip
def test_who_is_told_first_and_who_next(
    lines: list[Line], there: dict[str, Colleague], told: tuple[str, ...]
) -> None:
    assert on_duty(lines, MONDAY, there) == told


def test_a_duty_goes_from_midnight_to_midnight_here() -> None:
    lines = [line("a", days="0"), line("b", days="1", id=2)]
    last = datetime(2026, 11, 2, 23, 59, 59, tzinfo=SHANGHAI)

    told = [
        on_duty(lines, day_of(at), ALL)[0]
        for at in (last, last + timedelta(seconds=1), datetime.fromisoformat("2026-11-02T16:30Z"))
    ]

    assert told == ["a", "b", "b"]


def test_two_of_a_unit_are_told_and_then_the_unit_above() -> None:
    duties = [("county", ("a", "b", "c")), ("city", ("d",)), ("province", ("e", "a"))]
    told: list[tuple[str, str]] = []
    while found := next_to_tell(duties, told):
        told.append(found)

    assert told == [
        ("county", "a"), ("county", "b"), ("city", "d"), ("province", "e"),
    ]  # fmt: skip
    assert MOST_A_UNIT == 2


def test_nobody_is_told_twice_and_a_unit_without_people_is_passed_over() -> None:
    assert next_to_tell([("county", ()), ("city", ("a",))], []) == ("city", "a")
    assert next_to_tell([("county", ("a",))], [("city", "a")]) is None


def looked(lines: list[Line], there: dict[str, Colleague], start: date = MONDAY) -> list[str]:
    found = remarks(lines, start, staff=there, names=NAMES, above="市局", calendar=CALENDAR)
    return [f"{'空 ' if each.is_hole else ''}{each.when}:{each.says}" for each in found]


def test_a_full_roster_has_nothing_to_say() -> None:
    assert looked([line("a", "b")], ALL) == []


def test_holes_of_the_next_two_weeks_are_said_in_words() -> None:
    lines = [line("a", days="01234"), line("b", days="5", id=2)]

    assert looked(lines, ALL) == [
        "空 11月8日:没有排人。急件会告诉督办员丁。",
        "空 11月15日:没有排人。急件会告诉督办员丁。",
    ]
    assert looked([], staff("a")) == [
        "空 11月2日到11月15日:没有排人。本单位没有人能通知,急件会直接告诉市局。"
    ]
    assert AHEAD == 14


def test_who_left_or_cannot_be_reached_is_named() -> None:
    until = MONDAY + timedelta(days=2)
    gone = "甲不在本单位办件了,或者还没有单位的钥匙"

    assert looked([line("a", "b", last=until), line("b", id=2)], staff("b", "lead")) == [
        f"11月2日到11月4日:{gone}。先告诉乙。"
    ]
    assert looked([line("a", last=until), line("b", id=2)], staff("b", "a", silent="a")) == [
        "11月2日到11月4日:甲没有能收到通知的办法。先告诉乙。"
    ]
    (alone,) = looked([line("a")], staff("lead"))
    assert alone == f"空 11月2日到11月15日:{gone}。急件会告诉督办员丁。"


def test_a_line_of_the_week_holds_on_a_holiday_and_it_is_said() -> None:
    week = [line("a", days="0123456")]

    assert on_duty(week, NATIONAL_DAY, ALL) == ("a",)
    assert looked(week, ALL, NATIONAL_DAY - timedelta(days=3)) == [
        "10月1日:国庆节放假,照平常星期排的甲。要换人,加一行写日子的。"
    ]
    dated = [*week, line("b", first=NATIONAL_DAY, last=NATIONAL_DAY, id=2)]
    assert on_duty(dated, NATIONAL_DAY, ALL) == ("b", "a")
    assert looked(dated, ALL, NATIONAL_DAY - timedelta(days=3)) == []


WEDNESDAY = MONDAY + timedelta(days=2)


def absent(person: str, deputy: str, first: date = MONDAY, days: int = 3) -> Absence:
    since = datetime.combine(first, time(), SHANGHAI)
    return Absence(person=person, deputy=deputy, since=since, until=since + timedelta(days=days))


def told_at(at: datetime, *absences: Absence) -> tuple[str, ...]:
    return on_duty([line("a", "b")], day_of(at), ALL, away_at(absences, at))


def test_who_is_away_is_told_nothing_and_who_stands_in_is_told_in_his_place() -> None:
    noon = datetime.combine(MONDAY, time(12), SHANGHAI)

    assert told_at(noon, absent("a", "c")) == ("c", "b")
    assert told_at(noon, absent("a", "b")) == ("b",)
    assert told_at(noon, absent("a", "c"), absent("c", "b")) == ("b",)
    assert told_at(noon, absent("a", "c"), absent("c", "b"), absent("b", "c")) == ("lead",)
    assert told_at(noon, absent("lead", "c"), absent("a", "gone"), absent("b", "gone")) == ()
    ends = datetime.combine(WEDNESDAY + timedelta(days=1), time(), SHANGHAI)
    before = ends - timedelta(seconds=1)
    assert [told_at(at, absent("a", "c"))[0] for at in (before, ends)] == ["c", "a"]


def test_absences_are_said_with_who_stands_in_or_as_a_hole() -> None:
    def said(*absences: Absence) -> list[str]:
        found = remarks(
            [line("a")], MONDAY, staff=ALL, names=NAMES, above="市局", calendar=CALENDAR,
            absences=absences,
        )  # fmt: skip
        return [f"{'空 ' if each.is_hole else ''}{each.when}:{each.says}" for each in found]

    assert said(absent("a", "c")) == ["11月2日到11月4日:甲请假,由丙代。先告诉丙。"]
    assert said(absent("a", "c"), absent("c", "b")) == [
        "空 11月2日到11月4日:甲请假,说好代班的也请假。急件会告诉督办员丁。"
    ]


@pytest.mark.parametrize(
    ("dates", "says"),
    [
        ({"first": MONDAY}, "2026年11月2日起"),
        ({"last": MONDAY}, "到2026年11月2日"),
        ({"first": MONDAY, "last": MONDAY}, "2026年11月2日"),
    ],
)
def test_dates_are_said_as_people_say_them(dates: dict[str, date], says: str) -> None:
    assert line("a", **dates).when == says
