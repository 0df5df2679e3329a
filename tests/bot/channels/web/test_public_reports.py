"""Rows of the public reports that only the web pages can show (`tests/bot/test_public_reports.py` lists all)."""

from __future__ import annotations

import httpx
import pytest

from tests.bot.channels.web.test_pages import LUSHAN, STORY, form_token
from tests.bot.conftest import A_PHOTO, filed, folder_of, log_size
from tests.forms import hands_in, next_fields
from tests.offices import TestOffice

FORM = {"Content-Type": "multipart/form-data; boundary=BOUND"}


def part(head: bytes, content: bytes) -> bytes:
    return b"--BOUND\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + content + b"\r\n"


async def a_page(phone: httpx.AsyncClient, name: bytes) -> bytes:
    """The form as a browser sends it, with a photo of this name."""
    token = (await form_token(phone)).encode()
    fields = ((b"story", STORY.encode()), (b"county", LUSHAN.encode()), (b"token", token))
    words = b"".join(part(b'name="' + field + b'"', text) for field, text in fields)
    photo = part(b'name="files"; ' + name + b"\r\nContent-Type: image/png", A_PHOTO)
    return words + photo + b"--BOUND--\r\n"


NAMES = {
    "UTF-8": 'filename="收据 照片.png"'.encode(), "GBK": 'filename="收据.png"'.encode("gbk"),
    "Big5": 'filename="收據.png"'.encode("big5"), "a quote": b'filename="a%22b.png"',
    "a bare quote": b'filename="a"b.png"', "a stroke": b'filename="a\\"b.png"',
    "a face": 'filename="😭.png"'.encode(), "long": ('filename="' + "长" * 600 + '.png"').encode(),
    "both": b"filename=\"x.png\"; filename*=UTF-8''%E6%94%B6.png", "a path": b'filename="C:\\x\\y.png"',
    "no quotes": b"filename=a.png", "controls": b'filename="a\x01\x1d.png"', "dots": b'filename="../../x.png"',
    "half a sign": b'filename="\xed\xa0\xbd.png"', "nothing behind": b'filename="1"',
    "turned round": 'filename="a\u202egnp.exe"'.encode(), "semicolons": 'filename="收;据.png"'.encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_is_taken_whatever_its_name(
    phone: httpx.AsyncClient, small_office: TestOffice, name: str
) -> None:
    """F9, S1: names are read by nobody, and kept nowhere."""
    page = await phone.post("/report", content=await a_page(phone, NAMES[name]), headers=FORM)
    await hands_in(phone, next_fields(page.text, {}))

    (ticket,) = await filed(small_office)
    folder = await folder_of(small_office, ticket.number, ticket.owner)
    assert [each.kind for each in folder.attachments] == ["photo"]
    assert "收据" not in page.text


async def test_the_receipt_tells_the_next_step(phone: httpx.AsyncClient) -> None:
    """S1: when to come back, beside the code."""
    form = {"story": STORY, "county": LUSHAN, "token": await form_token(phone)}

    receipt = await hands_in(phone, form)

    assert "以后" in receipt.text
    assert "来看" in receipt.text


@pytest.mark.parametrize("count", [9, 10, 11, 12, 30])
@pytest.mark.parametrize("path", ["/report", "/talk"])
async def test_more_photos_than_are_taken_cost_neither_the_story_nor_the_first_nine(
    phone: httpx.AsyncClient, path: str, count: int
) -> None:
    """F8: a phone lets her choose as many as she likes."""
    fields = {"story": STORY, "county": LUSHAN, "token": await form_token(phone)}
    field = "files" if path == "/report" else "file"
    sent = [(field, (f"{n}.png", A_PHOTO)) for n in range(count)]

    page = await phone.post(path, data=fields if path == "/report" else {"text": STORY}, files=sent)

    assert page.status_code in (200, 422)
    assert STORY in page.text
    left = {9: "", 10: "第10个文件没有存下"}.get(count, f"第10-{count}个文件没有存下")
    assert left in page.text
    assert page.text.count("个文件没有存下") == bool(left)
    if path == "/report":
        assert page.text.count('name="blob"') == 9


BROKEN = {
    "a folded header": (b'"a.png"', b'"a\r\n b.png"'), "no header": (b"Content-Disposition", b"X"),
    "no name": (b'name="files"; ', b""), "lines of another system": (b"\r\n", b"\n"),
    "another border": (b"BOUND", b"OTHER"), "an endless name": (b"a.png", b"a" * 20_000),
    "a bad header": (b"Content-Type:", b"Content Type"),
}  # fmt: skip


@pytest.mark.parametrize("path", ["/report", "/talk", "/status"])
@pytest.mark.parametrize("name", BROKEN)
async def test_a_page_that_did_not_come_whole_is_told_so(
    phone: httpx.AsyncClient, small_office: TestOffice, name: str, path: str
) -> None:
    """F8: a sentence, and no error of ours; nothing is filed of half a page."""
    whole = await a_page(phone, b'filename="a.png"')

    page = await phone.post(path, content=whole.replace(*BROKEN[name]), headers=FORM)

    assert page.status_code in (200, 400, 422), page.status_code
    assert await log_size(small_office) == 0
    if path == "/report":
        assert "没有传全" in page.text
