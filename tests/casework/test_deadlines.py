"""Deadlines: the calendar day by day, the end of a stretch and its explanation, what is left."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.deadlines import (
    Due,
    Unit,
    WorkCalendar,
    due,
    left,
    light,
    said,
)
from casework.refusals import BadInput
from casework.workdays import SHANGHAI

CONTENT = Path(__file__).parents[2] / "content" / "henan-2019"
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
SWAPPED_2019 = [(2, 2), (2, 3), (4, 28), (5, 5), (9, 29), (10, 12)]

quick = settings(max_examples=150, deadline=None, database=None)


def calendar_of_content() -> WorkCalendar:
    with (CONTENT / "calendar.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (date.fromisoformat(row["date"]), row["kind"], row["note"])
            for row in csv.DictReader(file)
            if row["kind"] in ("holiday", "workday")
        ]
    return WorkCalendar.from_rows(rows, FIRST, LAST)


CALENDAR = calendar_of_content()


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2019) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def working(start: datetime, amount: int) -> Due:
    return due(start, amount=amount, unit=Unit.WORKING_DAYS, calendar=CALENDAR)


def calendar_days(start: datetime, amount: int) -> Due:
    return due(start, amount=amount, unit=Unit.DAYS, calendar=CALENDAR)


def hours(start: datetime, amount: int) -> Due:
    return due(start, amount=amount, unit=Unit.HOURS, calendar=CALENDAR)


# The calendar


def test_every_day_from_2004_to_2026_is_worked_exactly_when_the_notices_say_so() -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]

    ours = [day for day in days if CALENDAR.is_working(day)]

    assert ours == [day for day in days if chinese_calendar.is_workday(day)]
    assert all(CALENDAR.is_known(day) for day in days)


@pytest.mark.parametrize(("month", "day"), SWAPPED_2019)
def test_the_six_swapped_weekend_days_of_2019_are_worked(month: int, day: int) -> None:
    swapped = date(2019, month, day)

    assert swapped.weekday() >= 5
    assert CALENDAR.is_working(swapped)
    assert CALENDAR.note(swapped) == "调休上班"
    assert CALENDAR.next_working(swapped) == swapped


def test_no_other_weekend_day_of_2019_is_worked() -> None:
    year = [date(2019, 1, 1) + timedelta(days=n) for n in range(365)]

    worked = [
        (day.month, day.day) for day in year if day.weekday() > 4 and CALENDAR.is_working(day)
    ]

    assert worked == SWAPPED_2019


def test_an_ordinary_day_has_no_note_and_a_holiday_has_its_name() -> None:
    assert CALENDAR.note(date(2019, 5, 8)) == ""
    assert CALENDAR.note(date(2019, 5, 1)) == "五一"


def test_the_next_working_day_after_the_may_holiday_is_the_swapped_sunday() -> None:
    assert CALENDAR.next_working(date(2019, 5, 1)) == date(2019, 5, 5)


def test_days_outside_the_notices_are_not_known() -> None:
    assert not CALENDAR.is_known(date(2003, 12, 31))
    assert not CALENDAR.is_known(date(2027, 1, 1))


def test_a_row_of_another_kind_is_refused_with_its_day() -> None:
    with pytest.raises(BadInput, match=r"2019-05-01.*halfday"):
        WorkCalendar.from_rows([(date(2019, 5, 1), "halfday", "")], FIRST, LAST)


def test_working_days_between_leave_out_the_first_and_count_the_last() -> None:
    assert CALENDAR.between(date(2019, 4, 26), date(2019, 5, 6)) == 5
    assert CALENDAR.between(date(2019, 5, 6), date(2019, 5, 6)) == 0


# Due dates


def test_working_days_over_the_may_holiday_of_2019_end_at_the_close_of_business() -> None:
    end = working(at(4, 26), 5)

    assert end.at == at(5, 6, 17, 30)
    assert not end.provisional
    assert "5 个工作日" in end.why
    assert "4月28日调休上班" in end.why
    assert "5月5日调休上班" in end.why
    assert "5月1日" in end.why
    assert end.why.endswith("所以是5月6日 17:30。")


def test_a_date_over_an_ordinary_week_needs_no_reason() -> None:
    assert working(at(3, 4), 3).why == "3 个工作日,到3月7日 17:30。"


def test_a_single_day_off_is_named() -> None:
    calendar = WorkCalendar.from_rows([(date(2019, 3, 6), "holiday", "试")], FIRST, LAST)

    end = due(at(3, 5), amount=1, unit=Unit.WORKING_DAYS, calendar=calendar)

    assert end.why == "1 个工作日:3月6日试放假,所以是3月7日 17:30。"


def test_a_holiday_over_the_end_of_a_month_names_both_months() -> None:
    rows = [(date(2019, 4, 30), "holiday", "试"), (date(2019, 5, 1), "holiday", "试")]
    calendar = WorkCalendar.from_rows(rows, FIRST, LAST)

    end = due(at(4, 29), amount=1, unit=Unit.WORKING_DAYS, calendar=calendar)

    assert "4月30日至5月1日试放假" in end.why


def test_the_first_day_is_not_counted_whatever_the_hour() -> None:
    assert working(at(3, 4, 0, 0), 1).at == working(at(3, 4, 23, 59), 1).at == at(3, 5, 17, 30)


def test_a_report_on_a_rest_day_counts_from_the_next_day() -> None:
    assert working(at(3, 9), 1).at == at(3, 11, 17, 30)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ((3, 1), 15, (3, 18)),  # the 16th is a Saturday
        ((4, 20), 8, (4, 28)),  # a swapped Sunday is an end like any other
        ((4, 20), 11, (5, 5)),  # the 1st of May is a holiday
        ((3, 4), 1, (3, 5)),
    ],
)
def test_calendar_days_that_end_on_a_rest_day_move_on(
    start: tuple[int, int], amount: int, end: tuple[int, int]
) -> None:
    assert calendar_days(at(*start), amount).at == at(*end, 17, 30)


def test_hours_run_from_the_stated_moment_also_over_rest_days() -> None:
    end = hours(at(5, 1, 23, 30), 24)

    assert end.at == at(5, 2, 23, 30)
    assert end.why == "24 小时,到5月2日 23:30。"
    assert not end.provisional


@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.WORKING_DAYS])
def test_a_deadline_that_crosses_into_2027_says_that_the_calendar_is_not_known(unit: Unit) -> None:
    end = due(at(12, 25, year=2026), amount=10, unit=unit, calendar=CALENDAR)

    assert end.at.year == 2027
    assert end.provisional
    assert "2027年的放假安排还没公布,日历未确认" in end.why


def test_the_last_known_day_is_still_certain() -> None:
    assert not working(at(12, 30, year=2026), 1).provisional
    assert working(at(12, 31, year=2026), 1).provisional


@quick
@given(st.integers(0, 364), st.sampled_from((1, 3, 5, 10, 15)))
def test_every_day_of_2019_and_every_limit_agree_with_a_second_counter(
    day: int, amount: int
) -> None:
    start = date(2019, 1, 1) + timedelta(days=day)
    later, counted = start, 0
    while counted < amount:
        later += timedelta(days=1)
        counted += chinese_calendar.is_workday(later)

    end = working(datetime.combine(start, time(12), SHANGHAI), amount)

    assert end.at == datetime.combine(later, time(17, 30), SHANGHAI)


@quick
@given(st.integers(0, 364), st.integers(1, 90))
def test_calendar_days_never_end_early_nor_on_a_rest_day(day: int, amount: int) -> None:
    start = at(1, 1) + timedelta(days=day)

    end = calendar_days(start, amount).at

    assert end.date() >= start.date() + timedelta(days=amount)
    assert chinese_calendar.is_workday(end.date())


def test_the_office_may_close_at_another_hour() -> None:
    calendar = WorkCalendar.from_rows([], FIRST, LAST, closes=time(18, 0))

    assert due(at(3, 4), amount=1, unit=Unit.WORKING_DAYS, calendar=calendar).at == at(3, 5, 18)


# Time zones


def test_a_late_evening_in_london_is_already_the_next_day_in_henan() -> None:
    start = datetime(2019, 3, 4, 16, 30, tzinfo=UTC)  # the 5th, 00:30, in Henan

    assert working(start, 1).at == at(3, 6, 17, 30)


def test_the_zone_of_the_start_changes_nothing_about_the_end() -> None:
    start = at(4, 26, 1)
    west = timezone(timedelta(hours=-10))

    for amount in (1, 5, 10):
        assert working(start, amount) == working(start.astimezone(west), amount)
        assert hours(start, amount) == hours(start.astimezone(UTC), amount)


def test_a_moment_is_said_in_henan_time() -> None:
    assert said(datetime(2019, 4, 30, 9, 30, tzinfo=UTC)) == "4月30日 17:30"
    assert said(datetime(2019, 4, 30, 23, 5, tzinfo=UTC)) == "5月1日 07:05"


def test_what_is_left_is_the_same_for_every_zone() -> None:
    now, end = at(4, 28, 9), at(4, 30, 17, 30)

    assert left(now.astimezone(UTC), end.astimezone(UTC), CALENDAR) == left(now, end, CALENDAR)


# What is left, and the light


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (at(4, 26), "4月30日 17:30 到期,还剩 3 个工作日"),
        (at(4, 28), "4月30日 17:30 到期,还剩 2 个工作日"),
        (at(4, 29, 23, 59), "4月30日 17:30 到期,还剩 1 个工作日"),
        (at(4, 30, 9), "今天 17:30 到期"),
        (at(4, 30, 14, 30), "今天 17:30 到期"),
        (at(4, 30, 14, 31), "4月30日 17:30 到期,还剩 2 小时 59 分"),
        (at(4, 30, 17, 31), "今天 17:30 已到期"),
        (at(5, 1, 0, 0), "已超期 1 天"),
        (at(5, 2, 9), "已超期 2 天"),
    ],
)
def test_what_is_left_is_said_in_words(now: datetime, words: str) -> None:
    assert left(now, at(4, 30, 17, 30), CALENDAR) == words


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        (at(3, 4, 0), "green"),
        (at(3, 11, 23, 59), "green"),
        (at(3, 12, 0), "yellow"),
        (at(3, 13, 23, 59), "yellow"),
        (at(3, 14, 0), "red"),
        (at(4, 1), "red"),
        (at(3, 1), "green"),
    ],
)
def test_the_light_turns_yellow_at_four_fifths_and_red_at_the_end(
    now: datetime, colour: str
) -> None:
    assert light(now, at(3, 4, 0), at(3, 14, 0)) == colour
