"""In the talk: a photo sent to a report that was filed goes with it, and begins no report of its own."""

from __future__ import annotations

from casework.actions import reporting
from casework.reports import MOST_FILES
from casework.shelves import Inbound
from casework.tickets import Action
from tests.bot.conftest import A_PHOTO, A_VOICE, Villager, filed, folder_of
from tests.offices import LEAKING_ROOF, TestOffice

GOT = "收到第1个"
ADDED = "补充好了,办事的人看得到。"


async def opened(villager: Villager, office: TestOffice) -> str:
    """The number of a report whose code she has just sent."""
    receipt = await office.office.intake.file(LEAKING_ROOF)
    assert "补充几句" in await villager.says(receipt.code)
    return receipt.number


async def added(office: TestOffice, number: str) -> tuple[int, int]:
    """(lines, files) that were added."""
    folder = await folder_of(office, number)
    lines = [each for each in folder.entries if each.action is Action.ADD]
    return len(lines), len(folder.attachments)


async def test_photos_at_the_question_go_together_when_she_says_that_is_all(
    villager: Villager, small_office: TestOffice
) -> None:
    number = await opened(villager, small_office)
    await villager.says("补充几句")

    first = await villager.shows(A_PHOTO)
    await villager.shows(A_VOICE)
    assert await added(small_office, number) == (0, 0)
    done = await villager.says("没有了")

    assert GOT in first
    assert ADDED in done
    assert await added(small_office, number) == (1, 2)
    assert len(await filed(small_office)) == 1


async def test_right_after_the_code_a_photo_is_an_addition_and_words_go_with_it(
    villager: Villager, small_office: TestOffice
) -> None:
    number = await opened(villager, small_office)

    asked = await villager.shows(A_PHOTO)
    done = await villager.says("这是昨天拍的")

    assert GOT in asked
    assert ADDED in done
    assert await added(small_office, number) == (1, 1)


async def test_a_photo_with_its_words_is_added_at_once(
    villager: Villager, small_office: TestOffice
) -> None:
    number = await opened(villager, small_office)
    await villager.says("补充几句")

    assert ADDED in await villager.shows(A_PHOTO, text="这是昨天拍的")

    assert await added(small_office, number) == (1, 1)


async def test_an_option_said_aloud_is_an_answer_and_no_piece_of_evidence(
    villager: Villager, small_office: TestOffice
) -> None:
    number = await opened(villager, small_office)

    said = await villager.shows(A_VOICE, text="不用了")

    assert "编号收好" in said
    assert await added(small_office, number) == (0, 0)


async def test_danger_told_with_a_photo_comes_before_the_mailbox(
    villager: Villager, small_office: TestOffice
) -> None:
    number = await opened(villager, small_office)

    said = await villager.shows(A_PHOTO, text="房子要塌了,俺娘还在里头")

    assert "人先出来" in said
    assert await added(small_office, number) == (0, 0)


async def test_who_is_named_beside_the_photo_is_left_out(
    villager: Villager, small_office: TestOffice
) -> None:
    await opened(villager, small_office)
    await villager.says("补充几句")

    said = await villager.shows(A_PHOTO, text="验收那天县住建局的王科长吃了一顿才签字")

    assert "您话里说到了鲁山县住建局(演示)" in said


async def test_a_photo_at_the_place_after_danger_is_with_the_ticket_at_once(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says("房子要塌了")
    await villager.says("有人")
    (ticket,) = await filed(small_office)

    said = await villager.shows(A_PHOTO)

    assert ADDED in said
    assert "是哪个县" in said
    async with small_office.reading() as reading:
        assert await reading.mailboxes.files_of(ticket.number) == 1
    assert ADDED in await villager.says("鲁山县赵村镇")
    assert len(await filed(small_office)) == 1


async def test_more_than_a_report_holds_is_refused_in_a_sentence(
    villager: Villager, small_office: TestOffice
) -> None:
    number = await opened(villager, small_office)
    for each in range(MOST_FILES // 5):
        async with small_office.files() as files:
            held = [
                (await files.blobs.hold(b"%PDF-1.7\n" + bytes([each, n]))).blob for n in range(5)
            ]
        await reporting.add(small_office.office, number, "", files=held)
    await villager.says("补充几句")

    async with small_office.files() as files:
        held_now = await files.blobs.hold(A_PHOTO)
    message = Inbound(
        channel="telegram", external_id="x", caller=villager.caller, kind="photo",
        text="再一张", files=(held_now.blob,),
    )  # fmt: skip
    step = await villager.reception.heard(message)

    assert "一共最多 20 个,已经有 20 个" in step.replies[0].text
    assert await added(small_office, number) == (4, 20)


async def test_the_same_message_heard_by_two_processes_adds_once(
    villager: Villager, small_office: TestOffice
) -> None:
    number = await opened(villager, small_office)
    await villager.says("补充几句")
    async with small_office.files() as files:
        held = await files.blobs.hold(A_PHOTO)
    message = Inbound(
        channel="telegram", external_id="twice", caller=villager.caller, kind="photo",
        text="昨天拍的", files=(held.blob,),
    )  # fmt: skip

    first = await villager.reception.heard(message)
    second = await villager.reception.heard(message)

    assert ADDED in first.replies[0].text
    assert "先前已经收到了" in second.replies[0].text
    assert await added(small_office, number) == (1, 1)
