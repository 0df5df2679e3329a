"""The office's day as a table: when each line is due, on the clock of China."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from casework.ports import Office
from casework.workdays import SHANGHAI
from scheduler.clockwork import replay
from scheduler.timetable import Job, timetable


async def nothing(_office: Office, _today: date) -> str:
    return ""


def the_day(*, batch_day: int = 3, batch_hour: int = 8) -> tuple[Job, ...]:
    return timetable(
        hand_over=nothing, push=nothing, forget=nothing, recount=nothing,
        escalate=nothing, digest=nothing, batch_day=batch_day, batch_hour=batch_hour,
    )  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("job", "now", "due"),
    [
        ("hand-over", "2026-11-26T09:00", "2026-12-03T08:00"),
        ("hand-over", "2026-12-03T08:00", "2027-01-03T08:00"),  # strictly after
        ("hand-over", "2026-12-03T07:59", "2026-12-03T08:00"),
        ("forget", "2026-11-26T03:20", "2026-11-27T03:20"),
        ("recount", "2026-11-26T03:00", "2026-11-26T03:40"),
        ("escalate", "2026-11-26T23:55", "2026-11-27T00:00"),
        ("digest", "2026-11-26T08:40", "2026-11-27T08:40"),
        ("push", "2026-11-26T10:01", "2026-11-26T10:05"),
    ],
)
def test_each_line_is_due_when_the_table_says(job: str, now: str, due: str) -> None:
    line = next(each for each in the_day() if each.name == job)

    assert line.next_after(at(now)) == at(due)


def test_the_day_of_the_hand_over_is_the_programmes_own() -> None:
    line = the_day(batch_day=15, batch_hour=17)[0]

    assert line.next_after(at("2026-11-26T09:00")) == at("2026-12-15T17:00")


def test_every_line_says_what_it_does_and_has_a_name_of_its_own() -> None:
    lines = the_day()

    assert all(line.says for line in lines)
    assert len({line.name for line in lines}) == len(lines)


def test_a_period_is_lived_through_in_order() -> None:
    runs = replay(the_day(), at("2026-12-02T00:00"), at("2026-12-04T00:00"))

    names = [job.name for _, job in runs]
    assert names.count("hand-over") == 1
    assert names.count("forget") == 2
    assert names.count("escalate") == 2 * 24 * 6
    assert [moment for moment, _ in runs] == sorted(moment for moment, _ in runs)
