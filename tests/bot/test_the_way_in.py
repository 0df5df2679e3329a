"""What may go wrong on the way in: twice, out of order, a crash between, a database that is away."""

from __future__ import annotations

import asyncio

import pytest

from bot.reception import Reception
from casework.content import Content
from casework.ports import Intake, Office, Prepared
from casework.refusals import Away
from casework.reports import MOST_FILES, Report
from casework.shelves import Inbound, Parcel
from tests.bot.conftest import A_PHOTO, Villager, filed, log_size, recovered
from tests.offices import TestOffice, knowing

UP_TO_SEND = ("反映", "村里收了俺3000", "鲁山县", "去年", "对", "要", "没有", "没有了")


def update(number: int, text: str, caller: str = "7001") -> Inbound:
    return Inbound(channel="telegram", external_id=str(number), caller=caller, text=text)


async def arrives(reception: Reception, message: Inbound) -> None:
    if await reception.take(message):
        await reception.answer(message)


async def outgoing(office: TestOffice) -> list[Parcel]:
    async with office.files() as files:
        return list(
            await files.outbox.lease("telegram", worker="w", now=office.clock.now(), limit=100)
        )


async def test_a_message_that_arrives_twice_is_answered_once(office: TestOffice) -> None:
    reception = Reception(office.office, knowing)

    await arrives(reception, update(1, "你好"))
    await arrives(reception, update(1, "你好"))

    parcels = await outgoing(office)
    assert len(parcels) == 2  # the greeting and the menu, once
    assert parcels[1].options


async def test_the_same_message_answered_twice_files_one_report(
    reception: Reception, small_office: TestOffice
) -> None:
    """A crash after it was answered: there is nothing left to do, even if the talk came back."""
    for number, words in enumerate(UP_TO_SEND):
        await arrives(reception, update(number, words))
    last = update(99, "提交")
    await reception.take(last)
    async with small_office.reading() as reading:
        before = await reading.talks.load("telegram", "7001")

    await reception.answer(last)
    async with small_office.files() as files:
        assert before is not None
        await files.talks.keep("telegram", "7001", before)
    await reception.answer(last)

    assert len(await filed(small_office)) == 1
    assert await log_size(small_office) == 1
    told = [parcel for parcel in await outgoing(small_office) if "登记好了" in parcel.text]
    assert len(told) == 1


async def test_what_a_crash_left_unanswered_is_answered_in_order(
    reception: Reception, small_office: TestOffice
) -> None:
    for number, words in enumerate(UP_TO_SEND):
        await reception.take(update(number, words))

    answered = await recovered(Reception(small_office.office, knowing))

    assert answered == len(UP_TO_SEND)
    assert "交上去吗" in (await outgoing(small_office))[-1].text
    assert await recovered(reception) == 0


async def test_callers_do_not_hear_each_other(
    reception: Reception, small_office: TestOffice
) -> None:
    await arrives(reception, update(1, "反映", caller="1"))
    await arrives(reception, update(2, "俺家危房能补多少钱", caller="2"))
    await arrives(reception, update(3, "村里收了俺3000", caller="1"))

    told = {parcel.recipient: parcel.text for parcel in await outgoing(small_office)}

    assert "哪个县" in told["1"]
    assert "说清楚了吗" in told["2"]


async def test_a_late_button_of_an_old_question_is_not_an_answer_to_a_choice(
    villager: Villager,
) -> None:
    for words in UP_TO_SEND:
        await villager.says(words)

    answer = await villager.says("last_year", kind="choice")

    assert "交上去吗" in answer


class NoIntake:
    """A store that cannot be reached when the report is filed."""

    def __init__(self, real: Intake) -> None:
        self.way, self.file, self.answered = real.way, real.file, real.answered

    async def prepare(self, report: Report) -> Prepared:
        raise Away


async def test_a_store_that_is_away_says_so_and_acknowledges_nothing(
    small_office: TestOffice,
) -> None:
    real = small_office.office
    away = Reception(without_intake(real), knowing)
    villager = Villager(away)
    for words in UP_TO_SEND:
        await villager.says(words)

    with pytest.raises(Away, match="没有登记成功"):
        await villager.says("提交")

    assert await log_size(small_office) == 0
    villager.reception = Reception(real, knowing)
    assert "登记好了" in await villager.says("提交")


async def test_on_a_queue_the_sentence_of_a_refusal_is_sent_and_the_talk_stays(
    small_office: TestOffice,
) -> None:
    away = Reception(without_intake(small_office.office), knowing)
    for number, words in enumerate((*UP_TO_SEND, "提交")):
        await arrives(away, update(number, words))

    assert "没有登记成功" in (await outgoing(small_office))[-1].text

    await arrives(Reception(small_office.office, knowing), update(50, "提交"))
    assert await log_size(small_office) == 1


def without_intake(office: Office) -> Office:
    return Office(
        clock=office.clock, in_force=office.in_force,
        reading=office.reading, files=office.files, intake=NoIntake(office.intake),
            locks=office.locks,
            gate=office.gate,
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n\n", "\x00\x01\x02", "🐷" * 200, "<script>alert(1)</script>",
        "=HYPERLINK(\"x\")", "{0}{promise}{", "%s%n", "‮‮文字", "a" * 5000, "一" * 5000,
        "0" * 20, "\ud800",
    ],
)  # fmt: skip
async def test_hostile_texts_always_get_an_answer(text: str, villager: Villager) -> None:
    assert await villager.says(text.encode("utf-8", "replace").decode())


@pytest.mark.parametrize(
    "story", ["{0}{x}", "</p><script>alert(1)</script>", "=1+1", "村" * 5000, "a\x00b\x07c"]
)
async def test_a_hostile_story_is_filed_as_it_is(
    story: str, villager: Villager, small_office: TestOffice
) -> None:
    for words in ("反映", story, "鲁山县", "去年", "6", "要", "没有了"):
        await villager.says(words)

    assert "登记好了" in await villager.says("提交")
    async with small_office.reading() as reading:
        box = await reading.mailboxes.open(await small_office.locks.code(villager.code, caller=""))
    assert box.letters[0].text == story


async def test_a_photo_where_a_choice_is_wanted_goes_along(villager: Villager) -> None:
    for words in ("反映", "村里收了俺3000", "鲁山县", "去年"):
        await villager.says(words)

    answer = await villager.shows(A_PHOTO)

    assert "收到了,跟着一起交" in answer
    assert "反映的是" in answer


async def test_the_words_under_a_photo_are_part_of_the_story(villager: Villager) -> None:
    await villager.says("反映")

    asked = await villager.shows(A_PHOTO, text="支书叫俺每户交300块钱手续费")
    await villager.says("鲁山县")
    await villager.says("去年")
    await villager.says("对")
    await villager.says("要")
    await villager.says("没有")
    summary = await villager.says("没有了")

    assert "哪个县" in asked
    assert "300元" in summary
    assert "照片、录音:1个" in summary


async def test_what_is_more_than_a_report_takes_is_said(
    villager: Villager, small_office: TestOffice
) -> None:
    for words in ("反映", "村里收了俺3000", "鲁山县", "去年", "对", "要", "没有"):
        await villager.says(words)
    answers = [await villager.shows(A_PHOTO) for _ in range(MOST_FILES + 1)]
    summary = await villager.says("没有了")

    assert f"收到{MOST_FILES}个了" in answers[-2]
    assert "多的没有存下" in answers[-1]
    assert f"照片、录音:{MOST_FILES}个" in summary
    assert "登记好了" in await villager.says("提交")


async def test_twenty_callers_at_once_each_get_their_own_receipt(
    reception: Reception, small_office: TestOffice
) -> None:
    villagers = [Villager(reception, caller=str(n)) for n in range(20)]

    async def tells_all(villager: Villager) -> None:
        for words in (*UP_TO_SEND, "提交"):
            await villager.says(words)

    await asyncio.gather(*(tells_all(each) for each in villagers))

    assert len({each.code for each in villagers}) == 20
    assert await log_size(small_office) == 20


async def test_what_is_under_way_lies_nowhere_in_clear(
    villager: Villager, small_office: TestOffice
) -> None:
    marker = "麦垛后头埋着账本"
    await villager.says("反映")
    await villager.says(marker)
    await villager.shows(A_PHOTO)

    for path in small_office.folder.rglob("*"):
        if path.is_file():
            assert marker.encode() not in path.read_bytes(), path.name


def test_every_sentence_the_bot_needs_is_in_the_content(small_office: TestOffice) -> None:
    content: Content = small_office.office.content
    needed = [f"receipt.after.{channel}" for channel in ("web", "telegram", "terminal")]
    needed += [f"promise.{channel}" for channel in ("web", "telegram", "terminal")]

    assert [key for key in needed if key not in content.texts] == []
