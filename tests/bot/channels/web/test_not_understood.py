"""The page of what was not understood: four ways and the phones, and her words in each."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from tests.bot.conftest import log_size
from tests.bot.test_not_understood import STRANGE, nearly_asked, said_of
from tests.offices import CONTENT, TestOffice

TEXTS = CONTENT.texts


async def test_her_words_stand_in_every_way(phone: httpx.AsyncClient) -> None:
    page = unescape((await phone.post("/ask", data={"q": STRANGE})).text)

    for way in ("ask", "report", "urgent", "retaliation"):
        assert f">{TEXTS(f'ask.way.{way}')}</button>" in page
    forms = re.findall(r"<form.*?</form>", page, re.S)
    ways = [form for form in forms if any(TEXTS(f"ask.way.{w}") in form for w in ("ask", "report"))]
    assert all(f'value="{STRANGE}"' in form for form in ways)
    assert TEXTS("ask.way.human") in page
    assert 'href="tel:12345"' in page


@pytest.mark.parametrize(
    ("meant", "leads_to"),
    [
        ("ask", "page.answer.which"), ("urgent", "danger.first_and_village"),
        ("human", "page.answer.human"), ("report", "page.answer.report"),
    ],
)  # fmt: skip
async def test_each_way_leads_where_it_says(
    phone: httpx.AsyncClient, meant: str, leads_to: str
) -> None:
    asked = nearly_asked()

    page = unescape((await phone.post("/ask", data={"q": asked, "meant": meant})).text)

    assert TEXTS(leads_to) in page
    assert asked in page


async def test_a_threat_is_filed_when_she_says_it_is_one(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    text = said_of("threat", "retaliation")
    page = unescape((await phone.post("/ask", data={"q": text})).text)
    assert TEXTS("ask.sounds.retaliation") in page
    assert TEXTS("keep.may") not in page  # what is told of others is not kept
    assert await log_size(small_office) == 0

    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    sent = {"q": text, "meant": "retaliation", "token": token[1]}
    for _ in range(2):  # pressed twice
        await phone.post("/ask", data=sent)

    assert await log_size(small_office) == 1


@pytest.mark.parametrize("meant", ["", "despair", "x" * 5000, "<b>", "answer"])
async def test_a_way_that_is_none_changes_nothing(phone: httpx.AsyncClient, meant: str) -> None:
    page = await phone.post("/ask", data={"q": STRANGE, "meant": meant})

    assert page.status_code == 200
    assert TEXTS("page.answer.unsure") in unescape(page.text)


async def test_two_answers_stand_under_their_questions(phone: httpx.AsyncClient) -> None:
    page = unescape((await phone.post("/ask", data={"q": "怎么申请?能补多少钱?"})).text)

    for slug in ("apply.how", "subsidy.amount"):
        assert f"<h2>{CONTENT.topics[slug].question}</h2>" in page


async def test_a_few_words_on_the_page_go_on_from_the_answer_that_stood_there(
    phone: httpx.AsyncClient,
) -> None:
    first = unescape((await phone.post("/ask", data={"q": "三口人D级能补多少钱"})).text)
    carried = re.search(r'name="after" value="([^"]+)"', first)
    assert carried
    assert carried[1] == "subsidy.amount 3 D"

    page = unescape((await phone.post("/ask", data={"q": "鲁山县的呢", "after": carried[1]})).text)

    assert CONTENT.topics["subsidy.amount"].answer in page
    assert "鲁山县" in page
