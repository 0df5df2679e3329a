"""In which tab a ticket stands, in which order, and by when what is to be done is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.deadlines import clocks_at_intake
from casework.queue import (
    NO_DEADLINE,
    PLACES,
    Tab,
    is_urged,
    midnight_after,
    place_of,
    stands_in,
    turn_of,
)
from casework.steps import OPEN, Action
from casework.tickets import Kind, Status, Ticket
from casework.tracks import Tracks
from casework.workdays import SHANGHAI, before, counts_to
from tests.offices import CALENDAR, CONTENT, COUNTY

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)
S = Status
TICKET = Ticket(
    number="K7QD2M", county="410423", category="quality.leak", kind=Kind.QUALITY, owner=COUNTY,
    filed_at=NOON, clocks=clocks_at_intake(CONTENT.policy, "quality", NOON, CALENDAR),
)  # fmt: skip


@pytest.mark.parametrize(
    ("tab", "states"),
    [
        (Tab.NEW, "received accepted returned"),
        (Tab.TO_SIGN, "dispatched"),
        (Tab.WORKING, "signed in_progress rectifying replied reopened parked"),
        (Tab.TO_INSPECT, "reinspection"),
        (Tab.WAITING, "needs_info"),
        (Tab.FOLLOWUP, "resolved followup"),
        (Tab.DONE, "declined closed referred merged withdrawn archived"),
    ],
)
def test_every_state_has_its_tab(tab: Tab, states: str) -> None:
    assert {s for s in S if place_of(replace(TICKET, status=s)) is tab} == set(
        map(S, states.split())
    )


@pytest.mark.parametrize(
    ("status", "tracks", "tab"),
    [
        (S.IN_PROGRESS, Tracks(draft="submitted"), Tab.TO_REVIEW),
        (S.IN_PROGRESS, Tracks(draft="passed"), Tab.WORKING),
        (S.IN_PROGRESS, Tracks(draft="sent_back"), Tab.WORKING),
        (S.RECTIFYING, Tracks(extension="requested"), Tab.TO_REVIEW),
        (S.RECTIFYING, Tracks(extension="granted"), Tab.WORKING),
        (S.CLOSED, Tracks(appeal="review"), Tab.TO_REVIEW),
        (S.CLOSED, Tracks(appeal="reexam"), Tab.TO_REVIEW),
        (S.CLOSED, Tracks(appeal="final"), Tab.DONE),
        (S.WITHDRAWN, Tracks(draft="submitted"), Tab.DONE),
    ],
)
def test_what_somebody_must_decide_stands_apart(status: S, tracks: Tracks, tab: Tab) -> None:
    assert place_of(replace(TICKET, status=status, tracks=tracks)) is tab


@given(
    st.sampled_from(S), st.sampled_from(["", "submitted", "passed", "sent_back"]),
    st.sampled_from(["", "requested", "granted"]), st.sampled_from(["", "review", "final"]),
)  # fmt: skip
def test_it_stands_in_one_place_and_what_is_under_way_never_in_done(
    status: S, draft: str, extension: str, appeal: str
) -> None:
    ticket = replace(
        TICKET, status=status, tracks=Tracks(draft=draft, extension=extension, appeal=appeal)
    )

    stands = [tab for tab in PLACES if stands_in(ticket, tab, NOON)]

    assert stands == [place_of(ticket)]
    assert (place_of(ticket) is Tab.DONE) is (status not in OPEN and appeal != "review")


def test_what_is_over_is_sorted_by_when_it_came_to_that() -> None:
    later = NOON + timedelta(days=3)

    assert turn_of(replace(TICKET, status=S.CLOSED), later) == later
    assert turn_of(TICKET, later) == min(clock.due for clock in TICKET.clocks)
    assert turn_of(replace(TICKET, clocks=()), later) == NO_DEADLINE


@pytest.mark.parametrize(
    ("hours", "tabs"), [(23, {Tab.NEW}), (2, {Tab.NEW, Tab.TODAY}), (-1, {Tab.NEW, Tab.OVERDUE})]
)
def test_today_and_late_look_across(hours: int, tabs: set[Tab]) -> None:
    (clock, *_) = TICKET.clocks
    due = replace(TICKET, clocks=(replace(clock, due=NOON + timedelta(hours=hours)),))

    assert {tab for tab in Tab if stands_in(due, tab, NOON)} == tabs


def test_the_last_moment_of_a_day_is_counted_there() -> None:
    utc_evening = datetime.fromisoformat("2026-11-02T20:00:00+00:00")

    assert midnight_after(utc_evening).date().isoformat() == "2026-11-03"


def test_a_ladder_and_supervision_urge_and_nothing_else_does() -> None:
    assert {action for action in Action if is_urged(action)} == {
        Action.ESCALATE, Action.REMIND, Action.PROBLEM_LETTER, Action.INTERVIEW, Action.CIRCULAR,
        Action.ACCOUNTABILITY,
    }  # fmt: skip


# By when, as people say it


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("end", "counted"),
    [
        (at(3, 17, 30), at(3, 17, 30)),
        (at(3, 8, 30), at(3, 8, 30)),
        (at(3, 5, 14), at(3, 8, 30)),
        (at(3, 17, 31), at(4, 8, 30)),
        (at(3, 23, 59), at(4, 8, 30)),
        (at(6, 22, 0), at(9, 8, 30)),  # Friday night
        (at(7, 10, 0), at(9, 8, 30)),  # Saturday
        (at(8, 3, 0), at(9, 8, 30)),  # Sunday before dawn
    ],
)
def test_what_ends_at_night_counts_to_the_next_morning_of_work(
    end: datetime, counted: datetime
) -> None:
    assert counts_to(end, CALENDAR) == counted


@given(st.integers(0, 60 * 24 * 30))
def test_nothing_counts_to_before_it_ends_or_to_a_moment_when_nobody_works(minutes: int) -> None:
    end = at(1, 0) + timedelta(minutes=minutes)

    counted = counts_to(end, CALENDAR)

    assert counted >= end
    assert CALENDAR.is_working(counted.date())
    assert CALENDAR.opens <= counted.time() <= CALENDAR.closes


@pytest.mark.parametrize(
    ("now", "end", "said"),
    [
        (at(2, 10), at(2, 17, 30), "今天 17:30 前签收"),
        (at(2, 10), at(3, 8, 30), "明天 8:30 前签收"),
        (at(2, 10), at(4, 17, 30), "后天 17:30 前签收"),
        (at(2, 10), at(9, 17, 30), "11月9日 17:30 前签收"),
        (at(2, 10), datetime(2027, 1, 5, 17, 30, tzinfo=SHANGHAI), "2027年1月5日 17:30 前签收"),
        (at(2, 10), at(2, 9), "签收今天 9:00 到期了"),
        (at(5, 10), at(2, 9), "签收超了 3 天"),
        (at(2, 10), at(2, 10), "签收今天 10:00 到期了"),
    ],
)
def test_by_when_it_must_be_done_is_said_in_the_words_of_the_day(
    now: datetime, end: datetime, said: str
) -> None:
    assert before(now, end, "签收") == said
