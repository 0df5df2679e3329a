"""退出 ends on an empty page, or at the operator's choice; the receipt tells how to come back."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

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
        office=small_office.office, knowing=knowing, extra=(pages,), health=well, secure=True,
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
    taken_back = {each.split("=")[0] for each in gone if "Max-Age=0" in each}
    assert taken_back == {"type", "__Host-talk", "__Secure-receipt"}
    (given,) = [each for each in gone if "Max-Age=0" not in each]
    assert re.fullmatch(r"left=[a-j]{13};.*", given), "a moment, and nothing else"
    assert left.url.path == "/blank"
    assert "refresh" not in left.headers
    for word in (CONTENT.texts("page.title"), CONTENT.texts("page.short"), "villager", "/talk"):
        assert word not in left.text


def form_of(page: httpx.Response, path: str) -> str:
    found = re.search(rf'method="post" action="({path}\?[^"]+)"', page.text)
    assert found, path
    return unescape(found[1])


async def test_what_a_browser_sends_again_after_退出_is_not_answered(
    phone: httpx.AsyncClient,
) -> None:
    """Whoever goes back to a page that was sent something is asked to send it again, and may agree."""
    code = find_code((await filed_by(phone)).text)
    entered = form_of(await phone.get("/status"), "/status")
    written = form_of(await phone.get("/report"), "/report")
    asked = form_of(await phone.get("/"), "/ask")
    case = await phone.post(entered, data={"code": code})
    added = form_of(case, "/status/add")

    await phone.post("/exit")

    for address, data in (
        (entered, {"code": code}),
        (added, {"code": code, "text": "补一句"}),
        (written, {"story": "支书收了俺三千"}),
        (asked, {"q": code}),
    ):
        again = await phone.post(address, data=data)
        assert again.url.path == "/", address
        assert again.history[0].status_code == 303
    anew = form_of(await phone.get("/status"), "/status")
    assert "刚核对过" in (await phone.post(anew, data={"code": code})).text


@pytest.mark.parametrize("odd", ["", "x", "1" * 5000, "-5", "٣٤٥", "1;left=2"])
async def test_a_moment_that_is_none_shuts_nobody_out(phone: httpx.AsyncClient, odd: str) -> None:
    phone.cookies.set("left", odd if odd.isascii() else "9" * 4000)
    query = {"at": odd} if odd else {}

    page = await phone.post("/ask", params=query, data={"q": "补多少钱"})

    assert page.status_code == 200
    assert page.url.path in ("/ask", "/")


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


FORMS = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]+)"')
#: What leaves, and what a preference is sent to: sent again they show nothing.
HARMLESS = ("/exit", "/type")


def test_every_form_of_a_villager_says_when_its_page_was_made() -> None:
    folders = ("bot/channels/web/templates", "api/templates/public", "papers/villager")
    pages = [page for folder in folders for page in Path(folder).glob("*.html")]
    actions = [action for page in pages for action in FORMS.findall(page.read_text("utf-8"))]

    assert len(actions) > 15
    assert [each for each in actions if "sent_to(" not in each and each not in HARMLESS] == []
