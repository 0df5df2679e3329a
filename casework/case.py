"""Her case as she is told it: who has it, what happened, what comes next, what she can do now.

One description for every channel, which only says it. Nothing of what the office does among itself is in
it, and no person. Once she took it back, whoever stands behind her reads the same whether it stopped or
goes on: no unit, no next step, and of what came later only what she did herself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.content import Content, Reach, Texts
from casework.deadlines import Clock, in_days, next_due
from casework.offices import Level
from casework.permits import name_of
from casework.reports import REPORTER, Mailbox
from casework.tickets import THREAT, Action, Audience, Entry, Status, Ticket
from casework.workdays import day_of

A = Action

#: With these stands what somebody wrote himself; the text of the others is ours, and said by the step.
OF_HERS = frozenset({A.FILE, A.ADD, A.ASK_REVIEW, A.ASK_REEXAM})
OURS = frozenset({A.ACCEPT})

#: Said alike, so that it does not tell which of the two it was.
SAME = {A.WISH_WITHDRAWN: A.WITHDRAW, A.REASSIGN: A.DISPATCH}

#: 回访: 1 解决了 2 没解决 3 还没人来过.
RATINGS = (A.SOLVED.value, A.UNSOLVED.value, A.NOBODY_CAME.value)

#: Clocks of what is settled among officers.
INSIDE = frozenset({"extension"})
#: Clocks that run on a report that is closed.
AFTER_THE_END = frozenset({"review", "reexam"})

del A


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened, and what was written with it."""

    at: datetime
    what: str  # of `case.step`
    unit: str = ""  # whom it went to, by name
    letter: str | None = None  # '' is a file without words
    mine: bool = False  # the letter is hers: shown for her code alone

    def said(self, texts: Texts) -> str:
        return texts(f"case.step.{self.what}", unit=self.unit)

    def written(self, texts: Texts) -> str:
        return self.letter or texts("page.file")


@dataclass(frozen=True, kw_only=True)
class Next:
    """What somebody must do now, and by when."""

    what: str  # the rule's id; `finish` where she was answered and it is not done yet
    label: str  # how the office calls it
    due: datetime
    why: str
    same_day: bool = False  # it is a matter of hours
    late: bool = False
    told_to: str = ""  # the unit above that heard of the delay, by name

    def said(self, texts: Texts) -> str:
        own = f"case.next.{self.what.removeprefix('ceiling.').partition('.')[0]}"
        what = texts(own) if own in texts else self.label
        due = texts.moment(self.due) if self.same_day else texts.day(self.due)
        if not self.late:
            return texts("case.by", what=what, due=due)
        late = texts("case.late", what=what, due=due)
        return late + (texts("case.told_to", unit=self.told_to) if self.told_to else "")


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The unit that has it, and how it is reached. `above` says that it never was with the county;
    `of_county` that the phone is the county's, for a township under it."""

    name: str
    reach: Reach
    now: bool  # it still has something to do
    above: bool = False
    of_county: bool = False

    def said(self, texts: Texts) -> str:
        said = texts("case.with" if self.now else "case.was_with", unit=self.name)
        return said + (texts("case.above") if self.above else "")

    def phone(self, texts: Texts) -> str:
        """What stands before its number; what is said where it has none."""
        if not self.reach.phone:
            return texts("case.no_phone")
        return texts("case.county_phone" if self.of_county else "case.phone")


@dataclass(frozen=True, kw_only=True)
class Case:
    """`ways` are what is open to her now, 回访 first."""

    box: Mailbox
    holder: Holder | None
    steps: tuple[Step, ...]
    next: Next | None
    ways: tuple[str, ...]
    asked: bool  # the next step is hers: a question waits for her
    joins: bool = (
        True  # her account may be joined to it, if she agrees: not where she is threatened
    )
    fresh: bool = False  # its last step could still be taken back, as she had not looked
    untouched: bool = (
        False  # looked over just now: it lies as it was filed, and its line in the log
    )

    def coming(self, texts: Texts) -> str:
        """What comes next, '' where nothing does."""
        if self.asked:
            return texts("case.asked")
        return self.next.said(texts) if self.next else ""

    def why(self, texts: Texts) -> str:
        """How its day was counted."""
        return texts("page.mailbox.why", why=in_days(self.next.why)) if self.next else ""


def case_of(
    box: Mailbox, ticket: Ticket, entries: Sequence[Entry], content: Content, now: datetime
) -> Case:
    """Out of her mailbox and the ticket behind it."""
    gone = ticket.tracks.withdrawn
    asked = ticket.status is Status.NEEDS_INFO and not gone
    return Case(
        box=box,
        holder=None if gone else _holder(ticket, entries, content, now),
        steps=tuple(_steps(box, entries, content)),
        next=None if gone or asked else _next(ticket, entries, content, now),
        ways=tuple(_ways(box)),
        asked=asked,
        joins=ticket.category != THREAT,
    )


def _holder(
    ticket: Ticket, entries: Sequence[Entry], content: Content, now: datetime
) -> Holder | None:
    """None where it left the house, and where its unit is no longer in the tree."""
    offices = content.organisation
    if ticket.status is Status.REFERRED or ticket.owner not in offices:
        return None
    unit = offices[ticket.owner]
    near = unit.level in (Level.COUNTY, Level.TOWNSHIP)
    # The county's phone is not for who went past the county.
    reach = content.reach(ticket.county, day_of(now)) if near else Reach(phone=unit.report_phone)
    held = {ticket.owner, *(entry.to for entry in entries)}
    county = offices.county_unit(ticket.county)
    return Holder(
        name=unit.name,
        reach=reach,
        now=ticket.is_open,
        above=county is not None and not near and county.id not in held,
        of_county=unit.level is Level.TOWNSHIP,
    )


def _steps(box: Mailbox, entries: Sequence[Entry], content: Content) -> Iterator[Step]:
    """The newest last. A letter belongs to the line of its moment."""
    letters = {letter.at: letter for letter in box.letters}
    gone = False
    for entry in entries:
        if not _is_told(entry) or (gone and entry.by != REPORTER):
            continue
        gone = gone or entry.action in (Action.WITHDRAW, Action.WISH_WITHDRAWN)
        letter = letters.get(entry.at) if _has_letter(entry) else None
        to = entry.by if entry.action is Action.ESCALATE else entry.to
        yield Step(
            at=entry.at,
            what=_what(entry),
            unit=name_of(content.organisation, to),
            letter=letter.text if letter else None,
            mine=letter is not None and letter.mine,
        )


def _is_told(entry: Entry) -> bool:
    """A reminder with a code is the house telling the unit above; a change of hands without a unit is
    only asked for."""
    if entry.action is Action.REMIND and entry.code:
        return False
    if entry.action is Action.REASSIGN and not entry.to:
        return False
    return entry.action.card.told


def _has_letter(entry: Entry) -> bool:
    if entry.by == REPORTER:
        return entry.action in OF_HERS
    is_for_her = entry.audience is Audience.REPORTER and entry.text is not None
    return is_for_her and entry.action not in OURS


def _what(entry: Entry) -> str:
    if entry.action is Action.REMIND:
        return "remind" if entry.by == REPORTER else "reminded_above"
    return SAME.get(entry.action, entry.action).value


def _next(ticket: Ticket, entries: Sequence[Entry], content: Content, now: datetime) -> Next | None:
    clock = next_due(tuple(c for c in ticket.clocks if _counts(c, ticket)))
    if clock is None:
        return None
    answered = ticket.status is Status.REPLIED and clock.rule.startswith("handle")
    climbed = [e.by for e in entries if e.action is Action.ESCALATE and e.at > clock.due]
    return Next(
        what="finish" if answered else clock.rule,
        label=clock.label,
        due=clock.due,
        why=clock.why,
        same_day=day_of(clock.due) == day_of(clock.started),
        late=now > clock.due,
        told_to=name_of(content.organisation, climbed[-1]) if climbed else "",
    )


def _counts(clock: Clock, ticket: Ticket) -> bool:
    return clock.rule not in INSIDE and (ticket.is_open or clock.rule in AFTER_THE_END)


def _ways(box: Mailbox) -> Iterator[str]:
    if box.can_rate:
        yield from RATINGS
    yield "add"
    if box.can_reopen and not box.can_rate:
        yield "reopen"
    if box.can_appeal:
        yield "appeal"
    if box.can_remind:
        yield "remind"
    if box.can_withdraw:
        yield "withdraw"
