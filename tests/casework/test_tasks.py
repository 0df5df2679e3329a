"""What a county sends down is a task in its own words: her text, files, date and channel never travel."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from casework.actions import reporting
from casework.actions.handling import OpenTicket, attachment, look
from casework.actions.reminding import escalate_overdue
from casework.deadlines import due
from casework.offices import Role
from casework.queue import Tab, View
from casework.refusals import BadInput, NoSuchTicket, NotAllowed
from casework.reports import Accused, Facts, Report
from casework.routing import IN_THE_VILLAGE
from casework.shelves import Sees, TicketFile
from casework.steps import Above
from casework.tasks import WRITE_IT, common_run, runs_in_common
from casework.tickets import Action, Kind, Status
from papers.envelope import EnvelopeError, derive, open_box, open_field
from storage.schema import boxes, envelopes, history, parts
from storage.sealing import Ring
from tests.casework.desk import Desk
from tests.offices import CALENDAR, CITY, CONTENT, COUNTY, LEAKING_ROOF, PROVINCE, WITHHELD
from tests.sent_files import PLANTED

A = Action
TOWNSHIPS_MAY = {action for action in A if action.card.for_townships}
SUPERVISING = [a for a in A if a.card.above is Above.OWNER and a.card.part is None]
TOWNSHIP, OTHER_TOWNSHIP = "township-410423106", "township-410423107"
TASK = "请到赵村镇查今年新建房的屋面,本周五以前报查看记录和照片。"
ADDED = "西屋墙根也洇湿了一大片,俺都不敢睡"
OFFICES = CONTENT.organisation


@pytest.fixture
async def sent(desk: Desk) -> Desk:
    """A ticket two days old with an attachment and an added text, just sent to a township."""
    async with desk.office.files() as files:
        photo = await files.blobs.hold(b"%PDF-1.7\n" + PLANTED + b"\n%%EOF")
    receipt = await desk.opens(
        replace(LEAKING_ROOF, when="去年冬天下头场雪", channel="telegram", attachments=(photo,))
    )
    desk.receipt = receipt  # type: ignore[attr-defined]  # for the tests below
    await desk.adds(receipt, ADDED)
    desk.office.wait(days=2)
    await desk.step(A.ACCEPT)
    await hires(desk)
    await desk.step(A.DISPATCH, TASK, to=TOWNSHIP)
    return desk


async def hires(desk: Desk, unit: str = TOWNSHIP, *roles: Role) -> None:
    person = await desk.office.hire(f"{unit}的戊", unit, *(roles or (Role.HANDLER,)))
    desk.rings[unit] = await desk.office.keyring(person)


async def looks(desk: Desk, unit: str = TOWNSHIP) -> OpenTicket:
    return await look(desk.office.office, desk.rings[unit], desk.number)


def texts(opened: OpenTicket) -> list[str]:
    return [line.text for line in opened.history if line.text]


async def in_tabs(desk: Desk, unit: str = TOWNSHIP) -> set[Tab]:
    """The tabs whose page shows the ticket; counts say the same."""
    now, reader = desk.office.clock.now(), desk.rings[unit].person
    async with desk.office.reading() as reading:
        counts = await reading.queue.counts(reader=reader, now=now)
        pages = {
            tab: await reading.queue.page(View(tab=tab), reader=reader, now=now) for tab in Tab
        }
    found = {
        tab for tab, page in pages.items() for each in page.lines if each.number == desk.number
    }
    assert {tab for tab in Tab if counts[tab]} == {tab for tab in Tab if pages[tab].lines}
    return found


async def test_the_whole_way_down_and_back_to_the_answer_she_reads(sent: Desk) -> None:
    await sent.steps(A.SIGN, A.START, who=TOWNSHIP)
    await sent.step(A.NOTE, "已上门,瓦缝开裂,照片2张", who=TOWNSHIP)
    seen_above = await looks(sent, COUNTY)
    back = await sent.step(A.REASSIGN, "乡镇查完了,县里答复", to=COUNTY)
    await sent.steps(A.SIGN, A.START)
    await sent.step(A.REPLY, "去看过了,瓦缝要重做,月底前做完。")

    assert {TASK, "已上门,瓦缝开裂,照片2张", LEAKING_ROOF.text, ADDED} <= {
        seen_above.story, *texts(seen_above)
    }  # fmt: skip
    assert (back.owner, back.status) == (COUNTY, Status.DISPATCHED)
    letters = await sent.told(sent.receipt)  # type: ignore[attr-defined]
    assert letters[-1] == "去看过了,瓦缝要重做,月底前做完。"
    assert "已上门,瓦缝开裂,照片2张" not in str(letters)
    assert TASK not in str(letters)


async def test_a_township_reads_its_task_and_nothing_else(sent: Desk) -> None:
    await sent.step(A.NOTE, "县里自己记的一句", who=COUNTY)
    await sent.step(A.REMIND, "周三以前回个话", who=CITY)
    await sent.steps(A.SIGN, A.START, who=TOWNSHIP)
    await sent.step(A.ASK_EXTENSION, "下雨上不了房", who=TOWNSHIP)
    await sent.step(A.EXTEND, "下雨,要多等几天。", who=CITY)
    await sent.adds(sent.receipt, "他们还没来")  # type: ignore[attr-defined]

    opened = await looks(sent)

    assert (opened.story, dict(opened.facts), opened.attachments, opened.held) == ("", {}, (), ())
    assert texts(opened) == [TASK, "周三以前回个话", "下雨上不了房"]
    assert opened.sees is Sees.TASK
    assert {line.entry.action for line in opened.history} == {
        A.DISPATCH, A.REMIND, A.SIGN, A.START, A.ASK_EXTENSION, A.OPEN,
    } - {A.OPEN}  # fmt: skip
    above = await looks(sent, COUNTY)
    assert {"县里自己记的一句", "下雨上不了房", "他们还没来"} <= set(texts(above))


async def test_no_key_of_the_township_opens_a_field_that_is_not_its_task(sent: Desk) -> None:
    """Every sealed text of the ticket, tried with everything that comes out of the township's box."""
    await sent.step(A.NOTE, "县里自己记的一句", who=COUNTY)
    await sent.step(A.NOTE, "乡里记的一句", who=TOWNSHIP)
    await sent.adds(sent.receipt, "他们还没来")  # type: ignore[attr-defined]
    ring = sent.rings[TOWNSHIP]
    assert isinstance(ring, Ring)
    private = (ring.units or {})[TOWNSHIP]
    async with sent.office.reading() as reading:
        file = await reading.tickets.get(sent.number, reader=ring.person)
        shred = file.shred
        every = (await reading.connection.execute(select(boxes))).all()
        added = (await reading.connection.execute(select(parts))).all()
        sealed = [
            (row.field, row.sealed) for row in await reading.connection.execute(select(envelopes))
        ]
        for row in await reading.connection.execute(select(history)):
            if row.sealed:
                at = f"{row.at:%Y-%m-%dT%H:%M:%S.%fZ}"
                sealed += [(f"{name} {at}", row.sealed) for name in ("inside", "letter", "task")]
    whole = sent.rings[COUNTY].ticket(await _file(sent, COUNTY))
    sealed.append(("file f00d", whole.seal("file f00d", "a copy, as handlers get it")))
    opened = [key for row in (*every, *added) if (key := _tried(private, row.box))]

    assert len(opened) == 1
    keys = [*opened]
    for name in ("reporter", "inside", "task", "content", "part"):
        keys += [derive(opened[0], name), derive(opened[0], name, shred)]
        keys += [derive(derive(opened[0], name), "content", shred)]
    found = {
        text for key in keys for field, text_ in sealed if (text := _read(key, sent, field, text_))
    }
    assert found == {TASK, "乡里记的一句"}
    assert {row.holder for row in added} >= {COUNTY, CITY, PROVINCE}
    assert TOWNSHIP not in {row.holder for row in added}


async def _file(desk: Desk, unit: str) -> TicketFile:
    async with desk.office.reading() as reading:
        return await reading.tickets.get(desk.number, reader=desk.rings[unit].person)


def _tried(private: bytes, box: bytes) -> bytes | None:
    try:
        return open_box(private, box)
    except EnvelopeError:
        return None


def _read(key: bytes, desk: Desk, field: str, sealed: bytes) -> str | None:
    try:
        return open_field(key, desk.number, field, sealed).decode()
    except EnvelopeError:
        return None


async def test_its_key_refuses_every_other_name_before_trying(sent: Desk) -> None:
    ring = sent.rings[TOWNSHIP]
    async with sent.office.reading() as reading:
        file = await reading.tickets.get(sent.number, reader=ring.person)
    key = ring.ticket(file)

    assert (file.fields, file.attachments, file.parts) == ({}, (), {})
    for field in ("story", "facts", "inside x", "letter x", "file x"):
        with pytest.raises(NoSuchTicket):
            key.open(field, b"x" * 60)
        with pytest.raises(NoSuchTicket):
            key.seal(field, "x")
    for sees in Sees:
        with pytest.raises(NoSuchTicket):
            ring.box_for(file, bytes(32), sees)


async def test_no_attachment_is_given_to_a_township(sent: Desk) -> None:
    async with sent.office.reading() as reading:
        whole = await reading.tickets.get(sent.number, reader=sent.rings[COUNTY].person)
    assert whole.attachments

    for each in whole.attachments:
        with pytest.raises(BadInput, match="没有这个附件"):
            await attachment(sent.office.office, sent.rings[TOWNSHIP], sent.number, each.id)


async def test_its_clocks_start_when_it_got_the_task_and_tell_no_earlier_day(sent: Desk) -> None:
    async with sent.office.reading() as reading:
        true = (await reading.tickets.get(sent.number, reader=sent.rings[COUNTY].person)).ticket
    got = (await sent.history())[-1].at
    rule = CONTENT.policy.rule("handle.quality")

    seen = (await looks(sent)).ticket

    assert got - true.filed_at > timedelta(days=2)
    assert seen.filed_at == got
    assert {clock.rule for clock in seen.clocks} == {"sign", "task"}
    assert min(clock.started for clock in seen.clocks) == got
    task = next(clock for clock in seen.clocks if clock.rule == "task")
    assert task.due == due(got, amount=rule.amount, unit=rule.unit, calendar=CALENDAR).at
    assert not {clock.due for clock in true.clocks if clock.started < got} & {
        clock.due for clock in seen.clocks
    }
    assert (seen.to_discipline, seen.returns, seen.handler) == (False, 0, "")


async def test_an_extension_gives_the_township_its_time_too(sent: Desk) -> None:
    await sent.steps(A.SIGN, A.START, who=TOWNSHIP)
    before = next(c for c in (await looks(sent)).ticket.clocks if c.rule == "task")
    await sent.step(A.ASK_EXTENSION, "等检测单", who=TOWNSHIP)
    asked = {clock.rule for clock in (await looks(sent)).ticket.clocks}
    await sent.step(A.EXTEND, "要等检测单。", who=CITY)

    after = next(c for c in (await looks(sent)).ticket.clocks if c.rule == "task")

    assert asked == {"sign", "task"}  # not the checker's
    assert after.due - before.due >= timedelta(days=30)


async def test_the_queue_of_a_township_goes_by_its_own_days(sent: Desk) -> None:
    """When the whole matter is overdue, the township's page does not say so: her day would be told."""
    assert await in_tabs(sent) == {Tab.TO_SIGN}
    await sent.steps(A.SIGN, A.START, who=TOWNSHIP)
    own = next(c for c in (await looks(sent)).ticket.clocks if c.rule == "task")
    async with sent.office.reading() as reading:
        true = (await reading.tickets.get(sent.number, reader=sent.rings[COUNTY].person)).ticket
    whole = next(c for c in true.clocks if c.rule == "handle.quality")
    sent.office.clock.at = whole.due + timedelta(minutes=1)
    assert Tab.OVERDUE in await in_tabs(sent, COUNTY)
    assert Tab.OVERDUE not in await in_tabs(sent)

    sent.office.clock.at = own.due - timedelta(minutes=1)
    assert await in_tabs(sent) == {Tab.WORKING, Tab.TODAY}
    sent.office.clock.at = own.due + timedelta(minutes=1)
    assert await in_tabs(sent) == {Tab.WORKING, Tab.OVERDUE}


async def test_a_township_turns_the_pages_of_its_queue_in_the_order_it_got_them(
    small: Desk,
) -> None:
    await hires(small)
    numbers = []
    for _ in range(5):
        await small.opens()
        numbers.append(small.number)
    for number in reversed(numbers):
        small.number = number
        await small.step(A.ACCEPT)
        small.office.wait(days=1)
        await small.step(A.DISPATCH, TASK, to=TOWNSHIP)
    reader, now, seen, after = small.rings[TOWNSHIP].person, small.office.clock.now(), [], None

    async with small.office.reading() as reading:
        while True:
            page = await reading.queue.page(
                View(tab=Tab.TO_SIGN), reader=reader, now=now, after=after, limit=2
            )
            seen += [each.number for each in page.lines]
            after = page.next
            if after is None:
                break

    assert seen == list(reversed(numbers))


@pytest.mark.parametrize("action", [A.DISPATCH, A.REASSIGN])
@pytest.mark.parametrize("words", ["", "  \n"])
async def test_without_a_task_nothing_goes_to_a_township(
    small: Desk, action: Action, words: str
) -> None:
    await small.opens()
    await hires(small)
    await small.step(A.ACCEPT)
    if action is A.REASSIGN:
        await small.step(A.DISPATCH)
    before = await small.history()

    with pytest.raises(BadInput) as refused:
        await small.step(action, words, to=TOWNSHIP)

    assert refused.value.sentence == WRITE_IT
    assert await small.history() == before


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (LEAKING_ROOF.text, "新屋住了不到一年,下雨漏一地,施工队不接电话"),
        (
            "请查:" + "、".join("新屋住了不到一年下雨漏一地"),
            "、".join("新屋住了不到一年下雨漏一地"),
        ),
        (f"有人说“{ADDED[:13]}”,去看看", ADDED[:13]),
        ("找王秋生家看看房顶", "王秋生"),
    ],
)
async def test_her_own_words_are_refused_and_shown(small: Desk, words: str, shown: str) -> None:
    receipt = await small.opens(replace(LEAKING_ROOF, facts=Facts(identity=("王秋生", "俺"))))
    await small.adds(receipt, ADDED)
    await hires(small)
    await small.step(A.ACCEPT)
    before = await small.history()

    with pytest.raises(BadInput) as refused:
        await small.step(A.DISPATCH, words, to=TOWNSHIP)

    assert f"“{shown}”" in refused.value.sentence
    assert await small.history() == before
    await small.step(A.DISPATCH, words, to=COUNTY)  # who reads the report may be told her words


@pytest.mark.parametrize("action", SUPERVISING)
async def test_what_is_written_to_a_township_later_holds_none_of_her_words_either(
    small: Desk, action: Action
) -> None:
    await small.opens()
    await hires(small)
    await small.step(A.ACCEPT)
    await small.step(A.DISPATCH, TASK, to=TOWNSHIP)

    with pytest.raises(BadInput, match="原话"):
        await small.step(action, f"她说{LEAKING_ROOF.text}", who=CITY)
    await small.step(action, "周三以前回话", who=CITY)

    assert texts(await looks(small)) == [TASK, "周三以前回话"]


def test_a_copy_is_found_wherever_it_stands_and_however_it_is_spaced() -> None:
    story = "俺家去年盖的新屋,住了不到一年ABCdef房顶就漏雨了。"
    assert (
        common_run("甲乙丙," * 40 + "住 了 不到一年abcDEF房顶", story) == "住 了 不到一年abcDEF房顶"
    )
    assert common_run("住了不到一年ABCdef", story) == "住了不到一年ABCdef"
    assert common_run("不到一年ABCdef", story) == ""  # ten letters
    assert common_run("", story) == common_run(story, "") == ""


def test_a_copy_is_looked_for_in_time_that_grows_with_the_text() -> None:
    began = time.process_time()
    common_run("甲" * 5000, "甲" * 5000)
    common_run("甲乙" * 2500, "乙甲" * 2500 + "丙")

    assert time.process_time() - began < 2


@pytest.mark.parametrize("action", sorted(set(Action) - TOWNSHIPS_MAY - {A.TAKE_BACK}))
async def test_a_township_is_offered_only_what_says_nothing_to_the_reporter(
    small: Desk, action: Action
) -> None:
    await small.opens()
    await hires(small, TOWNSHIP, *Role)
    await small.step(A.ACCEPT)
    await small.step(A.DISPATCH, TASK, to=TOWNSHIP)
    await small.steps(A.SIGN, A.START, who=TOWNSHIP)

    assert set((await looks(small)).allowed) <= TOWNSHIPS_MAY
    with pytest.raises((NotAllowed, BadInput)):
        await small.step(
            action, "写几句", who=TOWNSHIP, to=TOWNSHIP, code="other_body", other="K7QD2M",
            basis="三定方案",
        )  # fmt: skip


@pytest.mark.parametrize("action", [A.REPLY, A.ASK, A.RECTIFY, A.SUBMIT])
async def test_a_township_that_would_answer_her_is_told_who_does(
    small: Desk, action: Action
) -> None:
    receipt = await small.opens()
    await hires(small)
    await small.step(A.ACCEPT)
    await small.step(A.DISPATCH, TASK, to=TOWNSHIP)
    await small.steps(A.SIGN, A.START, who=TOWNSHIP)
    before = await small.told(receipt)

    with pytest.raises(NotAllowed, match="答复由县里来写"):
        await small.step(action, "修好了", who=TOWNSHIP)

    assert await small.told(receipt) == before


async def test_a_task_taken_back_or_returned_is_known_to_the_township_no_more(sent: Desk) -> None:
    returned = await sent.step(
        A.RETURN, "这个村不归我镇", who=TOWNSHIP, basis="区划", to=OTHER_TOWNSHIP
    )
    assert (returned.status, returned.filed_at) != (Status.RETURNED, sent.office.clock.at)
    with pytest.raises(NoSuchTicket):
        await looks(sent)
    assert await in_tabs(sent) == set()
    above = await looks(sent, COUNTY)
    assert above.ticket.owner == COUNTY
    assert any("这个村不归我镇" in text for text in texts(above))

    await hires(sent, OTHER_TOWNSHIP)
    await sent.step(A.DISPATCH, "请查西沟村新房屋面", to=OTHER_TOWNSHIP)
    assert texts(await looks(sent, OTHER_TOWNSHIP)) == ["请查西沟村新房屋面"]
    await sent.step(A.REASSIGN, "还是赵村镇去查", to=TOWNSHIP)
    assert texts(await looks(sent)) == [
        TASK, "理由:这个村不归我镇\n依据:区划\n建议交:" + OFFICES[OTHER_TOWNSHIP].name,
        "还是赵村镇去查",
    ]  # fmt: skip
    with pytest.raises(NoSuchTicket):
        await looks(sent, OTHER_TOWNSHIP)


async def test_the_second_return_of_townships_goes_to_a_reader_above_the_county(
    sent: Desk,
) -> None:
    first = {"basis": "区划", "to": COUNTY}
    await sent.step(A.RETURN, "不归我镇", who=TOWNSHIP, **first)
    await sent.step(A.DISPATCH, "还是请贵镇查新建房屋面")
    await sent.step(A.RETURN, "真不归我镇", who=TOWNSHIP, **first)

    assert (await looks(sent, CITY)).ticket.owner == CITY


async def test_a_township_returns_it_to_nobody_who_does_not_read_the_report(sent: Desk) -> None:
    """It knows not whom the report is about: it goes past a unit that was kept out of it."""
    async with sent.office.files() as files:
        await files.connection.execute(delete(boxes).where(boxes.c.holder == CITY))
    first = {"basis": "区划", "to": CITY}
    await sent.step(A.RETURN, "不归我镇", who=TOWNSHIP, **first)
    await sent.step(A.DISPATCH, "还是请贵镇查新建房屋面")
    await sent.step(A.RETURN, "真不归我镇", who=TOWNSHIP, **first)

    assert (await looks(sent, PROVINCE)).ticket.owner == PROVINCE


async def test_without_a_unit_named_it_goes_back_to_the_township_with_a_task_or_not_at_all(
    sent: Desk,
) -> None:
    await sent.step(A.RETURN, "不归我镇", who=TOWNSHIP, basis="区划", to=COUNTY)

    with pytest.raises(BadInput, match="写清要乡镇做什么"):
        await sent.step(A.DISPATCH)
    again = await sent.step(A.DISPATCH, "还是请贵镇查新建房屋面")

    assert again.owner == TOWNSHIP


async def test_what_ends_the_ticket_ends_the_task(sent: Desk) -> None:
    await reporting.withdraw(sent.office.office, sent.number)

    with pytest.raises(NoSuchTicket):
        await looks(sent)
    assert await in_tabs(sent) == set()
    assert (await looks(sent, COUNTY)).ticket.status is Status.WITHDRAWN


async def test_a_hand_over_ends_the_task_and_shuts_the_county(sent: Desk) -> None:
    await sent.step(A.REFER, "有人收钱", who=CITY)

    with pytest.raises(NoSuchTicket):
        await looks(sent)
    assert (await looks(sent, COUNTY)).story == "已移交有权机关"


async def test_who_is_named_later_takes_the_task_from_the_township_too(sent: Desk) -> None:
    """A village cadre is too near the township; the ticket goes back up and the text is not its."""
    added = await sent.adds(
        sent.receipt,  # type: ignore[attr-defined]
        "村主任不让修", Accused(role="village_director"),
    )  # fmt: skip

    assert added.ticket.owner == COUNTY
    assert added.left_out == (OFFICES[TOWNSHIP].name,)
    with pytest.raises(NoSuchTicket):
        await looks(sent)
    assert "村主任不让修" in texts(await looks(sent, COUNTY))


async def test_the_clock_climbs_above_the_township(sent: Desk) -> None:
    sent.office.wait(days=40)

    assert await escalate_overdue(sent.office.office) == 1

    last = (await sent.history())[-1]
    assert (last.action, last.by) == (A.ESCALATE, COUNTY)
    assert A.ESCALATE not in {line.entry.action for line in (await looks(sent)).history}


async def test_a_merge_still_asks_for_the_same_readers(sent: Desk) -> None:
    first = sent.number
    await sent.opens(replace(LEAKING_ROOF, text="同一个房,又漏了"))
    await sent.step(A.ACCEPT)

    with pytest.raises(NotAllowed, match="能看的单位不一样"):
        await sent.step(A.MERGE, "同一件", other=first)


async def test_a_refused_extension_tells_the_township_no_day(sent: Desk) -> None:
    await sent.steps(A.SIGN, A.START, who=TOWNSHIP)
    sent.office.wait(days=40)

    with pytest.raises(NotAllowed) as refused:
        await sent.step(A.ASK_EXTENSION, "来不及", who=TOWNSHIP)

    assert refused.value.sentence == "现在不能申请延期了,请直接跟县里说。"


@pytest.mark.parametrize("role", sorted(IN_THE_VILLAGE))
@pytest.mark.parametrize("kind", [Kind.QUALITY, Kind.SERVICE, Kind.URGENT, Kind.CLUE])
async def test_nothing_about_a_village_cadre_goes_to_a_township(
    small: Desk, role: str, kind: Kind
) -> None:
    await small.opens(replace(LEAKING_ROOF, kind=kind, accused=(Accused(role=role),)))
    await hires(small)
    await small.step(A.ACCEPT, who=PROVINCE)

    with pytest.raises(NotAllowed, match="要回避"):
        await small.step(A.DISPATCH, TASK, who=PROVINCE, to=TOWNSHIP)

    async with small.office.reading() as reading:
        assert TOWNSHIP not in await reading.readers.of(small.number)


@pytest.mark.parametrize("role", ["contractor", "craftsman"])
async def test_what_is_about_a_builder_may_go_to_the_township(small: Desk, role: str) -> None:
    await small.opens(replace(LEAKING_ROOF, accused=(Accused(role=role),)))
    await hires(small)
    await small.step(A.ACCEPT)

    assert (await small.step(A.DISPATCH, TASK, to=TOWNSHIP)).owner == TOWNSHIP


@pytest.mark.parametrize("report", [WITHHELD, replace(LEAKING_ROOF, to_discipline=True)])
async def test_no_clue_goes_to_a_township_whoever_it_is_about(small: Desk, report: Report) -> None:
    await small.opens(replace(report, accused=(Accused(role="contractor"),)))
    await hires(small)
    await small.step(A.ACCEPT, who=PROVINCE)

    with pytest.raises(NotAllowed, match="要回避"):
        await small.step(A.DISPATCH, TASK, who=PROVINCE, to=TOWNSHIP)


async def test_what_a_township_has_is_taken_back_before_it_is_marked_a_clue(sent: Desk) -> None:
    with pytest.raises(NotAllowed, match="先改派收回来"):
        await sent.step(A.MARK_CLUE)
    await sent.step(A.REASSIGN, "县里自己查", to=COUNTY)

    assert (await sent.step(A.MARK_CLUE)).to_discipline
    with pytest.raises(NotAllowed, match="要回避"):
        await sent.step(A.REASSIGN, TASK, to=TOWNSHIP)


async def test_a_township_without_a_key_is_given_nothing(small: Desk) -> None:
    await small.opens()
    await small.step(A.ACCEPT)

    with pytest.raises(NotAllowed, match="还没有建立钥匙"):
        await small.step(A.DISPATCH, TASK, to=TOWNSHIP)


async def test_whole_keys_of_an_earlier_version_are_taken_back_and_the_county_has_it_again(
    sent: Desk,
) -> None:
    number = sent.number
    await sent.steps(A.SIGN, A.START, who=TOWNSHIP)
    async with sent.office.files() as files:
        await files.connection.execute(
            update(boxes).where(boxes.c.holder == TOWNSHIP).values(sees=Sees.ALL.value)
        )
        part = (await files.connection.execute(select(parts.c.part))).scalars().first()
        row = {"ticket": number, "part": part, "holder": TOWNSHIP, "box": b"x"}
        await files.connection.execute(parts.insert().values(row))

    taken = await sent.office.store.take_back_from_townships()
    again = await sent.office.store.take_back_from_townships()

    assert (taken, again) == (1, 0)
    with pytest.raises(NoSuchTicket):
        await looks(sent)
    opened = await looks(sent, COUNTY)
    assert (opened.ticket.owner, opened.ticket.status) == (COUNTY, Status.DISPATCHED)
    async with sent.office.reading() as reading:
        held = (await reading.connection.execute(select(parts.c.holder))).scalars().all()
    assert TOWNSHIP not in held
    await sent.step(A.SIGN)
    assert (await sent.step(A.REASSIGN, TASK, to=TOWNSHIP)).owner == TOWNSHIP


@pytest.mark.parametrize(
    ("text", "other", "at_least", "found"),
    [
        ("", "", 3, ()),
        ("墙裂了两指宽,房顶也漏", "墙裂了两指宽", 5, ("墙裂了两指宽",)),
        (
            "先说房顶漏雨严重,再说墙裂了两指",
            "墙裂了两指。房顶漏雨严重",
            5,
            ("房顶漏雨严重", "墙裂了两指"),
        ),
        ("甲乙丙丁甲乙丙丁", "甲乙丙丁", 4, ("甲乙丙丁", "甲乙丙丁")),
        ("ABCDE", "ａｂｃｄｅ", 5, ("ABCDE",)),
        ("墙 裂,了!两 指", "墙裂了两指", 5, ("墙 裂,了!两 指",)),
    ],
)
def test_runs_in_common_are_all_found(
    text: str, other: str, at_least: int, found: tuple[str, ...]
) -> None:
    assert runs_in_common(text, other, at_least) == found


@given(st.text("甲乙丙", max_size=30), st.text("甲乙丙", max_size=30), st.integers(2, 6))
def test_each_run_stands_in_both_and_none_is_missed(text: str, other: str, at_least: int) -> None:
    runs = runs_in_common(text, other, at_least)

    assert all(run in text and run in other and len(run) >= at_least for run in runs)
    for n in range(len(text) - at_least + 1):
        piece = text[n : n + at_least]
        assert (piece in other) is any(piece in run for run in runs)
