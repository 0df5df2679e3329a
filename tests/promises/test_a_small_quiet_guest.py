"""The demo on a machine of a county: little memory, and not one connection to the outside."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.offices import ROOT
from tests.promises.processes import environment, free_port, started
from tests.promises.real_house import TOKEN, telegram
from tests.waiting import until

#: Python loads this before our program; every address anybody connects to becomes a line.
WITNESS = """
import os, sys
_OUT = os.open(os.environ["WITNESS_FILE"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def _see(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        os.write(_OUT, f"{event} {args[-1] if event != 'socket.getaddrinfo' else args[0]}\\n".encode())
sys.addaudithook(_see)
"""

HERE = re.compile(r"127\.0\.0\.1|localhost|::1|b?'?/")
MIB = 1024


@dataclass(frozen=True, kw_only=True)
class Guest:
    """The running demo."""

    base: str
    pid: int
    seen: Path

    def memory(self) -> float:
        """Resident memory in MiB (proc(5), VmRSS)."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found
        return int(found.group(1)) / MIB

    def strangers(self) -> list[str]:
        return [line for line in self.seen.read_text().splitlines() if not HERE.search(line)]


@contextlib.contextmanager
def demo(folder: Path, **settings: str) -> Iterator[Guest]:
    """As `make run` starts it: its own costs of codes, no setting but folder and port."""
    (folder / "sitecustomize.py").write_text(WITNESS)
    port, seen = free_port(), folder / "connections"
    env = environment(folder / "data", PORT=str(port), **settings)
    for name in ("KDF_MIB", "KDF_PASSES", "READY_CODES"):
        env.pop(f"XIANGSHENG_{name}")
    env |= {"PYTHONPATH": f"{folder}:{ROOT}", "WITNESS_FILE": str(seen)}
    base = f"http://127.0.0.1:{port}"
    with started("demo", env=env, url=f"{base}/healthz", log=folder / "log") as child:
        yield Guest(base=base, pid=child.pid, seen=seen)


def at_rest(guest: Guest) -> float:
    """Its memory once the invented cases are filed and nothing happens any more."""

    def is_filed() -> bool:
        head = httpx.get(f"{guest.base}/api/v1/log/head", trust_env=False, verify=False, timeout=60)
        return bool(head.json()["size"] >= 10)

    until(is_filed)
    time.sleep(3)
    return guest.memory()


def talk_a_while(guest: Guest) -> None:
    with httpx.Client(base_url=guest.base, trust_env=False, verify=False, timeout=60) as phone:
        for text in (
            "俺家危房能补多少钱",
            "村支书说要交三千块才给报",
            "屋要塌了俺还在里头住",
            "瓦房算啥危房",
        ):
            assert phone.post("/api/v1/ask", json={"text": text}).is_success
            assert phone.post("/ask", data={"q": text}).is_success
        told = {"text": "新屋漏雨,去年腊月盖的,包工头不管", "county": "410423"}
        assert phone.post("/api/v1/reports", json=told).status_code == 201


def test_a_demo_is_small_and_calls_nobody(tmp_path: Path) -> None:
    with demo(tmp_path) as guest:
        resting = at_rest(guest)
        talk_a_while(guest)

        assert resting < 300
        assert guest.strangers() == []


def test_with_telegram_and_words_it_is_still_small_and_calls_only_telegram(tmp_path: Path) -> None:
    with telegram(tmp_path / "telegram.log") as platform:
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": platform.base}
        with demo(tmp_path, **settings) as guest:
            at_rest(guest)
            platform.says(71, "俺家危房能补多少钱")
            talk_a_while(guest)
            time.sleep(3)

            assert guest.memory() < 450
            assert guest.strangers() == []
            assert platform.base.rpartition(":")[2] in guest.seen.read_text()


def test_the_witness_sees_a_stranger(tmp_path: Path) -> None:
    seen = tmp_path / "connections"
    seen.write_text("socket.connect ('127.0.0.1', 8000)\nsocket.connect ('192.0.2.1', 443)\n")
    guest = Guest(base="", pid=1, seen=seen)

    assert guest.strangers() == ["socket.connect ('192.0.2.1', 443)"]
