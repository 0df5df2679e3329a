"""Waiting for what other processes do: for the event, however busy the machine; not for the clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

#: By then it is not late, it is not coming. Seconds.
PATIENCE = 120.0
PAUSE = 0.05


def until(is_so: Callable[[], T], says: Callable[[], str] = lambda: "it did not happen") -> T:
    """Ask again until there is something; its value. Raises with what `says` tells."""
    end = time.monotonic() + PATIENCE
    while not (found := is_so()):
        assert time.monotonic() < end, says()
        time.sleep(PAUSE)
    return found


async def eventually(is_so: Callable[[], Awaitable[T]]) -> T:
    """The same beside a running loop."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await is_so()):  # noqa: ASYNC110 - it happens in another process
            await asyncio.sleep(PAUSE)
    return found
