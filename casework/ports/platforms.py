"""Shelves for platforms that answer on an open line, count what we send, and hand out tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from casework.shelves import Awaited, Inbound, PlatformToken


class Replies(Protocol):
    """Answers given on the line the message came by, kept until its repetitions are over."""

    async def brought(self, channel: str, letter: str, message: str) -> bool:
        """Whether this letter brings this message: remembered the first time, and false afterwards for
        every other message."""

    async def expect(self, message: Inbound) -> None:
        """Somebody waits on the line for an answer to this."""

    async def of(self, message: Inbound) -> Awaited | None:
        """What is known of the answer; `None` where nobody ever waited."""

    async def say(self, message: Inbound, text: str) -> bool:
        """Keep the answer. False when the line is closed: it must go another way."""

    async def hang_up(self, message: Inbound) -> str:
        """Close the line, unless the answer is there: then that is returned."""

    async def clear(self, before: datetime) -> None:
        """Empty answers that no repetition can ask for any more."""


class Windows(Protocol):
    """How long and how often a caller may still be written to, and what could not be said."""

    async def opened(self, channel: str, caller: str, *, until: datetime, most: int) -> None:
        """The caller did something that lets us write. A wider window is not narrowed."""

    async def spend(self, channel: str, caller: str) -> bool:
        """Take one message out of the window; False when it is closed or used up."""

    async def give_back(self, channel: str, caller: str) -> None:
        """The platform did not take it after all."""

    async def take_turn(self, channel: str, caller: str, *, holder: str, until: datetime) -> bool:
        """The right to answer this person, in whichever process. False while another has it."""

    async def end_turn(self, channel: str, caller: str, *, holder: str) -> None: ...

    async def leave(self, channel: str, caller: str, text: str) -> None:
        """Said when the caller comes again."""

    async def collect(self, channel: str, caller: str) -> Sequence[str]:
        """What was left for the caller, oldest first; it is gone then."""

    async def forget(self, channel: str, caller: str) -> None:
        """The caller left: window and what was left unsaid go at once."""


class TokensReading(Protocol):
    """The token as it stands."""

    async def get(self, account: str) -> PlatformToken | None: ...


class Tokens(TokensReading, Protocol):
    """One row an account; whoever holds its lease fetches the next token for everybody."""

    async def claim(self, account: str, *, worker: str, now: datetime, until: datetime) -> bool: ...

    async def keep(self, account: str, token: PlatformToken, *, worker: str) -> None: ...

    async def release(self, account: str, *, worker: str) -> None: ...
