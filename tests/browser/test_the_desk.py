"""The desk in a real browser: strict policy kept, nothing from outside, nothing axe would mend."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from fastapi import FastAPI
from playwright.async_api import Browser, async_playwright

from casework.offices import Post, Role
from tests.api.conftest import app, colleague, number_of_newest
from tests.offices import COUNTY, LEAKING_ROOF, TestOffice

__all__ = ["app"]  # the desk's fixture, served on a real port here

pytestmark = pytest.mark.browser

QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]  # fmt: skip
SIZES = ((390, 844), (1366, 768))
PAGES = ["/contacts", "/log", "/desk/login/x", "/desk", "/desk?tab=done", "/desk/people",
         "/desk/people/invite", "/desk/people/import", "/desk/organisation", "/desk/organisation?only=trouble",
         "/desk/help", "/desk/roster", "/desk/me"]  # fmt: skip


@pytest.fixture
async def house(app: FastAPI) -> AsyncIterator[str]:
    """The application on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn gives no event to wait for
        await asyncio.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await serving


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        opened = await play.chromium.launch(executable_path="/usr/bin/chromium", args=QUIET)
        yield opened
        await opened.close()


async def session(office: TestOffice, house: str) -> list[dict[str, str]]:
    token = await office.signs_in(await colleague(office, COUNTY))
    return [{"name": "desk", "value": token, "url": house}]


@pytest.mark.parametrize("size", SIZES)
async def test_every_page_is_clean_at_both_sizes(
    house: str, browser: Browser, small_office: TestOffice, size: tuple[int, int]
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    view = {"width": size[0], "height": size[1]}
    context = await browser.new_context(viewport=view)  # type: ignore[arg-type]  # a TypedDict
    await context.add_cookies(await session(small_office, house))  # type: ignore[arg-type]
    page = await context.new_page()
    outside: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda r: outside.append(r.url) if not r.url.startswith(house) else None)
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)

    me = (await colleague(small_office, COUNTY)).id
    async with small_office.files() as files:
        leads = Post(role=Role.SUPERVISOR, since=small_office.clock.now())
        await files.people.give(me, leads)
        other = await files.people.add("新来的", COUNTY, frozenset({Role.HANDLER}))
    of_people = (
        f"/desk/people/{me}",
        f"/desk/people/{other.id}",
        f"/desk/people/{other.id}/remove",
        f"/desk/people/{me}/absence",
    )
    for path in (*PAGES, f"/desk/tickets/{number}", *of_people):
        await page.goto(house + path)
        found = await Axe().run(page)
        assert found.violations_count == 0, (path, found.generate_report())
        assert await page.evaluate("document.documentElement.scrollWidth") <= size[0], path

    assert [url for url in outside if not url.startswith("data:")] == []
    assert complaints == []


async def test_the_documentation_draws_itself_under_the_policy(
    house: str, browser: Browser
) -> None:
    page = await browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)

    await page.goto(f"{house}/api/docs")
    await page.get_by_text("/api/v1/reports", exact=True).first.wait_for()

    assert complaints == []


async def test_a_clerk_works_without_javascript(
    house: str, browser: Browser, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    context = await browser.new_context(java_script_enabled=False)
    await context.add_cookies(await session(small_office, house))  # type: ignore[arg-type]
    page = await context.new_page()

    await page.goto(f"{house}/desk?tab=new")
    await page.locator(f"a.row[href*='{number}']").click()
    await page.get_by_role("button", name="受理", exact=True).click()
    await page.locator("summary", has_text="内部备注").click()
    await page.get_by_label("内部备注").fill("打过电话了")
    await page.locator("form[action$='/note'] button").first.click()

    assert await page.get_by_text("备注已记下。").is_visible()
    assert await page.get_by_text("打过电话了").is_visible()


async def test_a_supervisor_lets_somebody_go_without_javascript(
    house: str, browser: Browser, small_office: TestOffice
) -> None:
    me = await colleague(small_office, COUNTY)
    async with small_office.files() as files:
        leads = Post(role=Role.SUPERVISOR, since=small_office.clock.now())
        await files.people.give(me.id, leads)
        await files.people.add("要走的", COUNTY, frozenset({Role.HANDLER}))
    context = await browser.new_context(java_script_enabled=False)
    token = await small_office.signs_in(me)
    await context.add_cookies([{"name": "desk", "value": token, "url": house}])
    page = await context.new_page()

    await page.goto(f"{house}/desk/people")
    await page.get_by_role("link", name="要走的:岗位、密码、调走、离岗").click()
    await page.get_by_label("做到哪一天").last.fill("2026-12-31")
    await page.get_by_label("做什么").select_option("approver")
    await page.get_by_role("button", name="加岗位").click()
    assert await page.get_by_text("做到2026年12月31日").is_visible()
    await page.get_by_role("link", name="要走的:岗位、密码、调走、离岗").click()
    await page.get_by_role("link", name="离岗", exact=True).click()
    await page.get_by_role("button", name="要走的离岗").click()

    assert await page.get_by_text("已经离岗").is_visible()
    assert await page.get_by_text("要走的").count() == 0


async def test_the_keyboard_walks_the_queue(
    house: str, browser: Browser, small_office: TestOffice
) -> None:
    for _ in range(2):
        await small_office.office.intake.file(LEAKING_ROOF)
    context = await browser.new_context()
    await context.add_cookies(await session(small_office, house))  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{house}/desk?tab=new")
    way = await page.locator("a.row").nth(1).get_attribute("href")
    assert way
    second = way.removeprefix("/desk/tickets/").partition("?")[0]

    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**/desk/tickets/{second}?*")

    assert second in await page.inner_text("main")
