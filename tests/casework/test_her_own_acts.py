"""What the reporter herself does about her report: what is empty, when she may remind, who hears of it."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from casework.actions import reporting
from casework.actions.handling import look
from casework.appeals import above, goes_above, may_remind_from, reminders
from casework.refusals import BadInput, NotAllowed
from casework.reports import LONGEST, Mailbox, Receipt, Report
from casework.rules import Rules, Window, rules_from
from casework.tickets import Action, Status, Ticket
from casework.workdays import SHANGHAI, Unit
from tests.casework.desk import Desk
from tests.offices import CALENDAR, CITY, CONTENT, COUNTY, LEAKING_ROOF, LUSHAN, PROVINCE, WITHHELD

A = Action
TOWNSHIP = "township-410423106"
OFFICES = CONTENT.organisation


def ten_on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 10, tzinfo=SHANGHAI)


async def reminds(desk: Desk, receipt: Receipt, *, on: datetime | None = None) -> Ticket:
    if on:
        desk.office.clock.at = on
    return await reporting.remind(desk.office.office, await desk.number_of(receipt))


async def mailbox(desk: Desk, receipt: Receipt) -> Mailbox:
    key = await desk.office.locks.code(receipt.code, caller="")
    async with desk.office.reading() as reading:
        return await reading.mailboxes.open(key)


async def alarms(desk: Desk, code: str = "reminded") -> list[str]:
    """The units that were told above."""
    return [e.to for e in await desk.history() if e.action is A.REMIND and e.code == code]


@pytest.mark.parametrize("text", ["", " ", "\n\t \u3000"])
async def test_nothing_is_added_or_appealed_with_no_words(small: Desk, text: str) -> None:
    receipt = await small.opens()
    await small.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await small.step(A.REPLY, "不归我们修")
    before = await small.history()

    for act in (reporting.add, reporting.appeal):
        with pytest.raises(BadInput, match="还没有写话"):
            await act(small.office.office, receipt.number, text)

    assert await small.history() == before


async def test_too_much_at_once_is_refused_whole(small: Desk) -> None:
    receipt = await small.opens()

    for act in (reporting.add, reporting.appeal):
        with pytest.raises(BadInput, match="太长了"):
            await act(small.office.office, receipt.number, "漏" * (LONGEST + 1))
    await reporting.add(small.office.office, receipt.number, "漏" * LONGEST)

    assert await small.told(receipt) == [LEAKING_ROOF.text, "漏" * LONGEST]


async def test_she_says_it_was_not_solved(small: Desk) -> None:
    receipt = await small.opens()
    await small.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await small.step(A.REPLY, "修好了")

    after = await reporting.reopen(small.office.office, receipt.number)

    assert after.status is Status.REOPENED
    assert (await small.told(receipt))[-1] == "反映人说:没解决。"


async def test_she_reminds_once_in_three_working_days(desk: Desk) -> None:
    receipt = await desk.opens()  # on Monday the 2nd

    with pytest.raises(NotAllowed, match="从11月6日起可以催"):
        await reminds(desk, receipt, on=datetime(2026, 11, 5, 23, 59, tzinfo=SHANGHAI))
    early = await mailbox(desk, receipt)
    desk.office.clock.at = ten_on(11, 6)
    due = await mailbox(desk, receipt)
    await reminds(desk, receipt)
    with pytest.raises(NotAllowed, match="从11月12日起可以催"):
        await reminds(desk, receipt, on=ten_on(11, 11))
    again = await mailbox(desk, receipt)
    await reminds(desk, receipt, on=ten_on(11, 12))

    midnight = datetime(2026, 11, 6, tzinfo=SHANGHAI)
    assert (early.can_remind, early.remind_from) == (False, midnight)
    assert (due.can_remind, due.remind_from) == (True, None)
    assert (again.can_remind, again.remind_from) == (False, datetime(2026, 11, 12, tzinfo=SHANGHAI))
    assert len(reminders(await desk.history())) == 2


@pytest.mark.parametrize(
    ("filed", "first"),
    [
        # Saturday the 14th is worked instead; the Spring Festival is from the 15th to the 23rd.
        (date(2026, 2, 13), date(2026, 2, 26)),
        # Saturday the 9th is worked for the holiday of May.
        (date(2026, 5, 6), date(2026, 5, 10)),
        # National Day is from the 1st to the 7th.
        (date(2026, 9, 29), date(2026, 10, 10)),
    ],
)
async def test_days_off_and_days_worked_instead_count_as_the_notice_says(
    small: Desk, filed: date, first: date
) -> None:
    small.office.clock.at = datetime.combine(filed, time(10), SHANGHAI)
    receipt = await small.opens()

    with pytest.raises(NotAllowed, match=f"从{first.month}月{first.day}日起可以催"):
        await reminds(small, receipt)
    small.office.clock.at = datetime.combine(first, time(0), SHANGHAI)

    assert len(reminders(await small.history())) == 0
    await reminds(small, receipt)
    assert len(reminders(await small.history())) == 1


async def test_each_reminder_is_counted_and_the_unit_above_hears_from_the_second_on(
    desk: Desk,
) -> None:
    receipt = await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN, A.START)

    await reminds(desk, receipt, on=ten_on(11, 9))
    once = await alarms(desk)
    await reminds(desk, receipt, on=ten_on(11, 16))
    twice = await alarms(desk)
    after = await reminds(desk, receipt, on=ten_on(11, 23))

    opened = await look(desk.office.office, desk.rings[COUNTY], desk.number)
    lines = [line for line in opened.history if line.entry in reminders(await desk.history())]
    assert (once, twice, await alarms(desk)) == ([], [CITY], [CITY, CITY])
    assert [(line.entry.to, line.text) for line in lines] == [
        (COUNTY, f"反映人催办,第{n}次。") for n in (1, 2, 3)
    ]
    assert (after.status, after.owner) == (Status.IN_PROGRESS, COUNTY)
    assert (await desk.told(receipt))[-1] == "反映人催办,第3次。"


async def test_what_the_office_and_the_house_remind_of_is_not_counted_as_hers(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await desk.step(A.REMIND, "周三以前回话", who=CITY)
    await desk.step(A.REPLY, "修好了")
    await desk.step(A.RESOLVE)
    await reporting.rate(desk.office.office, receipt.number, A.NOBODY_CAME)

    await reminds(desk, receipt, on=ten_on(11, 6))

    assert len(reminders(await desk.history())) == 1
    assert await alarms(desk) == []


async def test_every_reminder_is_a_leaf_and_the_house_is_found_whole(desk: Desk) -> None:
    receipt = await desk.opens()
    before = await desk.office.store.inspect()

    await reminds(desk, receipt, on=ten_on(11, 9))
    await reminds(desk, receipt, on=ten_on(11, 16))

    after = await desk.office.store.inspect()
    assert after.log_size == before.log_size + 2
    assert (after.log_fits, after.unlogged, after.vanished, after.changed) == (True, (), (), ())


async def test_a_reminder_that_comes_too_early_leaves_no_trace(desk: Desk) -> None:
    receipt = await desk.opens()
    lines, size = await desk.history(), (await desk.office.store.inspect()).log_size

    with pytest.raises(NotAllowed):
        await reminds(desk, receipt)

    assert await desk.history() == lines
    assert (await desk.office.store.inspect()).log_size == size


async def test_what_is_closed_is_not_reminded_of(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await desk.step(A.REPLY, "修好了")
    await desk.step(A.RESOLVE)
    desk.office.wait(days=8)
    await desk.step(A.CLOSE, "照片3张", who=CITY)

    with pytest.raises(NotAllowed, match="这件事不能催了:已经办结"):
        await reminds(desk, receipt, on=ten_on(11, 30))

    box = await mailbox(desk, receipt)
    assert (box.can_remind, box.remind_from) == (False, None)


@pytest.mark.parametrize("report", [LEAKING_ROOF, WITHHELD])
async def test_what_she_took_back_she_does_not_remind_of(small: Desk, report: Report) -> None:
    """Whether it stopped or, as a clue, goes on: she is told the same."""
    receipt = await small.opens(report)
    await reporting.withdraw(small.office.office, receipt.number)

    with pytest.raises(NotAllowed, match="这件事不能催了:已记下您要撤回"):
        await reminds(small, receipt, on=ten_on(11, 30))

    box = await mailbox(small, receipt)
    assert (box.can_remind, box.remind_from) == (False, None)


def test_the_nearest_unit_above_that_reads_it_is_told() -> None:
    assert above(COUNTY, {COUNTY, CITY, PROVINCE}, OFFICES) == CITY
    assert above(COUNTY, {COUNTY, PROVINCE}, OFFICES) == PROVINCE
    assert above(COUNTY, {COUNTY}, OFFICES) == CITY
    assert above("no such unit", {PROVINCE}, OFFICES) == PROVINCE


def test_a_township_reads_no_word_of_hers_so_the_unit_above_hears_at_once() -> None:
    assert [goes_above(times, COUNTY, OFFICES) for times in (1, 2, 3)] == [False, True, True]
    assert goes_above(1, TOWNSHIP, OFFICES)


@pytest.mark.parametrize("status", Status)
def test_she_may_remind_while_somebody_works_on_it_and_not_after(status: Status) -> None:
    ticket = Ticket(
        number="K7QD2M", county=LUSHAN, category="other", kind=LEAKING_ROOF.kind, owner=COUNTY,
        filed_at=ten_on(11, 2), clocks=(), status=status,
    )  # fmt: skip

    start = may_remind_from(ticket, (), CONTENT.rules, CALENDAR)

    assert start == (datetime(2026, 11, 6, tzinfo=SHANGHAI) if ticket.is_open else None)


def test_how_long_she_waits_is_a_line_of_the_rules() -> None:
    week = rules_from({**RULES, "reminder": {"amount": 7, "unit": "d", "basis": "县里定"}})
    before_there_were_reminders = rules_from(RULES)

    assert week.reminder == Window(amount=7, unit=Unit.DAYS, basis="县里定")
    assert before_there_were_reminders.reminder == Rules().reminder
    assert CONTENT.rules.reminder == Window(amount=3, unit=Unit.WORKING_DAYS, basis="本系统约定")


_WINDOW = {"amount": 1, "unit": "d", "basis": "x"}
RULES = {
    "review": {"kinds": ["clue"]}, "decline": [],
    **{name: _WINDOW for name in ("returning", "extension", "appeal", "pressure")},
}  # fmt: skip
