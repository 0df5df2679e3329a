"""Posts: who does what at a moment. Whoever is read from the store is read through here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import FromClause
from sqlalchemy.sql.elements import ColumnElement

from casework.offices import Post, Role
from storage.rows import insert_new
from storage.schema import absences, people, posts

absent = people.alias("absent")
#: The deputy's own absences.
his = absences.alias("his")


def staff(now: datetime, *columns: Any) -> Select[Any]:
    """Rows of people, and `columns`, with the roles they have at this moment: `person_from_row` reads
    them. A post is looked at each time, so that one that ends ends for a session that is open; and so is
    an absence, which lends its person's posts to the deputy."""
    held = (
        select(func.aggregate_strings(posts.c.role, ","))
        .where(posts.c.person == people.c.id, _holds(now))
        .scalar_subquery()
    )
    away_himself = exists().where(his.c.person == absences.c.deputy, _in_force(his, now))
    lent = (
        select(func.aggregate_strings(absences.c.person + ":" + posts.c.role, ","))
        .select_from(
            absences.join(absent, absent.c.id == absences.c.person).join(
                posts, and_(posts.c.person == absences.c.person, _holds(now))
            )
        )
        .where(absences.c.deputy == people.c.id, _in_force(absences, now), ~away_himself)
        .where(absent.c.gone_at.is_(None), absent.c.unit == people.c.unit)
        .correlate(people)
        .scalar_subquery()
    )
    return select(people, held.label("roles"), lent.label("lent"), *columns)


def _holds(now: datetime) -> ColumnElement[bool]:
    return and_(posts.c.since <= now, or_(posts.c.until.is_(None), posts.c.until > now))


def _in_force(of: FromClause, now: datetime) -> ColumnElement[bool]:
    return and_(of.c.since <= now, of.c.until > now)


class PostShelf:
    """Giving posts, and ending them."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._c = connection

    async def of(self, person: str) -> Sequence[Post]:
        """All he has, had and will have, the oldest first."""
        query = select(posts).where(posts.c.person == person).order_by(posts.c.since, posts.c.role)
        rows = (await self._c.execute(query)).all()
        return [Post(role=Role(row.role), since=row.since, until=row.until) for row in rows]

    async def give(self, person: str, post: Post) -> bool:
        """False where he has one that begins at the same moment."""
        values = {"person": person, "role": post.role.value}
        made = await self._c.execute(
            insert_new(self._c, posts).values(**values, since=post.since, until=post.until)
        )
        return bool(made.rowcount == 1)

    async def end(self, person: str, post: Post, until: datetime) -> None:
        """One that has not begun by then never does."""
        if post.since >= until:
            until = post.since
        await self._c.execute(
            update(posts)
            .where(posts.c.person == person, posts.c.role == post.role.value)
            .where(posts.c.since == post.since)
            .values(until=until)
        )
