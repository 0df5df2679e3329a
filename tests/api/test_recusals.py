"""Staying away at the desk: one click, and whatever he opens reads as a stranger's ticket does."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from casework.actions import recusing
from casework.queue import Tab
from casework.recusals import Reason
from tests import sent_files
from tests.api.conftest import colleague, number_of_newest, signs_in
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PROVINCE, WITHHELD, TestOffice

STRANGE = "DEAD000000"
TOWNSHIP = "township-410423106"


@pytest.fixture
async def number(small_office: TestOffice) -> str:
    """Of a ticket with a file."""
    async with small_office.files() as files:
        held = await files.blobs.hold(sent_files.jpeg())
    await small_office.office.intake.file(replace(LEAKING_ROOF, attachments=(held,)))
    return await number_of_newest(small_office, COUNTY)


async def attachment_of(office: TestOffice, number: str) -> str:
    async with office.reading() as reading:
        file = await reading.tickets.get(number, reader=await colleague(office, PROVINCE))
    return file.attachments[0].id


def ways(number: str, file: str) -> list[tuple[str, str, dict[str, object]]]:
    """Everything one can ask of a ticket."""
    desk, api = f"/desk/tickets/{number}", f"/api/v1/tickets/{number}"
    return [
        ("GET", desk, {}),
        ("GET", f"{desk}?done=sign", {}),
        ("GET", f"{desk}/attachments/{file}", {}),
        ("POST", f"{desk}/accept", {"data": {"version": "1"}}),
        ("POST", f"{desk}/note", {"data": {"text": "先看看"}}),
        ("POST", f"{desk}/dispatch", {"data": {"to": ""}}),
        ("POST", "/desk/recusals", {"data": {"ticket": number}}),
        ("GET", api, {}),
        ("GET", f"{api}/attachments/{file}", {}),
        ("POST", f"{api}/actions", {"json": {"action": "note", "text": "先看看"}}),
    ]


async def test_one_click_and_every_way_to_it_reads_like_a_strangers_ticket(
    client: httpx.AsyncClient, small_office: TestOffice, number: str
) -> None:
    token = await signs_in(client, small_office, COUNTY)
    file = await attachment_of(small_office, number)
    page = await client.get(f"/desk/tickets/{number}")
    assert "我要回避这件" in page.text

    done = await client.post("/desk/recusals", data={"ticket": number, "reason": "interest"})

    told = await client.get(done.headers["location"])
    assert done.status_code == 303
    assert "已登记回避" in told.text
    assert "会显示在上一级" in told.text  # the only one of the county
    bearer = {"authorization": f"Bearer {token}"}
    for (method, mine, body), (_, strange, other) in zip(
        ways(number, file), ways(STRANGE, file), strict=True
    ):
        answer = await client.request(method, mine, headers=bearer, **body)  # type: ignore[arg-type]
        expected = await client.request(method, strange, headers=bearer, **other)  # type: ignore[arg-type]
        assert answer.status_code == expected.status_code == 404, (method, mine)
        assert answer.text.replace(number, STRANGE) == expected.text
    for path in ("/desk", *(f"/desk?tab={tab.value}" for tab in Tab)):
        assert number not in (await client.get(path)).text
    found = await client.get("/desk/find", params={"number": number})
    assert (await client.get(found.headers["location"])).status_code == 404
    queue = (await client.get("/api/v1/tickets", headers=bearer)).json()
    assert (queue["tickets"], set(queue["counts"].values())) == ([], {0})


async def test_it_is_no_target_of_a_merger(
    client: httpx.AsyncClient, small_office: TestOffice, number: str
) -> None:
    await small_office.office.intake.file(replace(LEAKING_ROOF, text="还是那间屋漏。"))
    other = await number_of_newest(small_office, COUNTY)
    await signs_in(client, small_office, COUNTY)
    await client.post("/desk/recusals", data={"ticket": number})

    said = []
    for target in (number, STRANGE):
        answer = await client.post(
            f"/desk/tickets/{other}/merge", data={"text": "同一间屋", "other": target}
        )
        said.append((answer.status_code, answer.text))

    assert said[0] == said[1]
    assert said[0][0] == 404


async def test_for_a_unit_from_the_page_of_colleagues(
    client: httpx.AsyncClient, small_office: TestOffice, number: str
) -> None:
    await signs_in(client, small_office, CITY)
    assert "我要回避它的件" in (await client.get("/desk/people")).text

    done = await client.post("/desk/recusals", data={"unit": COUNTY})

    assert done.status_code == 303
    assert number not in (await client.get("/desk?tab=new")).text
    listed = (await client.get("/desk/recusals")).text
    assert "鲁山县住建局" in listed
    assert "要另一位督办员或者分管领导来取消" in listed
    assert 'action="/desk/recusals/lift"' not in listed


async def test_the_supervisor_declares_and_lifts_and_the_history_says_it(
    client: httpx.AsyncClient, small_office: TestOffice, number: str
) -> None:
    clerk = await colleague(small_office, COUNTY)
    await signs_in(client, small_office, CITY)
    prepared = await client.get("/desk/recusals", params={"ticket": number})
    assert f'value="{number}"' in prepared.text
    assert clerk.name in prepared.text

    await client.post("/desk/recusals", data={"ticket": number, "person": clerk.id})
    listed = await client.get("/desk/recusals")
    lifted = await client.post("/desk/recusals/lift", data={"person": clerk.id, "about": number})
    page = await client.get(f"/desk/tickets/{number}")

    assert 'action="/desk/recusals/lift"' in listed.text
    assert lifted.headers["location"] == "/desk/recusals?told=lifted"
    assert "<strong>回避</strong>" in page.text
    assert "<strong>取消回避</strong>" in page.text
    await signs_in(client, small_office, COUNTY)
    assert (await client.get(f"/desk/tickets/{number}")).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({}, 409, "填一样"),
        ({"ticket": "X", "unit": COUNTY}, 409, "填一样"),
        ({"unit": "housing-999999"}, 409, "没有这个单位"),
        ({"unit": "escrow-41"}, 409, "没有这个单位"),
        ({"unit": COUNTY, "person": "p-00000000"}, 409, "没有这个人"),
        ({"unit": COUNTY, "reason": "因为她是我嫂子"}, 422, ""),
        ({"unit": "x" * 41}, 422, ""),
        ({"ticket": STRANGE}, 404, "没有找到这件反映"),
    ],
)
async def test_what_cannot_be_declared_is_said_in_a_sentence(
    client: httpx.AsyncClient,
    small_office: TestOffice,
    number: str,
    form: dict[str, str],
    status: int,
    said: str,
) -> None:
    await signs_in(client, small_office, CITY)

    answer = await client.post("/desk/recusals", data=form)

    assert (answer.status_code, said in answer.text) == (status, True)
    async with small_office.reading() as reading:
        assert await reading.recusals.all() == []


async def test_what_was_chosen_is_not_lost_when_it_is_refused(
    client: httpx.AsyncClient, small_office: TestOffice, number: str
) -> None:
    clerk = await colleague(small_office, COUNTY)
    await signs_in(client, small_office, CITY)
    form = {"ticket": number, "person": clerk.id, "reason": "interest"}
    await client.post("/desk/recusals", data=form)

    again = await client.post("/desk/recusals", data=form)

    assert again.status_code == 409
    assert "已经登记过" in again.text
    assert f'name="ticket" maxlength="40" autocomplete="off" value="{number}"' in again.text
    assert f'<option value="{clerk.id}" selected>' in again.text


async def test_a_clerk_declares_for_nobody_and_lifts_nothing(
    client: httpx.AsyncClient, small_office: TestOffice, number: str
) -> None:
    clerk, city = await colleague(small_office, COUNTY), await colleague(small_office, CITY)
    await signs_in(client, small_office, COUNTY)
    await client.post("/desk/recusals", data={"unit": TOWNSHIP})

    tried = [
        await client.post("/desk/recusals", data={"ticket": number, "person": city.id}),
        await client.post("/desk/recusals/lift", data={"person": clerk.id, "about": TOWNSHIP}),
        await client.post("/desk/recusals/lift", data={"person": city.id, "about": number}),
    ]

    assert [answer.status_code for answer in tried] == [409, 409, 409]
    assert "自己的回避自己不能取消" in tried[1].text
    async with small_office.reading() as reading:
        assert [r.about for r in await reading.recusals.all()] == [TOWNSHIP]


async def test_another_sites_page_declares_and_lifts_nothing(
    client: httpx.AsyncClient, small_office: TestOffice, number: str
) -> None:
    await signs_in(client, small_office, COUNTY)
    foreign = {"sec-fetch-site": "cross-site"}

    for path, form in [
        ("/desk/recusals", {"ticket": number}),
        ("/desk/recusals/lift", {"person": "p", "about": number}),
    ]:
        assert (await client.post(path, data=form, headers=foreign)).status_code == 403

    async with small_office.reading() as reading:
        assert await reading.recusals.all() == []


async def test_nobody_signed_in_or_with_a_locked_key_sees_or_declares_it(
    client: httpx.AsyncClient, small_office: TestOffice, number: str
) -> None:
    outside = await client.post("/desk/recusals", data={"ticket": number})
    person = await colleague(small_office, COUNTY)
    client.cookies.set("desk", await small_office.signs_in(person, unlock=False))

    locked = await client.post("/desk/recusals", data={"ticket": number})
    page = await client.get("/desk/recusals")

    assert (outside.status_code, locked.status_code) == (401, 403)
    assert page.headers["location"] == "/desk/unlock"
    async with small_office.reading() as reading:
        assert await reading.recusals.all() == []


async def test_the_monthly_page_counts_what_its_reader_may_know_of(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    for report in (WITHHELD, WITHHELD):
        await small_office.office.intake.file(report)
    number = await number_of_newest(small_office, PROVINCE)
    async with small_office.files() as files:
        await files.connection.exec_driver_sql("UPDATE tickets SET batch = 'b1'")
        await files.connection.exec_driver_sql(
            "INSERT INTO batches (number, office, month, made_at, count, digest, size, root,"
            " receipt, attempts, trouble) VALUES ('b1', 'discipline-41', '2026-10',"
            " '2026-11-01T00:00:00.000000Z', 2, '', 0, x'00', '', 0, '')"
        )
    token = await signs_in(client, small_office, PROVINCE)
    ring = await small_office.keyring(await colleague(small_office, PROVINCE))

    before = await counted(client, token)
    await recusing.declare(small_office.office, ring, number, reason=Reason.OTHER)

    assert before == ("2 件", 2)
    assert await counted(client, token) == ("1 件", 1)


async def counted(client: httpx.AsyncClient, token: str) -> tuple[str, int]:
    page = (await client.get("/desk/batches")).text
    api = await client.get("/api/v1/batches", headers={"authorization": f"Bearer {token}"})
    shown = page.split('data-label="线索">')[1].split("<")[0]
    return shown, api.json()["batches"][0]["count"]
