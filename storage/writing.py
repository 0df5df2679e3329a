"""Drafts, sealed to those who read the ticket; and the phrases of a unit."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.steps import Action
from casework.writing import DRAFT_LIVES, Phrase
from storage.rows import insert_or_replace
from storage.schema import drafts, phrases


class WritingShelf:
    """One draft a person and ticket, the newest; phrases by unit and step."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._c = connection

    async def draft(self, number: str, person: str) -> tuple[Action, bytes, datetime] | None:
        """What was begun, still sealed."""
        mine = drafts.c.ticket == number, drafts.c.person == person
        row = (await self._c.execute(select(drafts).where(*mine))).one_or_none()
        return (Action(row.action), row.sealed, row.at) if row else None

    async def keep_draft(
        self, number: str, person: str, action: Action, sealed: bytes, *, at: datetime
    ) -> None:
        row = {
            "ticket": number, "person": person, "action": action.value, "sealed": sealed, "at": at,
        }  # fmt: skip
        await self._c.execute(insert_or_replace(self._c, drafts, row))

    async def drop_draft(self, number: str, person: str) -> None:
        mine = drafts.c.ticket == number, drafts.c.person == person
        await self._c.execute(delete(drafts).where(*mine))

    async def phrases(self, unit: str) -> Sequence[Phrase]:
        query = select(phrases).where(phrases.c.unit == unit)
        query = query.order_by(phrases.c.action, phrases.c.title, phrases.c.id)
        return [
            Phrase(id=row.id, action=Action(row.action), title=row.title, text=row.text)
            for row in (await self._c.execute(query)).all()
        ]

    async def keep_phrase(self, unit: str, phrase: Phrase, *, person: str, at: datetime) -> None:
        """A new one where it has no id; else in place of the one it has, if that is the unit's."""
        if phrase.id:
            await self.drop_phrase(unit, phrase.id)
        row = {
            "id": phrase.id or secrets.token_hex(4), "unit": unit, "action": phrase.action.value,
            "title": phrase.title, "text": phrase.text, "person": person, "at": at,
        }  # fmt: skip
        await self._c.execute(insert(phrases).values(row))

    async def drop_phrase(self, unit: str, id: str) -> bool:
        gone = await self._c.execute(
            delete(phrases).where(phrases.c.unit == unit, phrases.c.id == id)
        )
        return bool(gone.rowcount)


def forget_drafts(connection: Connection, now: datetime) -> None:
    """Remove those nobody came back to."""
    connection.execute(delete(drafts).where(drafts.c.at <= now - DRAFT_LIVES))
