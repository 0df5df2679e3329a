"""kill -9 of the serving process under load: every acknowledged report is there, complete, with its
leaf; and no file or output of the house shows a word of any."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
import time
from pathlib import Path

import httpx

from casework.transparency import frontier_of, leaf_hash
from tests.promises.processes import environment, free_port, run, started

KILLS = 50 if os.environ.get("XIANGSHENG_PROVE") else 5


async def load(base: str, seconds: float, marker: str) -> list[tuple[str, str]]:
    """Four clients filing until the server dies; the acknowledged (code, text)."""
    acknowledged: list[tuple[str, str]] = []
    until = time.monotonic() + seconds

    async def client() -> None:
        async with httpx.AsyncClient(
            base_url=base, trust_env=False, verify=False, timeout=10
        ) as http:
            while time.monotonic() < until:
                text = f"{marker}{secrets.token_hex(6)} 说补两万才到一万五"
                try:
                    answer = await http.post(
                        "/api/v1/reports",
                        json={"text": text, "county": "410423"},
                        headers={"Idempotency-Key": secrets.token_hex(12)},
                    )
                except httpx.TransportError:
                    return
                if answer.status_code == 201:
                    acknowledged.append((answer.json()["receipt"], text))

    await asyncio.gather(*(client() for _ in range(4)))
    return acknowledged


def test_no_acknowledged_report_is_lost_to_a_kill(tmp_path: Path) -> None:
    house, port, marker = tmp_path / "house", free_port(), "麦秸垛"
    env, base = environment(house, PORT=str(port)), f"http://127.0.0.1:{port}"
    log, acknowledged = tmp_path / "out.log", []

    for _ in range(KILLS):
        with started("demo", env=env, url=f"{base}/healthz", log=log) as child:

            async def under_load(child=child) -> list[tuple[str, str]]:  # type: ignore[no-untyped-def]
                filing = asyncio.create_task(load(base, 6, marker))
                await asyncio.sleep(1.2)
                child.kill()
                return await filing

            acknowledged += asyncio.run(under_load())
            child.wait(10)

    assert len(acknowledged) > KILLS
    with started("demo", env=env, url=f"{base}/healthz", log=log):
        for code, text in acknowledged[:: max(1, len(acknowledged) // 60)]:
            page = httpx.post(
                f"{base}/api/v1/reports/lookup",
                json={"receipt": code},
                trust_env=False,
                verify=False,
                timeout=20,
            )
            assert page.status_code == 200, page.text
            assert text in page.text
    assert "对得上" in run("log", "verify", env=env)
    every_leaf_stands(house, len(acknowledged))
    nothing_is_readable(house, log, marker)


def every_leaf_stands(house: Path, acknowledged: int) -> None:
    with sqlite3.connect(house / "xiangsheng.db") as database:
        (reports,) = database.execute("SELECT count(*) FROM tickets").fetchone()
        (envelopes,) = database.execute(
            "SELECT count(*) FROM envelopes WHERE field = 'story'"
        ).fetchone()
        accepted = database.execute("SELECT count(*) FROM leaves WHERE event = 'accepted'")
        assert reports >= acknowledged
        assert accepted.fetchone()[0] == reports == envelopes
        bodies = [row[0] for row in database.execute('SELECT body FROM leaves ORDER BY "index"')]
        (size,) = database.execute("SELECT size FROM log_head").fetchone()
    assert frontier_of([leaf_hash(body) for body in bodies]).size == size


def nothing_is_readable(house: Path, log: Path, marker: str) -> None:
    spellings = [marker.encode(), marker.encode("utf-16-le"), marker.encode("gb18030")]
    for file in [*house.rglob("*"), log]:
        if file.is_file():
            content = file.read_bytes()
            assert not any(each in content for each in spellings), file.name
