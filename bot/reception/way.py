"""What a channel does in its own manner, for the queue that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.reception.outcomes import Reply
from casework.ports import Files
from casework.shelves import Inbound


class NotFetched(Exception):
    """A file did not come. `key` names the text that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Way(Protocol):
    """What a channel does in its own manner."""

    name: str

    async def download(self, media: str) -> bytes:
        """A file by the platform's id. Raises `NotFetched`."""

    async def say(self, files: Files, message: Inbound, replies: Sequence[Reply]) -> str:
        """In the block that answers it: what its open line gets, '' where it has none."""

    async def passed_over(self, files: Files, part: Inbound) -> None:
        """Nobody waits for an answer to this any more: it was said at once with a later message and is
        answered there, or it was left behind."""
