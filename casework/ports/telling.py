"""Telling people at the office: rosters, ways to reach somebody, alerts, and what carries a text out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from casework.alerts import Alert, Course, Rations, Summons, Way
from casework.roster import Line


class Teller(Protocol):
    """One way to carry a text to an address. Raises what `casework.delivery` knows."""

    async def tell(self, address: str, text: str) -> str:
        """The carrier's own number of the message, '' where it gives none."""


class RosterReading(Protocol):
    """The lines of the rosters."""

    async def of(self, unit: str) -> Sequence[Line]: ...

    async def units(self) -> frozenset[str]:
        """Those that have a line at all."""


class Roster(RosterReading, Protocol):
    """Writing them."""

    async def add(self, line: Line) -> None: ...

    async def drop(self, unit: str, line: int) -> bool:
        """False where the unit has no such line."""


class WaysReading(Protocol):
    """How people are reached. Only who holds the notifier's key opens an address."""

    async def of(self, whose: Collection[str]) -> Sequence[Way]: ...

    async def sealed(self, whose: str, kind: str) -> bytes | None: ...

    async def reached_by(self, kinds: Collection[str]) -> frozenset[str]:
        """Whoever has one of these ways, and it works."""

    async def rations(self, person: str) -> Rations: ...


class Ways(WaysReading, Protocol):
    """Setting and forgetting them."""

    async def keep(self, whose: str, kind: str, address: str) -> None:
        """In the place of the one before, sealed."""

    async def drop(self, whose: str, kind: str) -> None: ...

    async def offer(self, person: str, id: str, *, until: datetime) -> None:
        """A code by its hash, in the place of the one before."""

    async def claim(self, id: str, mark: str, *, now: datetime) -> str:
        """Whose code it is, '' for none that holds; by the same `mark` once more, the same."""

    async def hold_rations(self, person: str) -> Rations:
        """Nobody else changes them until the block ends."""

    async def keep_rations(self, person: str, rations: Rations) -> None: ...

    async def tried(self, whose: str, kind: str, trouble: str) -> None:
        """What became of a message: '' went out, else why it was refused for good."""


class AlertsReading(Protocol):
    """What somebody must be told of."""

    async def is_due(self, now: datetime) -> bool: ...

    async def of(self, number: str) -> Course: ...

    async def summons(self, id: str) -> Summons | None:
        """With those of its tickets that still wait for somebody who goes."""


class Alerts(AlertsReading, Protocol):
    """Telling, and hearing that somebody goes."""

    async def take_marks(self, now: datetime) -> Sequence[tuple[str, str, str]]:
        """(number, why, owner) of the tickets marked, and the marks are gone: nobody else gets them.
        What is new is an alert from now on."""

    async def due(self, now: datetime) -> Sequence[Alert]:
        """Those of whom the next one is to be told, held until the block ends; nobody else gets them.
        What somebody has accepted meanwhile is none of them."""

    async def open_summons(self, person: str, *, since: datetime) -> str:
        """Of the person, younger than that and unanswered; '' where there is none."""

    async def summon(self, id: str, person: str, unit: str, *, at: datetime) -> None: ...

    async def told(
        self, id: str, person: str, unit: str, numbers: Sequence[str], *, at: datetime
    ) -> None: ...

    async def look_again(self, numbers: Sequence[str], at: datetime) -> None: ...

    async def goes(self, id: str, person: str, numbers: Collection[str], *, at: datetime) -> None:
        """He answers the summons, and these need nobody else."""
