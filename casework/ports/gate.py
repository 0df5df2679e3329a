"""How much one caller, and all of them together, may bring at once."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Passing(StrEnum):
    """What passes the gate, each kind at its own pace."""

    REPORT = "report"
    TALK = "talk"


class Gate(Protocol):
    """Callers are names of `casework.callers`. What comes faster than people write waits its turn; who
    sends on and on meanwhile is told so, and nobody else is."""

    async def admit(self, what: Passing, *, caller: str) -> None:
        """When its turn comes. Raises `TooFast` where too many of this caller wait, or all of them
        together; what was to pass is still in the sender's hands then."""

    async def pace(self, what: Passing, *, caller: str) -> None:
        """The same for what is stored already: it waits as long as it takes and is never refused."""

    def weigh(self, size: int, *, caller: str) -> None:
        """So many bytes of a file more today. Raises `TooMuch`."""
