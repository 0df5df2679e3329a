"""A real office for tests: real tables, real sealing, invented people, and a clock one can move."""

from __future__ import annotations

import atexit
import functools
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from casework.content import Standing
from casework.offices import Person, Role
from casework.ports import Keyring, Office
from casework.reports import Report
from casework.tickets import Kind
from casework.workdays import SHANGHAI
from library.layers import Layers
from library.reading import load_calendar, load_content, load_understanding
from nlp.understanding import Understanding
from papers.envelope import new_keypair
from storage.codes import Locks
from storage.doors import Shelves
from storage.engine import sqlite_in_a_thread, sqlite_url
from storage.migrate import upgrade
from storage.schema import posts
from storage.sealing import Cost
from storage.store import Store, open_store

ROOT = Path(__file__).parent.parent
CONTENT_FOLDER = ROOT / "content" / "henan-2019"
CONTENT = load_content(Layers(CONTENT_FOLDER))
CALENDAR = load_calendar(Layers(CONTENT_FOLDER))
UNDERSTANDING: Understanding = load_understanding(Layers(CONTENT_FOLDER), CONTENT)
STANDING = Standing(CONTENT, CALENDAR)


def knowing() -> Understanding:
    return UNDERSTANDING


#: Cheap enough for a test, the same code as in earnest.
CHEAP = Cost(mib=1, passes=1)
A_MONDAY = datetime(2026, 11, 2, 10, 0, tzinfo=SHANGHAI)
EVER = datetime(2019, 1, 1, tzinfo=SHANGHAI)
PASSWORD = "春天的麦子绿油油的一片"

LUSHAN = "410423"
COUNTY, CITY, PROVINCE = "housing-410423", "housing-4104", "housing-41"
DISCIPLINE, ESCROW = "discipline-41", "escrow-41"

LEAKING_ROOF = Report(
    text="新屋住了不到一年,下雨漏一地,施工队不接电话。",
    county=LUSHAN,
    kind=Kind.QUALITY,
    category="quality.leak",
    to_discipline=False,
)
WITHHELD = Report(
    text="说补两万,卡上才到一万五,支书说那五千是手续费。",
    county=LUSHAN,
    kind=Kind.CLUE,
    category="embezzle.skim",
)


class TestClock:
    """Stands still until it is moved."""

    __test__ = False

    def __init__(self, at: datetime = A_MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(microseconds=1)
        return self.at

    def wait(self, **stretch: float) -> None:
        self.at += timedelta(**stretch)


@dataclass
class TestOffice:
    """The doors, the store behind them, and what a test wants to do in one line."""

    __test__ = False

    office: Office
    store: Store
    clock: TestClock
    privates: dict[str, bytes]
    folder: Path

    @property
    def reading(self) -> Callable[[], AbstractAsyncContextManager[Shelves]]:
        return self.store.reading

    @property
    def files(self) -> Callable[[], AbstractAsyncContextManager[Shelves]]:
        return self.store.files

    @property
    def locks(self) -> Locks:
        return self.store.house.locks

    def wait(self, **stretch: float) -> None:
        self.clock.wait(**stretch)

    async def hire(self, name: str, unit: str, *roles: Role) -> Person:
        """A member with a password and, as the first of the unit, its key."""
        async with self.files() as files:
            person = await files.people.add(name, unit, frozenset(roles or {Role.HANDLER}))
            private, public = new_keypair()
            key = await self.locks.new_password(PASSWORD, caller="")
            await files.people.keep_key(person, private, public, key, now=self.clock.now())
            # A test may set the clock back: he has been here ever since.
            ever = update(posts).where(posts.c.person == person.id).values(since=EVER)
            await files.connection.execute(ever)
        return person

    async def signs_in(self, person: Person, *, unlock: bool = True) -> str:
        """A session token, unlocked by the password."""
        async with self.files() as files:
            link = await files.people.link(person.id, "login", now=self.clock.now())
            session = await files.people.use_link(link, "login", now=self.clock.now())
            if unlock:
                salt = await files.people.salt_of(person.id)
                key = await self.locks.password(PASSWORD, salt, caller="")
                await files.people.unlock(session.token, key, now=self.clock.now())
        return session.token

    async def keyring(self, person: Person) -> Keyring:
        token = await self.signs_in(person)
        async with self.reading() as reading:
            return await reading.people.keyring(token, now=self.clock.now())


@functools.cache
def migrated_database() -> Path:
    """An empty SQLite file at the newest version, made once a process: Alembic takes 0.15 s a time."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = sqlite_in_a_thread(sqlite_url(folder))
    with engine.begin() as connection:
        upgrade(connection)
    engine.dispose()
    return folder / "xiangsheng.db"


def start_from_a_copy(folder: Path) -> None:
    """Put the empty migrated database there, unless the office has one."""
    if not (folder / "xiangsheng.db").exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(migrated_database(), folder / "xiangsheng.db")


@asynccontextmanager
async def open_office(
    folder: Path, url: str | None = None, *, staffed: bool = True, standing: Standing = STANDING
) -> AsyncIterator[TestOffice]:
    """An office in a folder. Staffed: every unit in the chain of 鲁山 has its key."""
    clock = TestClock()
    if url is None:
        start_from_a_copy(folder)
    store = await open_store(
        folder=folder, url=url, clock=clock, in_force=lambda: standing,
        codes=CHEAP, passwords=CHEAP,
    )  # fmt: skip
    office = Office(
        clock=clock, in_force=lambda: standing, reading=store.reading, files=store.files,
        intake=store.intake, locks=store.house.locks,
        gate=store.house.gate,
    )  # fmt: skip
    made = TestOffice(office, store, clock, {}, folder)
    if staffed:
        for outside in (DISCIPLINE, ESCROW):
            private, public = new_keypair()
            made.privates[outside] = private
            await store.make_unit_key(outside, public)
        await made.hire("督办员甲", PROVINCE, Role.SUPERVISOR)
        await made.hire("督办员乙", CITY, Role.SUPERVISOR, Role.DISPATCHER)
        await made.hire("承办人丙", COUNTY, Role.HANDLER, Role.DISPATCHER)
    try:
        yield made
    finally:
        await store.close()
