"""The receipt stands on a page of its own: for half an hour, for the phone that filed, for nobody else."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from casework.receipts import find_code
from storage.schema import shown_receipts
from tests.bot.channels.web.test_pages import form_token
from tests.forms import hands_in
from tests.offices import LUSHAN, TestOffice

LEAK = {"story": "房顶下雨漏水", "county": LUSHAN}
COOKIE = "__Secure-receipt"


async def filed_by(phone: httpx.AsyncClient) -> httpx.Response:
    return await hands_in(phone, {**LEAK, "token": await form_token(phone)})


async def test_it_is_opened_by_a_cookie_of_its_own_for_half_an_hour_alone(
    phone: httpx.AsyncClient,
) -> None:
    shown = await filed_by(phone)

    [redirected] = [each for each in shown.history if each.status_code == 303][-1:]
    cookie = redirected.headers["set-cookie"]
    assert redirected.headers["location"] == "/receipt"
    assert shown.url.path == "/receipt"
    assert cookie.startswith(f"{COOKIE}=")
    for rule in ("Secure", "HttpOnly", "SameSite=strict", "Path=/receipt", "Max-Age=1800"):
        assert rule in cookie
    assert len(phone.cookies[COOKIE]) == 64
    assert "no-store" in shown.headers["cache-control"]
    assert find_code(shown.text)


async def test_it_can_be_looked_at_again_and_after_half_an_hour_no_more(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    code = find_code((await filed_by(phone)).text)

    small_office.wait(minutes=29)
    again = await phone.get("/receipt")
    small_office.wait(minutes=1, seconds=1)
    late = await phone.get("/receipt")

    assert find_code(again.text) == code
    assert late.status_code == 404
    assert find_code(late.text) is None
    assert "半小时内" in late.text


@pytest.mark.parametrize("cookie", ["", "0" * 64, "no hex", "a" * 5000, "0" * 63])
async def test_another_phone_sees_nothing(phone: httpx.AsyncClient, cookie: str) -> None:
    await filed_by(phone)
    phone.cookies.clear()

    answer = await phone.get("/receipt", headers={"cookie": f"{COOKIE}={cookie}"} if cookie else {})

    assert answer.status_code == 404
    assert find_code(answer.text) is None


async def test_退出_shuts_it_for_this_phone(phone: httpx.AsyncClient) -> None:
    await filed_by(phone)

    left = await phone.post("/exit", follow_redirects=False)

    gone = [each for each in left.headers.get_list("set-cookie") if each.startswith(COOKIE)]
    assert "Max-Age=0" in gone[0]
    assert "Path=/receipt" in gone[0]
    assert (await phone.get("/receipt")).status_code == 404


async def test_the_row_alone_tells_no_code_and_is_swept(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    code = find_code((await filed_by(phone)).text) or ""

    async with small_office.reading() as reading:
        [row] = (await reading.connection.execute(select(shown_receipts))).all()
    small_office.wait(minutes=31)
    await small_office.store.forget(small_office.clock.now())
    async with small_office.reading() as reading:
        left = (await reading.connection.execute(select(shown_receipts))).all()

    assert code.encode() not in row.sealed
    assert bytes.fromhex(phone.cookies[COOKIE]) not in (row.id, row.sealed)
    assert left == []
