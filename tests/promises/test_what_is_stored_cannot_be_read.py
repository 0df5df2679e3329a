"""Those who keep the machine read nothing: more than 100 things told in confidence through every
way in, two real processes, and then every file and every line of output read as bytes."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import socket
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from casework.receipts import find_code
from tests.postgres import Server
from tests.promises.confidences import (
    a_talk_on_the_web,
    craftsmen_subscribe,
    questions,
    refused_things,
    reports_by_form,
    reports_by_program,
    reports_by_telegram,
)
from tests.promises.decrypting import keys_in, opened, sealed_in
from tests.promises.markers import STEM, Markers, files_below, hunt, spellings
from tests.promises.processes import its_day
from tests.promises.real_house import (
    PASSWORD,
    TOKEN,
    House,
    Platform,
    bearer,
    first_people,
    found_office,
    telegram,
)

_numbers = itertools.count(1)


@dataclass(frozen=True, kw_only=True)
class Database:
    """Where the house writes, which folders that fills besides its own, and how to flush it."""

    url: str = ""
    beside: tuple[Path, ...] = ()
    flush: Callable[[], object] = list


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    if request.param == "sqlite":
        return Database()
    server: Server = request.getfixturevalue("postgres")
    name = f"unreadable{next(_numbers)}"
    url = server.create(name)
    oid = server.psql(f"SELECT oid FROM pg_database WHERE datname = '{name}'")
    return Database(
        url=url,
        beside=(server.home / "base" / oid, server.home / "pg_wal"),
        flush=lambda: server.psql("CHECKPOINT"),
    )


@contextlib.contextmanager
def at_work(
    folder: Path, url: str, markers: Markers
) -> Iterator[tuple[House, Platform, dict[str, str]]]:
    """Both processes and the platform; the staff's own secrets are markers too."""
    logs = folder / "platform.log"
    with telegram(logs) as platform:
        settings = {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": platform.base}
        if url:
            settings["DATABASE_URL"] = url
        house = found_office(folder, **settings)
        with house.receiving(), house.serving():
            first_people(house)
            token = bearer(house)
            markers.keep("password", PASSWORD)
            markers.keep("session of a handler", token["Authorization"].split()[-1])
            yield house, platform, token


def handler_answers(house: House, token: dict[str, str], markers: Markers) -> int:
    """Questions to the reporter, replies and notes among colleagues; how many tickets she opened."""
    with house.client(**token) as desk:
        page = desk.get("/api/v1/tickets", params={"tab": "new"}).json()
        for line in page["tickets"][:6]:
            here = f"/api/v1/tickets/{line['number']}"
            assert STEM in desk.get(here).text
            for action, text in (
                ("accept", ""),
                ("dispatch", ""),
                ("sign", ""),
                ("note", markers.word("note")),
                ("ask", markers.word("question of the handler")),
            ):
                step = desk.post(f"{here}/actions", json={"action": action, "text": text})
                assert step.status_code == 200, step.text
        return len(page["tickets"])


def reporters_add(house: House, codes: list[str], markers: Markers) -> None:
    """The reporters come back with their codes, by program and by page."""
    with house.client() as phone:
        for code in codes[:6]:
            added = phone.post(
                "/api/v1/reports/messages",
                json={"receipt": code, "text": markers.word("addendum")},
            )
            assert added.status_code == 201, added.text
        for code in codes[:3]:
            added_by_page = phone.post(
                "/status/add", data={"code": code, "text": markers.word("addendum")}
            )
            assert added_by_page.is_success
            assert STEM in phone.post("/status", data={"code": code, "mine": "1"}).text


def handler_replies(house: House, token: dict[str, str], markers: Markers) -> None:
    with house.client(**token) as desk:
        for tab in ("working", "waiting", "followup"):
            page = desk.get("/api/v1/tickets", params={"tab": tab}).json()
            for line in page["tickets"]:
                desk.post(
                    f"/api/v1/tickets/{line['number']}/actions",
                    json={"action": "reply", "text": markers.word("reply")},
                )


def month_ends(house: House) -> None:
    """The clock is moved; the batch goes to the discipline office's program."""
    assert "共" in house.run("jobs", "run", "hand-over", "--at", its_day(), "--really")
    house.run("batch", "send")
    listed = house.run("inbox", "list", "--folder", str(house.inbox), "--json")
    assert listed.count("number") >= 5


@pytest.mark.timeout(300)
def test_no_file_and_no_output_holds_what_was_told(tmp_path: Path, database: Database) -> None:
    markers = Markers()
    with at_work(tmp_path, database.url, markers) as (house, platform, token):
        codes = reports_by_program(house, markers)
        codes += reports_by_form(house, markers)
        a_talk_on_the_web(house, markers)
        craftsmen_subscribe(house, platform, markers, tmp_path)
        reports_by_telegram(house, platform, markers)
        questions(house, markers)
        refused_things(house, markers)
        assert handler_answers(house, token, markers) >= 6
        reporters_add(house, codes, markers)
        handler_replies(house, token, markers)
        for code in codes:
            markers.keep("receipt code", code)
        month_ends(house)
        database.flush()
        as_running = copied(tmp_path / "running", house.folder, house.inbox, *database.beside)

    afterwards = files_below(house.folder, house.inbox, house.logs, *database.beside)
    told = markers.all()

    assert len(told) >= 100, {kind: len(texts) for kind, texts in markers.told.items()}
    assert len(afterwards) > 10
    assert [file for file in as_running if "wal" in str(file)]
    assert list(hunt([*as_running, *afterwards], [STEM])) == []
    assert list(hunt([*as_running, *afterwards], told)) == []
    planted_words_are_found(house, told)
    only_what_is_under_way_opens(house, database, markers)


def only_what_is_under_way_opens(house: House, database: Database, markers: Markers) -> None:
    """Whoever takes the machine, database and key files together, opens talks that were not finished,
    files not handed in, and the craftsmen's register: what README says, for four days at most; and for
    thirty days the questions of those who let them be read, without their numbers."""
    url = database.url or f"sqlite+aiosqlite:///{house.folder / 'xiangsheng.db'}"
    keys = keys_in(house.folder)
    found = opened(sealed_in(url, house.folder), keys)

    assert keys
    assert {each.where for each in found} <= ADMITTED
    assert [each for each in found if each.where == "talks"], "the key of the day opens the talks"
    kept = [each.plain.decode() for each in found if each.where == "kept_words"]
    assert len(kept) == len(markers.told["question that may be read"])
    assert not [words for words in kept if "138" in words]
    for kind in FILED:
        for word in markers.told[kind]:
            assert not [e.where for e in found if word.encode() in e.plain], (kind, word)
    assert not [e.where for e in found if find_code(e.plain.decode("utf-8", "ignore"))]


#: What the texts admit can be opened with the keys that lie on the machine.
ADMITTED = {
    "talks", "inbound", "outbox", "replies", "windows", "craftsmen", "files under-way", "kept_words",
}  # fmt: skip

#: What was told in a report that was filed, or to one that is.
FILED = ("report", "filed story", "addendum", "note", "reply", "receipt code")


def copied(target: Path, *folders: Path) -> list[Path]:
    """The folders as they lie while both processes run, with whatever is only in a -wal."""
    for n, folder in enumerate(folders):
        shutil.copytree(
            folder, target / f"{n}-{folder.name}", ignore=shutil.ignore_patterns(".s.*", "*.pid")
        )
    return files_below(target)


def planted_words_are_found(house: House, told: list[str]) -> None:
    """The hunt can fail: one line of a log, and one row of a table that is only in the -wal."""
    with house.log.open("a", encoding="utf-8") as log:
        log.write(f"answered {told[0]}\n")
    with contextlib.closing(sqlite3.connect(house.folder / "planted.db")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE t (x TEXT)")
        database.execute("INSERT INTO t VALUES (?)", (told[-1],))
        database.commit()
        found = {each.where for each in hunt(files_below(house.folder, house.logs), told)}

    assert found == {"house.log", "planted.db-wal"}


A_MARKER = Markers().word("story")


@pytest.mark.parametrize("spelling", sorted(spellings(A_MARKER)))
def test_a_planted_marker_is_found_however_it_is_spelled(tmp_path: Path, spelling: str) -> None:
    (tmp_path / "innocent.bin").write_bytes(bytes(range(256)) * 40)
    planted = tmp_path / "planted.bin"
    planted.write_bytes(b"\0" * 1000 + spellings(A_MARKER)[spelling] + b"\xff" * 1000)

    found = list(hunt(files_below(tmp_path), [A_MARKER]))

    assert {each.where for each in found} == {"planted.bin"}
    assert spelling in {each.spelling for each in found}


def test_a_caller_s_number_is_found_in_binary_too(tmp_path: Path) -> None:
    number = Markers().number("telegram id")
    with contextlib.closing(sqlite3.connect(tmp_path / "x.db")) as database:
        database.execute("CREATE TABLE t (x INTEGER)")
        database.execute("INSERT INTO t VALUES (?)", (int(number),))
        database.commit()

    found = list(hunt(files_below(tmp_path), [number]))

    assert "int48 be" in {each.spelling for each in found}


def test_an_upload_lies_nowhere_in_clear_while_it_arrives(tmp_path: Path) -> None:
    """3 MB drip in slowly; meanwhile every open file of the process is looked at."""
    word = Markers().word("upload")
    photo = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    photo += word.encode() + bytes(3_000_000) + b"\xff\xd9"
    house = found_office(tmp_path)

    with house.serving() as child:
        seen = arriving(house, child.pid, photo)

    assert not [name for name, content in seen.items() if word.encode() in content]


def arriving(house: House, pid: int, photo: bytes) -> dict[str, bytes]:
    """What the open regular files of the process hold, most of the upload being there."""
    head = (
        b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--b\r\nContent-Disposition: '
        b'form-data; name="files"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    body = head + photo + b"\r\n--b--\r\n"
    address = urlsplit(house.base)
    with socket.create_connection((address.hostname or "", address.port or 0)) as line:
        line.sendall(
            b"POST /api/v1/reports HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; "
            b"boundary=b\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n"
        )
        line.sendall(body[:2_500_000])
        time.sleep(1.5)
        seen = open_files(pid)
        line.sendall(body[2_500_000:])
        line.recv(100)
    return seen


def open_files(pid: int) -> dict[str, bytes]:
    seen: dict[str, bytes] = {}
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if link.stat().st_size and link.is_file():
                seen[str(link.readlink())] = link.read_bytes()
    return seen
