"""Whose time it was: each stretch of a ticket belongs to the unit that held it.

The whole clock runs from intake and no return stops it; that is the office's figure. A unit answers
for its own stretches. One that ended in 退单 is charged to the desk that sent it the wrong way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casework.deadlines import Rule, WorkCalendar, due
from casework.tickets import OVER, Action, Entry, Ticket

#: What passes a ticket to another unit; the line of the history says which.
PASSES = frozenset({Action.FILE, Action.DISPATCH, Action.REASSIGN, Action.RETURN})


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """One unit's time with a ticket."""

    unit: str
    began: datetime
    ended: datetime | None = None  # None while it is still there
    charged_to: str = ""  # who answers for it; another than `unit` after a return

    def on_time(self, rule: Rule, calendar: WorkCalendar, now: datetime) -> bool:
        """Whether it was not longer than the rule gives the whole matter."""
        end = due(self.began, amount=rule.amount, unit=rule.unit, calendar=calendar)
        return (self.ended or now) <= end.at


def stretches(ticket: Ticket, entries: Sequence[Entry]) -> tuple[Stretch, ...]:
    """The ticket's time from intake to its last step, divided among those who held it."""
    held: list[Stretch] = []
    sender = ""
    for entry in entries:
        if entry.action not in PASSES or not entry.to:
            continue
        if held:
            held[-1] = replace(held[-1], ended=entry.at)
            if entry.action is Action.RETURN:
                held[-1] = replace(held[-1], charged_to=sender or held[-1].unit)
        held.append(Stretch(unit=entry.to, began=entry.at, charged_to=entry.to))
        sender = entry.by if entry.action is not Action.FILE else ""
    if not held:
        held = [Stretch(unit=ticket.owner, began=ticket.filed_at, charged_to=ticket.owner)]
    if ticket.status in OVER and entries:
        held[-1] = replace(held[-1], ended=_over_since(entries))
    return tuple(_joined(held))


def _over_since(entries: Sequence[Entry]) -> datetime:
    """The last step that was work; looking at it and noting later is none."""
    idle = {Action.OPEN, Action.NOTE, Action.BATCH, Action.ADD, Action.ARCHIVE}
    return [e.at for e in entries if e.action not in idle][-1]


def _joined(held: Iterable[Stretch]) -> Iterable[Stretch]:
    """Two stretches in a row of the same unit are one."""
    last: Stretch | None = None
    for each in held:
        same = last is not None and (last.unit, last.charged_to) == (each.unit, each.charged_to)
        if last is not None and same:
            last = replace(last, ended=each.ended)
            continue
        if last is not None:
            yield last
        last = each
    if last is not None:
        yield last


@dataclass(frozen=True, kw_only=True)
class OnTime:
    """Numerator and denominator: a rate is never shown without both."""

    kept: int
    of: int

    def __str__(self) -> str:
        return f"{self.kept}/{self.of}"


def on_time(
    unit: str, held: Iterable[Stretch], rule: Rule, calendar: WorkCalendar, now: datetime
) -> OnTime:
    """A unit's own stretches: those charged to it, and how many kept the rule."""
    own = [each for each in held if each.charged_to == unit]
    return OnTime(kept=sum(each.on_time(rule, calendar, now) for each in own), of=len(own))
