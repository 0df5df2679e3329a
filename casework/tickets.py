"""A ticket's life is one table; an action returns the new ticket and the line of its history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from casework.deadlines import Clock
from casework.refusals import NotAllowed


class Status(StrEnum):
    """Machine values of the states (reference vocabulary of the 12345 work order)."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DISPATCHED = "dispatched"
    SIGNED = "signed"
    RETURNED = "returned"
    IN_PROGRESS = "in_progress"
    NEEDS_INFO = "needs_info"
    REPLIED = "replied"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        return STATUS_LABELS[self]

    @property
    def plain(self) -> str:
        """The same state as a villager is told it."""
        return STATUS_PLAIN[self]


STATUS_LABELS = {
    Status.RECEIVED: "待受理",
    Status.ACCEPTED: "已受理",
    Status.DECLINED: "不予受理",
    Status.DISPATCHED: "已交办",
    Status.SIGNED: "已签收",
    Status.RETURNED: "已退单",
    Status.IN_PROGRESS: "办理中",
    Status.NEEDS_INFO: "待反映人补充",
    Status.REPLIED: "已答复",
    Status.RESOLVED: "已办结",
    Status.REOPENED: "重办",
    Status.CLOSED: "销号",
}

STATUS_PLAIN = {
    Status.RECEIVED: "已经收到,等着受理",
    Status.ACCEPTED: "已经受理,正在安排人办",
    Status.DECLINED: "这件事不归这里管,下面写了该找谁",
    Status.DISPATCHED: "已经交给办事的单位",
    Status.SIGNED: "办事的单位已经接下了",
    Status.RETURNED: "办事的单位说不归他管,正在重新安排",
    Status.IN_PROGRESS: "正在办",
    Status.NEEDS_INFO: "办事的人有句话想问您,请看下面",
    Status.REPLIED: "已经答复,请看下面",
    Status.RESOLVED: "说是办好了。没办好您可以说一声",
    Status.REOPENED: "您说没办好,正在重新办",
    Status.CLOSED: "已经办结",
}


class Action(StrEnum):
    """What may be done to a ticket."""

    FILE = "file"
    ACCEPT = "accept"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    SIGN = "sign"
    RETURN = "return"
    START = "start"
    ASK = "ask"
    ADD = "add"
    REPLY = "reply"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"
    EXTEND = "extend"
    NOTE = "note"
    MARK_CLUE = "mark_clue"
    REMIND = "remind"
    ESCALATE = "escalate"
    OPEN = "open"
    BATCH = "batch"

    @property
    def label(self) -> str:
        return ACTION_LABELS[self]


ACTION_LABELS = {
    Action.FILE: "登记",
    Action.ACCEPT: "受理",
    Action.DECLINE: "不予受理",
    Action.DISPATCH: "交办",
    Action.SIGN: "签收",
    Action.RETURN: "退单",
    Action.START: "开始办理",
    Action.ASK: "请反映人补充",
    Action.ADD: "反映人补充",
    Action.REPLY: "答复",
    Action.RESOLVE: "办结",
    Action.REOPEN: "重办",
    Action.CLOSE: "销号",
    Action.EXTEND: "延期",
    Action.NOTE: "内部备注",
    Action.MARK_CLUE: "标记为问题线索",
    Action.REMIND: "催办",
    Action.ESCALATE: "超期上报",
    Action.OPEN: "查看",
    Action.BATCH: "移交纪委",
}

S, A = Status, Action

#: States in which somebody at the office still has to do something.
OPEN: frozenset[Status] = frozenset(Status) - {S.DECLINED, S.CLOSED}

#: States in which the undertaking unit is at work.
AT_WORK = (S.SIGNED, S.IN_PROGRESS, S.NEEDS_INFO, S.REPLIED, S.REOPENED)

#: The whole life of a ticket. Anything not written here is refused.
NEXT: dict[tuple[Status, Action], Status] = {
    (S.RECEIVED, A.ACCEPT): S.ACCEPTED,
    (S.RECEIVED, A.DECLINE): S.DECLINED,
    (S.ACCEPTED, A.DISPATCH): S.DISPATCHED,
    (S.RETURNED, A.DISPATCH): S.DISPATCHED,
    (S.DISPATCHED, A.SIGN): S.SIGNED,
    (S.DISPATCHED, A.RETURN): S.RETURNED,
    (S.SIGNED, A.START): S.IN_PROGRESS,
    (S.REOPENED, A.START): S.IN_PROGRESS,
    (S.REPLIED, A.RESOLVE): S.RESOLVED,
    (S.RESOLVED, A.CLOSE): S.CLOSED,
    (S.RESOLVED, A.REOPEN): S.REOPENED,
    (S.REPLIED, A.REOPEN): S.REOPENED,
    **{(at, A.ASK): S.NEEDS_INFO for at in AT_WORK},
    **{(at, A.REPLY): S.REPLIED for at in (*AT_WORK, S.RESOLVED)},
    **{(at, A.EXTEND): at for at in AT_WORK},
    **{(at, A.ADD): at for at in Status if at is not S.NEEDS_INFO},
    (S.NEEDS_INFO, A.ADD): S.IN_PROGRESS,
    **{(at, A.NOTE): at for at in Status},
    **{(at, A.MARK_CLUE): at for at in Status},
    **{(at, A.OPEN): at for at in Status},
    **{(at, A.BATCH): at for at in Status},
    **{(at, A.REMIND): at for at in OPEN},
    **{(at, A.ESCALATE): at for at in OPEN},
}

del S, A


class Kind(StrEnum):
    """What sort of matter it is; the deadline policy is chosen by it."""

    CLUE = "clue"
    QUALITY = "quality"
    SERVICE = "service"
    URGENT = "urgent"

    @property
    def label(self) -> str:
        return {"clue": "作风线索", "quality": "房屋质量", "service": "政策办事", "urgent": "紧急"}[
            self.value
        ]


class Audience(StrEnum):
    """Who may read the text of a history line."""

    INSIDE = "inside"
    REPORTER = "reporter"


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

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    def allowed(self) -> tuple[Action, ...]:
        """The actions the table allows from here, in the order of the table."""
        return tuple(action for (status, action) in NEXT if status is self.status)

    def record(
        self,
        action: Action,
        *,
        by: str,
        at: datetime,
        person: str = "",
        text: bytes | None = None,
        audience: Audience = Audience.INSIDE,
    ) -> tuple[Ticket, Entry]:
        """The ticket after `action`, and the line of its history. Nothing is changed in place."""
        try:
            status = NEXT[self.status, action]
        except KeyError:
            raise NotAllowed(f"“{self.status.label}”的件不能“{action.label}”。") from None
        entry = Entry(at=at, action=action, by=by, person=person, text=text, audience=audience)
        return replace(self, status=status, version=self.version + 1), entry
