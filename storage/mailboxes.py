"""The reporter's own mailbox: a code opens it, and no other thing in the house does.

Writing into it asks for the ticket's number alone: every text of hers has a key of its own, boxed to
her code's public half, so nothing has to keep her code from one step of a talk to the next.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.appeals import next_appeal, too_late, under_pressure, withdrawal
from casework.content import InForce
from casework.deadlines import next_due
from casework.ports.locks import MailboxKey
from casework.receipts import without_codes
from casework.refusals import NoSuchReceipt, NotAllowed
from casework.reports import REPORTER, Accused, Added, Addition, Letter, Mailbox
from casework.routing import left_out, owner_among
from casework.sealed_names import entry_field
from casework.tickets import Action, Audience, Entry, Status, Ticket
from papers.envelope import derive, open_box, seal_to
from storage.keyshelf import ShredShelf
from storage.readers import ReadersShelf
from storage.rows import ticket_from_row
from storage.schema import boxes, envelopes, history, parts, receipts, tickets, unit_keys
from storage.sealing import ReportKeys
from storage.tickets import TicketsShelf


class MailboxShelf:
    """Opening a mailbox by the key of its code, and writing into the report it belongs to. `missed`
    hears of each caller whose code opened nothing."""

    def __init__(
        self,
        connection: AsyncConnection,
        shreds: ShredShelf,
        missed: Callable[[str], None],
        in_force: InForce,
    ) -> None:
        self._in_force = in_force
        self._c = connection
        self._shreds = shreds
        self._missed = missed
        self._tickets = TicketsShelf(connection, shreds, in_force)
        self._readers = ReadersShelf(connection)

    async def open(self, key: MailboxKey) -> Mailbox:
        """Raises `NoSuchReceipt`."""
        ticket, keys = await self._unlock(key)
        lines = await self._c.execute(
            select(history)
            .where(history.c.ticket == ticket.number)
            .where(history.c.audience == Audience.REPORTER.value, history.c.sealed.is_not(None))
            .order_by(history.c.n)
        )
        story = await self._c.execute(
            select(envelopes.c.sealed).where(
                envelopes.c.ticket == ticket.number, envelopes.c.field == "story"
            )
        )
        letters = [
            Letter(at=ticket.filed_at, mine=True, text=keys.open("story", story.scalar_one()))
        ]
        for line in lines:
            field = entry_field(Audience.REPORTER, line.at)
            mine = line.by == REPORTER
            text = keys.open(field, line.sealed)
            if field in keys.parts:
                text = Addition.from_json(text).text
            letters.append(Letter(at=line.at, mine=mine, text=text))
        gone = ticket.tracks.withdrawn
        clock = next_due(ticket.clocks) if ticket.is_open and not gone else None
        return Mailbox(
            number=ticket.number,
            status=ticket.told.value,
            plain=ticket.told.plain,
            filed_at=ticket.filed_at,
            due=clock.due if clock else None,
            why=clock.why if clock else "",
            letters=tuple(letters),
            can_reopen=ticket.status in (Status.REPLIED, Status.RESOLVED) and not gone,
            can_rate=Action.SOLVED in ticket.allowed() and not gone,
            can_appeal=_appeal(ticket),
            can_withdraw=not gone and ticket.status is not Status.ARCHIVED,
        )

    async def number_of(self, key: MailboxKey) -> str:
        """The ticket a code opens. Raises `NoSuchReceipt`."""
        ticket, _ = await self._unlock(key)
        return ticket.number

    async def add(
        self, number: str, text: str, *, about: Sequence[Accused] = (), at: datetime
    ) -> Added:
        """The reporter adds something; a question that waited is answered by it."""
        ticket = await self._ticket(number)
        return await self._told(ticket, Action.ADD, Addition(text=text, about=tuple(about)), at)

    async def reopen(self, number: str, *, at: datetime) -> Ticket:
        """The reporter says it was not solved."""
        ticket = await self._ticket(number)
        return await self._record(ticket, Action.REOPEN, "反映人说:没解决。", at)

    async def rate(self, number: str, said: Action, *, at: datetime) -> Ticket:
        """回访, answered by herself: solved, not solved, or nobody came."""
        ticket = await self._ticket(number)
        after = await self._record(ticket, said, f"{said.label}。", at)
        if said is Action.NOBODY_CAME:
            await self._alert(after, said.value, at)
        return after

    async def appeal(
        self, number: str, text: str, *, about: Sequence[Accused] = (), at: datetime
    ) -> Added:
        """复查, and after its decision 复核, each within its days."""
        ticket = await self._ticket(number)
        entries = await self._tickets.entries(ticket.number)
        wanted = next_appeal(ticket)
        if wanted is None:
            raise NotAllowed("现在不能申请复查或者复核。", "no-appeal")
        rules = self._in_force().content.rules
        if late := too_late(ticket, wanted, entries, rules, self._in_force().calendar, at):
            raise NotAllowed(late)
        return await self._told(ticket, wanted, Addition(text=text, about=tuple(about)), at)

    async def withdraw(self, number: str, *, at: datetime) -> Ticket:
        """A housing matter stops; a clue goes on, with her wish on record. She is told the same."""
        ticket = await self._ticket(number)
        if ticket.tracks.withdrawn:
            return ticket
        entries = await self._tickets.entries(ticket.number)
        after = await self._record(ticket, withdrawal(ticket), "反映人要求撤回。", at)
        content = self._in_force().content
        if under_pressure(entries, content.rules, self._in_force().calendar, at):
            await self._alert(after, "pressure", at)
        return after

    async def _alert(self, ticket: Ticket, code: str, at: datetime) -> None:
        """The unit above is told by a line of the history that something is wrong here."""
        above = self._in_force().content.organisation.over(ticket.owner)
        line = Entry(at=at, action=Action.REMIND, by=above, to=above, code=code)
        await self._tickets.add_entry(ticket.number, line)

    async def _told(
        self, ticket: Ticket, action: Action, addition: Addition, at: datetime
    ) -> Added:
        """A text of hers under a key of its own, boxed to those who read the report and are not named
        in it. Whoever is named knows of the ticket no more; what he has read he has read."""
        offices = self._in_force().content.organisation
        addition = replace(addition, text=without_codes(addition.text))
        reading = await self._readers.whole(ticket.number)
        out = left_out(addition.about, ticket, offices)
        if out:
            out &= await self._readers.of(ticket.number)
        part, field = secrets.token_bytes(32), entry_field(Audience.REPORTER, at)
        shred = self._shreds.secret(ticket.number)
        keys = ReportKeys(ticket.number, b"", None, None, shred, {field: part})
        after, entry = ticket.record(
            action, by=REPORTER, at=at, text=keys.seal(field, addition.to_json()),
            audience=Audience.REPORTER,
        )  # fmt: skip
        after = after.wound(action, at, self._in_force().content.policy, self._in_force().calendar)
        moved = owner_among(reading - out, ticket.county, offices) if ticket.owner in out else ""
        after = replace(after, owner=moved or after.owner)
        await self._tickets.keep(after, entry, was=ticket)
        await self._box(keys, field, part, reading - out)
        if out:
            await self._readers.leave_out(ticket.number, out)
        if moved:
            after = await self._moved(after, at)
        names = tuple(sorted(offices[unit].name for unit in out))
        return Added(ticket=after, left_out=names, moved_to=offices[moved].name if moved else "")

    async def _moved(self, ticket: Ticket, at: datetime) -> Ticket:
        """The unit that has it now must sign for it, as after any other change of hands."""
        if Action.REASSIGN not in ticket.allowed():
            line = Entry(at=at, action=Action.REASSIGN, by=REPORTER, to=ticket.owner)
            await self._tickets.add_entry(ticket.number, line)
            return ticket
        after, entry = ticket.record(Action.REASSIGN, by=REPORTER, at=at, to=ticket.owner)
        content = self._in_force().content
        after = after.wound(Action.REASSIGN, at, content.policy, self._in_force().calendar)
        after = replace(after, handler="")
        await self._tickets.keep(after, entry, was=ticket)
        return after

    async def _box(
        self, keys: ReportKeys, field: str, part: bytes, holders: Collection[str]
    ) -> None:
        """The part's key for the units and for herself; for those outside the content key itself, so
        that a purge on this side does not reach their copy."""
        offices = self._in_force().content.organisation
        outside = {offices.discipline.id, offices.escrow.id}
        query = select(unit_keys.c.unit, unit_keys.c.public).where(unit_keys.c.unit.in_(holders))
        publics = {row.unit: row.public for row in (await self._c.execute(query)).all()}
        content = derive(part, "content", keys.shred)
        boxed = {
            holder: seal_to(public, content if holder in outside else part)
            for holder, public in publics.items()
        }
        own = select(receipts.c.public).where(receipts.c.ticket == keys.number)
        boxed[REPORTER] = seal_to((await self._c.execute(own)).scalar_one(), part)
        rows = [
            {"ticket": keys.number, "part": field, "holder": holder, "box": box}
            for holder, box in boxed.items()
        ]
        await self._c.execute(insert(parts), rows)

    async def _record(self, ticket: Ticket, action: Action, text: str, at: datetime) -> Ticket:
        """A step of hers in our words, which name nobody."""
        return (await self._told(ticket, action, Addition(text=text), at)).ticket

    async def _ticket(self, number: str) -> Ticket:
        """Held until the block ends: what a handler does at the same moment comes before or after her
        word, and is no reason to refuse it."""
        query = select(tickets).where(tickets.c.number == number).with_for_update()
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            raise NoSuchReceipt
        return ticket_from_row(row)

    async def _unlock(self, keys: MailboxKey) -> tuple[Ticket, ReportKeys]:
        """One answer and the same work for every code that opens nothing."""
        query = (
            select(tickets, boxes.c.box)
            .join(receipts, receipts.c.ticket == tickets.c.number)
            .join(boxes, boxes.c.ticket == tickets.c.number)
            .where(receipts.c.lookup == keys.lookup, boxes.c.holder == REPORTER)
        )
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            self._missed(keys.caller)
            raise NoSuchReceipt
        shred = self._shreds.secret(row.number)
        reporter = open_box(keys.private, row.box)
        own = select(parts.c.part, parts.c.box).where(
            parts.c.ticket == row.number, parts.c.holder == REPORTER
        )
        added = {each.part: open_box(keys.private, each.box) for each in await self._c.execute(own)}
        return ticket_from_row(row), ReportKeys(row.number, reporter, None, None, shred, added)


def _appeal(ticket: Ticket) -> str:
    """The id of the appeal that is open to her, '' when none is."""
    wanted = None if ticket.tracks.withdrawn else next_appeal(ticket)
    return wanted.value if wanted else ""
