"""`bench`: what the product measures about itself, as ratios inside one run."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, insert

from casework.reports import Report
from casework.tickets import Kind
from papers.envelope import new_keypair
from runtime.commands.common import console, run, show_json
from runtime.settings import Settings
from runtime.wiring import Service, open_service
from storage.engine import sqlite_url, writer_engine

app = typer.Typer(help="基准:都在同一次运行里比", no_args_is_help=True)

TEXT = "说补两万,卡上才到一万五,支书说那五千是手续费。" * 26
Json = Annotated[bool, typer.Option("--json")]


@app.callback()
def benchmarks() -> None:
    """基准:都在同一次运行里比。"""


@app.command("file-report")
def file_report(
    reports: Annotated[int, typer.Option("--reports")] = 1000,
    clients: Annotated[int, typer.Option("--clients")] = 32,
    rounds: Annotated[int, typer.Option("--rounds")] = 3,
    as_json: Json = False,
) -> None:
    """登记的速度:我们的门,对每件一次提交,对光秃秃的成批提交。"""
    run(lambda: _file_report(reports, clients, rounds, as_json=as_json))


async def _file_report(reports: int, clients: int, rounds: int, *, as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house, bare = Path(folder) / "house", Path(folder) / "bare"
        service = await _staffed(house)
        naked = await Bare.open(bare)
        best: dict[str, list[float]] = {"ours": [], "one commit each": [], "bare": []}
        one = asyncio.Lock()
        for _ in range(rounds):
            await service.store.house.codes.fill(reports)
            best["ours"].append(await _rate(reports, clients, lambda: _file(service)))
            few = max(50, reports // 10)
            await service.store.house.codes.fill(few)
            best["one commit each"].append(
                await _rate(few, clients, lambda: _file_alone(service, one))
            )
            best["bare"].append(await _rate(reports, clients, naked.file))
        sustained = await _rate(8, 2, lambda: _file(service))
        await service.close()
        await naked.close()
    _show(best, sustained, reports, clients, as_json=as_json)


def _show(
    best: dict[str, list[float]], sustained: float, reports: int, clients: int, *, as_json: bool
) -> None:
    middle = {name: sorted(rates)[len(rates) // 2] for name, rates in best.items()}
    of_bare = sorted(a / b for a, b in zip(best["ours"], best["bare"], strict=True))
    of_one = sorted(a / b for a, b in zip(best["ours"], best["one commit each"], strict=True))
    result = {
        "reports": reports,
        "clients": clients,
        "per_second": {name: round(rate, 1) for name, rate in middle.items()},
        "of_bare": [round(each, 2) for each in of_bare],
        "times_one_commit_each": [round(each, 2) for each in of_one],
        "sustained_without_ready_codes": round(sustained, 1),
        "refused": 0,
    }
    if as_json:
        show_json(result)
        return
    for name, rate in middle.items():
        console.print(f"{name:16} {rate:8.0f} 件/秒")
    console.print(f"对光秃秃的成批提交:{of_bare[len(of_bare) // 2]:.0%}(每轮 {result['of_bare']})")
    console.print(f"对每件一次提交:{of_one[len(of_one) // 2]:.1f} 倍")
    console.print(f"备好的编号用完以后:{sustained:.1f} 件/秒;{reports} 件没有一件被拒。")


async def _rate(count: int, clients: int, one: Callable[[], Awaitable[object]]) -> float:
    """Acts a second with so many clients at work."""
    left = iter(range(count))

    async def client() -> None:
        for _ in left:
            await one()

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return count / (time.perf_counter() - start)


async def _staffed(folder: Path) -> Service:
    """A service whose units have keys that nobody holds."""
    settings = Settings(data_dir=folder, ready_codes=0, kdf_mib=8, kdf_passes=1)
    service = await open_service(settings)
    for unit in service.office.content.organisation.units:
        await service.store.make_unit_key(unit, new_keypair()[1])
    return service


def _report() -> Report:
    return Report(text=TEXT, county="410423", kind=Kind.QUALITY, category="pay.amount")


async def _file(service: Service) -> None:
    await service.office.intake.file(replace(_report(), idempotency_key=secrets.token_hex(8)))


async def _file_alone(service: Service, one: asyncio.Lock) -> None:
    async with one:
        await _file(service)


_bare = MetaData()
_ROWS = Table("rows", _bare, Column("id", Integer, primary_key=True), Column("body", LargeBinary))
_EVENTS = Table("events", _bare, Column("id", Integer, primary_key=True), Column("what", Text))


class Bare:
    """A group-commit writer with nothing around it: two rows a report, one transaction a batch."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._waiting: list[asyncio.Future[None]] = []
        self._writer: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, folder: Path) -> Bare:
        await asyncio.to_thread(folder.mkdir)
        engine = writer_engine(sqlite_url(folder))
        async with engine.begin() as connection:
            await connection.run_sync(_bare.create_all)
        return cls(engine)

    async def file(self) -> None:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(answer)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await answer

    async def _write(self) -> None:
        await asyncio.sleep(0)
        while self._waiting:
            batch, self._waiting = self._waiting[:64], self._waiting[64:]
            body = TEXT.encode()
            async with self._engine.begin() as connection:
                await connection.execute(insert(_ROWS), [{"body": body} for _ in batch])
                await connection.execute(insert(_EVENTS), [{"what": "filed"} for _ in batch])
            for answer in batch:
                answer.set_result(None)

    async def close(self) -> None:
        await self._engine.dispose()
