"""What she said of her household goes along to her county's page, and into no link that is sent on."""

from __future__ import annotations

import re

import httpx
import pytest


def links(page: str) -> list[str]:
    return [href.replace("&amp;", "&") for href in re.findall(r'href="(/t/[^"]+)"', page)]


async def test_it_goes_along_from_the_question_to_her_city_to_her_county(
    phone: httpx.AsyncClient,
) -> None:
    asked = (await phone.post("/ask", data={"q": "俺家四口人能盖多大"})).text
    [city] = [href for href in links(asked) if "city=4104" in href]
    counties = (await phone.get(city.partition("#")[0])).text
    [county] = [href for href in links(counties) if "county=410423" in href]

    answer = (await phone.get(county)).text

    assert "最多盖72平方米" in answer
    assert "/t/area.limits?county=410423" in links(answer)  # to be sent on: nothing of hers


@pytest.mark.parametrize(
    "tampered", ["persons=99", "persons=-1", "persons=%D9%A3", "persons=x", "grade=<b>", "grade=E"]
)
async def test_what_was_tampered_with_says_nothing(phone: httpx.AsyncClient, tampered: str) -> None:
    page = await phone.get(f"/t/area.limits?county=410423&{tampered}")

    assert page.status_code == 200
    assert "1口人40平方米" in page.text
