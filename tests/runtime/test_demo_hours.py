"""The invented people of the demo come and work by day."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casework.workdays import SHANGHAI
from runtime.demo_play import CLOSES, OPENS, by_day


@given(st.integers(0, 60 * 24 * 400), st.integers(0, 80))
def test_people_come_by_day(minutes: int, n: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)

    moved = by_day(at, n)

    assert OPENS <= moved.astimezone(SHANGHAI).hour < CLOSES
    assert abs(moved - at) < timedelta(days=1)
