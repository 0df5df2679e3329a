"""The talk as a chat in Chromium: with script and without, what was answered last begins inside the
window; with script nothing is reloaded, and a line that breaks loses nothing of hers."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Route

from casework.receipts import find_code
from tests.browser.test_one_look import MAGNIFIED, PHONE, small, sticks_out, wrong_by_axe
from tests.browser.test_the_villagers_page import FLAGS, browser, house, outside
from tests.offices import CONTENT
from tests.waiting import until

__all__ = ["browser", "house"]

pytestmark = pytest.mark.browser

TEXTS = CONTENT.texts
STORY = "说补两万,卡上才到一万五,支书说那五千是手续费。"
#: A phone whose keyboard is up: the window is what it leaves.
UNDER_A_KEYBOARD = {"width": 360, "height": 400}
ROOT = Path(__file__).parents[2]

#: Whether the first line of the newest answer is inside the window and nothing lies over it.
IN_SIGHT = """() => {
  const newest = document.querySelector("#newest"), range = document.createRange();
  const words = newest && document.createTreeWalker(newest, NodeFilter.SHOW_TEXT);
  let line = null;
  while (words && words.nextNode()) {
    if (words.currentNode.parentElement.matches(".aloud")) continue;
    range.selectNodeContents(words.currentNode);
    line = range.getClientRects()[0];
    if (line) break;
  }
  if (!line || line.top < 0 || line.bottom > innerHeight) return false;
  const at = document.elementFromPoint(line.left + 5, (line.top + line.bottom) / 2);
  return newest.contains(at);
}"""


def a_phone(
    browser: Browser, base: str, *, script: bool, dark: bool = False, size: dict[str, int] = PHONE
) -> Page:
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="zh-CN",
        color_scheme="dark" if dark else "light", java_script_enabled=script,
    )  # fmt: skip
    page = context.new_page()
    page.on("request", lambda request: outside(request.url.removeprefix("blob:"), base))
    page.goto(f"{base}/talk")
    return page


def says(page: Page, words: str) -> None:
    page.locator("#text").fill(words)
    press(page, TEXTS("page.send"))


def press(page: Page, label: str) -> None:
    """Any button, and the page that answers: each page has a turn of its own."""
    turn = page.locator("#kept [name=turn]")
    before = turn.get_attribute("value")
    page.get_by_role("button", name=label, exact=True).first.click()
    until(lambda: turn.get_attribute("value") != before, lambda: label)


def in_sight(page: Page) -> bool:
    return bool(page.evaluate(IN_SIGHT))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "支书家.png"
    Image.new("RGB", (300, 200), (30, 120, 200)).save(path)
    return path


@pytest.fixture
def no_photo(tmp_path: Path) -> Path:
    path = tmp_path / "支书家.exe"
    path.write_bytes(b"MZ" * 99)
    return path


@pytest.mark.parametrize("size", [PHONE, UNDER_A_KEYBOARD], ids=["phone", "keyboard"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_after_every_kind_of_turn_the_answer_begins_inside_the_window(
    browser: Browser,
    house: tuple[str, str],
    photo: Path,
    no_photo: Path,
    script: bool,
    size: dict[str, int],
) -> None:
    page = a_phone(browser, house[0], script=script, size=size)

    def with_file(path: Path, words: str = "") -> None:
        page.set_input_files("#file", path)
        says(page, words)

    turns: dict[str, Callable[[], None]] = {
        "a long answer": lambda: says(page, "俺家危房能补多少钱"),
        "which of a few": lambda: says(page, "危房"),
        "a greeting": lambda: says(page, "你好"),
        "help": lambda: says(page, "帮助"),
        "a person": lambda: press(page, "人工"),
        "a code that opens nothing": lambda: says(page, "1234 5678 9012 3456 7890"),
        "a new report": lambda: says(page, "取消") or says(page, "反映"),
        "a long story": lambda: says(page, STORY * 40),
        "a place": lambda: says(page, "鲁山县"),
        "a photo": lambda: with_file(photo),
        "a file that is refused": lambda: with_file(no_photo, "记不清了"),
        "nothing but a file that is refused": lambda: with_file(no_photo),
        "words that are too long": lambda: says(page, "多" * 5001),
        "a chip": lambda: press(page, page.locator("#picks button").first.inner_text()),
        "one back": lambda: press(page, "返回"),
        "out": lambda: press(page, "取消"),
    }
    for kind, turn in turns.items():
        page.locator("#chosen button").first.click() if page.locator(
            "#chosen button"
        ).count() else None
        turn()
        until(
            lambda: in_sight(page), lambda kind=kind: kind
        )  # it goes to its anchor when it is there


def test_until_the_receipt_by_chips_alone_and_nothing_of_it_stays_in_the_talk(
    browser: Browser, house: tuple[str, str]
) -> None:
    page = a_phone(browser, house[0], script=True)
    page.evaluate("window.here = true")
    for words in ("反映", STORY, "鲁山县"):
        says(page, words)
    for _ in range(9):
        labels = page.locator("#picks button").all_inner_texts()
        wanted = ("去年", "对", "要", "没有", "没有了", "提交")
        [label] = [each for each in labels if each.split()[-1] in wanted][:1]
        page.get_by_role("button", name=label, exact=True).click()
        if label.endswith("提交"):
            break
        until(lambda labels=labels: page.locator("#picks button").all_inner_texts() != labels)
        assert page.evaluate("window.here")  # nothing was reloaded
    page.wait_for_url("**/receipt")

    assert find_code(page.inner_text(".code"))
    page.goto(f"{house[0]}/talk")
    assert "手续费" not in page.content()
    assert find_code(page.content()) is None


def test_with_script_nothing_is_reloaded_the_input_keeps_the_focus_and_the_answer_is_announced(
    browser: Browser, house: tuple[str, str]
) -> None:
    page = a_phone(browser, house[0], script=True)
    page.evaluate("window.here = true")

    page.locator("#text").fill("你好")
    page.keyboard.press("Enter")
    assert page.locator("#talk .mine").count() == 0  # a new line, not the end
    page.keyboard.press("Control+Enter")

    until(lambda: page.locator("#talk .mine").count() == 1)
    until(lambda: page.locator("#text").input_value() == "")
    assert page.evaluate("window.here && document.activeElement.id") == "text"
    assert page.locator("#newest").text_content() in page.locator("#aloud").text_content()


def test_the_input_grows_with_its_words(browser: Browser, house: tuple[str, str]) -> None:
    page = a_phone(browser, house[0], script=True)
    area = page.locator("#text")
    two_rows = area.bounding_box()["height"]

    area.fill("漏雨\n" * 4)
    assert area.bounding_box()["height"] > two_rows
    area.fill("多" * 6000)
    assert len(area.input_value()) == 6000
    assert area.bounding_box()["height"] <= PHONE["height"] * 0.31


def test_a_line_that_breaks_keeps_words_and_files_and_the_second_try_arrives_once(
    browser: Browser, house: tuple[str, str], photo: Path
) -> None:
    page = a_phone(browser, house[0], script=True)
    says(page, "反映")
    page.set_input_files("#file", [photo, photo])
    page.locator("#chosen button").first.click()  # one of them is taken away
    assert page.locator("#chosen canvas").count() == 1
    page.locator("#text").fill(STORY)

    page.context.set_offline(True)
    page.get_by_role("button", name=TEXTS("page.send")).click()
    until(lambda: page.locator("#state").inner_text() == TEXTS("page.talk.lost"))
    assert page.locator("#text").input_value() == STORY
    assert page.locator("#chosen canvas").count() == 1

    page.context.set_offline(False)
    press(page, TEXTS("page.send"))
    until(lambda: STORY in page.inner_text("#talk"))
    assert page.inner_text("#talk").count(TEXTS("page.file")) == 1
    assert page.locator("#chosen li").count() == 0
    assert page.locator("#text").input_value() == ""


def test_while_it_is_on_its_way_she_is_told_so_and_a_second_press_sends_nothing(
    browser: Browser, house: tuple[str, str]
) -> None:
    page = a_phone(browser, house[0], script=True)
    held: list[Route] = []
    page.route("**/talk*", lambda route: held.append(route))
    page.locator("#text").fill("你好")

    for _ in range(2):
        page.get_by_role("button", name=TEXTS("page.send")).click()
    until(lambda: page.locator("#state").inner_text() == TEXTS("page.talk.sending"))

    assert len(held) == 1
    held[0].continue_()
    until(lambda: page.locator("#state").inner_text() == "")


def test_no_name_of_a_file_leaves_the_phone_and_one_that_is_refused_is_told_by_number(
    browser: Browser, house: tuple[str, str], photo: Path, no_photo: Path
) -> None:
    page = a_phone(browser, house[0], script=True)
    page.evaluate("""() => {
      const send = window.fetch;
      window.names = [];
      window.fetch = (to, what) => {
        window.names.push(...what.body.getAll("file").map((each) => each.name));
        return send(to, what);
      };
    }""")
    says(page, "反映")

    page.set_input_files("#file", [photo, no_photo])
    says(page, STORY)

    assert "第2个文件没有存下" in page.inner_text("#newest")
    assert STORY in page.inner_text("#talk")
    assert page.evaluate("window.names") == ["file", "file"]


def test_a_recording_is_made_played_back_thrown_away_made_again_and_sent(
    house: tuple[str, str], browser: Browser
) -> None:
    chromium = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=[*FLAGS, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    )
    page = a_phone(chromium, house[0], script=True)
    says(page, "反映")

    def record() -> None:
        page.get_by_role("button", name=TEXTS("page.talk.record"), exact=True).click()
        page.wait_for_timeout(700)
        page.get_by_role("button", name=TEXTS("page.talk.stop"), exact=True).click()
        until(lambda: page.locator("#chosen audio").count() == 1)

    record()
    until(lambda: page.evaluate("document.querySelector('#chosen audio').readyState") >= 1)
    page.locator("#chosen button").click()
    assert page.locator("#chosen audio").count() == 0
    record()
    press(page, TEXTS("page.send"))

    assert TEXTS("page.file") in page.inner_text("#talk")
    assert page.locator(".refused").count() == 0
    chromium.close()


def in_mid_report(page: Page, photo: Path) -> None:
    for words in ("反映", STORY, "鲁山县"):
        says(page, words)
    page.set_input_files("#file", [photo] * 4)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_words_and_targets_are_large(
    browser: Browser, house: tuple[str, str], photo: Path, dark: bool
) -> None:
    context = browser.new_context(
        viewport=PHONE, color_scheme="dark" if dark else "light", bypass_csp=True
    )
    page = context.new_page()
    page.goto(f"{house[0]}/talk")
    in_mid_report(page, photo)
    assert (wrong_by_axe(page), small(page)) == ("", [])

    says(page, "多" * 5001)
    assert (wrong_by_axe(page), small(page)) == ("", [])


@pytest.mark.parametrize(
    "size", [{"width": 320, "height": 640}, MAGNIFIED], ids=["320", "magnified"]
)
@pytest.mark.parametrize("large", [False, True], ids=["normal", "large"])
def test_nothing_stands_beside_the_window(
    browser: Browser, house: tuple[str, str], photo: Path, size: dict[str, int], large: bool
) -> None:
    page = a_phone(browser, house[0], script=True, size=size)
    if large:
        page.get_by_role("button", name=TEXTS("page.larger"), exact=True).click()
    in_mid_report(page, photo)

    assert not sticks_out(page)


def test_it_is_light_and_the_script_is_short_and_of_its_time(house: tuple[str, str]) -> None:
    def packed(path: str) -> int:
        answer = httpx.get(house[0] + path, trust_env=False)
        assert answer.status_code == 200
        return len(gzip.compress(answer.content))

    page = packed("/talk") + packed("/villager.css") + packed("/static/talk.css")
    assert page <= 10_000
    assert page + packed("/static/talk.js") <= 60_000
    script = (ROOT / "api/static/talk.js").read_text(encoding="utf-8")
    assert len(script.splitlines()) <= 120
    assert not re.search(
        r"\?\.|\?\?|\.at\(|replaceAll|structuredClone|innerHTML|localStorage", script
    )
