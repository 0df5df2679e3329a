"""The shelf of what was said of the answers, and of words that may be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from casework.judgements import Judgement, KeptWords, Tallies


class JudgementsReading(Protocol):
    """How the answers do."""

    async def since(self, day: date) -> Tallies:
        """Of that day and those after it."""

    async def kept(self) -> Sequence[KeptWords]:
        """The words somebody agreed to, those asked most often first."""

    async def unread(self) -> tuple[int, int]:
        """How many different questions nobody agreed to, and how often the commonest was asked."""


class Judgements(JudgementsReading, Protocol):
    """Counting."""

    async def count(self, *judgements: Judgement) -> None:
        """Each once more today. What cannot be counted is lost, and the block goes on."""

    async def keep(self, judgement: Judgement, text: str) -> None:
        """With her consent: `text` is her words without what tells who she is."""
