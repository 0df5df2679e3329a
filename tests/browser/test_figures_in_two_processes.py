"""An editor corrects an amount, another approves it, villagers read it: two processes, one PostgreSQL,
nothing restarted."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.test_the_villagers_page import browser
from tests.postgres import Server
from tests.promises.processes import environment, free_port, started
from tests.waiting import PATIENCE, until

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.postgres]

PASSWORD = "demo-demo-demo"
EDITOR, APPROVER = "鲁山县住建局的演示承办人", "平顶山市住建局的演示承办人"
PAGE = "/desk/counties/410423"
ASKED = "/t/subsidy.amount?county=410423&grade=C"
#: Seconds from the save to what a villager reads. A machine that runs other tests has all it needs.
SOON = 5.0 if os.environ.get("XIANGSHENG_PROVE") else PATIENCE
_numbers = itertools.count(1)


@pytest.fixture
def houses(tmp_path: Path, postgres: Server) -> Iterator[tuple[str, str]]:
    """The demo, and a second process of the same house; their addresses."""
    url = postgres.create(f"figures{next(_numbers)}")
    ports = free_port(), free_port()
    first, second = (f"http://127.0.0.1:{port}" for port in ports)
    envs = [environment(tmp_path / "data", PORT=str(p), DATABASE_URL=url) for p in ports]
    with (
        started("demo", env=envs[0], url=f"{first}/healthz", log=tmp_path / "first.log"),
        started("serve", env=envs[1], url=f"{second}/healthz", log=tmp_path / "second.log"),
    ):
        yield first, second


def a_page(browser: Browser, width: int, height: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    return context.new_page()


def signed_in(browser: Browser, base: str, name: str) -> Page:
    """At the desk, by name and password; the demo makes its people one after the other."""
    page = a_page(browser, 1366, 768)

    def opens() -> bool:
        page.goto(f"{base}/desk/login")
        page.get_by_label("姓名").fill(name)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        return "/desk/login" not in page.url

    until(opens)
    return page


def reads(page: Page, address: str, is_there: str, is_gone: str = "") -> float:
    """Seconds until a villager reads it."""
    begun = time.monotonic()

    def said() -> bool:
        page.goto(address)
        text = page.inner_text("main")
        return is_there in text and not (is_gone and is_gone in text)

    until(said, lambda: page.inner_text("main"))
    return time.monotonic() - begun


def test_a_corrected_amount_is_read_in_every_process_at_once_and_approved_by_another(
    browser: Browser,
    houses: tuple[str, str],
) -> None:
    first, second = houses
    villager = a_page(browser, 360, 740)
    reads(villager, second + ASKED, "最多补8000元")

    editor = signed_in(browser, first, EDITOR)
    editor.goto(first + PAGE)
    editor.get_by_label("C级修房,一户最多补多少元").fill("9100")
    editor.get_by_label("依据").fill("演示的新文件")
    editor.get_by_role("button", name="存").click()
    assert "存好了" in editor.inner_text("main")
    assert not editor.get_by_role("button", name="对着文件看过了").count()  # not by himself

    assert reads(villager, second + ASKED, "最多补9100元") <= SOON
    assert "县里填的,还没复核" in villager.inner_text("main")
    assert "演示的新文件" in villager.inner_text("main")

    approver = signed_in(browser, first, APPROVER)
    approver.goto(first + PAGE)
    assert "C级修房,一户最多补多少元:9100" in approver.inner_text("form.approve")
    approver.get_by_role("button", name="对着文件看过了").click()
    assert "复核好了" in approver.inner_text("main")

    assert reads(villager, second + ASKED, "最多补9100元", is_gone="还没复核") <= SOON
    assert villager.evaluate("document.documentElement.scrollWidth") <= 360
