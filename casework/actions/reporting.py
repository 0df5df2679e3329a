"""What the reporter does about her own report, whichever way she comes: one act, one transaction.

Her code told the ticket's number; `once` is the message it comes by, which does it once. A text of hers is read by those who read the report and are not named
in it; whom it names is heard by the caller and comes in as `about`. Files that come with it are read by
the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime

from casework.appeals import (
    above,
    appeal_open,
    check_reminder,
    goes_above,
    reminders,
    under_pressure,
    withdrawal,
)
from casework.ports import Files, Office
from casework.ports.doors import MailboxesReading
from casework.ports.enclosing import Enclosing
from casework.ports.locks import MailboxKey, NewMailboxKey
from casework.receipts import without_codes
from casework.refusals import BadInput, DoneBefore
from casework.reports import MOST_FILES, REPORTER, Accused, Added, Addition, bounded
from casework.routing import left_out, owner_among
from casework.sealed_names import pseudonym
from casework.shelves import Inbound
from casework.tickets import Action, Audience, Entry, Ticket, standing
from casework.workdays import day_of


def written(text: str, files: Sequence[object] = ()) -> str:
    """Her words as they are kept. Raises `BadInput` where there are none and no file comes instead, or
    more than we take."""
    words = bounded(text).strip()
    if not words and not files:
        raise BadInput("还没有写话。写上几句再交。", "nothing-written")
    return words


async def add(
    office: Office,
    number: str,
    text: str,
    *,
    about: Sequence[Accused] = (),
    files: Sequence[str] = (),
    once: Inbound | None = None,
) -> Added:
    """She adds something; a question that waited is answered by it. `files` are ids of held files: words
    are not needed beside them. `once` is the message it came by: a second time nothing is written.
    Raises `IntakeClosed` where nobody would be left to read it, and `BadInput` where a file is not held
    any more or there would be too many; nothing is written then."""
    addition = Addition(text=written(text, files), about=tuple(about))
    enclosed, refused = await _enclosed(office, number, files)
    async with office.files() as door:
        if once and not await _first_time(door, once):
            door.release(files)
            return Added(ticket=await door.mailboxes.held(number), before=True)
        if refused:
            raise refused
        ticket, now = await door.mailboxes.held(number), office.clock.now()
        return await _keep(office, door, ticket, Action.ADD, addition, at=now, enclosed=enclosed)


async def _enclosed(
    office: Office, number: str, files: Sequence[str]
) -> tuple[Enclosing | None, BadInput | None]:
    """The files sealed, or why they cannot be: what came before by the same message is no reason."""
    if not files:
        return None, None
    try:
        async with office.reading() as reading:
            await _refuse_too_many(reading.mailboxes, number, len(files))
        return await office.intake.enclose(number, tuple(dict.fromkeys(files))), None
    except BadInput as refusal:
        return None, refusal


async def _refuse_too_many(mailboxes: MailboxesReading, number: str, more: int) -> None:
    have = await mailboxes.files_of(number)
    if have + more > MOST_FILES:
        raise BadInput(
            f"这件事的照片、录音一共最多 {MOST_FILES} 个,已经有 {have} 个。"
            "这回的没有收下,您的话可以接着写。",
            "files-full", most=MOST_FILES, have=have,
        )  # fmt: skip


async def _first_time(files: Files, message: Inbound) -> bool:
    """Whether nothing came of this message yet. Two at the same moment: the second waits here."""
    return await files.talks.take(message) and await files.talks.done(message)


async def _only_once(files: Files, once: Inbound | None) -> None:
    """Raises `DoneBefore` where something came of this message already."""
    if once and not await _first_time(files, once):
        raise DoneBefore


async def change_code(office: Office, files: Files, key: MailboxKey, fresh: NewMailboxKey) -> str:
    """Somebody else may know her code: from now on another one opens her case, and the old one nothing.
    The log says which mark took over which, so that her case can still be checked. Within the caller's
    block, who keeps what is shown of it. Raises `NoSuchReceipt`."""
    number = await files.mailboxes.recode(key, fresh)
    files.leaf(
        "recoded", ticket=pseudonym(number), day=day_of(office.clock.now()).isoformat(),
        tag=fresh.tag.hex(), was=key.tag.hex(),
    )  # fmt: skip
    return number


async def reopen(office: Office, number: str, *, once: Inbound | None = None) -> Ticket:
    """She says it was not solved."""
    async with office.files() as files:
        await _only_once(files, once)
        ticket = await files.mailboxes.held(number)
        text = office.content.texts("told.reopen")
        return await _record(office, files, ticket, Action.REOPEN, text, at=office.clock.now())


async def rate(office: Office, number: str, said: Action, *, once: Inbound | None = None) -> Ticket:
    """回访, answered by herself: solved, not solved, or nobody came, which is told above."""
    async with office.files() as files:
        await _only_once(files, once)
        ticket, now = await files.mailboxes.held(number), office.clock.now()
        after = await _record(office, files, ticket, said, f"{said.label}。", at=now)
        if said is Action.NOBODY_CAME:
            await _alert(office, files, after, said.value, at=now)
        return after


async def appeal(
    office: Office,
    number: str,
    text: str,
    *,
    about: Sequence[Accused] = (),
    once: Inbound | None = None,
) -> Added:
    """复查, and after its decision 复核, each within its days."""
    addition = Addition(text=written(text), about=tuple(about))
    async with office.files() as files:
        await _only_once(files, once)
        ticket, now = await files.mailboxes.held(number), office.clock.now()
        entries, rules = standing(await files.tickets.entries(number)), office.content.rules
        wanted = appeal_open(ticket, entries, rules, office.calendar, now)
        return await _keep(office, files, ticket, wanted, addition, at=now)


async def withdraw(office: Office, number: str, *, once: Inbound | None = None) -> Ticket:
    """A housing matter stops; a clue goes on, with her wish on record. She is told the same. Twice is
    once; where it looks as if she was pressed, it is told above."""
    async with office.files() as files:
        await _only_once(files, once)
        ticket, now = await files.mailboxes.held(number), office.clock.now()
        if ticket.tracks.withdrawn:
            return ticket
        entries, rules = standing(await files.tickets.entries(number)), office.content.rules
        text = office.content.texts("told.withdraw")
        after = await _record(office, files, ticket, withdrawal(ticket), text, at=now)
        if under_pressure(entries, rules, office.calendar, now):
            await _alert(office, files, after, "pressure", at=now)
        return after


async def remind(office: Office, number: str, *, once: Inbound | None = None) -> Ticket:
    """催办: the unit that has it is reminded, and from her second reminder on the unit above is told.
    How often she did is in the line, which has its leaf in the log."""
    async with office.files() as files:
        await _only_once(files, once)
        ticket, now = await files.mailboxes.held(number), office.clock.now()
        entries, content = standing(await files.tickets.entries(number)), office.content
        check_reminder(ticket, entries, content.rules, office.calendar, now)
        times = len(reminders(entries)) + 1
        text = content.texts("told.remind", n=times)
        after = await _record(office, files, ticket, Action.REMIND, text, at=now, to=ticket.owner)
        if goes_above(times, ticket.owner, content.organisation):
            await _alert(office, files, after, "reminded", at=now)
        files.leaf(
            Action.REMIND.value, ticket=pseudonym(number), day=day_of(now).isoformat(),
            state=after.status.value,
        )  # fmt: skip
        return after


async def _record(
    office: Office, files: Files, ticket: Ticket, action: Action, text: str, *, at: datetime,
    to: str = "",
) -> Ticket:  # fmt: skip
    """A step of hers in our words, which name nobody."""
    kept = await _keep(office, files, ticket, action, Addition(text=text), at=at, to=to)
    return kept.ticket


async def _alert(office: Office, files: Files, ticket: Ticket, code: str, *, at: datetime) -> None:
    """The unit above is told by a line of the history that something is wrong here."""
    readers = await files.readers.whole(ticket.number)
    unit = above(ticket.owner, readers, office.content.organisation)
    line = Entry(at=at, action=Action.REMIND, by=unit, to=unit, code=code)
    await files.tickets.add_entry(ticket.number, line)


async def _keep(
    office: Office, files: Files, ticket: Ticket, action: Action, addition: Addition, *,
    at: datetime, to: str = "", enclosed: Enclosing | None = None,
) -> Added:  # fmt: skip
    """Her step, its text and the files that came with it, for those who read the report and are not named in it. Whoever is named
    knows of the ticket no more; what he has read he has read."""
    content, number = office.content, ticket.number
    offices = content.organisation
    addition = replace(addition, text=without_codes(addition.text))
    reading = await files.readers.whole(number)
    named = left_out(addition.about, ticket, offices)
    out = named & await files.readers.of(number) if named else named
    moved = _moved_to(ticket, reading, out, office)
    sealed = await files.mailboxes.seal(
        number, addition, at=at, holders=reading - out, enclosed=enclosed
    )
    after, entry = ticket.record(
        action, by=REPORTER, at=at, text=sealed, audience=Audience.REPORTER, to=to
    )
    after = after.wound(action, at, content.policy, office.calendar)
    after = replace(after, owner=moved or after.owner)
    await files.tickets.keep(after, entry, was=ticket)
    if enclosed:
        await _keep_files(files, number, enclosed, at=at, sealed=sealed)
    if named:  # also whom a hand-over had left the line of the list alone
        await files.readers.leave_out(number, named)
    if moved:
        after = await _reassigned(office, files, after, at=at)
    names = tuple(sorted(offices[unit].name for unit in out))
    return Added(ticket=after, left_out=names, moved_to=offices[moved].name if moved else "")


async def _keep_files(
    files: Files, number: str, enclosed: Enclosing, *, at: datetime, sealed: bytes
) -> None:
    """The files beside the line they came with. A leaf of the log fixes both, as that of the report
    fixes what came with it."""
    await _refuse_too_many(files.mailboxes, number, len(enclosed.held))
    fixed = await files.mailboxes.enclose(number, enclosed, at=at, sealed=sealed)
    files.leaf("added", ticket=pseudonym(number), day=day_of(at).isoformat(), commit=fixed)
    files.release(enclosed.held)


def _moved_to(
    ticket: Ticket, reading: AbstractSet[str], out: AbstractSet[str], office: Office
) -> str:
    """Who has it from now on, '' where that stays as it is."""
    if ticket.owner not in out:
        return ""
    return owner_among(reading - out, ticket.county, office.content.organisation)


async def _reassigned(office: Office, files: Files, ticket: Ticket, *, at: datetime) -> Ticket:
    """The unit that has it now must sign for it, as after any other change of hands."""
    if Action.REASSIGN not in ticket.allowed():
        line = Entry(at=at, action=Action.REASSIGN, by=REPORTER, to=ticket.owner)
        await files.tickets.add_entry(ticket.number, line)
        return ticket
    after, entry = ticket.record(Action.REASSIGN, by=REPORTER, at=at, to=ticket.owner)
    after = after.wound(Action.REASSIGN, at, office.content.policy, office.calendar)
    after = replace(after, handler="")
    await files.tickets.keep(after, entry, was=ticket)
    return after
