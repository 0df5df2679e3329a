"""The reading door and the writing door: one connection each, with every shelf on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from casework.content import InForce
from casework.ports import Prepared, WallClock
from casework.refusals import Away
from storage.absences import AbsenceShelf
from storage.alerts import AlertShelf
from storage.batches import BatchShelf
from storage.blobs import BlobShelf
from storage.checks import CheckShelf
from storage.codes import CodePool, Locks
from storage.craftsmen import CraftsmenShelf
from storage.engine import reaching
from storage.filing import Filing, still_right, write
from storage.gate import TokenGate
from storage.judgements import JudgementShelf
from storage.keyshelf import ShredShelf
from storage.log import LogShelf
from storage.mailboxes import MailboxShelf
from storage.outbox import OutboxShelf
from storage.people import DemoKeys, PeopleShelf
from storage.platforms import ReplyShelf, TokenShelf, WindowShelf
from storage.queue import QueueShelf
from storage.readers import ReadersShelf
from storage.recusals import RecusalShelf
from storage.remembered import RememberedShelf
from storage.rosters import RosterShelf, WayShelf
from storage.schema import job_runs
from storage.shown_receipts import ShownReceiptShelf
from storage.standing import Standing
from storage.talks import TalksShelf, Today
from storage.tickets import TicketsShelf
from storage.unit_keys import UnitKeyShelf
from storage.writing import WritingShelf


@dataclass(frozen=True, kw_only=True)
class House:
    """What every shelf may need: keys, clocks and folders, made once at start."""

    readers: AsyncEngine
    writer: AsyncEngine
    turn: AbstractAsyncContextManager[None]  # those who write to SQLite here stand in line
    clock: WallClock
    today: Today
    service: bytes
    notifier: bytes  # the public half: what is sealed to it opens at the worker alone
    shreds: ShredShelf
    codes: CodePool
    locks: Locks
    gate: TokenGate
    in_force: InForce
    blobs: BlobShelf
    demo: DemoKeys | None
    batches: Path


class CounterShelf:
    """When each job last ran, and when what the house notes under a name last happened."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._c = connection

    async def ran(self, job: str, *, at: datetime) -> None:
        changed = await self._c.execute(update(job_runs).where(job_runs.c.job == job).values(at=at))
        if changed.rowcount == 0:
            await self._c.execute(insert(job_runs).values(job=job, at=at))

    async def last_run(self, job: str) -> datetime | None:
        query = select(job_runs.c.at).where(job_runs.c.job == job)
        return (await self._c.execute(query)).scalar_one_or_none()

    async def last_runs(self) -> Mapping[str, datetime]:
        rows = (await self._c.execute(select(job_runs.c.job, job_runs.c.at))).all()
        return {job: at for job, at in rows}


class Shelves:
    """Every shelf over one connection."""

    def __init__(self, house: House, connection: AsyncConnection) -> None:
        now = house.clock.now()
        self.connection = connection
        self.standing = Standing(connection)
        self.tickets = TicketsShelf(connection, house.shreds, house.in_force, self.standing)
        self.writing = WritingShelf(connection)
        self.queue = QueueShelf(connection, house.shreds, house.in_force)
        self.readers = ReadersShelf(connection, self.standing)
        self.recusals = RecusalShelf(connection)
        self.absences = AbsenceShelf(connection, now)
        self.log = LogShelf(connection)
        self.checks = CheckShelf(connection, house.blobs.kept)
        self.mailboxes = MailboxShelf(
            connection, house.shreds, house.locks.missed, house.in_force, now, self.standing
        )
        self.people = PeopleShelf(connection, house.demo, now)
        self.unit_keys = UnitKeyShelf(connection, now)
        self.talks = TalksShelf(connection, house.today, now)
        self.outbox = OutboxShelf(connection, house.today, house.service, now)
        self.batches = BatchShelf(connection, house.batches, house.blobs)
        self.craftsmen = CraftsmenShelf(connection, house.service, self.outbox)
        self.counters = CounterShelf(connection)
        self.blobs = house.blobs
        self.replies = ReplyShelf(connection, house.today, now)
        self.windows = WindowShelf(connection, house.today, now)
        self.shown_receipts = ShownReceiptShelf(connection, now)
        self.remembered = RememberedShelf(connection, house.service, now)
        self.judgements = JudgementShelf(connection, house.service, now)
        self.tokens = TokenShelf(connection, house.service)
        self.roster = RosterShelf(connection, house.service)
        self.ways = WayShelf(connection, house.notifier, now)
        self.alerts = AlertShelf(connection)
        self.new_leaves: list[dict[str, str | int]] = []
        self.filings: list[Filing] = []
        self.released: list[str] = []

    def leaf(self, event: str, **facts: str | int) -> None:
        self.new_leaves.append({"v": 1, "event": event, **facts})

    def release(self, held: Collection[str]) -> None:
        self.released += held

    def file(self, prepared: Prepared) -> None:
        if not isinstance(prepared, Filing):
            raise TypeError("only what this store's intake prepared can be filed")
        self.filings.append(prepared)


def reading_door(house: House) -> Callable[[], AbstractAsyncContextManager[Shelves]]:
    @asynccontextmanager
    async def reading() -> AsyncIterator[Shelves]:
        async with reaching(house.readers) as connection:
            yield Shelves(house, connection)

    return reading


def files_door(house: House) -> Callable[[], AbstractAsyncContextManager[Shelves]]:
    @asynccontextmanager
    async def files() -> AsyncIterator[Shelves]:
        async with house.turn, reaching(house.writer, write=True) as connection:
            shelves = Shelves(house, connection)
            yield shelves
            if filings := shelves.filings:
                if len(await connection.run_sync(still_right, filings)) < len(filings):
                    raise Away  # a unit's key moved meanwhile: nothing is kept, and it is sent again
                # The shred secrets come first: a ticket without one would be born purged.
                fresh = {filing.ticket.number: filing.shred for filing in filings}
                await asyncio.to_thread(house.shreds.keep, fresh)
                await connection.run_sync(write, filings)
            await shelves.standing.write()
            if shelves.new_leaves:
                await shelves.log.append(await shelves.log.lock(), shelves.new_leaves)
        held = [*shelves.released, *(blob for filing in filings for blob in filing.held)]
        if held:
            await house.blobs.release(held)

    return files
