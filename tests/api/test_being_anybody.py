"""In the demo one may be anybody with one press; in a real house nobody may."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from tests.api.conftest import colleague
from tests.offices import CITY, COUNTY, TestOffice


async def test_in_the_demo_one_press_is_another_person(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.hire("派单员丁", COUNTY)
    person = await colleague_named(small_office, "派单员丁")

    page = (await client.get("/desk/as")).text
    went = await client.post("/desk/as", data={"person": person, "to": "/desk?tab=new"})
    client.cookies.set("desk", went.cookies["desk"])
    shown = (await client.get("/desk/people")).text

    assert "派单员丁" in page
    assert "两分钟看一遍" in page
    assert (went.status_code, went.headers["location"]) == (303, "/desk?tab=new")
    assert "派单员丁 ·" in shown


async def colleague_named(office: TestOffice, name: str) -> str:
    async with office.reading() as reading:
        return next(each.id for each in await reading.people.all() if each.name == name)


@pytest.mark.parametrize("to", ["//evil.test/x", "https://evil.test", "javascript:1"])
async def test_it_leads_to_a_page_of_the_desk_and_nowhere_else(
    client: httpx.AsyncClient, small_office: TestOffice, to: str
) -> None:
    person = await colleague(small_office, CITY)

    went = await client.post("/desk/as", data={"person": person.id, "to": to})

    assert went.headers["location"] == "/desk"


@pytest.mark.parametrize("person", ["p-none", "", "' or 1=1"])
async def test_nobody_is_nobody(
    client: httpx.AsyncClient, small_office: TestOffice, person: str
) -> None:
    went = await client.post("/desk/as", data={"person": person})

    assert went.status_code in (404, 422)
    assert "set-cookie" not in went.headers


async def test_a_real_house_has_no_such_page(
    client: httpx.AsyncClient, app: FastAPI, small_office: TestOffice
) -> None:
    person = await colleague(small_office, CITY)
    front = app.state.front
    app.state.front = replace(front, demo=False)
    try:
        page = await client.get("/desk/as")
        went = await client.post("/desk/as", data={"person": person.id})
    finally:
        app.state.front = front

    assert (page.status_code, went.status_code) == (404, 404)
    assert "set-cookie" not in went.headers
