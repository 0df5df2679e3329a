"""What may be done to a ticket: one card an action, and everything about the action on its card.

The table of the ticket's life, who may take a step, who must stay apart, what must be said and to whom, the
forms of the desk, the API and the page of rules are all read off the cards. A new step is a card here and its
sentences in the content's `steps.toml`; a rule that no card can hold is code in `permits.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from casework.offices import Role
from casework.vocabulary import Audience, Status

S, R = Status, Role

#: States in which nobody at the office has to do anything any more.
OVER = frozenset({S.DECLINED, S.CLOSED, S.REFERRED, S.MERGED, S.WITHDRAWN, S.ARCHIVED})

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

S_BEFORE = (S.RECEIVED, S.ACCEPTED, S.RETURNED)  # nobody works on it yet
_ASKED_BACK = (S.RESOLVED, S.FOLLOWUP)
_EXTENDABLE = (*AT_WORK, S.RECTIFYING)
_STILL_OPEN = tuple(status for status in Status if status in OPEN)


class Part(StrEnum):
    """What somebody has been to a ticket by a step he took; four eyes keep some parts apart."""

    HANDLING = "handling"  # what the unit that has the ticket does; those above watch and check
    CHECKING = "checking"  # judging the work of others
    REVIEW = "review"  # 复查
    REEXAM = "reexam"  # 复核
    MARKING = "marking"  # saying that it is a clue


class Group(StrEnum):
    """Where a step stands on the desk."""

    WORK = "work"
    TALK = "talk"
    ROUTE = "route"
    WATCH = "watch"

    @property
    def label(self) -> str:
        return {"work": "办理", "talk": "沟通", "route": "流转", "watch": "督导"}[self.value]


class Above(StrEnum):
    """Whose a step is that the unit with the ticket may not take itself."""

    OWNER = "owner"  # a unit above the one that has it
    REVIEW = "review"  # a unit above the one that reviewed it
    CITY = "city"  # any unit from the city up


_DESK = frozenset({R.DISPATCHER, R.SUPERVISOR})
_WORK = frozenset({R.HANDLER, R.SUPERVISOR})
_CHECK = frozenset({R.APPROVER, R.SUPERVISOR, R.LEADER})
_HIGH = frozenset({R.SUPERVISOR, R.LEADER})
_CALL = frozenset({R.FOLLOWUP_OFFICER, R.DISPATCHER, R.SUPERVISOR})
_ALL = frozenset({R.HANDLER, R.DISPATCHER, R.SUPERVISOR})
_NOBODY = frozenset[Role]()

_HANDLED = frozenset({Part.HANDLING})
_CHECKED = frozenset({Part.CHECKING, Part.REVIEW, Part.REEXAM})

INSIDE, HER = Audience.INSIDE, Audience.REPORTER


def to(status: Status, *states: Status) -> dict[Status, Status]:
    """Moves into `status` from each of the others."""
    return dict.fromkeys(states, status)


def stays(*states: Status) -> dict[Status, Status]:
    """Steps that leave the state as it is."""
    return {status: status for status in states}


@dataclass(frozen=True, kw_only=True)
class Card:
    """One action. A step that nobody `who` may take is the house's or the reporter's own."""

    label: str
    moves: Mapping[Status, Status] = field(default_factory=dict)
    who: frozenset[Role] = _NOBODY
    part: Part | None = None
    apart: frozenset[Part] = frozenset()  # who ever played one of these may not take it
    above: Above | None = None
    says: Audience | None = None  # it must say something, and to whom
    needs: tuple[str, ...] = ()  # what else it must carry, by the names of `Particulars`
    offers: tuple[str, ...] = ()  # what else it may carry
    for_owner: bool = False  # its words are for the unit that has the ticket, a township too
    for_townships: bool = False  # a township may take it with its task
    told: bool = False  # she is told of it, by `case.step.<action>` of the texts
    group: Group = Group.WORK
    usual: tuple[Status, ...] = ()  # states in which it is what comes next
    grave: bool = False  # not done lightly: it stands last
    final: bool = False  # cannot be taken back, not even at once


#: Every action below has its card; `Action("park")`, which looks one up, is written without.
_NO_CARD = Card(label="")


class Action(StrEnum):
    """Every action, in the order in which they stand on the desk and in the page of rules."""

    card: Card

    def __new__(cls, value: str, card: Card = _NO_CARD) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.card = card
        return member

    # What the reporter does, and the house by itself

    FILE = "file", Card(label="登记", told=True)
    ADD = "add", Card(
        label="反映人补充", told=True,
        moves=stays(*(each for each in S if each is not S.NEEDS_INFO))
        | to(S.IN_PROGRESS, S.NEEDS_INFO),
    )  # fmt: skip
    ASK_REVIEW = "ask_review", Card(label="申请复查", moves=stays(*APPEALABLE), told=True)
    ASK_REEXAM = "ask_reexam", Card(label="申请复核", moves=stays(*APPEALABLE), told=True)
    WITHDRAW = "withdraw", Card(label="撤回", moves=to(S.WITHDRAWN, *_STILL_OPEN), told=True)
    WISH_WITHDRAWN = "wish_withdrawn", Card(label="反映人要求撤回", moves=stays(*S), told=True)
    ESCALATE = "escalate", Card(label="超期上报", moves=stays(*_STILL_OPEN), told=True)
    OPEN = "open", Card(label="查看", moves=stays(*S))
    BATCH = "batch", Card(label="装入每月移交", moves=stays(*S))
    RECUSE = "recuse", Card(label="回避", moves=stays(*S), final=True)
    END_RECUSAL = "end_recusal", Card(label="取消回避", moves=stays(*S), final=True)
    TAKE_BACK = "take_back", Card(label="收回上一步")  # leads to wherever the ticket was before

    # Intake

    ACCEPT = "accept", Card(
        label="受理", moves=to(S.ACCEPTED, S.RECEIVED, S.NEEDS_INFO), who=_DESK, told=True,
        usual=(S.RECEIVED, S.NEEDS_INFO),
    )  # fmt: skip
    DISPATCH = "dispatch", Card(
        label="交办", moves=to(S.DISPATCHED, S.ACCEPTED, S.RETURNED), who=_DESK,
        offers=("to", "text"), for_owner=True, told=True, usual=(S.ACCEPTED, S.RETURNED),
    )  # fmt: skip

    # The undertaking unit's work

    SIGN = "sign", Card(
        label="签收", moves=to(S.SIGNED, S.DISPATCHED), who=_WORK, part=Part.HANDLING,
        apart=_CHECKED, for_townships=True, told=True, usual=(S.DISPATCHED,),
    )  # fmt: skip
    START = "start", Card(
        label="开始办理", moves=to(S.IN_PROGRESS, S.SIGNED, S.REOPENED), who=_WORK,
        part=Part.HANDLING, apart=_CHECKED, for_townships=True, told=True,
        usual=(S.SIGNED, S.REOPENED),
    )  # fmt: skip
    PASS = "pass", Card(
        label="审核通过", moves=stays(*ANSWERING, *ANSWERED_BESIDES), who=_CHECK,
        part=Part.CHECKING, apart=_HANDLED, usual=(*ANSWERING, *ANSWERED_BESIDES),
    )  # fmt: skip
    SEND_BACK = "send_back", Card(
        label="退回修改", moves=stays(*ANSWERING, *ANSWERED_BESIDES), who=_CHECK,
        part=Part.CHECKING, apart=_HANDLED, says=INSIDE, for_owner=True,
        usual=(*ANSWERING, *ANSWERED_BESIDES),
    )  # fmt: skip
    REPLY = "reply", Card(
        label="答复", moves=to(S.REPLIED, *ANSWERING) | stays(*ANSWERED_BESIDES), who=_WORK,
        part=Part.HANDLING, apart=_CHECKED, says=HER, told=True, group=Group.TALK,
        usual=(S.IN_PROGRESS,),
    )  # fmt: skip
    SUBMIT = "submit", Card(
        label="送审", moves=stays(*ANSWERING, *ANSWERED_BESIDES), who=_WORK,
        part=Part.HANDLING, apart=_CHECKED, says=INSIDE, usual=(S.IN_PROGRESS,),
    )  # fmt: skip
    RESOLVE = "resolve", Card(
        label="办结", moves=to(S.RESOLVED, S.REPLIED), who=_WORK, part=Part.HANDLING,
        apart=_CHECKED, told=True, usual=(S.REPLIED,),
    )  # fmt: skip
    RECTIFY = "rectify", Card(
        label="限期整改", moves=to(S.RECTIFYING, S.IN_PROGRESS, S.REPLIED, S.REOPENED), who=_WORK,
        part=Part.HANDLING, apart=_CHECKED, says=HER, told=True,
    )  # fmt: skip
    RECTIFIED = "rectified", Card(
        label="整改完成", moves=to(S.REINSPECTION, S.RECTIFYING), who=_WORK, part=Part.HANDLING,
        apart=_CHECKED, says=INSIDE, for_townships=True, told=True, usual=(S.RECTIFYING,),
    )  # fmt: skip
    REINSPECT_PASS = "reinspect_pass", Card(
        label="复验合格", moves=to(S.IN_PROGRESS, S.REINSPECTION), who=_CHECK | _DESK,
        part=Part.CHECKING, apart=_HANDLED, says=INSIDE, for_owner=True, told=True,
        usual=(S.REINSPECTION,),
    )  # fmt: skip
    REINSPECT_FAIL = "reinspect_fail", Card(
        label="复验不合格", moves=to(S.RECTIFYING, S.REINSPECTION), who=_CHECK | _DESK,
        part=Part.CHECKING, apart=_HANDLED, says=INSIDE, for_owner=True, told=True,
        usual=(S.REINSPECTION,),
    )  # fmt: skip
    CLOSE = "close", Card(
        label="销号", moves=to(S.CLOSED, *_ASKED_BACK, S.REFERRED), who=_DESK,
        part=Part.CHECKING, apart=_HANDLED, says=INSIDE, told=True,
        usual=(S.FOLLOWUP, S.REFERRED),
    )  # fmt: skip
    ARCHIVE = "archive", Card(
        label="归档", moves=to(S.ARCHIVED, S.DECLINED, S.CLOSED, S.MERGED, S.WITHDRAWN), who=_DESK,
        usual=(S.DECLINED, S.CLOSED, S.MERGED, S.WITHDRAWN),
    )  # fmt: skip
    UNPARK = "unpark", Card(
        label="恢复办理", moves=to(S.IN_PROGRESS, S.PARKED), who=_DESK | {R.LEADER}, told=True,
        usual=(S.PARKED,),
    )  # fmt: skip
    REOPEN = "reopen", Card(
        label="重办", moves=to(S.REOPENED, S.REPLIED, *_ASKED_BACK), who=_DESK, told=True,
    )  # fmt: skip
    NOTE = "note", Card(
        label="内部备注", moves=stays(*S), who=_ALL | _CHECK, says=INSIDE, for_townships=True,
    )  # fmt: skip

    # With the reporter

    ASK = "ask", Card(
        label="请反映人补充", moves=to(S.NEEDS_INFO, S.RECEIVED, *AT_WORK), who=_ALL,
        part=Part.HANDLING, apart=_CHECKED, says=HER, told=True, group=Group.TALK,
    )  # fmt: skip
    FOLLOW_UP = "follow_up", Card(
        label="回访", moves=to(S.FOLLOWUP, S.RESOLVED), who=_CALL, told=True, group=Group.TALK,
        usual=(S.RESOLVED,),
    )  # fmt: skip
    SOLVED = "solved", Card(
        label="反映人说解决了", moves=to(S.FOLLOWUP, *_ASKED_BACK), who=_CALL, apart=_HANDLED,
        told=True, group=Group.TALK,
    )  # fmt: skip
    UNSOLVED = "unsolved", Card(
        label="反映人说没解决", moves=to(S.REOPENED, *_ASKED_BACK), who=_CALL, apart=_HANDLED,
        told=True, group=Group.TALK,
    )  # fmt: skip
    NOBODY_CAME = "nobody_came", Card(
        label="反映人说没人来过", moves=to(S.REOPENED, *_ASKED_BACK), who=_CALL, apart=_HANDLED,
        told=True, group=Group.TALK,
    )  # fmt: skip
    UNREACHED = "unreached", Card(
        label="回访联系不上", moves=stays(S.FOLLOWUP), who=_CALL, apart=_HANDLED, told=True,
        group=Group.TALK,
    )  # fmt: skip
    DECLINE = "decline", Card(
        label="不予受理", moves=to(S.DECLINED, S.RECEIVED, S.NEEDS_INFO), who=_DESK, says=HER,
        needs=("code",), told=True, group=Group.TALK, grave=True,
    )  # fmt: skip

    # To other hands

    ALLOT = "allot", Card(
        label="分给", moves=stays(*(each for each in _STILL_OPEN if each not in S_BEFORE)),
        who=_DESK, needs=("person",), group=Group.ROUTE,
    )  # fmt: skip

    REASSIGN = "reassign", Card(
        label="改派", moves=to(S.DISPATCHED, S.DISPATCHED, *AT_WORK), who=_DESK, says=INSIDE,
        needs=("to",), for_owner=True, told=True, group=Group.ROUTE,
    )  # fmt: skip
    ASK_EXTENSION = "ask_extension", Card(
        label="申请延期", moves=stays(*_EXTENDABLE), who=_WORK, part=Part.HANDLING, apart=_CHECKED,
        says=INSIDE, for_townships=True, group=Group.ROUTE,
    )  # fmt: skip
    EXTEND = "extend", Card(
        label="批准延期", moves=stays(*_EXTENDABLE), who=_CHECK, apart=_HANDLED, says=HER,
        told=True, group=Group.ROUTE, usual=_EXTENDABLE,
    )  # fmt: skip
    NO_EXTENSION = "no_extension", Card(
        label="不准延期", moves=stays(*_EXTENDABLE), who=_CHECK, apart=_HANDLED, says=INSIDE,
        for_owner=True, group=Group.ROUTE, usual=_EXTENDABLE,
    )  # fmt: skip
    RETURN = "return", Card(
        label="退单", moves=to(S.RETURNED, S.DISPATCHED), who=frozenset({R.HANDLER}),
        part=Part.HANDLING, apart=_CHECKED, says=INSIDE, needs=("basis", "to"), for_townships=True,
        told=True, group=Group.ROUTE,
    )  # fmt: skip
    MARK_CLUE = "mark_clue", Card(
        label="标记为问题线索", moves=stays(*S), who=_ALL, part=Part.MARKING, group=Group.ROUTE,
        grave=True, final=True,
    )  # fmt: skip
    MERGE = "merge", Card(
        label="合并",
        moves=to(
            S.MERGED, S.RECEIVED, S.ACCEPTED, S.RETURNED, S.DISPATCHED, S.SIGNED, S.IN_PROGRESS
        ),
        who=_DESK, says=INSIDE, needs=("other",), told=True, group=Group.ROUTE, grave=True,
    )  # fmt: skip
    PARK = "park", Card(
        label="挂账",
        moves=to(S.PARKED, S.SIGNED, S.IN_PROGRESS, S.RECTIFYING, S.REPLIED, S.REOPENED),
        who=frozenset({R.LEADER}), apart=_HANDLED, says=HER, needs=("until",), told=True,
        group=Group.ROUTE, grave=True,
    )  # fmt: skip
    REFER = "refer", Card(
        label="移交纪委", moves=to(S.REFERRED, *_STILL_OPEN), who=frozenset({R.SUPERVISOR}),
        apart=frozenset({Part.MARKING}), above=Above.CITY, says=INSIDE, told=True,
        group=Group.ROUTE, grave=True, final=True,
    )  # fmt: skip

    # From above (plan 三(三)); each is a line of the history, none but an appeal moves the ticket

    REVIEW_KEEP = "review_keep", Card(
        label="复查维持", moves=stays(*DECIDABLE), who=_HIGH, part=Part.REVIEW,
        apart=_HANDLED | {Part.CHECKING}, above=Above.OWNER, says=HER, told=True,
        group=Group.WATCH, usual=DECIDABLE,
    )  # fmt: skip
    REVIEW_REDO = "review_redo", Card(
        label="复查责令重办", moves=to(S.REOPENED, *DECIDABLE), who=_HIGH, part=Part.REVIEW,
        apart=_HANDLED | {Part.CHECKING}, above=Above.OWNER, says=HER, told=True,
        group=Group.WATCH, usual=DECIDABLE,
    )  # fmt: skip
    REEXAM_KEEP = "reexam_keep", Card(
        label="复核维持", moves=stays(*DECIDABLE), who=_HIGH, part=Part.REEXAM,
        apart=_HANDLED | {Part.CHECKING, Part.REVIEW}, above=Above.REVIEW, says=HER, told=True,
        group=Group.WATCH, usual=DECIDABLE,
    )  # fmt: skip
    REEXAM_REDO = "reexam_redo", Card(
        label="复核责令重办", moves=to(S.REOPENED, *DECIDABLE), who=_HIGH, part=Part.REEXAM,
        apart=_HANDLED | {Part.CHECKING, Part.REVIEW}, above=Above.REVIEW, says=HER, told=True,
        group=Group.WATCH, usual=DECIDABLE,
    )  # fmt: skip
    REMIND = "remind", Card(
        label="催办", moves=stays(*_STILL_OPEN), who=_HIGH, above=Above.OWNER, says=INSIDE,
        for_owner=True, told=True, group=Group.WATCH,
    )  # fmt: skip
    PROBLEM_LETTER = "problem_letter", Card(
        label="问题函告", moves=stays(*_STILL_OPEN), who=_HIGH, above=Above.OWNER, says=INSIDE,
        for_owner=True, group=Group.WATCH,
    )  # fmt: skip
    INTERVIEW = "interview", Card(
        label="约谈", moves=stays(*_STILL_OPEN), who=_HIGH, above=Above.OWNER, says=INSIDE,
        for_owner=True, group=Group.WATCH,
    )  # fmt: skip
    CIRCULAR = "circular", Card(
        label="通报", moves=stays(*_STILL_OPEN), who=_HIGH, above=Above.OWNER, says=INSIDE,
        for_owner=True, group=Group.WATCH, grave=True,
    )  # fmt: skip
    ACCOUNTABILITY = "accountability", Card(
        label="问责", moves=stays(*_STILL_OPEN), who=_HIGH, above=Above.OWNER, says=INSIDE,
        for_owner=True, group=Group.WATCH, grave=True,
    )  # fmt: skip

    @property
    def label(self) -> str:
        return self.card.label

    @property
    def by_hand(self) -> bool:
        """Whether anybody at the office takes it himself."""
        return bool(self.card.who)


del S, R, S_BEFORE

#: The whole life of a ticket. Anything not written on a card is refused.
NEXT: Mapping[tuple[Status, Action], Status] = {
    (at, action): to for action in Action for at, to in action.card.moves.items()
}

#: What people take by hand, in the order of the desk.
BY_HAND = tuple(action for action in Action if action.by_hand)
