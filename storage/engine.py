"""Engines with the durability the receipts need: an unsafe database is refused, in a sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, QueuePool, create_engine, event, make_url, text
from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from casework.refusals import Away, Refusal

#: Measured with simulated power cuts: WAL with NORMAL lost acknowledged reports in 278 of 300
#: trials, FULL in none.
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
)

#: What PostgreSQL must answer before we acknowledge anything.
SAFE = {"fsync": ("on",), "synchronous_commit": ("on", "remote_apply", "remote_write", "local"),
        "full_page_writes": ("on",)}  # fmt: skip


class UnsafeStore(Refusal):
    """The database would forget acknowledged reports at a power cut."""

    code = "unsafe-store"


class StoreUnusable(Refusal):
    """The store cannot be opened at all; said to whoever starts the program."""

    code = "store-unusable"


class FromTheFuture(Exception):
    """The tables are of a version that this program does not know."""


@contextmanager
def opening(where: str) -> Iterator[None]:
    """Whatever goes wrong while a store is opened, as one sentence that names what to look at."""
    try:
        yield
    except (OperationalError, InterfaceError, TimeoutError, OSError) as fault:
        if "disk is full" in str(fault) or "disk I/O error" in str(fault):
            raise StoreUnusable(
                f"数据库({where})写不下去:磁盘满了,或者坏了。腾出地方再开始。"
                "The disk is full or failing: free some space."
            ) from fault
        if isinstance(fault, OperationalError) and not fault.connection_invalidated:
            raise StoreUnusable(f"数据库打不开({where}):{fault.orig}") from fault
        raise StoreUnusable(f"数据库连不上({where}):看它开着没有,地址对不对。") from fault
    except FromTheFuture as fault:
        raise StoreUnusable(
            f"数据库({where})是更新的程序建的,这个版本不认识。装回原来的版本。"
            "These data are of a newer version: start that one."
        ) from fault
    except DatabaseError as fault:
        raise StoreUnusable(
            f"数据库({where})坏了,读不出来。把它移开保存好,用最近的备份恢复:xiangsheng restore。"
        ) from fault


def sqlite_url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'xiangsheng.db'}"


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite")


def readers_engine(url: str) -> AsyncEngine:
    """Many readers at once."""
    return _sqlite(url, begin="BEGIN", size=4) if is_sqlite(url) else _postgres(url, size=8)


def writer_engine(url: str) -> AsyncEngine:
    """On SQLite one writer, taking its lock at the start; on PostgreSQL a small pool."""
    return _sqlite(url, begin="BEGIN IMMEDIATE", size=1) if is_sqlite(url) else _postgres(url, 6)


def _sqlite(url: str, *, begin: str, size: int) -> AsyncEngine:
    engine = create_async_engine(
        url, poolclass=AsyncAdaptedQueuePool, pool_size=size, max_overflow=0, pool_timeout=30
    )

    _prepare(engine.sync_engine, begin)
    return engine


def sqlite_in_a_thread(url: str, *, begin: str = "BEGIN IMMEDIATE") -> Engine:
    """The same database through the plain driver, for one thread that does whole transactions."""
    engine = create_engine(
        make_url(url).set(drivername="sqlite"), poolclass=QueuePool, pool_size=1, max_overflow=0
    )
    _prepare(engine, begin)
    return engine


def _prepare(engine: Engine, begin: str) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        # The driver would open transactions on its own; we say ourselves when, and which kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_as_told(connection: Any) -> None:
        connection.exec_driver_sql(begin)


def _postgres(url: str, size: int) -> AsyncEngine:
    return create_async_engine(url, pool_size=size, max_overflow=4, pool_pre_ping=True)


@asynccontextmanager
async def reaching(engine: AsyncEngine, *, write: bool = False) -> AsyncIterator[AsyncConnection]:
    """A connection, or the sentence that says the store is away. Leave to keep, raise to undo."""
    with away():
        async with engine.begin() if write else engine.connect() as connection:
            yield connection


@contextmanager
def away() -> Iterator[None]:
    """What says that the store cannot be reached, as the sentence for it."""
    try:
        yield
    except (OperationalError, InterfaceError, TimeoutError, OSError) as fault:
        raise Away from fault


async def only_reads(connection: AsyncConnection) -> bool:
    """Whether the server takes no writing: a stand-by, or one that was told so. A file has its disk."""
    if connection.dialect.name == "sqlite":
        return False
    answer = await connection.execute(text("SHOW transaction_read_only"))
    return str(answer.scalar_one()) == "on"


async def refuse_unsafe(connection: AsyncConnection) -> None:
    """Raise `UnsafeStore` naming the setting that would lose reports."""
    if connection.dialect.name == "sqlite":
        mode = (await connection.execute(text("PRAGMA journal_mode"))).scalar_one()
        level = (await connection.execute(text("PRAGMA synchronous"))).scalar_one()
        if mode != "wal" or int(level) < 2:
            raise UnsafeStore(f"数据库设置不安全:journal_mode={mode} synchronous={level}")
        return
    for name, good in SAFE.items():
        value = (await connection.execute(text(f"SHOW {name}"))).scalar_one()
        if value not in good:
            raise UnsafeStore(f"数据库设置不安全:{name}={value},要设成 {good[0]} 才能启动")
