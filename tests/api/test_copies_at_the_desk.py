"""The desk, its page and its interface for programs, give copies and say where there is none."""

from __future__ import annotations

import io
from dataclasses import replace

import httpx
import pytest
from PIL import Image
from sqlalchemy import update

from casework.actions import reporting
from storage.schema import attachments
from tests import sent_files
from tests.api.conftest import number_of_newest, signs_in
from tests.offices import COUNTY, LEAKING_ROOF, TestOffice
from tests.sent_files import PLANTED

SENTENCE = "这个文件没法安全地重做一份,只有纪委能打开原件。"
PAPER = b"%PDF-1.7\n%%EOF"


async def files(office: TestOffice, *contents: bytes) -> str:
    async with office.files() as held:
        sent = tuple([await held.blobs.hold(each) for each in contents])
    await office.office.intake.file(replace(LEAKING_ROOF, attachments=sent))
    return await number_of_newest(office, COUNTY)


async def listed(
    client: httpx.AsyncClient, office: TestOffice, number: str
) -> list[dict[str, str]]:
    """What the interface says of the files."""
    token = await signs_in(client, office, COUNTY)
    client.headers["authorization"] = f"Bearer {token}"
    answer = await client.get(f"/api/v1/tickets/{number}")
    found: list[dict[str, str]] = answer.json()["attachments"]
    return found


@pytest.mark.parametrize("prefix", ["/desk/tickets", "/api/v1/tickets"])
async def test_a_download_has_no_planted_word_and_shows_the_picture(
    client: httpx.AsyncClient, small_office: TestOffice, prefix: str
) -> None:
    sent = sent_files.jpeg(6)
    number = await files(small_office, sent)
    (file,) = await listed(client, small_office, number)

    answer = await client.get(f"{prefix}/{number}/attachments/{file['id']}")

    assert answer.headers["content-type"] == "image/jpeg"
    assert PLANTED not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (900, 1200)
    assert (file["copy"], file["note"]) == ("made", "")


@pytest.mark.parametrize("prefix", ["/desk/tickets", "/api/v1/tickets"])
async def test_where_there_is_no_copy_page_and_interface_say_why(
    client: httpx.AsyncClient, small_office: TestOffice, prefix: str
) -> None:
    number = await files(small_office, PAPER)
    (file,) = await listed(client, small_office, number)

    page = await client.get(f"/desk/tickets/{number}")
    answer = await client.get(f"{prefix}/{number}/attachments/{file['id']}")

    assert SENTENCE in page.text
    assert f"attachments/{file['id']}" not in page.text
    assert (file["copy"], file["note"]) == ("none", SENTENCE)
    assert answer.status_code == 409
    assert "没法安全地重做一份" in answer.text
    assert PAPER not in answer.content


async def test_a_recording_is_played_and_the_page_says_what_a_copy_is(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    number = await files(small_office, sent_files.recording("ogg"))
    (file,) = await listed(client, small_office, number)

    page = await client.get(f"/desk/tickets/{number}")

    assert (
        f'<audio controls preload="none" src="/desk/tickets/{number}/attachments/{file["id"]}"'
        in page.text
    )
    assert "照样可能看出、听出是谁" in page.text
    assert "以前收的原件" not in page.text


async def test_a_file_from_before_copies_is_called_an_original(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    number = await files(small_office, sent_files.gif())
    async with small_office.files() as shelves:
        await shelves.connection.execute(update(attachments).values(copy=""))
    (file,) = await listed(client, small_office, number)

    page = await client.get(f"/desk/tickets/{number}")

    assert file["copy"] == "original"
    assert "这是以前收的原件" in page.text


async def test_what_was_added_later_is_marked_with_its_day_and_opens_like_the_others(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    number = await files(small_office, sent_files.gif())
    small_office.clock.wait(days=3)
    async with small_office.files() as shelves:
        blob = (await shelves.blobs.hold(sent_files.jpeg())).blob
    await reporting.add(small_office.office, number, "", files=(blob,))

    first, later = await listed(client, small_office, number)
    page = (await client.get(f"/desk/tickets/{number}")).text
    opened = await client.get(f"/desk/tickets/{number}/attachments/{later['id']}")

    assert first["added_at"] is None
    assert str(later["added_at"]).startswith("2026-11-05T")
    assert page.count("2026年11月5日 10:00 补充的") == 1
    assert "没有写字,补了 1 个文件,在附件里" in page
    assert (opened.status_code, opened.headers["content-type"]) == (200, "image/jpeg")
    assert sent_files.PLANTED not in opened.content
