"""The time of day, and a clock that stands where it is told (for `jobs run --at`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class SetClock:
    """A clock that was set, and stands."""

    at: datetime

    def now(self) -> datetime:
        return self.at
