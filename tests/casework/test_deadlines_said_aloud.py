"""How a deadline explains itself, and which policy rows are refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest

from casework.deadlines import Unit, due, in_days, left, policy_from
from casework.receipts import code_from, find_code, shown
from casework.refusals import BadInput
from casework.workdays import SHANGHAI
from tests.offices import CALENDAR, CONTENT

CODE = code_from(bytes(range(40, 72)))
ROW: dict[str, object] = {
    "id": "a", "label": "受理", "amount": 1, "unit": "d", "starts": "file", "stops": [], "basis": "法",
}  # fmt: skip


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2019, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text",
    ["{},一直没人管", "{}两个月了", "我的编号{}。2019年3月报的", "编号{},打138开头的电话", "{}"],
)
def test_a_code_is_found_whatever_stands_behind_it(text: str) -> None:
    assert find_code(text.format(shown(CODE))) == CODE


def test_a_stretch_names_holidays_and_swaps_in_the_order_they_come() -> None:
    why = due(at(4, 26), amount=5, unit=Unit.WORKING_DAYS, calendar=CALENDAR).why

    assert why == (
        "5 个工作日:4月28日调休上班,5月1日至4日五一放假,5月5日调休上班,所以是5月6日 17:30。"
    )


def test_a_deadline_before_the_next_working_day_is_said_in_hours() -> None:
    assert "0 个工作日" not in left(at(3, 8, 21), at(3, 9, 20), CALENDAR)


def test_she_is_told_the_day_and_not_that_something_ends_at_half_past_two_at_night() -> None:
    clock = due(at(3, 8, 2, 30), amount=24, unit=Unit.HOURS, calendar=CALENDAR)

    assert clock.why == "24 小时,到3月9日 02:30。"
    assert (CONTENT.texts.day(clock.at), in_days(clock.why)) == ("3月9日", "24 小时,到3月9日。")


def test_a_moment_without_a_zone_is_an_error() -> None:
    naive = at(3, 4).replace(tzinfo=None)

    with pytest.raises(ValueError, match="zone"):
        due(naive, amount=1, unit=Unit.DAYS, calendar=CALENDAR)


@pytest.mark.parametrize(
    "change", [{"layer": "promisse"}, {"kind": ["clue"]}, {"amount": True}, {"unit": "weeks"}]
)
def test_a_row_with_a_slip_is_refused(change: Mapping[str, object]) -> None:
    with pytest.raises(BadInput):
        policy_from({"policy": {"id": "x"}, "clock": [{**ROW, **change}]})
