"""Whole transactions in one piece, without changing threads at each of their statements.

SQLite's driver blocks, so the asyncio driver hands every call to a thread and back: about forty
crossings for a batch of reports, most of its cost. Here a transaction is one function over the plain
driver, and one crossing. PostgreSQL's driver has no thread to cross to; there the same function runs
under the asyncio engine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import away, is_sqlite, sqlite_in_a_thread

T = TypeVar("T")
Act = Callable[[Connection], T]


class Bursts(Protocol):
    """Runs transactions. Raises what the act raises, after undoing it."""

    async def write(self, act: Act[T], *, first: Callable[[], None]) -> T:
        """The act in a transaction that is kept once `first`, which waits for the disk, is done too."""

    async def read(self, act: Act[T]) -> T:
        """The act over one state of the database. Raises `Away`."""

    async def close(self) -> None: ...


def bursts_of(
    url: str, readers: AsyncEngine, writer: AsyncEngine, turn: AbstractAsyncContextManager[None]
) -> Bursts:
    """`turn` is the one writer's place on SQLite: whoever writes waits there in line, instead of
    asking the file again and again."""
    return ThreadBursts(url, turn) if is_sqlite(url) else EngineBursts(readers, writer)


class EngineBursts:
    """Bursts over the asyncio engines (PostgreSQL)."""

    def __init__(self, readers: AsyncEngine, writer: AsyncEngine) -> None:
        self._readers, self._writer = readers, writer

    async def write(self, act: Act[T], *, first: Callable[[], None]) -> T:
        await asyncio.to_thread(first)
        async with self._writer.begin() as connection:
            return await connection.run_sync(act)

    async def read(self, act: Act[T]) -> T:
        with away():
            async with self._readers.connect() as connection:
                return await connection.run_sync(act)

    async def close(self) -> None:
        """The engines belong to the store."""


class ThreadBursts:
    """Bursts in threads of their own, one that writes and one that reads (SQLite)."""

    def __init__(self, url: str, turn: AbstractAsyncContextManager[None]) -> None:
        self._writer = sqlite_in_a_thread(url, begin="BEGIN IMMEDIATE")
        self._reader = sqlite_in_a_thread(url, begin="BEGIN")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="intake")
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="intake reads")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="intake disk")
        self._turn = turn

    async def write(self, act: Act[T], *, first: Callable[[], None]) -> T:
        def all_of_it() -> T:
            with self._writer.begin() as connection:
                on_its_way = self._disk.submit(first)  # two waits for the disk at once
                try:
                    return act(connection)
                finally:
                    on_its_way.result()

        async with self._turn:
            return await _in(self._writing, all_of_it)

    async def read(self, act: Act[T]) -> T:
        def all_of_it() -> T:
            with away(), self._reader.connect() as connection:
                return act(connection)

        return await _in(self._reading, all_of_it)

    async def close(self) -> None:
        for thread, engine in ((self._writing, self._writer), (self._reading, self._reader)):
            await _in(thread, engine.dispose)
            thread.shutdown()
        self._disk.shutdown()


async def _in(thread: ThreadPoolExecutor, act: Callable[[], T]) -> T:
    """Done in the thread. Who is cancelled meanwhile waits for the end all the same: what follows must
    not begin beside it."""
    work: asyncio.Future[T] = asyncio.get_running_loop().run_in_executor(thread, act)
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise
