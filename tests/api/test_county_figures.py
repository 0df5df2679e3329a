"""The county's figures at the desk: entered by its people, approved by others, in force at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from api.app import JSON_ROUTERS, OTHER_ROUTERS, create_app
from api.figures import Figures
from api.pages.counties import counties_pages
from api.routers.counties import counties_api
from bot.channels.web.router import router as villager_router
from bot.reception import Reception
from library.changes import Place
from library.live import Live
from tests.api.conftest import colleague, signs_in, well
from tests.offices import CITY, CONTENT_FOLDER, COUNTY, TestOffice

LUSHAN, YEXIAN = "410423", "410422"
PAGE = f"/desk/counties/{LUSHAN}"


@pytest.fixture
def live(tmp_path: Path) -> Live:
    return Live(Place(folder=CONTENT_FOLDER, data_dir=tmp_path))


@pytest.fixture
def app(small_office: TestOffice, live: Live) -> FastAPI:
    """A house whose content is the one that is changed, and its villager's page."""
    from dataclasses import replace

    from fastapi.routing import APIRoute

    office = replace(small_office.office, in_force=live.standing)
    pages = villager_router(
        Reception(office, live.understanding), office, live.understanding,
        secure_cookie=False, route_class=APIRoute,
    )  # fmt: skip
    return create_app(
        office=office, knowing=live.understanding, extra=(pages, counties_pages(Figures(live))),
        api=(*JSON_ROUTERS, counties_api(Figures(live)), *OTHER_ROUTERS),
        health=well, secure=False, demo=True,
    )  # fmt: skip


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield client


def boxes(page: str) -> dict[str, str]:
    """What stands in the form, as a browser would send it."""
    form = page[page.index('class="boxes"') :]
    return dict(re.findall(r'name="([\w.]+)" value="([^"]*)"', form))


async def opens(client: httpx.AsyncClient, **typed: str) -> dict[str, str]:
    page = (await client.get(PAGE)).text
    return {**boxes(page), "source": "县里的新文件", "since": "2019-05-01", **typed}


async def test_what_is_saved_is_said_to_villagers_at_once_and_marked_until_another_approves(
    client: httpx.AsyncClient, small_office: TestOffice, app: FastAPI
) -> None:
    await signs_in(client, small_office, COUNTY)

    saved = await client.post(PAGE, data=await opens(client, subsidy_c="9100"))

    assert saved.status_code == 303
    asked = await client.post("/ask", data={"q": "鲁山县C级修房补多少"})
    assert "最多补9100元" in asked.text
    assert "县里填的,还没复核" in asked.text
    assert "县里的新文件 2019-05-01" in asked.text
    mine = (await client.get(PAGE)).text
    assert "还没复核" in mine
    assert "对着文件看过了" not in mine  # not by who entered it

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://desk"
    ) as other:
        await signs_in(other, small_office, CITY)
        page = (await other.get(PAGE)).text
        assert "1 格等人复核" in page
        done = await other.post(f"{PAGE}/approve", data={"was.subsidy_c": "9100"})
        assert done.status_code == 303
    asked = await client.post("/ask", data={"q": "鲁山县C级修房补多少"})
    assert "最多补9100元" in asked.text
    assert "还没复核" not in asked.text


async def test_nobody_approves_what_he_entered_though_he_sends_it(
    client: httpx.AsyncClient, small_office: TestOffice, live: Live
) -> None:
    await signs_in(client, small_office, COUNTY)
    await client.post(PAGE, data=await opens(client, subsidy_c="9100"))

    refused = await client.post(f"{PAGE}/approve", data={"was.subsidy_c": "9100"})

    assert refused.status_code == 422
    assert "要别人复核" in refused.text
    assert live.standing().content.county(LUSHAN).unchecked == ("subsidy_c",)


async def test_what_is_wrong_is_told_beside_its_box_and_stays_typed(
    client: httpx.AsyncClient, small_office: TestOffice, live: Live
) -> None:
    await signs_in(client, small_office, COUNTY)

    page = await client.post(
        PAGE, data=await opens(client, subsidy_c="八千五", area_each="<b>", hours="周一到周五")
    )

    assert page.status_code == 422
    assert "存好了 1 格" in page.text
    assert 'id="subsidy_c-fault"' in page.text
    typed = boxes(page.text)
    assert (typed["subsidy_c"], typed["area_each"]) == ("八千五", "&lt;b&gt;")
    assert typed["source"] == "县里的新文件"
    assert live.standing().content.county(LUSHAN).facts["hours"].value == "周一到周五"


async def test_two_who_save_at_once_lose_nothing_and_the_second_sees_both(
    client: httpx.AsyncClient, small_office: TestOffice, live: Live
) -> None:
    await signs_in(client, small_office, COUNTY)
    one, two = await opens(client, subsidy_c="9100"), await opens(client, subsidy_c="9200")

    answers = await asyncio.gather(client.post(PAGE, data=one), client.post(PAGE, data=two))

    assert sorted(answer.status_code for answer in answers) == [303, 422]
    late = next(answer for answer in answers if answer.status_code == 422)
    assert "9100" in late.text
    assert "9200" in late.text
    assert live.standing().content.county(LUSHAN).facts["subsidy_c"].value in (9100, 9200)


@pytest.mark.parametrize(
    ("unit", "code", "status"),
    [(COUNTY, LUSHAN, 200), (COUNTY, YEXIAN, 409), (CITY, LUSHAN, 200), (CITY, "411025", 409),
     (COUNTY, "999999", 422), (COUNTY, "4104", 422), (COUNTY, "x", 422)],
)  # fmt: skip
async def test_a_countys_figures_are_for_its_own_people_and_those_above(
    client: httpx.AsyncClient,
    small_office: TestOffice,
    live: Live,
    unit: str,
    code: str,
    status: int,
) -> None:
    await signs_in(client, small_office, unit)
    before = live.standing().content

    shown = await client.get(f"/desk/counties/{code}")
    saved = await client.post(f"/desk/counties/{code}", data={"source": "a", "since": "2019-01-01"})
    await client.post(f"/desk/counties/{code}/approve", data={"was.subsidy_c": "8000"})

    assert shown.status_code == status
    assert (saved.status_code == 303) == (status == 200)
    assert live.standing().content.county(code) == before.county(code)


async def test_without_a_sign_in_nobody_sees_or_changes_them(client: httpx.AsyncClient) -> None:
    for answer in (
        await client.get(PAGE),
        await client.get("/desk/counties"),
        await client.post(PAGE, data={"subsidy_c": "1"}),
        await client.post(f"{PAGE}/approve", data={"was.subsidy_c": "8000"}),
    ):
        assert answer.status_code in (303, 401)


async def test_the_city_sees_which_counties_lack_what(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, CITY)

    page = (await client.get("/desk/counties")).text

    assert "宝丰县" in page
    assert "还没填" in page
    assert "鲁山县" in page
    assert "齐了" in page


async def test_a_real_house_does_not_go_on_from_invented_figures(
    client: httpx.AsyncClient, app: FastAPI, small_office: TestOffice, live: Live
) -> None:
    from dataclasses import replace

    app.state.front = replace(app.state.front, demo=False)
    await signs_in(client, small_office, COUNTY)

    page = (await client.get(PAGE)).text
    await client.post(PAGE, data=await opens(client, subsidy_c="9100"))

    assert "还差 14 个" in page
    county = live.standing().content.county(LUSHAN)
    assert (county.demo, list(county.facts)) == (False, ["subsidy_c"])


async def test_a_program_enters_and_another_person_approves(
    client: httpx.AsyncClient, small_office: TestOffice, app: FastAPI
) -> None:
    address = f"/api/v1/counties/{LUSHAN}"
    mine, theirs = [
        {"Authorization": f"Bearer {await small_office.signs_in(await colleague(small_office, u))}"}
        for u in (COUNTY, CITY)
    ]
    body = {"facts": {"subsidy_c": "9100", "area_each": "两丈", "colour": "红"},
            "source": "县里的新文件", "since": "2019-05-01"}  # fmt: skip

    entered = await client.put(address, json=body, headers=mine)
    own = await client.post(
        f"{address}/approve", json={"facts": {"subsidy_c": "9100"}}, headers=mine
    )
    late = await client.put(
        address,
        json={**body, "facts": {"subsidy_c": "9200"}, "was": {"subsidy_c": "8000"}},
        headers=theirs,
    )
    done = await client.post(
        f"{address}/approve", json={"facts": {"subsidy_c": "9100"}}, headers=theirs
    )

    assert entered.status_code == 422
    assert entered.json()["changed"] == ["subsidy_c"]
    assert sorted(entered.json()["faults"]) == ["area_each", "colour"]
    assert entered.json()["unchecked"] == ["subsidy_c"]
    assert own.status_code == 409
    assert "9100" in late.json()["faults"]["subsidy_c"]
    assert done.json()["unchecked"] == []
    shown = (await client.get(address, headers=theirs)).json()
    assert shown["facts"]["subsidy_c"]["value"] == "9100"
    assert shown["facts"]["subsidy_c"]["source"] == "县里的新文件"
    assert (await client.get(address)).status_code == 401
    assert "/api/v1/counties/{code}" in (await client.get("/api/openapi.json")).json()["paths"]
    assert (await client.get("/api/v1/counties/411025", headers=mine)).status_code == 409
