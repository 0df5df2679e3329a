"""The mailbox takes photos: the same checks and sentences as the report form; errors keep her words."""

from __future__ import annotations

import re

import httpx
import pytest

from casework.tickets import Action
from tests.bot.conftest import A_PHOTO, folder_of
from tests.offices import LEAKING_ROOF, TestOffice

PHOTO = ("files", ("x.png", A_PHOTO, "image/png"))


def hidden(page: str) -> dict[str, list[str]]:
    """The hidden fields of the form that adds."""
    form = page.split('enctype="multipart/form-data"')[1].split("</form>")[0]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value)
    return found


async def added(office: TestOffice, number: str) -> tuple[int, int]:
    folder = await folder_of(office, number)
    lines = [each for each in folder.entries if each.action is Action.ADD]
    return len(lines), len(folder.attachments)


async def test_photos_are_added_without_words_and_a_second_press_adds_none(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    fields = hidden((await phone.post("/status", data={"code": receipt.code})).text)

    once = await phone.post("/status/add", data=fields, files=[PHOTO, PHOTO])
    twice = await phone.post("/status/add", data=fields, files=[PHOTO, PHOTO])
    other = await phone.post("/status/add", data=fields | {"text": "昨天拍的"}, files=[PHOTO])

    assert "补充好了,办事的人看得到。" in once.text
    assert "先前已经收到了,没有再补一遍" in twice.text
    assert "补充好了,办事的人看得到。" in other.text
    assert await added(small_office, receipt.number) == (2, 3)


@pytest.mark.parametrize(
    ("files", "sentence", "kept"),
    [
        ([PHOTO] * 10, "一次最多 9 个文件", 9),
        ([("files", ("x.exe", b"MZ\x90\x00" + bytes(200)))], "这种文件收不了", 0),
        ([("files", ("x.png", b""))], "这个文件是空的", 0),
        ([("files", ("../../x.jpg", b"<html><script>alert(1)</script>"))], "这种文件收不了", 0),
        ([("files", ("x.exe", b"MZ" * 99)), PHOTO], "第1个文件没有存下:这种文件收不了", 1),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_the_form_s_sentence_and_her_words_stay(
    phone: httpx.AsyncClient,
    small_office: TestOffice,
    files: list[tuple[str, tuple[str, bytes]]],
    sentence: str,
    kept: int,
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    before = hidden((await phone.post("/status", data={"code": receipt.code})).text)

    page = await phone.post("/status/add", data=before | {"text": "西屋也漏"}, files=files)
    again = await phone.post("/status/add", data=hidden(page.text) | {"text": "西屋也漏"})

    assert page.status_code == 422
    assert sentence in page.text
    assert "西屋也漏</textarea>" in page.text
    assert hidden(page.text)["code"] == [receipt.code]
    assert "补充好了" in again.text
    assert await added(small_office, receipt.number) == (1, kept)


async def test_files_that_are_held_travel_on_and_those_that_are_not_are_asked_for_again(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    fields = hidden((await phone.post("/status", data={"code": receipt.code})).text)
    lost = {"blob": ["2026-11-02.0f3a"], "sum": ["00"], "text": "西屋也漏"}

    page = await phone.post("/status/add", data=fields | lost, files=[PHOTO])
    kept = hidden(page.text)
    done = await phone.post("/status/add", data=kept | {"text": "西屋也漏"})

    assert page.status_code == 422
    assert "没有存住,请再发一次" in page.text
    assert "刚才的1个照片、录音还在" in page.text
    assert len(kept["blob"]) == 1
    assert "补充好了" in done.text
    assert await added(small_office, receipt.number) == (1, 1)


async def test_a_code_that_opens_nothing_holds_no_file(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)

    for code in ("", "1234", "0" * 20):
        page = await phone.post("/status/add", data={"code": code}, files=[PHOTO])
        assert page.status_code == 422

    folder = small_office.store.house.blobs._held
    assert not folder.exists() or not list(folder.iterdir())
