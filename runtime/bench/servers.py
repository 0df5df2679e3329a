"""Servers for `bench file-report`, each in its own process: ours, ours with one commit a report, and
a bare group-commit service (JSON in, one encryption, two rows, one transaction a batch)."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, insert

from papers.envelope import new_keypair, seal_under
from runtime.processes import make_app
from runtime.settings import Settings
from runtime.wiring import open_service
from storage import intake
from storage.engine import sqlite_url, writer_engine

_bare = MetaData()
_ROWS = Table("rows", _bare, Column("id", Integer, primary_key=True), Column("body", LargeBinary))
_EVENTS = Table("events", _bare, Column("id", Integer, primary_key=True), Column("what", Text))


async def ours(folder: Path, ready: int) -> FastAPI:
    """The product as it is shipped, with so many ready codes kept; units have keys that nobody holds.
    `/ready-codes` says how many there are."""
    settings = Settings(data_dir=folder, ready_codes=ready)
    service = await open_service(settings)
    for unit in service.office.content.organisation.units:
        await service.store.make_unit_key(unit, new_keypair()[1])
    app = make_app(service, with_worker=False)

    @app.get("/ready-codes")
    async def ready_codes() -> int:
        return len(service.store.house.codes)

    return app


async def bare(folder: Path) -> FastAPI:
    """The limit: nothing but JSON, one seal, and a shared commit."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    engine = writer_engine(sqlite_url(folder))
    async with engine.begin() as connection:
        await connection.run_sync(_bare.create_all)
    writer = Bare(engine)
    app = FastAPI(openapi_url=None)

    @app.post("/api/v1/reports")
    async def file(request: Request) -> JSONResponse:
        told = await request.json()
        await writer.file(seal_under(writer.key, told["text"].encode(), "bare"))
        return JSONResponse({"ok": True}, 201)

    return app


class Bare:
    """Those waiting share one transaction, and that is all."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.key = bytes(32)
        self._waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def file(self, sealed: bytes) -> None:
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((sealed, answer))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write())
        await answer

    async def _write(self) -> None:
        await asyncio.sleep(0)
        while self._waiting:
            batch, self._waiting = self._waiting[:64], self._waiting[64:]
            async with self._engine.begin() as connection:
                await connection.execute(insert(_ROWS), [{"body": body} for body, _ in batch])
                await connection.execute(insert(_EVENTS), [{"what": "filed"} for _ in batch])
            for _, answer in batch:
                answer.set_result(None)


async def _serve(kind: str, port: int, folder: Path, ready: int) -> None:
    if kind == "one-commit-each":
        intake.MOST_AT_ONCE = 1
    app = await (bare(folder) if kind == "bare" else ours(folder, ready))
    config = uvicorn.Config(
        app, port=port, access_log=False, log_level="warning", forwarded_allow_ips="127.0.0.1"
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
