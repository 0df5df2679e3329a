"""Who sends on and on is told so on every way in; what she wrote stays in her hands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.router import router
from bot.reception import Reception
from casework.callers import at_address
from casework.ports import Passing
from storage.gate import FILES_OF_ONE
from tests import sent_files
from tests.api.conftest import well
from tests.bot.conftest import log_size
from tests.offices import LUSHAN, TestOffice, knowing

BUSY, OTHER = "203.0.113.9", "198.51.100.7"
STORY = "新屋下雨漏一地"


@pytest.fixture
def web(small_office: TestOffice) -> FastAPI:
    pages = router(
        Reception(small_office.office, knowing), small_office.office, knowing,
        secure_cookie=False, route_class=SealedRoute,
    )  # fmt: skip
    return create_app(
        office=small_office.office, knowing=knowing, extra=(pages,), health=well,
        secure=False, demo=False, desk=(),
    )  # fmt: skip


def at(web: FastAPI, address: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=web, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://x")


@pytest.fixture
async def flood(small_office: TestOffice) -> AsyncIterator[None]:
    """From one address more has come than may wait, and for minutes: the test may be slow."""
    gate, caller = small_office.office.gate, at_address(BUSY)
    waiting = [
        asyncio.create_task(gate.pace(what, caller=caller))
        for what, many in ((Passing.REPORT, 40), (Passing.TALK, 200))
        for _ in range(many)
    ]
    for _ in range(3):
        await asyncio.sleep(0)
    yield
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


@pytest.mark.usefixtures("flood")
async def test_a_program_is_told_to_come_again_and_another_address_is_served(
    web: FastAPI, small_office: TestOffice
) -> None:
    report = {"text": STORY, "county": LUSHAN}
    async with at(web, BUSY) as busy, at(web, OTHER) as other:
        refused = await busy.post("/api/v1/reports", json=report)
        asked = await busy.post("/api/v1/ask", json={"text": "能补多少钱"})
        taken = await other.post("/api/v1/reports", json=report)

    assert (refused.status_code, refused.json()["code"]) == (429, "too-fast")
    assert int(refused.headers["retry-after"]) > 0
    assert asked.status_code == 429
    assert taken.status_code == 201
    assert await log_size(small_office) == 1


@pytest.mark.usefixtures("flood")
async def test_on_the_form_what_she_wrote_is_still_there(
    web: FastAPI, small_office: TestOffice
) -> None:
    form = {"story": "支书知道是我举报的,找人打俺", "token": "one form and no other"}
    async with at(web, BUSY) as busy:
        page = await busy.post("/report", data=form)
        talk = await busy.post("/talk", data={"text": STORY, "turn": "a turn of many letters"})
        asked = await busy.post("/ask", data={"q": STORY})

    assert "还在您手里" in page.text
    assert form["story"] in page.text
    assert "还在您手里" in talk.text
    assert f"{STORY}</textarea>" in talk.text
    assert "还在您手里" in asked.text
    assert await log_size(small_office) == 0


async def test_a_days_weight_of_files_keeps_the_words_and_not_the_file(
    web: FastAPI, small_office: TestOffice
) -> None:
    small_office.office.gate.weigh(FILES_OF_ONE, caller=at_address(BUSY))
    report = {"text": STORY, "county": LUSHAN}
    photo = {"files": ("a.gif", sent_files.gif(), "image/gif")}
    async with at(web, BUSY) as busy, at(web, OTHER) as other:
        talk = await busy.post(
            "/talk", data={"text": STORY}, files={"file": photo["files"]}, follow_redirects=True
        )
        refused = await busy.post("/api/v1/reports", data=report, files=photo)
        words = await busy.post("/api/v1/reports", json=report)
        taken = await other.post("/api/v1/reports", data=report, files=photo)

    assert (refused.status_code, refused.json()["code"]) == (429, "too-much")
    assert "先把话交上" in refused.json()["detail"]
    assert (words.status_code, taken.status_code) == (201, 201)
    assert "第1个文件没有存下:今天发来的照片、录音太多了" in talk.text
    assert f"{STORY}</li>" in talk.text
    held = [*(small_office.folder / "uploads" / "under-way").iterdir()]
    assert held == []
