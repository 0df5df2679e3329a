"""Who may do what: roles, the unit at work, people who must be apart, and what a step must say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.deadlines import WorkCalendar, due, said
from casework.offices import Level, Organisation, Person, Role
from casework.refusals import BadInput
from casework.rules import Rules
from casework.tickets import SUPERVISING, Action, Audience, Entry, Status, Ticket

A, R = Action, Role
_DESK = frozenset({R.DISPATCHER, R.SUPERVISOR})
_WORK = frozenset({R.HANDLER, R.SUPERVISOR})
_CHECK = frozenset({R.APPROVER, R.SUPERVISOR, R.LEADER})
_HIGH = frozenset({R.SUPERVISOR, R.LEADER})
_CALL = frozenset({R.FOLLOWUP_OFFICER, R.DISPATCHER, R.SUPERVISOR})
_ALL = frozenset({R.HANDLER, R.DISPATCHER, R.SUPERVISOR})

#: Which roles may do what. Deny by default: an action that is not here nobody may do by hand.
MAY: dict[Action, frozenset[Role]] = {
    A.ACCEPT: _DESK,
    A.DECLINE: _DESK,
    A.DISPATCH: _DESK,
    A.REASSIGN: _DESK,
    A.SIGN: _WORK,
    A.RETURN: frozenset({R.HANDLER}),
    A.START: _WORK,
    A.ASK: _ALL,
    A.SUBMIT: _WORK,
    A.PASS: _CHECK,
    A.SEND_BACK: _CHECK,
    A.REPLY: _WORK,
    A.RECTIFY: _WORK,
    A.RECTIFIED: _WORK,
    A.REINSPECT_PASS: _CHECK | _DESK,
    A.REINSPECT_FAIL: _CHECK | _DESK,
    A.RESOLVE: _WORK,
    A.FOLLOW_UP: _CALL,
    A.SOLVED: _CALL,
    A.UNSOLVED: _CALL,
    A.NOBODY_CAME: _CALL,
    A.UNREACHED: _CALL,
    A.REOPEN: _DESK,
    A.CLOSE: _DESK,
    A.ASK_EXTENSION: _WORK,
    A.EXTEND: _CHECK,
    A.NO_EXTENSION: _CHECK,
    A.REVIEW_KEEP: _HIGH,
    A.REVIEW_REDO: _HIGH,
    A.REEXAM_KEEP: _HIGH,
    A.REEXAM_REDO: _HIGH,
    A.MERGE: _DESK,
    A.PARK: frozenset({R.LEADER}),
    A.UNPARK: _DESK | {R.LEADER},
    A.REFER: frozenset({R.SUPERVISOR}),
    A.ARCHIVE: _DESK,
    A.NOTE: _ALL | _CHECK,
    A.MARK_CLUE: _ALL,
    A.REMIND: _HIGH,
    **dict.fromkeys(SUPERVISING, _HIGH),
}

#: What the unit that holds the ticket does; units above it watch, review, extend and close.
HANDLING = frozenset(
    {A.SIGN, A.RETURN, A.START, A.ASK, A.SUBMIT, A.REPLY, A.RECTIFY, A.RECTIFIED, A.RESOLVE,
     A.ASK_EXTENSION}
)  # fmt: skip

#: What a township does with its task. Whatever the reporter is told, the county says it.
OF_TOWNSHIPS = frozenset({A.SIGN, A.START, A.NOTE, A.RETURN, A.RECTIFIED, A.ASK_EXTENSION})

#: What is said to the unit that has the ticket; a note and a reason are for those who read it all.
TO_THE_OWNER = frozenset(
    {A.DISPATCH, A.REASSIGN, A.SEND_BACK, A.NO_EXTENSION, A.REINSPECT_PASS, A.REINSPECT_FAIL,
     A.REMIND, *SUPERVISING}
)  # fmt: skip

#: What judges the work of others.
CHECKING = frozenset({A.PASS, A.SEND_BACK, A.REINSPECT_PASS, A.REINSPECT_FAIL, A.CLOSE})
REVIEWS = frozenset({A.REVIEW_KEEP, A.REVIEW_REDO})
REEXAMS = frozenset({A.REEXAM_KEEP, A.REEXAM_REDO})
ANSWERS = frozenset({A.SOLVED, A.UNSOLVED, A.NOBODY_CAME, A.UNREACHED})

#: Four eyes: who ever did one of these on a ticket may not do that on it, and what he is told.
#: Handling and checking exclude each other both ways, so that no later turn can join them.
APART: dict[Action, tuple[frozenset[Action], str]] = {
    **{step: (CHECKING | REVIEWS | REEXAMS, "您审核过这件,不能再来办它。") for step in HANDLING},
    A.PASS: (HANDLING, "办件的人不能自己审核,请另一位同事来审。"),
    A.SEND_BACK: (HANDLING, "办件的人不能自己审核,请另一位同事来审。"),
    A.REINSPECT_PASS: (HANDLING, "办件的人不能自己复验,请另一位同事去验。"),
    A.REINSPECT_FAIL: (HANDLING, "办件的人不能自己复验,请另一位同事去验。"),
    A.CLOSE: (HANDLING, "办件的人不能自己销号,请另一位同事来销。"),
    A.EXTEND: (HANDLING, "办件的人不能批自己的延期,请另一位同事来批。"),
    A.NO_EXTENSION: (HANDLING, "办件的人不能批自己的延期,请另一位同事来批。"),
    A.PARK: (HANDLING, "办件的人不能自己签挂账。"),
    A.REFER: (frozenset({A.MARK_CLUE}), "标记线索的人不能自己移交,请另一位同事来办。"),
    **{step: (HANDLING, "办件的人不能自己回访,请另一位同事来问。") for step in ANSWERS},
    **{step: (HANDLING | CHECKING, "经手过这件的人不能复查。") for step in REVIEWS},
    **{step: (HANDLING | CHECKING | REVIEWS, "经手过这件的人不能复核。") for step in REEXAMS},
}

#: Actions that must say something, and to whom.
SAYS: dict[Action, Audience] = {
    **dict.fromkeys(
        (A.DECLINE, A.ASK, A.REPLY, A.EXTEND, A.RECTIFY, A.PARK, *REVIEWS, *REEXAMS),
        Audience.REPORTER,
    ),
    **dict.fromkeys(
        (A.RETURN, A.REASSIGN, A.SUBMIT, A.SEND_BACK, A.RECTIFIED, A.REINSPECT_PASS,
         A.REINSPECT_FAIL, A.CLOSE, A.ASK_EXTENSION, A.NO_EXTENSION, A.MERGE, A.REFER, A.NOTE,
         A.REMIND, *SUPERVISING),
        Audience.INSIDE,
    ),
}  # fmt: skip

#: What else a step must carry.
NEEDS: dict[Action, tuple[str, ...]] = {
    A.DECLINE: ("code",),
    A.RETURN: ("basis", "to"),
    A.REASSIGN: ("to",),
    A.MERGE: ("other",),
    A.PARK: ("until",),
}

NEEDED = {
    "code": "请选理由。",
    "basis": "请写依据哪条规定。",
    "to": "请选交给哪个单位。",
    "other": "请写另一件的件号。",
    "until": "请写哪一天再看。",
}

del A, R

LONGEST_TEXT = 5000

#: A second return is not decided where the first dispatch went wrong (审定).
RETURNS_BEFORE_BINDING = 2


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What a step carries besides its words."""

    code: str = ""  # the reason, by its id in the rules
    basis: str = ""  # the provision it rests on, in words
    to: str = ""  # a unit
    other: str = ""  # another ticket
    until: date | None = None


NOTHING = Particulars()


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Who sits over a ticket: the person, the offices and the rules they go by."""

    person: Person
    organisation: Organisation
    rules: Rules
    calendar: WorkCalendar
    now: datetime

    def above(self, unit: str) -> tuple[str, ...]:
        """The units over a unit, the nearest first; over the province there is the province."""
        if unit not in self.organisation:
            return ()
        chain = [each.id for each in self.organisation.upwards(self.organisation[unit])]
        return tuple(chain[1:]) or (chain[0],)


def why_not(ticket: Ticket, action: Action, bench: Bench, entries: Sequence[Entry]) -> str:
    """The sentence that refuses it, '' when it is allowed."""
    person = bench.person
    if not MAY.get(action, frozenset()) & person.roles:
        return f"您的岗位不能“{action.label}”。"
    return (
        _sealed(ticket, bench)
        or _not_for_townships(action, bench)
        or _wrong_unit(ticket, action, bench)
        or _too_near(action, person, entries)
        or _not_now(ticket, action, bench, entries)
        or _not_high_enough(ticket, action, bench, entries)
    )


def _not_for_townships(action: Action, bench: Bench) -> str:
    if action in OF_TOWNSHIPS or not is_township(bench.organisation, bench.person.unit):
        return ""
    if SAYS.get(action) is Audience.REPORTER or action in (Action.SUBMIT, Action.RESOLVE):
        return "答复由县里来写,您把办的情况记下来。"
    return f"“{action.label}”由县里来办。"


def is_township(organisation: Organisation, unit: str) -> bool:
    return unit in organisation and organisation[unit].level is Level.TOWNSHIP


def _wrong_unit(ticket: Ticket, action: Action, bench: Bench) -> str:
    at_intake = ticket.status is Status.RECEIVED and action is Action.ASK
    if bench.person.unit == ticket.owner or action not in HANDLING or at_intake:
        return ""
    return f"这件由{name_of(bench.organisation, ticket.owner)}办,本单位只能督办。"


def _too_near(action: Action, person: Person, entries: Sequence[Entry]) -> str:
    """Four eyes: nobody judges his own work."""
    apart, sentence = APART.get(action, (frozenset[Action](), ""))
    return sentence if apart & done_by(person.id, entries) else ""


def done_by(person: str, entries: Sequence[Entry]) -> frozenset[Action]:
    """What a person has done on the ticket. Intake's own question (补正) is no handling."""
    accepted = next((n for n, e in enumerate(entries) if e.action is Action.ACCEPT), 0)
    return frozenset(
        e.action
        for n, e in enumerate(entries)
        if person and e.person == person and not (e.action is Action.ASK and n < accepted)
    )


def _not_now(ticket: Ticket, action: Action, bench: Bench, entries: Sequence[Entry]) -> str:
    tracks = ticket.tracks
    match action:
        case Action.MARK_CLUE if ticket.to_discipline:
            return "已经是问题线索了。"
        case Action.MARK_CLUE if is_township(bench.organisation, ticket.owner):
            return "这件在乡镇手上,先改派收回来,再标记为问题线索。"
        case Action.REPLY if needs_review(ticket, bench.rules) and tracks.draft != "passed":
            return "这类件的答复要先送审,由别人审核通过。"
        case Action.RETURN if tracks.bound:
            return "第二次退单以后由督办员指定,指定了就不能再退。"
        case Action.RETURN:
            return _late_return(ticket, bench, entries)
        case Action.DISPATCH if ticket.status is Status.RETURNED and _must_bind(ticket):
            if Role.SUPERVISOR not in bench.person.roles:
                return "退过两次了,由督办员指定承办单位。"
    return ""


def _must_bind(ticket: Ticket) -> bool:
    return ticket.returns >= RETURNS_BEFORE_BINDING


def _late_return(ticket: Ticket, bench: Bench, entries: Sequence[Entry]) -> str:
    """退单 in so many working days after the assignment; the clock that says so never stops for it."""
    sent = [e for e in entries if e.action in (Action.DISPATCH, Action.REASSIGN)]
    if not sent:
        return ""
    window = bench.rules.returning
    end = due(sent[-1].at, amount=window.amount, unit=window.unit, calendar=bench.calendar)
    if bench.now > end.at:
        return f"{said(end.at)}以前才能退单,过了就要办。"
    return ""


def needs_review(ticket: Ticket, rules: Rules) -> bool:
    """Whether its answer is read by a second person before it goes out (policy data)."""
    return ticket.kind.value in rules.reviewed_kinds


def _sealed(ticket: Ticket, bench: Bench) -> str:
    """After a hand-over the local desk knows that it happened, and no more."""
    if ticket.status is not Status.REFERRED or not is_sealed_to(ticket, bench):
        return ""
    return "这件已移交有权机关,本单位不再经办。"


def is_sealed_to(ticket: Ticket, bench: Bench) -> bool:
    """Whether a handed-over ticket is shut to the person's unit: to all but the province."""
    province = bench.person.unit == bench.organisation.province.id
    return ticket.status is Status.REFERRED and not province


def _not_high_enough(ticket: Ticket, action: Action, bench: Bench, entries: Sequence[Entry]) -> str:
    """复查 is for a unit above the one that answered, 复核 for one above that."""
    unit, above = bench.person.unit, bench.above(ticket.owner)
    if action in REVIEWS and unit not in above:
        return "复查由办理单位的上一级来办。"
    if action in REEXAMS:
        reviewed = [e.by for e in entries if e.action in REVIEWS]
        if unit not in (bench.above(reviewed[-1]) if reviewed else above):
            return "复核由复查单位的上一级来办。"
    if action in (Action.REMIND, *SUPERVISING) and unit not in above:
        return f"“{action.label}”由上一级来办。"
    if action is Action.REFER and not _city_or_higher(bench):
        return "移交纪委由市级以上的督办员来办。"
    return ""


def allowed(ticket: Ticket, bench: Bench, entries: Sequence[Entry]) -> tuple[Action, ...]:
    """What this person may do to the ticket now, in the order of the table."""
    return tuple(a for a in ticket.allowed() if not why_not(ticket, a, bench, entries))


def name_of(organisation: Organisation, unit: str) -> str:
    return organisation[unit].name if unit in organisation else unit


def checked(action: Action, text: str, particulars: Particulars = NOTHING) -> str:
    """The words of a step, refused when they, or what must go with them, are missing."""
    text = text.strip()
    if action in SAYS and not text:
        raise BadInput(f"“{action.label}”要写几句话。")
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"太长了,最多 {LONGEST_TEXT} 个字。")
    for name in NEEDS.get(action, ()):
        if not getattr(particulars, name):
            raise BadInput(NEEDED[name])
    return text


def _city_or_higher(bench: Bench) -> bool:
    offices, unit = bench.organisation, bench.person.unit
    return unit in offices and offices[unit].level in (Level.CITY, Level.PROVINCE)
