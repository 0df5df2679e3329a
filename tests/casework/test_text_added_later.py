"""What the reporter adds later never reaches whom it names; whoever is named has the ticket no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.actions import reporting
from casework.actions.handling import look
from casework.queue import Tab, View
from casework.refusals import IntakeClosed, NoSuchTicket, NotAllowed
from casework.reports import Accused
from casework.tickets import Action, Status
from papers.envelope import EnvelopeError, open_box, open_field
from storage.schema import history, parts
from tests.casework.desk import Desk
from tests.offices import (
    CITY,
    CONTENT,
    COUNTY,
    DISCIPLINE,
    ESCROW,
    LEAKING_ROOF,
    PROVINCE,
    WITHHELD,
)

A = Action
ACCOUNTANT = Accused(role="village_accountant")
BUREAU = Accused(role="county_head", unit=COUNTY, words="县住建局局长")
SECRET = "县住建局局长拿了一半"


async def sees(desk: Desk, unit: str) -> list[str]:
    """The texts of the history as a unit reads them; [] when it knows of no such ticket."""
    try:
        opened = await look(desk.office.office, desk.rings[unit], desk.number)
    except NoSuchTicket:
        return []
    return [opened.story, *(line.text for line in opened.history if line.text)]


async def in_queue(desk: Desk, unit: str) -> bool:
    async with desk.office.reading() as reading:
        pages = [
            await reading.queue.page(
                View(tab=tab), reader=desk.rings[unit].person, now=desk.office.clock.now()
            )
            for tab in Tab
        ]
    return any(line.number == desk.number for page in pages for line in page.lines)


async def test_what_names_nobody_is_read_by_whoever_reads_the_report(desk: Desk) -> None:
    receipt = await desk.opens()

    added = await desk.adds(receipt, "西屋也漏")

    assert (added.left_out, added.moved_to, added.ticket.owner) == ((), "", COUNTY)
    for unit in (COUNTY, CITY, PROVINCE):
        assert "西屋也漏" in await sees(desk, unit)
    assert "西屋也漏" in await desk.told(receipt)


async def test_who_is_named_after_a_hand_over_loses_the_line_of_the_list_too(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.step(A.REFER, "涉嫌违纪", who=PROVINCE)
    assert await in_queue(desk, CITY)

    await desk.adds(receipt, SECRET, Accused(unit=CITY))

    assert not await in_queue(desk, CITY)
    assert not await in_queue(desk, COUNTY)
    assert await in_queue(desk, PROVINCE)


async def test_who_is_named_loses_the_ticket_and_it_moves_up(desk: Desk) -> None:
    receipt = await desk.opens(replace(WITHHELD, accused=(ACCOUNTANT,)))
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    assert await in_queue(desk, COUNTY)

    added = await desk.adds(receipt, SECRET, BUREAU)

    assert added.left_out == (CONTENT.organisation[COUNTY].name,)
    assert added.moved_to == CONTENT.organisation[CITY].name
    assert (added.ticket.owner, added.ticket.status) == (CITY, Status.DISPATCHED)
    assert added.ticket.handler == ""
    assert await sees(desk, COUNTY) == []
    assert not await in_queue(desk, COUNTY)
    for unit in (CITY, PROVINCE):
        assert SECRET in await sees(desk, unit)
    assert SECRET in await desk.told(receipt)
    assert WITHHELD.text in await desk.told(receipt)


@pytest.mark.parametrize("status", [A.ACCEPT, A.DISPATCH, A.SIGN, A.START, A.REPLY, A.RESOLVE])
async def test_it_moves_up_from_any_state_and_is_never_left_with_whom_it_names(
    small: Desk, status: Action
) -> None:
    receipt = await small.opens()
    for step in (A.ACCEPT, A.DISPATCH, A.SIGN, A.START, A.REPLY, A.RESOLVE):
        await small.step(step, "修好了" if step is A.REPLY else "")
        if step is status:
            break

    added = await small.adds(receipt, SECRET, BUREAU)

    assert added.ticket.owner == CITY
    assert await sees(small, COUNTY) == []
    with pytest.raises(NoSuchTicket):
        await small.step(A.NOTE, "看一眼", who=COUNTY)


async def test_the_keys_of_the_named_unit_open_nothing_of_it(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.adds(receipt, SECRET, BUREAU)

    async with desk.office.reading() as reading:
        rows = (await reading.connection.execute(parts.select())).all()

    assert {row.holder for row in rows} == {CITY, PROVINCE, DISCIPLINE, ESCROW, "reporter"}


async def test_the_discipline_office_and_the_escrow_open_it_with_their_own_keys(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.adds(receipt, SECRET, BUREAU)

    async with desk.office.reading() as reading:
        rows = {row.holder: row for row in await reading.connection.execute(parts.select())}
        line = [r for r in await reading.connection.execute(history.select()) if r.action == "add"]

    for outside in (DISCIPLINE, ESCROW):
        key = open_box(desk.office.privates[outside], rows[outside].box)
        field = rows[outside].part
        assert SECRET in open_field(key, desk.number, field, line[0].sealed).decode()


async def test_it_is_sealed_under_a_key_of_its_own(small: Desk) -> None:
    """Whoever has the report's key has not the added text's: the county cannot use what it kept."""
    receipt = await small.opens()
    async with small.office.reading() as reading:
        file = await reading.tickets.get(small.number, reader=small.rings[COUNTY].person)
    kept = small.rings[COUNTY].ticket(file)
    await small.adds(receipt, SECRET, BUREAU)

    async with small.office.reading() as reading:
        rows = await reading.connection.execute(history.select())
        [line] = [row for row in rows if row.action == "add"]
    [field] = await fields(small)

    with pytest.raises(EnvelopeError):
        kept.open(field, line.sealed)


async def fields(desk: Desk) -> set[str]:
    async with desk.office.reading() as reading:
        return {row.part for row in await reading.connection.execute(parts.select())}


async def test_an_appeal_that_names_somebody_is_kept_from_him_too(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await desk.step(A.REPLY, "不归我们修")

    added = await reporting.appeal(
        desk.office.office, await desk.number_of(receipt), SECRET, about=(BUREAU,)
    )

    assert added.ticket.owner == CITY
    assert await sees(desk, COUNTY) == []


async def test_who_was_named_later_is_given_the_ticket_by_nobody(desk: Desk) -> None:
    receipt = await desk.opens(replace(WITHHELD, accused=(ACCOUNTANT,)))
    await desk.adds(receipt, SECRET, BUREAU)
    await desk.step(A.ACCEPT, who=CITY)

    with pytest.raises(NotAllowed, match="要回避"):
        await desk.step(A.DISPATCH, who=CITY, to=COUNTY)


async def test_who_gets_the_ticket_later_reads_what_was_added(desk: Desk) -> None:
    receipt = await desk.opens(replace(LEAKING_ROOF, floor="city"))
    await desk.adds(receipt, "西屋也漏")
    await desk.adds(receipt, "是村会计叫停的", ACCOUNTANT)

    opened = await sees(desk, CITY)

    assert {"西屋也漏", "是村会计叫停的"} <= set(opened)


async def test_a_township_cadre_named_later_keeps_a_clue_above_the_county(desk: Desk) -> None:
    receipt = await desk.opens(replace(WITHHELD, accused=(ACCOUNTANT,)))

    added = await desk.adds(receipt, "所长也拿了", Accused(role="township_cadre"))

    assert added.ticket.owner == CITY


async def test_where_nobody_would_be_left_nothing_is_written(desk: Desk) -> None:
    receipt = await desk.opens()
    everybody = (Accused(role="province_cadre"), Accused(role="discipline_cadre"))

    with pytest.raises(IntakeClosed):
        await desk.adds(receipt, SECRET, *everybody)

    assert SECRET not in await desk.told(receipt)
    assert await in_queue(desk, COUNTY)


async def test_after_the_shred_secret_is_gone_no_unit_opens_it(small: Desk) -> None:
    receipt = await small.opens()
    await small.adds(receipt, SECRET)
    async with small.office.reading() as reading:
        file = await reading.tickets.get(small.number, reader=small.rings[CITY].person)
    key = small.rings[CITY].ticket(replace(file, shred=bytes(32)))
    [field] = await fields(small)

    with pytest.raises(EnvelopeError):
        key.open(field, next(e.text for e in file.entries if e.action is A.ADD) or b"")
