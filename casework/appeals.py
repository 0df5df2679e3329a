"""What the reporter may do about her report: ask for 复查, then 复核; remind; take it back."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, time, timedelta

from casework.deadlines import WorkCalendar, due, next_due, said
from casework.offices import Organisation
from casework.permits import is_township
from casework.refusals import NotAllowed
from casework.reports import REPORTER, Letter, Mailbox
from casework.rules import Rules
from casework.tickets import Action, Entry, Kind, Status, Ticket
from casework.workdays import SHANGHAI, day_of

#: What each appeal is against.
AGAINST = {
    Action.ASK_REVIEW: frozenset({Action.REPLY}),
    Action.ASK_REEXAM: frozenset({Action.REVIEW_KEEP, Action.REVIEW_REDO}),
}


def mailbox(
    ticket: Ticket, entries: Sequence[Entry], letters: Sequence[Letter], rules: Rules,
    calendar: WorkCalendar, now: datetime,
) -> Mailbox:  # fmt: skip
    """What her code opens: how the matter stands, and which ways are open to her."""
    gone = ticket.tracks.withdrawn
    clock = next_due(ticket.clocks) if ticket.is_open and not gone else None
    appeal = None if gone else next_appeal(ticket)
    if appeal and too_late(appeal, entries, rules, calendar, now):
        appeal = None
    start = may_remind_from(ticket, entries, rules, calendar)
    return Mailbox(
        number=ticket.number,
        status=ticket.told.value,
        plain=ticket.told.plain,
        filed_at=ticket.filed_at,
        due=clock.due if clock else None,
        why=clock.why if clock else "",
        letters=tuple(letters),
        can_reopen=ticket.status in (Status.REPLIED, Status.RESOLVED) and not gone,
        can_rate=Action.SOLVED in ticket.allowed() and not gone,
        can_appeal=appeal.value if appeal else "",
        appeal_until=appeal_end(appeal, entries, rules, calendar) if appeal else None,
        can_withdraw=not gone and ticket.status is not Status.ARCHIVED,
        can_remind=start is not None and now >= start,
        remind_from=start if start and now < start else None,
    )


def next_appeal(ticket: Ticket) -> Action | None:
    """The appeal the tables allow now."""
    return next((step for step in AGAINST if step in ticket.allowed()), None)


def appeal_open(
    ticket: Ticket, entries: Sequence[Entry], rules: Rules, calendar: WorkCalendar, now: datetime
) -> Action:
    """The appeal she may make now. Raises `NotAllowed` where there is none, or its days are over."""
    wanted = next_appeal(ticket)
    if wanted is None:
        raise NotAllowed("现在不能申请复查或者复核。", "no-appeal")
    if late := too_late(wanted, entries, rules, calendar, now):
        raise NotAllowed(late)
    return wanted


def too_late(
    appeal: Action, entries: Sequence[Entry], rules: Rules, calendar: WorkCalendar, now: datetime
) -> str:
    """Why an appeal cannot be taken any more, '' while its window is open."""
    end = appeal_end(appeal, entries, rules, calendar)
    if end is None:
        return "还没有书面答复,不用申请复查。"
    if now > end:
        return f"{said(end)}以前可以申请,现在过了期限。有新的情况可以再反映一次。"
    return ""


def appeal_end(
    appeal: Action, entries: Sequence[Entry], rules: Rules, calendar: WorkCalendar
) -> datetime | None:
    """Until when an appeal is taken, None while there is nothing to appeal against."""
    given = [e.at for e in entries if e.action in AGAINST[appeal]]
    if not given:
        return None
    window = rules.appeal
    return due(given[-1], amount=window.amount, unit=window.unit, calendar=calendar).at


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


def reminders(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Each time she herself reminded; what a unit or the house reminds of is no word of hers."""
    return tuple(e for e in entries if e.action is Action.REMIND and e.by == REPORTER)


def may_remind_from(
    ticket: Ticket, entries: Sequence[Entry], rules: Rules, calendar: WorkCalendar
) -> datetime | None:
    """The start of the first day on which she may remind: the day after the rule's days are over, from
    filing or from her last reminder. None where nobody works on it, or she took it back."""
    if ticket.tracks.withdrawn or Action.REMIND not in ticket.allowed():
        return None
    last = [ticket.filed_at, *(e.at for e in reminders(entries))][-1]
    window = rules.reminder
    end = due(last, amount=window.amount, unit=window.unit, calendar=calendar)
    return datetime.combine(day_of(end.at) + timedelta(days=1), time.min, SHANGHAI)


def check_reminder(
    ticket: Ticket, entries: Sequence[Entry], rules: Rules, calendar: WorkCalendar, now: datetime
) -> None:
    """Raises `NotAllowed`: with the day from which she may, or with why she may not at all."""
    start = may_remind_from(ticket, entries, rules, calendar)
    if start is None:
        raise NotAllowed(
            f"这件事不能催了:{ticket.told.plain}。还有话要说,可以补充几句。", "no-reminder"
        )
    if now < start:
        raise NotAllowed(
            f"还没到能催的日子,从{start.month}月{start.day}日起可以催。", "remind-early", at=start
        )


def goes_above(times: int, owner: str, organisation: Organisation) -> bool:
    """Whether her reminder is told above too: the second and each later one, and any while a township
    has it, which reads no word of hers."""
    return times > 1 or is_township(organisation, owner)


def above(owner: str, readers: AbstractSet[str], organisation: Organisation) -> str:
    """The unit above the owner that is told when something is wrong: the nearest that reads the report,
    the one right above it where none does."""
    over = organisation.over(owner)
    line = [unit.id for unit in organisation.upwards(organisation[over])]
    return next((unit for unit in line if unit in readers), over)
