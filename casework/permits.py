"""Who may take a step now: his role, the unit at work, people who must be apart, and what it must carry.

What one step is stands on its card (`steps.py`); here are the rules that read the cards, and those few that
no card can hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from casework.deadlines import WorkCalendar, due, said
from casework.offices import Level, Organisation, Person, Role
from casework.refusals import BadInput
from casework.rules import Rules, Window
from casework.step_texts import WORDS, StepTexts
from casework.steps import Above, Part
from casework.tickets import Action, Audience, Entry, Status, Ticket

LONGEST_TEXT = 5000

#: Against these she may appeal.
ANSWERED = frozenset({Action.REPLY, Action.REVIEW_KEEP, Action.REVIEW_REDO})

#: A second return is not decided where the first dispatch went wrong (审定).
RETURNS_BEFORE_BINDING = 2

#: So many steps are drawn large; the others stand below, by what they are for.
MOST_USUAL = 2


@dataclass(frozen=True, kw_only=True)
class Particulars:
    """What a step carries besides its words."""

    code: str = ""  # the reason, by its id in the rules
    basis: str = ""  # the provision it rests on, in words
    to: str = ""  # a unit
    other: str = ""  # another ticket
    until: date | None = None
    person: str = ""  # a colleague


NOTHING = Particulars()


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Who sits over a ticket: the person, the offices and the rules they go by."""

    person: Person
    organisation: Organisation
    rules: Rules
    texts: StepTexts
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
    if not action.card.who & bench.person.roles:
        return f"您的岗位不能“{action.label}”。"
    return (
        _sealed(ticket, bench)
        or _not_for_townships(action, bench)
        or _wrong_unit(ticket, action, bench)
        or _too_near(action, bench, entries)
        or _not_now(ticket, action, bench, entries)
        or _not_high_enough(ticket, action, bench, entries)
    )


def _not_for_townships(action: Action, bench: Bench) -> str:
    if action.card.for_townships or not is_township(bench.organisation, bench.person.unit):
        return ""
    tells_her = action.card.says is Audience.REPORTER
    if tells_her or action in (Action.SUBMIT, Action.RESOLVE):
        return "答复由县里来写,您把办的情况记下来。"
    return f"“{action.label}”由县里来办。"


def is_township(organisation: Organisation, unit: str) -> bool:
    return unit in organisation and organisation[unit].level is Level.TOWNSHIP


def _wrong_unit(ticket: Ticket, action: Action, bench: Bench) -> str:
    at_intake = ticket.status is Status.RECEIVED and action is Action.ASK
    own = action.card.part is not Part.HANDLING or bench.person.unit == ticket.owner
    if own or at_intake:
        return ""
    return f"这件由{name_of(bench.organisation, ticket.owner)}办,本单位只能督办。"


def _too_near(action: Action, bench: Bench, entries: Sequence[Entry]) -> str:
    """Four eyes: nobody judges his own work, nor works on what he judged, in whatever order."""
    apart = action.card.apart
    if not apart & {each.card.part for each in done_by(bench.person.id, entries)}:
        return ""
    return bench.texts[action].apart


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
        case Action.CLOSE:
            return _her_word_first(ticket, bench, entries)
        case Action.ARCHIVE if ticket.status is Status.CLOSED:
            return _still_open_to_her(ticket, bench, entries)
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


def _her_word_first(ticket: Ticket, bench: Bench, entries: Sequence[Entry]) -> str:
    """销号 after she said that it is solved, or when she had her days to say that it is not."""
    if ticket.status is Status.REFERRED:  # another authority has it; there is nothing to ask her
        return ""
    since = [e for e in entries if e.action in (Action.RESOLVE, Action.SOLVED)]
    if not since or since[-1].action is Action.SOLVED:
        return ""
    end = _end_of(bench.rules.closing, since[-1].at, bench)
    if bench.now > end:
        return ""
    return f"等反映人说一声办好了没有;她一直不说,过了{said(end)}再销号。"


def _still_open_to_her(ticket: Ticket, bench: Bench, entries: Sequence[Entry]) -> str:
    """归档 shuts the way to 复查 and 复核, so it waits until their days are over."""
    if ticket.tracks.appeals:
        return "正在复查、复核,有了结论再归档。"
    answers = [e.at for e in entries if e.action in ANSWERED]
    if not answers or ticket.tracks.appeal == "final":
        return ""
    end = _end_of(bench.rules.appeal, answers[-1], bench)
    return f"{said(end)}以前反映人还能申请复查,过了再归档。" if bench.now <= end else ""


def _end_of(window: Window, start: datetime, bench: Bench) -> datetime:
    return due(start, amount=window.amount, unit=window.unit, calendar=bench.calendar).at


def _late_return(ticket: Ticket, bench: Bench, entries: Sequence[Entry]) -> str:
    """退单 in so many working days after the assignment; the clock that says so never stops for it."""
    sent = [e for e in entries if e.action in (Action.DISPATCH, Action.REASSIGN)]
    if not sent:
        return ""
    end = _end_of(bench.rules.returning, sent[-1].at, bench)
    return f"{said(end)}以前才能退单,过了就要办。" if bench.now > end else ""


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
    match action.card.above:
        case Above.OWNER if unit not in above:
            review = action.card.part is Part.REVIEW
            return "复查由办理单位的上一级来办。" if review else f"“{action.label}”由上一级来办。"
        case Above.REVIEW:
            reviewed = [e.by for e in entries if e.action.card.part is Part.REVIEW]
            if unit not in (bench.above(reviewed[-1]) if reviewed else above):
                return "复核由复查单位的上一级来办。"
        case Above.CITY if not _city_or_higher(bench):
            return "移交纪委由市级以上的督办员来办。"
    return ""


def allowed(ticket: Ticket, bench: Bench, entries: Sequence[Entry]) -> tuple[Action, ...]:
    """What this person may do to the ticket now, in the order of the table."""
    return tuple(a for a in ticket.allowed() if not why_not(ticket, a, bench, entries))


def usual(ticket: Ticket, offered: Sequence[Action], rules: Rules) -> tuple[Action, ...]:
    """Of what is offered the one or two steps that come next, the nearer first."""
    fit = (a for a in offered if ticket.status in a.card.usual)
    # A draft comes before the answer only where somebody else must read it.
    fit = (a for a in fit if a is not Action.SUBMIT or needs_review(ticket, rules))
    return tuple(fit)[:MOST_USUAL]


def name_of(organisation: Organisation, unit: str) -> str:
    return organisation[unit].name if unit in organisation else unit


def checked(
    action: Action, text: str, particulars: Particulars = NOTHING, *, texts: StepTexts
) -> str:
    """The words of a step, refused when they, or what must go with them, are missing."""
    text = text.strip()
    if action.card.says is not None and not text:
        raise BadInput(texts.missing(action, WORDS))
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"太长了,最多 {LONGEST_TEXT} 个字。")
    for need in action.card.needs:
        if not getattr(particulars, need):
            raise BadInput(texts.missing(action, need))
    return text


def _city_or_higher(bench: Bench) -> bool:
    offices, unit = bench.organisation, bench.person.unit
    return unit in offices and offices[unit].level in (Level.CITY, Level.PROVINCE)
