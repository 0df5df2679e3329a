"""On a phone of 360×740 without JavaScript: the commonest questions, what people open with, a report
with a photo, a threat.

After each turn what was said last stands inside the window, by position; and the photo that a handler
opens has no byte of what was hidden in the one she sent.
"""

from __future__ import annotations

import io
import re
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from casework.receipts import find_code
from tests.browser.test_the_villagers_page import (  # noqa: F401  (fixtures)
    browser,
    house,
    outside,
)
from tests.waiting import until

PHONE = {"width": 360, "height": 740}
MARKER = b"maijieduo-planted"

#: As people say it: the question, what must be read in 鲁山县, what where no county is known.
QUESTIONS = {
    "恁好,俺那土坯房想翻盖,国家给多少补助啊": ("3口人起3.2万元", "D级1.3万到4万元"),
    "啥样的家庭国家才给修房子": ("低保户", "低保户"),
    "我想申请危房改造,该咋弄,找谁": ("村", "村"),
    "俺家四口人,最多能盖几间多大的房": ("最多盖72平方米", "平方米"),
    "房子验收了,补助款几时打到卡里": ("30天内付清", "30天内付清"),
    "墙裂了个大口子,一下雨屋里就漏,咋办": ("村", "村"),
    "办危房都得准备些啥证件材料": ("旧房照片两张", "申请书"),
    "谁来看俺这房子够不够危房": ("住建局", "住建局"),
    "村里说办这个得先交两千块钱押金,该交不": ("不", "不"),
    "俺儿在城里买楼了,俺老两口还能申请不": ("户口簿", "户口簿"),
}
LUSHAN = "410423"
#: As people begin, and what the answer must say or offer.
OPENINGS = {
    "你好": "您好,在呢", "在吗": "您好,在呢", "喂": "您好,在呢", "鲁山县": "鲁山县的,记下了",
    "平顶山": "舞钢市", "俺是麦节朵村的": "是哪个县的",
    "俺娘82了一个人住,房裂缝了,能给盖不": "怎么办", "五千": "补多少钱?", "13800138000": "12345",
    "恁这是弄啥嘞": "小助手", "危防改照补多少前": "别处的例子", "危房": "怎么申请?", "😊": "问得最多的",
    "谢谢": "不用谢", "Hello, how do I get money?": "call 12345", "俺不识字": "12345",
    "补多少钱啊,村里一直拖着不给办,气死人了": "补多少钱?", "俺想找个人说说": "12345",
    "唉,急死了": "您别急", "真的假的,骗人的吧": "都不要钱", "投诉": "登记这件事",
    "我家爷爷奶奶八十多了,房子是土坯的,去年下雨墙裂了,跟村里说了几回都说等等,国家给不给修,"
    "要准备啥": "要带啥材料?",
    "今儿天气咋样": "问得最多的", "救命啊": "119",
}  # fmt: skip


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
    page.locator("textarea[name=text]").fill(words)
    page.get_by_role("button", name="发过去").click()
    inside_the_window(page, "#newest")
    return page.inner_text("main")


def asks(page: Page, base: str, words: str, county: str = "") -> str:
    """One question on the home page, answered for the county; what its page says."""
    page.goto(f"{base}/?county={county}")
    page.get_by_label("问政策、说事情、输编号", exact=False).fill(words)
    page.get_by_role("button", name="问一问").click()
    return page.inner_text("main")


@pytest.mark.browser
@pytest.mark.parametrize("county", [LUSHAN, ""], ids=["in 鲁山县", "without a county"])
def test_the_commonest_questions_end_in_something_to_act_on_on_one_screen(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
    county: str,
) -> None:
    page = a_phone(browser, house[0])
    for question, (here, anywhere) in QUESTIONS.items():
        asks(page, house[0], question, county)
        if not page.locator(".answer").count():  # not sure which of a few: the first is hers
            page.locator("main a.button").first.click()

        said, source = page.inner_text(".answer"), page.locator(".answer + .source")
        assert (here if county else anywhere) in said, (question, said)
        assert page.locator(".answer ol li").count() == 2, (question, said)
        assert re.search(r"依据:.+20\d\d年\d+月核对", source.inner_text()), question
        assert "没查清" not in said
        box = source.bounding_box()
        assert box, question
        assert box["y"] + box["height"] <= PHONE["height"], question


def is_a_thumb_high(link: Locator) -> bool:
    """Once the page has its styles, which come after its words on a busy machine."""
    box = link.bounding_box()
    return box is not None and box["height"] >= 48


@pytest.mark.browser
def test_the_countys_phone_is_called_with_one_touch(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
) -> None:
    page = a_phone(browser, house[0])
    for words in ("能补多少钱", "俺想找个人说说", "今儿天气咋样"):
        asks(page, house[0], words, LUSHAN)

        call = page.locator("a[href='tel:0375-0000423']")
        assert "(演示数据)" in call.inner_text(), words
        until(partial(is_a_thumb_high, call), lambda words=words: words)


@pytest.mark.browser
def test_whatever_people_begin_with_gets_a_useful_reply(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
) -> None:
    page = a_phone(browser, house[0])
    for words, reply in OPENINGS.items():
        said = asks(page, house[0], words)

        assert reply in said, (words, said)
        ways = page.locator("main a.button, main input[name=story], .danger, .answer ol")
        assert ways.count(), words


@pytest.mark.browser
def test_a_county_told_first_counts_for_the_next_question(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
) -> None:
    page = a_phone(browser, house[0])
    asks(page, house[0], "平顶山")
    page.get_by_role("link", name="鲁山县").click()
    assert "按鲁山县说的" in page.inner_text("main")
    asks(page, house[0], "俺是鲁山县的")
    page.get_by_label("再问一句").fill("能盖多大")
    page.get_by_role("button", name="问一问").click()

    assert "1口人40平方米" in page.inner_text(".answer")


@pytest.mark.browser
def test_in_the_talk_what_was_said_last_stands_inside_the_window(
    browser: Browser,  # noqa: F811
    house: tuple[str, str],  # noqa: F811
    tmp_path: Path,
) -> None:
    page = a_phone(browser, house[0])
    page.goto(f"{house[0]}/talk")
    for words in (*list(QUESTIONS)[:6], *list(OPENINGS)[:4], "能盖多大"):
        assert words in says(page, words)
    assert "鲁山县(演示数据):最多盖:1口人" in page.inner_text("main")  # told four turns before

    page.set_input_files("input[name=file]", a_photo(tmp_path / "photo.jpg"))
    page.get_by_role("button", name="发过去").click()
    assert "再说一句是啥事" in page.inner_text("main")
    inside_the_window(page, "#newest")


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
    assert "收到1个" in page.inner_text("main")
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
    desk.get_by_role("link", name=re.compile("房顶去年下雨漏水")).click()
    assert "房顶去年下雨漏水" in desk.inner_text("main")
    address = desk.locator("img[src*='/attachments/']").first.get_attribute("src")
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
