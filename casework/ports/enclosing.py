"""Files on their way to a report that was filed before."""

from __future__ import annotations

from typing import Protocol


class Enclosing(Protocol):
    """Files sealed for one addition to one report, which no door has written down yet."""

    @property
    def held(self) -> tuple[str, ...]:
        """The names under which they were held."""
