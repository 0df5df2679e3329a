"""kill -9 of the serving process under load: every acknowledged report is there, complete, with its
leaf; and no file or output of the house shows a word of any."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import sqlite3
import subprocess
from pathlib import Path

import httpx

from casework.transparency import frontier_of, leaf_hash
from tests.promises.processes import environment, free_port, run, started
from tests.waiting import PATIENCE, eventually

KILLS = 50 if os.environ.get("XIANGSHENG_PROVE") else 5
#: The process is ended after so many at most, in the middle of whatever it does then.
MOST_BEFORE_THE_KILL = 300


async def load(base: str, marker: str, acknowledged: list[tuple[str, str]]) -> None:
    """Four clients filing until the server dies; (code, text) of each that was acknowledged."""

    async def client() -> None:
        async with httpx.AsyncClient(
            base_url=base, trust_env=False, verify=False, timeout=PATIENCE
        ) as http:
            while True:
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


def test_no_acknowledged_report_is_lost_to_a_kill(tmp_path: Path) -> None:
    house, port, marker = tmp_path / "house", free_port(), "麦秸垛"
    env, base = environment(house, PORT=str(port)), f"http://127.0.0.1:{port}"
    log, acknowledged = tmp_path / "out.log", list[tuple[str, str]]()

    for _ in range(KILLS):
        with started("demo", env=env, url=f"{base}/healthz", log=log) as child:

            async def under_load(child: subprocess.Popen[bytes] = child) -> None:
                before, more = len(acknowledged), random.randint(1, MOST_BEFORE_THE_KILL)

                async def some_are_filed() -> bool:
                    return len(acknowledged) >= before + more

                filing = asyncio.create_task(load(base, marker, acknowledged))
                await eventually(some_are_filed)
                child.kill()
                await filing

            asyncio.run(under_load())
            child.wait(PATIENCE)

    assert len(acknowledged) >= KILLS
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
