"""What the queue costs with few tickets and with many: how long a page takes, how large it is, how many
statements it asks.

The reports are real ones, filed and sealed as any; what became of them is written into the tables at once,
since to walk fifty thousand through their steps takes hours and changes nothing of the list."""

from __future__ import annotations

import asyncio
import gzip
import html
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median

import httpx
from sqlalchemy import Connection, bindparam, delete, event, select, update

from casework.offices import Level, Role
from casework.reports import REPORTER, Report
from casework.tickets import Kind, Status
from papers.envelope import new_keypair
from runtime.processes import make_app
from runtime.settings import load_settings
from runtime.wiring import Service, open_service
from storage.rows import ticket_from_row, ticket_to_row
from storage.schema import boxes, tallies, tickets
from storage.standing import COPIED, counted_anew, standing_of, write_tallies

#: Reports handed in at once; each burst is one commit.
AT_ONCE = 64
#: Of a hundred tickets so many are over, as after some years; the others stand in every state.
OVER = 85
STATES = (
    Status.RECEIVED, Status.DISPATCHED, Status.SIGNED, Status.IN_PROGRESS, Status.NEEDS_INFO,
    Status.REINSPECTION, Status.REPLIED, Status.RESOLVED,
)  # fmt: skip
#: So many pages on, a page counts as deep.
DEEP = 20
ROUNDS = 15

_NEXT = re.compile(r'href="([^"]+)" rel="next"')
WHERE = "http://desk.bench"


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One address: milliseconds in the median, bytes as sent (gzip), statements of the queue itself."""

    milliseconds: float
    size: int
    statements: int


async def measured_desk(
    folder: Path, counts: Sequence[int], story: str, told: Callable[[int], None]
) -> Mapping[int, Mapping[str, Measured]]:
    """The province's pages with each number of tickets, the smaller first; in one run, on one machine.
    `told` hears how many have been filed."""
    settings = load_settings(
        data_dir=folder, database_url="", code_mib=1, code_passes=1, kdf_mib=1, kdf_passes=1,
        ready_codes=0,
    )  # fmt: skip
    service = await open_service(settings)
    found: dict[int, Mapping[str, Measured]] = {}
    have = 0
    try:
        token = await _staffed(service)
        async with _client(service, token) as client:
            for count in counts:
                await _file(service, story, have, count, told)
                have = count
                found[count] = await _pages(service, client)
    finally:
        await service.close()
    return found


async def _staffed(service: Service) -> str:
    """Keys for every unit, and a session of the province's supervisor."""
    offices, now = service.office.content.organisation, service.office.clock.now()
    for unit in offices.units.values():
        if unit.id != offices.province.id and unit.level is not Level.TOWNSHIP:
            await service.store.make_unit_key(unit.id, new_keypair()[1])
    key = await service.office.locks.new_password("a password for the bench", caller="bench")
    async with service.office.files() as files:
        person = await files.people.add(
            "bench", offices.province.id, frozenset({Role.SUPERVISOR, Role.DISPATCHER})
        )
        await files.people.keep_key(person, *new_keypair(), key, now=now)
        return (await files.people.sign_in(person.id, key, now=now)).token


async def _file(
    service: Service, story: str, have: int, count: int, told: Callable[[int], None]
) -> None:
    counties = service.office.content.organisation.at(Level.COUNTY)
    for start in range(have, count, AT_ONCE):
        burst = range(start, min(start + AT_ONCE, count))
        await asyncio.gather(
            *(
                service.office.intake.file(
                    Report(
                        text=f"第{n}件。{story}",
                        county=counties[n % len(counties)].area,
                        kind=Kind.QUALITY,
                        category="quality.leak",
                        to_discipline=False,
                    )
                )
                for n in burst
            )
        )
        told(burst.stop)
    async with service.store.house.writer.begin() as connection:
        await connection.run_sync(_age, service.office.clock.now())


def _age(connection: Connection, now: datetime) -> None:
    """Spread over the states and the last three years; every box and number anew."""
    chance, rows = Random(1), []  # noqa: S311  # the same each time, and no secret
    for row in connection.execute(select(tickets).order_by(tickets.c.filed_at)).all():
        ticket = ticket_from_row(row)
        over = chance.random() * 100 < OVER
        status = Status.CLOSED if over else chance.choice(STATES)
        shift = timedelta(days=chance.randint(15, 1000) if over else chance.randint(0, 20))
        clocks = tuple(
            replace(c, started=c.started - shift, due=c.due - shift) for c in ticket.clocks
        )
        aged = replace(ticket, status=status, clocks=clocks)
        where = standing_of(aged, now - shift)
        values = {**ticket_to_row(aged), **where, "since": now - shift, "county": ticket.county}
        rows.append({f"new_{name}": value for name, value in values.items()})
    names = [name.removeprefix("new_") for name in rows[0]]
    connection.execute(
        update(tickets)
        .where(tickets.c.number == bindparam("new_number"))
        .values({name: bindparam(f"new_{name}") for name in names if name != "number"}),
        rows,
    )
    copied = {
        name: select(tickets.c[name]).where(tickets.c.number == boxes.c.ticket).scalar_subquery()
        for name in COPIED
    }
    connection.execute(update(boxes).where(boxes.c.holder != REPORTER).values(**copied))
    connection.execute(delete(tallies))
    write_tallies(connection, counted_anew(connection))


@asynccontextmanager
async def _client(service: Service, token: str) -> AsyncIterator[httpx.AsyncClient]:
    app = make_app(service, with_worker=False)
    transport = httpx.ASGITransport(app=app)  # its lifespan is not run: the store stays ours
    cookies = {"__Host-desk": token, "desk": token}
    async with httpx.AsyncClient(
        transport=transport, base_url=WHERE, cookies=cookies, headers={"accept-encoding": "gzip"}
    ) as client:
        yield client


async def _pages(service: Service, client: httpx.AsyncClient) -> Mapping[str, Measured]:
    deep = "/desk?tab=done"
    for _ in range(DEEP):
        found = _NEXT.search((await client.get(deep)).text)
        if found is None:
            break
        deep = html.unescape(found[1])
    county = service.office.content.organisation.at(Level.COUNTY)[0].area
    wanted = {
        "overview": "/desk",
        "working": "/desk?tab=working",
        "overdue": "/desk?tab=overdue",
        "done": "/desk?tab=done",
        "done, deep": deep,
        "one county": f"/desk?tab=done&county={county}",
    }
    times: dict[str, list[float]] = {name: [] for name in wanted}
    statements: dict[str, int] = {}
    for _ in range(ROUNDS):  # one after the other, so that a busy moment falls on all alike
        for name, address in wanted.items():
            with _Asked(service) as asked:
                began = time.perf_counter()
                answer = await client.get(address)
                times[name].append((time.perf_counter() - began) * 1000)
            answer.raise_for_status()
            statements[name] = sum(" boxes" in each or "tallies" in each for each in asked)
    pages = {name: (await client.get(address)).content for name, address in wanted.items()}
    return {
        name: Measured(
            milliseconds=median(times[name]), size=len(gzip.compress(pages[name])),
            statements=statements[name],
        )
        for name in wanted
    }  # fmt: skip


class _Asked:
    """The statements asked of the reading engine meanwhile."""

    def __init__(self, service: Service) -> None:
        self._engine = service.store.house.readers.sync_engine
        self._asked: list[str] = []

    def __enter__(self) -> list[str]:
        event.listen(self._engine, "before_cursor_execute", self._heard)
        return self._asked

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._heard)

    def _heard(self, _c: object, _cursor: object, statement: str, *_: object) -> None:
        self._asked.append(statement)
