"""Whatever she says, whenever she says it: the ticket holds it."""

from __future__ import annotations

import json

import pytest

from bot.reception import Reception
from bot.talk import button
from casework.reports import LONGEST_REPORT
from casework.shelves import Inbound, TicketFile
from casework.tickets import Action, Kind
from tests.bot.conftest import A_PHOTO, Villager, filed, log_size
from tests.bot.test_after_the_answer import taken_as_far_as
from tests.offices import CONTENT, TestOffice, knowing

TEXTS = CONTENT.texts
#: What is asked of a villager who accuses somebody in the village, and an answer to each question.
QUESTIONS = (
    ("reports", "反映"),
    ("where", "鲁山县"),
    ("when", "去年"),
    ("about", "对"),
    ("office", "要"),
    ("close", "没有"),
    ("photos", "没有了"),
)


async def opened(office: TestOffice, villager: Villager) -> str:
    """The story as she herself finds it in her mailbox."""
    key = await office.locks.code(villager.code, caller="")
    async with office.reading() as reading:
        return (await reading.mailboxes.open(key)).letters[0].text


async def to_the_end(villager: Villager, answer: str) -> str:
    """Her plain answer to whatever is asked, until it is registered."""
    answers = {
        TEXTS("report.where"): "鲁山县",
        TEXTS("report.when"): "去年",
        "对不对?": "对",
        TEXTS("report.about.who"): "村里的人",
        TEXTS("report.also_discipline"): "要",
        TEXTS("report.about.close"): "没有",
        "没有就回“没有了”": "没有了",
        TEXTS("report.send"): "提交",
    }
    for _ in range(12):
        if "登记好了" in answer:
            return answer
        asked = [each for each in answers if each in answer]
        assert asked, answer
        answer = await villager.says(answers[asked[-1]])
    raise AssertionError(answer)


async def only_ticket(office: TestOffice) -> TicketFile:
    (ticket,) = await filed(office)
    async with office.reading() as reading:
        (person,) = await reading.people.in_unit(ticket.owner)
        return await reading.tickets.get(ticket.number, reader=person)


@pytest.mark.parametrize("first", ["支书扣了俺3000块", "会计贪污", "俺要告支书", "村里收钱"])
async def test_her_first_words_are_in_the_story_however_short(
    villager: Villager, small_office: TestOffice, first: str
) -> None:
    answer = await villager.says(first)
    if TEXTS("ask.way.report") in answer:
        answer = await villager.says(TEXTS("ask.way.report"))
    if TEXTS("ask.also.report") in answer:
        answer = await villager.says(TEXTS("ask.register_yes"))
    if "出了啥事" in answer:
        answer = await villager.says("每户收了三百,没给条")

    await to_the_end(villager, answer)

    assert first in await opened(small_office, villager)


@pytest.mark.parametrize("at", range(1, len(QUESTIONS)), ids=[key for key, _ in QUESTIONS[1:]])
@pytest.mark.parametrize(
    "beside", ["俺婶子也交了钱,她敢作证", "他还把俺的一卡通扣下不给"], ids=["witness", "card"]
)
async def test_words_that_answer_no_question_are_part_of_the_story(
    villager: Villager, small_office: TestOffice, at: int, beside: str
) -> None:
    await villager.says("支书叫俺每户交钱,说是手续费")
    answer = ""
    for _, answered in QUESTIONS[1:at]:
        answer = await villager.says(answered)

    again = await villager.says(beside)
    await to_the_end(villager, again)

    assert answer == "" or answer.rsplit("\n", 1)[-1] in again, "the question comes again"
    assert beside in await opened(small_office, villager)


async def test_photos_before_the_story_beside_it_and_after_go_along(
    villager: Villager, small_office: TestOffice
) -> None:
    for caption in ("", "", "这是收据"):
        answer = await villager.shows(A_PHOTO, text=caption)
    assert "哪个县" in answer or "再说一句是啥事" in answer
    if "再说一句" in answer:
        answer = await villager.says("支书叫俺每户交钱,说是手续费")
    for _ in range(2):
        answer = await villager.shows(A_PHOTO)
        assert "收到" in answer
    await to_the_end(villager, answer)

    assert "这是收据" in await opened(small_office, villager)
    assert len((await only_ticket(small_office)).attachments) == 5


async def test_a_question_in_the_middle_is_answered_and_the_report_goes_on(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("支书叫俺每户交钱,说是手续费")
    asked = await villager.says("鲁山县")

    answer = await villager.says("危房改造补助能补多少钱")

    assert "依据" in answer
    assert asked.rsplit("\n", 7)[-7:] == answer.rsplit("\n", 7)[-7:]
    await to_the_end(villager, answer)
    assert "支书叫俺每户交钱" in await opened(small_office, villager)


@pytest.mark.parametrize(
    "words",
    [
        "公示栏上贴了十二户,没有俺家",
        "钱直接打给施工队了,俺姐一分没见",
        "没有收条,一回也没给过,给的现金",
    ],
)
async def test_a_piece_of_her_story_is_no_question_and_is_only_noted(
    villager: Villager, words: str
) -> None:
    """It sounds like a topic. "没找到这个地方" is said to what may have been meant as a place."""
    await villager.says("支书扣了俺3000块")

    answer = await villager.says(words)

    assert answer == "\n".join(
        (TEXTS("talk.noted"), TEXTS("report.where"), f"1 {TEXTS('report.unclear')}")
    )


@pytest.mark.parametrize("words", ["张庄村", "老鸦沟那边"])
async def test_what_may_be_meant_as_a_place_is_told_not_to_be_found(
    villager: Villager, words: str
) -> None:
    await villager.says("支书扣了俺3000块")

    assert TEXTS("report.where_again") in await villager.says(words)


@pytest.mark.parametrize("words", ["不留名字可以吧", "到底啥人能报"])
async def test_a_question_by_its_end_is_one(villager: Villager, words: str) -> None:
    await villager.says("支书扣了俺3000块")

    answer = await villager.says(words)

    assert CONTENT.texts("talk.noted") in answer
    assert "依据" in answer


async def test_what_she_says_while_she_asks_for_a_person_goes_along(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("我不会打字 这是找人打的")
    await villager.says("房子盖一半老板跑了")
    await to_the_end(villager, await villager.says("想反映这件事"))

    assert "找人打的" in await opened(small_office, villager)


async def test_whom_she_names_later_is_asked_about_too(villager: Villager) -> None:
    await villager.says("村支书叫俺每户交钱,说是手续费")
    await villager.says("鲁山县")
    await villager.says("去年")
    first = await villager.says("对")

    later = await villager.says("村会计也收了俺五百块钱")
    third = await villager.says("还有村主任")

    assert TEXTS("report.also_discipline") in first
    assert "反映的是:" in later
    assert "会计" in later
    assert "支书" in later
    assert "村主任" in third


async def test_danger_in_the_middle_comes_first_and_asks_for_less(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("反映")
    await villager.says("包工队给俺盖的房偷工减料")
    await villager.says("鲁山县赵村镇")

    answer = await villager.says("墙裂了大口子,随时要塌,俺娘还在里头住着")

    assert TEXTS("danger.first") in answer
    told = await to_the_end(villager, answer)
    assert "登记好了" in told
    ticket = (await only_ticket(small_office)).ticket
    assert ticket.kind is Kind.URGENT
    story = await opened(small_office, villager)
    assert "偷工减料" in story
    assert "俺娘还在里头住着" in story


async def test_danger_beside_money_is_urgent_and_the_clue_stays_one(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("鲁山县赵村镇的村会计去年腊月收了俺三千块钱手续费")
    await villager.says("俺邻居能作证")

    answer = await villager.says("屋里后墙裂了大口子,随时要塌,俺娘还在里头")
    for answered in ("对", "要"):
        await villager.says(answered)
    answer = await villager.says("没有")

    assert TEXTS("report.send") in answer, "no photos are asked for"
    assert "登记好了" in await villager.says("提交")
    ticket = (await only_ticket(small_office)).ticket
    assert ticket.kind is Kind.URGENT
    assert ticket.to_discipline


async def test_a_threat_in_the_middle_is_filed_at_once_with_all_she_told(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("支书叫俺每户交钱,说是手续费")
    await villager.shows(A_PHOTO)

    told = await villager.says("支书知道是俺举报的,放话要打断俺的腿")

    assert "登记好了" in told
    assert await log_size(small_office) == 1
    assert "每户交钱" in await opened(small_office, villager)
    assert len((await only_ticket(small_office)).attachments) == 1


async def test_going_back_takes_out_the_words_and_says_which(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("支书叫俺每户交钱,说是手续费")
    await villager.says("俺叔家也交了五百块")

    answer = await villager.says("返回")

    assert "俺叔家也交了五百块" in answer
    assert "去掉了" in answer
    await to_the_end(villager, answer)
    assert "俺叔家" not in await opened(small_office, villager)


async def test_a_story_may_be_told_in_as_many_messages_as_it_takes(
    villager: Villager, small_office: TestOffice
) -> None:
    answer = await villager.says("支书叫俺每户交钱,说是手续费")
    parts = [f"第{n}回他又来俺家,拿走了东西。" + "俺家里人都看见了。" * 130 for n in range(7)]
    for part in parts:
        answer = await villager.says(part)
    await to_the_end(villager, answer)

    story = await opened(small_office, villager)

    assert len(story) > LONGEST_REPORT // 2
    assert all(part in story for part in parts)


async def test_what_no_report_takes_any_more_is_said(villager: Villager) -> None:
    await villager.says("支书叫俺每户交钱,说是手续费")
    for n in range(2):
        await villager.says(f"第{n}回" + "俺家里人都看见了。" * 540)

    answer = await villager.says("还有一回" + "俺家里人都看见了。" * 540)

    assert TEXTS("talk.story_full") in answer


async def test_who_is_named_at_the_end_of_a_long_story_does_not_read_it(
    villager: Villager, small_office: TestOffice
) -> None:
    answer = await villager.says("支书叫俺每户交钱,说是手续费")
    for n in range(2):
        answer = await villager.says(f"第{n}回" + "俺家里人都看见了。" * 450)

    answer = await villager.says("县住建局的王局长也收了支书的钱")

    for answered in ("鲁山县", "去年"):
        if "反映的是" not in answer:
            answer = await villager.says(answered)
    assert "局长" in answer


async def test_what_is_said_after_the_filing_is_added_at_once(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("房子要塌了,裂缝越来越大,俺娘还在里头")
    asked = await villager.says("1")
    assert "登记好了" in asked

    answer = await villager.says("俺娘腿不好走不动,得有人来抬")

    assert "补充好了" in answer
    key = await small_office.locks.code(villager.code, caller="")
    async with small_office.reading() as reading:
        letters = (await reading.mailboxes.open(key)).letters
    assert [each.text for each in letters][1:] == ["俺娘腿不好走不动,得有人来抬"]


async def test_a_button_of_another_question_answers_nothing(villager: Villager) -> None:
    await villager.says("支书叫俺每户交钱,说是手续费")
    await villager.says(button("place", "skip"), kind="choice")

    again = await villager.says(button("place", "skip"), kind="choice")
    on = await villager.says(button("when", "last_year"), kind="choice")

    assert TEXTS("talk.old_button") in again
    assert TEXTS("report.when") in again
    assert "反映的是" in on


async def test_a_button_after_the_talk_offers_the_menu(villager: Villager) -> None:
    answer = await villager.says(button("send", "send"), kind="choice")

    assert TEXTS("talk.old_button") in answer
    assert TEXTS("menu.text") in answer


async def test_the_buttons_that_go_out_name_their_question(office: TestOffice) -> None:
    there = Reception(office.office, knowing)
    message = Inbound(channel="telegram", external_id="1", caller="7", text="支书叫俺每户交钱")
    await there.take(message)
    await there.answer(message)

    async with office.files() as files:
        parcels = await files.outbox.lease("telegram", worker="w", now=office.clock.now())

    ((data, label),) = parcels[-1].options
    assert (data, label) == (button("place", "skip"), TEXTS("report.unclear"))


@pytest.mark.parametrize("words", ["不对", "在俺村", "交押金合法不", "俺也说不上来"])
async def test_words_that_name_no_place_are_none(
    villager: Villager, small_office: TestOffice, words: str
) -> None:
    await villager.says("支书叫俺每户交钱,说是手续费")

    answer = await villager.says(words)

    assert TEXTS("report.where_again") in answer or "大概啥时候" in answer
    await to_the_end(villager, answer if "对" in answer else await villager.says("鲁山县"))
    assert all(ticket.county in ("410423", "") for ticket in await filed(small_office))


@pytest.mark.parametrize("words", ["交押金合法不", "没有了", "禹县", "skip", "支书他弟管着账"])
async def test_words_that_name_no_time_are_none(villager: Villager, words: str) -> None:
    await villager.says("支书叫俺每户交钱,说是手续费")
    await villager.says("鲁山县")

    assert TEXTS("report.when") in await villager.says(words)


# Edits


async def edits(villager: Villager, number: str, text: str) -> str:
    return await villager.says(text, kind="edit", number=number)


async def test_an_edit_of_the_first_words_changes_the_story(
    villager: Villager, small_office: TestOffice
) -> None:
    answer = await villager.says("支书收了俺300块手续费", number="11")

    changed = await edits(villager, "11", "支书收了俺3000块手续费")

    assert "改好了:“支书收了俺3000块手续费”" in changed
    assert answer.rsplit("\n", 1)[-1] in changed
    await to_the_end(villager, changed)
    assert await opened(small_office, villager) == "支书收了俺3000块手续费"


async def test_an_edit_of_words_beside_an_answer_changes_them(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("支书收了俺300块手续费", number="11")
    await villager.says("俺叔家也交了五百块", number="12")

    answer = await edits(villager, "12", "俺舅家也交了五百块")

    await to_the_end(villager, answer)
    story = await opened(small_office, villager)
    assert "俺舅家" in story
    assert "俺叔家" not in story


async def test_an_edit_of_an_answer_answers_that_question_anew(villager: Villager) -> None:
    await villager.says("支书收了俺300块手续费", number="11")
    await villager.says("鲁山县", number="12")
    await villager.says("去年", number="13")

    answer = await edits(villager, "12", "叶县")

    assert "反映的是" in answer, "nothing else is asked again"
    for answered in ("对", "要", "没有"):
        await villager.says(answered)
    assert "叶县" in await villager.says("没有了")


async def test_an_edit_that_answers_no_more_is_kept_and_the_question_comes_again(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("支书收了俺300块手续费", number="11")
    await villager.says("鲁山县", number="12")
    await villager.says("去年", number="13")

    answer = await edits(villager, "12", "俺婶子也在场看见了")

    assert TEXTS("report.where") in answer
    await to_the_end(villager, answer)
    assert "俺婶子也在场看见了" in await opened(small_office, villager)


async def test_an_edited_question_is_asked_anew(villager: Villager) -> None:
    await villager.says("危房改造补助能补多少钱", number="11")

    answer = await edits(villager, "11", "危房改造咋申请")

    assert "依据" in answer
    assert "申请" in answer


@pytest.mark.parametrize("number", ["", "99"])
async def test_an_edit_of_what_is_open_no_more_changes_nothing_and_says_so(
    villager: Villager, small_office: TestOffice, number: str
) -> None:
    await villager.says("支书收了俺300块手续费", number="11")

    answer = await edits(villager, number, "支书收了俺3000块手续费")

    assert TEXTS("talk.edited_too_late") in answer
    assert TEXTS("report.where") in answer
    await to_the_end(villager, answer)
    assert await opened(small_office, villager) == "支书收了俺300块手续费"
    assert TEXTS("talk.edited_too_late") in await edits(villager, "11", "不对,是3000块")


# Check, change, send


async def at_the_check(villager: Villager) -> str:
    await villager.says("支书收了俺300块手续费")
    answer = ""
    for answered in ("鲁山县赵村镇", "去年", "对", "要", "没有"):
        await villager.says(answered)
    await villager.shows(A_PHOTO)
    answer = await villager.says("没有了")
    return answer


async def test_all_she_told_is_read_back_before_it_goes(villager: Villager) -> None:
    check = await at_the_check(villager)

    for line in (
        "支书收了俺300块手续费",
        "赵村镇",
        "去年",
        "反映的是:",
        "300元",
        "照片、录音:1个",
        "纪委",
        "能看到您写的是",
    ):
        assert line in check
    assert TEXTS("report.choice.send.change") in check


@pytest.mark.parametrize(
    ("line", "answers", "then", "not_then"),
    [
        ("改地方", ("叶县",), "叶县", "赵村镇"),
        ("改时间", ("上个月",), "时间:上个月", "去年"),
        ("改反映的是谁", ("村会计", "没有"), "反映的是:村会计", "反映的是:支书"),
        ("改交不交纪委", ("不要",), "也交给纪委:不要", "也交给纪委:要"),
        ("改经过", ("支书收了俺3000块手续费,俺有收条", "对"), "3000块", "300块"),
        ("照片、录音不要了", (), "交上去吗", "照片、录音:1个"),
        ("不改了", (), "赵村镇", "改一改吗"),
    ],
)  # fmt: skip
async def test_each_line_can_be_changed_and_the_others_stay(
    villager: Villager, small_office: TestOffice,
    line: str, answers: tuple[str, ...], then: str, not_then: str,
) -> None:  # fmt: skip
    await at_the_check(villager)
    await villager.says("改一改")
    answer = await villager.says(line)
    for answered in answers:
        if TEXTS("report.send") not in answer:
            answer = await villager.says(answered)

    assert TEXTS("report.send") in answer, answer
    assert then in answer
    assert not_then not in answer
    assert "登记好了" in await villager.says("提交")
    files = (await only_ticket(small_office)).attachments
    assert len(files) == (0 if line.startswith("照片") else 1)


async def test_不对_at_the_check_asks_which_line(villager: Villager) -> None:
    await at_the_check(villager)

    assert TEXTS("report.change") in await villager.says("不对")


async def test_photos_that_come_after_the_others_were_taken_out_go_along(
    villager: Villager, small_office: TestOffice
) -> None:
    await at_the_check(villager)
    await villager.says("改一改")
    await villager.says("照片、录音不要了")

    answer = await villager.shows(A_PHOTO)
    assert "照片、录音:1个" in answer
    await villager.says("提交")

    assert len((await only_ticket(small_office)).attachments) == 1


@pytest.mark.parametrize(
    "first", [("俺家那个事",), ("俺家那个事", "恁给评评理")], ids=["once", "twice"]
)
async def test_what_was_not_understood_is_how_her_story_begins(
    villager: Villager, small_office: TestOffice, first: tuple[str, ...]
) -> None:
    for words in first:
        await villager.says(words)

    answer = await villager.says("村支书扣了俺3000块补助不给")
    await to_the_end(villager, answer)

    story = await opened(small_office, villager)
    assert all(words in story for words in (*first, "扣了俺3000块"))


async def test_a_question_that_was_answered_goes_along_beside_the_story(
    villager: Villager, small_office: TestOffice
) -> None:
    """A story that is misspelt sounds like a question: nothing is left out, and nothing is understood
    from it either."""
    question = "危房改造补助能补多少钱"
    await villager.says(question)

    answer = await villager.says("村支书扣了俺3000块补助不给")
    await to_the_end(villager, answer)

    story, before = (await opened(small_office, villager)).split("\n")
    assert story == "村支书扣了俺3000块补助不给"
    assert before == TEXTS("report.before", words=question)


async def test_after_有用_a_report_begins_without_her_questions(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("危房改造补助能补多少钱")
    await villager.says("有用")

    answer = await villager.says("村支书扣了俺3000块补助不给")
    await to_the_end(villager, answer)

    assert await opened(small_office, villager) == "村支书扣了俺3000块补助不给"


async def test_however_much_was_said_before_the_report_can_be_handed_in(
    villager: Villager, small_office: TestOffice
) -> None:
    """What is shown to her before 提交 is what a report takes."""
    for n in range(4):
        await villager.says(f"俺家那个事第{n}回" + "说不清道不明的。" * 400)
    answer = await villager.says("支书叫俺每户交钱,说是手续费。" + "俺家里人都看见了。" * 500)
    for n in range(4):
        answer = await villager.says(f"第{n}回他又来俺家。" + "俺家里人都看见了。" * 500)

    assert TEXTS("talk.story_full") in answer
    await to_the_end(villager, answer)

    assert len(await opened(small_office, villager)) <= LONGEST_REPORT


async def test_what_was_edited_out_of_a_question_goes_with_no_report(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("俺家那个事恁知道不", number="11")
    await edits(villager, "11", "俺家房子的事恁知道不")

    answer = await villager.says("村支书扣了俺3000块补助不给")
    await to_the_end(villager, answer)

    story = await opened(small_office, villager)
    assert "俺家房子的事" in story
    assert "俺家那个事" not in story


async def test_no_code_is_kept_among_what_she_said_before(villager: Villager) -> None:
    await villager.says("谢谢恁,俺的编号3090 9413 3001 5907 9591记着哩")

    async with villager.reception.office.reading() as reading:
        talk = await reading.talks.load(villager.channel, villager.caller)

    assert talk is None or not any("9413" in each for each in talk.begun.since)


async def test_a_photo_beside_an_appeal_is_said_not_to_be_taken(
    villager: Villager, small_office: TestOffice
) -> None:
    receipt = await taken_as_far_as(small_office, Action.REPLY)
    await villager.says(receipt.code)
    asked = await villager.says(TEXTS("status.appeal"))

    answer = await villager.shows(A_PHOTO)
    done = await villager.says("答复说修好了,其实没人来过")

    assert TEXTS("talk.no_file_here") in answer
    assert asked.rsplit("\n", 1)[-1] in answer
    assert TEXTS("status.appealed") in done


async def test_what_she_answered_is_not_missing_at_the_desk(
    villager: Villager, small_office: TestOffice
) -> None:
    await to_the_end(villager, await villager.says("支书扣了俺3000块补助"))

    folder = await only_ticket(small_office)
    async with small_office.reading() as reading:
        (person,) = await reading.people.in_unit(folder.ticket.owner)
    ring = await small_office.keyring(person)
    facts = json.loads(ring.ticket(folder).open("facts", folder.fields["facts"]))

    assert not {"where", "when", "who"} & set(facts["missing"])
