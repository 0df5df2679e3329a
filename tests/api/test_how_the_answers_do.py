"""答得好不好: topics by 没用, for the province alone."""

from __future__ import annotations

import httpx
import pytest

from casework.judgements import Judgement, Said
from casework.offices import Role
from tests.api.conftest import signs_in
from tests.offices import CITY, CONTENT, COUNTY, LUSHAN, PROVINCE, TestOffice

AMOUNT = "subsidy.amount"


async def count(office: TestOffice, *judgements: Judgement) -> None:
    async with office.files() as files:
        await files.judgements.count(*judgements)


async def test_the_worst_comes_first_by_its_question(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await count(small_office, Judgement(said=Said.USEFUL, topic="apply.how"))
    await count(small_office, Judgement(said=Said.USELESS, topic=AMOUNT, county=LUSHAN))
    await count(small_office, Judgement(said=Said.USELESS, topic="gone.<b>"))
    await count(small_office, *[Judgement(said=Said.USELESS, topic=AMOUNT)] * 2)
    await count(small_office, Judgement(said=Said.UNANSWERED))
    await signs_in(client, small_office, PROVINCE)

    page = (await client.get("/desk/answers")).text

    first, second = (CONTENT.topics[slug].question for slug in (AMOUNT, "apply.how"))
    assert page.index(first) < page.index("gone.&lt;b&gt;") < page.index(second)
    assert '<td data-label="没用">3</td>' in page
    assert "没答上的问话:1 次" in page


async def test_a_month_later_nothing_is_shown_and_it_says_so(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await count(small_office, Judgement(said=Said.USELESS, topic=AMOUNT))
    small_office.wait(days=31)
    await signs_in(client, small_office, PROVINCE)

    page = (await client.get("/desk/answers")).text

    assert "还没有人点过" in page


async def test_whoever_is_of_the_province_has_it_in_the_menu(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    writer = await small_office.hire("政策员丁", PROVINCE, Role.ORGANISER)
    client.cookies.set("desk", await small_office.signs_in(writer))

    assert 'href="/desk/answers"' in (await client.get("/desk/help")).text
    assert (await client.get("/desk/answers")).status_code == 200


@pytest.mark.parametrize("unit", [COUNTY, CITY])
async def test_nobody_else_is_shown_it_or_led_there(
    client: httpx.AsyncClient, small_office: TestOffice, unit: str
) -> None:
    await signs_in(client, small_office, unit)

    assert (await client.get("/desk/answers")).status_code == 409
    assert "/desk/answers" not in (await client.get("/desk/help")).text


async def test_who_is_not_signed_in_is_sent_to_the_door(client: httpx.AsyncClient) -> None:
    page = await client.get("/desk/answers")

    assert page.status_code in (303, 401)
