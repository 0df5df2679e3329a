"""Who stays away from what, as it is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from casework.recusals import Away, Recusal
from casework.tickets import Ticket


class RecusalsReading(Protocol):
    """What is in force."""

    async def of(self, person: str) -> Sequence[Recusal]: ...

    async def all(self) -> Sequence[Recusal]:
        """Everybody's, the oldest first."""


class Recusals(RecusalsReading, Protocol):
    """Declaring and lifting."""

    async def watch(self, person: str) -> None:
        """What is in force for him does not change until the block ends."""

    async def hold(self, person: str) -> None:
        """To change it: whatever he is doing now is done first, or sees the change."""

    async def add(self, recusal: Recusal) -> bool:
        """False where one about the same is in force."""

    async def lift(self, person: str, about: str, *, at: datetime, by: str) -> bool:
        """False where none is in force."""

    async def same_matter(self, number: str) -> frozenset[str]:
        """The ticket, held until the block ends, and all it is merged with."""

    async def share(self, numbers: Collection[str], *, at: datetime) -> None:
        """Tickets that became one matter: who stays away from one does so from all."""

    async def in_hand(self, person: str, away: Away) -> Sequence[Ticket]:
        """Of what he is the handler of, that which is covered; held until the block ends."""
