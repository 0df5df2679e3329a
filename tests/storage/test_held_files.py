"""Files under way: held until the report has them, and no longer than the key of their day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, event, insert, select

from casework.refusals import KeyUsed, ReadersChanged
from casework.reports import Attachment, Once, digest_of
from storage.engine import sqlite_in_a_thread, sqlite_url
from storage.schema import answered_once
from tests.offices import LEAKING_ROOF, TestOffice, open_office

PDF = b"%PDF-1.4 a receipt of the village"


def held(office: TestOffice) -> set[str]:
    folder = office.folder / "uploads" / "under-way"
    return {each.name for each in folder.iterdir()} if folder.exists() else set()


async def hold(office: TestOffice) -> Attachment:
    async with office.files() as files:
        return await files.blobs.hold(PDF)


def once(n: int = 1) -> Once:
    return Once(scope="open", key="a key of sixteen letters", digest=digest_of({"n": n}))


async def test_a_filed_report_has_its_files_and_they_are_held_no_longer(office: TestOffice) -> None:
    mine, hers = await hold(office), await hold(office)

    receipt = await office.office.intake.file(replace(LEAKING_ROOF, attachments=(mine,)))

    assert held(office) == {hers.blob}
    assert receipt.code
    assert list(office.store.house.blobs.kept.iterdir())


async def test_a_report_that_is_refused_leaves_them_where_they_are(office: TestOffice) -> None:
    await office.office.intake.file(replace(LEAKING_ROOF, once=once(1)))
    files = (await hold(office),)

    with pytest.raises(ReadersChanged):
        await office.office.intake.file(
            replace(LEAKING_ROOF, attachments=files, told="other readers")
        )
    with pytest.raises(KeyUsed):
        await office.office.intake.file(replace(LEAKING_ROOF, attachments=files, once=once(2)))

    assert held(office) == {files[0].blob}


async def test_a_request_that_comes_again_leaves_no_second_copy(office: TestOffice) -> None:
    for _ in range(3):
        files = (await hold(office),)
        await office.office.intake.file(replace(LEAKING_ROOF, attachments=files, once=once()))

    assert held(office) == set()


async def test_two_houses_that_file_one_request_with_its_file_at_once_give_one_receipt(
    office: TestOffice, database_url: str | None
) -> None:
    """The second may find the file gone: then the report is there."""
    async with open_office(office.folder, database_url, staffed=False) as other:
        for n in range(15):
            key = replace(once(), key=f"a key of many letters {n}")
            report = replace(LEAKING_ROOF, attachments=(await hold(office),), once=key)

            got = await asyncio.gather(
                office.office.intake.file(report), other.office.intake.file(report)
            )

            assert got[0].code == got[1].code


async def test_a_file_that_went_along_meanwhile_is_no_refusal(small_office: TestOffice) -> None:
    """Another house files the same request after this one looked for its answer."""
    office = small_office
    report = replace(LEAKING_ROOF, attachments=(await hold(office),), once=once())
    first = await office.office.intake.file(report)
    other_house = sqlite_in_a_thread(sqlite_url(office.folder))
    with other_house.begin() as connection:
        answer = connection.execute(select(answered_once)).mappings().one()
        connection.execute(delete(answered_once))

    looked: list[str] = []

    def files_it(_c: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM answered_once" in statement and not looked:
            looked.append(statement)
            with other_house.begin() as connection:
                connection.execute(insert(answered_once).values(**answer))

    event.listen(Engine, "after_cursor_execute", files_it)
    try:
        assert (await office.office.intake.file(report)).code == first.code
    finally:
        event.remove(Engine, "after_cursor_execute", files_it)
        other_house.dispose()


async def test_what_nobody_handed_in_goes_with_the_key_of_its_day(office: TestOffice) -> None:
    old = await hold(office)
    office.wait(days=3)
    fresh = await hold(office)
    (office.folder / "uploads" / "under-way" / f".{old.blob}.0a1b2c3d.new").write_bytes(b"half")
    await office.store.forget(office.clock.now())
    assert {old.blob, fresh.blob} < held(office)

    office.wait(days=2)
    gone = await office.store.forget(office.clock.now())

    assert gone.files == 2
    assert held(office) == {fresh.blob}


async def test_what_a_dead_process_left_goes_at_the_next_start(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        old = await hold(office)
        office.wait(days=3)
        fresh = await hold(office)
        office.store.keys.destroy_older(office.clock.now().date().replace(day=7))
        assert held(office) == {old.blob, fresh.blob}

    async with open_office(tmp_path, staffed=False) as office:
        assert held(office) == {fresh.blob}


@pytest.mark.parametrize("name", ["../../keys/service.key", "/etc/hostname", "..", "", "a/../../x"])
async def test_a_name_from_a_form_leads_nowhere_else(office: TestOffice, name: str) -> None:
    await hold(office)
    target = office.folder / "uploads" / "x"
    target.write_bytes(b"")

    await office.store.house.blobs.release([name])

    assert (office.folder / "keys" / "service.key").exists()
    assert target.exists()


#: How files begin that phones, computers and recorders of these years make.
KINDS = {
    "an old Word file": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00" + bytes(600), "document"),
    "a bitmap": (bytes.fromhex("424d46000000000000003600000028000000020000000200000001001800") + bytes(40), "photo"),
    "a camera's film": (b"RIFF\x24\x00\x00\x00AVI LIST" + bytes(100), "video"),
    "an old phone's film": (b"\x00\x00\x00\x18ftyp3g2a" + bytes(40), "video"),
    "a film in a case": (bytes.fromhex("1a45dfa3934282886d6174726f736b61") + bytes(40), "video"),
    "a recorder's sound": (b"fLaC\x00\x00\x00\x22" + bytes(40), "voice"),
    "a phone's sound": (bytes.fromhex("fff15080001ffc") + bytes(40), "voice"),
    "an old phone's voice": (b"#!AMR-WB\n" + bytes(40), "voice"),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
async def test_what_is_promised_is_taken(small_office: TestOffice, name: str) -> None:
    """照片、录音、录像、PDF 和 Word 文件: of any make."""
    content, kind = KINDS[name]
    async with small_office.files() as files:
        held = await files.blobs.hold(content)

    assert held.kind == kind
