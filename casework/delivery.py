"""What can become of a message that was handed to a platform."""

from __future__ import annotations

from typing import Protocol

from casework.shelves import Parcel


class Later(Exception):
    """The platform asks for a pause: the whole account waits `seconds`; no attempt is counted."""

    def __init__(self, seconds: float, *, whole_account: bool = True) -> None:
        super().__init__(f"later: {seconds:g} s")
        self.seconds = seconds
        self.whole_account = whole_account


class Never(Exception):
    """A lasting failure: blocked, gone, refused. The message names the reason, never the text."""


class Unsure(Exception):
    """The line broke after the message may have arrived."""


class Sender(Protocol):
    """One channel's way out. Returns the platform's own number of the message."""

    async def send(self, parcel: Parcel) -> str: ...
