"""The shelf of what was said of the answers."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from casework.judgements import Judgement, Tallies


class JudgementsReading(Protocol):
    """How the answers do."""

    async def since(self, day: date) -> Tallies:
        """Of that day and those after it."""


class Judgements(JudgementsReading, Protocol):
    """Counting."""

    async def count(self, *judgements: Judgement) -> None:
        """Each once more today. What cannot be counted is lost, and the block goes on."""
