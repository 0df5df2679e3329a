"""The 85 utterances and 20 reports, through the reception and through the web page."""

from __future__ import annotations

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.router import router
from bot.reception import Reception
from casework.shelves import Inbound
from tests.bot.channels.web.conftest import well
from tests.offices import ROOT, TestOffice, knowing

FIXTURES = ROOT / "tests" / "fixtures"
UTTERANCES = [
    line.split("\t")[1]
    for line in (FIXTURES / "utterances.tsv").read_text(encoding="utf-8").splitlines()
]
REPORTS = (FIXTURES / "reports.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("text", [*UTTERANCES, *REPORTS])
async def test_everything_a_villager_says_gets_a_next_step(
    small_office: TestOffice, text: str
) -> None:
    reception = Reception(small_office.office, knowing)

    replies = await reception.receive(
        Inbound(channel="telegram", external_id="1", caller="1", text=text)
    )

    assert replies
    assert all(reply.text.strip() for reply in replies)


def pages_of(office: TestOffice) -> FastAPI:
    pages = router(
        Reception(office.office, knowing), office.office, knowing,
        secure_cookie=False, route_class=SealedRoute,
    )  # fmt: skip
    return create_app(
        office=office.office, knowing=knowing, extra=(pages,), health=well,
        secure=False, demo=False, api=(), desk=(),
    )  # fmt: skip


async def test_the_web_page_answers_every_one_of_them(small_office: TestOffice) -> None:
    transport = httpx.ASGITransport(app=pages_of(small_office))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://x", follow_redirects=True
    ) as http:
        for text in [*UTTERANCES, *REPORTS]:
            page = await http.post("/ask", data={"q": text})
            assert page.status_code == 200
            ways_on = ('class="answer"', 'class="button', 'action="/report?', 'class="code"')
            assert any(way in page.text for way in ways_on)


async def test_a_talk_on_the_web_keeps_its_thread(small_office: TestOffice) -> None:
    transport = httpx.ASGITransport(app=pages_of(small_office))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://x", follow_redirects=True
    ) as http:
        await http.post("/talk", data={"text": "支书叫俺每户交300块钱手续费"})
        page = await http.post("/talk", data={"text": "鲁山县"})
        assert "大概啥时候的事" in page.text
        gone = await http.post("/exit")
        assert "支书" not in gone.text
        assert "支书" not in (await http.get("/talk")).text
