"""The month as the hand-over counts it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from casework.refusals import BadInput
from casework.workdays import SHANGHAI


def month_before(day: date) -> str:
    """The last whole month, which is what is handed over on `day`.

    >>> month_before(date(2020, 1, 3))
    '2019-12'
    """
    return (day.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")


def checked_month(text: str) -> str:
    """A month as YYYY-MM. Raises `BadInput` in a sentence."""
    try:
        return date.fromisoformat(f"{text}-01").strftime("%Y-%m")
    except ValueError:
        raise BadInput(f"月份要写成 2026-11 这样,不是“{text}”。") from None


def month_after(month: str) -> str:
    """The next month.

    >>> month_after("2026-12")
    '2027-01'
    """
    return (date.fromisoformat(f"{month}-01") + timedelta(days=31)).strftime("%Y-%m")


def due_on(month: str, *, day: int, hour: int) -> datetime:
    """When a month is handed over: on that day and hour of the next one, in Beijing."""
    first = date.fromisoformat(f"{month_after(month)}-01")
    return datetime.combine(first.replace(day=day), time(hour), SHANGHAI)


def months_due(
    first: str, sealed: Collection[str], now: datetime, *, day: int, hour: int
) -> list[str]:
    """The months from `first` on that should have been handed over by now and were not, in order.

    >>> at = datetime(2026, 11, 3, 8, tzinfo=SHANGHAI)
    >>> months_due("2026-08", {"2026-09"}, at, day=3, hour=8)
    ['2026-08', '2026-10']
    """
    due, month = [], first
    while month and due_on(month, day=day, hour=hour) <= now:
        if month not in sealed:
            due.append(month)
        month = month_after(month)
    return due
