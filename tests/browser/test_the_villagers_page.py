"""The villager's pages in Debian's Chromium, at phone size, with JavaScript off; axe finds nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.promises.processes import environment, free_port, started
from tests.waiting import until

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The demo as a real process: its address, and the one-time link it printed."""
    folder, port = tmp_path_factory.mktemp("house"), free_port()
    log: Path = folder / "out.log"
    env = environment(folder / "data", PORT=str(port))
    base = f"http://127.0.0.1:{port}"
    with started("demo", env=env, url=f"{base}/healthz", log=log):
        link = until(lambda: re.search(r"http\S+/desk/login/\S+", log.read_text(encoding="utf-8")))
        assert link
        yield base, link.group()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield chromium
        chromium.close()


def a_page(browser: Browser, base: str, *, javascript: bool) -> Page:
    context = browser.new_context(
        viewport=PHONE, locale="zh-CN", java_script_enabled=javascript, bypass_csp=javascript
    )
    page = context.new_page()
    page.on("request", lambda request: outside(request.url, base))
    return page


def outside(url: str, base: str) -> None:
    assert url.startswith((base, "data:", "about:")), url


@pytest.mark.browser
def test_without_javascript_a_question_a_report_an_answer(
    browser: Browser, house: tuple[str, str]
) -> None:
    base, link = house
    page = a_page(browser, base, javascript=False)

    page.goto(base)
    page.get_by_label("问政策、说事情、输编号", exact=False).fill("俺家危房能补多少钱")
    page.get_by_role("button", name="问一问").click()
    assert "别处的例子" in page.inner_text("main")

    page.goto(f"{base}/report")
    page.get_by_label("出了啥事").fill("新屋下雨漏一地,施工队不接电话")
    page.get_by_label("哪个县").select_option(label="平顶山市鲁山县")
    page.get_by_role("button", name="往下").click()
    assert "能看到您写的是:" in page.inner_text("main")
    assert page.locator(".names li").first.inner_text().startswith("鲁山县住建局")
    send = page.get_by_role("button", name="提交")
    box = send.bounding_box()
    assert box
    assert box["y"] + box["height"] <= PHONE["height"]  # in sight before she scrolls
    send.click()
    code = page.inner_text(".code")

    desk = a_page(browser, base, javascript=False)
    desk.goto(link)
    desk.locator("main button").click()
    desk.goto(f"{base}/desk?tab=new")
    tickets = desk.locator("a.row").all()
    paths = [each.get_attribute("href") for each in tickets]
    for path in paths:  # the demo's may be newer than hers
        desk.goto(f"{base}{path}")
        if "漏一地" in desk.inner_text("main"):
            break
    assert "漏一地" in desk.inner_text("main")
    for button in ("受理", "交办", "签收"):
        desk.get_by_role("button", name=button, exact=True).click()
    desk.get_by_text("答复", exact=True).first.click()
    form = desk.locator("form[action$='/reply']")
    form.locator("textarea").fill("明天上午去修,修好再请您看。")
    form.locator("button").first.click()

    page.goto(f"{base}/status")
    page.get_by_label("20位查询编号").fill(code)
    page.get_by_role("button", name="看一看").click()
    assert "明天上午去修" in page.inner_text("main")


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/report", "/status", "/talk", "/contacts", "/log"])
def test_axe_finds_nothing(browser: Browser, house: tuple[str, str], path: str) -> None:
    page = a_page(browser, house[0], javascript=True)
    page.goto(house[0] + path)

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
def test_nothing_scrolls_sideways_at_320_pixels(browser: Browser, house: tuple[str, str]) -> None:
    page = a_page(browser, house[0], javascript=True)
    page.set_viewport_size({"width": 320, "height": 700})
    for path in ("/", "/report", "/talk"):
        page.goto(house[0] + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
