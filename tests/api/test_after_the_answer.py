"""The reporter's rights and the desk's forms over HTTP."""

from __future__ import annotations

import httpx
import pytest

from casework.actions import reporting
from casework.receipts import shown
from tests.api.conftest import number_of_newest, signs_in
from tests.bot.test_after_the_answer import NO_WORDS
from tests.offices import CITY, COUNTY, LEAKING_ROOF, TestOffice

RECEIPT = "/api/v1/reports"


async def resolved(client: httpx.AsyncClient, office: TestOffice) -> tuple[str, str]:
    """(receipt code, the ticket's address) of a roof that is said to be mended."""
    receipt = await office.office.intake.file(LEAKING_ROOF)
    here = f"/desk/tickets/{await number_of_newest(office, COUNTY)}"
    await signs_in(client, office, COUNTY)
    for step in ("accept", "dispatch", "sign"):
        await client.post(f"{here}/{step}")
    await client.post(f"{here}/reply", data={"text": "修好了"})
    await client.post(f"{here}/resolve")
    return receipt.code, here


@pytest.mark.parametrize(
    ("said", "status"),
    [("solved", "followup"), ("unsolved", "reopened"), ("nobody_came", "reopened")],
)
async def test_a_program_hands_in_what_she_says_became_of_it(
    client: httpx.AsyncClient, small_office: TestOffice, said: str, status: str
) -> None:
    code, _ = await resolved(client, small_office)

    box = (await client.post(f"{RECEIPT}/lookup", json={"receipt": code})).json()
    rated = await client.post(f"{RECEIPT}/rating", json={"receipt": shown(code), "said": said})
    wrong = await client.post(f"{RECEIPT}/rating", json={"receipt": code, "said": "great"})

    assert (box["can_rate"], box["can_appeal"], box["can_withdraw"]) == (True, "ask_review", True)
    assert (rated.status_code, rated.json()["status"]) == (201, status)
    assert wrong.status_code == 422


async def test_a_program_appeals_once_and_then_not_again(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    code, _ = await resolved(client, small_office)

    empty = await client.post(f"{RECEIPT}/appeal", json={"receipt": code, "text": " "})
    first = await client.post(f"{RECEIPT}/appeal", json={"receipt": code, "text": "没修"})
    second = await client.post(f"{RECEIPT}/appeal", json={"receipt": code, "text": "没修"})

    assert (empty.status_code, first.status_code, second.status_code) == (422, 201, 409)
    assert second.json()["detail"] == "现在不能申请复查或者复核。"


async def test_a_program_takes_it_back_and_twice_is_once(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    code, _ = await resolved(client, small_office)

    first = await client.post(f"{RECEIPT}/withdrawal", json={"receipt": code})
    second = await client.post(f"{RECEIPT}/withdrawal", json={"receipt": code})

    assert first.status_code == 201
    assert first.json() == second.json()
    assert first.json()["state"] == "已记下您要撤回。已经交上去的收不回来"


async def test_the_desk_asks_for_what_a_step_must_carry(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    here = f"/desk/tickets/{await number_of_newest(small_office, COUNTY)}"
    await signs_in(client, small_office, COUNTY)

    page = await client.get(here)
    bare = await client.post(f"{here}/decline", data={"text": "修路的事"})
    done = await client.post(f"{here}/decline", data={"text": "修路的事", "code": "other_body"})
    box = (await client.post(f"{RECEIPT}/lookup", json={"receipt": receipt.code})).json()

    assert '<option value="court">' in page.text
    assert (bare.status_code, "请选理由" in bare.text, "修路的事" in bare.text) == (409, True, True)
    assert done.status_code == 303
    assert "请打12345" in box["messages"][-1]["text"]


async def test_the_desk_shows_side_tracks_alarms_and_a_wrong_day_is_refused(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    code, here = await resolved(client, small_office)
    await client.post(f"{RECEIPT}/rating", json={"receipt": code, "said": "nobody_came"})

    asked = await client.post(f"{here}/ask_extension", data={"text": "等料"})
    wrong = await client.post(f"{here}/note", data={"text": "x", "until": "明天"})
    await signs_in(client, small_office, CITY)
    page = await client.get(here)

    assert asked.status_code == 303
    assert "日子要写成" in wrong.text
    assert "延期已经申请,等另一个人批" in page.text
    assert "反映人说还没人来过,请督办员看一看" in page.text
    assert "告诉反映人为什么要延期" in page.text


@pytest.mark.parametrize("route", ["messages", "appeal"])
async def test_no_words_are_refused_in_the_one_sentence(
    client: httpx.AsyncClient, small_office: TestOffice, route: str
) -> None:
    code, _ = await resolved(client, small_office)

    answer = await client.post(f"{RECEIPT}/{route}", json={"receipt": code, "text": " \n"})

    assert (answer.status_code, answer.json()["detail"]) == (422, NO_WORDS)


async def test_a_handler_sees_how_often_she_reminded(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    for _ in range(2):
        small_office.wait(days=7)
        await reporting.remind(small_office.office, receipt.number)
    await signs_in(client, small_office, COUNTY)

    page = (await client.get(f"/desk/tickets/{receipt.number}")).text

    lines = [line.strip() for line in page.splitlines() if "<strong>催办</strong>" in line]
    assert ["反映人 · <strong>催办</strong> → 鲁山县" in line for line in lines] == [
        True,
        True,
        False,
    ]
    assert "平顶山市" in lines[-1]
    assert "反映人催办,第2次。" in page
    assert page.count("反映人催了,请上一级过问。") == 1
