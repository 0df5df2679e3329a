"""Handling a ticket: open it, and do what the table and one's role allow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from casework.deadlines import Clock, Unit, after_action, due, extended, said
from casework.offices import Organisation, Person, Role
from casework.ports import Keyring, Office, TicketKey
from casework.refusals import BadInput, NotAllowed
from casework.sealed_names import entry_field, pseudonym
from casework.shelves import SealedAttachment, TicketFile
from casework.tickets import Action, Audience, Entry, Ticket

#: Which roles may do what. Deny by default: an action that is not here nobody may do by hand.
MAY: dict[Action, frozenset[Role]] = {
    Action.ACCEPT: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    Action.DECLINE: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    Action.DISPATCH: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    Action.SIGN: frozenset({Role.HANDLER, Role.SUPERVISOR}),
    Action.RETURN: frozenset({Role.HANDLER}),
    Action.START: frozenset({Role.HANDLER, Role.SUPERVISOR}),
    Action.ASK: frozenset({Role.HANDLER, Role.DISPATCHER, Role.SUPERVISOR}),
    Action.REPLY: frozenset({Role.HANDLER, Role.SUPERVISOR}),
    Action.RESOLVE: frozenset({Role.HANDLER, Role.SUPERVISOR}),
    Action.CLOSE: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    Action.REOPEN: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    Action.EXTEND: frozenset({Role.DISPATCHER, Role.SUPERVISOR}),
    Action.NOTE: frozenset({Role.HANDLER, Role.DISPATCHER, Role.SUPERVISOR}),
    Action.MARK_CLUE: frozenset({Role.HANDLER, Role.DISPATCHER, Role.SUPERVISOR}),
}

#: What the unit that holds the ticket does; units above it watch, extend and close.
HANDLING = frozenset(
    {Action.SIGN, Action.RETURN, Action.START, Action.ASK, Action.REPLY, Action.RESOLVE}
)

#: Actions that must say something, and to whom.
SAYS: dict[Action, Audience] = {
    Action.DECLINE: Audience.REPORTER,
    Action.ASK: Audience.REPORTER,
    Action.REPLY: Audience.REPORTER,
    Action.EXTEND: Audience.REPORTER,
    Action.RETURN: Audience.INSIDE,
    Action.NOTE: Audience.INSIDE,
}

LONGEST_TEXT = 5000

#: What an extension gives (信访工作条例 第三十四条: at most 30 days, told with the reason).
EXTENSION_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the history, opened."""

    entry: Entry
    text: str


@dataclass(frozen=True, kw_only=True)
class OpenTicket:
    """A ticket as its reader sees it, for as long as he looks."""

    ticket: Ticket
    story: str
    facts: Mapping[str, object]
    history: tuple[Line, ...]
    allowed: tuple[Action, ...]
    attachments: tuple[SealedAttachment, ...]


async def look(office: Office, keyring: Keyring, number: str) -> OpenTicket:
    """Open a ticket to read it. The opening is a line of its history and a leaf of the log."""
    now = office.clock.now()
    async with office.files() as files:
        file = await files.tickets.get(number, reader=keyring.person)
        key = keyring.ticket(file)
        if not _opened_lately(file, keyring.person):
            opened = Entry(
                at=now, action=Action.OPEN, by=keyring.person.unit, person=keyring.person.id
            )
            await files.tickets.add_entry(number, opened)
            files.leaf("opened", ticket=pseudonym(number), day=now.date().isoformat())
    return OpenTicket(
        ticket=file.ticket,
        story=key.open("story", file.fields["story"]),
        facts=json.loads(key.open("facts", file.fields["facts"])),
        history=tuple(Line(entry=e, text=_text_of(e, key)) for e in file.entries),
        allowed=allowed(file.ticket, keyring.person, office.content.organisation, file.entries),
        attachments=file.attachments,
    )


def _opened_lately(file: TicketFile, person: Person) -> bool:
    last = file.entries[-1]
    return last.action is Action.OPEN and last.person == person.id


def _text_of(entry: Entry, key: TicketKey) -> str:
    return key.open(entry_field(entry.audience, entry.at), entry.text) if entry.text else ""


def allowed(
    ticket: Ticket, person: Person, organisation: Organisation, entries: tuple[Entry, ...]
) -> tuple[Action, ...]:
    """What this person may do to the ticket now, in the order of the table."""
    return tuple(
        a for a in ticket.allowed() if not why_not(ticket, a, person, organisation, entries)
    )


def why_not(
    ticket: Ticket,
    action: Action,
    person: Person,
    organisation: Organisation,
    entries: tuple[Entry, ...],
) -> str:
    """The sentence that refuses it, '' when it is allowed."""
    if not MAY.get(action, frozenset()) & person.roles:
        return f"您的岗位不能“{action.label}”。"
    if person.unit != ticket.owner and action in HANDLING:
        return f"这件由{_name(organisation, ticket.owner)}办,本单位只能督办。"
    if action is Action.CLOSE and any(
        e.person == person.id and e.action in HANDLING for e in entries
    ):
        return "办件的人不能自己销号,请另一位同事来销。"
    if action is Action.MARK_CLUE and ticket.to_discipline:
        return "已经是问题线索了。"
    return ""


def _name(organisation: Organisation, unit: str) -> str:
    return organisation[unit].name if unit in organisation else unit


async def act(
    office: Office,
    keyring: Keyring,
    number: str,
    action: Action,
    *,
    text: str = "",
    version: int | None = None,
) -> Ticket:
    """Do one thing to a ticket: state, history line, clocks and log leaf in one transaction."""
    text = checked(action, text)
    now = office.clock.now()
    async with office.files() as files:
        file = await files.tickets.get(number, reader=keyring.person)
        ticket, person = file.ticket, keyring.person
        if version is not None and version != ticket.version:
            raise NotAllowed("这件刚刚有人办过了,请刷新看看再办。")
        refusal = why_not(ticket, action, person, office.content.organisation, file.entries)
        if action in ticket.allowed() and refusal:
            raise NotAllowed(refusal)
        audience = SAYS.get(action, Audience.INSIDE)
        key = keyring.ticket(file)
        sealed = key.seal(entry_field(audience, now), text) if text else None
        after, entry = ticket.record(
            action, by=person.unit, person=person.id, at=now, text=sealed, audience=audience
        )
        after = _wind_clocks(office, after, action, person)
        await files.tickets.keep(after, entry, was=ticket)
        files.leaf(
            action.value, ticket=pseudonym(number), day=now.date().isoformat(),
            state=after.status.value,
        )  # fmt: skip
    return after


def checked(action: Action, text: str) -> str:
    """The text of an action, refused when it is missing or too long."""
    text = text.strip()
    if action in SAYS and not text:
        raise BadInput(f"“{action.label}”要写几句话。")
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"太长了,最多 {LONGEST_TEXT} 个字。")
    return text


def _wind_clocks(office: Office, ticket: Ticket, action: Action, person: Person) -> Ticket:
    """Stop and start the clocks the policy names; count returns; name the handler."""
    now, policy = office.clock.now(), office.content.policy
    clocks = after_action(
        ticket.clocks, action.value, now, policy=policy, kind=ticket.kind.value,
        calendar=office.calendar,
    )  # fmt: skip
    changes: dict[str, object] = {"clocks": clocks}
    if action is Action.SIGN:
        changes["handler"] = person.id
    if action is Action.RETURN:
        changes["returns"] = ticket.returns + 1
    if action is Action.MARK_CLUE:
        changes["to_discipline"] = True
    if action is Action.EXTEND:
        changes["clocks"] = _extended(office, ticket)
    return replace(ticket, **changes)  # type: ignore[arg-type]  # fields named above


def _extended(office: Office, ticket: Ticket) -> tuple[Clock, ...]:
    """Asked before expiry only."""
    now = office.clock.now()
    running = [c for c in ticket.clocks if c.stopped is None and c.rule.startswith("handle")]
    if not running:
        raise NotAllowed("没有正在走的办理期限,不用延期。")
    clock = running[0]
    if clock.due < now:
        raise NotAllowed(f"{said(clock.due)}已经到期,到期以后不能再延。")
    end = due(clock.due, amount=EXTENSION_DAYS, unit=Unit.DAYS, calendar=office.calendar)
    return extended(ticket.clocks, clock.rule, end, basis="信访工作条例 第三十四条")


async def attachment(
    office: Office, keyring: Keyring, number: str, attachment_id: str
) -> tuple[str, bytes]:
    """(media type, bytes) of a file that came with the report, opened for its reader."""
    async with office.reading() as reading:
        file = await reading.tickets.get(number, reader=keyring.person)
        found = next((a for a in file.attachments if a.id == attachment_id), None)
        if found is None:
            raise BadInput("没有这个附件。")
        sealed = await reading.blobs.sealed(found.id)
    key = keyring.ticket(file)
    return found.media_type, key.open_bytes(f"file {found.id}", sealed)
