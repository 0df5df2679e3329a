"""Who may know of which ticket: the one rule, in front of every query that a person's list, count, search or
page is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, false, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.content import InForce
from casework.offices import Person
from casework.recusals import Away, away_from
from storage.recusals import covered_by, recusal_from_row
from storage.schema import A_TASK, boxes, recusals, tickets


@dataclass(frozen=True, kw_only=True)
class Eyes:
    """A reader, with what he stays away from: without it nobody is shown anything."""

    person: Person
    away: Away
    has_tasks: bool  # his unit sees of some ticket the task alone: a township


async def eyes_of(connection: AsyncConnection, reader: Person, in_force: InForce) -> Eyes:
    """In one statement, so that a list costs no more than it did."""
    task = exists().where(boxes.c.holder == reader.unit, A_TASK)
    one = select(task.label("has_tasks")).subquery()
    declared = and_(recusals.c.person == reader.id, recusals.c.lifted_at.is_(None))
    query = select(one.c.has_tasks, recusals).select_from(one.outerjoin(recusals, declared))
    rows = (await connection.execute(query)).all()
    return Eyes(
        person=reader,
        away=away_from(
            [recusal_from_row(row) for row in rows if row.about is not None],
            in_force().content.organisation,
        ),
        has_tasks=bool(rows[0].has_tasks),
    )


def readable(*columns: Any, eyes: Eyes, with_tickets: bool = True) -> Select[Any]:
    """A query over the tickets that a reader may know of: his unit holds a box, he is not recused.
    Without tickets it is one over the boxes alone, as far as he stays away from nothing."""
    stays_away = bool(eyes.away.tickets) or eyes.away.everything
    shown = boxes
    if with_tickets or stays_away:
        shown = boxes.join(tickets, boxes.c.ticket == tickets.c.number)  # type: ignore[assignment]
    query = select(*columns).select_from(shown).where(boxes.c.holder == eyes.person.unit)
    if stays_away:
        query = query.where(~covered_by(eyes.away))
    return query if eyes.person.may_read_cases() else query.where(false())
