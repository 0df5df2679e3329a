"""What the clock does to a ticket nobody moves: it climbs, and every step is on record."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from casework.offices import Organisation
from casework.ports import Office
from casework.sealed_names import pseudonym
from casework.tickets import Action, Entry, Ticket
from casework.workdays import day_of

log = logging.getLogger(__name__)

#: After this long at one step, an overdue ticket climbs to the next.
STEP = timedelta(days=2)
#: How many are looked at in one go.
AT_ONCE = 200
#: A ticket that cannot be handled is left alone for so long; the others have gone on meanwhile.
LATER = timedelta(hours=1)


async def escalate_overdue(office: Office) -> int:
    """Every overdue ticket is brought to the unit above, and above that; how many steps were made.
    Twice does no harm. Each one is put off when it was looked at, so however many have nowhere left
    to go, they are looked at once and keep nobody waiting."""
    now, steps = office.clock.now(), 0
    while True:
        async with office.reading() as reading:
            late = await reading.tickets.to_climb(now, limit=AT_ONCE)
        steps += sum([await _climb(office, ticket, now) for ticket in late])
        if len(late) < AT_ONCE:
            return steps


async def _climb(office: Office, late: Ticket, now: datetime) -> int:
    """One ticket, locked and looked at again. What is wrong with it stops nobody else."""
    try:
        async with office.files() as files:
            entries = await files.tickets.entries(late.number)
            ladder = ladder_of(late, office.content.organisation)
            made = steps_made(entries)
            if len(made) < len(ladder) and not _too_early(made, now):
                line = Entry(at=now, action=Action.ESCALATE, by=ladder[len(made)])
                await files.tickets.add_entry(late.number, line)
                files.leaf("escalated", ticket=pseudonym(late.number), day=day_of(now).isoformat())
                made = (*made, line)
                climbed = 1
                if len(made) == len(ladder):  # nobody is left above: a person must be told
                    await files.tickets.alarm(late.number, "top")
            else:
                climbed = 0
            await files.tickets.climbs(late.number, _again(made, ladder))
            return climbed
    except Exception as fault:  # whatever it is, the next one goes on
        log.error("not escalated", extra={"fault": type(fault).__name__})
        async with office.files() as files:
            await files.tickets.climbs(late.number, now + LATER)
        return 0


def ladder_of(ticket: Ticket, organisation: Organisation) -> tuple[str, ...]:
    """The units to be told, one after the other: those above its owner, the province at least."""
    above: list[str] = []
    if ticket.owner in organisation:
        above = [unit.id for unit in organisation.upwards(organisation[ticket.owner])][1:]
    return tuple(above or [organisation.province.id])


def steps_made(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.action is Action.ESCALATE)


def _too_early(made: tuple[Entry, ...], now: datetime) -> bool:
    return bool(made) and now - made[-1].at < STEP


def _again(made: tuple[Entry, ...], ladder: tuple[str, ...]) -> datetime | None:
    """When the next step is due; None where the top is reached."""
    return made[-1].at + STEP if made and len(made) < len(ladder) else None
