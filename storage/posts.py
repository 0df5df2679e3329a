"""Posts: who does what at a moment. Whoever is read from the store is read through here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.offices import Post, Role
from storage.rows import insert_new
from storage.schema import people, posts


def staff(now: datetime, *columns: Any) -> Select[Any]:
    """Rows of people, and `columns`, with the roles they have at this moment: `person_from_row` reads
    them. A post is looked at each time, so that one that ends ends for a session that is open."""
    held = (
        select(func.aggregate_strings(posts.c.role, ","))
        .where(posts.c.person == people.c.id, posts.c.since <= now)
        .where(or_(posts.c.until.is_(None), posts.c.until > now))
        .scalar_subquery()
    )
    return select(people, held.label("roles"), *columns)


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
