"""A wrong step is taken back by whoever took it, at once, while the reporter has not seen it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from bot.mailbox import looked_over
from casework.actions import handling, reporting
from casework.actions.reminding import escalate_overdue
from casework.actions.taking_back import shown
from casework.offices import Role
from casework.refusals import NoSuchReceipt, NotAllowed
from casework.reports import Receipt
from casework.tickets import Action, Entry, Status, standing, taken_back
from tests.casework.desk import Desk
from tests.offices import A_MONDAY, CITY, COUNTY, WITHHELD

A = Action


async def looks(desk: Desk, receipt: Receipt) -> list[str]:
    """She opens her case with her code; what she reads."""
    key = await desk.office.locks.code(receipt.code, caller="")
    case = await looked_over(desk.office.office, key)
    return [letter.text for letter in case.box.letters]


async def at_work(desk: Desk) -> Receipt:
    receipt = await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN, A.START)
    return receipt


@pytest.mark.parametrize(
    ("before", "step", "text", "more"),
    [
        ((), A.ACCEPT, "", {}),
        ((), A.DECLINE, "不是我们的", {"code": "other_body"}),
        ((A.ACCEPT,), A.DISPATCH, "", {}),
        ((A.ACCEPT, A.DISPATCH), A.SIGN, "", {}),
        ((A.ACCEPT, A.DISPATCH, A.SIGN), A.START, "", {}),
        ((A.ACCEPT, A.DISPATCH, A.SIGN, A.START), A.REPLY, "张家的屋顶修好了", {}),
        ((A.ACCEPT, A.DISPATCH, A.SIGN, A.START), A.ASK, "哪一间漏?", {}),
        ((A.ACCEPT, A.DISPATCH, A.SIGN, A.START), A.RECTIFY, "重做防水", {}),
        ((A.ACCEPT, A.DISPATCH, A.SIGN, A.START), A.SUBMIT, "屋顶修好了", {}),
        ((A.ACCEPT, A.DISPATCH, A.SIGN, A.START), A.NOTE, "看过了", {}),
        ((A.ACCEPT, A.DISPATCH, A.SIGN, A.START), A.ASK_EXTENSION, "等料", {}),
    ],
)
async def test_the_ticket_stands_again_as_it_did(
    desk: Desk, before: tuple[Action, ...], step: Action, text: str, more: dict[str, str]
) -> None:
    receipt = await desk.opens()
    for each in before:
        await desk.step(each)
    was = (await desk.file()).ticket
    desk.office.wait(hours=1)
    after = await desk.step(step, text, **more)
    desk.office.wait(minutes=9)

    back = await desk.step(A.TAKE_BACK)

    now = (await desk.file()).ticket
    assert (back.version, now.version) == (after.version + 1, after.version + 1)
    assert {**vars(now), "version": 0} == {**vars(was), "version": 0}
    lines = await desk.history()
    assert [e.action for e in lines][-2:] == [step, A.TAKE_BACK]  # nothing is removed
    assert taken_back(lines) == {lines[-2].n}
    assert text == "" or text not in "".join(await looks(desk, receipt))


async def test_what_she_looked_at_stays(desk: Desk) -> None:
    receipt = await at_work(desk)
    await desk.step(A.REPLY, "明天去修")
    assert "明天去修" in await looks(desk, receipt)

    with pytest.raises(NotAllowed, match="反映人看过了"):
        await desk.step(A.TAKE_BACK)

    assert (await desk.file()).ticket.status is Status.REPLIED


async def test_a_wrong_code_is_no_look(desk: Desk) -> None:
    receipt = await at_work(desk)
    await desk.step(A.REPLY, "明天去修")
    other = "".join(str((int(d) + 1) % 10) for d in receipt.code)
    key = await desk.office.locks.code(other, caller="")
    with pytest.raises(NoSuchReceipt):
        await shown(desk.office.office, key)

    assert (await desk.step(A.TAKE_BACK)).status is Status.IN_PROGRESS


async def test_looking_and_taking_back_at_once_one_of_them_is_first(desk: Desk) -> None:
    receipt = await at_work(desk)
    for n in range(8):
        await desk.step(A.REPLY, f"第{n}回")
        saw, back = await asyncio.gather(
            looks(desk, receipt), desk.step(A.TAKE_BACK), return_exceptions=True
        )
        assert isinstance(saw, list)
        assert (f"第{n}回" in saw) is isinstance(back, NotAllowed), (saw, back)


async def test_ten_minutes_and_not_one_more(desk: Desk) -> None:
    await at_work(desk)
    desk.office.wait(minutes=9)
    opened = await handling.look(desk.office.office, desk.rings[COUNTY], desk.number)
    assert opened.back_until is not None
    assert opened.back_until - desk.office.clock.now() < timedelta(minutes=1)
    desk.office.wait(minutes=2)

    with pytest.raises(NotAllowed, match="过了10分钟"):
        await desk.step(A.TAKE_BACK)

    opened = await handling.look(desk.office.office, desk.rings[COUNTY], desk.number)
    assert opened.back_until is None


async def test_it_is_nobody_elses_to_take_back(desk: Desk) -> None:
    await at_work(desk)
    await desk.colleague("承办人丁", COUNTY, Role.HANDLER)

    for other in ("承办人丁", CITY):
        with pytest.raises(NotAllowed, match="只有办这一步的人"):
            await desk.step(A.TAKE_BACK, who=other)
        opened = await handling.look(desk.office.office, desk.rings[other], desk.number)
        assert opened.back_until is None


async def test_what_she_or_a_colleague_went_on_from_stays(desk: Desk) -> None:
    receipt = await at_work(desk)
    await reporting.add(desk.office.office, await desk.number_of(receipt), "又漏了")
    with pytest.raises(NotAllowed, match="没有能收回的步骤"):
        await desk.step(A.TAKE_BACK)
    await desk.step(A.NOTE, "市里看过", who=CITY)

    with pytest.raises(NotAllowed, match="只有办这一步的人"):
        await desk.step(A.TAKE_BACK)


async def test_one_step_back_and_not_two(desk: Desk) -> None:
    await at_work(desk)
    await desk.step(A.TAKE_BACK)

    with pytest.raises(NotAllowed, match="没有能收回的步骤"):
        await desk.step(A.TAKE_BACK)


async def test_two_windows_take_it_back_once(desk: Desk) -> None:
    await at_work(desk)
    twice = await asyncio.gather(
        desk.step(A.TAKE_BACK), desk.step(A.TAKE_BACK), return_exceptions=True
    )

    assert sum(isinstance(each, NotAllowed) for each in twice) == 1
    assert [e.action for e in await desk.history()].count(A.TAKE_BACK) == 1


async def test_a_page_of_before_takes_nothing_back(desk: Desk) -> None:
    await at_work(desk)
    version = (await desk.file()).ticket.version

    with pytest.raises(NotAllowed, match="刚刚有人办过了"):
        await handling.act(
            desk.office.office, desk.rings[COUNTY], desk.number, A.TAKE_BACK, version=version - 1
        )


async def test_what_went_to_another_unit_is_not_called_back(desk: Desk) -> None:
    await desk.opens()
    await desk.step(A.ACCEPT, who=CITY)
    await desk.step(A.DISPATCH, who=CITY, to=CITY)

    with pytest.raises(NotAllowed, match="已经到了别的单位手上"):
        await desk.step(A.TAKE_BACK, who=CITY)


async def test_a_mark_stays_and_so_does_a_hand_over(desk: Desk) -> None:
    await at_work(desk)
    await desk.step(A.MARK_CLUE)
    with pytest.raises(NotAllowed, match="没有能收回的步骤"):
        await desk.step(A.TAKE_BACK)
    await desk.step(A.REFER, "市纪委要", who=CITY)

    with pytest.raises(NotAllowed):
        await desk.step(A.TAKE_BACK, who=CITY)

    assert (await desk.file(CITY)).ticket.to_discipline


async def test_what_was_taken_back_starts_no_appeal_and_no_return_counts(desk: Desk) -> None:
    receipt = await at_work(desk)
    await desk.step(A.REPLY, "修好了")
    await desk.step(A.TAKE_BACK)

    with pytest.raises(NotAllowed):
        await reporting.appeal(desk.office.office, await desk.number_of(receipt), "没修")

    key = await desk.office.locks.code(receipt.code, caller="")
    case = await shown(desk.office.office, key)
    assert [step.what for step in case.steps][-1] == "start"
    assert "reply" not in [step.what for step in case.steps]


async def test_a_draft_taken_back_is_not_what_goes_out(desk: Desk) -> None:
    await desk.opens(WITHHELD)
    await desk.colleague("审核人戊", CITY, Role.APPROVER)
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN, A.START, who=CITY)
    await desk.step(A.SUBMIT, "钱明天退", who=CITY)
    await desk.step(A.PASS, who="审核人戊")
    await desk.step(A.SUBMIT, "钱后天退", who=CITY)
    await desk.step(A.TAKE_BACK, who=CITY)

    await desk.step(A.REPLY, who=CITY)

    (sent,) = [e for e in await desk.history() if e.action is A.REPLY]
    file = await desk.file(CITY)
    key = desk.rings[CITY].ticket(file)
    assert handling.text_of(sent, file, key) == "钱明天退"


async def test_the_ladder_goes_on_under_it(desk: Desk) -> None:
    receipt = await at_work(desk)
    desk.office.wait(days=30)
    await desk.step(A.NOTE, "记一下")
    await escalate_overdue(desk.office.office)
    await desk.step(A.TAKE_BACK)

    assert A.ESCALATE in [e.action for e in standing(await desk.history())]
    assert await looks(desk, receipt)


async def test_a_township_takes_back_its_own_step(desk: Desk) -> None:
    township = "township-410423106"
    await desk.opens()
    person = await desk.office.hire("乡镇己", township, Role.HANDLER)
    desk.rings[township] = await desk.office.keyring(person)
    await desk.step(A.ACCEPT)
    await desk.step(A.DISPATCH, "去查看今年新建房的屋面", to=township)
    await desk.steps(A.SIGN, A.START, who=township)

    back = await desk.step(A.TAKE_BACK, who=township)

    assert back.status is Status.SIGNED
    opened = await handling.look(desk.office.office, desk.rings[township], desk.number)
    assert opened.back_until is None


def test_without_anything_taken_back_every_line_holds() -> None:
    lines = tuple(
        Entry(at=A_MONDAY, action=action, by=COUNTY, n=n)
        for n, action in enumerate((A.FILE, A.ACCEPT, A.DISPATCH, A.SIGN), start=1)
    )
    back = Entry(at=A_MONDAY, action=A.TAKE_BACK, by=COUNTY, n=5, code="4")

    assert standing(lines) == lines
    assert standing((*lines, back)) == lines[:3]


async def test_a_day_that_was_parked_until_is_gone_with_it(desk: Desk) -> None:
    await at_work(desk)
    await desk.colleague("领导庚", COUNTY, Role.LEADER)
    clocks = (await desk.file()).ticket.clocks
    await desk.step(A.PARK, "等天晴", who="领导庚", until=date(2026, 12, 1))

    await desk.step(A.TAKE_BACK, who="领导庚")

    assert (await desk.file()).ticket.clocks == clocks
