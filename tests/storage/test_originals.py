"""What became of a file that came with a report: a copy for the units, the original for outside."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from casework.actions import handling
from casework.queue import Tab, View
from casework.refusals import NotAllowed
from casework.reports import Accused, Attachment, Report
from casework.sealed_names import original_of
from casework.shelves import HandlersCopy
from casework.tickets import Kind
from papers.envelope import KEY, EnvelopeError, derive, open_box, open_field
from storage.copies import Copyist, Limits
from storage.engine import sqlite_in_a_thread, sqlite_url
from storage.migrate import upgrade, version
from storage.schema import attachments, boxes, envelopes
from tests import sent_files
from tests.offices import (
    CITY,
    COUNTY,
    DISCIPLINE,
    ESCROW,
    LEAKING_ROOF,
    PROVINCE,
    TestOffice,
    start_from_a_copy,
)
from tests.sent_files import PLANTED

DOCUMENT = b"%PDF-1.7\n" + PLANTED + b"author\n%%EOF"


async def held(office: TestOffice, *contents: bytes) -> tuple[Attachment, ...]:
    async with office.files() as files:
        return tuple([await files.blobs.hold(each) for each in contents])


async def filed(office: TestOffice, report: Report, *contents: bytes) -> str:
    """The number of a report with these files."""
    await office.office.intake.file(replace(report, attachments=await held(office, *contents)))
    async with office.reading() as reading:
        (province,) = await reading.people.in_unit(PROVINCE)
        page = await reading.queue.page(View(tab=Tab.NEW), reader=province, now=office.clock.now())
    return page.lines[-1].number


async def looks(office: TestOffice, number: str, unit: str = COUNTY) -> handling.OpenTicket:
    async with office.reading() as reading:
        (person,) = await reading.people.in_unit(unit)
    return await handling.look(office.office, await office.keyring(person), number)


async def downloads(office: TestOffice, number: str, file: str, unit: str) -> tuple[str, bytes]:
    async with office.reading() as reading:
        (person,) = await reading.people.in_unit(unit)
    return await handling.attachment(office.office, await office.keyring(person), number, file)


async def box_of(office: TestOffice, number: str, holder: str) -> bytes:
    async with office.reading() as reading:
        query = select(boxes.c.box).where(boxes.c.ticket == number, boxes.c.holder == holder)
        return bytes((await reading.connection.execute(query)).scalar_one())


async def test_every_unit_gets_the_copy_and_no_planted_word(office: TestOffice) -> None:
    sent = [sent_files.jpeg(6), sent_files.recording("mp3"), sent_files.webp()]

    number = await filed(office, LEAKING_ROOF, *sent)

    for unit in (COUNTY, CITY, PROVINCE):
        opened = await looks(office, number, unit)
        assert [f.copy for f in opened.attachments] == [HandlersCopy.MADE] * 3
        for file in opened.attachments:
            kind, content = await downloads(office, number, file.id, unit)
            assert (kind, len(content)) == (file.media_type, file.size)
            assert PLANTED not in content
    kinds = sorted(f.kind for f in opened.attachments)
    assert kinds == ["photo", "photo", "voice"]


async def test_a_file_without_a_copy_is_filed_all_the_same(office: TestOffice) -> None:
    number = await filed(office, LEAKING_ROOF, DOCUMENT, sent_files.bomb(), sent_files.film())

    opened = await looks(office, number)
    assert [f.copy for f in opened.attachments] == [HandlersCopy.NONE] * 3
    assert opened.no_copy == "这个文件没法安全地重做一份,只有纪委能打开原件。"
    for file in opened.attachments:
        with pytest.raises(NotAllowed, match="没法安全地重做一份"):
            await downloads(office, number, file.id, COUNTY)


async def test_a_film_s_box_with_a_recording_in_it_is_heard_by_the_handler(
    office: TestOffice,
) -> None:
    number = await filed(office, LEAKING_ROOF, sent_files.recording("3gp", 2, "-c:a", "aac"))

    (file,) = (await looks(office, number)).attachments
    assert (file.kind, file.media_type) == ("voice", "audio/mpeg")


async def test_no_key_of_a_unit_opens_an_original(office: TestOffice) -> None:
    """Every secret a unit can lay hands on, and what the house derives of it, on every file."""
    number = await filed(office, LEAKING_ROOF, sent_files.jpeg(), DOCUMENT)
    folder = office.store.house.blobs.kept
    originals = [path for path in folder.iterdir() if path.name.endswith(".original")]
    secrets = {office.store.house.shreds.secret(number), office.store.keys.service("service")}
    secrets |= {path.read_bytes()[:32] for path in office.folder.rglob("*.key")}
    for unit in (COUNTY, CITY, PROVINCE):
        async with office.reading() as reading:
            (person,) = await reading.people.in_unit(unit)
            ring = await office.keyring(person)
            file = await reading.tickets.get(number, reader=person)
        private = (ring.units or {})[unit]  # type: ignore[attr-defined]  # the store's own Ring
        keys = ring.ticket(file)
        secrets |= {private, open_box(private, file.box), keys.reporter, keys.inside, keys.content}
        for outside in (DISCIPLINE, ESCROW):
            with pytest.raises(EnvelopeError):
                open_box(private, await box_of(office, number, outside))
    for one, purpose in product(tuple(secrets), ("reporter", "inside", "content", "original")):
        secrets |= {derive(one, purpose), derive(one, purpose, keys.shred)}

    assert len(originals) == 2
    for path, secret in product(originals, secrets):
        with pytest.raises(EnvelopeError):
            open_field(secret, number, f"file {path.name}", path.read_bytes())


@pytest.mark.parametrize("holder", [DISCIPLINE, ESCROW])
async def test_the_office_and_the_escrow_open_original_and_copy(
    office: TestOffice, holder: str
) -> None:
    sent = sent_files.jpeg()
    number = await filed(office, LEAKING_ROOF, sent)
    (file,) = (await looks(office, number)).attachments
    kept = office.store.house.blobs.kept

    keys = open_box(office.privates[holder], await box_of(office, number, holder))

    original = original_of(file.id)
    sealed = (kept / original).read_bytes()
    assert open_field(keys[KEY:], number, f"file {original}", sealed) == sent
    copy = open_field(keys[:KEY], number, f"file {file.id}", (kept / file.id).read_bytes())
    assert copy == (await downloads(office, number, file.id, COUNTY))[1]


async def test_about_the_discipline_office_the_escrow_alone_has_the_original(
    office: TestOffice,
) -> None:
    about = replace(LEAKING_ROOF, kind=Kind.CLUE, accused=(Accused(role="discipline_cadre"),))

    number = await filed(office, about, DOCUMENT)

    async with office.reading() as reading:
        assert DISCIPLINE not in await reading.readers.of(number)
    opened = await looks(office, number, PROVINCE)
    (file,) = opened.attachments
    assert "纪委" not in opened.no_copy
    assert "托管" in opened.no_copy
    keys = open_box(office.privates[ESCROW], await box_of(office, number, ESCROW))
    original = original_of(file.id)
    sealed = (office.store.house.blobs.kept / original).read_bytes()
    assert open_field(keys[KEY:], number, f"file {original}", sealed) == DOCUMENT


async def test_a_purge_closes_the_copy_and_leaves_the_office_its_original(
    office: TestOffice,
) -> None:
    sent = sent_files.gif()
    number = await filed(office, LEAKING_ROOF, sent)
    (file,) = (await looks(office, number)).attachments
    box = await box_of(office, number, DISCIPLINE)

    office.store.house.shreds.destroy([number])

    with pytest.raises(Exception, match="已按规定销毁"):
        await downloads(office, number, file.id, COUNTY)
    original = original_of(file.id)
    sealed = (office.store.house.blobs.kept / original).read_bytes()
    keys = open_box(office.privates[DISCIPLINE], box)
    assert open_field(keys[KEY:], number, f"file {original}", sealed) == sent


@pytest.mark.parametrize("which", ["original", "copy"])
async def test_a_file_that_was_exchanged_or_lost_is_noticed(office: TestOffice, which: str) -> None:
    number = await filed(office, LEAKING_ROOF, sent_files.gif())
    await filed(office, LEAKING_ROOF, DOCUMENT)
    (file,) = (await looks(office, number)).attachments
    path = office.store.house.blobs.kept / (
        original_of(file.id) if which == "original" else file.id
    )
    before = await office.store.inspect()

    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    changed = await office.store.inspect()
    path.unlink()
    lost = await office.store.inspect()

    assert (before.changed, before.fileless) == ((), ())
    assert (changed.changed, changed.fileless) == ((number,), ())
    assert (lost.changed, lost.fileless) == ((), (path.name,))


async def test_a_text_that_was_exchanged_is_noticed(office: TestOffice) -> None:
    number = await filed(office, LEAKING_ROOF)

    async with office.files() as files:
        await files.connection.execute(update(envelopes).values(sealed=b"another"))

    assert (await office.store.inspect()).changed == (number,)


async def test_a_file_from_before_copies_opens_as_it_was(office: TestOffice) -> None:
    """As the program before this one wrote it: one file, sealed for the units, no word of a copy."""
    number = await filed(office, LEAKING_ROOF)
    async with office.reading() as reading:
        (person,) = await reading.people.in_unit(COUNTY)
        file = await reading.tickets.get(number, reader=person)
    key = (await office.keyring(person)).ticket(file)
    sent = sent_files.jpeg()
    await office.store.house.blobs.keep("f00d", key.seal_bytes("file f00d", sent))  # type: ignore[attr-defined]
    row = {"id": "f00d", "ticket": number, "kind": "photo", "media_type": "image/jpeg",
           "size": len(sent)}  # fmt: skip
    async with office.files() as files:
        await files.connection.execute(insert(attachments).values(row))

    (old,) = (await looks(office, number)).attachments

    assert old.copy is HandlersCopy.ORIGINAL
    assert await downloads(office, number, "f00d", COUNTY) == ("image/jpeg", sent)
    assert (await office.store.inspect()).fileless == ()


def test_the_migration_marks_what_was_there_as_an_original(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    with closing(sqlite3.connect(tmp_path / "xiangsheng.db")) as old, old:
        old.execute("ALTER TABLE attachments DROP COLUMN part")
        old.execute("ALTER TABLE attachments DROP COLUMN copy")
        old.execute("UPDATE alembic_version SET version_num = '0008'")
        old.execute("INSERT INTO attachments VALUES ('f00d', 'N', 'photo', 'image/jpeg', 3)")
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))

    with engine.begin() as connection:
        upgrade(connection)
        found = connection.execute(select(attachments.c.copy)).scalars().all()
        now = version(connection)
    engine.dispose()

    assert found == [""]
    assert str(now) >= "0009"


async def of_an_impatient_house(office: TestOffice, patience: float, *contents: bytes) -> list[str]:
    """What became of the files of one report."""
    copyist = Copyist(Limits(seconds=30 if patience else 0.5), patience)
    intake = office.store.intake
    intake._desk = replace(intake._desk, copyist=copyist)
    await filed(office, LEAKING_ROOF, *contents)
    copyist.close()
    async with office.reading() as reading:
        rows = (await reading.connection.execute(select(attachments))).all()
    return sorted(row.copy for row in rows)


async def test_hopeless_files_use_up_a_report_s_patience_and_it_is_filed(
    small_office: TestOffice,
) -> None:
    sent = [sent_files.endless(), sent_files.gif(), sent_files.gif()]

    assert await of_an_impatient_house(small_office, 0, *sent) == ["none"] * 3


async def test_a_patient_house_copies_what_comes_after_a_hopeless_file(
    small_office: TestOffice,
) -> None:
    sent = [sent_files.bomb(), sent_files.gif(), sent_files.gif()]

    assert await of_an_impatient_house(small_office, 60, *sent) == ["made", "made", "none"]
