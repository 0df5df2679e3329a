"""Every page a villager can meet has one look: large words, nothing beside the window, targets for a
thumb, in a light room and a dark one, on a small phone and a magnified one; and 退出 leaves nothing."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page

from casework.receipts import find_code
from tests.browser.test_the_villagers_page import browser, house, outside
from tests.offices import CONTENT
from tests.waiting import until

__all__ = ["browser", "house"]

pytestmark = pytest.mark.browser

TEXTS = CONTENT.texts
LUSHAN = "410423"
STORY = "新屋下雨漏一地,村主任说要交两千块才给修"
#: A phone; and 320 pixels magnified twice, which leaves the page half of them.
PHONE, MAGNIFIED = {"width": 360, "height": 740}, {"width": 160, "height": 370}
SMALLEST, THUMB = 18, 48

SMALL_WORDS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const words = walk.currentNode.textContent.trim(), of = walk.currentNode.parentElement;
    const size = parseFloat(getComputedStyle(of).fontSize);
    if (words && of.getClientRects().length && size < %s) found.push([size, words.slice(0, 20)]);
  }
  for (const of of document.querySelectorAll("input:not([type=radio], [type=checkbox]), textarea, select")) {
    const size = parseFloat(getComputedStyle(of).fontSize);
    if (of.getClientRects().length && size < %s) found.push([size, of.name]);
  }
  return found;
}"""
#: A link that stands among other words is read there; everything else is for a thumb.
SMALL_TARGETS = """() => {
  const among = (a) => [...a.parentElement.childNodes].some(
    (each) => each.nodeType === Node.TEXT_NODE && each.textContent.trim());
  return [...document.querySelectorAll(
    "a, button, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox]), fieldset label"
  )].filter((each) => each.getClientRects().length && !each.matches(".skip"))
    .filter((each) => !(each.matches("p a, small a") && among(each)))
    .map((each) => [each.getBoundingClientRect().height, each.textContent.trim().slice(0, 20)])
    .filter(([height]) => height < %s);
}"""


def a_phone(
    browser: Browser, base: str, size: dict[str, int], *, dark: bool = False, script: bool = True
) -> Page:
    """With script, for what is measured here."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="zh-CN",
        color_scheme="dark" if dark else "light", java_script_enabled=script, bypass_csp=script,
    )  # fmt: skip
    page = context.new_page()
    page.on("request", lambda request: outside(request.url, base))
    page.on("request", lambda request: no_pico(request.url))
    return page


def no_pico(url: str) -> None:
    assert "pico" not in url
    assert "desk" not in url


def press(page: Page, key: str) -> None:
    page.get_by_role("button", name=TEXTS(key), exact=True).first.click()
    page.wait_for_load_state()  # its styles come after its words on a busy machine


def every_page(page: Page, base: str) -> Iterator[str]:
    """Each page that a villager can meet, one after the other."""
    for path in (
        "/", f"/?county={LUSHAN}", "/t/subsidy.amount", f"/t/subsidy.amount?county={LUSHAN}",
        "/report", "/status", "/talk", "/contacts", "/log", "/receipt", "/t/none", "/nowhere",
    ):  # fmt: skip
        page.goto(base + path)
        yield path
    for words in ("补多少钱", "咱这个还算数不算数", "俺想找个人说说", "屋快塌了人还在里头"):
        page.goto(base)
        page.locator("#q").fill(words)
        press(page, "page.ask")
        yield f"/ask {words}"
    page.goto(f"{base}/report")
    page.locator("#story").fill(STORY)
    page.locator("#county").select_option(LUSHAN)
    press(page, "page.onward")
    yield "what is still to be asked"
    for name in page.evaluate(
        "[...new Set([...document.querySelectorAll('input[required]')].map(i => i.name))]"
    ):
        page.locator(f"input[name={name}]").last.check()
    press(page, "page.onward")
    yield "who will read it"
    press(page, "report.choice.send.send")
    yield "the receipt"
    code = find_code(page.inner_text(".code"))
    assert code
    for path in ("/log", "/status"):
        page.goto(base + path)
        page.locator("#code").fill("1" * 20)
        page.locator("main button").first.click()
        page.wait_for_load_state()
        assert page.locator(".refused").count()
        yield f"{path} refuses"
        page.locator("#code").fill(code)
        page.locator("main button").first.click()
        page.wait_for_load_state()
        yield f"{path} opened"


def misses(page: Page, base: str, rule: Callable[[Page], object]) -> dict[str, object]:
    """Where the rule finds something, page by page."""
    found = {name: rule(page) for name in every_page(page, base)}
    return {name: each for name, each in found.items() if each}


def sticks_out(page: Page) -> object:
    return page.evaluate(
        "() => document.documentElement.scrollWidth > innerWidth && [...document.querySelectorAll('body *')]"
        ".filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )


def small(page: Page) -> object:
    words = page.evaluate(SMALL_WORDS % (SMALLEST, SMALLEST))
    return [*words, *page.evaluate(SMALL_TARGETS % THUMB)]


def wrong_by_axe(page: Page) -> object:
    found = Axe().run(page)
    return found.generate_report() if found.violations_count else ""


@pytest.mark.parametrize("size", [PHONE, MAGNIFIED], ids=["phone", "magnified"])
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_nothing_stands_beside_the_window(
    browser: Browser, house: tuple[str, str], size: dict[str, int], large: bool
) -> None:
    page = a_phone(browser, house[0], size)
    if large:
        page.goto(house[0])
        press(page, "page.larger")

    assert misses(page, house[0], sticks_out) == {}


def test_words_are_large_and_targets_are_a_thumb_high(
    browser: Browser, house: tuple[str, str]
) -> None:
    assert misses(a_phone(browser, house[0], PHONE), house[0], small) == {}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_a_light_room_nor_in_a_dark_one(
    browser: Browser, house: tuple[str, str], dark: bool
) -> None:
    assert misses(a_phone(browser, house[0], PHONE, dark=dark), house[0], wrong_by_axe) == {}


def test_a_history_shows_one_neutral_name_and_every_page_the_demos_banner_and_the_way_out(
    browser: Browser, house: tuple[str, str]
) -> None:
    page = a_phone(browser, house[0], PHONE)

    def is_strange(page: Page) -> object:
        shown = (
            page.title(),
            page.locator("aside.demo").count(),
            page.locator("form[action='/exit']").count(),
        )
        return shown if shown != (TEXTS("page.title"), 1, 1) else None

    assert misses(page, house[0], is_strange) == {}
    assert not re.search("乡声|举报|反映", TEXTS("page.title"))


def test_large_type_is_switched_without_script_kept_on_every_page_and_taken_back(
    browser: Browser, house: tuple[str, str]
) -> None:
    page = a_phone(browser, house[0], PHONE, script=False)
    page.goto(f"{house[0]}/contacts")

    press(page, "page.larger")

    assert page.url == f"{house[0]}/contacts"
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["value"], cookie["sameSite"]) == ("type", "large", "Lax")
    for path in ("/", "/talk", "/log", "/nowhere"):
        page.goto(house[0] + path)
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "27.2px", path
        assert page.get_by_role("button", name=TEXTS("page.smaller"), exact=True).count(), path
    press(page, "page.smaller")
    assert page.context.cookies() == []
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "20px"


def test_a_code_breaks_between_its_groups_alone_and_the_slip_says_nothing_of_a_report(
    browser: Browser, house: tuple[str, str]
) -> None:
    page = a_phone(browser, house[0], MAGNIFIED)
    assert "the receipt" in every_page_until(page, house[0], "the receipt")
    broken = page.evaluate("""() => {
      const words = document.querySelector(".code").firstChild, range = document.createRange();
      return [...words.textContent.matchAll(/\\d+/g)].filter((group) => {
        range.setStart(words, group.index);
        range.setEnd(words, group.index + group[0].length);
        return range.getClientRects().length !== 1;
      }).length;
    }""")
    assert broken == 0

    page.emulate_media(media="print")
    printed = page.inner_text("body")
    code = page.inner_text(".code")
    for wanted in (code, f"{house[0]}/status", "鲁山县住建局", "0375-0000423"):
        assert wanted in printed
    assert re.search(r"\d+月\d+日以后再来看", printed)
    assert not re.search("举报|反映|纪委|乡声|登记", printed)


def every_page_until(page: Page, base: str, last: str) -> list[str]:
    met = []
    for name in every_page(page, base):
        met.append(name)
        if name == last:
            break
    return met


def as_it_stands(page: Page) -> str:
    """'' while it is on its way to another."""
    try:
        return page.content()
    except Error:
        return ""


@pytest.mark.parametrize("where", ["/talk", "who will read it", "the receipt", "/status opened"])
def test_behind_the_way_out_nothing_of_a_story_is_shown(
    browser: Browser, house: tuple[str, str], where: str
) -> None:
    page = a_phone(browser, house[0], PHONE, script=False)
    if where == "/talk":
        page.goto(f"{house[0]}/talk")
        page.locator("#text").fill(STORY)
        press(page, "page.send")
    else:
        page = a_phone(browser, house[0], PHONE)
        every_page_until(page, house[0], where)
    known = page.context.cookies()

    press(page, "page.exit")

    assert page.url == f"{house[0]}/blank"
    assert not known or is_only_told_that_she_left(page)
    for _ in range(6):
        try:
            if page.go_back() is None:
                break
        except Error as asked:  # what was sent is not shown again unless she sends it again
            assert "ERR_CACHE_MISS" in str(asked)
        shown = until(lambda: as_it_stands(page))
        assert "漏一地" not in shown, page.url
        assert find_code(shown) is None


def is_only_told_that_she_left(page: Page) -> bool:
    """One cookie, and in it a moment."""
    (cookie,) = page.context.cookies()
    return bool(cookie["name"] == "left" and re.fullmatch(r"[a-j]{13}", cookie["value"]))


def test_the_first_page_is_light_and_so_is_the_heaviest(house: tuple[str, str]) -> None:
    def packed(path: str) -> int:
        answer = httpx.get(house[0] + path, trust_env=False)
        return len(gzip.compress(answer.content))

    sheet = packed("/villager.css")
    assert packed("/") + sheet <= 10_000
    assert packed("/contacts") + sheet <= 60_000
