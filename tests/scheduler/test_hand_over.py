"""The month is handed over whatever happened on its day: down, damaged, read-only, or a slip of the pen."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, update

from casework.refusals import Away, BadInput
from casework.sealed_names import pseudonym
from casework.shelves import BatchRow
from casework.workdays import SHANGHAI
from inbox.cabinet import Cabinet
from inbox.keys import make_keys, trust
from inbox.server import create_app
from papers.signature import SigningKey
from scheduler.hand_over import (
    Recipient,
    hand_over,
    mend,
    months_missing,
    push_waiting,
    seal_month,
)
from storage.schema import envelopes, leaves, tickets
from tests import sent_files
from tests.inbox.conftest import Browser
from tests.offices import DISCIPLINE, WITHHELD, TestOffice

SIGNS = SigningKey(b"h" * 32)


def recipient_of(office: TestOffice, folder: Path) -> Recipient:
    card = make_keys(folder / "in", DISCIPLINE, box=office.privates[DISCIPLINE])
    trust(folder / "in", SIGNS.public_text)
    return Recipient(card=card, url="http://inbox")


def at(month: int, day: int, hour: int = 8, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, 0, tzinfo=SHANGHAI)


async def pushed(office: TestOffice, to: Recipient, folder: Path) -> tuple[int, int]:
    async with Browser(create_app(folder / "in", now=office.clock.now)) as inbox:
        return await push_waiting(office.office, recipient=to, key=SIGNS, client=inbox)


async def handed_over(office: TestOffice, to: Recipient) -> list[BatchRow]:
    return await hand_over(office.office, recipient=to, key=SIGNS)


async def test_a_house_that_was_down_on_the_day_hands_over_when_it_is_back(
    small_office: TestOffice, tmp_path: Path
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(12, 2, 23)
    assert await handed_over(office, to) == []  # not yet

    office.clock.at = at(12, 5, 9)
    assert await months_missing(office.office, DISCIPLINE) == ["2026-11"]
    (row,) = await handed_over(office, to)

    assert (row.month, row.count) == ("2026-11", 1)
    assert await handed_over(office, to) == []
    assert await pushed(office, to, tmp_path) == (1, 0)


async def test_months_of_silence_are_caught_up_in_order_and_the_office_takes_them(
    small_office: TestOffice, tmp_path: Path
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(2, 20, year=2027)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(3, 4, year=2027)

    rows = await handed_over(office, to)

    assert [row.month for row in rows] == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert [row.count for row in rows] == [1, 0, 0, 1]
    assert await pushed(office, to, tmp_path) == (4, 0)
    assert Cabinet(tmp_path / "in").alarms() == []


async def test_a_house_without_a_report_owes_nobody_a_month(
    small_office: TestOffice, tmp_path: Path
) -> None:
    to = recipient_of(small_office, tmp_path)
    small_office.clock.at = at(6, 9, year=2027)

    assert await handed_over(small_office, to) == []
    assert await months_missing(small_office.office, DISCIPLINE) == []


@pytest.mark.parametrize("month", ["2026-12", "2027-01", "2062-11", "9999-12"])
async def test_a_month_that_is_not_over_is_refused(
    small_office: TestOffice, tmp_path: Path, month: str
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(12, 4)

    with pytest.raises(BadInput, match="没有过完"):
        await seal_month(office.office, month, recipient=to, key=SIGNS)
    assert [row.month for row in await handed_over(office, to)] == ["2026-11"]


async def test_months_out_of_order_are_refused_by_name(
    small_office: TestOffice, tmp_path: Path
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(2, 1, year=2027)

    with pytest.raises(BadInput, match="先封 2026-11"):
        await seal_month(office.office, "2026-12", recipient=to, key=SIGNS)
    for month in ("2026-11", "2026-12"):
        await seal_month(office.office, month, recipient=to, key=SIGNS)
    with pytest.raises(BadInput, match="2026-12 已经封存"):
        await seal_month(office.office, "2026-10", recipient=to, key=SIGNS)
    again = await seal_month(office.office, "2026-11", recipient=to, key=SIGNS)
    assert again.month == "2026-11"


async def test_a_future_month_sealed_before_that_was_refused_stops_nothing(
    small_office: TestOffice, tmp_path: Path
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(11, 9, year=2062)
    office.clock.at = at(12, 20, year=2062)
    await seal_month(office.office, "2026-11", recipient=to, key=SIGNS)
    async with office.files() as files:  # as the slip left it: a month far ahead, sealed today
        row = await files.batches.of(DISCIPLINE, "2026-11")
        assert row
        far = replace(row, month="2062-11", number=f"{DISCIPLINE}-2062-11")
        await files.batches.undo(row.number)
        await files.batches.keep(replace(far, made_at=at(11, 9)), b"", [])
    office.clock.at = at(12, 4)
    await office.office.intake.file(WITHHELD)

    rows = await handed_over(office, to)

    assert [(row.month, row.count) for row in rows] == [("2026-11", 1)]


async def flip_a_text(office: TestOffice, number: str) -> None:
    mine = (envelopes.c.ticket == number) & (envelopes.c.field == "story")
    async with office.files() as files:
        sealed = (await files.connection.execute(select(envelopes.c.sealed).where(mine))).scalar()
        assert sealed
        changed = bytes(sealed[:-1]) + bytes([sealed[-1] ^ 1])
        await files.connection.execute(update(envelopes).where(mine).values(sealed=changed))


async def flip_a_file(office: TestOffice, _number: str) -> None:
    (kept,) = office.store.house.blobs.kept.glob("*.original")
    kept.write_bytes(kept.read_bytes()[:-1] + bytes([kept.read_bytes()[-1] ^ 1]))


async def lose_a_file(office: TestOffice, number: str) -> None:
    """And find it again."""
    (kept,) = office.store.house.blobs.kept.glob("*.original*")
    lost = kept.suffix == ".lost"
    kept.rename(kept.with_suffix("") if lost else kept.with_name(kept.name + ".lost"))


async def flip_the_salt(office: TestOffice, number: str) -> None:
    mine = tickets.c.number == number
    async with office.files() as files:
        salt = (await files.connection.execute(select(tickets.c.salt).where(mine))).scalar_one()
        changed = bytes(salt[:-1]) + bytes([salt[-1] ^ 1])
        await files.connection.execute(update(tickets).where(mine).values(salt=changed))


Damage = Callable[[TestOffice, str], Awaitable[None]]


@pytest.mark.parametrize("damage", [flip_a_text, flip_a_file, lose_a_file, flip_the_salt])
async def test_a_damaged_clue_is_named_the_rest_goes_and_it_follows_when_mended(
    office: TestOffice, tmp_path: Path, damage: Damage
) -> None:
    to = recipient_of(office, tmp_path)
    async with office.files() as files:
        photo = (await files.blobs.hold(sent_files.gif()),)
    hurt = await office.office.intake.file(replace(WITHHELD, attachments=photo))
    whole = await office.office.intake.file(WITHHELD)
    await damage(office, hurt.number)
    office.clock.at = at(12, 3)

    (row,) = await handed_over(office, to)
    assert row.count == 1
    assert await pushed(office, to, tmp_path) == (1, 0)
    cabinet = Cabinet(tmp_path / "in")
    assert [line.number for line in cabinet.clues()] == [whole.number]
    (alarm,) = cabinet.alarms()
    assert hurt.number in alarm.sentence
    assert alarm.kind == "withheld"

    await damage(office, hurt.number)  # each of them undoes itself
    office.clock.at = at(1, 3, year=2027)
    (late,) = await handed_over(office, to)
    assert late.count == 1
    assert await pushed(office, to, tmp_path) == (1, 0)
    assert {line.number for line in cabinet.clues() if line.late} == {hurt.number}


async def test_a_clue_whose_leaf_is_gone_does_not_stop_the_month(
    small_office: TestOffice, tmp_path: Path
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    hurt = await office.office.intake.file(WITHHELD)
    await office.office.intake.file(WITHHELD)
    async with office.files() as files:
        mine = leaves.c.ticket == pseudonym(hurt.number)
        await files.connection.execute(update(leaves).where(mine).values(event="vanished"))
    office.clock.at = at(12, 3)

    (row,) = await handed_over(office, to)

    assert row.count == 1


async def test_a_folder_that_takes_nothing_loses_no_month(
    small_office: TestOffice, tmp_path: Path
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    await office.office.intake.file(WITHHELD)
    folder = office.store.house.batches
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_bytes(b"")  # whoever we are, nothing can be put in there
    office.clock.at = at(12, 3)

    with pytest.raises(Away):
        await handed_over(office, to)
    assert await months_missing(office.office, DISCIPLINE) == ["2026-11"]

    folder.unlink()
    (row,) = await handed_over(office, to)
    assert row.count == 1


@pytest.mark.parametrize(
    "damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"?")]
)
async def test_a_batch_whose_file_was_damaged_is_sealed_anew_with_those_after_it(
    small_office: TestOffice, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(12, 20)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(1, 5, year=2027)
    first, second = await handed_over(office, to)
    damage(office.store.house.batches / f"{first.number}.age")

    assert await pushed(office, to, tmp_path) == (2, 0)

    assert len(Cabinet(tmp_path / "in").clues()) == 2
    assert second.count == 1


async def test_a_batch_that_was_signed_for_is_never_undone(
    small_office: TestOffice, tmp_path: Path
) -> None:
    office, to = small_office, recipient_of(small_office, tmp_path)
    await office.office.intake.file(WITHHELD)
    office.clock.at = at(12, 3)
    (row,) = await handed_over(office, to)
    await pushed(office, to, tmp_path)
    (office.store.house.batches / f"{row.number}.age").unlink()

    assert await mend(office.office, recipient=to, key=SIGNS) == []
    async with office.files() as files:
        await files.batches.undo(row.number)
    async with office.reading() as reading:
        assert [each.number for each in await reading.batches.all()] == [row.number]
        batches = await reading.connection.execute(select(tickets.c.batch))
        assert [each.batch for each in batches] == [row.number]
