"""She comes back with her code: 回访 as 1, 2 and 3, an appeal, reminding, taking it back."""

from __future__ import annotations

import pytest

from bot.dialogues.outcomes import AddMessage, Appeal
from bot.dialogues.status import Box
from bot.mailbox import carried_out
from bot.reception import Reception
from casework.actions.handling import act
from casework.appeals import reminders
from casework.ports import Keyring
from casework.queue import Tab, View
from casework.refusals import BadInput, NotAllowed
from casework.reports import Receipt
from casework.tickets import Action
from tests.bot.conftest import Villager
from tests.offices import COUNTY, LEAKING_ROOF, TestOffice, knowing

#: Said alike in a talk, on the page and to a program.
NO_WORDS = "还没有写话。写上几句再交。"
DONE = (Action.ACCEPT, Action.DISPATCH, Action.SIGN, Action.REPLY, Action.RESOLVE)


async def taken_as_far_as(office: TestOffice, last: Action) -> Receipt:
    """A leaking roof, worked on up to and with `last`."""
    receipt = await office.office.intake.file(LEAKING_ROOF)
    async with office.reading() as reading:
        (person,) = await reading.people.in_unit(COUNTY)
    ring: Keyring = await office.keyring(person)
    async with office.reading() as reading:
        page = await reading.queue.page(View(tab=Tab.NEW), reader=person, now=office.clock.now())
    for action in DONE[: DONE.index(last) + 1]:
        text = "屋顶修好了" if action is Action.REPLY else ""
        await act(office.office, ring, page.lines[0].number, action, text=text)
    return receipt


def villager(office: TestOffice) -> Villager:
    return Villager(Reception(office.office, knowing))


@pytest.mark.parametrize(
    ("answer", "told", "then"),
    [
        ("1", "谢谢,记下了", "想听您说一句"),
        ("没解决", "让他们重新办", "没办好,正在重新办"),
        ("3", "催办的人也看得到", "没办好,正在重新办"),
    ],
)
async def test_followup_is_answered_with_one_two_or_three(
    small_office: TestOffice, answer: str, told: str, then: str
) -> None:
    receipt = await taken_as_far_as(small_office, Action.RESOLVE)
    her = villager(small_office)

    asked = await her.says(receipt.code)
    thanked = await her.says(answer)
    later = await her.says(receipt.code)

    assert "1 解决了\n2 没解决\n3 还没人来过" in asked
    assert told in thanked
    assert then in later


async def test_who_does_not_agree_asks_the_level_above(small_office: TestOffice) -> None:
    receipt = await taken_as_far_as(small_office, Action.REPLY)
    her = villager(small_office)

    asked = await her.says(receipt.code)
    why = await her.says("不服,申请上一级看")
    done = await her.says("根本没来修")
    again = await her.says(receipt.code)

    assert "不服,申请上一级看" in asked
    assert "哪里不服" in why
    assert "30天以内给您意见" in done
    assert "申请上一级看" not in again
    async with small_office.reading() as reading:
        box = await reading.mailboxes.open(await small_office.locks.code(receipt.code, caller=""))
    assert box.letters[-1].text == "根本没来修"


async def test_taking_it_back_is_asked_twice_and_told_calmly(small_office: TestOffice) -> None:
    receipt = await taken_as_far_as(small_office, Action.SIGN)
    her = villager(small_office)

    await her.says(receipt.code)
    sure = await her.says("撤回")
    kept = await her.says("不撤了")
    await her.says(receipt.code)
    await her.says("撤回")
    gone = await her.says("1")
    later = await her.says(receipt.code)

    assert "真要撤回吗" in sure
    assert "编号收好" in kept
    assert "已记下您要撤回。已经交上去的收不回来。" in gone
    assert "已记下您要撤回" in later
    assert "撤回\n" not in later.split("还要做啥")[1]


async def test_when_nothing_moves_she_reminds_and_then_has_to_wait(
    small_office: TestOffice,
) -> None:
    receipt = await taken_as_far_as(small_office, Action.SIGN)
    her = villager(small_office)

    at_once = await her.says(receipt.code)
    await her.says("不用了")
    small_office.wait(days=4)
    asked = await her.says(receipt.code)
    done = await her.says("催一催")
    again = await her.says(receipt.code)

    assert "从11月6日起可以在这里催一催" in at_once
    assert "催一催\n" not in at_once
    assert "催一催\n" in asked
    assert "办事的单位看得到您在催" in done
    assert "催一催\n" not in again
    async with small_office.reading() as reading:
        assert len(reminders(await reading.tickets.entries(receipt.number))) == 1


async def test_of_two_talks_that_were_offered_it_only_the_first_reminds(
    small_office: TestOffice,
) -> None:
    receipt = await taken_as_far_as(small_office, Action.SIGN)
    small_office.wait(days=4)
    her, family = villager(small_office), villager(small_office)
    family.caller = "7002"
    for each in (her, family):
        await each.says(receipt.code)
    await her.says("催一催")

    with pytest.raises(NotAllowed, match="从11月12日起可以催"):
        await family.says("催一催")


@pytest.mark.parametrize("outcome", [AddMessage, Appeal])
async def test_no_words_are_refused_in_the_one_sentence(
    small_office: TestOffice, outcome: type[AddMessage | Appeal]
) -> None:
    receipt = await taken_as_far_as(small_office, Action.REPLY)

    with pytest.raises(BadInput) as refused:
        await carried_out(small_office.office, knowing(), outcome(receipt.number, "  "))

    assert refused.value.sentence == NO_WORDS


async def test_her_case_is_told_with_who_has_it_what_happened_and_what_comes(
    small_office: TestOffice,
) -> None:
    receipt = await taken_as_far_as(small_office, Action.REPLY)

    told = await villager(small_office).says(receipt.code)

    lines = told.split("\n")
    assert "下一步:照答复的办好,11月16日前。" in lines
    assert "现在在鲁山县住建局(演示)手里。打电话问(演示数据) 0375-0000423" in lines
    came = [
        "11月2日 收到了,登记好了,交到鲁山县住建局(演示)",
        "11月2日 给您答复了",
        "办事的人说:屋顶修好了",
    ]
    at = [lines.index(each) for each in came]
    assert at == sorted(at)
    assert LEAKING_ROOF.text not in told


async def test_what_an_appeal_means_is_said_before_she_says_why(small_office: TestOffice) -> None:
    receipt = await taken_as_far_as(small_office, Action.REPLY)
    her = villager(small_office)

    await her.says(receipt.code)
    asked = await her.says("不服,申请上一级看")

    assert "复查,就是请上一级把这件事和答复从头再看一遍" in asked
    assert "12月2日以前能申请" in asked


async def test_a_lost_code_is_answered_truthfully(small_office: TestOffice) -> None:
    her = villager(small_office)

    asked = await her.says("查进度")
    told = await her.says("编号丢了")

    assert "编号丢了" in asked
    assert "谁也替您查不出来,我们也不行" in told
    assert "头一回反映的照样在办" in told


def test_a_talk_kept_before_an_upgrade_goes_on() -> None:
    kept = '{"number": "K7QD2M", "refusal": "", "wrong": "", "can_rate": true}'

    assert Box.from_json(kept) == Box(number="K7QD2M")
