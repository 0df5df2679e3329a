"""Despair on the pages: whom to call stands above everything, and no policy beside it."""

from __future__ import annotations

import httpx

from tests.forms import hands_in
from tests.offices import CONTENT

FIRST = CONTENT.texts("despair.first")


async def test_the_first_page_answers_it_with_people_to_call(phone: httpx.AsyncClient) -> None:
    page = (await phone.post("/ask", data={"q": "房子没人管,俺真不想活了"})).text

    assert FIRST in page
    assert 'href="tel:12356"' in page
    assert CONTENT.texts("despair.report") in page
    assert "依据:" not in page


async def test_a_falling_house_does_not_hide_it(phone: httpx.AsyncClient) -> None:
    page = (await phone.post("/ask", data={"q": "房子快塌了,俺也不想活了"})).text

    assert FIRST in page
    assert CONTENT.texts("danger.first_and_village") in page


async def test_every_page_of_a_report_says_it(phone: httpx.AsyncClient) -> None:
    page = await hands_in(phone, {"story": "鲁山县赵村镇支书扣了俺五千块,俺不想活了"})

    assert FIRST in page.text
