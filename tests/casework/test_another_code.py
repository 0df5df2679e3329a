"""A code somebody else may know is changed: the old one opens nothing, the new one all, and the log follows."""

from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import delete, select, update

from casework.actions import reporting
from casework.ports import MailboxKey
from casework.refusals import NoSuchReceipt
from casework.sealed_names import pseudonym
from casework.tickets import Action
from storage.schema import leaves
from tests.casework.desk import Desk
from tests.offices import COUNTY

A = Action


async def key_of(desk: Desk, code: str) -> MailboxKey:
    return await desk.office.locks.code(code, caller="")


async def changed(desk: Desk, code: str) -> str:
    office = desk.office.office
    key, fresh = await key_of(desk, code), await office.intake.another_code()
    async with office.files() as files:
        await reporting.change_code(office, files, key, fresh)
    return fresh.code


async def letters(desk: Desk, code: str) -> list[str]:
    key = await key_of(desk, code)
    async with desk.office.reading() as reading:
        return [each.text for each in (await reading.mailboxes.open(key)).letters]


async def untouched(desk: Desk, code: str) -> bool:
    key = await key_of(desk, code)
    async with desk.office.reading() as reading:
        found = await reading.checks.of(desk.number, key.tag)
    return found.stands and found.untouched


async def test_the_new_code_opens_all_of_it_and_the_old_one_nothing(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await desk.adds(receipt, "西屋也漏了")
    before = await letters(desk, receipt.code)

    code = await changed(desk, receipt.code)
    await desk.step(A.REPLY, "明天去修")

    assert await letters(desk, code) == [*before, "明天去修"]
    assert "西屋也漏了" in before
    with pytest.raises(NoSuchReceipt):
        await letters(desk, receipt.code)
    with pytest.raises(NoSuchReceipt):
        await changed(desk, receipt.code)
    assert desk.rings[COUNTY].ticket(await desk.file())  # the office reads as before


async def test_it_can_still_be_checked_in_the_log_however_often_it_was_changed(desk: Desk) -> None:
    receipt = await desk.opens()
    code = receipt.code
    for _ in range(3):
        code = await changed(desk, code)
        assert await untouched(desk, code)

    assert (await desk.office.store.inspect()).log_fits


async def test_the_leaf_tells_no_code_and_no_number(desk: Desk) -> None:
    receipt = await desk.opens()
    code = await changed(desk, receipt.code)

    async with desk.office.reading() as reading:
        query = select(leaves.c.body).where(leaves.c.event == "recoded")
        body = (await reading.connection.execute(query)).scalar_one()

    assert json.loads(body).keys() == {"v", "event", "ticket", "day", "tag", "was"}
    assert all(each.encode() not in body for each in (code, receipt.code, desk.number))
    assert json.loads(body)["ticket"] == pseudonym(desk.number)


async def test_a_change_that_was_taken_out_or_put_in_is_found(desk: Desk) -> None:
    receipt = await desk.opens()
    code = await changed(desk, receipt.code)
    async with desk.office.files() as files:
        mine = leaves.c.event == "recoded"
        body = (await files.connection.execute(select(leaves.c.body).where(mine))).scalar_one()
        forged = json.dumps({**json.loads(body), "was": "00" * 16}).encode()
        await files.connection.execute(update(leaves).where(mine).values(body=forged))
    assert not await untouched(desk, code)
    async with desk.office.files() as files:
        await files.connection.execute(delete(leaves).where(leaves.c.event == "recoded"))

    assert not await untouched(desk, code)


async def test_two_phones_at_once_one_of_them_changes_it(desk: Desk) -> None:
    receipt = await desk.opens()

    done = await asyncio.gather(
        changed(desk, receipt.code), changed(desk, receipt.code), return_exceptions=True
    )

    codes = [each for each in done if isinstance(each, str)]
    assert len(codes) == 1
    assert [type(each) for each in done if not isinstance(each, str)] == [NoSuchReceipt]
    assert await letters(desk, codes[0])


async def test_a_circle_of_changes_ends(desk: Desk) -> None:
    """Lines that somebody forged to lead into each other keep nobody waiting."""
    receipt = await desk.opens()
    code = await changed(desk, receipt.code)
    tag = (await key_of(desk, code)).tag.hex()
    async with desk.office.files() as files:
        for was in (tag, "11" * 16):
            files.leaf("recoded", ticket=pseudonym(desk.number), day="2026-11-02", tag=was, was=was)

    assert await untouched(desk, code)
