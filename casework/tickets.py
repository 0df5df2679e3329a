"""A ticket and its history: an action of the table returns the new ticket and the line it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from casework.deadlines import Clock, Policy, WorkCalendar, after_action
from casework.refusals import NotAllowed
from casework.steps import NEXT as NEXT
from casework.steps import OPEN as OPEN
from casework.steps import OVER as OVER
from casework.steps import Action as Action
from casework.tracks import Tracks
from casework.vocabulary import STATUS_LABELS as STATUS_LABELS
from casework.vocabulary import Audience as Audience
from casework.vocabulary import Kind as Kind
from casework.vocabulary import Status as Status

#: A question asked before acceptance (补正) leads back to where it was asked.
AFTER_ANSWER = {Status.RECEIVED: Status.RECEIVED}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a ticket's history. Nothing is ever changed or removed."""

    at: datetime
    action: Action
    by: str  # a role or unit, shown inside; never a villager's account
    person: str = ""  # the member of staff, for the audit
    audience: Audience = Audience.INSIDE
    text: bytes | None = None  # sealed to the ticket's readers
    n: int = 0  # position in the history, given by the store
    to: str = ""  # the unit it goes to, is proposed to, or was escalated to
    code: str = ""  # the reason, by its id in the rules


def standing(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The lines that hold: not those that were taken back, nor the taking back. Rules and the reporter
    go by these; colleagues are shown all."""
    gone = taken_back(entries)
    return tuple(e for e in entries if e.n not in gone and e.action is not Action.TAKE_BACK)


def taken_back(entries: Sequence[Entry]) -> frozenset[int]:
    """The positions of the lines that were taken back."""
    return frozenset(int(e.code) for e in entries if e.action is Action.TAKE_BACK)


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """One report at the office. What identifies or tells is sealed elsewhere."""

    number: str  # random, never a running number
    county: str  # GB/T 2260 code of the county, '' when the reporter named none
    category: str
    kind: Kind
    owner: str  # the unit that must act now
    filed_at: datetime
    clocks: tuple[Clock, ...]
    status: Status = Status.RECEIVED
    to_discipline: bool = False
    handler: str = ""
    returns: int = 0
    version: int = 1
    tracks: Tracks = field(default_factory=Tracks)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def told(self) -> Status:
        """The state as the reporter is told it. Once she asked to take it back, whoever stands
        behind her reads the same, whether it stopped or not."""
        return Status.WITHDRAWN if self.tracks.withdrawn else self.status

    def allowed(self) -> tuple[Action, ...]:
        """The actions that the tables allow from here, in the order of the table."""
        return tuple(
            action
            for (status, action) in NEXT
            if status is self.status and not self._waits(action) and not self.tracks.refusal(action)
        )

    def _waits(self, action: Action) -> bool:
        """While a question waits, only what could be done before it was asked."""
        if self.status is not Status.NEEDS_INFO or not self.tracks.asked_in:
            return False
        before = Status(self.tracks.asked_in)
        return action is not Action.ADD and (before, action) not in NEXT

    def wound(self, action: Action, at: datetime, policy: Policy, calendar: WorkCalendar) -> Ticket:
        """The ticket with its clocks as they stand after `action`, which has been recorded."""
        clocks = after_action(
            self.clocks, action.value, at, policy=policy, kind=self.kind.value, calendar=calendar,
            status=self.status.value,
        )  # fmt: skip
        return replace(self, clocks=clocks)

    def record(
        self,
        action: Action,
        *,
        by: str,
        at: datetime,
        person: str = "",
        text: bytes | None = None,
        audience: Audience = Audience.INSIDE,
        to: str = "",
        code: str = "",
    ) -> tuple[Ticket, Entry]:
        """The ticket after `action`, and the line of its history. Nothing is changed in place."""
        status = NEXT.get((self.status, action))
        if status is None or self._waits(action):
            raise NotAllowed(f"“{self.status.label}”的件不能“{action.label}”。")
        if self.status is Status.NEEDS_INFO and action is Action.ADD and self.tracks.asked_in:
            status = AFTER_ANSWER.get(Status(self.tracks.asked_in), status)
        entry = Entry(
            at=at, action=action, by=by, person=person, text=text, audience=audience, to=to,
            code=code,
        )  # fmt: skip
        tracks = self.tracks.after(action, self.status)
        return replace(self, status=status, version=self.version + 1, tracks=tracks), entry


#: A threat against the reporter, or a leak of who she is.
THREAT = "leak.reporter"


def is_alarming(ticket: Ticket) -> bool:
    """Whether somebody must be told at once: a house that may come down, a reporter in danger."""
    return ticket.kind is Kind.URGENT or ticket.category == THREAT
