"""The mailbox on the page: what she may add, and reminding the office by a button."""

from __future__ import annotations

import httpx

from casework.appeals import reminders
from tests.bot.test_after_the_answer import NO_WORDS
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
    reminded = (await phone.post("/status/add", data={"code": receipt.code, "remind": "1"})).text

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

    page = await phone.post("/status/add", data={"code": receipt.code, "remind": "1"})

    assert page.status_code == 422
    assert "还没到能催的日子,从11月6日起可以催。" in page.text
