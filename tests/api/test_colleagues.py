"""Colleagues at the desk: posts with days, somebody who leaves, and the page he has left open."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest

from casework.actions import staffing
from casework.offices import Person, Role
from tests.api.conftest import colleague, number_of_newest
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PASSWORD, PROVINCE, TestOffice

NOTE = "去看过了:东墙裂缝两指宽,先把人挪出来。"


@pytest.fixture
async def lead(client: httpx.AsyncClient, small_office: TestOffice) -> Person:
    """A supervisor of the county, let in and signed in at the desk; 承办人丙 was there before."""
    first = await colleague(small_office, COUNTY)
    made = await small_office.hire("督办员丁", COUNTY, Role.SUPERVISOR, Role.DISPATCHER)
    ring = await small_office.keyring(first)
    async with small_office.files() as files:
        await files.people.let_in(ring, made.id, now=small_office.clock.now())
    client.cookies.set("desk", await small_office.signs_in(made))
    return made


async def handler(office: TestOffice) -> Person:
    async with office.reading() as reading:
        return next(p for p in await reading.people.in_unit(COUNTY) if p.name == "承办人丙")


def as_(client: httpx.AsyncClient, token: str) -> None:
    client.cookies.clear()
    client.cookies.set("desk", token)


async def test_a_colleague_leaves_in_two_steps(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom = await handler(small_office)

    people = await client.get("/desk/people")
    page = await client.get(f"/desk/people/{whom.id}")
    asked = await client.get(f"/desk/people/{whom.id}/remove")
    done = await client.post(f"/desk/people/{whom.id}/remove")
    after = await client.get(done.headers["location"])
    again = await client.post(f"/desk/people/{whom.id}/remove")
    gone = await client.get(f"/desk/people/{whom.id}")

    assert f'href="/desk/people/{whom.id}"' in people.text
    assert f'href="/desk/people/{whom.id}/remove"' in page.text
    assert "马上换锁" in asked.text
    assert "已经离岗" in after.text
    assert "承办人丙" not in after.text
    assert "还没换锁" not in after.text
    assert (again.status_code, gone.status_code) == (409, 409)
    assert staffing.GONE in again.text


async def test_the_page_a_leaver_has_open_does_nothing_and_loses_nothing(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest_of(small_office)
    whom = await handler(small_office)
    token = await small_office.signs_in(whom)
    await client.post(f"/desk/people/{whom.id}/remove")

    as_(client, token)
    seen = await client.get(f"/desk/tickets/{number}")
    sent = await client.post(f"/desk/tickets/{number}/note", data={"text": NOTE})
    tried = await client.post("/desk/login", data={"name": whom.name, "password": PASSWORD})
    wrong = await client.post(
        "/desk/login", data={"name": lead.name, "password": "不是这个不是这个"}
    )
    program = await client.get("/api/v1/tickets", headers={"authorization": f"Bearer {token}"})

    assert (seen.status_code, sent.status_code) == (401, 401)
    assert LEAKING_ROOF.text not in seen.text
    assert NOTE in sent.text
    assert tried.status_code == wrong.status_code == 422
    assert sentence(tried) == sentence(wrong)
    assert "set-cookie" not in tried.headers
    assert program.status_code == 401


def sentence(answer: httpx.Response) -> list[str]:
    return re.findall(r'class="trouble"[^>]*>([^<]+)', answer.text)


async def number_of_newest_of(office: TestOffice) -> str:
    return await number_of_newest(office, CITY)


async def test_a_post_that_ended_at_midnight_refuses_the_open_page_and_keeps_the_words(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest_of(small_office)
    whom, today = await handler(small_office), small_office.clock.now().date().isoformat()
    async with small_office.reading() as reading:
        posts = await reading.people.posts(whom.id)
    for post in posts:
        told = {"role": post.role.value, "since": post.since.isoformat(), "last": today}
        assert (
            await client.post(f"/desk/people/{whom.id}/posts/end", data=told)
        ).status_code == 303
    small_office.wait(hours=13, minutes=30)
    as_(client, await small_office.signs_in(whom))
    before = await client.get(f"/desk/tickets/{number}")
    small_office.wait(minutes=31)

    sent = await client.post(f"/desk/tickets/{number}/note", data={"text": NOTE})
    seen = await client.get(f"/desk/tickets/{number}")

    assert LEAKING_ROOF.text in before.text
    assert (sent.status_code, seen.status_code) == (403, 403)
    assert "没有办件的岗位" in sent.text
    assert NOTE in sent.text
    assert LEAKING_ROOF.text not in seen.text


async def test_without_the_key_the_page_says_the_lock_is_not_changed_yet(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom = await handler(small_office)
    runner = await small_office.hire("管系统的", PROVINCE, Role.SYSADMIN)
    as_(client, await small_office.signs_in(runner))

    asked = await client.get(f"/desk/people/{whom.id}/remove")
    await client.post(f"/desk/people/{whom.id}/remove")
    due = await client.get(f"/desk/people?unit={COUNTY}")
    client.cookies.clear()
    told = {"name": lead.name, "password": PASSWORD}
    assert (await client.post("/desk/login", data=told)).status_code == 303
    after = await client.get("/desk/people")

    assert "您没有那里的钥匙" in asked.text
    assert "还没换锁" in due.text
    assert "还没换锁" not in after.text


async def test_unlocking_changes_the_key_too(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    await staffing.remove(small_office.office, None, (await handler(small_office)).id)
    as_(client, await small_office.signs_in(lead, unlock=False))

    await client.post("/desk/unlock", data={"password": PASSWORD})

    async with small_office.reading() as reading:
        assert not (await reading.unit_keys.state(COUNTY)).due


async def test_posts_are_given_and_ended_with_days(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom, today = await handler(small_office), small_office.clock.now().date()
    told = {
        "role": "approver", "since": (today + timedelta(days=3)).isoformat(),
        "until": (today + timedelta(days=9)).isoformat(),
    }  # fmt: skip

    done = await client.post(f"/desk/people/{whom.id}/posts", data=told)
    people = await client.get(done.headers["location"])
    wrong = await client.post(
        f"/desk/people/{whom.id}/posts", data={**told, "role": "leader", "until": "2026-11-04"}
    )
    odd = await client.post(f"/desk/people/{whom.id}/posts", data={**told, "since": "下个月"})

    assert "审核人(2026年11月5日起,做到2026年11月11日)" in people.text
    assert (wrong.status_code, odd.status_code) == (409, 409)
    assert "前面" in wrong.text
    assert 'value="2026-11-05"' in wrong.text
    assert 'value="2026-11-04"' in wrong.text
    assert "2026-11-30 这样" in odd.text


async def test_who_may_not_is_told_so(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom = await handler(small_office)
    as_(client, await small_office.signs_in(whom))

    for path in (f"/desk/people/{lead.id}", f"/desk/people/{lead.id}/remove"):
        answer = await client.get(path)
        assert answer.status_code == 409
        assert "督办员、分管领导或者系统管理员" in answer.text
    done = await client.post(f"/desk/people/{lead.id}/remove")
    below = await client.get(f"/desk/people?unit={CITY}")

    assert done.status_code == below.status_code == 409
    async with small_office.reading() as reading:
        assert lead.id in {p.id for p in await reading.people.in_unit(COUNTY)}


@pytest.mark.parametrize("person", ["p-00000000", "x", "%00", "..", "a" * 400])
async def test_somebody_who_never_was_is_refused_in_a_sentence(
    client: httpx.AsyncClient, lead: Person, person: str
) -> None:
    for answer in (
        await client.get(f"/desk/people/{person}/remove"),
        await client.post(f"/desk/people/{person}/remove"),
        await client.post(f"/desk/people/{person}/posts", data={"role": "handler"}),
    ):
        assert answer.status_code in (307, 404, 405, 409, 422)


async def test_the_last_with_the_key_has_no_button(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    whom, above = await colleague(small_office, COUNTY), await colleague(small_office, CITY)
    as_(client, await small_office.signs_in(above))

    page = await client.get(f"/desk/people/{whom.id}/remove")
    done = await client.post(f"/desk/people/{whom.id}/remove")

    assert "钥匙只有他有" in page.text
    assert f'action="/desk/people/{whom.id}/remove"' not in page.text
    assert done.status_code == 409
    assert "让他进来" in done.text


async def test_a_colleague_moves_and_what_was_chosen_stays_when_it_is_refused(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom, city = await handler(small_office), await colleague(small_office, CITY)
    as_(client, await small_office.signs_in(city))
    to = "housing-410422"

    asked = await client.get(f"/desk/people/{whom.id}/move")
    empty = await client.post(f"/desk/people/{whom.id}/move", data={"to": to})
    strange = await client.post(
        f"/desk/people/{whom.id}/move", data={"to": "housing-4110", "role": ["handler", "leader"]}
    )
    done = await client.post(
        f"/desk/people/{whom.id}/move", data={"to": to, "role": ["handler", "leader"]}
    )
    there = await client.get(done.headers["location"])

    assert f'<option value="{to}"' in asked.text
    assert 'value="housing-4110"' not in asked.text  # another city
    assert (empty.status_code, strange.status_code) == (409, 409)
    assert f'<option value="{to}" selected' in empty.text
    assert "做什么" in empty.text
    assert strange.text.count(" checked") == 2
    assert done.status_code == 303
    assert "承办人丙" in there.text
    assert "还没有本单位的钥匙" in there.text


async def test_a_new_link_for_a_forgotten_password_is_shown_once_and_opens_no_case(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number, whom = await number_of_newest_of(small_office), await handler(small_office)

    asked = await client.get(f"/desk/people/{whom.id}/reset")
    made = await client.post(f"/desk/people/{whom.id}/reset")
    mine = await client.post(f"/desk/people/{lead.id}/reset")
    link = re.findall(r"/desk/invite/[\w-]+", made.text)[0]
    client.cookies.clear()
    tried = await client.post("/desk/login", data={"name": whom.name, "password": PASSWORD})
    told = {"password": "秋天的高粱红彤彤的一片", "again": "秋天的高粱红彤彤的一片"}
    back = await client.post(link, data=told)
    seen = await client.get(f"/desk/tickets/{number}")
    people = await client.get("/desk/people")

    assert "谁也看不到件" in asked.text
    assert mine.status_code == 409
    assert "自己的密码不能自己重设" in mine.text
    assert tried.status_code == 422
    assert back.status_code == 303
    assert LEAKING_ROOF.text not in seen.text
    assert "您还没有本单位的钥匙" in people.text


async def test_a_post_ends_at_once_only_where_that_is_said(
    client: httpx.AsyncClient, small_office: TestOffice, lead: Person
) -> None:
    whom = await handler(small_office)
    async with small_office.reading() as reading:
        post, *_ = await reading.people.posts(whom.id)
    told = {"role": post.role.value, "since": post.since.isoformat()}

    empty = await client.post(f"/desk/people/{whom.id}/posts/end", data=told)
    both = await client.post(
        f"/desk/people/{whom.id}/posts/end", data={**told, "last": "2026-11-30", "now": "yes"}
    )
    async with small_office.reading() as reading:
        before = (await reading.people.person(whom.id)).roles
    done = await client.post(f"/desk/people/{whom.id}/posts/end", data={**told, "now": "yes"})

    assert (empty.status_code, both.status_code, done.status_code) == (409, 409, 303)
    assert "两样选一样" in empty.text
    async with small_office.reading() as reading:
        assert (await reading.people.person(whom.id)).roles == before - {post.role}
