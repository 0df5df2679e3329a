"""The month as the hand-over counts it."""

from __future__ import annotations

from datetime import date, timedelta

from casework.refusals import BadInput


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
