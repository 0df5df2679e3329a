"""Which unit a ticket goes to: never one that is the accused's, never one without a key."""

from __future__ import annotations

from collections.abc import Mapping, Set

from casework.offices import CHAIN, Level, Organisation
from casework.permits import RETURNS_BEFORE_BINDING, Bench, Particulars, is_township
from casework.ports import Files, Keyring
from casework.refusals import NotAllowed
from casework.reports import accused_of
from casework.routing import below_the_floor, excluded, floor
from casework.shelves import Sees, TicketFile
from casework.tickets import Action, Kind, Ticket


def shut_out(ticket: Ticket, facts: Mapping[str, object], offices: Organisation) -> Set[str]:
    """The housing units that must never get it: those of whom it is about, and those below its
    floor, as at intake. No township gets a clue."""
    accused = accused_of(facts)
    lowest = floor(
        kind=ticket.kind, to_discipline=ticket.to_discipline, accused=accused,
        asked=str(facts.get("floor") or ""),
    )  # fmt: skip
    if lowest is Level.COUNTY and not (ticket.to_discipline or ticket.kind is Kind.CLUE):
        return excluded(accused, ticket.county, offices)
    return excluded(accused, ticket.county, offices) | below_the_floor(lowest, offices)


def assigned(
    ticket: Ticket,
    action: Action,
    bench: Bench,
    file: TicketFile,
    out: Set[str],
    particulars: Particulars,
) -> str:
    """The unit that must act now, '' when it stays the same one. `out` must never get it."""
    if action is Action.RETURN:
        return _back_to(ticket, bench, file, out)
    unnamed = action is Action.REASSIGN and not particulars.to  # asked for elsewhere
    if action not in (Action.DISPATCH, Action.REASSIGN) or unnamed:
        return ""
    to, offices = particulars.to or _usual(ticket, file), bench.organisation
    if to not in offices or offices[to].level not in CHAIN:
        raise NotAllowed("没有这个单位,或者它不办件。")
    if to in out:
        raise NotAllowed(f"{offices[to].name}要回避,不能交给它。")
    if bench.person.unit not in {u.id for u in offices.upwards(offices[to])}:
        raise NotAllowed("只能交给本单位或者下级单位。")
    return to


def _usual(ticket: Ticket, file: TicketFile) -> str:
    """Without a unit named it goes to where it came in, or back to where it was."""
    sent = [e for e in file.standing if e.action is Action.RETURN]
    return sent[-1].by if sent else ticket.owner


def _back_to(ticket: Ticket, bench: Bench, file: TicketFile, out: Set[str]) -> str:
    """To the desk that sent it; the second time to the level above, whose word binds."""
    sent = [e.by for e in file.standing if e.action in (Action.DISPATCH, Action.REASSIGN)]
    desk = sent[-1] if sent else ticket.owner
    if ticket.returns + 1 < RETURNS_BEFORE_BINDING:
        return desk
    return next((unit for unit in bench.above(desk) if unit not in out), desk)


async def let_read(
    files: Files, keyring: Keyring, file: TicketFile, unit: str, offices: Organisation
) -> None:
    """A unit that gets the ticket gets its own box; without a key it can read nothing. A township's
    opens the task alone, and no text that the reporter added."""
    number = file.ticket.number
    if unit in await files.readers.of(number):
        return
    public = await files.readers.key_of(unit)
    if public is None:
        raise NotAllowed("那个单位还没有建立钥匙,打不开反映内容,不能交给它。")
    sees = Sees.TASK if is_township(offices, unit) else Sees.ALL
    added = keyring.part_boxes_for(file, public) if sees is Sees.ALL else {}
    await files.readers.let_in(number, unit, keyring.box_for(file, public, sees), added, sees)
