"""Whose time it was: stretches of a ticket, and the on-time figure of a unit."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.stretches import OnTime, Stretch, on_time, stretches
from casework.tickets import Action, Entry, Kind, Status, Ticket
from casework.workdays import SHANGHAI
from tests.offices import CALENDAR, CITY, CONTENT, COUNTY

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=SHANGHAI)
TOWNSHIP = "township-410423106"
RULE = CONTENT.policy.rule("handle.quality")


def a_ticket(status: Status = Status.IN_PROGRESS) -> Ticket:
    return Ticket(
        number="K7QD2M", county="410423", category="quality.leak", kind=Kind.QUALITY,
        owner=COUNTY, filed_at=NOON, clocks=(), status=status,
    )  # fmt: skip


def line(action: Action, day: int, to: str = "", by: str = COUNTY) -> Entry:
    return Entry(at=NOON + timedelta(days=day), action=action, by=by, to=to)


def test_time_belongs_to_whoever_held_the_ticket_from_intake_on() -> None:
    held = stretches(
        a_ticket(),
        (
            line(Action.FILE, 0, COUNTY, by="reporter"),
            line(Action.NOTE, 1),
            line(Action.DISPATCH, 2, TOWNSHIP),
            line(Action.SIGN, 3, by=TOWNSHIP),
        ),
    )

    assert [(each.unit, each.ended is None) for each in held] == [(COUNTY, False), (TOWNSHIP, True)]
    assert held[0].began == NOON
    assert held[0].ended == held[1].began == NOON + timedelta(days=2)


def test_a_stretch_that_ended_in_a_return_is_charged_to_the_desk_that_sent_it() -> None:
    held = stretches(
        a_ticket(),
        (
            line(Action.FILE, 0, CITY, by="reporter"),
            line(Action.DISPATCH, 1, COUNTY, by=CITY),
            line(Action.RETURN, 3, CITY, by=COUNTY),
            line(Action.REASSIGN, 4, TOWNSHIP, by=CITY),
        ),
    )

    assert [(each.unit, each.charged_to) for each in held] == [
        (CITY, CITY), (COUNTY, CITY), (CITY, CITY), (TOWNSHIP, TOWNSHIP),
    ]  # fmt: skip


def test_a_return_of_what_nobody_dispatched_is_ones_own() -> None:
    held = stretches(a_ticket(), (line(Action.FILE, 0, COUNTY), line(Action.RETURN, 1, CITY)))

    assert held[0].charged_to == COUNTY


def test_the_same_unit_twice_in_a_row_is_one_stretch() -> None:
    held = stretches(
        a_ticket(Status.CLOSED),
        (
            line(Action.FILE, 0, COUNTY),
            line(Action.DISPATCH, 1, COUNTY),
            line(Action.CLOSE, 5),
            line(Action.OPEN, 8),
        ),
    )

    assert held == (
        Stretch(unit=COUNTY, began=NOON, ended=NOON + timedelta(days=5), charged_to=COUNTY),
    )


def test_a_history_that_does_not_say_who_had_it_counts_for_the_owner() -> None:
    assert stretches(a_ticket(), ()) == (Stretch(unit=COUNTY, began=NOON, charged_to=COUNTY),)
    assert stretches(a_ticket(), (line(Action.FILE, 0),))[0].unit == COUNTY


def test_a_unit_is_measured_by_its_own_stretches_with_both_numbers() -> None:
    now = NOON + timedelta(days=30)
    held = [
        Stretch(unit=COUNTY, began=NOON, ended=NOON + timedelta(days=5), charged_to=COUNTY),
        Stretch(unit=COUNTY, began=NOON, charged_to=COUNTY),
        Stretch(unit=COUNTY, began=NOON, ended=NOON + timedelta(days=1), charged_to=CITY),
    ]

    assert on_time(COUNTY, held, RULE, CALENDAR, now) == OnTime(kept=1, of=2)
    assert str(on_time(CITY, held, RULE, CALENDAR, now)) == "1/1"
    assert str(on_time(TOWNSHIP, held, RULE, CALENDAR, now)) == "0/0"
