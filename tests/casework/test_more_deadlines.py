"""Deadlines: the calendar day by day, the explanation of a date, the policy file, the clocks."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.deadlines import (
    SHANGHAI,
    Clock,
    Due,
    Policy,
    Rule,
    Unit,
    WorkCalendar,
    after_action,
    clocks_at_intake,
    due,
    extended,
    left,
    light,
    next_due,
    policy_from,
    said,
)
from casework.refusals import BadInput
from casework.tickets import Action

CONTENT = Path(__file__).parents[2] / "content" / "henan-2019"
FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
SWAPPED_2019 = [(2, 2), (2, 3), (4, 28), (5, 5), (9, 29), (10, 12)]

quick = settings(max_examples=150, deadline=None, database=None)


def calendar_of_content() -> WorkCalendar:
    with (CONTENT / "calendar.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (date.fromisoformat(row["date"]), row["kind"], row["note"])
            for row in csv.DictReader(file)
            if row["kind"] in ("holiday", "workday")
        ]
    return WorkCalendar.from_rows(rows, FIRST, LAST)


CALENDAR = calendar_of_content()


def at(month: int, day: int, hour: int = 9, minute: int = 0, year: int = 2019) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def working(start: datetime, amount: int) -> Due:
    return due(start, amount=amount, unit=Unit.WORKING_DAYS, calendar=CALENDAR)


def calendar_days(start: datetime, amount: int) -> Due:
    return due(start, amount=amount, unit=Unit.DAYS, calendar=CALENDAR)


def hours(start: datetime, amount: int) -> Due:
    return due(start, amount=amount, unit=Unit.HOURS, calendar=CALENDAR)


# The calendar


def test_every_day_from_2004_to_2026_is_worked_exactly_when_the_notices_say_so() -> None:
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]

    assert [
        day for day in days if CALENDAR.is_working(day) != chinese_calendar.is_workday(day)
    ] == []
    assert all(CALENDAR.is_known(day) for day in days)


@pytest.mark.parametrize(("month", "day"), SWAPPED_2019)
def test_the_six_swapped_weekend_days_of_2019_are_worked(month: int, day: int) -> None:
    swapped = date(2019, month, day)

    assert swapped.weekday() >= 5
    assert CALENDAR.is_working(swapped)
    assert CALENDAR.note(swapped) == "调休上班"
    assert CALENDAR.next_working(swapped) == swapped


def test_no_other_weekend_day_of_2019_is_worked() -> None:
    year = [date(2019, 1, 1) + timedelta(days=n) for n in range(365)]

    worked = [
        (day.month, day.day) for day in year if day.weekday() > 4 and CALENDAR.is_working(day)
    ]

    assert worked == SWAPPED_2019


def test_an_ordinary_day_has_no_note_and_a_holiday_has_its_name() -> None:
    assert CALENDAR.note(date(2019, 5, 8)) == ""
    assert CALENDAR.note(date(2019, 5, 1)) == "五一"


def test_the_next_working_day_after_the_may_holiday_is_the_swapped_sunday() -> None:
    assert CALENDAR.next_working(date(2019, 5, 1)) == date(2019, 5, 5)


def test_days_outside_the_notices_are_not_known() -> None:
    assert not CALENDAR.is_known(date(2003, 12, 31))
    assert not CALENDAR.is_known(date(2027, 1, 1))


def test_a_row_of_another_kind_is_refused_with_its_day() -> None:
    with pytest.raises(BadInput, match=r"2019-05-01.*halfday"):
        WorkCalendar.from_rows([(date(2019, 5, 1), "halfday", "")], FIRST, LAST)


def test_working_days_between_leave_out_the_first_and_count_the_last() -> None:
    assert CALENDAR.between(date(2019, 4, 26), date(2019, 5, 6)) == 5
    assert CALENDAR.between(date(2019, 5, 6), date(2019, 5, 6)) == 0


# Due dates


def test_working_days_over_the_may_holiday_of_2019_end_at_the_close_of_business() -> None:
    end = working(at(4, 26), 5)

    assert end.at == at(5, 6, 17, 30)
    assert not end.provisional
    assert "5 个工作日" in end.why
    assert "4月28日调休上班" in end.why
    assert "5月5日调休上班" in end.why
    assert "5月1日" in end.why
    assert end.why.endswith("所以是5月6日 17:30。")


def test_a_date_over_an_ordinary_week_needs_no_reason() -> None:
    assert working(at(3, 4), 3).why == "3 个工作日,到3月7日 17:30。"


def test_a_single_day_off_is_named() -> None:
    assert "9月13日中秋放假" in working(at(9, 12), 1).why


def test_a_holiday_over_the_end_of_a_month_names_both_months() -> None:
    rows = [(date(2019, 4, 30), "holiday", "试"), (date(2019, 5, 1), "holiday", "试")]
    calendar = WorkCalendar.from_rows(rows, FIRST, LAST)

    end = due(at(4, 29), amount=1, unit=Unit.WORKING_DAYS, calendar=calendar)

    assert "4月30日至5月1日试放假" in end.why


def test_the_first_day_is_not_counted_whatever_the_hour() -> None:
    assert working(at(3, 4, 0, 0), 1).at == working(at(3, 4, 23, 59), 1).at == at(3, 5, 17, 30)


def test_a_report_on_a_rest_day_counts_from_the_next_day() -> None:
    assert working(at(3, 9), 1).at == at(3, 11, 17, 30)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ((3, 1), 15, (3, 18)),  # the 16th is a Saturday
        ((4, 20), 8, (4, 28)),  # a swapped Sunday is an end like any other
        ((4, 20), 11, (5, 5)),  # the 1st of May is a holiday
        ((3, 4), 1, (3, 5)),
    ],
)
def test_calendar_days_that_end_on_a_rest_day_move_on(
    start: tuple[int, int], amount: int, end: tuple[int, int]
) -> None:
    assert calendar_days(at(*start), amount).at == at(*end, 17, 30)


def test_hours_run_from_the_stated_moment_also_over_rest_days() -> None:
    end = hours(at(5, 1, 23, 30), 24)

    assert end.at == at(5, 2, 23, 30)
    assert end.why == "24 小时,到5月2日 23:30。"
    assert not end.provisional


@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.WORKING_DAYS])
def test_a_deadline_that_crosses_into_2027_says_that_the_calendar_is_not_known(unit: Unit) -> None:
    end = due(at(12, 25, year=2026), amount=10, unit=unit, calendar=CALENDAR)

    assert end.at.year == 2027
    assert end.provisional
    assert "2027年的放假安排还没公布,日历未确认" in end.why


def test_the_last_known_day_is_still_certain() -> None:
    assert not working(at(12, 30, year=2026), 1).provisional
    assert working(at(12, 31, year=2026), 1).provisional


@quick
@given(st.integers(0, 364), st.sampled_from((1, 3, 5, 10, 15)))
def test_every_day_of_2019_and_every_limit_agree_with_a_second_counter(
    day: int, amount: int
) -> None:
    start = date(2019, 1, 1) + timedelta(days=day)
    later, counted = start, 0
    while counted < amount:
        later += timedelta(days=1)
        counted += chinese_calendar.is_workday(later)

    end = working(datetime.combine(start, time(12), SHANGHAI), amount)

    assert end.at == datetime.combine(later, time(17, 30), SHANGHAI)


@quick
@given(st.integers(0, 364), st.integers(1, 90))
def test_calendar_days_never_end_early_nor_on_a_rest_day(day: int, amount: int) -> None:
    start = at(1, 1) + timedelta(days=day)

    end = calendar_days(start, amount).at

    assert end.date() >= start.date() + timedelta(days=amount)
    assert chinese_calendar.is_workday(end.date())


def test_the_office_may_close_at_another_hour() -> None:
    calendar = WorkCalendar.from_rows([], FIRST, LAST, closes=time(18, 0))

    assert due(at(3, 4), amount=1, unit=Unit.WORKING_DAYS, calendar=calendar).at == at(3, 5, 18)


# Time zones


def test_a_late_evening_in_london_is_already_the_next_day_in_henan() -> None:
    start = datetime(2019, 3, 4, 16, 30, tzinfo=UTC)  # the 5th, 00:30, in Henan

    assert working(start, 1).at == at(3, 6, 17, 30)


def test_the_zone_of_the_start_changes_nothing_about_the_end() -> None:
    start = at(4, 26, 1)
    west = timezone(timedelta(hours=-10))

    for amount in (1, 5, 10):
        assert working(start, amount) == working(start.astimezone(west), amount)
        assert hours(start, amount) == hours(start.astimezone(UTC), amount)


def test_a_moment_is_said_in_henan_time() -> None:
    assert said(datetime(2019, 4, 30, 9, 30, tzinfo=UTC)) == "4月30日 17:30"
    assert said(datetime(2019, 4, 30, 23, 5, tzinfo=UTC)) == "5月1日 07:05"


def test_what_is_left_is_the_same_for_every_zone() -> None:
    now, end = at(4, 28, 9), at(4, 30, 17, 30)

    assert left(now.astimezone(UTC), end.astimezone(UTC), CALENDAR) == left(now, end, CALENDAR)


# What is left, and the light


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (at(4, 26), "4月30日 17:30 到期,还剩 3 个工作日"),
        (at(4, 28), "4月30日 17:30 到期,还剩 2 个工作日"),
        (at(4, 29, 23, 59), "4月30日 17:30 到期,还剩 1 个工作日"),
        (at(4, 30, 9), "今天 17:30 到期"),
        (at(4, 30, 14, 30), "今天 17:30 到期"),
        (at(4, 30, 14, 31), "4月30日 17:30 到期,还剩 2 小时 59 分"),
        (at(4, 30, 17, 31), "今天 17:30 已到期"),
        (at(5, 1, 0, 0), "已超期 1 天"),
        (at(5, 2, 9), "已超期 2 天"),
    ],
)
def test_what_is_left_is_said_in_words(now: datetime, words: str) -> None:
    assert left(now, at(4, 30, 17, 30), CALENDAR) == words


@pytest.mark.parametrize(
    ("now", "colour"),
    [
        (at(3, 4, 0), "green"),
        (at(3, 11, 23, 59), "green"),
        (at(3, 12, 0), "yellow"),
        (at(3, 13, 23, 59), "yellow"),
        (at(3, 14, 0), "red"),
        (at(4, 1), "red"),
        (at(3, 1), "green"),
    ],
)
def test_the_light_turns_yellow_at_four_fifths_and_red_at_the_end(
    now: datetime, colour: str
) -> None:
    assert light(now, at(3, 4, 0), at(3, 14, 0)) == colour


# The policy file

ROW = {
    "id": "sign", "label": "签收", "amount": 24, "unit": "h", "starts": "dispatch",
    "stops": ["sign", "return"], "kinds": ["service"], "basis": "办法",
}  # fmt: skip


def table(*rows: dict[str, object]) -> dict[str, object]:
    return {"policy": {"id": "p"}, "clock": list(rows)}


def test_a_row_becomes_a_rule_and_is_a_promise_unless_it_says_ceiling() -> None:
    policy = policy_from(table(ROW, {**ROW, "id": "last", "layer": "ceiling", "unit": "wd"}))

    assert policy.id == "p"
    assert policy.rule("sign") == Rule(
        id="sign", label="签收", amount=24, unit=Unit.HOURS, starts="dispatch",
        stops=("sign", "return"), kinds=("service",), basis="办法", layer="promise",
    )  # fmt: skip
    assert (policy.rule("last").layer, policy.rule("last").unit) == ("ceiling", Unit.WORKING_DAYS)


def test_a_rule_without_kinds_covers_every_kind() -> None:
    row = {key: value for key, value in ROW.items() if key != "kinds"}
    everyone, some = policy_from(table(row)).rule("sign"), policy_from(table(ROW)).rule("sign")

    assert everyone.covers("clue")
    assert some.covers("service")
    assert not some.covers("clue")


@pytest.mark.parametrize("key", ["id", "label", "amount", "unit", "starts", "stops", "basis"])
def test_a_row_that_lacks_something_is_refused_by_number_and_name(key: str) -> None:
    row = {name: value for name, value in ROW.items() if name != key}

    with pytest.raises(BadInput, match=f"第 2 条少了 '{key}'"):
        policy_from(table(ROW, row))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"amount": 0}, "第 1 条:amount"),
        ({"amount": -1}, "第 1 条:amount"),
        ({"amount": "24"}, "第 1 条:amount"),
        ({"amount": 1.5}, "第 1 条:amount"),
        ({"unit": "week"}, "第 1 条:unit"),
        ({"stops": "sign"}, "第 1 条:stops"),
        ({"kinds": "clue"}, "第 1 条:stops 和 kinds"),
    ],
)
def test_a_row_with_a_fault_is_refused_in_a_sentence(change: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        policy_from(table({**ROW, **change}))


@pytest.mark.parametrize(
    "broken", [{}, {"policy": {"id": "p"}}, {"clock": [ROW]}, {"policy": [], "clock": [ROW]},
               {"policy": {}, "clock": {}}]
)  # fmt: skip
def test_a_file_without_head_or_rows_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(BadInput, match="policy"):
        policy_from(broken)


def test_two_rows_of_one_id_are_refused() -> None:
    with pytest.raises(BadInput, match="同一个 id"):
        policy_from(table(ROW, ROW))


def test_the_policy_of_henan_names_only_actions_and_layers_that_exist() -> None:
    policy = policy_from(tomllib.loads((CONTENT / "deadlines.toml").read_text(encoding="utf-8")))
    actions = {action.value for action in Action}

    assert policy.id
    for rule in policy.rules:
        assert {rule.starts, *rule.stops} <= actions, rule.id
        assert set(rule.kinds) <= {"clue", "quality", "service", "urgent"}, rule.id
        assert rule.layer in ("promise", "ceiling"), rule.id
        assert rule.basis, rule.id


@pytest.mark.parametrize(
    ("kind", "promised"),
    [
        ("service", {"accept": 24, "handle.service": 5}),
        ("quality", {"accept": 24, "handle.quality": 10}),
        ("clue", {"accept": 24, "handle.quality": 10}),
        ("urgent", {"accept.urgent": 2, "handle.urgent": 2}),
    ],
)
def test_the_policy_of_henan_promises_what_the_hotline_rules_say(
    kind: str, promised: dict[str, int]
) -> None:
    policy = policy_from(tomllib.loads((CONTENT / "deadlines.toml").read_text(encoding="utf-8")))

    clocks = clocks_at_intake(policy, kind, at(3, 4), CALENDAR)

    rules = [policy.rule(clock.rule) for clock in clocks]
    assert {rule.id: rule.amount for rule in rules if rule.layer == "promise"} == promised


# The clocks


def rule(id_: str, starts: str, *stops: str, amount: int = 24, kinds: tuple[str, ...] = ()) -> Rule:
    return Rule(
        id=id_, label=id_, amount=amount, unit=Unit.HOURS, starts=starts, stops=stops,
        kinds=kinds, basis="办法",
    )  # fmt: skip


POLICY = Policy(
    id="p",
    rules=(
        rule("accept", "file", "accept"),
        rule("handle", "file", "resolve", amount=240),
        rule("danger", "file", "reply", amount=2, kinds=("urgent",)),
        rule("sign", "dispatch", "sign", "return"),
    ),
)


def act(clocks: tuple[Clock, ...], action: str, when: datetime) -> tuple[Clock, ...]:
    return after_action(clocks, action, when, policy=POLICY, kind="service", calendar=CALENDAR)


def running(clocks: tuple[Clock, ...]) -> list[str]:
    return [clock.rule for clock in clocks if clock.stopped is None]


def test_a_report_starts_the_clocks_of_its_kind_which_explain_themselves() -> None:
    clocks = clocks_at_intake(POLICY, "service", at(3, 4), CALENDAR)

    assert running(clocks) == ["accept", "handle"]
    assert running(clocks_at_intake(POLICY, "urgent", at(3, 4), CALENDAR))[-1] == "danger"
    assert clocks[0].started == at(3, 4)
    assert clocks[0].due == at(3, 5)
    assert clocks[0].why.endswith("依据:办法")


def test_an_action_stops_its_clock_and_leaves_the_others_as_they_were() -> None:
    clocks = clocks_at_intake(POLICY, "service", at(3, 4), CALENDAR)

    after = act(clocks, "accept", at(3, 4, 10))

    assert after[0].stopped == at(3, 4, 10)
    assert after[0].due == clocks[0].due
    assert after[1:] == clocks[1:]


def test_an_action_that_nobody_waits_for_changes_nothing() -> None:
    clocks = clocks_at_intake(POLICY, "service", at(3, 4), CALENDAR)

    assert act(clocks, "note", at(3, 5)) == clocks


def test_a_clock_that_was_stopped_keeps_the_moment_it_was_stopped() -> None:
    clocks = act(clocks_at_intake(POLICY, "service", at(3, 4), CALENDAR), "accept", at(3, 4, 10))

    assert act(clocks, "accept", at(3, 6))[0].stopped == at(3, 4, 10)


def test_signing_is_timed_anew_at_each_dispatch_and_a_return_never_stops_the_whole() -> None:
    clocks = clocks_at_intake(POLICY, "service", at(3, 4), CALENDAR)
    for action, day in (("accept", 4), ("dispatch", 5), ("return", 6), ("dispatch", 7)):
        clocks = act(clocks, action, at(3, day))

    signs = [clock for clock in clocks if clock.rule == "sign"]

    assert [clock.started for clock in signs] == [at(3, 5), at(3, 7)]
    assert [clock.stopped for clock in signs] == [at(3, 6), None]
    assert running(clocks) == ["handle", "sign"]
    assert clocks[1].due == at(3, 14)


def test_a_clock_that_runs_is_not_started_a_second_time() -> None:
    clocks = act((), "dispatch", at(3, 5))

    assert act(clocks, "dispatch", at(3, 6)) == clocks


def test_the_next_date_is_the_earliest_of_the_running_clocks() -> None:
    clocks = clocks_at_intake(POLICY, "service", at(3, 4), CALENDAR)
    accepted = act(clocks, "accept", at(3, 4, 10))
    done = act(accepted, "resolve", at(3, 5))

    assert next_due(clocks) == clocks[0]
    assert next_due(accepted) == accepted[1]
    assert next_due(done) is None


def test_an_extension_moves_the_running_clock_only_and_says_so() -> None:
    clocks = act((), "dispatch", at(3, 5))
    clocks = act(act(clocks, "return", at(3, 5, 10)), "dispatch", at(3, 7))
    later = calendar_days(at(3, 7), 30)

    after = extended(clocks, "sign", later, basis="依据:第三十四条")

    assert after[0] == clocks[0]
    assert after[1].due == later.at
    assert after[1].started == clocks[1].started
    assert after[1].why.startswith("已延期。30 天")
    assert after[1].why.endswith("依据:第三十四条")
