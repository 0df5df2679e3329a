"""Opening the store: folder, keys, tables, doors; and closing it again."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.content import InForce
from casework.ports import WallClock
from casework.workdays import day_of
from papers.envelope import derive, keypair_from_seed
from papers.files import private_folder
from storage.answers import forget_answers
from storage.blobs import BlobShelf
from storage.bursts import bursts_of
from storage.codes import CodePool, Locks, Recipe
from storage.copies import Copyist
from storage.doors import House, Shelves, files_door, reading_door
from storage.engine import (
    StoreUnusable,
    is_sqlite,
    opening,
    reaching,
    readers_engine,
    refuse_unsafe,
    sqlite_url,
    writer_engine,
)
from storage.gate import TokenGate
from storage.inspection import Findings, inspect, mark_of
from storage.intake import Desk, IntakeDoor
from storage.judgements import forget_judgements
from storage.keyshelf import KeyShelf, ShredShelf
from storage.migrate import migrate, version
from storage.people import DemoKeys
from storage.remembered import forget_remembered
from storage.rosters import forget_ways
from storage.rows import insert_new
from storage.schema import facts_of_house, log_head, unit_keys
from storage.sealing import Cost
from storage.shown_receipts import forget_shown
from storage.standing import put_right
from storage.talks import Today, forget_before
from storage.townships import held_by_townships, take_back
from storage.writing import forget_drafts

#: The lasting keys of the service: contacts of craftsmen, the signature of the batches, and the
#: addresses of those at the office who are told of something.
OWN_KEYS = ("service", "signing", "notifier")
#: The public half of the notifier's key, under this name among the facts.
NOTIFIER = "notifier public"
#: Stands behind the cost of codes in a house whose codes need a key from outside the database.
PEPPERED = "peppered"


@dataclass(frozen=True, kw_only=True)
class Forgotten:
    """How much was destroyed in one night."""

    keys: int
    answers: int
    files: int  # held for reports that were never handed in
    words: int  # that somebody let be read for thirty days


@dataclass(frozen=True, kw_only=True)
class Store:
    """An open store. `runtime` makes an `Office` of it."""

    house: House
    keys: KeyShelf
    intake: IntakeDoor
    reading: Callable[[], AbstractAsyncContextManager[Shelves]]
    files: Callable[[], AbstractAsyncContextManager[Shelves]]

    async def close(self) -> None:
        await self.intake.stop()
        await self.house.codes.stop()
        self.house.locks.close()
        await self.house.readers.dispose()
        await self.house.writer.dispose()

    async def inspect(self) -> Findings:
        """What is missing or does not fit; for `doctor` and the health page."""
        async with self.house.readers.connect() as connection:
            return await inspect(
                connection,
                kept=self.house.blobs.kept,
                shreds=self.house.shreds,
                keys={name: self.keys.service(name) for name in OWN_KEYS},
            )

    async def recount(self) -> int:
        """The places and numbers of all lists put right, where they are not; how many were wrong."""
        async with self.house.turn, reaching(self.house.writer, write=True) as connection:
            return await connection.run_sync(put_right)

    async def keyed_units(self) -> set[str]:
        async with self.house.readers.connect() as connection:
            return set((await connection.execute(select(unit_keys.c.unit))).scalars())

    async def public_of(self, unit: str) -> bytes | None:
        """The public key a unit's reports are sealed to; None while it has none."""
        async with self.house.readers.connect() as connection:
            query = select(unit_keys.c.public).where(unit_keys.c.unit == unit)
            return (await connection.execute(query)).scalar_one_or_none()

    async def make_unit_key(self, unit: str, public: bytes) -> bool:
        """Register a public key made elsewhere (discipline office, escrow). False if there is one."""
        async with self.house.writer.begin() as connection:
            made = await connection.execute(
                insert_new(connection, unit_keys).values(
                    unit=unit, public=public, made_at=self.house.clock.now()
                )
            )
            return bool(made.rowcount == 1)

    async def take_back_from_townships(self) -> int:
        """Whole keys that an earlier version gave to townships; how many tickets that were."""
        async with self.house.readers.connect() as connection:
            if not await held_by_townships(connection, self.house.in_force):
                return 0
        async with self.house.turn, reaching(self.house.writer, write=True) as connection:
            return await take_back(
                connection, self.house.shreds, self.house.in_force, self.house.clock.now()
            )

    async def forget(self, now: datetime) -> Forgotten:
        """Destroy what is past its time: day keys, the rows and the held files that only they opened,
        answers kept for requests that come again, words past their thirty days, and codes that were
        remembered and not used for half a year; and how those were reached who left."""
        gone = self.keys.destroy_older(day_of(now))
        kept = self.keys.days()
        async with self.house.turn, reaching(self.house.writer, write=True) as connection:
            if gone and kept:
                await forget_before(connection, min(kept))
            answers = await connection.run_sync(lambda c: forget_answers(c, now))
            await connection.run_sync(lambda c: forget_shown(c, now))
            await connection.run_sync(lambda c: forget_remembered(c, now))
            await connection.run_sync(lambda c: forget_drafts(c, now))
            words = await connection.run_sync(lambda c: forget_judgements(c, now))
            await forget_ways(connection)
        files = await asyncio.to_thread(self.house.blobs.sweep, kept)
        return Forgotten(keys=len(gone), answers=answers, files=files, words=words)


async def open_store(
    *,
    folder: Path,
    url: str | None,
    clock: WallClock,
    in_force: InForce,
    codes: Cost,
    passwords: Cost,
    ready_codes: int = 0,
    demo: DemoKeys | None = None,
) -> Store:
    """Migrate, refuse unsafe settings, and open the doors."""
    keys = await asyncio.to_thread(_folder, folder)
    url = url or sqlite_url(folder)
    readers, writer = readers_engine(url), writer_engine(url)
    with opening(make_url(url).render_as_string(hide_password=True)):
        async with writer.begin() as connection:
            await refuse_unsafe(connection)
            await migrate(connection)
            recipe, passwords, notifier = await _lay_the_floor(connection, codes, passwords, keys)
    shreds = ShredShelf(folder / "shred" / "secrets.bin")
    today = Today(keys, clock)
    gate = TokenGate(lambda: today.day)
    blobs = BlobShelf(folder / "uploads", today, gate)
    await asyncio.to_thread(blobs.sweep, keys.days())
    house = House(
        readers=readers, writer=writer, turn=asyncio.Lock() if is_sqlite(url) else nullcontext(),
        clock=clock, today=today, service=keys.service("service"),
        notifier=notifier, shreds=shreds,
        codes=CodePool(recipe, size=ready_codes), locks=Locks(recipe, passwords), gate=gate,
        in_force=in_force, blobs=blobs, demo=demo, batches=folder / "batches",
    )  # fmt: skip
    desk = Desk(
        readers, bursts_of(url, readers, writer, house.turn), in_force, clock, house.codes, shreds,
        blobs, Copyist(),
    )  # fmt: skip
    return Store(
        house=house,
        keys=keys,
        intake=IntakeDoor(desk),
        reading=reading_door(house),
        files=files_door(house),
    )


async def version_of(folder: Path, url: str = "") -> str | None:
    """The version of the tables as they are, nothing changed. Raises `StoreUnusable`."""
    url = url or sqlite_url(folder)
    engine = writer_engine(url)
    try:
        with opening(make_url(url).render_as_string(hide_password=True)):
            async with engine.connect() as connection:
                return await connection.run_sync(version)
    finally:
        await engine.dispose()


def _folder(folder: Path) -> KeyShelf:
    try:
        private_folder(folder)
        if not os.access(folder, os.W_OK):
            raise PermissionError(errno.EACCES, "只能读,写不进去")
        return KeyShelf(folder / "keys")
    except OSError as fault:
        raise StoreUnusable(
            f"数据文件夹用不了:{folder}({fault.strerror})。换一个:XIANGSHENG_DATA_DIR=…。"
            "The data folder cannot be used; choose another: XIANGSHENG_DATA_DIR=…."
        ) from fault


async def _lay_the_floor(
    connection: AsyncConnection, codes: Cost, passwords: Cost, keys: KeyShelf
) -> tuple[Recipe, Cost, bytes]:
    """The first row of the log, how codes and passwords are stretched, and by what the house's own
    keys are known again. The first start decides: another setting later would leave every code and
    password without its lock. A house from before passwords had a cost of their own keeps the one
    it has, and codes without pepper."""
    first = {
        "code salt": secrets.token_bytes(16),
        "code cost": f"{codes.mib} {codes.passes} {PEPPERED}".encode(),
        "password cost": f"{passwords.mib} {passwords.passes}".encode(),
    }
    await connection.execute(insert_new(connection, log_head).values(id=1, size=0, edge=b""))
    facts = await _facts(connection)
    for name in OWN_KEYS:
        if f"mark {name}" not in facts:
            first[f"mark {name}"] = mark_of(keys.service(name))
    if NOTIFIER not in facts:  # else its private half is not even read here
        first[NOTIFIER] = keypair_from_seed(keys.service("notifier"))[1]
    if "code cost" in facts:
        first["password cost"] = b" ".join(facts["code cost"].split()[:2])
    for name, value in first.items():
        await connection.execute(
            insert_new(connection, facts_of_house).values(name=name, value=value)
        )
    facts = await _facts(connection)
    mib, passes, *mark = facts["code cost"].split()
    pepper = derive(keys.service("service"), "receipt codes") if mark else b""
    recipe = Recipe(facts["code salt"], Cost(mib=int(mib), passes=int(passes)), pepper)
    mib, passes = facts["password cost"].split()
    return recipe, Cost(mib=int(mib), passes=int(passes)), facts[NOTIFIER]


async def _facts(connection: AsyncConnection) -> dict[str, bytes]:
    rows = (await connection.execute(select(facts_of_house))).all()
    return {row.name: bytes(row.value) for row in rows}
