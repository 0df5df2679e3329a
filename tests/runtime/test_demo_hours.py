"""The invented people of the demo come and work by day."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casework.workdays import SHANGHAI
from library.layers import Layers
from library.reading import load_content
from runtime.demo_play import CLOSES, OPENS, by_day, cases_from
from tests.offices import ROOT

EXAMPLE = Layers(ROOT / "content" / "example-en")
ENGLISH = cases_from(EXAMPLE.theirs("demo.toml"), load_content(EXAMPLE))


@given(st.integers(0, 60 * 24 * 400), st.integers(0, 80))
def test_people_come_by_day(minutes: int, n: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)

    moved = by_day(at, n)

    assert OPENS <= moved.astimezone(SHANGHAI).hour < CLOSES
    assert abs(moved - at) < timedelta(days=1)


@given(st.integers(0, 60 * 24 * 7))
def test_whenever_the_demo_begins_every_english_case_has_come_to_where_its_life_ends(
    minutes: int,
) -> None:
    now = datetime(2026, 11, 23, tzinfo=SHANGHAI) + timedelta(minutes=minutes)

    for n, case in enumerate(ENGLISH):
        assert [step for _, step in case.happened(now, n)] == [None, *case.steps]
