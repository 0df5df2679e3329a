"""One transaction of many statements that does not change threads at each of them.

SQLite's driver blocks, so the asyncio driver hands every call to a thread and back: about forty
crossings for a batch of reports, most of its cost. A burst makes a handful: the whole of `act` runs in
one thread with the plain driver. PostgreSQL's driver has no thread to cross to; there `act` runs under
the asyncio engine, the same function over the same statements.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import is_sqlite, sqlite_in_a_thread

T = TypeVar("T")


class Burst(Protocol):
    """An open transaction."""

    async def run(self, act: Callable[[Connection], T]) -> T: ...


class Bursts(Protocol):
    """Opens transactions: leave to keep, raise to undo."""

    def begin(self) -> AbstractAsyncContextManager[Burst]: ...

    async def close(self) -> None: ...


def bursts_of(url: str, writer: AsyncEngine, turn: AbstractAsyncContextManager[None]) -> Bursts:
    """`turn` is the one writer's place on SQLite: whoever writes waits there in line, instead of
    asking the file again and again."""
    return ThreadBursts(url, turn) if is_sqlite(url) else EngineBursts(writer)


class EngineBursts:
    """Bursts over the asyncio engine (PostgreSQL)."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Burst]:
        async with self._engine.begin() as connection:

            class Here:
                async def run(self, act: Callable[[Connection], T]) -> T:
                    return await connection.run_sync(act)

            yield Here()

    async def close(self) -> None:
        """The engine belongs to the store."""


class ThreadBursts:
    """Bursts in one thread of their own (SQLite)."""

    def __init__(self, url: str, turn: AbstractAsyncContextManager[None]) -> None:
        self._engine = sqlite_in_a_thread(url)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._turn = turn

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Burst]:
        async with self._turn:
            connection = await self._there(self._engine.connect)
            try:
                await self._there(connection.begin)
                here = self

                class There:
                    async def run(self, act: Callable[[Connection], T]) -> T:
                        return await here._there(lambda: act(connection))

                yield There()
                await self._there(connection.commit)
            finally:
                # Undoes what was not committed; a caller that was cancelled waits for that too.
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.shield(self._there(connection.close))

    async def _there(self, act: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, act)

    async def close(self) -> None:
        await self._there(self._engine.dispose)
        self._thread.shutdown()
