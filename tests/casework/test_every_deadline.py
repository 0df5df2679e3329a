"""Every row of the policy for every day of 2019, against a second counter; and clocks that wait."""

from __future__ import annotations

import tomllib
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest

from casework.deadlines import (
    Clock,
    Policy,
    Rule,
    Unit,
    after_action,
    due,
    next_due,
    policy_from,
    start_clock,
)
from casework.refusals import BadInput
from casework.rules import Rules, rules_from
from casework.tickets import Action, Kind, Status, Ticket
from casework.workdays import SHANGHAI
from tests.offices import CALENDAR, CONTENT, CONTENT_FOLDER, COUNTY

POLICY = CONTENT.policy
DAYS_OF_2019 = [date(2019, 1, 1) + timedelta(days=n) for n in range(365)]


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def on(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return at(date(2019, month, day), hour, minute)


def second_counter(start: datetime, amount: int, unit: Unit) -> datetime:
    """Civil Code 201–204, by another library's table of days."""
    if unit is Unit.HOURS:
        return start + timedelta(hours=amount)
    day = start.date()
    if unit is Unit.DAYS:
        day += timedelta(days=amount)
    for _ in range(amount if unit is Unit.WORKING_DAYS else 0):
        day += timedelta(days=1)
        while not chinese_calendar.is_workday(day):
            day += timedelta(days=1)
    while not chinese_calendar.is_workday(day):
        day += timedelta(days=1)
    return at(day, 17, 30)


@pytest.mark.parametrize("rule", POLICY.rules, ids=lambda rule: rule.id)
def test_a_row_of_the_policy_ends_when_a_second_counter_says_on_every_day(rule: Rule) -> None:
    wrong = [
        day
        for day in DAYS_OF_2019
        if start_clock(rule, at(day), CALENDAR).due
        != second_counter(at(day), rule.amount, rule.unit)
    ]

    assert wrong == []


@pytest.mark.parametrize(("amount", "wrong_days"), [(3, 48), (5, 70), (10, 116), (15, 158)])
def test_monday_to_friday_is_wrong_as_often_as_was_measured(amount: int, wrong_days: int) -> None:
    def naive(day: date) -> date:
        for _ in range(amount):
            day += timedelta(days=1)
            while day.weekday() >= 5:
                day += timedelta(days=1)
        return day

    differ = [
        day
        for day in DAYS_OF_2019
        if due(at(day), amount=amount, unit=Unit.WORKING_DAYS, calendar=CALENDAR).at.date()
        != naive(day)
    ]

    assert len(differ) == wrong_days


# Worked examples: 24 April 2019 is the day after the plan was signed


@pytest.mark.parametrize(
    ("rule", "start", "end"),
    [
        ("accept", on(4, 24, 16), on(4, 25, 16)),
        ("handle.service", on(4, 26, 10), on(5, 6, 17, 30)),
        ("handle.quality", on(4, 24, 10), on(5, 9, 17, 30)),
        ("handle.quality", on(9, 27, 10), on(10, 16, 17, 30)),
        ("ceiling.accept", on(4, 24, 10), on(5, 9, 17, 30)),
        ("ceiling.handle", on(8, 2, 10), on(10, 8, 17, 30)),
        ("review", on(9, 6, 10), on(10, 8, 17, 30)),
    ],
)
def test_a_worked_example(rule: str, start: datetime, end: datetime) -> None:
    clock = start_clock(POLICY.rule(rule), start, CALENDAR)

    assert clock.due == end
    assert clock.why.endswith(f"依据:{POLICY.rule(rule).basis}")
    assert f"{end.month}月{end.day}日" in clock.why


# Clocks that stand still


def waiting_policy(unit: Unit, amount: int = 5) -> Policy:
    rule = Rule(
        id="handle", label="办结", amount=amount, unit=unit, starts="file", stops=("resolve",),
        kinds=(), basis="办法", frozen_in=("needs_info",),
    )  # fmt: skip
    return Policy(id="p", rules=(rule,))


def moved(
    clocks: tuple[Clock, ...], action: str, when: datetime, policy: Policy, status: str
) -> tuple[Clock, ...]:
    return after_action(
        clocks, action, when, policy=policy, kind="service", calendar=CALENDAR, status=status
    )


@pytest.mark.parametrize(
    ("unit", "asked", "answered", "end", "words"),
    [
        # asked on Tuesday, answered on Thursday: two working days
        (Unit.WORKING_DAYS, (4, 2), (4, 4), on(4, 11, 17, 30), "2 个工作日"),
        # over 清明 (5–7 April) one working day less
        (Unit.WORKING_DAYS, (4, 4), (4, 8), on(4, 10, 17, 30), "1 个工作日"),
        (Unit.DAYS, (4, 2), (4, 4), on(4, 10, 17, 30), "2 天"),
        (Unit.HOURS, (4, 1), (4, 3), on(4, 3, 14), "48 小时"),
    ],
)
def test_a_clock_that_waited_ends_later_by_the_time_waited(
    unit: Unit, asked: tuple[int, int], answered: tuple[int, int], end: datetime, words: str
) -> None:
    policy = waiting_policy(unit)
    clocks = moved((), "file", at(date(2019, 4, 1)), policy, "received")

    frozen = moved(clocks, "ask", at(date(2019, *asked)), policy, "needs_info")
    again = moved(frozen, "ask", at(date(2019, *answered), 8), policy, "needs_info")
    thawed = moved(again, "add", at(date(2019, *answered)), policy, "in_progress")

    assert next_due(frozen) is None
    assert again == frozen  # asked twice is still one wait
    assert (thawed[0].due, thawed[0].frozen) == (end, None)
    assert f"中间停表 {words}" in thawed[0].why


def test_waiting_within_a_day_moves_no_date_counted_in_days() -> None:
    policy = waiting_policy(Unit.WORKING_DAYS)
    clocks = moved((), "file", at(date(2019, 4, 1)), policy, "received")

    frozen = moved(clocks, "ask", at(date(2019, 4, 2), 9), policy, "needs_info")
    thawed = moved(frozen, "add", at(date(2019, 4, 2), 16), policy, "in_progress")

    assert thawed == clocks


def test_a_question_after_the_day_does_not_make_up_for_being_late() -> None:
    policy = waiting_policy(Unit.WORKING_DAYS)
    clocks = moved((), "file", at(date(2019, 4, 1)), policy, "received")

    frozen = moved(clocks, "ask", at(date(2019, 4, 22)), policy, "needs_info")
    thawed = moved(frozen, "add", at(date(2019, 4, 25)), policy, "in_progress")

    assert thawed == clocks


def test_what_is_done_while_it_waits_is_stopped_with_its_wait_counted() -> None:
    policy = waiting_policy(Unit.WORKING_DAYS)
    clocks = moved((), "file", at(date(2019, 4, 1)), policy, "received")

    frozen = moved(clocks, "ask", at(date(2019, 4, 2)), policy, "needs_info")
    done = moved(frozen, "resolve", at(date(2019, 4, 4)), policy, "resolved")

    assert (done[0].stopped, done[0].frozen) == (at(date(2019, 4, 4)), None)
    assert done[0].due > clocks[0].due


@pytest.mark.parametrize("rule", POLICY.rules, ids=lambda rule: rule.id)
def test_the_law_never_waits_and_a_return_stops_nothing_but_the_signing(rule: Rule) -> None:
    assert not (rule.layer == "ceiling" and rule.frozen_in)
    assert "return" not in rule.stops or rule.id == "sign"
    assert not set(rule.frozen_in) - {"needs_info", "parked"}


@pytest.mark.parametrize("kind", Kind)
def test_a_redone_matter_is_on_the_clock_again(kind: Kind) -> None:
    now = at(date(2026, 11, 2))
    ticket = Ticket(
        number="K7QD2M", county="410423", category="other", kind=kind, owner=COUNTY,
        filed_at=now, clocks=(), status=Status.RESOLVED,
    )  # fmt: skip

    for action in (Action.REOPEN, Action.UNSOLVED, Action.NOBODY_CAME):
        after, _ = ticket.record(action, by=COUNTY, at=now)
        running = after.wound(action, now, POLICY, CALENDAR).clocks
        assert [clock.rule for clock in running] == ["handle.redo"]


# handling.toml

TABLE = tomllib.loads((CONTENT_FOLDER / "handling.toml").read_text(encoding="utf-8"))


def test_the_rules_of_henan_are_read_and_have_their_ground() -> None:
    rules = rules_from(TABLE)

    assert rules == CONTENT.rules
    assert (rules.returning.amount, rules.returning.unit) == (2, Unit.WORKING_DAYS)
    assert (rules.extension.amount, rules.appeal.amount, rules.pressure.amount) == (30, 30, 7)
    assert all(reason.label and reason.where for reason in rules.declines)
    assert rules.decline("court").label.startswith("已经或者应当由法院")
    assert Rules().reviewed_kinds == {"clue"}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reveiw": {}}, r"没有 \[reveiw\]"),
        ({"review": {"kinds": ["gossip"]}}, "没有“gossip”这一类"),
        ({"review": {"kinds": ["urgent"]}}, "救急的话不能等审核"),
        ({"review": {}}, "少了 'kinds'"),
        ({"appeal": {"amount": 0, "unit": "d", "basis": "x"}}, "amount 要是正整数"),
        ({"appeal": {"amount": 3, "unit": "w", "basis": "x"}}, "unit 只能是"),
        (
            {"decline": [{"code": "a", "label": "b", "where": "c"}] * 2},
            "用了同一个 code",
        ),
    ],
)
def test_a_slip_in_the_rules_is_named(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        rules_from({**TABLE, **change})


def test_a_deadline_row_with_a_slip_in_its_lists_is_named() -> None:
    row = {
        "id": "a", "label": "b", "amount": 1, "unit": "d", "starts": "file", "stops": ["reply"],
        "basis": "c",
    }  # fmt: skip
    for name in ("also", "frozen_in"):
        with pytest.raises(BadInput, match=f"{name} 要写成列表"):
            policy_from({"policy": {"id": "p"}, "clock": [{**row, name: "x"}]})
