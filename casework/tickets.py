"""A ticket's life is one table; an action returns the new ticket and the line of its history."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from casework.deadlines import Clock, Policy, WorkCalendar, after_action
from casework.refusals import NotAllowed
from casework.tracks import Tracks
from casework.vocabulary import STATUS_LABELS as STATUS_LABELS
from casework.vocabulary import Action as Action
from casework.vocabulary import Audience as Audience
from casework.vocabulary import Kind as Kind
from casework.vocabulary import Status as Status

S, A = Status, Action

#: States in which nobody at the office has to do anything any more.
OVER = frozenset(
    {S.DECLINED, S.CLOSED, S.REFERRED, S.MERGED, S.WITHDRAWN, S.ARCHIVED}
)  # fmt: skip

#: States in which somebody at the office still has to do something.
OPEN: frozenset[Status] = frozenset(Status) - OVER

#: States in which the undertaking unit is at work.
AT_WORK = (S.SIGNED, S.IN_PROGRESS, S.NEEDS_INFO, S.REPLIED, S.REOPENED)

#: States in which the reporter may be answered; while a house is being put right the state stays.
ANSWERING = (*AT_WORK, S.RESOLVED)
ANSWERED_BESIDES = (S.RECTIFYING, S.REINSPECTION, S.MERGED)

#: States in which a written answer is there to appeal against.
APPEALABLE = (S.REPLIED, S.RESOLVED, S.FOLLOWUP, S.CLOSED)
DECIDABLE = (*AT_WORK, S.RECTIFYING, S.REINSPECTION, S.RESOLVED, S.FOLLOWUP, S.CLOSED)

#: The means of supervision (plan 三(三)); each is a line of the history, none moves the ticket.
SUPERVISING = (A.CIRCULAR, A.INTERVIEW, A.PROBLEM_LETTER, A.ACCOUNTABILITY)

#: The whole life of a ticket. Anything not written here is refused.
NEXT: dict[tuple[Status, Action], Status] = {
    (S.RECEIVED, A.ACCEPT): S.ACCEPTED,
    (S.RECEIVED, A.DECLINE): S.DECLINED,
    (S.RECEIVED, A.ASK): S.NEEDS_INFO,
    (S.NEEDS_INFO, A.ACCEPT): S.ACCEPTED,
    (S.NEEDS_INFO, A.DECLINE): S.DECLINED,
    (S.ACCEPTED, A.DISPATCH): S.DISPATCHED,
    (S.RETURNED, A.DISPATCH): S.DISPATCHED,
    (S.DISPATCHED, A.SIGN): S.SIGNED,
    (S.DISPATCHED, A.RETURN): S.RETURNED,
    **{(at, A.REASSIGN): S.DISPATCHED for at in (S.DISPATCHED, *AT_WORK)},
    (S.SIGNED, A.START): S.IN_PROGRESS,
    (S.REOPENED, A.START): S.IN_PROGRESS,
    **{(at, A.ASK): S.NEEDS_INFO for at in AT_WORK},
    (S.NEEDS_INFO, A.ADD): S.IN_PROGRESS,
    **{(at, A.ADD): at for at in Status if at is not S.NEEDS_INFO},
    **{(at, A.SUBMIT): at for at in (*ANSWERING, *ANSWERED_BESIDES)},
    **{(at, A.PASS): at for at in (*ANSWERING, *ANSWERED_BESIDES)},
    **{(at, A.SEND_BACK): at for at in (*ANSWERING, *ANSWERED_BESIDES)},
    **{(at, A.REPLY): S.REPLIED for at in ANSWERING},
    **{(at, A.REPLY): at for at in ANSWERED_BESIDES},
    **{(at, A.RECTIFY): S.RECTIFYING for at in (S.IN_PROGRESS, S.REPLIED, S.REOPENED)},
    (S.RECTIFYING, A.RECTIFIED): S.REINSPECTION,
    (S.REINSPECTION, A.REINSPECT_PASS): S.IN_PROGRESS,
    (S.REINSPECTION, A.REINSPECT_FAIL): S.RECTIFYING,
    (S.REPLIED, A.RESOLVE): S.RESOLVED,
    (S.RESOLVED, A.FOLLOW_UP): S.FOLLOWUP,
    **{(at, A.SOLVED): S.FOLLOWUP for at in (S.RESOLVED, S.FOLLOWUP)},
    **{(at, A.UNSOLVED): S.REOPENED for at in (S.RESOLVED, S.FOLLOWUP)},
    **{(at, A.NOBODY_CAME): S.REOPENED for at in (S.RESOLVED, S.FOLLOWUP)},
    (S.FOLLOWUP, A.UNREACHED): S.FOLLOWUP,
    **{(at, A.REOPEN): S.REOPENED for at in (S.REPLIED, S.RESOLVED, S.FOLLOWUP)},
    **{(at, A.CLOSE): S.CLOSED for at in (S.RESOLVED, S.FOLLOWUP, S.REFERRED)},
    **{
        (at, step): at
        for at in (*AT_WORK, S.RECTIFYING)
        for step in (A.ASK_EXTENSION, A.EXTEND, A.NO_EXTENSION)
    },
    **{(at, step): at for at in APPEALABLE for step in (A.ASK_REVIEW, A.ASK_REEXAM)},
    **{(at, step): at for at in DECIDABLE for step in (A.REVIEW_KEEP, A.REEXAM_KEEP)},
    **{(at, step): S.REOPENED for at in DECIDABLE for step in (A.REVIEW_REDO, A.REEXAM_REDO)},
    **{
        (at, A.MERGE): S.MERGED
        for at in (S.RECEIVED, S.ACCEPTED, S.RETURNED, S.DISPATCHED, S.SIGNED, S.IN_PROGRESS)
    },
    **{
        (at, A.PARK): S.PARKED
        for at in (S.SIGNED, S.IN_PROGRESS, S.RECTIFYING, S.REPLIED, S.REOPENED)
    },
    (S.PARKED, A.UNPARK): S.IN_PROGRESS,
    **{(at, A.REFER): S.REFERRED for at in Status if at in OPEN},
    **{(at, A.WITHDRAW): S.WITHDRAWN for at in Status if at in OPEN},
    **{(at, A.WISH_WITHDRAWN): at for at in Status},
    **{(at, A.ARCHIVE): S.ARCHIVED for at in (S.DECLINED, S.CLOSED, S.MERGED, S.WITHDRAWN)},
    **{(at, step): at for at in Status for step in (A.NOTE, A.MARK_CLUE, A.OPEN, A.BATCH)},
    **{(at, step): at for at in Status if at in OPEN for step in (A.REMIND, A.ESCALATE)},
    **{(at, step): at for at in Status if at in OPEN for step in SUPERVISING},
}

#: A question asked before acceptance (补正) leads back to where it was asked.
AFTER_ANSWER = {S.RECEIVED: S.RECEIVED}

del S, A


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
