"""Who holds a unit's key, and what happens to it when somebody leaves who knows it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from casework.ports.keys import Keyring
from casework.shelves import KeyChange, Stack


class UnitKeysReading(Protocol):
    """How it stands with the keys of units."""

    async def holders(self, unit: str) -> frozenset[str]:
        """Ids of those who can open the unit's key now."""

    async def of_units(self, units: Collection[str]) -> frozenset[str]:
        """Which of them have a key, whether anybody can open it or not."""

    async def knows(self, person: str) -> bool:
        """Whether a box of a unit's key is his, whatever his posts are."""

    async def state(self, unit: str) -> KeyChange: ...

    async def stack(self, unit: str) -> Stack | None:
        """The next boxes to be sealed anew (`Keyring.sealed_anew`), None where none are left."""


class UnitKeys(UnitKeysReading, Protocol):
    """Changing them."""

    async def mark(self, unit: str) -> None:
        """It must be changed. First in a block, before anybody leaves."""

    async def leave(self, person: str) -> None:
        """He holds no unit's key any more."""

    async def give_up(self, unit: str) -> None:
        """The unit has no key any more, and knows of no ticket."""

    async def change(self, colleague: Keyring, unit: str) -> Keyring | None:
        """A new one, where it is due: the colleague's keyring with it. None where it is not, or he
        does not hold the one of today, or somebody was faster."""

    async def put_back(self, stack: Stack) -> None:
        """What was sealed anew, in place of what it was made of."""
