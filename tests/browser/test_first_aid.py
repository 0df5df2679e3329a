"""On a phone of 360×740 without JavaScript: the commonest questions, a report with a photo, a threat.

After each turn what was said last stands inside the window, by position; and the photo that a handler
opens has no byte of what was hidden in the one she sent.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from casework.receipts import find_code
from tests.browser.test_the_villagers_page import (  # noqa: F401  (fixtures)
    browser,
    house,
    outside,
)
from tests.waiting import until

PHONE = {"width": 360, "height": 740}
MARKER = b"maijieduo-planted"

QUESTIONS = (
    "谁能申请", "俺家危房能补多少钱", "能盖多大", "要带啥材料", "咋申请", "多长时间能批下来", "谁来鉴定",
    "啥时候发钱", "要交钱不", "俺儿有楼房,俺能申请不", "房子裂了咋办", "有人收钱",
)  # fmt: skip


def a_phone(browser: Browser, base: str) -> Page:  # noqa: F811
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    page.on("request", lambda request: outside(request.url, base))
    return page


def a_photo(path: Path) -> Path:
    """A real photo with the marker as its owner, its comment and its tail."""
    picture = Image.new("RGB", (640, 480), (120, 90, 60))
    exif = picture.getexif()
    exif[0x013B] = MARKER.decode()  # Artist
    whole = io.BytesIO()
    picture.save(whole, "JPEG", exif=exif, comment=MARKER)
    path.write_bytes(whole.getvalue() + MARKER)
    return path


def inside_the_window(page: Page, what: str) -> None:
    """By position: the top edge of it, and its whole if it is not too tall for the window. Waited for,
    because a page goes to its anchor after it is there."""

    def stands() -> bool:
        box = page.locator(what).first.bounding_box()
        bottom = box["y"] + min(box["height"], 300) if box else 0
        return bool(box) and box["y"] >= 0 and bottom <= PHONE["height"]

    until(stands)


def says(page: Page, words: str) -> str:
    """One turn; what was answered to it stands inside the window."""
    page.locator("input[name=text]").fill(words)
    page.get_by_role("button", name="发过去").click()
    inside_the_window(page, "#newest")
    return page.inner_text("main")


@pytest.mark.browser
def test_the_twelve_questions_end_in_something_to_act_on(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
) -> None:
    page = a_phone(browser, house[0])
    for question in QUESTIONS:
        page.goto(house[0])
        page.get_by_label("问政策、说事情、输编号", exact=False).fill(question)
        page.get_by_role("button", name="问一问").click()

        said = page.inner_text(".answer")
        assert "怎么办" in said or "登记" in said, (question, said)
        assert "没有核实" not in said
        inside_the_window(page, ".answer")


@pytest.mark.browser
def test_the_twelve_questions_in_the_talk_stand_inside_the_window(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
) -> None:
    page = a_phone(browser, house[0])
    page.goto(f"{house[0]}/talk")
    for question in QUESTIONS[:-1]:
        assert question in says(page, question)


@pytest.mark.browser
def test_a_report_with_a_photo_is_told_filed_and_opened_at_the_desk_without_what_was_hidden(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    base, link = house
    page = a_phone(browser, base)
    page.goto(f"{base}/talk")
    for words in ("新房房顶去年下雨漏水,施工队不接电话", "鲁山县"):
        says(page, words)
    page.set_input_files("input[name=file]", a_photo(tmp_path / "photo.jpg"))
    page.get_by_role("button", name="发过去").click()
    assert "收到第1个" in page.inner_text("main")
    inside_the_window(page, "#newest")
    page.get_by_role("button", name="没有了").click()
    assert "能看到您写的是:鲁山县住建局" in page.inner_text("main")
    inside_the_window(page, "#newest")
    page.get_by_role("button", name="提交", exact=False).first.click()
    code = find_code(page.inner_text("main"))
    assert code
    inside_the_window(page, "text=/查询编号/")

    desk = a_phone(browser, base)
    desk.goto(link)
    desk.locator("main button").click()
    desk.goto(f"{base}/desk?tab=new")
    desk.get_by_role("link", name=re.compile("^[0-9A-Z]{10}$")).last.click()
    assert "房顶去年下雨漏水" in desk.inner_text("main")
    address = desk.locator("a[href*='/files/'], a[href*='attachment']").first.get_attribute("href")
    assert address
    copy = desk.request.get(f"{base}{address}").body()
    assert Image.open(io.BytesIO(copy)).size == (640, 480)
    assert MARKER not in copy


@pytest.mark.browser
def test_a_threat_on_the_home_page_is_filed_and_its_code_is_inside_the_window(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
) -> None:
    page = a_phone(browser, house[0])
    page.goto(house[0])
    page.get_by_label("问政策、说事情、输编号", exact=False).fill(
        "支书知道是我举报的了,说要找人打俺"
    )
    page.get_by_role("button", name="问一问").click()

    assert find_code(page.inner_text("main"))
    inside_the_window(page, ".danger")
    inside_the_window(page, ".code")
