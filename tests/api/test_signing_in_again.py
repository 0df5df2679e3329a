"""Who works here gets in again by name and password, back to where he was, with what he wrote."""

from __future__ import annotations

import re

import httpx
import pytest

from casework.offices import Role
from casework.queue import Tab, View
from tests.api.conftest import colleague, number_of_newest, signs_in
from tests.offices import CITY, COUNTY, LEAKING_ROOF, LUSHAN, PASSWORD, TestOffice

NOTE = "去看过了:东墙裂缝两指宽,先把人挪出来。"
NOT_THESE = "姓名或者密码不对"


async def name_of(office: TestOffice, unit: str) -> str:
    return (await colleague(office, unit)).name


async def test_name_and_password_open_the_desk_and_the_cases(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    page = await client.get("/desk/login")
    told = {"name": await name_of(small_office, COUNTY), "password": PASSWORD}

    done = await client.post("/desk/login", data=told)
    opened = await client.get(f"/desk/tickets/{number}")

    assert page.status_code == 200
    assert (done.status_code, done.headers["location"]) == (303, "/desk")
    assert LEAKING_ROOF.text in opened.text


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("没有这个人", PASSWORD),
        ("承办人丙", "不是这个密码不是这个密码"),
        ("承办人丙", ""),
        ("", ""),
        ("x" * 5000, "y" * 5000),
        ("'; DROP TABLE people --", "\x00"),
    ],
)
async def test_whatever_does_not_fit_gets_one_answer(
    client: httpx.AsyncClient, name: str, password: str
) -> None:
    answer = await client.post("/desk/login", data={"name": name, "password": password})

    assert answer.status_code == 422
    assert NOT_THESE in answer.text
    assert "set-cookie" not in answer.headers


async def test_of_two_of_one_name_each_gets_in_by_his_own_password(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.hire("承办人丙", CITY)
    other = "县里的人另有一个密码呀"
    async with small_office.files() as files:
        third = await files.people.add("承办人丙", "housing-410421", frozenset({Role.HANDLER}))
        link = await files.people.link(third.id, "invite", now=small_office.clock.now())
    await client.post(f"/desk/invite/{link}", data={"password": other, "again": other})
    client.cookies.clear()

    done = await client.post("/desk/login", data={"name": "承办人丙", "password": other})
    queue = await client.get("/desk")
    by_id = await client.post("/desk/login", data={"name": third.id, "password": other})

    assert (done.status_code, by_id.status_code) == (303, 303)
    assert "承办人丙" in queue.text
    async with small_office.reading() as reading:
        ring = await reading.people.keyring(done.cookies["desk"], now=small_office.clock.now())
    assert ring.person.id == third.id


async def test_who_is_signed_out_while_reading_comes_back_to_the_page(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    here = f"/desk/tickets/{await number_of_newest(small_office, COUNTY)}?from=queue"
    await signs_in(client, small_office, COUNTY)
    small_office.wait(minutes=61)

    out = await client.get(here)
    fields = dict(re.findall(r'name="(to)" value="([^"]+)"', out.text))
    told = {"name": await name_of(small_office, COUNTY), "password": PASSWORD, **fields}
    back = await client.post("/desk/login", data=told)

    assert out.status_code == 401
    assert back.headers["location"] == here


async def test_what_was_written_when_the_session_ended_is_not_lost(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    here = f"/desk/tickets/{number}"
    await signs_in(client, small_office, COUNTY)
    small_office.wait(minutes=61)

    out = await client.post(f"{here}/note", data={"text": NOTE})
    assert out.status_code == 401
    assert "没有丢" in out.text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', out.text)
    told = {"name": await name_of(small_office, COUNTY), "password": PASSWORD, **dict(hidden)}
    wrong = await client.post("/desk/login", data={**told, "password": "不对"})
    assert dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', wrong.text)) == (
        dict(hidden)
    )

    again = await client.post("/desk/login", data=told)
    assert NOTE in again.text
    assert f'action="{here}/note"' in again.text
    done = await client.post(f"{here}/note", data={"text": NOTE})
    shown = await client.get(here)

    assert done.status_code == 303
    assert NOTE in shown.text


@pytest.mark.parametrize(
    "to",
    ["https://evil.test/desk", "//evil.test", "/desk\r\nset-cookie: x", "/deskevil", "javascript:1",
     "/desk/../../etc", "/"],
)  # fmt: skip
async def test_nobody_is_sent_to_another_address(
    client: httpx.AsyncClient, small_office: TestOffice, to: str
) -> None:
    told = {"name": await name_of(small_office, COUNTY), "password": PASSWORD, "to": to}

    done = await client.post("/desk/login", data=told)

    assert done.headers["location"].startswith("/desk")
    assert "evil" not in done.headers["location"].removeprefix("/desk/..")


async def test_passwords_are_never_among_what_is_kept(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    answer = await client.post("/desk/unlock", data={"password": PASSWORD})

    assert answer.status_code == 401
    assert PASSWORD not in answer.text


async def test_a_session_lives_an_hour_without_a_step(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, COUNTY)
    small_office.wait(minutes=59)
    assert (await client.get("/desk")).status_code == 200
    small_office.wait(minutes=59)
    assert (await client.get("/desk")).status_code == 200
    small_office.wait(minutes=61)
    assert (await client.get("/desk")).status_code == 401


@pytest.mark.parametrize("role", [Role.ORGANISER, Role.SYSADMIN])
async def test_who_does_not_work_on_cases_makes_no_key_of_a_unit(
    small_office: TestOffice, role: Role
) -> None:
    unit = f"housing-{LUSHAN[:4]}21"
    await small_office.hire("组织的人", unit, role)

    assert unit not in await small_office.store.keyed_units()
    await small_office.hire("办件的人", unit, Role.HANDLER)
    assert unit in await small_office.store.keyed_units()
    async with small_office.reading() as reading:
        assert await reading.people.waiting_for_key(unit) == []


async def test_one_who_is_alone_lets_the_second_in_and_two_must_say_yes_to_the_third(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    first = await colleague(small_office, COUNTY)
    second = await small_office.hire("第二个人", COUNTY)
    third = await small_office.hire("第三个人", COUNTY)

    client.cookies.set("desk", await small_office.signs_in(first))
    await client.post(f"/desk/people/{second.id}/let-in")
    await client.post(f"/desk/people/{third.id}/let-in")
    page = await client.get("/desk/people")
    assert "还要另一位同事也点" in page.text
    again = await client.post(
        f"/desk/people/{third.id}/let-in"
    )  # his own second yes counts nothing
    assert again.status_code == 303
    async with small_office.reading() as reading:
        waiting = await reading.people.waiting_for_key(COUNTY)
    assert [each.id for each in waiting] == [third.id]
    client.cookies.clear()
    client.cookies.set("desk", await small_office.signs_in(second))
    assert "已经点了" in (await client.get("/desk/people")).text
    await client.post(f"/desk/people/{third.id}/let-in")

    client.cookies.clear()
    client.cookies.set("desk", await small_office.signs_in(third))
    assert LEAKING_ROOF.text in (await client.get(f"/desk/tickets/{number}")).text
    async with small_office.reading() as reading:
        page_of = await reading.queue.page(
            View(tab=Tab.NEW), reader=third, now=small_office.clock.now()
        )
    assert page_of.lines


async def test_a_stranger_cannot_say_yes(small_office: TestOffice) -> None:
    from casework.refusals import NotAllowed

    newcomer = await small_office.hire("第二个人", COUNTY)
    (outsider,) = [await colleague(small_office, CITY)]
    ring = await small_office.keyring(outsider)
    async with small_office.files() as files:
        with pytest.raises(NotAllowed):
            await files.people.let_in(ring, newcomer.id, now=small_office.clock.now())
