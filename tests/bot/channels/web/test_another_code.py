"""Another code on the page: said first what it means, shown like a receipt, and never twice."""

from __future__ import annotations

import re

import httpx
import pytest

from casework.receipts import find_code, shown
from tests.offices import CONTENT, LEAKING_ROOF, TestOffice

TEXTS = CONTENT.texts


async def test_her_case_is_opened_by_the_new_code_and_no_more_by_the_old_one(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    case = (await phone.post("/status", data={"code": receipt.code})).text
    sure = (await phone.post("/status/sure", data={"code": receipt.code, "way": "recode"})).text
    (token,) = set(re.findall(r'name="token" value="([^"]*)"', sure))

    went = await phone.post(
        "/status/add", data={"code": receipt.code, "act": "recode", "token": token}
    )
    page = went.text
    code = find_code(re.sub(r"<[^>]*>", " ", page[page.index('class="code"') :]))
    again = (await phone.get("/receipt")).text
    old = await phone.post("/status", data={"code": receipt.code})
    new = await phone.post("/status", data={"code": code})

    assert TEXTS("status.recode") in case
    assert "旧编号马上不能用" in sure
    assert went.url.path == "/receipt"
    assert TEXTS("page.receipt.changed") in page
    assert code != receipt.code
    assert shown(code) in again  # for half an hour, to this phone
    assert (old.status_code, new.status_code) == (422, 200)
    assert "没人动过" in new.text
    assert all(receipt.code not in str(each.url) for each in went.history)


async def test_pressed_twice_the_old_code_changes_nothing_more(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    asked = {"code": receipt.code, "act": "recode", "token": "t"}

    first = await phone.post("/status/add", data=asked)
    second = await phone.post("/status/add", data=asked)

    assert (first.url.path, second.status_code) == ("/receipt", 422)
    assert (await phone.get("/receipt")).status_code == 200  # the first one's is still shown


@pytest.mark.parametrize("code", ["", "12", "1" * 20, "12345678901234567890"])
async def test_what_is_no_code_of_hers_gets_none(phone: httpx.AsyncClient, code: str) -> None:
    sure = await phone.post("/status/sure", data={"code": code, "way": "recode"})
    went = await phone.post("/status/add", data={"code": code, "act": "recode"})

    assert (sure.status_code, went.status_code) == (422, 422)
    assert "set-cookie" not in went.headers


async def test_it_is_open_to_her_whatever_became_of_it(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    await phone.post("/status/add", data={"code": receipt.code, "act": "withdraw"})

    went = await phone.post("/status/add", data={"code": receipt.code, "act": "recode"})

    assert went.url.path == "/receipt"
