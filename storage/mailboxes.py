"""The reporter's own mailbox: a code opens it, and no other thing in the house does."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.deadlines import next_due
from casework.refusals import NoSuchReceipt, TooManyTries
from casework.reports import Letter, Mailbox
from casework.sealed_names import entry_field
from casework.tickets import Action, Audience, Status, Ticket
from papers.envelope import open_box
from storage.codes import CodePool
from storage.keyshelf import ShredShelf
from storage.rows import ticket_from_row
from storage.schema import boxes, envelopes, history, receipts, tickets
from storage.sealing import ReportKeys
from storage.tickets import TicketsShelf

#: The holder name of the reporter's own box.
REPORTER = "reporter"

#: Failed look-ups allowed in any five seconds, for everybody together. At this rate a year of
#: guessing finds one of 100,000 live codes with probability 0.3 %.
FAILURES = 25
WINDOW = 5.0


class GuessGuard:
    """Counts wrong codes of the whole house; keeps nobody's address."""

    def __init__(self) -> None:
        self._failures: deque[float] = deque()

    def check(self) -> None:
        now = time.monotonic()
        while self._failures and self._failures[0] < now - WINDOW:
            self._failures.popleft()
        if len(self._failures) >= FAILURES:
            raise TooManyTries

    def failed(self) -> None:
        self._failures.append(time.monotonic())


class MailboxShelf:
    """Opening a mailbox by its code, and writing into the report it belongs to."""

    def __init__(
        self, connection: AsyncConnection, shreds: ShredShelf, codes: CodePool, guard: GuessGuard
    ) -> None:
        self._c = connection
        self._shreds = shreds
        self._codes = codes
        self._guard = guard
        self._tickets = TicketsShelf(connection, shreds)

    async def open(self, code: str) -> Mailbox:
        ticket, keys = await self._unlock(code)
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
            letters.append(Letter(at=line.at, mine=mine, text=keys.open(field, line.sealed)))
        clock = next_due(ticket.clocks) if ticket.is_open else None
        return Mailbox(
            status=ticket.status.value,
            plain=ticket.status.plain,
            filed_at=ticket.filed_at,
            due=clock.due if clock else None,
            why=clock.why if clock else "",
            letters=tuple(letters),
            can_reopen=ticket.status in (Status.REPLIED, Status.RESOLVED),
        )

    async def add(self, code: str, text: str, *, at: datetime) -> Ticket:
        """The reporter adds something; a question that waited is answered by it."""
        ticket, keys = await self._unlock(code)
        return await self._record(ticket, keys, Action.ADD, text, at)

    async def reopen(self, code: str, *, at: datetime) -> Ticket:
        """The reporter says it was not solved."""
        ticket, keys = await self._unlock(code)
        return await self._record(ticket, keys, Action.REOPEN, "反映人说:没解决。", at)

    async def _record(
        self, ticket: Ticket, keys: ReportKeys, action: Action, text: str, at: datetime
    ) -> Ticket:
        sealed = keys.seal(entry_field(Audience.REPORTER, at), text)
        after, entry = ticket.record(
            action, by=REPORTER, at=at, text=sealed, audience=Audience.REPORTER
        )
        await self._tickets.keep(after, entry, was=ticket)
        return after

    async def _unlock(self, code: str) -> tuple[Ticket, ReportKeys]:
        """One answer and the same work for every code that opens nothing."""
        self._guard.check()
        keys = await self._codes.open(code)
        query = (
            select(tickets, boxes.c.box)
            .join(receipts, receipts.c.ticket == tickets.c.number)
            .join(boxes, boxes.c.ticket == tickets.c.number)
            .where(receipts.c.lookup == keys.lookup, boxes.c.holder == REPORTER)
        )
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            self._guard.failed()
            raise NoSuchReceipt
        shred = self._shreds.secret(row.number)
        reporter = open_box(keys.private, row.box)
        return ticket_from_row(row), ReportKeys(row.number, reporter, None, shred)
