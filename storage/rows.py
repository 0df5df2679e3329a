"""One pair of functions a value: to a row, and back from it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.deadlines import Clock, next_due
from casework.offices import WITHOUT_CASES, Person, Role
from casework.queue import NO_DEADLINE
from casework.shelves import BatchRow, HandlersCopy, LastStep, SealedAttachment
from casework.tickets import Action, Audience, Entry, Kind, Status, Ticket
from casework.tracks import Tracks


def insert_new(connection: AsyncConnection, table: Table) -> Any:
    """INSERT … ON CONFLICT DO NOTHING in the words of the database at hand."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table).on_conflict_do_nothing()


def insert_or_replace(connection: AsyncConnection, table: Table, values: dict[str, Any]) -> Any:
    """INSERT, or the new values in place of the row with the same primary key; one statement, so two
    processes that write the same row at once both succeed."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    made = dialect.insert(table).values(values)
    keys = [column.name for column in table.primary_key]
    fresh = {name: made.excluded[name] for name in values if name not in keys}
    return made.on_conflict_do_update(index_elements=keys, set_=fresh)


def attachment_from_row(row: Row[Any]) -> SealedAttachment:
    return SealedAttachment(
        id=row.id, kind=row.kind, size=row.size, media_type=row.media_type,
        copy=HandlersCopy(row.copy), part=row.part,
    )  # fmt: skip


def clocks_to_text(clocks: tuple[Clock, ...]) -> str:
    return json.dumps(
        [
            {
                "rule": c.rule,
                "label": c.label,
                "started": c.started.isoformat(),
                "due": c.due.isoformat(),
                "provisional": c.provisional,
                "why": c.why,
                "stopped": c.stopped.isoformat() if c.stopped else None,
                "frozen": c.frozen.isoformat() if c.frozen else None,
            }
            for c in clocks
        ],
        ensure_ascii=False,
    )


def clocks_from_text(text: str) -> tuple[Clock, ...]:
    return tuple(
        Clock(
            rule=c["rule"],
            label=c["label"],
            started=datetime.fromisoformat(c["started"]),
            due=datetime.fromisoformat(c["due"]),
            provisional=c["provisional"],
            why=c["why"],
            stopped=datetime.fromisoformat(c["stopped"]) if c["stopped"] else None,
            frozen=datetime.fromisoformat(c["frozen"]) if c.get("frozen") else None,
        )
        for c in json.loads(text)
    )


def due_of(ticket: Ticket) -> datetime:
    clock = next_due(ticket.clocks) if ticket.is_open else None
    return clock.due if clock else NO_DEADLINE


def ticket_to_row(ticket: Ticket) -> dict[str, Any]:
    """The columns that an action may change, and those that never do."""
    return {
        "number": ticket.number,
        "county": ticket.county,
        "category": ticket.category,
        "kind": ticket.kind.value,
        "owner": ticket.owner,
        "status": ticket.status.value,
        "open": ticket.is_open,
        "to_discipline": ticket.to_discipline,
        "handler": ticket.handler,
        "returns": ticket.returns,
        "filed_at": ticket.filed_at,
        "due_at": due_of(ticket),
        "climbs_at": due_of(ticket) if ticket.is_open else None,  # whatever was done, look anew
        "clocks": clocks_to_text(ticket.clocks),
        "version": ticket.version,
        "tracks": json.dumps(asdict(ticket.tracks)),
    }


def ticket_from_row(row: Row[Any]) -> Ticket:
    return Ticket(
        number=row.number,
        county=row.county,
        category=row.category,
        kind=Kind(row.kind),
        owner=row.owner,
        status=Status(row.status),
        to_discipline=row.to_discipline,
        handler=row.handler,
        returns=row.returns,
        filed_at=row.filed_at,
        clocks=clocks_from_text(row.clocks),
        version=row.version,
        tracks=Tracks(**json.loads(row.tracks)),
    )


#: What a step may change, and a step taken back restores.
_CHANGED = ("owner", "status", "to_discipline", "handler", "returns", "clocks", "tracks")


def last_step_to_text(entry: Entry, n: int, was: Ticket) -> str | None:
    """What taking the step back needs; None for a step nobody took by hand, or that is final."""
    if not entry.person or entry.action.card.final or entry.action is Action.TAKE_BACK:
        return None
    before = ticket_to_row(was)
    return json.dumps(
        {
            "n": n,
            "person": entry.person,
            "at": entry.at.isoformat(),
            "was": {name: before[name] for name in _CHANGED},
        }
    )


def last_step_from_text(text: str | None, ticket: Ticket) -> LastStep | None:
    """The same back; `ticket` is as it stands now."""
    if text is None:
        return None
    step = json.loads(text)
    was = step["was"]
    before = replace(
        ticket,
        owner=was["owner"],
        status=Status(was["status"]),
        to_discipline=was["to_discipline"],
        handler=was["handler"],
        returns=was["returns"],
        clocks=clocks_from_text(was["clocks"]),
        tracks=Tracks(**json.loads(was["tracks"])),
    )
    at = datetime.fromisoformat(step["at"])
    return LastStep(n=step["n"], person=step["person"], at=at, was=before)


def entry_to_row(number: str, n: int, entry: Entry) -> dict[str, Any]:
    return {
        "ticket": number,
        "n": n,
        "at": entry.at,
        "action": entry.action.value,
        "by": entry.by,
        "person": entry.person,
        "audience": entry.audience.value,
        "sealed": entry.text,
        "to": entry.to,
        "code": entry.code,
    }


def entry_from_row(row: Row[Any]) -> Entry:
    return Entry(
        at=row.at,
        action=Action(row.action),
        by=row.by,
        person=row.person,
        audience=Audience(row.audience),
        text=row.sealed,
        n=row.n,
        to=row.to,
        code=row.code,
    )


def person_from_row(row: Row[Any]) -> Person:
    """Of a row of `storage.posts.staff`: with the roles he has at that moment."""
    own = frozenset(Role(role) for role in (row.roles or "").split(",") if role)
    pairs = [each.split(":") for each in (row.lent or "").split(",") if each]
    lent = {Role(role) for _, role in pairs}
    if not own - WITHOUT_CASES:  # who works on no case himself gets at none by standing in
        lent &= WITHOUT_CASES
    return Person(
        id=row.id, name=row.name, unit=row.unit, roles=own | lent, lent=frozenset(lent - own),
        stands_in_for=frozenset(person for person, _ in pairs),
    )  # fmt: skip


def batch_from_row(row: Row[Any]) -> BatchRow:
    return BatchRow(
        number=row.number,
        office=row.office,
        month=row.month,
        made_at=row.made_at,
        count=row._mapping["count"],
        digest=row.digest,
        size=row.size,
        root=row.root,
        sent_at=row.sent_at,
        receipt=row.receipt,
        attempts=row.attempts,
        trouble=row.trouble,
    )
