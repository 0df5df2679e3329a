"""A real office as its own people set it up: keys, invitations, passwords; and Telegram beside it."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.promises.processes import answers, environment, free_port, run, started
from tests.waiting import until

PASSWORD = "麦子黄了就该下地割了"
COUNTY = "housing-410423"
LUSHAN = "410423"
TOKEN = "77:emulated"


@dataclass(frozen=True, kw_only=True)
class House:
    """Folders, addresses and surroundings of one office and of the discipline office's inbox."""

    env: dict[str, str]
    folder: Path
    inbox: Path
    logs: Path
    base: str
    inbox_base: str
    invitation: str

    @property
    def log(self) -> Path:
        return self.logs / "house.log"

    @contextlib.contextmanager
    def serving(self) -> Iterator[subprocess.Popen[bytes]]:
        with started(
            "serve", "--with-worker", env=self.env, url=f"{self.base}/healthz", log=self.log
        ) as child:
            yield child

    @contextlib.contextmanager
    def receiving(self) -> Iterator[subprocess.Popen[bytes]]:
        """The discipline office's own program."""
        port = self.inbox_base.rpartition(":")[2]
        with started(
            "inbox", "serve", "--folder", str(self.inbox), "--port", port,
            env=self.env, url=f"{self.inbox_base}/healthz", log=self.logs / "inbox.log",
        ) as child:  # fmt: skip
            yield child

    def client(self, **headers: str) -> httpx.Client:
        return httpx.Client(
            base_url=self.base, trust_env=False, verify=False, timeout=40, headers=headers
        )

    def run(self, *words: str) -> str:
        return run(*words, env=self.env)


def found_office(folder: Path, **settings: str) -> House:
    """The first day: both offices make their keys and exchange the public ones. Nobody works yet."""
    data, inbox, logs = folder / "house", folder / "inbox", folder / "logs"
    logs.mkdir(parents=True)
    port, inbox_port = free_port(), free_port()
    card = inbox / "card.json"
    env = environment(
        data,
        PORT=str(port),
        DISCIPLINE_URL=f"http://127.0.0.1:{inbox_port}",
        DISCIPLINE_KEYS=str(card),
        **settings,
    )
    run("inbox", "init", "--folder", str(inbox), env=env)
    told = run("init", "--card", str(card), env=env)
    public = re.search(r"inbox trust:(\S+)", told.replace("\n", ""))
    invitation = re.search(r"/desk/invite/\S+", told)
    assert public
    assert invitation
    run("inbox", "trust", public.group(1), "--folder", str(inbox), env=env)
    return House(
        env=env, folder=data, inbox=inbox, logs=logs, base=f"http://127.0.0.1:{port}",
        inbox_base=f"http://127.0.0.1:{inbox_port}", invitation=invitation.group(),
    )  # fmt: skip


def first_people(house: House) -> None:
    """The province's first member accepts the invitation; one handler in the county does too."""
    told = house.run(
        "staff", "add", "承办人丙", "--unit", COUNTY, "--role", "handler", "--role", "dispatcher"
    )
    second = re.search(r"/desk/invite/\S+", told)
    assert second
    with house.client() as browser:
        for link in (house.invitation, second.group()):
            answer = browser.post(link, data={"password": PASSWORD, "again": PASSWORD})
            assert answer.status_code == 303, answer.text


def bearer(house: House, name: str = "承办人丙") -> dict[str, str]:
    """A token of a member; the password comes in a file that only its owner reads."""
    secret = house.logs.parent / "password"
    secret.touch(mode=0o600)
    secret.write_text(PASSWORD, encoding="utf-8")
    token = house.run("staff", "token", name, "--password-file", str(secret)).split()[-1]
    secret.unlink()
    return {"Authorization": f"Bearer {token}"}


def jpeg_with(remark: str) -> bytes:
    """A tiny JPEG whose EXIF part holds the remark."""
    exif = b"Exif\0\0II*\0\x08\0\0\0\0\0" + remark.encode()
    part = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    return b"\xff\xd8" + jfif + part + b"\xff\xd9"


class Platform:
    """Telegram as an independent emulator shows it: what people send, and the files they send."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._http = httpx.Client(base_url=base, trust_env=False, verify=False, timeout=10)
        self._n = 0

    def update(self, update: dict[str, Any]) -> None:
        answer = self._http.post("/__fixture/updates", json={"token": TOKEN, "update": update})
        assert answer.status_code < 300, answer.text

    def message(self, chat: int, text: str = "", **more: Any) -> dict[str, Any]:
        """A message as Telegram delivers it; `who` adds to the sender."""
        self._n += 1
        sender = {"id": chat, "is_bot": False, "first_name": "村民", **more.pop("who", {})}
        message = {
            "message_id": self._n, "date": 1, "chat": {"id": chat, "type": "private"},
            "from": sender, **more,
        }  # fmt: skip
        return {"message": {**message, "text": text} if text else message}

    def says(self, chat: int, text: str, **more: Any) -> None:
        self.update(self.message(chat, text, **more))

    def picture(self, content: bytes) -> list[dict[str, object]]:
        """A photo put on the platform, as a message refers to it."""
        sent = self._http.post(
            f"/bot{TOKEN}/sendPhoto", data={"chat_id": "5"}, files={"photo": ("a.jpg", content)}
        )
        photo: list[dict[str, object]] = sent.json()["result"]["photo"]
        return photo


@contextlib.contextmanager
def telegram(log: Path) -> Iterator[Platform]:
    """The emulator as a process of its own."""
    command = shutil.which("lo-bot-api-emulator", path=str(Path(sys.executable).parent))
    assert command, "make test installs lo-bot-api-emulator"
    base = f"http://127.0.0.1:{free_port()}"
    with log.open("ab") as out:
        words = [command, "--port", base.rpartition(":")[2], "--enable-control"]
        child = subprocess.Popen(words, stdout=out, stderr=out)
    try:
        until(lambda: answers(base))
        yield Platform(base)
    finally:
        child.terminate()
        child.wait(10)
