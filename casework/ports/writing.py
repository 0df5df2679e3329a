"""Drafts and phrases, as the casework needs them kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from casework.steps import Action
from casework.writing import Phrase


class Writing(Protocol):
    """Whoever asks has opened the ticket by the one rule before; a draft is sealed with its key."""

    async def draft(self, number: str, person: str) -> tuple[Action, bytes, datetime] | None: ...

    async def keep_draft(
        self, number: str, person: str, action: Action, sealed: bytes, *, at: datetime
    ) -> None: ...

    async def drop_draft(self, number: str, person: str) -> None: ...

    async def phrases(self, unit: str) -> Sequence[Phrase]:
        """Of every step."""

    async def keep_phrase(self, unit: str, phrase: Phrase, *, person: str, at: datetime) -> None:
        """New where it has no id."""

    async def drop_phrase(self, unit: str, id: str) -> bool:
        """Whether it was the unit's."""
