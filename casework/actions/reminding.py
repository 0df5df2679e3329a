"""What the clock does to a ticket nobody moves: it climbs, and every step is on record."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.offices import Organisation
from casework.ports import Office
from casework.sealed_names import pseudonym
from casework.tickets import Action, Entry, Ticket
from casework.workdays import day_of

#: After this long at one step, an overdue ticket climbs to the next.
STEP = timedelta(days=2)


async def escalate_overdue(office: Office) -> int:
    """Every overdue ticket is brought to the unit above, and above that. Twice does no harm."""
    now = office.clock.now()
    async with office.reading() as reading:
        late = await reading.tickets.overdue(now)
    return sum([await _climb(office, ticket, now) for ticket in late])


async def _climb(office: Office, late: Ticket, now: datetime) -> int:
    """One ticket, locked and looked at again."""
    async with office.files() as files:
        entries = await files.tickets.entries(late.number)
        step = next_step(late, entries, office.content.organisation, now)
        if step is None:
            return 0
        line = Entry(at=now, action=Action.ESCALATE, by=step)
        await files.tickets.add_entry(late.number, line)
        files.leaf("escalated", ticket=pseudonym(late.number), day=day_of(now).isoformat())
        return 1


def next_step(
    ticket: Ticket, entries: tuple[Entry, ...], organisation: Organisation, now: datetime
) -> str | None:
    """The unit that must be told next, or None while it is too early or the top is reached."""
    if ticket.owner not in organisation:
        return None
    steps = [e for e in entries if e.action is Action.ESCALATE]
    if steps and now - steps[-1].at < STEP:
        return None
    ladder = list(organisation.upwards(organisation[ticket.owner]))[1:] or [organisation.province]
    return ladder[len(steps)].id if len(steps) < len(ladder) else None
