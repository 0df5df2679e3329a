"""A press that comes twice gets the same page: for two minutes, in memory alone.

The cookie that opens a receipt's page is made once. Whoever pressed twice, or whose line broke before
it came, asks again within seconds and is given the same one; her page's own turn is what she is known by.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

REMEMBERED = 120.0  # seconds
MOST = 2000

Answer = Coroutine[Any, Any, Response]


@dataclass(frozen=True)
class Lately:
    """Answers of the last minutes, each dropped when its time is over, or by newer ones."""

    remembered: float = REMEMBERED
    most: int = MOST
    known: dict[str, asyncio.Task[Response]] = field(default_factory=dict)

    async def once(self, turn: str, answer: Callable[[], Answer]) -> Response:
        """What this turn was answered, or is being answered. Raises what `answer` raises, and then
        the turn is as if it had not been."""
        if turn not in self.known:
            while len(self.known) >= self.most:
                self.known.pop(next(iter(self.known)))
            self.known[turn] = asyncio.create_task(answer())
            asyncio.get_running_loop().call_later(self.remembered, self.known.pop, turn, None)
        try:
            return await asyncio.shield(self.known[turn])
        except Exception:
            self.known.pop(turn, None)
            raise
