"""What the housing department really seals and pushes is what the office takes and opens."""

from __future__ import annotations

from pathlib import Path

from inbox import desk as reading_room
from inbox.cabinet import Cabinet
from inbox.keys import load_keys, make_keys, trust
from inbox.server import create_app
from papers.signature import SigningKey
from scheduler.hand_over import Recipient, push, push_waiting, seal_month
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
        assert await push_waiting(office.office, recipient=recipient, client=inbox) == (1, 0)

    cabinet, keys = Cabinet(tmp_path / "in"), load_keys(tmp_path / "in")
    assert [(b.count, b.reports) for b in cabinet.batches()] == [(1, 1), (1, 2)]
    stories = [reading_room.opened(cabinet, keys, line.number).story for line in cabinet.clues()]
    assert stories == [WITHHELD.text, WITHHELD.text]
    assert cabinet.alarms() == []
