"""The villager's pages over a real office: without JavaScript, without a cookie where none is due."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import httpx
import pytest

from casework.receipts import code_from, find_code, shown, without_codes
from casework.tickets import Kind
from tests.bot.conftest import A_PHOTO, filed, folder_of, log_size
from tests.forms import hands_in, next_fields
from tests.offices import CITY, COUNTY, LEAKING_ROOF, LUSHAN, PROVINCE, UNDERSTANDING, TestOffice

HOST = "https://villager.test"
TODAY = date(2019, 4, 23)
#: A list of those who read it, and of those who do not, as its page begins it.
READ_BY_THE_COUNTY = re.compile(r"能看到您写的是:</h2>\s*<ul[^>]*><li>鲁山县住建局")
NOT_BY_THE_COUNTY = re.compile(r"看不到的:</h2>\s*<ul[^>]*><li>鲁山县住建局")
STORY = "说补两万,卡上才到一万五,支书说那五千是手续费。"


async def form_token(phone: httpx.AsyncClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', (await phone.get("/report")).text)
    assert found
    return found.group(1)


async def says(phone: httpx.AsyncClient, *lines: str) -> str:
    page = ""
    for line in lines:
        answer = await phone.post("/talk", data={"text": line}, follow_redirects=True)
        page = answer.text
    return page


@pytest.mark.parametrize("path", ["/", "/report", "/status", "/talk"])
async def test_a_page_brings_no_inline_script_no_style_and_no_outside_asset(
    phone: httpx.AsyncClient, path: str
) -> None:
    page = await phone.get(path)

    assert page.status_code == 200
    assert '<html lang="zh-CN">' in page.text
    assert "<title>危房改造政策问答</title>" in page.text
    scripts = re.findall(r"<script.*?</script>", page.text)
    assert scripts == (['<script src="/static/talk.js" defer></script>'] if path == "/talk" else [])
    assert not re.search(r"style=| on\w+=", page.text)
    assert re.findall(r'(?:src|href|action)="https?:', page.text) == []
    assert not page.cookies


async def test_a_single_question_needs_no_cookie_and_leaves_none(phone: httpx.AsyncClient) -> None:
    page = await phone.post("/ask", data={"q": "俺家危房能补多少钱"})

    assert "别处的例子" in page.text
    assert "依据:" in page.text
    assert not page.cookies


async def test_a_county_in_the_question_is_kept_through_a_choice(phone: httpx.AsyncClient) -> None:
    tried = (f"鲁山县{topic.question[:2]}" for topic in UNDERSTANDING.content.topics.values())
    asked = next(q for q in tried if not UNDERSTANDING.ask(q, today=TODAY).answer)

    page = await phone.post("/ask", data={"q": asked, "meant": "ask"})
    links = re.findall(r'href="(/t/[^"]+)"', page.text)

    assert links
    assert all("county=410423" in link for link in links)


async def test_the_likeliest_is_told_at_once_as_a_guess_and_the_others_are_a_tap_away(
    phone: httpx.AsyncClient,
) -> None:
    tried = (f"鲁山县{topic.question[:3]}" for topic in UNDERSTANDING.content.topics.values())
    found = ((q, UNDERSTANDING.ask(q, today=TODAY)) for q in tried)
    asked, answer = next(
        (q, a) for q, a in found if a.kind == "choices" and a.answer and len(a.topics) > 1
    )
    first, *others = [UNDERSTANDING.content.topics[slug] for slug, _ in answer.topics]

    page = unescape((await phone.post("/ask", data={"q": asked})).text)

    assert f"您问的可能是“{first.question}”" in page
    assert answer.parts.sure in page
    assert others
    for each in others:
        asks = re.escape(each.question)
        assert re.search(rf'href="/t/{each.slug}[?]county=410423[^"]*">{asks}<', page)
    amount = await phone.get("/t/subsidy.amount?county=410423")
    assert re.search(r"鲁山县定的\(演示数据\)</h2>\s*<p[^>]*>C级修房", amount.text)


async def test_the_six_commonest_are_one_tap_away_and_each_says_something(
    phone: httpx.AsyncClient,
) -> None:
    home = await phone.get("/")
    links = re.findall(r'href="(/t/[^"]+)"', home.text)

    assert len(links) == 6
    for link in links:
        page = await phone.get(link)
        assert page.status_code == 200
        assert "怎么办</h2>\n<ol><li>" in page.text


async def test_the_county_is_found_in_two_taps_and_kept_for_what_is_near(
    phone: httpx.AsyncClient,
) -> None:
    """Cities, counties, the answer; what is near it and the next question are for that county."""
    page = await phone.get("/t/subsidy.amount")
    assert "C级修房" not in page.text
    cities = re.findall(r'href="(/t/subsidy.amount\?(?:city|county)=[^"]+)">([^<]+)', page.text)
    assert len(cities) == 18
    (of_lushan,) = [link for link, name in cities if name == "平顶山市"]
    counties = re.findall(
        r'href="(/t/[^"]+county=[^"]+)">([^<]+)', (await phone.get(of_lushan)).text
    )
    assert 1 < len(counties) <= 18
    (lushan,) = [link for link, name in counties if name == "鲁山县"]

    found = (await phone.get(lushan)).text

    assert "C级修房" in found
    assert "您是哪个县的" not in found
    near = re.findall(r'class="button quiet" href="(/t/[^"]+)"', found)
    assert near
    assert all(link.endswith("?county=410423") for link in near)
    carried = dict(re.findall(r'name="(county)" value="(\d+)"', found))
    again = await phone.post("/ask", data={"q": "能盖多大", **carried})
    assert "1口人40平方米" in again.text


async def test_a_city_of_one_county_is_that_county(phone: httpx.AsyncClient) -> None:
    page = await phone.get("/t/subsidy.amount")

    assert re.search(r"\?county=4190\d\d\">济源市<", page.text)


async def test_every_county_is_within_two_taps(phone: httpx.AsyncClient) -> None:
    first = (await phone.get("/t/subsidy.amount")).text
    found = set(re.findall(r"\?county=(\d{6})", first))
    for city in re.findall(r"\?city=(\d{4})", first):
        page = await phone.get("/t/subsidy.amount", params={"city": city})
        found |= set(re.findall(r"\?county=(\d{6})", page.text))

    assert found == {code for code, _ in UNDERSTANDING.gazetteer.counties()}


@pytest.mark.parametrize("city", ["9999", "41", "<b>", "4104\n", "0000"])
async def test_a_city_that_is_none_shows_the_cities(phone: httpx.AsyncClient, city: str) -> None:
    page = await phone.get("/t/subsidy.amount", params={"city": city})

    assert page.status_code == 200
    assert "平顶山市" in page.text


async def test_a_county_remembered_in_the_talk_is_gone_once_a_report_is_filed(
    phone: httpx.AsyncClient,
) -> None:
    assert "鲁山县的,记下了" in await says(phone, "鲁山县")

    receipt = await says(phone, "支书知道是我举报的了,说要找人打俺")

    assert find_code(receipt)
    assert UNDERSTANDING.content.texts("receipt.place.goes_on") not in receipt
    assert "别处的例子" in await says(phone, "能盖多大")


async def test_danger_beside_a_code_comes_first(phone: httpx.AsyncClient) -> None:
    code = shown(code_from(b"nobody has this one at all......"))

    page = await phone.post("/ask", data={"q": f"编号{code},房子要塌了,俺娘还在里头"})

    assert "人先出来" in page.text


async def test_a_code_on_the_home_page_opens_its_mailbox(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    page = await phone.post("/ask", data={"q": f"俺的编号是{shown(receipt.code)}"})

    assert "已经收到" in page.text or "等" in page.text
    assert 'action="/status/add?' in page.text


async def test_an_answer_is_laid_out_in_its_parts(phone: httpx.AsyncClient) -> None:
    page = (await phone.post("/ask", data={"q": "鲁山县D级四口人补多少钱"})).text

    order = [
        page.index(part)
        for part in ("由财政直接打", "鲁山县定的(演示数据)</h2>", ">D级重盖,您家4口人,最多补3.2万元</p>",
                     "怎么办</h2>", 'href="tel:0375-0000423"', "依据:")
    ]  # fmt: skip
    assert order == sorted(order)
    assert re.search(r"<ol><li>[^<]+</li><li>[^<]+</li></ol>", page)
    assert "①" not in page


async def test_the_days_she_is_told_are_days(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    mailbox = (await phone.post("/status", data={"code": receipt.code})).text
    due = re.search(r"下一步:[^<]+,([^<]+)前。</strong>", mailbox)
    told = re.search(r'<span class="source why">([^<]+)', mailbox)

    assert due
    assert re.fullmatch(r"\d+月\d+日", due[1])
    assert told
    assert f"到{due[1]}" in told[1]
    assert not re.search(r"\d:\d\d", told[1])


async def test_what_can_be_sent_on_holds_nothing_of_hers(phone: httpx.AsyncClient) -> None:
    page = await phone.post("/ask", data={"q": "俺叫张三丰,鲁山县的,D级能补多少钱"})
    sent_on = re.findall(
        r'用这个链接:</?[^>]*>? ?<a href="([^"]+)"|用这个链接: <a href="([^"]+)"', page.text
    )

    assert [link for pair in sent_on for link in pair if link] == [
        "/t/subsidy.amount?county=410423"
    ]


@pytest.mark.parametrize("county", ["", "999999", "41", "410423106", "<b>", "四一"])
async def test_a_county_that_is_none_is_none(phone: httpx.AsyncClient, county: str) -> None:
    page = await phone.get("/t/subsidy.amount", params={"county": county})

    assert page.status_code == 200
    assert "别处的例子</h2>\n<ul><li>许昌市2017年" in page.text


async def test_an_answer_brings_its_source(phone: httpx.AsyncClient) -> None:
    slug = next(s for s, t in UNDERSTANDING.content.topics.items() if t.source and not t.needs)

    page = await phone.get(f"/t/{slug}")

    assert "依据:" in page.text


async def test_a_topic_that_is_not_there_is_a_page_with_a_sentence(
    phone: httpx.AsyncClient,
) -> None:
    page = await phone.get("/t/no-such-thing")

    assert page.status_code == 404
    assert "没有这一条" in page.text


async def test_danger_on_the_page_comes_before_everything(phone: httpx.AsyncClient) -> None:
    page = await phone.post("/ask", data={"q": "房子要塌了,裂缝越来越大"})

    assert "人先出来" in page.text
    assert "119" in page.text


async def test_the_one_page_form_files_a_report_and_shows_its_code(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    answer = await hands_in(
        phone,
        {"story": STORY, "county": LUSHAN, "token": await form_token(phone)},
        files={"files": ("x.png", A_PHOTO, "image/png")},
    )

    (ticket,) = await filed(small_office)
    assert (ticket.county, ticket.to_discipline) == (LUSHAN, True)
    assert len((await folder_of(small_office, ticket.number)).attachments) == 1
    code = find_code(answer.text)
    assert code
    assert shown(code) in answer.text
    assert not answer.cookies
    assert "no-store" in answer.headers["cache-control"]


async def test_the_form_asks_whom_it_is_about_and_shows_the_readers_before_提交(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "有人收俺钱", "county": LUSHAN, "token": await form_token(phone)}

    asked = await phone.post("/report", data=form)
    shown = await phone.post("/report", data=next_fields(asked.text, {"who": "county"}))

    assert "反映的是谁" in asked.text
    assert NOT_BY_THE_COUNTY.search(shown.text)
    assert await log_size(small_office) == 0
    receipt = await phone.post("/report", data=next_fields(shown.text, {}))
    assert find_code(receipt.text)
    [ticket] = await filed(small_office)
    assert ticket.owner == CITY


async def test_a_leaking_roof_is_not_asked_about_and_has_two_pages(
    phone: httpx.AsyncClient,
) -> None:
    form = {"story": "房顶下雨漏水", "county": LUSHAN, "token": await form_token(phone)}

    shown = await phone.post("/report", data=form)

    assert READ_BY_THE_COUNTY.search(shown.text)
    assert find_code((await phone.post("/report", data=next_fields(shown.text, {}))).text)


@pytest.mark.parametrize(
    ("answers", "owner"),
    [
        ({}, CITY),  # silence takes nobody away
        ({"denied": "1", "who": "unclear"}, CITY),
        ({"denied": "1", "who": "village", "close": "none"}, COUNTY),
        ({"denied": "1", "who": "village", "close": "county"}, CITY),
        ({"who": "above", "above": "city"}, PROVINCE),
    ],
)
async def test_the_form_takes_her_word_about_who_was_named(
    phone: httpx.AsyncClient, small_office: TestOffice, answers: dict[str, str], owner: str
) -> None:
    form = {"story": "县里王科长收俺钱", "county": LUSHAN, "token": await form_token(phone)}

    await hands_in(phone, form, **answers)

    [ticket] = await filed(small_office)
    assert ticket.owner == owner


async def test_who_denies_everybody_named_is_asked_whom_it_is_about(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "县里王科长收俺钱", "county": LUSHAN, "token": await form_token(phone)}
    asked = await phone.post("/report", data=form)

    again = await phone.post("/report", data=next_fields(asked.text, {"denied": "1", "who": ""}))
    shown = await phone.post("/report", data=next_fields(again.text, {"who": "builder"}))

    assert "反映的是谁" in again.text
    assert "王科长。对不对" not in again.text
    assert READ_BY_THE_COUNTY.search(shown.text)


async def test_only_above_the_county_is_a_button_beside_提交(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "房顶下雨漏水", "county": LUSHAN, "token": await form_token(phone)}
    shown = await phone.post("/report", data=form)
    assert "只给市里、省里看" in shown.text

    await hands_in(phone, next_fields(shown.text, {}) | {"floor": "city", "told": ""})

    [ticket] = await filed(small_office)
    assert ticket.owner == CITY


@pytest.mark.parametrize(("answer", "kept"), [("cut", False), ("keep", True)])
async def test_the_form_offers_to_take_out_what_tells_who_she_is(
    phone: httpx.AsyncClient, answer: str, kept: bool
) -> None:
    form = {"story": "我叫王小妮,房顶下雨漏水", "county": LUSHAN, "token": await form_token(phone)}

    asked = await phone.post("/report", data=form)
    shown = await phone.post("/report", data=next_fields(asked.text, {"identity": answer}))
    receipt = await phone.post("/report", data=next_fields(shown.text, {}))

    assert "会让人认出您:“我叫王小妮”" in asked.text
    box = await phone.post("/status", data={"code": find_code(receipt.text), "mine": "1"})
    assert "下雨漏水" in box.text
    assert ("王小妮" in box.text) is kept


async def test_a_place_heard_in_the_story_is_asked_and_never_used_unasked(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "鲁山县赵村镇房顶下雨漏水"}

    asked = await phone.post("/report", data=form | {"token": await form_token(phone)})
    await hands_in(phone, form | {"token": await form_token(phone)}, heard="yes")
    await hands_in(phone, form | {"token": await form_token(phone)}, heard="no")

    assert "是平顶山市鲁山县赵村镇的事吗?" in asked.text
    assert sorted(ticket.county for ticket in await filed(small_office)) == ["", LUSHAN]


async def test_files_are_held_from_page_to_page_and_too_many_are_refused_without_loss(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "", "county": LUSHAN, "token": await form_token(phone)}
    photo = ("files", ("x.png", A_PHOTO, "image/png"))

    many = await phone.post("/report", data=form | {"story": "漏雨"}, files=[photo] * 10)
    first = await phone.post("/report", data=form | {"story": "房顶下雨漏水"}, files=[photo] * 2)
    await hands_in(phone, next_fields(first.text, {}))

    assert "最多 9 个文件" in many.text
    assert "漏雨</textarea>" in many.text
    [ticket] = await filed(small_office)
    assert len((await folder_of(small_office, ticket.number)).attachments) == 2


async def test_the_form_sent_twice_is_one_report_and_one_receipt(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": STORY, "county": LUSHAN, "token": await form_token(phone)}

    first, second = await hands_in(phone, form), await hands_in(phone, form)

    assert find_code(first.text) == find_code(second.text)
    assert await log_size(small_office) == 1


def forms_of(page: str) -> dict[str, list[str]]:
    return next_fields(page, {})


async def test_a_form_altered_after_it_was_handed_in_is_not_answered_with_the_old_receipt(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "房顶下雨漏水", "county": LUSHAN, "place": "赵村镇"}
    form["token"] = await form_token(phone)
    first = find_code((await hands_in(phone, form)).text)
    assert first

    altered = await hands_in(phone, form | {"story": "房顶漏水,墙也裂了"})

    assert altered.status_code == 422
    assert first not in altered.text
    assert "这张表先前已经交上去了" in altered.text
    assert "墙也裂了</textarea>" in altered.text
    assert 'value="赵村镇"' in altered.text
    assert await log_size(small_office) == 1

    (token,) = forms_of(altered.text)["token"]
    anew = await hands_in(phone, form | {"story": "房顶漏水,墙也裂了", "token": token})
    assert find_code(anew.text) not in (None, first)
    assert await log_size(small_office) == 2


async def test_what_else_she_chose_is_part_of_the_form(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "房顶下雨漏水", "county": LUSHAN, "token": await form_token(phone)}
    await hands_in(phone, form)

    higher = await hands_in(phone, form | {"floor": "city"})

    assert "这张表先前已经交上去了" in higher.text
    assert await log_size(small_office) == 1


async def test_the_second_press_gives_the_receipt_when_the_files_went_along_and_readers_changed(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "房顶下雨漏水", "county": LUSHAN, "token": await form_token(phone)}
    photo = [("files", ("x.png", A_PHOTO, "image/png"))]
    readers = await phone.post("/report", data=form, files=photo)
    last = forms_of(readers.text)
    first = await phone.post("/report", data=last)
    for held in (small_office.folder / "uploads" / "under-way").iterdir():
        held.unlink()

    second = await phone.post("/report", data=last | {"told": "what she saw is old"})
    from_the_start = await phone.post("/report", data=form, files=photo)
    third = await phone.post("/report", data=forms_of(from_the_start.text))

    assert find_code(first.text) == find_code(second.text) == find_code(third.text) != None  # noqa: E711
    assert await log_size(small_office) == 1


async def test_photos_that_went_along_with_the_first_are_asked_for_again(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "房顶下雨漏水", "county": LUSHAN, "token": await form_token(phone)}
    photo = [("files", ("x.png", A_PHOTO, "image/png"))]
    last = forms_of((await phone.post("/report", data=form, files=photo)).text)
    await phone.post("/report", data=last)
    for held in (small_office.folder / "uploads" / "under-way").iterdir():
        held.unlink()

    altered = await phone.post("/report", data=last | {"story": ["墙也裂了"]})

    assert "请再选一次" in altered.text
    assert "blob" not in forms_of(altered.text)
    whole = await hands_in(phone, {"story": "墙也裂了", "county": LUSHAN, **forms_of(altered.text)})
    assert find_code(whole.text)


@pytest.mark.parametrize("token", ["", "t", "a short token"])
async def test_a_form_without_a_token_of_its_own_gets_one(
    phone: httpx.AsyncClient, small_office: TestOffice, token: str
) -> None:
    form = {"story": "房顶下雨漏水", "county": LUSHAN, "token": token}

    first, second = await hands_in(phone, form), await hands_in(phone, form)

    assert find_code(first.text) != find_code(second.text)
    assert await log_size(small_office) == 2


async def test_a_typed_place_counts_before_what_the_story_says(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "叶县的事," + STORY, "place": "鲁山县", "token": await form_token(phone)}

    await hands_in(phone, form)

    (ticket,) = await filed(small_office)
    assert ticket.county == LUSHAN


async def test_a_refused_form_keeps_what_was_typed(phone: httpx.AsyncClient) -> None:
    token = await form_token(phone)

    answer = await phone.post(
        "/report", data={"story": " ", "county": LUSHAN, "place": "赵村镇", "token": token}
    )

    assert answer.status_code == 422
    assert "还没有说是什么事" in answer.text
    assert 'value="赵村镇"' in answer.text
    assert f'value="{token}"' in answer.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"MZ\x90\x00" + bytes(64), "这种文件收不了"), (bytes(20 * 1024 * 1024 + 1), "文件太大了")],
)
async def test_a_file_of_the_wrong_kind_or_size_is_refused_in_a_sentence(
    phone: httpx.AsyncClient, small_office: TestOffice, content: bytes, sentence: str
) -> None:
    form = {"story": STORY, "token": await form_token(phone)}

    answer = await phone.post("/report", data=form, files={"files": ("a.jpg", content)})

    assert sentence in answer.text
    assert await log_size(small_office) == 0


async def test_one_bad_file_keeps_the_good_ones_and_is_named_by_its_number(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": STORY, "county": LUSHAN, "token": await form_token(phone)}
    sent = [
        ("files", (name, content))
        for name, content in (("a.png", A_PHOTO), ("王小妮.exe", b"MZ" * 99), ("c.png", A_PHOTO))
    ]

    answer = await phone.post("/report", data=form, files=sent)
    await hands_in(phone, next_fields(answer.text, {}))

    assert "第2个文件没有存下:这种文件收不了" in answer.text
    assert "别的2个存下了" in answer.text
    assert "王小妮" not in answer.text
    assert f"{STORY}</textarea>" in answer.text
    [ticket] = await filed(small_office)
    assert len((await folder_of(small_office, ticket.number, ticket.owner)).attachments) == 2


async def test_markup_in_a_story_stays_text(phone: httpx.AsyncClient) -> None:
    form = {"story": "<script>alert(1)</script>", "token": await form_token(phone)}
    code = find_code((await hands_in(phone, form)).text) or ""

    page = await phone.post("/status", data={"code": code, "mine": "1"})

    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text


async def test_with_the_code_one_reads_adds_and_nothing_stands_in_a_url(
    phone: httpx.AsyncClient,
) -> None:
    form = {"story": STORY, "county": LUSHAN, "token": await form_token(phone)}
    code = find_code((await hands_in(phone, form)).text) or ""

    box = await phone.post("/status", data={"code": shown(code)})
    after = await phone.post("/status/add", data={"code": code, "text": "银行流水俺也有。"})
    own = await phone.post("/status", data={"code": code, "mine": "1"})

    assert "没人动过" in box.text
    assert "补充好了" in after.text
    for first in (box, after):  # how it stands comes first; her words stand behind a button
        assert STORY not in first.text
        assert "看我写的话" in first.text
    assert STORY in own.text
    assert "银行流水俺也有。" in own.text
    assert code not in str(after.url)
    assert "no-store" in box.headers["cache-control"]


async def test_an_unknown_code_gets_the_uniform_answer(phone: httpx.AsyncClient) -> None:
    from casework.receipts import code_from

    page = await phone.post("/status", data={"code": code_from(bytes(range(16)))})

    assert page.status_code == 422
    assert "没有查到这个编号" in page.text


async def test_a_wrong_group_of_a_code_is_named(phone: httpx.AsyncClient) -> None:
    from casework.receipts import code_from

    code = code_from(bytes(range(16)))
    wrong = code[:5] + str((int(code[5]) + 1) % 10) + code[6:]

    assert "第2组好像不对" in (await phone.post("/status", data={"code": wrong})).text


async def test_a_talk_is_posted_redirected_and_shown(phone: httpx.AsyncClient) -> None:
    answer = await phone.post("/talk", data={"text": "反映"}, follow_redirects=False)

    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-talk=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
    page = await phone.get("/talk")
    assert "出了啥事" in page.text


async def test_a_report_can_be_told_in_the_talk(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    page = await says(phone, "反映", STORY, "鲁山县", "去年", "对", "要", "没有", "没有了", "提交")

    assert "登记好了" in page
    assert find_code(page)
    assert await log_size(small_office) == 1


async def test_the_buttons_of_the_talk_are_its_options(phone: httpx.AsyncClient) -> None:
    page = await says(phone, "反映", STORY, "鲁山县")

    assert '<button class="quiet" name="text" value="去年">' in page


async def test_退出_drops_the_talk_and_the_cookie(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await says(phone, "反映", STORY)
    caller = phone.cookies["__Host-talk"]

    answer = await phone.post("/exit", follow_redirects=False)

    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]
    async with small_office.reading() as reading:
        assert await reading.talks.load("web", caller) is None
    assert STORY not in (await phone.get("/talk")).text


async def test_a_photo_is_an_answer_in_the_talk(phone: httpx.AsyncClient) -> None:
    await says(phone, "反映")

    answer = await phone.post(
        "/talk", data={"text": ""}, files={"file": ("x.png", A_PHOTO)}, follow_redirects=True
    )

    assert "再说一句是啥事" in answer.text
    assert "是哪个县" in await says(phone, "房顶漏雨")


@pytest.mark.parametrize(
    "threat",
    [
        "支书知道是我举报的了,说要找人打俺",
        "有人把我的名字给他了,他上门威胁",
        f"俺的编号{shown(code_from(b'nobody has this one at all......'))},支书知道是我举报的了,说要打俺",
    ],
)
async def test_a_threat_typed_into_the_home_page_is_filed_once_and_says_so(
    phone: httpx.AsyncClient, small_office: TestOffice, threat: str
) -> None:
    home = await phone.get("/")
    [token] = re.findall(r'name="token" value="([^"]+)"', home.text)

    answers = [await phone.post("/ask", data={"q": threat, "token": token}) for _ in range(2)]

    assert "110" in answers[0].text
    code = find_code(answers[0].text)
    assert code == find_code(answers[1].text)
    assert code != find_code(threat)
    assert await log_size(small_office) == 1
    [ticket] = await filed(small_office)
    assert (ticket.category, ticket.owner, ticket.to_discipline) == (
        "leak.reporter",
        PROVINCE,
        True,
    )
    await phone.post("/status/add", data={"code": code, "text": "鲁山县赵村镇"})
    box = await phone.post("/status", data={"code": code, "mine": "1"})
    assert without_codes(threat) in box.text
    assert "鲁山县赵村镇" in box.text


async def test_the_home_page_promises_no_filing_it_does_not_do(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    """In danger one press files what she wrote; nothing is filed before it, and nothing says so."""
    asked = await phone.post("/ask", data={"q": "房子要塌了,裂缝越来越大,俺娘在里头"})
    assert await log_size(small_office) == 0
    assert "登记好了" not in asked.text

    receipt = await phone.post("/report", data=next_fields(asked.text, {}))

    assert find_code(receipt.text)
    [ticket] = await filed(small_office)
    assert ticket.kind is Kind.URGENT
    box = await phone.post("/status", data={"code": find_code(receipt.text), "mine": "1"})
    assert "俺娘在里头" in box.text


@pytest.mark.parametrize("words", ["村里收了俺三千块钱手续费", "啊吧啊吧", "危房补助叫会计领走了"])
async def test_every_way_from_the_home_page_to_a_report_takes_her_words_along(
    phone: httpx.AsyncClient, words: str
) -> None:
    answer = await phone.post("/ask", data={"q": words})

    form = await phone.post("/report", data=next_fields(answer.text, {}))

    assert f">{words}</textarea>" in form.text


async def test_a_threat_in_the_form_is_filed_before_anything_is_asked(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    form = {"story": "支书知道是我举报的了,说要找人打俺", "token": await form_token(phone)}

    receipt = await phone.post("/report", data=form)

    assert find_code(receipt.text)
    assert "能看到您写的是" in receipt.text
    [ticket] = await filed(small_office)
    assert ticket.owner == PROVINCE


async def test_after_each_turn_the_page_stands_at_the_newest_answer(
    phone: httpx.AsyncClient,
) -> None:
    for words in ("反映", STORY, "鲁山县"):
        answer = await phone.post("/talk", data={"text": words}, follow_redirects=False)
        page = await phone.get("/talk")

        assert answer.headers["location"] == "/talk#newest"
        before, _, after = page.text.partition('id="newest"')
        assert before.rstrip().endswith("<li")
        assert before.rindex(f">{words}</li>") > before.rfind('<li class="mine">') - 1
        assert 'class="mine"' not in after


async def test_the_stylesheet_is_our_own_and_small(phone: httpx.AsyncClient) -> None:
    sheet = await phone.get("/villager.css")

    assert sheet.headers["content-type"].startswith("text/css")
    assert len(sheet.content) < 8_000
    assert "url(" not in sheet.text
    assert "#1b5e20" in sheet.text


@pytest.mark.parametrize(
    ("path", "field"),
    [("/ask", "q"), ("/report", "story"), ("/report", "place"), ("/talk", "text")],
)
async def test_words_beyond_the_longest_are_refused_in_a_sentence(
    phone: httpx.AsyncClient, path: str, field: str
) -> None:
    answer = await phone.post(path, data={"story": "漏雨", field: "每户" * 3000})

    assert answer.status_code == 422
    assert "最多 5000 个字" in answer.text


@pytest.mark.parametrize(
    ("asked", "first"), [("叽里咕噜", "0375-0000423"), ("活着没意思,不想活了", "12356")]
)
async def test_the_first_number_to_call_is_the_one_for_what_she_said(
    phone: httpx.AsyncClient, asked: str, first: str
) -> None:
    page = (await phone.post("/ask", data={"q": asked, "county": "410423"})).text

    assert re.findall(r'href="tel:([\d-]+)"', page)[0] == first


# Check, change, send


async def the_check_page(phone: httpx.AsyncClient, **form: str) -> dict[str, list[str]]:
    """The fields of the page on which everything is read back, for a story about the village."""
    form = {"story": STORY, "county": LUSHAN, "token": await form_token(phone), **form}
    photo = [("files", ("x.png", A_PHOTO, "image/png"))]
    page = await phone.post("/report", data=form, files=photo)
    answers = {"close": "none", "who": "", "office": "no"}
    page = await phone.post("/report", data=next_fields(page.text, answers))
    assert 'name="change"' in page.text
    return next_fields(page.text, {})


async def test_every_line_of_the_check_page_that_is_hers_can_be_changed(
    phone: httpx.AsyncClient,
) -> None:
    fields = await the_check_page(phone)
    page = await phone.post("/report", data={**fields, "told": []})

    changes = set(re.findall(r'name="change" value="(\w+)"', page.text))

    assert changes == {"story", "place", "whom", "files", "office"}
    assert STORY in page.text


async def test_another_place_changes_nothing_else(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    fields = await the_check_page(phone)

    first = await phone.post("/report", data={**fields, "change": "place"})
    back = next_fields(first.text, {})
    page = await phone.post("/report", data={**back, "story": STORY, "county": "410422"})

    assert "autofocus" in first.text
    assert f"{STORY}</textarea>" in first.text
    assert "叶县" in page.text
    assert "也交给纪委:不要" in page.text, "what she answered before is not asked again"
    await phone.post("/report", data=next_fields(page.text, {}))
    [ticket] = await filed(small_office)
    assert ticket.county == "410422"
    assert len((await folder_of(small_office, ticket.number, ticket.owner)).attachments) == 1


async def test_another_story_is_asked_about_anew(phone: httpx.AsyncClient) -> None:
    fields = await the_check_page(phone)

    first = await phone.post("/report", data={**fields, "change": "story"})
    back = next_fields(first.text, {})
    page = await phone.post(
        "/report", data={**back, "story": "村会计扣了俺两千块补助", "county": LUSHAN}
    )

    assert "反映的是:村会计" in page.text
    assert 'name="close"' in page.text


async def test_whom_and_the_discipline_office_are_asked_again(phone: httpx.AsyncClient) -> None:
    fields = await the_check_page(phone)

    for line in ("whom", "office"):
        page = await phone.post("/report", data={**fields, "change": line})
        assert 'name="office"' in page.text
        assert 'name="who"' in page.text


async def test_photos_can_be_taken_out_again(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    fields = await the_check_page(phone)

    first = await phone.post("/report", data={**fields, "change": "files"})
    back = next_fields(first.text, {"drop_files": "1"})
    page = await phone.post("/report", data={**back, "story": STORY, "county": LUSHAN})
    await phone.post("/report", data=next_fields(page.text, {}))

    [ticket] = await filed(small_office)
    assert (await folder_of(small_office, ticket.number, ticket.owner)).attachments == ()
