"""The queue: in which tab a ticket stands, whose it is, and what comes before what.

What is kept beside each box of a ticket (`storage/boxes.py`) is worked out here, so that a list of a unit
with tens of thousands of tickets walks those it shows and no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum

from casework.deadlines import next_due
from casework.steps import OVER, Above, Action
from casework.tickets import Ticket
from casework.vocabulary import Status
from casework.workdays import SHANGHAI, day_of

S = Status

#: Sorts after every real deadline: for tickets with no clock running.
NO_DEADLINE = datetime.fromisoformat("9999-12-31T00:00:00+00:00")


class Tab(StrEnum):
    """The tabs of a queue. A ticket stands in one of those up to DONE; the others look across."""

    NEW = "new"
    TO_SIGN = "to_sign"
    WORKING = "working"
    TO_REVIEW = "to_review"
    TO_INSPECT = "to_inspect"
    WAITING = "waiting"
    FOLLOWUP = "followup"
    DONE = "done"
    OVERDUE = "overdue"
    TODAY = "today"
    URGED = "urged"
    VOICE = "voice"

    @property
    def label(self) -> str:
        return {
            "new": "待受理",
            "to_sign": "待签收",
            "working": "办理中",
            "to_review": "待审核",
            "to_inspect": "待复验",
            "waiting": "待反映人补充",
            "followup": "待回访",
            "done": "已办结",
            "overdue": "超期",
            "today": "今日到期",
            "urged": "督办",
            "voice": "有语音",
        }[self.value]


#: Each ticket stands in exactly one of these.
PLACES = tuple(Tab)[: list(Tab).index(Tab.DONE) + 1]

_STANDS: Mapping[Status, Tab] = {
    **dict.fromkeys((S.RECEIVED, S.ACCEPTED, S.RETURNED), Tab.NEW),
    S.DISPATCHED: Tab.TO_SIGN,
    **dict.fromkeys(
        (S.SIGNED, S.IN_PROGRESS, S.RECTIFYING, S.REPLIED, S.REOPENED, S.PARKED), Tab.WORKING
    ),
    S.REINSPECTION: Tab.TO_INSPECT,
    S.NEEDS_INFO: Tab.WAITING,
    **dict.fromkeys((S.RESOLVED, S.FOLLOWUP), Tab.FOLLOWUP),
    **dict.fromkeys(OVER, Tab.DONE),
}

del S


class Scope(StrEnum):
    """Whose tickets: those I handle, those my unit has, those of units below."""

    ALL = "all"
    MINE = "mine"
    UNIT = "unit"
    BELOW = "below"

    @property
    def label(self) -> str:
        return {"all": "全部", "mine": "我的", "unit": "本单位", "below": "下级"}[self.value]


@dataclass(frozen=True, kw_only=True)
class View:
    """What of the queue is looked at; empty fields leave nothing out."""

    tab: Tab = Tab.NEW
    scope: Scope = Scope.ALL
    county: str = ""  # code of the county
    category: str = ""
    handler: str = ""  # a member of staff
    month: str = ""  # filed in 2026-11


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many stand in each tab, before any filter but scope and county."""

    counts: Mapping[Tab, int] = field(default_factory=dict)

    def __getitem__(self, tab: Tab) -> int:
        return self.counts.get(tab, 0)


def place_of(ticket: Ticket) -> Tab:
    """The one tab it stands in. What somebody else must decide comes before how far the work is."""
    tracks = ticket.tracks
    if tracks.appeals:
        return Tab.TO_REVIEW
    waits = tracks.draft == "submitted" or tracks.extension == "requested"
    if waits and ticket.is_open:
        return Tab.TO_REVIEW
    return _STANDS[ticket.status]


def turn_of(ticket: Ticket, at: datetime) -> datetime:
    """What it is sorted by: when the next clock ends, and for what is over, `at`, when it came to that."""
    if place_of(ticket) is Tab.DONE:
        return at
    clock = next_due(ticket.clocks)
    return clock.due if clock else NO_DEADLINE


def midnight_after(now: datetime) -> datetime:
    """The last moment of today, as people there count days."""
    return datetime.combine(day_of(now), time.max, SHANGHAI)


def is_urged(action: Action) -> bool:
    """Whether it says that somebody above looks at it: the ladder, or a means of supervision."""
    return action is Action.ESCALATE or (
        action.card.above is Above.OWNER and action.card.part is None
    )


def stands_in(ticket: Ticket, tab: Tab, now: datetime) -> bool:
    """Whether a ticket, as its reader sees it, stands in a tab. A township, which alone asks this, is told
    neither what is urged from above nor what the reporter sent."""
    if tab in (Tab.URGED, Tab.VOICE):
        return False
    if tab in PLACES:
        return place_of(ticket) is tab
    turn = turn_of(ticket, now)
    late = turn < now
    return ticket.is_open and (
        late if tab is Tab.OVERDUE else not late and turn <= midnight_after(now)
    )
