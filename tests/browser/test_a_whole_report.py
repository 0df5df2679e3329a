"""One report on a small phone from the first page to the last, with script and without, in a light room
and in a dark one in large type; and the one page of the form, with what is refused on the way.

After every turn what was said last begins inside the window, by position; nothing stands beside it, words
and targets are large, axe finds nothing, and the page is light. Behind the way out nothing is left.
"""

from __future__ import annotations

import contextlib
import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, CDPSession, Error, Page

from tests.browser.test_one_look import (
    PHONE,
    as_it_stands,
    is_only_told_that_she_left,
    small,
    sticks_out,
    wrong_by_axe,
)
from tests.browser.test_the_chat import IN_SIGHT, in_sight, no_photo, photo, says
from tests.browser.test_the_chat import press as chooses
from tests.browser.test_the_villagers_page import browser, house, outside
from tests.offices import CONTENT
from tests.waiting import until

__all__ = ["browser", "house", "no_photo", "photo"]

pytestmark = pytest.mark.browser

TEXTS = CONTENT.texts
STORY, QUESTION, MORE = "支书收了俺两千块钱才给盖章", "危房能补多少钱", "昨天又来要了一回"
ASKED = "有没有收据?"
HERS = re.compile("盖章|两千块|昨天又来要")
#: What a page says last, the most pressing first.
SAID = ("#talk li", "main [role=alert]", "main [role=status]", ".code", "main h1")
HEAVIEST = 60_000
#: When the page before was made, which a form carries in its address.
MOMENT = r"(\?at=[a-j]{13})?"
TOO_LARGE = """(to) => {
  const form = document.body.appendChild(document.createElement("form"));
  const words = form.appendChild(document.createElement("textarea"));
  Object.assign(form, { method: "post", action: to });
  Object.assign(words, { name: "q", value: "x".repeat(3000000) });
  form.submit();
}"""


def a_phone(browser: Browser, base: str, *, script: bool, dark: bool = False) -> Page:
    context = browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]}, locale="zh-CN",
        color_scheme="dark" if dark else "light", java_script_enabled=script, bypass_csp=True,
    )  # fmt: skip
    page = context.new_page()
    page.on("request", lambda request: outside(request.url.removeprefix("blob:"), base))
    page.goto(base)
    return page


def button(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).first.click()
    page.wait_for_load_state()


def picks(page: Page, *wanted: str) -> None:
    """The one of the offered that she wants, whatever its number is."""
    labels = page.locator("#picks button").all_inner_texts()
    [label] = [each for each in labels if each.partition(" ")[2] in wanted]
    chooses(page, label)


def in_a_talk(page: Page, photo: Path, no_photo: Path) -> Iterator[str]:
    """As people talk: a greeting, photos before a word, a question in between, an answer to nothing."""
    yield "the first page"
    page.get_by_role("link", name=TEXTS("page.talk.heading"), exact=True).click()
    page.wait_for_url("**/talk*")
    yield "the talk"
    says(page, "在吗")
    yield "short first words"
    page.set_input_files("#file", [photo, photo])
    says(page, "")
    yield "photos before the story"
    says(page, STORY)
    yield "the story"
    says(page, QUESTION)
    yield "a question in the middle"
    says(page, "啊啊啊")
    yield "an answer that is none"
    chooses(page, TEXTS("page.talk.back"))
    yield "one back"
    says(page, "鲁山县赵村镇")
    yield "the place"
    while not page.get_by_role("button", name=re.compile("提交$")).count():
        picks(page, "去年", "对", "要", "没有", "没有了")
        yield f"answered: {page.locator('#talk .mine').last.inner_text()}"
    page.set_input_files("#file", no_photo)
    says(page, "")
    assert "没有存下" in page.inner_text("#newest")
    yield "a file that is refused at the check"
    if page.locator("#chosen button").count():
        page.locator("#chosen button").click()
    picks(page, "改一改")
    yield "what is to be changed"
    picks(page, "改时间")
    yield "the question again"
    picks(page, "更早")
    assert "时间:更早" in page.inner_text("#talk")
    yield "the check again"


def in_her_case(
    browser: Browser, page: Page, base: str, photo: Path, no_photo: Path
) -> Iterator[str]:
    """With her code: more words, a photo, a file that is refused and back, and what the desk asks."""
    code = page.inner_text(".code")
    page.get_by_role("link", name=TEXTS("menu.status"), exact=True).first.click()
    yield "where the code is asked for"
    page.locator("#code").fill("1" * 20)
    button(page, TEXTS("page.status.look"))
    yield "a code that opens nothing"
    page.locator("#code").fill(code)
    button(page, TEXTS("page.status.look"))
    yield "her case"
    page.locator("#text").fill(MORE)
    page.set_input_files("#files", photo)
    button(page, TEXTS("page.send"))
    yield "more words and a photo"
    page.set_input_files("#files", no_photo)
    button(page, TEXTS("page.send"))
    yield "a file that is refused"
    button(page, TEXTS("status.back"))
    assert TEXTS("case.who") in page.inner_text("main")
    yield "her case again"
    the_desk_asks(browser, base)
    page.goto(f"{base}/status")
    page.locator("#code").fill(code)
    button(page, TEXTS("page.status.look"))
    assert ASKED in page.inner_text("main")
    yield "asked for more"
    button(page, TEXTS("status.mine_shown"))
    assert MORE in page.inner_text("main")
    yield "her own words"
    button(page, TEXTS("status.withdraw"))
    yield "sure?"


def the_desk_asks(browser: Browser, base: str) -> None:
    desk = browser.new_context(locale="zh-CN", java_script_enabled=False).new_page()
    desk.goto(f"{base}/desk/login")
    desk.locator("#name").fill("鲁山县住建局的演示承办人")
    desk.locator("#password").fill("demo-demo-demo")
    desk.get_by_role("button", name="登录").click()
    desk.goto(f"{base}/desk?tab=new")
    for path in [each.get_attribute("href") for each in desk.locator("a.row").all()]:
        desk.goto(f"{base}{path}")
        if STORY in desk.inner_text("main"):
            break
    for step in ("受理", "交办", "签收"):
        desk.get_by_role("button", name=step, exact=True).click()
    desk.get_by_text("请反映人补充", exact=True).first.click()
    form = desk.locator("details[open] form").filter(has_text="请反映人补充").last
    form.locator("textarea").fill(ASKED)
    form.locator("button").first.click()
    desk.get_by_text(ASKED).first.wait_for()
    desk.context.close()


def begins_in_the_window(page: Page) -> bool:
    asked = page.locator("main [autofocus]")  # the one field that she wanted to change
    if asked.count():
        box = asked.bounding_box()
        return bool(box) and 0 <= box["y"] <= PHONE["height"] - box["height"]
    if page.locator("#newest").count():
        return in_sight(page)
    [said, *_] = [each for each in SAID if page.locator(each).count()]
    return bool(page.evaluate(IN_SIGHT.replace("#newest", said)))


def weight(page: Page, base: str) -> int:
    """Of the page as it stands and of the sheets and the script that it names, packed."""
    files = page.locator("link[rel=stylesheet], script[src]").evaluate_all(
        "(all) => all.map((each) => each.getAttribute('href') || each.getAttribute('src'))"
    )
    bodies = [httpx.get(base + each, trust_env=False).content for each in files]
    return sum(len(gzip.compress(each)) for each in (page.content().encode(), *bodies))


def holds(page: Page, base: str, name: str, *, axe: bool) -> None:
    page.wait_for_load_state()
    until(lambda: begins_in_the_window(page), lambda: name)
    assert not sticks_out(page), name
    assert small(page) == [], name
    assert not axe or wrong_by_axe(page) == "", name
    assert weight(page, base) <= HEAVIEST, name
    assert page.title() == TEXTS("page.title"), name
    assert re.fullmatch(rf"/[a-z/]*{MOMENT}(#newest)?", page.url.removeprefix(base)), name


@pytest.mark.parametrize(
    ("script", "dark"),
    [(True, False), (True, True), (False, False)],
    ids=["script", "script, dark, large", "no script"],
)
def test_a_report_from_the_first_page_to_the_way_out(
    browser: Browser,
    house: tuple[str, str],
    photo: Path,
    no_photo: Path,
    script: bool,
    dark: bool,
) -> None:
    base = house[0]
    page = a_phone(browser, base, script=script, dark=dark)
    if dark:
        button(page, TEXTS("page.larger"))

    def every_turn() -> Iterator[str]:
        yield from in_a_talk(page, photo, no_photo)
        hands_it_in(page)
        yield "the receipt"
        yield from in_her_case(browser, page, base, photo, no_photo)

    for turn in every_turn():
        holds(page, base, turn, axe=script)  # axe is a script itself

    nothing_is_left_behind_the_way_out(page, base)


def hands_it_in(page: Page) -> None:
    page.get_by_role("button", name=re.compile("提交$")).first.click()
    page.wait_for_url("**/receipt*")


def nothing_is_left_behind_the_way_out(page: Page, base: str) -> None:
    button(page, TEXTS("page.exit"))
    page.wait_for_url(f"{base}/blank")
    assert is_only_told_that_she_left(page)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]

    history = chromium(page).send("Page.getNavigationHistory")
    for entry in history["entries"]:
        assert re.fullmatch(rf"(/[a-z/]*{MOMENT}(#newest)?)?", entry["url"].removeprefix(base)) or (
            entry["url"] == "about:blank"
        )
        assert not re.search(r"\d{4}", entry["title"] + entry["url"].removeprefix(base))
        assert not HERS.search(entry["title"])
    for place, entry in reversed(list(enumerate(history["entries"][:-1]))):
        goes_to(page, place, entry["id"])
        page.wait_for_load_state()
        shown = until(lambda: as_it_stands(page))
        assert not HERS.search(shown), entry["url"]
        assert not re.search(r"\d{5} \d{5}", shown), entry["url"]


def chromium(page: Page) -> CDPSession:
    """For one word: what was sent is not shown again, and its error has a process of its own."""
    return page.context.new_cdp_session(page)


def goes_to(page: Page, place: int, entry: int) -> None:
    """Back by the window's own history, as far as that."""

    def is_there() -> bool:
        try:
            return bool(chromium(page).send("Page.getNavigationHistory")["currentIndex"] == place)
        except Error:  # between two processes
            return False

    chromium(page).send("Page.navigateToHistoryEntry", {"entryId": entry})
    until(is_there)


def on_one_page(page: Page, base: str, photo: Path, no_photo: Path) -> Iterator[str]:
    """The form: nothing in it, a file that is refused, the rest to be asked, a change, the receipt."""
    page.goto(f"{base}/report")
    yield "the form"
    button(page, TEXTS("page.onward"))
    yield "nothing was written"
    page.locator("#story").fill(STORY)
    page.locator("#county").select_option("410423")
    page.set_input_files("#files", [no_photo, photo])
    button(page, TEXTS("page.onward"))
    assert page.locator("#story").input_value() == STORY
    assert TEXTS("report.photos_kept", n=1) in page.inner_text("main")
    yield "a file that is refused"
    button(page, TEXTS("page.onward"))
    yield "what is still to be asked"
    names = "[...new Set([...document.querySelectorAll('input[required]')].map(i => i.name))]"
    for name in page.evaluate(names):
        page.locator(f"input[name={name}]").last.check()
    button(page, TEXTS("page.onward"))
    yield "who will read it"
    button(page, TEXTS("report.choice.change.place"))
    assert page.locator("#story").input_value() == STORY
    yield "a change"


def refusals(page: Page, base: str) -> Iterator[str]:
    """What stands where there is no page, and where one cannot be opened."""
    for path in ("/nowhere", "/t/none", "/receipt", "/ask", "/status/add", "/type"):
        page.goto(base + path)
        assert page.locator("main a.button").count() == 2
        yield path
    page.goto(base)
    page.evaluate(TOO_LARGE, "/ask")
    page.wait_for_url("**/ask")
    assert page.locator("main a.button").count() == 2
    yield "more than is taken in"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_on_one_page_and_where_nothing_is_to_be_had(
    browser: Browser, house: tuple[str, str], photo: Path, no_photo: Path, script: bool
) -> None:
    base = house[0]
    page = a_phone(browser, base, script=script)

    for turn in on_one_page(page, base, photo, no_photo):
        holds(page, base, turn, axe=script)
    for path in refusals(page, base):
        holds(page, base, path, axe=script)


def test_what_was_sent_is_not_shown_to_whoever_goes_back_and_agrees_to_send_it_again(
    browser: Browser, house: tuple[str, str]
) -> None:
    """A browser keeps what a form sent, and asks whoever goes back whether it may send it again."""
    typed = "12345 67890 12345 67890"
    page = a_phone(browser, house[0], script=True)
    page.goto(f"{house[0]}/status")
    page.fill("#code", typed)
    button(page, TEXTS("page.status.look"))
    assert page.input_value("#code") == typed
    button(page, TEXTS("page.exit"))
    page.wait_for_url("**/blank")

    with contextlib.suppress(Error):  # the question itself
        page.go_back()

    def is_sent_again() -> bool:
        try:
            page.reload()
        except Error:  # the page that asks does not stand yet
            return False
        return True

    with page.expect_response("**/status?*") as sent_again:
        until(is_sent_again)
    page.wait_for_load_state()

    assert sent_again.value.request.method == "POST"
    assert page.url == f"{house[0]}/"
    assert "67890" not in page.content()
