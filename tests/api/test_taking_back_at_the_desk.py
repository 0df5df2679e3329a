"""The way back from a wrong step, as the page and a program offer it."""

from __future__ import annotations

import httpx

from tests.api.conftest import colleague, number_of_newest, signs_in
from tests.offices import COUNTY, LEAKING_ROOF, TestOffice


async def test_the_page_offers_it_says_that_it_was_done_and_strikes_the_line(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    await signs_in(client, small_office, COUNTY)
    number = await number_of_newest(small_office, COUNTY)
    here = f"/desk/tickets/{number}"
    fresh = await client.get(here)
    await client.post(f"{here}/accept")
    offered = await client.get(here)

    went = await client.post(f"{here}/take_back", data={"version": "2"})
    after = await client.get(went.headers["location"])
    again = await client.post(f"{here}/take_back")

    assert "收回上一步" not in fresh.text
    assert "收回上一步</button>" in offered.text
    assert "反映人先看到了就不能" in offered.text
    assert "收回了,和没办这一步以前一样。" in after.text
    assert "已收回,反映人看不到" in after.text
    assert "待受理" in after.text
    assert "收回上一步</button>" not in after.text
    assert again.status_code == 409
    assert "没有能收回的步骤" in again.text


async def test_a_stranger_finds_nothing_to_take_back(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, COUNTY)

    assert (await client.post("/desk/tickets/K7QD2M/take_back")).status_code == 404


async def test_a_program_takes_it_back_too(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    token = await small_office.signs_in(await colleague(small_office, COUNTY))
    bearer = {"Authorization": f"Bearer {token}"}
    here = f"/api/v1/tickets/{number}"
    await client.post(f"{here}/actions", json={"action": "accept"}, headers=bearer)
    until = (await client.get(here, headers=bearer)).json()["take_back_until"]

    back = await client.post(f"{here}/actions", json={"action": "take_back"}, headers=bearer)
    seen = (await client.get(here, headers=bearer)).json()

    assert until
    assert back.json()["status"] == "received"
    assert [each["taken_back"] for each in seen["history"] if each["action"] == "accept"] == [True]
    assert seen["take_back_until"] is None
    await client.post(f"{here}/actions", json={"action": "accept"}, headers=bearer)
    await client.post("/api/v1/reports/lookup", json={"receipt": receipt.code})
    late = await client.post(f"{here}/actions", json={"action": "take_back"}, headers=bearer)
    assert late.status_code == 409
