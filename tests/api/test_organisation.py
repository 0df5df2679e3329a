"""Inviting at the desk, and the page that says which unit has nobody, or one key alone."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import timedelta

import httpx
from fastapi import FastAPI
from sqlalchemy import event
from sqlalchemy.engine import Engine

from casework.content import Standing
from casework.offices import Level, Organisation, Post, Role, Unit
from tests.api.conftest import colleague, signs_in
from tests.offices import CALENDAR, CITY, CONTENT, COUNTY, PROVINCE, TestOffice

EMPTY = "housing-410422"
WORD = "秋天的高粱红彤彤的一片"


async def test_a_link_is_shown_once_listed_without_itself_and_taken_back(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, CITY)
    told = {"name": "王芳", "unit": EMPTY, "role": ["handler", "supervisor"], "until": "2026-12-31"}

    form = await client.get(f"/desk/people/invite?unit={EMPTY}")
    made = await client.post("/desk/people/invite", data=told)
    link = re.findall(r"/desk/invite/[\w-]+", made.text)[0]
    listed = await client.get("/desk/people/invite")
    (person,) = set(re.findall(r"/desk/people/(p-\w+)/withdraw", listed.text))
    twice = await client.post("/desk/people/invite", data=told)
    gone = await client.post(f"/desk/people/{person}/withdraw")
    after = await client.get(gone.headers["location"])
    tried = await client.post(link, data={"password": WORD, "again": WORD})
    anew = await client.post(f"/desk/people/{person}/invite")
    fresh = re.findall(r"/desk/invite/[\w-]+", anew.text)[0]
    came = await client.post(fresh, data={"password": WORD, "again": WORD})

    assert f'<option value="{EMPTY}" selected' in form.text
    assert 'value="housing-4110"' not in form.text  # another city
    assert made.headers["cache-control"] == "no-store"
    assert "王芳" in listed.text
    assert "2026年11月9日 10:00 以前能用" in listed.text
    assert link.rpartition("/")[2] not in listed.text
    assert twice.status_code == 409
    assert "已经有一位叫王芳的" in twice.text
    assert 'value="王芳"' in twice.text
    assert twice.text.count(" checked") == 2
    assert 'value="2026-12-31"' in twice.text
    assert "收回了" in after.text
    assert "没有能用的" in after.text
    assert tried.status_code == 401
    assert "收回" in tried.text
    assert came.status_code == 303


async def test_who_came_while_the_list_was_open_is_said_so(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    token = await signs_in(client, small_office, CITY)
    made = await client.post(
        "/desk/people/invite", data={"name": "王芳", "unit": EMPTY, "role": "handler"}
    )
    link = re.findall(r"/desk/invite/[\w-]+", made.text)[0]
    whom = await colleague(small_office, EMPTY)
    await client.post(link, data={"password": WORD, "again": WORD})
    client.cookies.clear()
    client.cookies.set("desk", token)

    for verb in ("withdraw", "invite"):
        answer = await client.post(f"/desk/people/{whom.id}/{verb}")
        assert answer.status_code == 409
        assert "重设密码" in answer.text
    strange = await client.post("/desk/people/p-00000000/withdraw")
    odd = await client.post(
        "/desk/people/invite",
        data={"name": "乙", "unit": EMPTY, "role": "handler", "until": "年底"},
    )
    assert "没有这个人" in strange.text
    assert (odd.status_code, 'value="年底"' in odd.text) == (409, True)


async def test_who_neither_leads_nor_runs_invites_nobody_and_sees_his_own_unit(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, COUNTY)

    form = await client.get("/desk/people/invite")
    sent = await client.post(
        "/desk/people/invite", data={"name": "王芳", "unit": COUNTY, "role": "handler"}
    )
    people = await client.get("/desk/people")
    page = await client.get("/desk/organisation")

    assert (form.status_code, sent.status_code) == (409, 409)
    assert "/desk/people/invite" not in people.text
    assert 'href="/desk/organisation"' in people.text
    assert page.text.count("<details") == 1
    assert "只有承办人丙一个人有钥匙" in page.text
    assert "/desk/people/invite" not in page.text


async def test_a_lone_sysadmin_is_refused_at_the_desk_too(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    runner = await small_office.hire("管账号的", COUNTY, Role.SYSADMIN)
    client.cookies.set("desk", await small_office.signs_in(runner))

    refused = await client.post(
        "/desk/people/invite", data={"name": "自己人", "unit": COUNTY, "role": "handler"}
    )

    assert refused.status_code == 409
    assert "已经有办件的人" in refused.text
    assert 'value="自己人"' in refused.text


async def test_the_only_key_that_runs_out_is_seen_from_above_with_where_to_mend_it(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    whom, now = await colleague(small_office, COUNTY), small_office.clock.now()
    async with small_office.files() as files:
        for post in await files.people.posts(whom.id):
            await files.people.end(whom.id, post, now + timedelta(days=5))
    await signs_in(client, small_office, CITY)

    tree = await client.get("/desk/organisation")
    only = await client.get("/desk/organisation?only=trouble")

    for page in (tree, only):
        assert "就没有人打得开它的件了" in page.text
        assert f'href="/desk/people/{whom.id}"' in page.text
        assert f'href="/desk/people/invite?unit={EMPTY}"' in page.text
        assert "housing-4110" not in page.text
    # The grave first, before what stands above it in the tree.
    assert only.text.index("就没有人打得开") < only.text.index("只有督办员乙一个人有钥匙")
    assert "<details" not in only.text
    small_office.wait(days=6)
    client.cookies.clear()
    await signs_in(client, small_office, CITY)
    assert "没有人打得开。" in (await client.get("/desk/organisation")).text


async def test_nothing_lacking_nothing_listed(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    first = await colleague(small_office, COUNTY)
    second = await small_office.hire("第二个人", COUNTY)
    ring = await small_office.keyring(first)
    async with small_office.files() as files:
        await files.people.let_in(ring, second.id, now=small_office.clock.now())
    client.cookies.set("desk", await small_office.signs_in(first))

    page = await client.get("/desk/organisation?only=trouble")

    assert "都没有问题" in page.text
    assert "只有" not in page.text


def whole_province() -> Organisation:
    """One province, 18 cities, 160 counties."""
    kept = [u for u in CONTENT.organisation.units.values() if not u.parent or u.id == CITY]
    cities = [
        Unit(
            id=f"city-{n}", name=f"第{n}市住建局", level=Level.CITY, parent=PROVINCE, area=f"41{n}"
        )
        for n in range(20, 37)
    ]
    counties = [
        Unit(
            id=f"county-{c.id}-{n}", name=f"{c.name}第{n}县住建局", level=Level.COUNTY, parent=c.id,
            area=f"{c.area}{n}",
        )
        for c in cities
        for n in range(10, 19)
    ]  # fmt: skip
    outside = [
        u
        for u in CONTENT.organisation.units.values()
        if u.level in (Level.DISCIPLINE, Level.ESCROW)
    ]
    return Organisation.of({u.id: u for u in (*kept, *outside, *cities, *counties)}.values())


async def test_the_whole_province_takes_as_many_statements_as_one_county(
    client: httpx.AsyncClient, app: FastAPI, small_office: TestOffice
) -> None:
    offices = whole_province()
    content = replace(CONTENT, organisation=offices)
    now = small_office.clock.now()
    async with small_office.files() as files:
        for unit, _ in offices.tree(PROVINCE):
            for n in range(3):
                made = await files.people.add(f"第{n}位", unit.id, frozenset({Role.HANDLER}))
                await files.people.give(made.id, Post(role=Role.APPROVER, since=now))
    await signs_in_as_first(client, small_office)
    of_one = await statements(client, "/desk/organisation")
    app.state.front = replace(
        app.state.front,
        office=replace(small_office.office, in_force=lambda: Standing(content, CALENDAR)),
    )

    count = await statements(client, "/desk/organisation")
    page = await client.get("/desk/organisation")

    assert page.text.count("<details") == len(list(offices.tree(PROVINCE))) > 170
    assert len(gzip.compress(page.content)) < 40_000
    assert count == of_one <= 5


async def signs_in_as_first(client: httpx.AsyncClient, office: TestOffice) -> None:
    async with office.reading() as reading:
        found = await reading.people.in_unit(PROVINCE)
    lead = next(each for each in found if each.name == "督办员甲")
    client.cookies.set("desk", await office.signs_in(lead))
    await client.get("/desk/help")


async def statements(client: httpx.AsyncClient, path: str) -> int:
    told: list[str] = []

    def counted(*args: object) -> None:
        if not str(args[2]).startswith(("BEGIN", "PRAGMA")):
            told.append(str(args[2]))

    event.listen(Engine, "before_cursor_execute", counted)
    try:
        assert (await client.get(path)).status_code == 200
    finally:
        event.remove(Engine, "before_cursor_execute", counted)
    return len(told)
