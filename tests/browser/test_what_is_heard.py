"""What she says besides a question, on a phone of 360×740 without JavaScript: a wrong, a danger, a
threat, what nobody understands, and what asks nothing.

Whatever is offered stands inside the window, and her own words go along with every press: she never
writes them twice.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Locator, Page

from casework.receipts import find_code
from tests.browser.test_first_aid import LUSHAN, PHONE, a_phone, asks, inside_the_window
from tests.browser.test_the_villagers_page import browser, house
from tests.offices import CONTENT

__all__ = ["browser", "house"]

pytestmark = pytest.mark.browser

TEXTS = CONTENT.texts

#: A question that tells of a wrong as well: the topic it is answered with, the county it is asked from.
WRONGS = {
    "俺一家四口能盖多大的房,队长说不给他买两条烟就不量地基": ("area.limits", LUSHAN),
    "要不要评议,俺村根本没开会就定了人": ("apply.review-meeting", ""),
    "俺县补助标准是多少,村里说给俺一万四,俺只摸着九千": ("subsidy.amount", ""),
    "申请用不用花钱,队长要俺二百块茶水钱": ("apply.fee", LUSHAN),
}
#: A question in which a danger is told: where it is beyond doubt, and where it is asked about.
DANGERS = (
    "要啥手续?俺家南墙根叫雨水泡软了,一块一块往下出溜",
    "公示贴几天啊,老屋后墙裂得能看见外头,夜里还吱吱响",
    "补的钱打谁卡上?昨天灶房的山墙歪得更狠了,孩子天天从跟前过",
)
DANGERS_BESIDE = {
    "D级重盖能补多少钱?俺屋东山墙正往外鼓,俺奶还在炕上躺着哩": LUSHAN,
    "能补多少钱?俺家房坡上的瓦这几天光往下溜,娃还在院里耍": "",
}
DANGER_IN_DOUBT = "D级补助能拿多少?俺正睡着呢,顶上掉下来一块泥巴砸枕头边"
#: Nobody threatens in so many words.
THREATS_IN_DOUBT = (
    "有人捎话给俺男人,说再往县里跑腿脚可不一定保得住",
    "会计碰见俺笑笑说,恁家那孩儿放学路上可得看好喽",
)
THREAT_BESIDE = "危房名单在哪儿公示?自从俺多说了两句,俺家的公益岗没了"
THREATS = (
    "俺前脚从乡里说完回来,后脚队长就把俺家的浇地号给抹了",
    "写了那封信没三天,俺家地头的井就叫人填了",
    "名单公示在哪儿看?俺问了一嘴,队长放话说叫俺家以后别想开证明",
)
#: What is not understood, and where 想问政策 leads: nothing is near the first two.
STRANGE = {
    "村东头那只花猫生了几个崽": "ask.in_other_words",
    "蓝颜色的拖拉机为啥比红的贵": "ask.in_other_words",
    "咱这个还算数不算数": "page.answer.which",
}
FRIENDLY = {
    "劳烦恁半天了,谢谢": "smalltalk.thanks", "多谢多谢,你真中": "smalltalk.thanks",
    "中午好呀老师": "smalltalk.hello", "这么晚了还有人在不": "smalltalk.hello",
}  # fmt: skip
OF_THE_MACHINE = (
    "对面说话的是活人还是电脑程序", "恁这是真有人还是机器在回话", "俺跟谁说话哩,是机器不",
)  # fmt: skip


def stands(page: Page, what: str) -> None:
    """It is read without scrolling, and nothing runs out of the window sideways."""
    page.wait_for_load_state()
    inside_the_window(page, what)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def button(page: Page, key: str) -> Locator:
    return page.get_by_role("button", name=TEXTS(key), exact=True)


def press(page: Page, key: str) -> None:
    """A button that begins inside the window."""
    box = button(page, key).bounding_box()
    assert box, key
    assert box["y"] < PHONE["height"], key
    button(page, key).click()


def is_filed(page: Page, base: str, words: str, first_aid: str) -> None:
    """The receipt says first what to do now; what she said is what was filed, letter for letter."""
    stands(page, ".danger")
    stands(page, ".code")
    assert page.inner_text(".danger") == TEXTS(first_aid), words
    code = find_code(page.inner_text(".code"))
    assert code, words
    page.goto(f"{base}/status")
    page.get_by_label(TEXTS("page.status.code")).fill(code)
    button(page, "page.status.look").click()
    button(page, "status.mine_shown").click()
    assert words in page.inner_text(".letter.mine")


def test_a_wrong_told_in_a_question_is_offered_to_be_registered(
    browser: Browser,
    house: tuple[str, str],
) -> None:
    page = a_phone(browser, house[0])
    for words, (topic, county) in WRONGS.items():
        asks(page, house[0], words, county)
        stands(page, ".sure")
        stands(page, ".offer")
        assert page.inner_text(".sure") == CONTENT.topics[topic].answer, words
        assert page.inner_text(".offer") == TEXTS("ask.also.report"), words

        press(page, "ask.register_yes")

        stands(page, "#story")
        assert page.input_value("#story") == words


def test_a_danger_told_in_a_question_comes_before_the_answer(
    browser: Browser,
    house: tuple[str, str],
) -> None:
    page = a_phone(browser, house[0])
    for words in DANGERS:
        asks(page, house[0], words)
        stands(page, ".danger")
        assert page.inner_text(".danger") == TEXTS("danger.first_and_village"), words
        assert not page.locator(".sure").count(), words
    press(page, "page.answer.urgent")
    is_filed(page, house[0], words, "danger.first")

    for words, county in DANGERS_BESIDE.items():
        asks(page, house[0], words, county)
        for what in (".danger", ".offer", ".sure"):
            stands(page, what)
        assert page.inner_text(".danger") == TEXTS("danger.beside"), words
        assert page.inner_text(".offer") == TEXTS("ask.also.urgent"), words
        assert page.inner_text(".sure") == CONTENT.topics["subsidy.amount"].answer, words
        press(page, "page.answer.urgent")
        is_filed(page, house[0], words, "danger.first")

    asks(page, house[0], DANGER_IN_DOUBT)
    stands(page, ".answer")
    assert page.inner_text(".answer") == TEXTS("ask.sounds.urgent")
    press(page, "ask.way.urgent")
    stands(page, ".danger")
    assert page.inner_text(".danger") == TEXTS("danger.first_and_village")
    press(page, "page.answer.urgent")
    is_filed(page, house[0], DANGER_IN_DOUBT, "danger.first")


def test_a_threat_without_the_word_for_it_is_asked_about_or_filed(
    browser: Browser,
    house: tuple[str, str],
) -> None:
    page = a_phone(browser, house[0])
    for words in THREATS_IN_DOUBT:
        asks(page, house[0], words)
        stands(page, ".answer")
        assert page.inner_text(".answer") == TEXTS("ask.sounds.retaliation"), words
        first = page.locator("main button").first
        assert first.inner_text() == TEXTS("ask.way.retaliation"), words
        press(page, "ask.way.retaliation")
        is_filed(page, house[0], words, "retaliation.first")

    asks(page, house[0], THREAT_BESIDE)
    stands(page, ".sure")
    stands(page, ".offer")
    assert page.inner_text(".offer") == TEXTS("ask.also.retaliation")
    press(page, "ask.register_yes")
    is_filed(page, house[0], THREAT_BESIDE, "retaliation.first")

    for words in THREATS:
        asks(page, house[0], words)
        is_filed(page, house[0], words, "retaliation.first")


def test_what_is_not_understood_has_five_ways_on_and_her_words_go_along(
    browser: Browser,
    house: tuple[str, str],
) -> None:
    page, base = a_phone(browser, house[0]), house[0]
    for words, asked_on in STRANGE.items():
        asks(page, base, words, LUSHAN)
        stands(page, ".answer")
        for way in ("ask", "report", "urgent", "retaliation"):
            form = page.locator("main form").filter(has=button(page, f"ask.way.{way}"))
            hers = form.locator("input[name=q], input[name=story]")
            assert hers.get_attribute("value") == words, way
            box = form.bounding_box()
            assert box, way
            assert box["y"] + box["height"] <= PHONE["height"], way
        human = page.get_by_role("heading", name=TEXTS("ask.way.human"), exact=True)
        call = human.locator("xpath=following-sibling::a[1]")
        assert call.get_attribute("href") == "tel:0375-0000423", words
        call.scroll_into_view_if_needed()
        stands(page, "a.call")

        asks(page, base, words, LUSHAN)
        press(page, "ask.way.ask")
        stands(page, "h1.asked")
        assert page.inner_text("h1.asked") == words
        assert TEXTS(asked_on) in page.inner_text("main"), words

        asks(page, base, words)
        press(page, "ask.way.report")
        stands(page, "#story")
        assert page.input_value("#story") == words

        asks(page, base, words)
        press(page, "ask.way.urgent")
        stands(page, ".danger")
        assert page.inner_text(".danger") == TEXTS("danger.first_and_village"), words
        assert page.locator("main input[name=story]").get_attribute("value") == words

        asks(page, base, words)
        press(page, "ask.way.retaliation")
        is_filed(page, base, words, "retaliation.first")


def test_thanks_a_greeting_and_who_is_speaking_are_met_as_such(
    browser: Browser,
    house: tuple[str, str],
) -> None:
    page = a_phone(browser, house[0])
    for words, reply in FRIENDLY.items():
        asks(page, house[0], words)
        stands(page, ".answer")
        assert page.inner_text(".answer") == TEXTS(reply), words
        assert not page.locator(".sure, .offer, .danger").count(), words

    for words in OF_THE_MACHINE:
        asks(page, house[0], words)
        stands(page, ".answer + .source")
        assert page.inner_text(".sure") == CONTENT.topics["bot.what"].answer, words
        assert CONTENT.topics["bot.what"].source in page.inner_text(".answer + .source")
        assert not page.locator(".offer, .danger").count(), words
