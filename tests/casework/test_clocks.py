"""The deadline policy and the clocks: what a row may say, which action starts and stops what."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path

import pytest

from casework.deadlines import (
    Clock,
    Policy,
    Rule,
    Unit,
    WorkCalendar,
    after_action,
    clocks_at_intake,
    due,
    extended,
    next_due,
    policy_from,
)
from casework.refusals import BadInput
from casework.tickets import Action, Status
from casework.workdays import SHANGHAI

CONTENT = Path(__file__).parents[2] / "content" / "henan-2019"

#: Nothing but Monday to Friday: the holidays are tested with the due dates.
CALENDAR = WorkCalendar.from_rows([], date(2019, 1, 1), date(2019, 12, 31))


def at(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2019, month, day, hour, tzinfo=SHANGHAI)


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
        ({"kinds": "clue"}, "第 1 条:kinds"),
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
        assert {rule.starts, *rule.also, *rule.stops} <= actions, rule.id
        assert set(rule.frozen_in) <= {status.value for status in Status}, rule.id
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
    later = due(at(3, 7), amount=30, unit=Unit.DAYS, calendar=CALENDAR)

    after = extended(clocks, "sign", later, basis="依据:第三十四条")

    assert after[0] == clocks[0]
    assert after[1].due == later.at
    assert after[1].started == clocks[1].started
    assert after[1].why.startswith("已延期。30 天")
    assert after[1].why.endswith("依据:第三十四条")


@pytest.mark.parametrize("said", ["solved", "unreached", "follow_up"])
@pytest.mark.parametrize("kind", ["clue", "quality", "service", "urgent"])
def test_what_she_says_of_the_answer_leaves_a_clock_until_somebody_closes(
    said: str, kind: str
) -> None:
    """She said it is solved, or could not be reached: an open ticket without a clock never climbs."""
    policy = policy_from(tomllib.loads((CONTENT / "deadlines.toml").read_text(encoding="utf-8")))

    def after(clocks: tuple[Clock, ...], action: str) -> tuple[Clock, ...]:
        return after_action(clocks, action, at(3, 5), policy=policy, kind=kind, calendar=CALENDAR)

    clocks = clocks_at_intake(policy, kind, at(3, 4), CALENDAR)
    for action in ("accept", "dispatch", "sign", "reply", "resolve", said):
        clocks = after(clocks, action)

    assert running(clocks) == ["followup"]
    assert running(after(clocks, "close")) == []
