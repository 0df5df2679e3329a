"""A phone for the demo: what is typed on it passes the account's real door."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from bot.channels.wechat.channel import open_wechat
from bot.channels.wechat.showing import COOKIE, MOST_PHONES, Phones, router
from casework.receipts import find_code
from runtime.settings import Settings
from tests.bot.channels.conftest import house_of
from tests.bot.channels.wechat.phone import TOKEN, account
from tests.bot.conftest import log_size
from tests.offices import CONTENT, TestOffice


def browser(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(
        transport=transport, base_url="https://demo.test", follow_redirects=True
    )


@pytest.fixture
async def demo(small_office: TestOffice) -> AsyncIterator[FastAPI]:
    async with account(small_office) as service:
        service.app.include_router(router(TOKEN, small_office.office))
        yield service.app


def bubbles(page: httpx.Response) -> list[str]:
    lines = re.findall(r"<li[^>]*>(.*?)</li>", page.text, re.S)
    return [unescape(re.sub(r"<span.*?</span>", "", line, flags=re.S)).strip() for line in lines]


async def test_whoever_opens_it_is_greeted_as_a_follower_is(demo: FastAPI) -> None:
    async with browser(demo) as her:
        page = await her.get("/demo/wechat")
        again = await her.get("/demo/wechat")

    (greeting,) = bubbles(page)
    assert CONTENT.texts("promise.wechat") in greeting
    assert bubbles(again) == [greeting], "opened twice, it greets once"


async def test_a_report_typed_on_it_is_filed_and_its_code_comes_back(
    demo: FastAPI, small_office: TestOffice
) -> None:
    async with browser(demo) as her:
        await her.get("/demo/wechat")
        for text in (
            "支书叫俺每户交300块钱手续费,在鲁山县",
            "去年",
            "对",
            "1",
            "没有",
            "没有了",
            "提交",
        ):
            page = await her.post("/demo/wechat", data={"text": text})

    assert page.url.path == "/demo/wechat"
    assert find_code(bubbles(page)[-1])
    assert await log_size(small_office) == 1


async def test_another_browser_has_a_phone_of_its_own(demo: FastAPI) -> None:
    async with browser(demo) as one, browser(demo) as other:
        await one.get("/demo/wechat")
        await one.post("/demo/wechat", data={"text": "能补多少钱"})
        page = await other.get("/demo/wechat", headers={"Cookie": f"{COOKIE}=guessed"})

    assert len(bubbles(page)) == 1


@pytest.mark.parametrize(
    "text",
    ["", " ", "<script>alert(1)</script>", "]]></Content><Content>", "\x00\x1d", "长" * 9000],
)
async def test_whatever_is_typed_the_page_stays(demo: FastAPI, text: str) -> None:
    async with browser(demo) as her:
        await her.get("/demo/wechat")
        page = await her.post("/demo/wechat", data={"text": text})

    assert page.status_code == 200
    assert "<script>alert" not in page.text


async def test_a_letter_that_is_not_signed_with_the_account_s_token_is_refused(
    small_office: TestOffice,
) -> None:
    """The phone has no door of its own."""
    async with account(small_office) as service:
        service.app.include_router(router("another token", small_office.office))
        async with browser(service.app) as her:
            page = await her.get("/demo/wechat")

    assert page.status_code == 500
    assert CONTENT.texts("promise.wechat") not in page.text


def test_phones_are_forgotten_the_oldest_first() -> None:
    phones = Phones()
    for n in range(MOST_PHONES + 1):
        phones.of(str(n))

    assert "0" not in phones.lines
    assert len(phones.lines) == MOST_PHONES


@pytest.mark.parametrize(
    ("demo", "settings", "paths"),
    [
        (True, {}, {"/wechat", "/demo/wechat"}),
        (True, {"wechat_token": TOKEN}, {"/wechat", "/demo/wechat"}),
        (True, {"wechat_token": TOKEN, "wechat_app_id": "wx1"}, {"/wechat"}),
        (False, {"wechat_token": TOKEN}, {"/wechat"}),
    ],
)
def test_only_the_demo_has_such_a_phone_and_no_account_with_keys(
    small_office: TestOffice, demo: bool, settings: dict[str, str], paths: set[str]
) -> None:
    channel = open_wechat(Settings(**settings), house_of(small_office, demo=demo))

    assert channel
    routes = [route for router in channel.routes() for route in router.routes]
    assert {route.path for route in routes if isinstance(route, APIRoute)} == paths
