"""Requests that come again: whose they are, what they asked, how long they are known, and that the row
alone opens nothing."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from casework.refusals import KeyUsed, Refusal
from casework.reports import Once, Receipt, Report, digest_of
from papers.envelope import EnvelopeError, derive, open_under
from storage.answers import PURPOSE, id_of, proof_of
from storage.engine import sqlite_in_a_thread, sqlite_url
from storage.migrate import HEAD, upgrade, version
from storage.schema import answered_once
from tests.offices import LEAKING_ROOF, TestOffice, open_office, start_from_a_copy

KEY = "9f1c2d3e-0a4b-4c5d-8e6f"


def asked(text: str = "", *, key: str = KEY, scope: str = "open") -> Report:
    told = text or LEAKING_ROOF.text
    once = Once(scope=scope, key=key, digest=digest_of({"text": told}))
    return replace(LEAKING_ROOF, text=told, once=once)


async def files(office: TestOffice, report: Report) -> Receipt | Refusal:
    try:
        return await office.office.intake.file(report)
    except Refusal as refusal:
        return refusal


async def reports(office: TestOffice) -> int:
    async with office.reading() as reading:
        return (await reading.log.head()).size


async def test_the_same_key_with_other_words_is_refused_and_the_first_stands(
    office: TestOffice,
) -> None:
    first = await office.office.intake.file(asked())

    with pytest.raises(KeyUsed, match="没有登记"):
        await office.office.intake.file(asked("村里每户收三百块"))

    assert await office.office.intake.file(asked()) == first
    assert await reports(office) == 1


async def test_of_two_at_once_with_other_words_one_is_filed_and_one_refused(
    office: TestOffice,
) -> None:
    told = [asked("水管漏"), asked("墙裂了"), asked("水管漏")]

    got = await asyncio.gather(*(files(office, each) for each in told))

    filed = {
        each.text: one.code for each, one in zip(told, got, strict=True) if isinstance(one, Receipt)
    }
    assert len(filed) == 1
    for report, answer in zip(told, got, strict=True):
        if report.text in filed:
            assert isinstance(answer, Receipt)
            assert answer.code == filed[report.text]
        else:
            assert isinstance(answer, KeyUsed)
    assert await reports(office) == 1


async def test_those_who_wait_with_them_are_filed_all_the_same(office: TestOffice) -> None:
    told = [asked(f"第{n}件", key=f"{KEY} {n // 2}") for n in range(12)]

    got = await asyncio.gather(*(files(office, each) for each in told))

    assert len([each for each in got if isinstance(each, Receipt)]) == 6
    assert await reports(office) == 6


async def test_two_houses_on_one_database_file_it_once(
    office: TestOffice, tmp_path: Path, database_url: str | None
) -> None:
    folder = office.folder if database_url is None else tmp_path / "other"
    async with open_office(folder, database_url, staffed=False) as other:
        for n in range(8):
            same, unlike = asked(f"甲{n}", key=f"{KEY} {n}"), asked(f"乙{n}", key=f"{KEY} {n}")
            got = await asyncio.gather(
                files(office, same), files(other, same), files(other, unlike), files(office, unlike)
            )
            codes = {each.code for each in got if isinstance(each, Receipt)}
            refused = [each for each in got if isinstance(each, KeyUsed)]
            assert (len(codes), len(refused)) == (1, 2), got

    assert await reports(office) == 8


OTHER_PROCESS = """
import asyncio, sys
from pathlib import Path
from casework.refusals import KeyUsed
from tests.offices import open_office
from tests.storage.test_answers import asked

async def main():
    async with open_office(Path(sys.argv[1]), sys.argv[2] or None, staffed=False) as office:
        print("ready", flush=True)
        sys.stdin.readline()
        for n in range(10):
            try:
                receipt = await office.office.intake.file(asked(sys.argv[3], key=f"a long key no {n}"))
                print(receipt.code, flush=True)
            except KeyUsed:
                print("used", flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("words", [("漏雨", "漏雨"), ("漏雨", "墙裂")])
async def test_two_processes_at_once_file_it_once(
    office: TestOffice, tmp_path: Path, database_url: str | None, words: tuple[str, str]
) -> None:
    children = []
    for n, said in enumerate(words):
        folder = office.folder if database_url is None else tmp_path / f"process {n}"
        children.append(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                OTHER_PROCESS,
                str(folder),
                database_url or "",
                said,
                cwd=Path(__file__).parents[2],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        )
    for child in children:
        assert child.stdout
        assert await child.stdout.readline() == b"ready\n"

    ends = await asyncio.gather(*(child.communicate(b"go\n") for child in children))

    said_here, said_there = (out.decode().split() for out, _ in ends)
    assert await reports(office) == 10
    for here, there in zip(said_here, said_there, strict=True):
        if words[0] == words[1]:
            assert here == there != "used"
        else:
            assert [here, there].count("used") == 1


async def test_each_sender_has_keys_of_her_own(office: TestOffice) -> None:
    scopes = ("open", "form", "token a", "token b")

    got = [await files(office, asked(f"{each}的话", scope=each)) for each in scopes]

    assert len({each.code for each in got if isinstance(each, Receipt)}) == len(scopes)


def test_no_two_pairs_of_scope_and_key_meet() -> None:
    parts = ["", "a", "ab", "b", "\0", "a\0", "\0b", "token", "token ", " key", "名"]

    ids = {id_of(Once(scope=s, key=k, digest=b"")) for s, k in product(parts, parts)}

    assert len(ids) == len(parts) ** 2


async def test_after_a_day_the_key_is_free_again(office: TestOffice) -> None:
    first = await office.office.intake.file(asked())
    office.wait(hours=23, minutes=59)
    assert await office.office.intake.file(asked()) == first

    office.wait(minutes=2)
    second = await office.office.intake.file(asked("别的事"))

    assert second.code != first.code
    assert await office.office.intake.file(asked("别的事")) == second
    assert await reports(office) == 2


async def test_every_night_the_answers_of_before_are_emptied(office: TestOffice) -> None:
    await office.office.intake.file(asked())
    office.wait(hours=20)
    await office.office.intake.file(asked(key=f"{KEY} later"))
    office.wait(hours=5)

    gone = await office.store.forget(office.clock.now())

    assert gone.answers == 1
    assert [row.id for row in await rows(office)] == [id_of(once_of(asked(key=f"{KEY} later")))]


async def rows(office: TestOffice) -> list[object]:
    async with office.store.house.readers.connect() as connection:
        return list((await connection.execute(select(answered_once))).all())


def once_of(report: Report) -> Once:
    assert report.once
    return report.once


async def test_the_row_opens_to_nobody_who_lacks_the_key_or_the_words(office: TestOffice) -> None:
    receipt = await office.office.intake.file(asked())
    once = once_of(asked())
    async with office.store.house.readers.connect() as connection:
        row = (await connection.execute(select(answered_once))).one()

    guesses = [
        row.id, row.proof, derive(once.key.encode(), "answer"), derive(once.digest, "answer"),
        derive(once.key.encode(), "answer", salt=digest_of({"text": "猜的"})),
        derive(b"another key at all", "answer", salt=once.digest),
    ]  # fmt: skip
    for guess in guesses:
        with pytest.raises(EnvelopeError):
            open_under(guess, row.sealed, PURPOSE)
    whole = open_under(derive(once.key.encode(), "answer", salt=once.digest), row.sealed, PURPOSE)
    assert receipt.code.encode() in whole
    assert receipt.code.encode() not in bytes(row.sealed)


async def test_a_row_moved_to_another_request_answers_nobody(office: TestOffice) -> None:
    """Whoever can write the table cannot hand one sender's receipt to another."""
    await office.office.intake.file(asked())
    mine = asked("我的话", key="another key entirely")
    async with office.store.house.writer.begin() as connection:
        moved = {"id": id_of(once_of(mine)), "proof": proof_of(once_of(mine))}
        await connection.execute(update(answered_once).values(**moved))

    with pytest.raises(EnvelopeError):
        await office.office.intake.file(mine)


async def test_what_was_answered_stays_so_when_the_readers_change(office: TestOffice) -> None:
    """Told with the readers she saw, pressed again when they are others: it is filed already."""
    way = await office.office.intake.way(LEAKING_ROOF)
    told = replace(asked(), told=way.digest)
    first = await office.office.intake.file(told)

    assert await office.office.intake.file(replace(told, told="readers of tomorrow")) == first


async def test_what_was_answered_stays_so_in_a_house_that_was_started_again(
    office: TestOffice, tmp_path: Path, database_url: str | None
) -> None:
    """It remembers nothing of what it answered before; the readers are others by now."""
    way = await office.office.intake.way(LEAKING_ROOF)
    told = replace(asked(), told=way.digest)
    first = await office.office.intake.file(told)
    folder = office.folder if database_url is None else tmp_path / "other"
    async with open_office(folder, database_url, staffed=False) as again:
        assert await files(again, told) == first
        assert await files(again, replace(told, told="readers of tomorrow")) == first

    assert await reports(office) == 1


async def test_asking_again_seals_no_file_a_second_time(office: TestOffice) -> None:
    async with office.files() as shelves:
        held = [await shelves.blobs.hold(b"%PDF-1.4 " + bytes([n])) for n in range(2)]
    for each in held:
        await office.office.intake.file(replace(asked(), attachments=(each,)))

    assert len(list(office.store.house.blobs.kept.iterdir())) == 1


def test_answers_that_had_no_owner_are_gone_after_the_upgrade(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE answered_once"))
        connection.execute(
            text("CREATE TABLE answered_once (key_hash BLOB PRIMARY KEY, sealed BLOB, at TEXT)")
        )
        connection.execute(text("INSERT INTO answered_once VALUES (x'00', x'00', '2026')"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0006'"))

        upgrade(connection)

        assert version(connection) == HEAD
        assert connection.execute(select(answered_once)).all() == []
    engine.dispose()
