"""退出 ends on an empty page, or at the operator's choice; the receipt tells how to come back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import segno

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.router import router
from bot.reception import Reception
from casework.receipts import find_code
from tests.bot.channels.web.conftest import HOST, well
from tests.bot.channels.web.test_the_receipt_page import filed_by
from tests.offices import CONTENT, TestOffice, knowing

WEATHER = "https://weather.test/zhengzhou"
PUBLIC = "https://wenda.test"


@pytest.fixture
async def elsewhere(
    small_office: TestOffice, reception: Reception
) -> AsyncIterator[httpx.AsyncClient]:
    """A house that has said where it is found and where 退出 leads."""
    pages = router(
        reception, small_office.office, knowing, secure_cookie=True, route_class=SealedRoute,
        leaves_for=WEATHER, base_url=PUBLIC,
    )  # fmt: skip
    app = create_app(
        office=small_office.office, knowing=knowing, villager=pages, health=well, secure=True,
        demo=False, api=(), desk=(),
    )  # fmt: skip
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST, follow_redirects=True) as made:
        yield made


async def test_退出_takes_cookies_and_what_the_browser_kept_and_names_nothing(
    phone: httpx.AsyncClient,
) -> None:
    phone.cookies.set("type", "large")
    await phone.post("/talk", data={"text": "补多少钱"})

    left = await phone.post("/exit")

    assert left.history[0].headers["clear-site-data"] == '"cache"'
    gone = left.history[0].headers.get_list("set-cookie")
    assert {each.split("=")[0] for each in gone} == {"type", "__Host-talk", "__Secure-receipt"}
    assert left.url.path == "/blank"
    assert "refresh" not in left.headers
    for word in (CONTENT.texts("page.title"), CONTENT.texts("page.short"), "villager", "/talk"):
        assert word not in left.text


async def test_退出_leads_on_to_the_operators_choice(elsewhere: httpx.AsyncClient) -> None:
    assert (await elsewhere.post("/exit")).headers["refresh"] == f"0; url={WEATHER}"


async def test_the_picture_of_a_receipt_is_the_address_and_nothing_else(
    phone: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    for client, base in ((phone, HOST), (elsewhere, PUBLIC)):
        page = (await filed_by(client)).text

        address = f"{base}/status"
        picture = segno.make(address, error="m", micro=False).svg_inline(
            omitsize=True, dark="#000", light="#fff"
        )
        assert page.count("<svg") == page.count(picture) == 1
        assert address in page
        assert find_code(page)


async def test_the_receipt_names_the_unit_and_its_telephone(phone: httpx.AsyncClient) -> None:
    page = (await filed_by(phone)).text

    assert "办的单位:鲁山县住建局" in page
    assert 'href="tel:0375-0000423"' in page
