"""`jobs`: what a job writes as of another day cannot be taken back, so a live house asks twice."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from casework.workdays import SHANGHAI
from storage.keyshelf import KeyShelf
from tests.runtime.conftest import House

NOW = datetime.now(UTC).astimezone(SHANGHAI)
IN_A_YEAR = (NOW + timedelta(days=365)).strftime("%Y-%m-%dT08:00")


@pytest.mark.parametrize(
    "words",
    [("run", "forget", "--at", IN_A_YEAR), ("replay", "--from", IN_A_YEAR, "--to", IN_A_YEAR)],
)
def test_a_live_house_is_not_run_as_of_another_day(house: House, words: tuple[str, ...]) -> None:
    refused = house.types("jobs", *words)

    assert refused.exit_code == 1
    assert "--really" in refused.stderr


def test_today_at_another_hour_needs_no_second_word(house: House) -> None:
    done = house.types("jobs", "run", "escalate", "--at", NOW.strftime("%Y-%m-%dT23:59"))

    assert done.exit_code == 0, done.output


def test_no_key_in_use_is_destroyed_whatever_day_is_played(house: House) -> None:
    assert house.types("jobs", "run", "forget").exit_code == 0
    shelf = KeyShelf(house.folder / "keys")
    today, last_month = NOW.date(), (NOW - timedelta(days=30)).date()
    for day in (today, last_month):
        shelf.of_day(day)

    done = house.types("jobs", "run", "forget", "--at", IN_A_YEAR, "--really")

    assert done.exit_code == 0, done.output
    left = KeyShelf(house.folder / "keys").days()
    assert today.isoformat() in left
    assert last_month.isoformat() not in left


@pytest.mark.parametrize(
    ("words", "shown"), [(("jobs", "list"), "上次 (.*)"), (("doctor",), "定时任务:上次 (.*)")]
)
def test_whoever_keeps_the_machine_reads_beijing_time(
    house: House, words: tuple[str, ...], shown: str
) -> None:
    assert house.types("jobs", "run", "escalate").exit_code == 0

    said = house.types(*words).output

    (last,) = (match for match in re.findall(shown, said) if "跑过" not in match)
    at = datetime.strptime(last, "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
