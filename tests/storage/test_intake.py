"""The intake door: durable, sealed, once, and refusing in a sentence."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select, text, update

from casework.queue import Tab, View
from casework.refusals import Away, BadInput, IntakeClosed, NoSuchReceipt, NoSuchTicket
from casework.reports import LONGEST_REPORT, Once, digest_of
from casework.transparency import verify_inclusion
from papers.envelope import EnvelopeError, new_keypair, open_box
from storage.schema import boxes, unit_keys
from tests.offices import CITY, CONTENT, COUNTY, LEAKING_ROOF, WITHHELD, TestOffice, open_office


async def test_a_report_gets_a_receipt_that_opens_its_mailbox(office: TestOffice) -> None:
    receipt = await office.office.intake.file(LEAKING_ROOF)

    async with office.reading() as reading:
        box = await reading.mailboxes.open(await office.locks.code(receipt.code, caller=""))

    assert box.letters[0].text == LEAKING_ROOF.text
    assert box.status == "received"


async def test_the_leaf_of_a_receipt_is_in_the_log(office: TestOffice) -> None:
    for _ in range(5):
        receipt = await office.office.intake.file(LEAKING_ROOF)

    async with office.reading() as reading:
        proof = await reading.log.proof(receipt.index)
        head = await reading.log.head()

    assert proof.leaf == receipt.leaf
    assert verify_inclusion(proof.leaf, proof.index, proof.size, proof.path, head.root())


async def test_the_county_reads_a_quality_report_and_the_city_a_clue(office: TestOffice) -> None:
    await office.office.intake.file(LEAKING_ROOF)
    await office.office.intake.file(WITHHELD)
    async with office.reading() as reading:
        (county,) = await reading.people.in_unit(COUNTY)
        (city,) = await reading.people.in_unit(CITY)
        seen_below = await reading.queue.page(
            View(tab=Tab.NEW), reader=county, now=office.clock.now()
        )
        seen_above = await reading.queue.page(
            View(tab=Tab.NEW), reader=city, now=office.clock.now()
        )
        clue = next(t for t in seen_above.lines if t.owner == CITY)
        with pytest.raises(NoSuchTicket):
            await reading.tickets.get(clue.number, reader=county)

    assert [t.category for t in seen_below.lines] == ["quality.leak"]
    assert len(seen_above.lines) == 2


async def test_the_same_report_three_times_at_once_is_one_ticket(office: TestOffice) -> None:
    once = Once(scope="open", key="a key the sender chose", digest=digest_of({"n": 1}))
    report = replace(LEAKING_ROOF, once=once)

    receipts = await asyncio.gather(*(office.office.intake.file(report) for _ in range(3)))
    later = await office.office.intake.file(report)

    assert len({r.code for r in receipts} | {later.code}) == 1
    async with office.reading() as reading:
        assert (await reading.log.head()).size == 1


async def test_many_reports_at_once_are_all_kept_in_order(office: TestOffice) -> None:
    receipts = await asyncio.gather(
        *(office.office.intake.file(replace(LEAKING_ROOF, text=f"第{n}件")) for n in range(40))
    )

    assert sorted(r.index for r in receipts) == list(range(40))
    async with office.reading() as reading:
        box = await reading.mailboxes.open(await office.locks.code(receipts[7].code, caller=""))
    assert box.letters[0].text == "第7件"


async def test_no_box_is_made_for_a_key_that_is_another_by_now(office: TestOffice) -> None:
    """As after a copy of the database was put back beneath a process that runs."""
    await office.office.intake.file(LEAKING_ROOF)
    private, public = new_keypair()
    async with office.files() as files:
        changed = update(unit_keys).where(unit_keys.c.unit == COUNTY).values(public=public)
        await files.connection.execute(changed)

    await asyncio.gather(*(office.office.intake.file(LEAKING_ROOF) for _ in range(3)))

    async with office.reading() as reading:
        rows = await reading.connection.execute(select(boxes).where(boxes.c.holder == COUNTY))
    opened = [opens(private, row.box) for row in rows]
    assert sorted(opened) == [False, True, True, True]


def opens(private: bytes, box: bytes) -> bool:
    with suppress(EnvelopeError):
        return len(open_box(private, box)) == 32
    return False


async def test_a_report_made_ready_for_a_key_that_is_another_by_now_is_not_filed(
    office: TestOffice,
) -> None:
    """A talk's own transaction: she sends it again, and nothing of it was kept."""
    made = await office.office.intake.prepare(LEAKING_ROOF)
    async with office.files() as files:
        changed = update(unit_keys).where(unit_keys.c.unit == COUNTY)
        await files.connection.execute(changed.values(public=new_keypair()[1]))

    with pytest.raises(Away):
        async with office.files() as files:
            files.file(made)

    async with office.reading() as reading:
        assert (await reading.log.head()).size == 0


async def test_a_closed_intake_opens_with_the_key_that_was_missing(office: TestOffice) -> None:
    """Made by another process, after this one refused for want of it."""
    province = CONTENT.organisation.province.id
    away = update(unit_keys).where(unit_keys.c.unit == province).values(unit="elsewhere")
    back = update(unit_keys).where(unit_keys.c.unit == "elsewhere").values(unit=province)
    async with office.files() as files:
        await files.connection.execute(away)
    with pytest.raises(IntakeClosed):
        await office.office.intake.file(LEAKING_ROOF)
    async with office.files() as files:
        await files.connection.execute(back)

    assert (await office.office.intake.file(LEAKING_ROOF)).code


async def test_those_who_file_in_turns_come_to_share_their_transactions(
    office: TestOffice,
) -> None:
    """Four file again and again, four others begin while the first batch is written."""
    batches, others = 0, asyncio.Event()
    loop = asyncio.get_running_loop()

    def counted(_c: object, _cursor: object, statement: str, *_: object) -> None:
        nonlocal batches
        if statement.startswith("INSERT INTO tickets"):
            batches += 1
            loop.call_soon_threadsafe(others.set)

    async def again_and_again(*, first: bool) -> None:
        if not first:
            await others.wait()
        for _ in range(30):
            await office.office.intake.file(LEAKING_ROOF)

    event.listen(Engine, "before_cursor_execute", counted)
    try:
        await asyncio.gather(*(again_and_again(first=n < 4) for n in range(8)))
    finally:
        event.remove(Engine, "before_cursor_execute", counted)

    assert batches < 45  # 30 where all go together, 60 where they stay two groups


@pytest.mark.parametrize("words", ["", "   ", "\n\t"])
async def test_an_empty_report_is_refused_in_a_sentence(
    small_office: TestOffice, words: str
) -> None:
    with pytest.raises(BadInput, match="还没有说是什么事"):
        await small_office.office.intake.file(replace(LEAKING_ROOF, text=words))


async def test_a_report_that_is_too_long_is_refused_and_nothing_is_kept(
    small_office: TestOffice,
) -> None:
    with pytest.raises(BadInput, match="太长了"):
        await small_office.office.intake.file(
            replace(LEAKING_ROOF, text="长" * (LONGEST_REPORT + 1))
        )

    async with small_office.reading() as reading:
        assert (await reading.log.head()).size == 0


async def test_without_keys_the_intake_refuses_in_a_sentence(tmp_path: Path) -> None:
    async with open_office(tmp_path, staffed=False) as bare:
        with pytest.raises(IntakeClosed, match="还没有建立钥匙"):
            await bare.office.intake.file(LEAKING_ROOF)


async def test_a_code_nobody_was_given_opens_nothing(small_office: TestOffice) -> None:
    async with small_office.reading() as reading:
        with pytest.raises(NoSuchReceipt):
            await reading.mailboxes.open(
                await small_office.locks.code("30909413300159079590", caller="")
            )


async def test_no_table_holds_a_word_of_the_report(office: TestOffice) -> None:
    await office.office.intake.file(replace(WITHHELD, text="标记词麦秸垛 " + WITHHELD.text))

    async with office.store.house.readers.connect() as connection:
        for table in ("tickets", "history", "envelopes", "boxes", "leaves", "receipts"):
            rows = (await connection.execute(text(f"SELECT * FROM {table}"))).all()
            assert "麦秸垛" not in repr(rows)
            assert "麦秸垛".encode() not in b"".join(
                bytes(v) for row in rows for v in row if isinstance(v, bytes | memoryview)
            )
