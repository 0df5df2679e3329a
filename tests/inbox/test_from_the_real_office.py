"""What the housing department really seals and pushes is what the office takes and opens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from casework.actions.reporting import add
from inbox import desk as reading_room
from inbox.cabinet import Cabinet
from inbox.keys import load_keys, make_keys, trust
from inbox.server import create_app
from inbox.verify import Misfit, check_added
from papers.archive import decrypt, unpack
from papers.signature import SigningKey
from scheduler.hand_over import Recipient, push, push_waiting, seal_month
from tests import sent_files
from tests.inbox.conftest import Browser
from tests.offices import DISCIPLINE, LEAKING_ROOF, WITHHELD, TestOffice

SIGNS = SigningKey(b"h" * 32)


async def test_two_months_are_pushed_opened_and_signed_for(
    small_office: TestOffice, tmp_path: Path
) -> None:
    office = small_office
    card = make_keys(tmp_path / "in", DISCIPLINE, box=office.privates[DISCIPLINE])
    trust(tmp_path / "in", SIGNS.public_text)
    recipient = Recipient(card=card, url="http://inbox")
    await office.office.intake.file(WITHHELD)
    await office.office.intake.file(LEAKING_ROOF)
    office.clock.wait(days=31)
    november = await seal_month(office.office, "2026-11", recipient=recipient, key=SIGNS)
    await office.office.intake.file(WITHHELD)
    office.clock.wait(days=31)

    async with Browser(create_app(tmp_path / "in", now=office.clock.now)) as inbox:
        for _ in range(3):
            await push(office.office, november, recipient, inbox)
        await seal_month(office.office, "2026-12", recipient=recipient, key=SIGNS)
        assert await push_waiting(office.office, recipient=recipient, key=SIGNS, client=inbox) == (
            1,
            0,
        )

    cabinet, keys = Cabinet(tmp_path / "in"), load_keys(tmp_path / "in")
    assert [(b.count, b.reports) for b in cabinet.batches()] == [(1, 1), (1, 2)]
    stories = [reading_room.opened(cabinet, keys, line.number).story for line in cabinet.clues()]
    assert stories == [WITHHELD.text, WITHHELD.text]
    assert cabinet.alarms() == []


async def test_the_office_takes_the_original_byte_for_byte_beside_the_copy(
    office: TestOffice, tmp_path: Path
) -> None:
    card = make_keys(tmp_path / "in", DISCIPLINE, box=office.privates[DISCIPLINE])
    trust(tmp_path / "in", SIGNS.public_text)
    recipient = Recipient(card=card, url="http://inbox")
    photo, sound = sent_files.jpeg(8), sent_files.recording("amr", 2, "-ar", "8000")
    paper = b"%PDF-1.7\n" + sent_files.PLANTED + b"author\n%%EOF"
    async with office.files() as files:
        held = tuple([await files.blobs.hold(each) for each in (photo, sound, paper)])
    await office.office.intake.file(replace(WITHHELD, attachments=held))
    office.clock.wait(days=31)
    sealed = await seal_month(office.office, "2026-11", recipient=recipient, key=SIGNS)

    async with Browser(create_app(tmp_path / "in", now=office.clock.now)) as inbox:
        await push(office.office, sealed, recipient, inbox)
        await inbox.get(inbox.link)
        (line,) = Cabinet(tmp_path / "in").clues()
        page = (await inbox.get(f"/clues/{line.number}")).text
        clear = reading_room.opened(
            Cabinet(tmp_path / "in"), load_keys(tmp_path / "in"), line.number
        )
        shown = {
            label: (await inbox.get(f"/clues/{line.number}/files/{name}")).content
            for name, label, _ in reading_room.materials(clear)
        }

    originals = [content for label, content in shown.items() if label.endswith("原件")]
    copies = [content for label, content in shown.items() if not label.endswith("原件")]
    assert sorted(originals) == sorted([photo, sound, paper])
    assert len(copies) == 2
    assert all(sent_files.PLANTED not in each for each in copies)
    assert all(label in page for label in shown)
    assert len(reading_room.pieces(clear)) == 3


async def test_what_she_added_goes_with_the_month_and_none_of_it_can_be_left_out(
    office: TestOffice, tmp_path: Path
) -> None:
    card = make_keys(tmp_path / "in", DISCIPLINE, box=office.privates[DISCIPLINE])
    trust(tmp_path / "in", SIGNS.public_text)
    recipient = Recipient(card=card, url="http://inbox")
    receipt = await office.office.intake.file(WITHHELD)
    photo = sent_files.jpeg(8)
    async with office.files() as files:
        blob = (await files.blobs.hold(photo)).blob
    await add(office.office, receipt.number, "收据拍下来了", files=(blob,))
    await add(office.office, receipt.number, "会计又来过")
    office.clock.wait(days=31)
    sealed = await seal_month(office.office, "2026-11", recipient=recipient, key=SIGNS)

    async with Browser(create_app(tmp_path / "in", now=office.clock.now)) as inbox:
        await push(office.office, sealed, recipient, inbox)
        await inbox.get(inbox.link)
        page = (await inbox.get(f"/clues/{receipt.number}")).text
    keys = load_keys(tmp_path / "in")
    clear = reading_room.opened(Cabinet(tmp_path / "in"), keys, receipt.number)
    original, copy = reading_room.materials(clear)

    assert "收据拍下来了" in page
    assert "会计又来过" in page
    assert original[1] == "材料 1(2026-11-02 10:00补充) 原件"
    assert original[1] in page
    assert dict(clear.files)[original[0]] == photo
    assert sent_files.PLANTED not in dict(clear.files)[copy[0]]
    assert Cabinet(tmp_path / "in").alarms() == []
    async with office.reading() as reading:
        packed = decrypt(await reading.batches.content(sealed.number) or b"", keys.age)
    batch = unpack(packed, SIGNS.public_text)
    (clue,) = batch.clues
    check_added(batch, batch.leaves)
    with pytest.raises(Misfit, match="对不上"):
        check_added(replace(batch, clues=(replace(clue, added=clue.added[1:]),)), batch.leaves)


async def test_a_clue_whose_added_file_was_exchanged_is_named_and_held_back(
    office: TestOffice, tmp_path: Path
) -> None:
    card = make_keys(tmp_path / "in", DISCIPLINE, box=office.privates[DISCIPLINE])
    receipt = await office.office.intake.file(WITHHELD)
    async with office.files() as files:
        blob = (await files.blobs.hold(sent_files.gif())).blob
    await add(office.office, receipt.number, "", files=(blob,))
    for path in office.store.house.blobs.kept.iterdir():
        path.write_bytes(path.read_bytes() + b"0")
    office.clock.wait(days=31)

    sealed = await seal_month(office.office, "2026-11", recipient=Recipient(card=card), key=SIGNS)

    async with office.reading() as reading:
        keys = load_keys(tmp_path / "in")
        packed = decrypt(await reading.batches.content(sealed.number) or b"", keys.age)
    (withheld,) = unpack(packed, SIGNS.public_text).withheld
    assert withheld == (receipt.number, "后来补充的照片、录音和写进日志的对不上")
