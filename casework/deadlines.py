"""Deadlines: the policy is data (`content/…/deadlines.toml`), a clock is one stretch of a ticket.

Clocks start at intake and no return stops them; one stands still only where its row says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from casework.refusals import BadInput
from casework.workdays import CLOSES as CLOSES
from casework.workdays import YELLOW as YELLOW
from casework.workdays import Due as Due
from casework.workdays import Unit as Unit
from casework.workdays import WorkCalendar as WorkCalendar
from casework.workdays import day_of
from casework.workdays import due as due
from casework.workdays import in_days as in_days
from casework.workdays import left as left
from casework.workdays import light as light
from casework.workdays import said as said


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of the policy: which stretch, for which kinds, how long, on what ground."""

    id: str
    label: str
    amount: int
    unit: Unit
    starts: str  # 'file' or the id of the action that starts it
    stops: tuple[str, ...]  # ids of the actions that end it
    kinds: tuple[str, ...]  # () means every kind
    basis: str
    layer: str = "promise"  # or 'ceiling', the law's outer limit
    also: tuple[str, ...] = ()  # other actions that start it
    frozen_in: tuple[str, ...] = ()  # states in which it stands still; () means it never does

    def covers(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The deadline policy of one programme."""

    id: str
    rules: tuple[Rule, ...] = field(default=())

    def rule(self, rule_id: str) -> Rule:
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)


def policy_from(table: Mapping[str, object]) -> Policy:
    """The policy out of a parsed `deadlines.toml`. Raises `BadInput` naming row and fault."""
    head, rows = table.get("policy"), table.get("clock")
    if not isinstance(head, Mapping) or not isinstance(rows, list):
        raise BadInput("期限文件要有 [policy] 和 [[clock]]。")
    rules = tuple(_rule(n, row) for n, row in enumerate(rows, start=1))
    ids = [rule.id for rule in rules]
    if len(set(ids)) != len(ids):
        raise BadInput("期限文件里有两条用了同一个 id。")
    return Policy(id=str(head.get("id", "")), rules=rules)


#: The keys of a [[clock]] row; another one is a slip of the pen that would go unnoticed.
KEYS = {
    "id", "label", "amount", "unit", "starts", "also", "stops", "kinds", "frozen_in", "basis",
    "layer",
}  # fmt: skip


def _rule(n: int, row: object) -> Rule:
    if not isinstance(row, Mapping):
        raise BadInput(f"期限文件第 {n} 条要写成 [[clock]]。")
    if unknown := sorted(set(row) - KEYS):
        raise BadInput(f"期限文件第 {n} 条:没有“{unknown[0]}”这一项。")
    if row.get("layer", "promise") not in ("promise", "ceiling"):
        raise BadInput(f"期限文件第 {n} 条:layer 只能是 promise 或 ceiling。")
    try:
        amount, unit = row["amount"], Unit(str(row["unit"]))
        lists = {"stops": row["stops"]}
        lists |= {name: row.get(name, []) for name in ("kinds", "also", "frozen_in")}
        if type(amount) is not int or amount <= 0:
            raise BadInput(f"期限文件第 {n} 条:amount 要是正整数。")
        for name, each in lists.items():
            if not isinstance(each, list):
                raise BadInput(f"期限文件第 {n} 条:{name} 要写成列表。")
        return Rule(
            id=str(row["id"]),
            label=str(row["label"]),
            amount=amount,
            unit=unit,
            starts=str(row["starts"]),
            basis=str(row["basis"]),
            layer=str(row.get("layer", "promise")),
            **{name: tuple(map(str, each)) for name, each in lists.items()},
        )
    except KeyError as missing:
        raise BadInput(f"期限文件第 {n} 条少了 {missing}。") from None
    except ValueError:
        raise BadInput(f"期限文件第 {n} 条:unit 只能是 h、d 或 wd。") from None


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One running or stopped stretch of a ticket."""

    rule: str
    label: str
    started: datetime
    due: datetime
    provisional: bool
    why: str
    stopped: datetime | None = None
    frozen: datetime | None = None  # since when it stands still

    @property
    def runs(self) -> bool:
        return self.stopped is None


def start_clock(rule: Rule, at: datetime, calendar: WorkCalendar) -> Clock:
    end = due(at, amount=rule.amount, unit=rule.unit, calendar=calendar)
    return Clock(
        rule=rule.id, label=rule.label, started=at, due=end.at, provisional=end.provisional,
        why=f"{end.why}依据:{rule.basis}",
    )  # fmt: skip


def clocks_at_intake(
    policy: Policy, kind: str, at: datetime, calendar: WorkCalendar
) -> tuple[Clock, ...]:
    """The clocks that start when a report is filed. No return stops them."""
    return after_action((), "file", at, policy=policy, kind=kind, calendar=calendar)


def after_action(
    clocks: tuple[Clock, ...],
    action: str,
    at: datetime,
    *,
    policy: Policy,
    kind: str,
    calendar: WorkCalendar,
    status: str = "",
) -> tuple[Clock, ...]:
    """The clocks after an action that led to `status`: those it ends are stopped, those it starts
    run, those that stand still in that state are frozen and the others go on."""
    ends = {rule.id for rule in policy.rules if action in rule.stops}
    rules = {rule.id: rule for rule in policy.rules}
    kept = []
    for clock in clocks:
        if clock.runs and clock.rule in rules:
            clock = _moved(clock, rules[clock.rule], status, at, calendar)
            clock = replace(clock, stopped=at) if clock.rule in ends else clock
        kept.append(clock)
    running = {clock.rule for clock in kept if clock.runs}
    fresh = tuple(
        start_clock(rule, at, calendar)
        for rule in policy.rules
        if action in (rule.starts, *rule.also) and rule.covers(kind) and rule.id not in running
    )
    return tuple(kept) + fresh


def _moved(clock: Clock, rule: Rule, status: str, at: datetime, calendar: WorkCalendar) -> Clock:
    """Frozen on the way into a state that waits for the reporter, thawed on the way out."""
    waits = status in rule.frozen_in
    if waits and clock.frozen is None:
        return replace(clock, frozen=at)
    if not waits and clock.frozen is not None:
        return _thawed(clock, clock.frozen, rule.unit, at, calendar)
    return clock


def _thawed(
    clock: Clock, since: datetime, unit: Unit, at: datetime, calendar: WorkCalendar
) -> Clock:
    """The due date later by the time that was waited, in the rule's own unit."""
    if clock.due <= since:  # it was late before anybody asked
        return replace(clock, frozen=None)
    if unit is Unit.HOURS:
        hours = int((at - since).total_seconds() // 3600)
        return replace(
            clock, frozen=None, due=clock.due + (at - since),
            why=f"{clock.why}中间停表 {hours} 小时,不计入。",
        )  # fmt: skip
    began, ended = day_of(since), day_of(at)
    counted = unit is Unit.WORKING_DAYS
    days = calendar.between(began, ended) if counted else (ended - began).days
    if not days:
        return replace(clock, frozen=None)
    end = due(clock.due, amount=days, unit=unit, calendar=calendar)
    said_days = f"{days} 个工作日" if counted else f"{days} 天"
    return replace(
        clock, frozen=None, due=end.at, provisional=clock.provisional or end.provisional,
        why=f"{clock.why}中间停表 {said_days},不计入,到{said(end.at)}。",
    )  # fmt: skip


def next_due(clocks: tuple[Clock, ...]) -> Clock | None:
    """The running clock that ends first; one that stands still has no date."""
    running = [clock for clock in clocks if clock.runs and clock.frozen is None]
    return min(running, key=lambda clock: clock.due, default=None)


def extended(clocks: tuple[Clock, ...], rule_id: str, end: Due, *, basis: str) -> tuple[Clock, ...]:
    """The clocks with one of them ending later."""
    return tuple(
        replace(clock, due=end.at, provisional=end.provisional, why=f"已延期。{end.why}{basis}")
        if clock.rule == rule_id and clock.runs
        else clock
        for clock in clocks
    )
