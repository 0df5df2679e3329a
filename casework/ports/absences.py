"""Absences as they are kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from casework.absences import Absence


class AbsencesReading(Protocol):
    """Those that are not over."""

    async def of(self, people: Collection[str]) -> Sequence[Absence]:
        """Of these people, the next first."""


class Absences(AbsencesReading, Protocol):
    """Entering and ending them."""

    async def add(self, absence: Absence) -> None: ...

    async def end(self, absence: Absence, at: datetime) -> None:
        """One that has not begun by then never does."""
