"""What codes and passwords are stretched into. Slow on purpose, so it is done before a door opens."""

from __future__ import annotations

from typing import Protocol


class MailboxKey(Protocol):
    """What a receipt code opens: a row to look for, and the key to what stands there."""

    @property
    def lookup(self) -> bytes: ...

    @property
    def tag(self) -> bytes: ...

    @property
    def private(self) -> bytes: ...

    @property
    def caller(self) -> str: ...


class NewMailboxKey(MailboxKey, Protocol):
    """One nobody has yet, with the code it comes of."""

    @property
    def code(self) -> str: ...

    @property
    def public(self) -> bytes: ...


class PasswordKey(Protocol):
    """What a password opens under a salt."""

    @property
    def salt(self) -> bytes: ...

    @property
    def key(self) -> bytes: ...


class Locks(Protocol):
    """One line for all look-ups, fair to every caller (`casework.callers`), one at a time.
    Raises `TooManyTries` where more of one caller wait than one person sends."""

    async def code(self, code: str, *, caller: str) -> MailboxKey: ...

    async def password(self, password: str, salt: bytes, *, caller: str) -> PasswordKey: ...

    async def new_password(self, password: str, *, caller: str) -> PasswordKey:
        """Under a new salt. Raises `BadInput` for a password that is too short."""

    def missed(self, caller: str) -> None:
        """What this caller typed opened nothing. Who guesses again and again stands behind the others."""
