"""Her case on a small phone, in five states: large words, nothing beside the window, axe finds nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot.reception import Reception
from casework.actions import reporting
from casework.actions.reminding import escalate_overdue
from casework.tickets import Action
from tests.bot.channels.web.conftest import a_client
from tests.browser.test_one_look import PHONE, small, sticks_out, wrong_by_axe
from tests.browser.test_the_villagers_page import browser
from tests.casework.desk import Desk
from tests.offices import CITY, ROOT, knowing, open_office

__all__ = ["browser"]

pytestmark = pytest.mark.browser

STATES = ("new", "in work", "overdue", "answered", "done", "closed", "sure", "appeal", "mistyped")
STYLE = (ROOT / "papers" / "villager" / "villager.css").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Each page as it is sent, with its styles in it."""
    living = lived_through(tmp_path_factory.mktemp("case"))
    with ThreadPoolExecutor(1) as beside:  # the browser has a loop of its own in this thread
        pages = beside.submit(asyncio.run, living).result()
    return {
        state: page.replace("</head>", f"<style>{STYLE}</style></head>")
        for state, page in pages.items()
    }


async def lived_through(folder: Path) -> Mapping[str, str]:
    """One leaking roof from its filing to its end, looked at on the way."""
    pages = {}
    async with (
        open_office(folder / "house") as office,
        a_client(office, Reception(office.office, knowing)) as phone,
    ):
        desk = Desk(office)
        receipt = await desk.opens()

        async def look(path: str = "/status", **more: str) -> str:
            return (await phone.post(path, data={"code": receipt.code, **more})).text

        pages["new"] = await look()
        await desk.steps(Action.ACCEPT, Action.DISPATCH, Action.SIGN, Action.START)
        office.wait(days=4)
        await reporting.remind(office.office, receipt.number)
        await reporting.add(office.office, receipt.number, "堂屋也开始漏了")
        pages["in work"] = await look(mine="1")
        office.wait(days=20)
        await escalate_overdue(office.office)
        pages["overdue"] = await look()
        await desk.step(Action.REPLY, "明天上午去修,修好再请您看。")
        pages["answered"] = await look()
        pages["appeal"] = await look("/status/sure", way="appeal")
        pages["sure"] = await look("/status/sure", way="withdraw")
        await desk.step(Action.RESOLVE)
        pages["done"] = await look()
        office.wait(days=8)
        await desk.step(Action.CLOSE, "照片3张", who=CITY)
        pages["closed"] = await look()
        wrong = str((int(receipt.code[7]) + 1) % 10)
        typed = receipt.code[:7] + wrong + receipt.code[8:]
        pages["mistyped"] = (await phone.post("/status", data={"code": typed})).text
    return pages


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="zh-CN"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("state", STATES)
def test_her_case_fits_a_small_phone(page: Page, shown: Mapping[str, str], state: str) -> None:
    page.set_content(shown[state])

    assert not sticks_out(page)
    assert small(page) == []
    assert wrong_by_axe(page) == ""
