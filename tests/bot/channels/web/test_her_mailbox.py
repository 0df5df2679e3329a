"""Her case on the page: how it stands, and what she may do by a button, once."""

from __future__ import annotations

import re

import httpx
import pytest

from casework.appeals import reminders
from casework.receipts import shown
from casework.reports import Receipt
from casework.tickets import Action
from tests.bot.test_after_the_answer import NO_WORDS, taken_as_far_as
from tests.offices import LEAKING_ROOF, TestOffice

BUTTON = '<button class="quiet">催一催</button>'


async def test_no_words_are_refused_in_the_one_sentence(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    page = await phone.post("/status/add", data={"code": receipt.code, "text": "  "})

    assert page.status_code == 422
    assert NO_WORDS in page.text


async def test_the_page_says_from_when_she_may_remind_and_then_has_the_button(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    fresh = (await phone.post("/status", data={"code": receipt.code})).text
    small_office.wait(days=4)
    later = (await phone.post("/status", data={"code": receipt.code})).text
    reminded = (await phone.post("/status/add", data={"code": receipt.code, "act": "remind"})).text

    assert "从11月6日起可以在这里催一催" in fresh
    assert BUTTON not in fresh
    assert BUTTON in later
    assert "办事的单位看得到您在催" in reminded
    assert BUTTON not in reminded
    assert "从11月12日起" in reminded
    async with small_office.reading() as reading:
        assert len(reminders(await reading.tickets.entries(receipt.number))) == 1


async def test_pressed_again_too_early_it_says_the_day(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    page = await phone.post("/status/add", data={"code": receipt.code, "act": "remind"})

    assert page.status_code == 422
    assert "还没到能催的日子,从11月6日起可以催。" in page.text


async def the_page(phone: httpx.AsyncClient, receipt: Receipt) -> str:
    return (await phone.post("/status", data={"code": receipt.code})).text


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_the_page_says_who_has_it_what_happened_and_what_comes_next(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await taken_as_far_as(small_office, Action.REPLY)

    page = await the_page(phone, receipt)

    assert "现在在鲁山县住建局(演示)手里。" in page
    assert 'href="tel:0375-0000423"' in page
    assert "(演示数据)" in page
    assert "下一步:照答复的办好,11月16日前。" in page
    told = ["收到了,登记好了,交到鲁山县住建局(演示)", "接下了,叫受理", "办事的单位签收了", "给您答复了", "屋顶修好了"]  # fmt: skip
    order = [page.index(each) for each in told]
    assert order == sorted(order)
    assert "承办人丙" not in page
    assert LEAKING_ROOF.text not in page


async def test_her_own_words_stand_behind_the_code_once_more(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    page = (await phone.post("/status", data={"code": receipt.code, "mine": "1"})).text

    assert LEAKING_ROOF.text in page


@pytest.mark.parametrize(
    ("said", "told", "then"),
    [
        ("solved", "谢谢,记下了", "回访记的是:解决了"),
        ("unsolved", "让他们重新办", "回访记的是:没解决,重新办"),
        ("nobody_came", "让他们重新办", "回访记的是:还没人来过,重新办"),
    ],
)
async def test_followup_is_three_buttons(
    phone: httpx.AsyncClient, small_office: TestOffice, said: str, told: str, then: str
) -> None:
    receipt = await taken_as_far_as(small_office, Action.RESOLVE)

    before = await the_page(phone, receipt)
    after = (await phone.post("/status/add", data={"code": receipt.code, "act": said})).text

    assert f'name="act" value="{said}"' in before
    assert told in after
    assert then in after


async def test_who_does_not_agree_reads_what_it_means_and_says_why(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await taken_as_far_as(small_office, Action.REPLY)
    asked = {"code": receipt.code, "way": "appeal"}
    sent = {"code": receipt.code, "act": "appeal"}

    means = (await phone.post("/status/sure", data=asked)).text
    empty = await phone.post("/status/add", data={**sent, "text": " "})
    done = (await phone.post("/status/add", data={**sent, "text": "根本没来修"})).text
    again = await phone.post("/status/sure", data=asked)

    assert "请上一级把这件事和答复从头再看一遍" in means
    assert "12月2日以前能申请" in means
    assert empty.status_code == 422
    assert NO_WORDS in empty.text
    assert "12月2日以前能申请" in empty.text
    assert "申请交上去了" in done
    assert "您申请复查" in done
    assert 'name="act" value="appeal"' not in again.text


async def test_taking_it_back_is_asked_on_a_page_of_its_own(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await taken_as_far_as(small_office, Action.SIGN)

    page = await the_page(phone, receipt)
    sure = (await phone.post("/status/sure", data={"code": receipt.code, "way": "withdraw"})).text
    still = await the_page(phone, receipt)
    gone = (await phone.post("/status/add", data={"code": receipt.code, "act": "withdraw"})).text

    assert 'name="act" value="withdraw"' not in page
    assert "还会接着看" in sure
    assert "不撤了" in sure
    assert "您要撤回" not in still
    assert "已记下您要撤回" in gone
    assert "手里" not in gone


@pytest.mark.parametrize("act", ["remind", "unsolved", "appeal", "withdraw"])
async def test_a_page_sent_again_does_nothing_a_second_time(
    phone: httpx.AsyncClient, small_office: TestOffice, act: str
) -> None:
    receipt = await taken_as_far_as(small_office, Action.RESOLVE)
    small_office.wait(days=7)
    token = token_of(await the_page(phone, receipt))
    sent = {"code": receipt.code, "act": act, "token": token, "text": "没修"}
    async with small_office.reading() as reading:
        before = len(await reading.tickets.entries(receipt.number))

    first = await phone.post("/status/add", data=sent)
    async with small_office.reading() as reading:
        done = await reading.tickets.entries(receipt.number)
    second = await phone.post("/status/add", data=sent)

    assert (first.status_code, second.status_code) == (200, 200)
    assert len(done) > before
    assert "没有再办一遍" in second.text
    async with small_office.reading() as reading:
        assert await reading.tickets.entries(receipt.number) == done


async def test_a_wrong_digit_keeps_the_others_and_names_its_group(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    wrong = str((int(receipt.code[7]) + 1) % 10)
    typed = receipt.code[:7] + wrong + receipt.code[8:]

    page = await phone.post("/status", data={"code": typed})
    short = await phone.post("/status", data={"code": "123 45"})

    assert page.status_code == 422
    assert "第2组好像不对" in page.text
    assert f'value="{shown(typed)}"' in page.text
    assert 'value="123 45"' in short.text


async def test_what_she_typed_is_shown_as_words_and_nothing_else(phone: httpx.AsyncClient) -> None:
    page = await phone.post("/status", data={"code": '"><script>alert(1)</script>'})

    assert "<script>" not in page.text


async def test_a_lost_code_is_answered_truthfully(phone: httpx.AsyncClient) -> None:
    page = (await phone.get("/status")).text

    assert "谁也替您查不出来,我们也不行" in page
    assert "头一回反映的照样在办" in page
    assert 'href="/report"' in page
