"""Handling a ticket: open it, and do what the table and one's role allow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime

from casework.actions.assigning import assigned, let_read, shut_out
from casework.actions.sitting import bench_of
from casework.actions.taking_back import back_until, take_back
from casework.actions.wording import heard_by, worded
from casework.deadlines import Clock, due, extended, next_due, said
from casework.permits import (
    NOTHING,
    RETURNS_BEFORE_BINDING,
    Bench,
    Particulars,
    allowed,
    checked,
    is_sealed_to,
    is_township,
    why_not,
)
from casework.ports import Files, Keyring, Office, TicketKey
from casework.refusals import BadInput, NotAllowed
from casework.reports import REPORTER, Addition, accused_of, identity_of
from casework.sealed_names import entry_field, pseudonym
from casework.shelves import HandlersCopy, SealedAttachment, Sees, TicketFile
from casework.stretches import Stretch, stretches
from casework.tasks import WRITE_IT, Times, as_task, began, lines_of, refuse_her_words
from casework.tickets import Action, Audience, Entry, Ticket
from casework.workdays import SHANGHAI, day_of
from casework.writing import Draft, draft_field

NOT_TO_HIM = "这件不能分给他,请换一位本单位的承办人。"
NO_COPY = "这个文件没法安全地重做一份,只有纪委能打开原件。"
#: The report is about the discipline office itself: the key kept offline alone is left.
NO_COPY_NOR_OFFICE = "这个文件没法安全地重做一份,原件封着,只有离线托管的钥匙能打开。"


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
    no_copy: str = ""  # what is said of a file that could not be made anew
    held: tuple[Stretch, ...] = ()
    back_until: datetime | None = None  # until when the reader may take back his last step
    draft: Draft | None = None  # what he began to write and did not send
    sees: Sees = Sees.ALL


async def look(office: Office, keyring: Keyring, number: str) -> OpenTicket:
    """Open a ticket to read it. The opening is a line of its history and a leaf of the log."""
    bench = bench_of(office, keyring)
    async with office.files() as files:
        file = await files.tickets.get(number, reader=keyring.person)
        if is_sealed_to(file.ticket, bench):
            return _shut(file)
        key, readers = keyring.ticket(file), await files.readers.of(number)
        draft = await _draft(files, file, key, keyring.person.id)
        if not _opened_lately(file, keyring.person.id, bench.now):
            opened = Entry(
                at=bench.now, action=Action.OPEN, by=keyring.person.unit, person=keyring.person.id
            )
            await files.tickets.add_entry(number, opened)
            files.leaf("opened", ticket=pseudonym(number), day=day_of(bench.now).isoformat())
    if file.sees is Sees.TASK:
        return _task(office, file, key, bench, draft)
    return OpenTicket(
        ticket=file.ticket,
        story=key.open("story", file.fields["story"]),
        facts=facts_of(file, key),
        history=tuple(Line(entry=e, text=text_of(e, file, key)) for e in file.entries),
        allowed=allowed(file.ticket, bench, file.standing),
        attachments=file.attachments,
        no_copy=NO_COPY if bench.organisation.discipline.id in readers else NO_COPY_NOR_OFFICE,
        held=stretches(file.ticket, file.standing),
        back_until=back_until(file, bench),
        draft=draft,
    )


async def _draft(files: Files, file: TicketFile, key: TicketKey, person: str) -> Draft | None:
    found = await files.writing.draft(file.ticket.number, person)
    if found is None:
        return None
    action, sealed, at = found
    return Draft(action=action, text=key.open(draft_field(person, file.sees), sealed), at=at)


def _shut(file: TicketFile) -> OpenTicket:
    """What the local desk sees of a ticket that was handed over: that it was."""
    return OpenTicket(
        ticket=file.ticket, story=file.ticket.status.label, facts={}, history=(), allowed=(),
        attachments=(),
    )  # fmt: skip


def _task(
    office: Office, file: TicketFile, key: TicketKey, bench: Bench, draft: Draft | None
) -> OpenTicket:
    """What a township sees of a ticket: that it has it, and what was written for it."""
    unit = bench.person.unit
    return OpenTicket(
        ticket=_as_seen(office, file.ticket, file, unit),
        story="",
        facts={},
        history=tuple(
            Line(entry=e, text=text_of(e, file, key)) for e in lines_of(unit, file.entries)
        ),
        allowed=allowed(file.ticket, bench, file.standing),
        attachments=(),
        sees=Sees.TASK,
        back_until=back_until(file, bench),
        draft=draft,
    )


def _as_seen(office: Office, ticket: Ticket, file: TicketFile, unit: str) -> Ticket:
    """The ticket as far as the box of the unit goes."""
    if file.sees is Sees.ALL:
        return ticket
    content = office.content
    times = Times(content.policy, content.rules.extension, office.calendar)
    return as_task(ticket, began(unit, file.entries), times)


def facts_of(file: TicketFile, key: TicketKey) -> Mapping[str, object]:
    """What was understood at intake, and everybody named since."""
    facts: dict[str, object] = json.loads(key.open("facts", file.fields["facts"]))
    added = (addition_of(e, file, key) for e in file.entries)
    about = [vars(each) for addition in added if addition for each in addition.about]
    if about:
        facts["accused"] = [*(vars(each) for each in accused_of(facts)), *about]
    return facts


def addition_of(entry: Entry, file: TicketFile, key: TicketKey) -> Addition | None:
    """What the reporter added by this line under a key of its own; None for any other line."""
    field = entry_field(entry.audience, entry.at)
    if not entry.text or field not in file.parts:
        return None
    return Addition.from_json(key.open(field, entry.text))


def _opened_lately(file: TicketFile, person: str, now: datetime) -> bool:
    """Whether the last thing that happened is that he opened it, today: a page that refreshes is no
    second look."""
    last = file.entries[-1]
    mine = last.action is Action.OPEN and last.person == person
    return mine and day_of(last.at) == day_of(now)


def text_of(entry: Entry, file: TicketFile, key: TicketKey) -> str:
    if addition := addition_of(entry, file, key):
        return addition.text
    return key.open(entry_field(entry.audience, entry.at), entry.text) if entry.text else ""


async def act(
    office: Office,
    keyring: Keyring,
    number: str,
    action: Action,
    *,
    text: str = "",
    version: int | None = None,
    particulars: Particulars = NOTHING,
) -> Ticket:
    """Do one thing to a ticket: state, history line, clocks and log leaf in one transaction."""
    if action is Action.TAKE_BACK:
        return await take_back(office, keyring, number, version=version)
    bench = bench_of(office, keyring)
    async with office.files() as files:
        await files.recusals.watch(keyring.person.id)
        file = await files.tickets.get(number, reader=keyring.person)
        ticket = file.ticket
        if version is not None and version != ticket.version:
            raise NotAllowed("这件刚刚有人办过了,请刷新看看再办。")
        refusal = why_not(ticket, action, bench, file.standing)
        if action in ticket.allowed() and refusal:
            raise NotAllowed(refusal)
        ticket.record(action, by=bench.person.unit, at=bench.now)  # refused before words are asked
        key = keyring.ticket(file)
        if action is Action.REPLY and ticket.tracks.draft == "passed":
            text = _passed_draft(file, key, text)
        out = await _out(files, file, key, bench)
        to = assigned(ticket, action, bench, file, out, particulars)
        if is_township(bench.organisation, to) and not text.strip():
            raise BadInput(WRITE_IT)
        text = checked(action, text, particulars, texts=bench.texts)
        if action is Action.ALLOT:
            await _refuse_stranger(files, ticket, particulars.person)
        audience, text = worded(
            office.content, action, text, particulars,
            heard_by(
                action, bench.organisation, by=bench.person.unit, owner=to or ticket.owner
            ),
        )  # fmt: skip
        if audience is Audience.TASK and file.sees is Sees.ALL:
            refuse_her_words(text, hers(file, key), identity_of(facts_of(file, key)))
        after, entry = ticket.record(
            action,
            by=bench.person.unit,
            person=bench.person.id,
            at=bench.now,
            text=key.seal(entry_field(audience, bench.now), text) if text else None,
            audience=audience,
            to=to or particulars.to,
            code=particulars.code,
        )
        after = _wound(office, after, action, bench, particulars)
        after = replace(after, owner=to) if to else after
        if to:
            await let_read(files, keyring, file, to, bench.organisation)
        if action is Action.REFER:
            await _seal_off(files, number, bench)
        if action is Action.MERGE:
            after = await _joined(files, keyring, after, particulars.other)
        await files.tickets.keep(after, entry, was=ticket)
        await files.writing.drop_draft(number, bench.person.id)
        if action is Action.MERGE:
            matter = await files.recusals.same_matter(number)
            await files.recusals.share(matter, at=bench.now)
        files.leaf(
            action.value, ticket=pseudonym(number), day=day_of(bench.now).isoformat(),
            state=after.status.value,
        )  # fmt: skip
    return _as_seen(office, after, file, bench.person.unit)


async def _refuse_stranger(files: Files, ticket: Ticket, person: str) -> None:
    """It is given to somebody of the unit that has it who may know of it; why another may not is not
    said, since that would tell what he stays away from."""
    colleagues = {each.id: each for each in await files.people.in_unit(ticket.owner)}
    colleague = colleagues.get(person)
    if colleague is None or not colleague.roles & Action.SIGN.card.who:
        raise NotAllowed(NOT_TO_HIM)
    if not await files.tickets.known([ticket.number], reader=colleague):
        raise NotAllowed(NOT_TO_HIM)


async def _out(files: Files, file: TicketFile, key: TicketKey, bench: Bench) -> Set[str]:
    """The units that must not get it. A township knows not whom it is about: for what it does, those
    who read the whole report are the only ones in."""
    if file.sees is Sees.ALL:
        return shut_out(file.ticket, facts_of(file, key), bench.organisation)
    return bench.organisation.units.keys() - await files.readers.whole(file.ticket.number)


def hers(file: TicketFile, key: TicketKey) -> Iterator[str]:
    """Everything the reporter wrote."""
    yield key.open("story", file.fields["story"])
    yield from (text_of(e, file, key) for e in file.entries if e.by == REPORTER)


def _passed_draft(file: TicketFile, key: TicketKey, text: str) -> str:
    """What was passed is what goes out: not a word is changed after the review."""
    draft = next(e for e in reversed(file.standing) if e.action is Action.SUBMIT)
    passed = text_of(draft, file, key)
    if text.strip() not in ("", passed):
        raise NotAllowed("审核通过的不是这几句。要改就改了重新送审。")
    return passed


def _wound(
    office: Office, ticket: Ticket, action: Action, bench: Bench, particulars: Particulars
) -> Ticket:
    """Stop and start the clocks the policy names; count returns; name the handler."""
    now = bench.now
    ticket = ticket.wound(action, now, office.content.policy, office.calendar)
    changes: dict[str, object] = {}
    match action:
        case Action.SIGN:
            changes["handler"] = bench.person.id
        case Action.RETURN:
            changes["returns"] = ticket.returns + 1
        case Action.ALLOT:
            changes["handler"] = particulars.person
        case Action.REASSIGN | Action.DISPATCH:
            changes["handler"] = ""
            binds = action is Action.DISPATCH and ticket.returns >= RETURNS_BEFORE_BINDING
            changes["tracks"] = replace(ticket.tracks, bound=ticket.tracks.bound or binds)
        case Action.MARK_CLUE | Action.REFER:
            changes["to_discipline"] = True
        case Action.ASK_EXTENSION:
            _asked_in_time(ticket, bench)
        case Action.EXTEND:
            changes["clocks"] = _extended(office, ticket, now)
        case Action.PARK if particulars.until:
            changes["clocks"] = _looked_at_again(office, ticket, particulars.until, now)
    return replace(ticket, **changes)  # type: ignore[arg-type]  # fields named above


def extendable(ticket: Ticket, now: datetime) -> Clock:
    """The handling clock that may be given more time: running, and asked before it ends."""
    handling = tuple(c for c in ticket.clocks if c.rule.startswith(("handle", "rectify")))
    clock = next_due(handling)
    if clock is None:
        raise NotAllowed("没有正在走的办理期限,不用延期。")
    if clock.due < now:
        raise NotAllowed(f"{said(clock.due)}已经到期,到期以后不能再延。")
    return clock


def _asked_in_time(ticket: Ticket, bench: Bench) -> None:
    """A township is not told the day: the reporter's could be counted from it."""
    try:
        extendable(ticket, bench.now)
    except NotAllowed:
        if is_township(bench.organisation, bench.person.unit):
            raise NotAllowed("现在不能申请延期了,请直接跟县里说。") from None
        raise


def _extended(office: Office, ticket: Ticket, now: datetime) -> tuple[Clock, ...]:
    """Later by what the rules give, and never past the law's own ceiling."""
    clock, window = extendable(ticket, now), office.content.rules.extension
    end = due(clock.due, amount=window.amount, unit=window.unit, calendar=office.calendar)
    ceilings = [c.due for c in ticket.clocks if c.runs and c.rule == "ceiling.handle"]
    if ceilings and end.at > min(ceilings):
        latest = min(ceilings)
        end = replace(end, at=latest, why=f"延到法规的最长期限,{said(latest)}。")
    return extended(ticket.clocks, clock.rule, end, basis=f"依据:{window.basis}")


def _looked_at_again(
    office: Office, ticket: Ticket, until: date, now: datetime
) -> tuple[Clock, ...]:
    """A parked ticket comes back by itself on the day the leader wrote down."""
    calendar = office.calendar
    end = datetime.combine(calendar.next_working(until), calendar.closes, SHANGHAI)
    longest = next(c.due for c in ticket.clocks if c.rule == "park" and c.runs)
    if until <= day_of(now) or end > longest:
        raise BadInput(f"再看的日子要在明天以后,最晚{said(longest)}。")
    why = f"领导签字时定的日子,{said(end)}以前要再看一次。"
    return tuple(
        replace(c, due=end, why=why) if c.rule == "park" and c.runs else c for c in ticket.clocks
    )


async def _seal_off(files: Files, number: str, bench: Bench) -> None:
    """After a hand-over the housing side, but for the province, can open nothing of it."""
    offices = bench.organisation
    outside = {offices.province.id, offices.discipline.id, offices.escrow.id, REPORTER}
    await files.readers.shut(number, but=outside)


async def _joined(files: Files, keyring: Keyring, ticket: Ticket, other: str) -> Ticket:
    """Merged into another ticket that exactly the same units may read."""
    number = "".join(other.split()).upper()
    if number == ticket.number:
        raise BadInput("不能和自己合并。")
    main = await files.tickets.get(number, reader=keyring.person)
    if not main.ticket.is_open or main.ticket.tracks.merged_into:
        raise NotAllowed("那一件已经办完了,不能并进去。")
    if await files.readers.of(number) != await files.readers.of(ticket.number):
        raise NotAllowed("两件能看的单位不一样,不能合并,不然该回避的单位就看到了。")
    return replace(ticket, tracks=replace(ticket.tracks, merged_into=number))


async def attachment(
    office: Office, keyring: Keyring, number: str, attachment_id: str
) -> tuple[str, bytes]:
    """(media type, bytes) of the handler's copy of a file that she sent; of one filed before copies were
    made, the file itself. The original's key is in no keyring of ours."""
    bench = bench_of(office, keyring)
    async with office.reading() as reading:
        file = await reading.tickets.get(number, reader=keyring.person)
        found = next((a for a in file.attachments if a.id == attachment_id), None)
        if found is None or is_sealed_to(file.ticket, bench):
            raise BadInput("没有这个附件。")
        if found.copy is HandlersCopy.NONE:
            raise NotAllowed("这个文件没法安全地重做一份,这里打不开。")
        sealed = await reading.blobs.sealed(found.id)
    key = keyring.ticket(file)
    return found.media_type, key.open_bytes(f"file {found.id}", sealed, part=found.part)
