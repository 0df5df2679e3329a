"""Rows of the public reports that only Telegram can show (`tests/bot/test_public_reports.py` lists all)."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.sending import keyboard
from bot.talk import button, pressed
from casework.shelves import Parcel
from tests import sent_files
from tests.bot.channels.telegram.conftest import Account
from tests.bot.channels.telegram.peer import message
from tests.bot.channels.telegram.test_said_at_once import (
    SHE,
    STORY,
    TEXTS,
    handed_in,
    patient,  # noqa: F401  # a fixture
    told,
)
from tests.bot.conftest import A_PHOTO, filed, folder_of, log_size


def sent(field: str, name: str, caption: str = "") -> dict[str, Any]:
    item = {"file_id": name}
    return {
        field: [item] if field == "photo" else item,
        **({"caption": caption} if caption else {}),
    }


ALBUMS: dict[str, tuple[list[dict[str, Any]], int]] = {
    "the words first": ([sent("photo", "a", STORY), sent("photo", "b"), sent("photo", "c")], 3),
    "the words last": ([sent("photo", "a"), sent("photo", "b"), sent("photo", "c", STORY)], 3),
    "words with each": ([sent("photo", "a", STORY), sent("photo", "b", "这是收条"), sent("photo", "c")], 3),
    "ten": ([sent("photo", "a", STORY), *[sent("photo", "b") for _ in range(9)]], 10),
    "a film among them": ([sent("photo", "a", STORY), sent("video", "film"), sent("photo", "b")], 3),
    "documents": ([sent("document", "a", STORY), sent("document", "b")], 2),
    "recordings": ([sent("audio", "sound", STORY), sent("audio", "sound")], 2),
    "one that is gone": ([sent("photo", "gone", STORY), sent("photo", "b"), sent("photo", "c")], 2),
    "one that nobody takes": ([sent("document", "a", STORY), sent("document", "bad")], 1),
}  # fmt: skip


@pytest.mark.parametrize("name", ALBUMS)
async def test_an_album_is_one_report_wherever_its_words_stand_and_whatever_is_in_it(
    patient: Account,  # noqa: F811
    name: str,
) -> None:
    """M1, F8: one answer, every file that came, and a word of each that did not."""
    parts, count = ALBUMS[name]
    patient.platform.files |= {
        "film": sent_files.film(), "sound": sent_files.recording("mp3"), "bad": b"MZ" * 99,
    }  # fmt: skip
    for n, part in enumerate(parts):
        patient.platform.brings(
            {"message": message(SHE, media_group_id="9", message_id=n + 2, **part)}
        )

    said = await told(patient)

    excuses = [each for each in said if "没有存下" in each or "收不了" in each]
    assert [each for each in said if each not in excuses] == [
        TEXTS("promise.telegram"), TEXTS("report.where"),
    ]  # fmt: skip
    assert len(excuses) == (count < len(parts))
    assert STORY in await handed_in(patient)
    (ticket,) = await filed(patient.office)
    assert len((await folder_of(patient.office, ticket.number)).attachments) == count


async def test_an_album_whose_photos_come_late_is_whole_in_the_report(account: Account) -> None:
    """M1: a slow line brings each photo after the one before was answered."""
    account.platform.files = dict.fromkeys("abc", A_PHOTO)
    for n, name in enumerate("abc"):
        part = sent("photo", name, "" if n else STORY)
        account.platform.brings({"message": message(SHE, media_group_id="9", **part)})
        await account.all_done()

    assert STORY in await handed_in(account)
    (ticket,) = await filed(account.office)
    assert len((await folder_of(account.office, ticket.number)).attachments) == 3


@pytest.mark.parametrize("command", ["/report", "/report@XiangshengBot", "/REPORT"])
async def test_a_command_before_the_words_beside_a_photo_is_no_part_of_them(
    account: Account, command: str
) -> None:
    """G3: the menu writes it into the line she then types her caption in."""
    account.platform.files = {"a": A_PHOTO}
    account.platform.brings({"message": message(SHE, **sent("photo", "a", f"{command} {STORY}"))})
    await account.all_done()

    assert "/" not in await handed_in(account)


@pytest.mark.parametrize("field", ["photo", "video", "document", "audio"])
async def test_a_photo_put_in_the_place_of_another_is_said_not_to_have_come(
    account: Account, field: str
) -> None:
    """E1: an edit that is not taken is not passed over in silence, whatever was edited."""
    account.platform.files = {"a": A_PHOTO}
    account.platform.brings({"message": message(SHE, message_id=5, **sent("photo", "a", STORY))})
    await account.all_done()

    edited = message(SHE, message_id=5, edit_date=2, **sent(field, "b"))
    account.platform.brings({"edited_message": edited})
    await account.all_done()

    assert account.platform.heard_by(SHE)[-1] == TEXTS("talk.edited_file")


UNASKED: dict[str, Any] = {
    "channel_post": message(-1001, type="channel", text="通知"),
    "edited_channel_post": message(-1001, type="channel", text="通知"),
    "brand_new_kind": {"chat": {"id": SHE, "type": "private"}, "text": "x"},
    "message_reaction": {"chat": {"id": SHE, "type": "private"}, "new_reaction": []},
    "inline_query": {"id": "1", "from": {"id": SHE}, "query": "支书"},
    "poll_answer": {"poll_id": "1", "option_ids": [0]},
    "chat_join_request": {"chat": {"id": -1001, "type": "channel"}},
    "business_message": message(SHE, text="生意"),
    "purchased_paid_media": {},
}


async def test_updates_that_ask_nothing_of_us_are_ignored_and_the_next_is_answered(
    account: Account,
) -> None:
    """E2: kinds that we do not read, and those of later years."""
    for kind, fields in UNASKED.items():
        account.platform.brings({kind: fields})
    account.platform.says(SHE + 1, "帮助")
    await account.answers(SHE + 1)
    await account.all_done()

    assert {each["chat_id"] for each in account.platform.sent} == {str(SHE + 1)}
    assert await log_size(account.office) == 0


def test_a_button_that_says_its_number_names_its_question() -> None:
    """B1: one whose meaning is too long for a button is no answer to another question either."""
    long = button("which", "长" * 30)
    parcel = Parcel(
        channel="telegram", recipient="1", text="x", options=(("short", "一"), (long, "二"))
    )

    made = keyboard(parcel)

    assert made
    data = made.inline_keyboard[1][0].callback_data or ""
    assert pressed(data, "which") == ("2", True)
    assert pressed(data, "send") == ("2", False)
