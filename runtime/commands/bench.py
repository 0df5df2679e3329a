"""`bench`: what the product measures about itself, as ratios inside one run."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import httpx
import typer

from runtime.bench.load import Round, interleaved, post_all
from runtime.commands.common import console, show_json

app = typer.Typer(no_args_is_help=True)

TEXT = "说补两万,卡上才到一万五,支书说那五千是手续费。" * 26  # about 1,900 bytes
BODY = {"text": TEXT, "county": "410423", "kind": "quality", "category": "pay.amount"}
OURS, ONE, BARE = "ours", "one-commit-each", "bare"
PATH = "/api/v1/reports"
Json = Annotated[bool, typer.Option("--json")]


@app.callback()
def benchmarks() -> None:
    pass  # with it `file-report` is a command of `bench` and not `bench` itself


@app.command("file-report")
def file_report(
    reports: Annotated[int, typer.Option("--reports", help="每轮登记多少件")] = 1000,
    clients: Annotated[int, typer.Option("--clients")] = 32,
    rounds: Annotated[int, typer.Option("--rounds")] = 3,
    as_json: Json = False,
) -> None:
    """登记的速度:我们的服务,对每件提交一次,对光秃秃的成批提交;都走 HTTP。"""
    few = max(50, reports // 10)
    counts = {OURS: reports, ONE: few, BARE: reports}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = {
            name: stack.enter_context(_server(name, folder / name, counts[name] * rounds))
            for name in counts
        }
        found = interleaved(
            rounds, list(counts), lambda name: _slice(ports[name], counts[name], clients)
        )
        sustained = _slice(ports[OURS], 16, 4)
    _show(found, sustained, reports, clients, as_json=as_json)


def _slice(port: int, count: int, clients: int) -> Round:
    bodies = ((json.dumps(BODY).encode(), secrets.token_hex(12)) for _ in range(count))
    return asyncio.run(post_all(port, PATH, bodies, clients))


@contextlib.contextmanager
def _server(kind: str, folder: Path, codes: int) -> Iterator[int]:
    """A server in a process of its own, ended by its pid."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "runtime.bench.servers",
        kind,
        str(port),
        str(folder),
        str(codes),
    ]
    child = subprocess.Popen(command)  # noqa: S603  # our own module, no shell
    try:
        _until_it_listens(port, child)
        yield port
    finally:
        child.terminate()
        child.wait(20)


def _until_it_listens(port: int, child: subprocess.Popen[bytes]) -> None:
    while child.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, timeout=2)
            return
        time.sleep(0.1)
    raise typer.BadParameter("基准用的服务没有起来")


def _show(
    found: dict[str, list[Round]], sustained: Round, reports: int, clients: int, *, as_json: bool
) -> None:
    middle = {
        name: sorted(rounds, key=lambda r: r.rate)[len(rounds) // 2]
        for name, rounds in found.items()
    }
    of_bare = sorted(a.rate / b.rate for a, b in zip(found[OURS], found[BARE], strict=True))
    of_one = sorted(a.rate / b.rate for a, b in zip(found[OURS], found[ONE], strict=True))
    refused = sum(each.refused for rounds in found.values() for each in rounds)
    result = {
        "reports": reports,
        "clients": clients,
        "per_second": {name: round(each.rate, 1) for name, each in middle.items()},
        "p95_ms": {name: round(each.wait(0.95), 1) for name, each in middle.items()},
        "of_bare": [round(each, 2) for each in of_bare],
        "times_one_commit_each": [round(each, 2) for each in of_one],
        "sustained_without_ready_codes": round(sustained.rate, 1),
        "refused": refused,
    }
    if as_json:
        show_json(result)
        return
    for name, each in middle.items():
        console.print(f"{name:16} {each.rate:8.0f} 件/秒  p95 {each.wait(0.95):.0f} 毫秒")
    console.print(f"对光秃秃的成批提交:{of_bare[len(of_bare) // 2]:.0%},每轮 {result['of_bare']}")
    console.print(
        f"对每件提交一次:{of_one[len(of_one) // 2]:.1f} 倍,每轮 {result['times_one_commit_each']}"
    )
    console.print(f"备好的编号用完以后:{sustained.rate:.1f} 件/秒;被拒 {refused} 件。")
