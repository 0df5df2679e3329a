"""The talk as a chat: who speaks, what she may press, several files at once, and nothing of hers lost
when something is refused."""

from __future__ import annotations

import re
from collections.abc import Sequence

import httpx
import pytest

from bot.reception.hearing import verb_of
from casework.receipts import find_code
from tests.bot.channels.web.test_the_receipt_of_a_talk import STORY, says, turn_of
from tests.bot.conftest import A_PHOTO, A_VOICE, filed, folder_of
from tests.offices import CONTENT, PROVINCE, UNDERSTANDING, TestOffice

TEXTS = CONTENT.texts
NOT_OURS = b"MZ" * 99
LONGER = "多" * 5001


def bubbles(page: str) -> list[str]:
    """What stands in the list, each with who says it."""
    [talk] = re.findall(r'<ul id="talk">(.*?)</ul>', page, re.DOTALL)
    return [re.sub(r"<.*?>", "", each) for each in re.findall(r"<li.*?</li>", talk, re.DOTALL)]


def chips(page: str) -> list[str]:
    [picks] = re.findall(r'<form id="picks".*?</form>', page, re.DOTALL)
    return re.findall(r'<button class="quiet" name="text" value="(.*?)">', picks)


def typed(page: str) -> str:
    [area] = re.findall(r"<textarea.*?>\n(.*?)</textarea>", page, re.DOTALL)
    return area


def held(page: str) -> list[str]:
    return re.findall(r'name="held" value="(.*?)"', page)


async def sends(
    phone: httpx.AsyncClient, text: str, files: Sequence[bytes], *, again: Sequence[str] = ()
) -> httpx.Response:
    """Words and files from the page as it stands; `again` are those that an earlier try left there."""
    turn = turn_of((await phone.get("/talk")).text)
    named = [("file", ("支书家的房.png", each)) for each in files]
    return await phone.post(
        "/talk", data={"text": text, "turn": turn, "held": list(again)}, files=named or None
    )


async def test_the_first_visit_greets_and_offers_the_menu(phone: httpx.AsyncClient) -> None:
    page = (await phone.get("/talk")).text

    assert bubbles(page) == [TEXTS("page.talk.us") + TEXTS("page.talk.first")]
    assert chips(page) == [TEXTS(f"menu.{each}") for each in ("ask", "report", "status", "human")]
    for chip, reply in zip(chips(page), ("请直接问", "出了啥事", "编号", "电话"), strict=True):
        assert reply in " ".join(bubbles((await says(phone, chip)).text)[-2:]), chip
        await says(phone, "取消")


async def test_who_speaks_is_said_and_the_last_questions_options_alone_are_offered(
    phone: httpx.AsyncClient,
) -> None:
    page = (await says(phone, "反映", STORY, "鲁山县")).text

    assert TEXTS("page.talk.you") + STORY in bubbles(page)
    assert all(
        each.startswith((TEXTS("page.talk.you"), TEXTS("page.talk.us"))) for each in bubbles(page)
    )
    assert bubbles(page)[-1].startswith(TEXTS("page.talk.us"))
    assert "去年" in chips(page)
    assert TEXTS("menu.ask") not in chips(page)


@pytest.mark.parametrize("word", ["back", "cancel", "human"])
async def test_a_way_back_out_and_to_a_person_is_always_there(
    phone: httpx.AsyncClient, word: str
) -> None:
    label = TEXTS(f"page.talk.{word}")
    button = f'<button form="picks" class="quiet" name="text" value="{label}">'

    assert verb_of(UNDERSTANDING, label) == word
    for page in (await phone.get("/talk"), await says(phone, "反映", STORY)):
        assert button in page.text


async def test_the_promise_stands_at_the_top_and_again_only_before_it_is_handed_in(
    phone: httpx.AsyncClient,
) -> None:
    promise = TEXTS("promise.web")
    for words in ("反映", STORY, "鲁山县", "去年", "对", "要", "没有"):
        assert (await says(phone, words)).text.count(promise) == 1, words

    assert (await says(phone, "没有了")).text.count(promise) == 2


async def test_several_files_at_once_go_with_the_report(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await says(phone, "反映", STORY, "鲁山县")

    page = await sends(phone, "去年", [A_PHOTO, A_VOICE, A_PHOTO + b"another"])
    assert "3个" in page.text
    receipt = await says(phone, "对", "要", "没有", "没有了", "提交")

    assert find_code(receipt.text)
    [ticket] = await filed(small_office)
    assert len((await folder_of(small_office, ticket.number, PROVINCE)).attachments) == 3


async def test_one_that_is_refused_is_told_by_its_number_and_the_others_and_the_words_are_kept(
    phone: httpx.AsyncClient,
) -> None:
    await says(phone, "反映", STORY, "鲁山县")

    page = await sends(phone, "去年", [A_PHOTO, NOT_OURS, A_PHOTO])

    assert page.status_code == 200
    assert "第2个文件没有存下:这种文件收不了" in page.text
    assert "一共2个" in page.text
    assert "反映的是:支书" in page.text  # 去年 was heard
    assert "支书家的房" not in page.text


async def test_beyond_nine_the_others_are_refused_by_number(phone: httpx.AsyncClient) -> None:
    await says(phone, "反映", STORY)

    page = await sends(phone, "鲁山县", [A_PHOTO] * 10)

    assert "第10个文件没有存下" in page.text
    assert "一共9个" in page.text


async def test_a_file_refused_beside_what_is_filed_is_told_on_the_receipt(
    phone: httpx.AsyncClient,
) -> None:
    page = await sends(phone, "鲁山县的支书知道是我举报的,来俺家骂", [NOT_OURS])

    assert find_code(page.text)
    assert "第1个文件没有存下" in page.text


async def test_words_that_are_refused_stand_in_the_input_and_the_files_need_not_be_chosen_again(
    phone: httpx.AsyncClient,
) -> None:
    await says(phone, "反映", STORY, "鲁山县")

    refused = await sends(phone, LONGER, [A_PHOTO, A_VOICE])

    assert refused.status_code == 422
    assert typed(refused.text) == LONGER
    assert TEXTS("page.talk.held", n=2) in refused.text
    assert "最多 5000 个字" in bubbles(refused.text)[-1]
    assert STORY in refused.text  # the talk is still above
    assert "去年" in chips(refused.text)

    taken = await sends(phone, "去年", [A_PHOTO + b"third"], again=held(refused.text))
    assert "一共3个" in taken.text


async def test_files_alone_that_are_all_refused_change_nothing(phone: httpx.AsyncClient) -> None:
    before = (await says(phone, "反映")).text

    refused = await sends(phone, "", [NOT_OURS])

    assert refused.status_code == 422
    assert bubbles(refused.text)[:-1] == bubbles(before)
    assert bubbles((await phone.get("/talk")).text) == bubbles(before)


async def test_a_file_that_is_no_longer_held_is_not_made_up(phone: httpx.AsyncClient) -> None:
    await says(phone, "反映")

    page = await sends(phone, STORY, [], again=["20260101.abcdef", "../../etc/passwd"])

    assert page.status_code == 200
    assert "一共" not in page.text
