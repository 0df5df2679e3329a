"""Tickets in a real office, from intake to archive and down every side track."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from casework.actions import reporting
from casework.actions.handling import act, attachment, look
from casework.offices import Role
from casework.refusals import BadInput, NotAllowed, Refusal
from casework.reports import Accused, Report
from casework.tickets import Action, Status
from tests.casework.desk import Desk
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PROVINCE, WITHHELD

A = Action
A_PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)
TOWNSHIP = "township-410423106"
SKIMMED = replace(WITHHELD, accused=(Accused(role="village_secretary"),))


async def test_a_leaking_roof_is_rectified_inspected_answered_closed_and_archived(
    desk: Desk,
) -> None:
    receipt = await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN, A.START)
    await desk.step(A.RECTIFY, "屋面防水重做,本月底前")
    await desk.step(A.RECTIFIED, "已重做防水,照片3张")
    with pytest.raises(NotAllowed, match="不能自己复验"):
        await desk.step(A.REINSPECT_PASS, "看过了")
    await desk.step(A.REINSPECT_FAIL, "檐口还渗", who=CITY)
    await desk.step(A.RECTIFIED, "檐口补做")
    await desk.step(A.REINSPECT_PASS, "泼水试验不渗", who=CITY)
    await desk.step(A.REPLY, "屋顶重做了,市里验过不漏。")
    await desk.step(A.RESOLVE)
    await reporting.rate(desk.office.office, await desk.number_of(receipt), A.SOLVED)
    with pytest.raises(BadInput, match="请先写"):
        await desk.step(A.CLOSE, who=CITY)
    with pytest.raises(NotAllowed, match="不能自己销号"):
        await desk.step(A.CLOSE, "复验单")
    closed = await desk.step(A.CLOSE, "复验单第3号,照片3张", who=CITY)
    with pytest.raises(NotAllowed, match=r"12月2日 \d+:\d+以前反映人还能申请复查,过了再归档。"):
        await desk.step(A.ARCHIVE, who=CITY)
    desk.office.wait(days=31)
    archived = await desk.step(A.ARCHIVE, who=CITY)

    assert closed.status is Status.CLOSED
    assert [clock.label for clock in closed.clocks if clock.runs] == []
    assert archived.status is Status.ARCHIVED
    letters = await desk.told(receipt)
    assert letters[1] == "您反映的事已经受理,就是接下来办了,正在安排人。"
    assert "看合格以前先别搬进去住" in letters[2]
    assert letters[3:] == ["屋顶重做了,市里验过不漏。", "反映人说解决了。"]


async def test_what_is_not_ours_is_declined_with_a_reason_and_where_to_go(desk: Desk) -> None:
    receipt = await desk.opens()

    with pytest.raises(BadInput, match="请选理由"):
        await desk.step(A.DECLINE, "这是修路的事")
    with pytest.raises(BadInput, match="请从列出的理由里选一个"):
        await desk.step(A.DECLINE, "这是修路的事", code="weather")
    declined = await desk.step(A.DECLINE, "这是修路的事。", code="other_body")

    assert declined.status is Status.DECLINED
    assert (await desk.told(receipt))[-1] == (
        "这件事不能接下来办,叫不予受理:不是农村危房改造的事。这是修路的事。\n"
        "该找谁:请打12345,他们会转给管这件事的部门。"
    )


async def test_while_the_reporter_is_asked_the_promise_stands_still_and_the_law_does_not(
    desk: Desk,
) -> None:
    receipt = await desk.opens()
    before = await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    asked = await desk.step(A.ASK, "漏在哪一间?")
    desk.office.wait(days=2)
    added = await reporting.add(desk.office.office, await desk.number_of(receipt), "西屋")
    after = added.ticket

    clock = {each.rule: each for each in before.clocks}
    stands = {each.rule for each in asked.clocks if each.frozen}
    later = {each.rule: each for each in after.clocks}
    assert stands == {"handle.quality"}
    assert after.status is Status.IN_PROGRESS
    assert later["handle.quality"].due == clock["handle.quality"].due + timedelta(days=2)
    assert "中间停表 2 个工作日,不计入" in later["handle.quality"].why
    assert later["ceiling.handle"].due == clock["ceiling.handle"].due


async def test_an_order_returned_twice_is_assigned_from_above_and_stays(desk: Desk) -> None:
    await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH)
    with pytest.raises(BadInput, match="依据"):
        await desk.step(A.RETURN, "不归我", to=CITY)
    first = await desk.step(A.RETURN, "不归我", basis="三定方案", to=CITY)
    await desk.step(A.DISPATCH, who=COUNTY)
    second = await desk.step(A.RETURN, "还是不归我", basis="三定方案", to=CITY)
    with pytest.raises(NotAllowed, match="由督办员指定"):
        await desk.step(A.DISPATCH, who=COUNTY)
    bound = await desk.step(A.DISPATCH, who=CITY, to=COUNTY)
    with pytest.raises(NotAllowed, match="指定了就不能再退"):
        await desk.step(A.RETURN, "还是不归我", basis="三定方案", to=CITY)

    opened = await look(desk.office.office, desk.rings[CITY], desk.number)
    handling = [each for each in bound.clocks if each.rule == "handle.quality"]
    assert [(each.unit, each.charged_to) for each in opened.held] == [
        (COUNTY, COUNTY), (CITY, CITY), (COUNTY, COUNTY),
    ]  # fmt: skip
    assert (first.owner, first.returns) == (COUNTY, 1)
    assert (second.owner, second.returns) == (CITY, 2)
    assert (bound.owner, bound.tracks.bound) == (COUNTY, True)
    assert [each.stopped for each in handling] == [None]


@pytest.mark.parametrize(
    ("report", "to", "sentence"),
    [
        (replace(LEAKING_ROOF, accused=(Accused(role="township_cadre"),)), TOWNSHIP, "要回避"),
        (SKIMMED, TOWNSHIP, "要回避"),
        (replace(WITHHELD, accused=(Accused(role="county_cadre"),)), COUNTY, "要回避"),
        (LEAKING_ROOF, "discipline-41", "它不办件"),
        (LEAKING_ROOF, "nowhere", "没有这个单位"),
    ],
)
async def test_an_excluded_unit_is_never_given_a_ticket(
    small: Desk, report: Report, to: str, sentence: str
) -> None:
    await small.opens(report)
    await small.step(A.ACCEPT, who=PROVINCE)

    with pytest.raises(NotAllowed, match=sentence):
        await small.step(A.DISPATCH, who=PROVINCE, to=to)

    opened = await look(small.office.office, small.rings[PROVINCE], small.number)
    assert opened.ticket.status is Status.ACCEPTED


async def test_nobody_passes_a_ticket_upwards_past_his_own_level(small: Desk) -> None:
    await small.opens()
    await small.step(A.ACCEPT)

    with pytest.raises(NotAllowed, match="本单位或者下级"):
        await small.step(A.DISPATCH, to=CITY)


async def test_an_extension_is_asked_by_one_and_given_by_another_before_the_day(
    desk: Desk,
) -> None:
    receipt = await desk.opens()
    before = await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    with pytest.raises(NotAllowed, match="没有人申请延期"):
        await desk.step(A.EXTEND, "等材料", who=CITY)
    await desk.step(A.ASK_EXTENSION, "等检测单")
    with pytest.raises(Refusal):
        await desk.step(A.EXTEND, "等检测单")
    after = await desk.step(A.EXTEND, "检测单要等半个月。", who=CITY)

    old = next(each for each in before.clocks if each.rule == "handle.quality")
    new = next(each for each in after.clocks if each.rule == "handle.quality")
    assert new.due - old.due >= timedelta(days=30)
    assert "信访工作条例(2022)第三十四条" in new.why
    assert (await desk.told(receipt))[-1] == "办理时间要延长。原因:检测单要等半个月。"


async def test_after_the_day_no_extension_is_asked_or_given(small: Desk) -> None:
    await small.opens()
    await small.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await small.step(A.ASK_EXTENSION, "等检测单")
    small.office.wait(days=30)
    with pytest.raises(NotAllowed, match="到期以后不能再延"):
        await small.step(A.EXTEND, "来不及", who=CITY)
    await small.step(A.NO_EXTENSION, "早该办完", who=CITY)

    with pytest.raises(NotAllowed, match="到期以后不能再延"):
        await small.step(A.ASK_EXTENSION, "再宽几天")


async def test_an_extension_never_goes_past_the_ceiling_of_the_law(small: Desk) -> None:
    await small.opens()
    await small.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await small.step(A.ASK, "哪一间?")
    small.office.wait(days=45)
    async with small.office.reading() as reading:
        asked = (await reading.tickets.get(small.number, reader=small.rings[CITY].person)).ticket
    await small.step(A.REPLY, "先答一句")
    await small.step(A.ASK_EXTENSION, "还要时间")

    after = await small.step(A.EXTEND, "还要时间", who=CITY)

    ceiling = next(each.due for each in asked.clocks if each.rule == "ceiling.handle")
    handle = next(each for each in after.clocks if each.rule == "handle.quality")
    assert handle.due == ceiling
    assert "法规的最长期限" in handle.why


async def test_an_answer_to_a_clue_goes_out_as_another_person_passed_it(desk: Desk) -> None:
    receipt = await desk.opens(SKIMMED)
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    with pytest.raises(NotAllowed, match="要先送审"):
        await desk.step(A.REPLY, "查了")
    await desk.step(A.SUBMIT, "查了,不属实")
    with pytest.raises(NotAllowed):
        await desk.step(A.PASS)
    await desk.step(A.SEND_BACK, "没说凭什么", who=CITY)
    await desk.step(A.SUBMIT, "查了流水,五千元已经退回。")
    await desk.step(A.PASS, who=CITY)
    with pytest.raises(NotAllowed, match="审核通过的不是这几句"):
        await desk.step(A.REPLY, "查了流水,五千元会退回。")
    replied = await desk.step(A.REPLY)

    assert replied.tracks.draft == ""
    assert (await desk.told(receipt))[-1] == "查了流水,五千元已经退回。"
    assert "没说凭什么" not in str(await desk.told(receipt))


async def test_nobody_came_reopens_it_and_tells_the_unit_above(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await desk.step(A.REPLY, "已经去修了")
    await desk.step(A.RESOLVE)
    await desk.step(A.FOLLOW_UP, who=CITY)

    again = await reporting.rate(desk.office.office, await desk.number_of(receipt), A.NOBODY_CAME)

    opened = await look(desk.office.office, desk.rings[CITY], desk.number)
    alarm = [line.entry for line in opened.history if line.entry.action is A.REMIND]
    assert again.status is Status.REOPENED
    assert [each.rule for each in again.clocks if each.runs] == ["ceiling.accept", "handle.redo"][
        1:
    ]
    assert [(each.to, each.code) for each in alarm] == [(CITY, "nobody_came")]


async def test_an_answer_is_reviewed_above_and_once_more_above_that(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.colleague("省里的领导", PROVINCE, Role.LEADER)
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    with pytest.raises(NotAllowed, match="现在不能申请"):
        await reporting.appeal(desk.office.office, await desk.number_of(receipt), "不服")
    await desk.step(A.REPLY, "不归我们修")
    await reporting.appeal(desk.office.office, await desk.number_of(receipt), "就该你们修")
    with pytest.raises(Refusal):
        await desk.step(A.REVIEW_KEEP, "对着哩")
    await desk.step(A.REVIEW_KEEP, "对着哩", who=CITY)
    await reporting.appeal(desk.office.office, await desk.number_of(receipt), "还是不服")
    with pytest.raises(NotAllowed, match="经手过这件"):
        await desk.step(A.REEXAM_REDO, "重来", who=CITY)
    redo = await desk.step(A.REEXAM_REDO, "保修期内要修。", who="省里的领导")
    with pytest.raises(NotAllowed, match="现在不能申请"):
        await reporting.appeal(desk.office.office, await desk.number_of(receipt), "再告")

    assert redo.status is Status.REOPENED
    assert redo.tracks.appeal == "final"
    assert (await desk.told(receipt))[-1].startswith("更上一级看过了,复核意见:原来的答复不对")


async def test_an_appeal_after_thirty_days_is_told_what_else_there_is(small: Desk) -> None:
    receipt = await small.opens()
    await small.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await small.step(A.REPLY, "不归我们修")
    small.office.wait(days=40)

    with pytest.raises(NotAllowed, match="有新的情况可以再反映一次"):
        await reporting.appeal(small.office.office, await small.number_of(receipt), "不服")


async def test_a_leader_parks_it_to_a_day_on_which_it_comes_back(desk: Desk) -> None:
    receipt = await desk.opens()
    await desk.colleague("分管领导", COUNTY, Role.LEADER)
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    with pytest.raises(NotAllowed, match="岗位不能"):
        await desk.step(A.PARK, "等开春", until=date(2026, 12, 10))
    for day in (date(2026, 11, 2), date(2028, 1, 1)):
        with pytest.raises(BadInput, match="再看的日子"):
            await desk.step(A.PARK, "等开春", who="分管领导", until=day)
    parked = await desk.step(A.PARK, "上冻了,等开春。", who="分管领导", until=date(2026, 12, 12))
    desk.office.wait(days=10)
    back = await desk.step(A.UNPARK, who="分管领导")

    clock = next(each for each in parked.clocks if each.rule == "park")
    assert clock.due.date() == date(2026, 12, 14)  # the 12th is a Saturday
    assert back.status is Status.IN_PROGRESS
    assert next(each for each in back.clocks if each.rule == "park").stopped
    assert "12月12日以前再看一次" in (await desk.told(receipt))[-1]


async def test_the_same_matter_twice_is_merged_only_where_the_same_units_read_it(
    desk: Desk,
) -> None:
    await desk.opens()
    main = desk.number
    await desk.opens(replace(LEAKING_ROOF, accused=(Accused(role="county_cadre"),)))
    with pytest.raises(NotAllowed, match="能看的单位不一样"):
        await desk.step(A.MERGE, "同一间屋", who=CITY, other=main)
    await desk.opens()
    with pytest.raises(BadInput, match="不能和自己合并"):
        await desk.step(A.MERGE, "同一间屋", other=desk.number)

    merged = await desk.step(A.MERGE, "同一间屋", other=main.lower())

    assert merged.status is Status.MERGED
    assert merged.tracks.merged_into == main
    assert not [each for each in merged.clocks if each.runs and each.rule != "ceiling.handle"]


async def test_after_a_hand_over_the_local_desk_sees_that_and_no_more(desk: Desk) -> None:
    receipt = await desk.opens(SKIMMED)
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    with pytest.raises(NotAllowed, match="岗位不能"):
        await desk.step(A.REFER, "涉嫌贪污")
    referred = await desk.step(A.REFER, "涉嫌贪污", who=CITY)

    for unit in (COUNTY, CITY):
        seen = await look(desk.office.office, desk.rings[unit], desk.number)
        assert (seen.story, seen.history, seen.facts) == ("已移交有权机关", (), {})
        with pytest.raises(NotAllowed):
            await desk.step(A.NOTE, "还想写", who=unit)
        with pytest.raises(BadInput):
            await attachment(desk.office.office, desk.rings[unit], desk.number, "x")
    async with desk.office.reading() as reading:
        readers = await reading.readers.of(desk.number)
        box = await reading.mailboxes.open(await desk.office.locks.code(receipt.code, caller=""))
    whole = await look(desk.office.office, desk.rings[PROVINCE], desk.number)
    assert not referred.is_open
    assert readers == {PROVINCE, "discipline-41", "escrow-41", "reporter"}
    assert whole.story == WITHHELD.text
    assert box.plain == "已经移交给该管的机关,像纪委"


@pytest.mark.parametrize(("report", "stops"), [(LEAKING_ROOF, True), (SKIMMED, False)])
async def test_taking_it_back_stops_a_housing_matter_and_never_a_clue(
    desk: Desk, report: Report, stops: bool
) -> None:
    receipt = await desk.opens(report)
    await desk.steps(A.ACCEPT, A.DISPATCH, A.SIGN)

    after = await reporting.withdraw(desk.office.office, await desk.number_of(receipt))
    again = await reporting.withdraw(desk.office.office, await desk.number_of(receipt))

    async with desk.office.reading() as reading:
        box = await reading.mailboxes.open(await desk.office.locks.code(receipt.code, caller=""))
    opened = await look(desk.office.office, desk.rings[CITY], desk.number)
    alarms = [line.entry.code for line in opened.history if line.entry.action is A.REMIND]
    assert (after.status is Status.WITHDRAWN, after.is_open) == (stops, not stops)
    assert again == after
    assert (box.status, box.plain) == ("withdrawn", "已记下您要撤回。已经交上去的收不回来")
    assert (box.due, box.can_reopen, box.can_rate, box.can_appeal) == (None, False, False, "")
    assert alarms == ["pressure"]


async def test_taking_it_back_before_anybody_moved_alarms_nobody(small: Desk) -> None:
    receipt = await small.opens()

    await reporting.withdraw(small.office.office, await small.number_of(receipt))

    opened = await look(small.office.office, small.rings[CITY], small.number)
    assert A.REMIND not in {line.entry.action for line in opened.history}


async def test_of_two_who_act_at_once_the_second_is_told(small: Desk) -> None:
    await small.opens()
    seen = (await look(small.office.office, small.rings[COUNTY], small.number)).ticket.version
    await small.step(A.ACCEPT)

    with pytest.raises(NotAllowed, match="刚刚有人办过了"):
        await act(small.office.office, small.rings[CITY], small.number, A.ACCEPT, version=seen)


async def test_without_a_running_promise_there_is_nothing_to_extend(small: Desk) -> None:
    await small.opens()
    await small.steps(A.ACCEPT, A.DISPATCH, A.SIGN)
    await small.step(A.REPLY, "修好了")
    await small.step(A.RESOLVE)
    await small.step(A.REPLY, "再补一句")

    with pytest.raises(NotAllowed, match="没有正在走的办理期限"):
        await small.step(A.ASK_EXTENSION, "还要几天")


async def test_nothing_is_merged_into_what_is_over(small: Desk) -> None:
    await small.opens()
    main = small.number
    await small.step(A.DECLINE, "不归这里管", code="other_body")
    await small.opens()

    with pytest.raises(NotAllowed, match="已经办完了"):
        await small.step(A.MERGE, "同一间屋", other=main)


async def test_a_photo_is_opened_for_its_reader_until_it_is_handed_over(small: Desk) -> None:
    async with small.office.files() as files:
        held = await files.blobs.hold(A_PHOTO)
    await small.opens(replace(SKIMMED, attachments=(held,)))
    opened = await look(small.office.office, small.rings[COUNTY], small.number)
    (photo,) = opened.attachments

    seen = await attachment(small.office.office, small.rings[COUNTY], small.number, photo.id)
    await small.step(A.REFER, "涉嫌贪污", who=CITY)

    assert seen[1]
    with pytest.raises(BadInput, match="没有这个附件"):
        await attachment(small.office.office, small.rings[COUNTY], small.number, photo.id)
