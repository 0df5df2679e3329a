"""Taking back from townships what an earlier version gave them: the key to a whole report.

A box cannot be sealed anew without a key that the house does not have, so it goes, and the ticket
moves to the lowest unit that reads it, which sends it down again as a task (decision 012). Which
unit is a township stands in the content: a migration cannot know it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.elements import ColumnElement

from casework.content import InForce
from casework.offices import Level
from casework.routing import owner_among
from casework.shelves import Sees
from casework.tickets import Action, Entry
from storage.keyshelf import ShredShelf
from storage.readers import ReadersShelf
from storage.rows import ticket_from_row
from storage.schema import boxes, parts, tickets
from storage.standing import Standing
from storage.tickets import TicketsShelf


async def held_by_townships(connection: AsyncConnection, in_force: InForce) -> set[str]:
    """The numbers of the tickets that a township can open whole."""
    query = select(boxes.c.ticket).where(*_whole(_townships(in_force)))
    return set((await connection.execute(query)).scalars())


def _townships(in_force: InForce) -> list[str]:
    return [unit.id for unit in in_force().content.organisation.at(Level.TOWNSHIP)]


def _whole(townships: list[str]) -> tuple[ColumnElement[bool], ...]:
    return boxes.c.holder.in_(townships), boxes.c.sees == Sees.ALL.value


async def take_back(
    connection: AsyncConnection, shreds: ShredShelf, in_force: InForce, now: datetime
) -> int:
    """How many tickets townships could open; they cannot any more. Twice does no harm."""
    townships, numbers = _townships(in_force), await held_by_townships(connection, in_force)
    standing = Standing(connection)
    await standing.remove(and_(*_whole(townships)))
    await connection.execute(delete(parts).where(parts.c.holder.in_(townships)))
    for number in sorted(numbers):
        await _move_up(connection, shreds, in_force, standing, number, townships, now)
    await standing.write()
    return len(numbers)


async def _move_up(
    connection: AsyncConnection,
    shreds: ShredShelf,
    in_force: InForce,
    places: Standing,
    number: str,
    townships: list[str],
    now: datetime,
) -> None:
    """What a township had, open or over, is the lowest reader's now, who must sign for it where it can
    still change hands."""
    standing, shelf = in_force(), TicketsShelf(connection, shreds, in_force, places)
    row = (await connection.execute(select(tickets).where(tickets.c.number == number))).one()
    ticket = ticket_from_row(row)
    if ticket.owner not in townships:
        return
    readers = await ReadersShelf(connection, places).whole(number)
    owner = owner_among(readers, ticket.county, standing.content.organisation)
    line = Entry(at=now, action=Action.REASSIGN, by=owner, to=owner)
    after = ticket
    if Action.REASSIGN in ticket.allowed():
        after, line = ticket.record(Action.REASSIGN, by=owner, at=now, to=owner)
        after = after.wound(Action.REASSIGN, now, standing.content.policy, standing.calendar)
    await shelf.keep(replace(after, owner=owner, handler=""), line, was=ticket)
