"""In a year whose notice is not out, the days that the regulation gives everybody are off."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from casework.refusals import BadInput
from casework.workdays import SHANGHAI, Unit, WorkCalendar, due
from tests.offices import CALENDAR, CONTENT_FOLDER

YEARS = range(2027, 2041)
#: A new moon (6 January 2000, 18:14 UTC) and the mean length of a month of the moon, in days.
NEW_MOON, MONTH = datetime(2000, 1, 6, 18, 14, tzinfo=UTC), 29.530588


def by_law() -> Iterator[tuple[date, str]]:
    with (CONTENT_FOLDER / "calendar.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "law":
                yield date.fromisoformat(row["date"]), row["note"]


def days(year: int, name: str) -> list[date]:
    return [day for day, note in by_law() if day.year == year and name in note.split("、")]


def age_of_moon(day: date) -> float:
    """Days since the new moon, at noon in Beijing."""
    noon = datetime.combine(day, time(12), SHANGHAI)
    return ((noon - NEW_MOON) / timedelta(days=1)) % MONTH


@pytest.mark.parametrize("year", YEARS)
def test_every_year_has_its_thirteen_days_each_where_sun_and_moon_say(year: int) -> None:
    """Regulation of 2024, article 2; the moon is reckoned from its mean month, so within two days."""
    assert days(year, "元旦") == [date(year, 1, 1)]
    assert days(year, "劳动节") == [date(year, 5, 1), date(year, 5, 2)]
    assert days(year, "国庆") == [date(year, 10, n) for n in (1, 2, 3)]
    (tombs,), (boats,), (moon,) = (days(year, name) for name in ("清明", "端午", "中秋"))
    assert tombs in (date(year, 4, 4), date(year, 4, 5), date(year, 4, 6))
    eve, *festival = days(year, "春节")
    assert [day - eve for day in festival] == [timedelta(days=n) for n in (1, 2, 3)]
    assert date(year, 1, 21) <= festival[0] <= date(year, 2, 21)
    for day, age in ((festival[0], 0.0), (boats, 4.0), (moon, 14.0)):
        away = (age_of_moon(day) - age + MONTH / 2) % MONTH - MONTH / 2
        assert abs(away) < 2, (day, away)


def test_they_are_off_and_the_deadline_says_that_nobody_has_announced_them_yet() -> None:
    start = datetime(2027, 4, 30, 10, 0, tzinfo=SHANGHAI)  # a Friday; Saturday is the first of May
    filed = datetime(2027, 9, 30, 10, 0, tzinfo=SHANGHAI)  # a Thursday; then 1 to 3 October

    spring = due(start, amount=1, unit=Unit.WORKING_DAYS, calendar=CALENDAR)
    autumn = due(filed, amount=1, unit=Unit.WORKING_DAYS, calendar=CALENDAR)

    assert spring.at.date() == date(2027, 5, 3)
    assert autumn.at.date() == date(2027, 10, 4)
    assert "国庆放假" in autumn.why
    assert "日历未确认" in autumn.why
    assert autumn.provisional
    assert not CALENDAR.is_known(date(2027, 10, 1))


def test_what_the_notice_says_counts_alone_once_it_is_out() -> None:
    rows = [(date(2027, 1, 1), "law", "元旦"), (date(2027, 1, 2), "workday", "调休上班")]
    out = WorkCalendar.from_rows(rows, date(2027, 1, 1), date(2027, 12, 31))
    waiting = WorkCalendar.from_rows(rows, date(2026, 1, 1), date(2026, 12, 31))

    assert out.is_working(date(2027, 1, 1))
    assert not waiting.is_working(date(2027, 1, 1))


def test_another_kind_of_day_is_refused() -> None:
    with pytest.raises(BadInput, match="maybe"):
        WorkCalendar.from_rows(
            [(date(2027, 1, 1), "maybe", "")], date(2026, 1, 1), date(2026, 12, 31)
        )
