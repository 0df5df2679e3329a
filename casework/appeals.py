"""What the reporter may do about an answer: ask for 复查, then 复核; or take her report back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casework.deadlines import WorkCalendar, due, said
from casework.rules import Rules
from casework.tickets import Action, Entry, Kind, Ticket

#: What each appeal is against.
AGAINST = {
    Action.ASK_REVIEW: frozenset({Action.REPLY}),
    Action.ASK_REEXAM: frozenset({Action.REVIEW_KEEP, Action.REVIEW_REDO}),
}


def next_appeal(ticket: Ticket) -> Action | None:
    """The appeal the tables allow now."""
    return next((step for step in AGAINST if step in ticket.allowed()), None)


def too_late(
    ticket: Ticket, appeal: Action, entries: Sequence[Entry], rules: Rules,
    calendar: WorkCalendar, now: datetime,
) -> str:  # fmt: skip
    """Why an appeal cannot be taken any more, '' while its window is open."""
    given = [e.at for e in entries if e.action in AGAINST[appeal]]
    if not given:
        return "还没有书面答复,不用申请复查。"
    window = rules.appeal
    end = due(given[-1], amount=window.amount, unit=window.unit, calendar=calendar)
    if now > end.at:
        return f"{said(end.at)}以前可以申请,现在过了期限。有新的情况可以再反映一次。"
    return ""


def withdrawal(ticket: Ticket) -> Action:
    """Taking back stops a housing matter; a clue is never closed by it, only told of it."""
    clue = ticket.to_discipline or ticket.kind is Kind.CLUE
    can_stop = Action.WITHDRAW in ticket.allowed()
    return Action.WITHDRAW if can_stop and not clue else Action.WISH_WITHDRAWN


def under_pressure(
    entries: Sequence[Entry], rules: Rules, calendar: WorkCalendar, at: datetime
) -> bool:
    """Whether a wish to withdraw comes so soon after an assignment or a visit that somebody may
    have pressed her."""
    visits = {Action.DISPATCH, Action.REASSIGN, Action.SIGN, Action.START, Action.RECTIFY}
    window = rules.pressure
    return any(
        e.action in visits
        and at <= due(e.at, amount=window.amount, unit=window.unit, calendar=calendar).at
        for e in entries
    )
