"""Keys as the casework sees them: something that opens one ticket, held while somebody works."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from casework.offices import Person
from casework.shelves import Sees, Stack, TicketFile


class TicketKey(Protocol):
    """Opens and seals the texts of one ticket."""

    def open(self, field: str, sealed: bytes) -> str: ...

    def open_bytes(self, field: str, sealed: bytes, *, part: str = "") -> bytes:
        """`part` is the field of the addition it came with, '' for what came with the report."""

    def seal(self, field: str, text: str) -> bytes: ...


class Keyring(Protocol):
    """A member's own keys, open for one session. Raises `Locked` before the password."""

    @property
    def person(self) -> Person: ...

    @property
    def is_open(self) -> bool: ...

    def holds(self, unit: str) -> bool:
        """Whether the key of the unit is on it, and open."""

    def sealed_anew(self, stack: Stack) -> Stack:
        """Its boxes sealed to the unit's key of today. Slow: call it in a thread."""

    def ticket(self, file: TicketFile) -> TicketKey: ...

    def box_for(self, file: TicketFile, public: bytes, sees: Sees) -> bytes:
        """A box for another unit that opens so much. Raises `NoSuchTicket` where it would open more
        than one's own."""

    def part_boxes_for(self, file: TicketFile, public: bytes) -> Mapping[str, bytes]:
        """The same for each text the reporter added later, by its field."""
