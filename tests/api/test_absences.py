"""Leave at the desk: entered and ended on a page, and said beside each colleague."""

from __future__ import annotations

import re

import httpx
import pytest

from casework.actions import handling, recusing
from casework.offices import Person, Role
from casework.recusals import Reason
from casework.tickets import Action
from tests.api.conftest import colleague, number_of_newest
from tests.offices import CITY, COUNTY, LEAKING_ROOF, TestOffice


@pytest.fixture
async def lead(client: httpx.AsyncClient, small_office: TestOffice) -> Person:
    """A supervisor of the county, let in and signed in at the desk, beside 承办人丙."""
    first = await colleague(small_office, COUNTY)
    made = await small_office.hire("督办员丁", COUNTY, Role.SUPERVISOR)
    ring = await small_office.keyring(first)
    async with small_office.files() as files:
        await files.people.let_in(ring, made.id, now=small_office.clock.now())
    as_(client, await small_office.signs_in(made))
    return made


def as_(client: httpx.AsyncClient, token: str) -> None:
    client.cookies.clear()
    client.cookies.set("desk", token)


async def handler(office: TestOffice) -> Person:
    async with office.reading() as reading:
        return next(p for p in await reading.people.in_unit(COUNTY) if p.name == "承办人丙")


async def in_hand(office: TestOffice) -> str:
    """A ticket that the handler signed for."""
    await office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(office, CITY)
    ring = await office.keyring(await handler(office))
    for step in (Action.ACCEPT, Action.DISPATCH, Action.SIGN):
        await handling.act(office.office, ring, number, step)
    return number


async def test_one_enters_his_leave_and_the_deputy_finds_the_tickets_under_mine(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    number, whom = await in_hand(small_office), await handler(small_office)
    mine = "/desk?tab=working&scope=mine"
    before = await client.get(mine)
    token = await small_office.signs_in(lead)
    as_(client, await small_office.signs_in(whom))

    people = await client.get("/desk/people")
    form = await client.get(f"/desk/people/{whom.id}/absence")
    told = {"deputy": lead.id, "last": "2026-11-04"}
    done = await client.post(f"/desk/people/{whom.id}/absence", data=told)
    after = await client.get(done.headers["location"])
    as_(client, token)
    during = await client.get(mine)
    page = await client.get(f"/desk/people/{whom.id}/absence")
    since = re.findall(r'name="since" value="([^"]+)"', page.text)[0]
    ended = await client.post(f"/desk/people/{whom.id}/absence/end", data={"since": since})
    twice = await client.post(f"/desk/people/{whom.id}/absence/end", data={"since": since})

    assert f'href="/desk/people/{whom.id}/absence"' in people.text
    assert f'href="/desk/people/{lead.id}/absence"' not in people.text  # a handler leads nobody
    assert f'<option value="{lead.id}"' in form.text
    assert "登记好了" in after.text
    assert "11月2日到11月4日请假,由督办员丁代班" in after.text
    assert "11月2日到11月4日替承办人丙代班" in after.text
    assert (number in before.text, number in during.text) == (False, True)
    assert ended.headers["location"].endswith("done=back")
    assert number not in (await client.get(mine)).text
    assert twice.status_code == 409
    assert "已经结束" in twice.text


async def test_what_is_refused_keeps_what_was_chosen(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom = await handler(small_office)
    path = f"/desk/people/{whom.id}/absence"
    told = {"deputy": lead.id, "since": "2026-11-09", "last": "2026-11-05"}

    wrong = await client.post(path, data=told)
    odd = await client.post(path, data={**told, "last": "下周五"})
    nobody = await client.post(path, data={"last": "2026-11-05"})
    strange = await client.get("/desk/people/p-00000000/absence")
    as_(client, await small_office.signs_in(whom))
    not_his = await client.get(f"/desk/people/{lead.id}/absence")

    assert (wrong.status_code, odd.status_code, nobody.status_code) == (409, 409, 409)
    assert "前面" in wrong.text
    assert f'<option value="{lead.id}" selected' in wrong.text
    assert 'value="2026-11-09"' in wrong.text
    assert 'value="下周五"' in odd.text
    assert "由谁代班" in nobody.text
    assert strange.status_code in (409, 422)
    assert not_his.status_code == 409
    assert "本人登记" in not_his.text


async def test_a_hole_is_said_beside_the_one_who_is_away(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom = await handler(small_office)
    third = await small_office.hire("审核人戊", COUNTY, Role.APPROVER)
    for each in (whom, lead):
        ring = await small_office.keyring(each)
        async with small_office.files() as files:
            await files.people.let_in(ring, third.id, now=small_office.clock.now())
    await client.post(
        f"/desk/people/{whom.id}/absence", data={"deputy": lead.id, "last": "2026-11-08"}
    )
    await client.post(
        f"/desk/people/{lead.id}/absence",
        data={"deputy": third.id, "since": "2026-11-05", "last": "2026-11-06"},
    )
    loop = await client.post(
        f"/desk/people/{lead.id}/absence",
        data={"deputy": whom.id, "since": "2026-11-07", "last": "2026-11-07"},
    )
    away = await client.get("/desk/people")
    as_(client, await small_office.signs_in(await colleague(small_office, CITY)))
    await client.post(f"/desk/people/{lead.id}/remove")
    gone = await client.get(f"/desk/people?unit={COUNTY}")

    assert "不能互相代" in loop.text
    assert "11月5日到11月6日说好代班的督办员丁也请假:没有人代班" in away.text
    assert "说好代班的人已经不在本单位了:没有人代班" in gone.text


async def test_what_the_deputy_stays_away_from_is_said_to_those_alone_who_may_give_it_on(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    number, whom = await in_hand(small_office), await handler(small_office)
    third = await small_office.hire("审核人戊", COUNTY, Role.APPROVER)
    for each in (whom, lead):
        ring = await small_office.keyring(each)
        async with small_office.files() as files:
            await files.people.let_in(ring, third.id, now=small_office.clock.now())
    await client.post(
        f"/desk/people/{whom.id}/absence", data={"deputy": third.id, "last": "2026-11-08"}
    )
    before = await client.get("/desk/people")
    ring = await small_office.keyring(third)
    await recusing.declare(small_office.office, ring, number, reason=Reason.RELATIVE)

    other = await small_office.hire("承办人己", COUNTY, Role.HANDLER)
    for each in (whom, lead):
        ring = await small_office.keyring(each)
        async with small_office.files() as files:
            await files.people.let_in(ring, other.id, now=small_office.clock.now())
    seen = {}
    for each in (lead, whom, third, other):
        as_(client, await small_office.signs_in(each))
        seen[each.name] = "有 1 件审核人戊要回避" in (await client.get("/desk/people")).text
    ring = await small_office.keyring(lead)
    await recusing.declare(small_office.office, ring, number, reason=Reason.RELATIVE)
    as_(client, await small_office.signs_in(lead))
    after = await client.get("/desk/people")

    assert "要回避,没有人代" not in before.text
    assert seen == {"督办员丁": True, "承办人丙": True, "审核人戊": False, "承办人己": False}
    assert "要回避,没有人代" not in after.text  # nor to one who stays away from it himself


async def test_at_the_end_it_is_said_no_more(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom = await handler(small_office)
    await client.post(
        f"/desk/people/{whom.id}/absence", data={"deputy": lead.id, "last": "2026-11-02"}
    )
    before = await client.get("/desk/people")
    small_office.wait(days=1, hours=-1)
    as_(client, await small_office.signs_in(lead))
    after = await client.get("/desk/people")

    assert "11月2日请假,由督办员丁代班" in before.text
    assert "代班</span>" not in after.text
