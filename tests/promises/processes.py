"""Real child processes: the service and the discipline office's inbox, started, asked and ended."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from casework.clues import month_after
from casework.workdays import day_of
from tests.offices import ROOT
from tests.waiting import until

COMMAND = [sys.executable, "-m", "runtime.cli"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("XIANGSHENG_")}
    cheap = {
        "KDF_MIB": "8", "KDF_PASSES": "1", "CODE_MIB": "8", "CODE_PASSES": "1", "READY_CODES": "0",
    }  # fmt: skip
    ours = {f"XIANGSHENG_{k}": v for k, v in {**cheap, "DATA_DIR": str(folder), **more}.items()}
    return {**kept, **ours, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def run(*words: str, env: dict[str, str], check: bool = True) -> str:
    """One command to its end; its output."""
    done = subprocess.run(
        [*COMMAND, *words], env=env, cwd=ROOT, capture_output=True, text=True, timeout=240
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextlib.contextmanager
def started(
    *words: str, env: dict[str, str], url: str, log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended, by its own pid, whatever happens."""
    with log.open("ab") as out:
        child = subprocess.Popen([*COMMAND, *words], env=env, cwd=ROOT, stdout=out, stderr=out)
    try:
        until_it_answers(url, child, log)
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(30)
        if child.poll() is None:
            child.kill()
            child.wait(30)


def until_it_answers(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    def answered() -> bool:
        assert child.poll() is None, log.read_text(errors="replace")
        return answers(url)

    until(answered, lambda: f"{url} does not answer: {log.read_text(errors='replace')}")


def answers(url: str) -> bool:
    """Whether somebody is there and well."""
    try:
        return httpx.get(url, trust_env=False, verify=False, timeout=10).status_code < 500
    except httpx.TransportError:
        return False


def code_in(page: str) -> str:
    """The receipt code on a villager's page."""
    found = re.search(r'class="code">([\d ]+)<', page)
    assert found, page
    return found.group(1).replace(" ", "")


def this_month() -> str:
    """The month (YYYY-MM) in which what is filed now will be handed over."""
    return day_of(datetime.now(UTC)).strftime("%Y-%m")


def its_day() -> str:
    """The moment of its hand-over: the clock is moved to it, not waited for."""
    return f"{month_after(this_month())}-03T08:00"
