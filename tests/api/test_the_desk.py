"""A clerk's way through the desk, and what the desk refuses."""

from __future__ import annotations

from dataclasses import replace

import httpx
import pytest

from casework.offices import Role
from casework.reports import Facts, Report
from tests.api.conftest import colleague, number_of_newest, signs_in
from tests.offices import (
    CITY,
    COUNTY,
    LEAKING_ROOF,
    LUSHAN,
    PASSWORD,
    PROVINCE,
    WITHHELD,
    TestOffice,
)

MARKUP = "<script>alert('漏雨')</script>{{ 7*7 }}"


async def test_looking_at_a_login_link_does_not_use_it_up(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    person = await colleague(small_office, COUNTY)
    async with small_office.files() as files:
        token = await files.people.link(person.id, "login", now=small_office.clock.now())

    for _ in range(2):
        assert (await client.get(f"/desk/login/{token}")).status_code == 200
    used = await client.post(f"/desk/login/{token}")
    again = await client.post(f"/desk/login/{token}")

    assert (used.status_code, used.headers["location"]) == (303, "/desk/unlock")
    assert "HttpOnly" in used.headers["set-cookie"]
    assert "SameSite=lax" in used.headers["set-cookie"]
    assert again.status_code == 401


@pytest.mark.parametrize("token", ["", "x" * 43, "../../etc", "%00", "a" * 5000])
async def test_a_login_link_that_was_never_given_opens_nothing(
    client: httpx.AsyncClient, token: str
) -> None:
    answer = await client.post(f"/desk/login/{token}")

    assert answer.status_code in (307, 401, 404, 405)
    assert "set-cookie" not in answer.headers


async def test_a_stale_login_link_says_how_to_get_another(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    person = await colleague(small_office, COUNTY)
    async with small_office.files() as files:
        token = await files.people.link(person.id, "login", now=small_office.clock.now())
    small_office.wait(minutes=11)

    used = await client.post(f"/desk/login/{token}")

    assert used.status_code == 401
    assert "set-cookie" not in used.headers
    assert "再要一个" in used.text


async def test_the_password_opens_the_desk_and_a_wrong_one_does_not(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    person = await colleague(small_office, COUNTY)
    client.cookies.set("desk", await small_office.signs_in(person, unlock=False))

    before = await client.get("/desk")
    wrong = await client.post("/desk/unlock", data={"password": "不是这个密码吧"})
    right = await client.post("/desk/unlock", data={"password": PASSWORD})
    after = await client.get("/desk")

    assert before.headers["location"] == "/desk/unlock"
    assert (wrong.status_code, "密码不对" in wrong.text) == (422, True)
    assert right.headers["location"] == "/desk"
    assert after.status_code == 200


async def test_a_locked_key_opens_no_ticket(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    person = await colleague(small_office, COUNTY)
    client.cookies.set("desk", await small_office.signs_in(person, unlock=False))

    answer = await client.get(f"/desk/tickets/{number}")

    assert answer.status_code == 403
    assert LEAKING_ROOF.text not in answer.text


async def test_a_short_password_leaves_the_invitation_unused(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    async with small_office.files() as files:
        newcomer = await files.people.add("新来的丁", COUNTY, frozenset({Role.HANDLER}))
        token = await files.people.link(newcomer.id, "invite", now=small_office.clock.now())
    here, good = f"/desk/invite/{token}", "地里的玉米一人多高"

    short = await client.post(here, data={"password": "短", "again": "短"})
    unlike = await client.post(here, data={"password": good, "again": good + "了"})
    done = await client.post(here, data={"password": good * 2, "again": good * 2})

    assert [short.status_code, unlike.status_code, done.status_code] == [422, 422, 303]


async def test_a_colleague_lets_the_newcomer_in(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    old_hand = await colleague(small_office, COUNTY)
    async with small_office.files() as files:
        newcomer = await files.people.add("新来的丁", COUNTY, frozenset({Role.HANDLER}))
        token = await files.people.link(newcomer.id, "invite", now=small_office.clock.now())
    words = {"password": "地里的玉米一人多高了", "again": "地里的玉米一人多高了"}
    await client.post(f"/desk/invite/{token}", data=words)
    his = client.cookies["desk"]

    shut = await client.get(f"/desk/tickets/{number}")
    client.cookies.clear()
    client.cookies.set("desk", await small_office.signs_in(old_hand))
    listed = await client.get("/desk/people")
    let_in = await client.post(f"/desk/people/{newcomer.id}/let-in")
    twice = await client.post(f"/desk/people/{newcomer.id}/let-in")
    client.cookies.clear()
    client.cookies.set("desk", his)
    opened = await client.get(f"/desk/tickets/{number}")

    assert shut.status_code == 403
    assert "让新来的丁进来" in listed.text
    assert (let_in.status_code, twice.status_code) == (303, 409)
    assert opened.status_code == 200


async def test_a_clerk_takes_a_report_from_receipt_to_reply(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    await signs_in(client, small_office, COUNTY)
    here = f"/desk/tickets/{number}"

    queue = await client.get("/desk?tab=new")
    for step in ("accept", "dispatch", "sign", "start"):
        moved = await client.post(f"{here}/{step}")
        assert moved.headers.get("location") == f"{here}?done={step}", moved.text
    await client.post(f"{here}/note", data={"text": "问过施工队"})
    replied = await client.post(f"{here}/reply", data={"text": "下周三去修屋顶"})
    page = await client.get(replied.headers["location"])
    box = (await client.post("/api/v1/reports/lookup", json={"receipt": receipt.code})).json()

    assert number in queue.text
    assert LEAKING_ROOF.text in page.text
    assert "答复已发给反映人" in page.text
    assert "反映人可见" in page.text
    assert [each["text"] for each in box["messages"]][-1] == "下周三去修屋顶"
    assert "问过施工队" not in str(box)


async def test_a_refused_step_gives_the_text_back(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    await signs_in(client, small_office, COUNTY)
    here = f"/desk/tickets/{number}"

    early = await client.post(f"{here}/reply", data={"text": "写了半天的话"})
    empty = await client.post(f"{here}/note", data={"text": "  "})
    stale = await client.post(f"{here}/note", data={"text": "慢了一步", "version": 99})
    wrong = await client.post(f"{here}/burn")

    assert (early.status_code, empty.status_code, stale.status_code) == (409, 409, 409)
    assert "慢了一步</textarea>" in stale.text
    assert wrong.status_code == 422


async def test_what_was_heard_is_read_in_words_not_in_codes(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    heard = Facts(evidence=("receipt",), amounts=(3000,))
    report = replace(LEAKING_ROOF, place="410423107", facts=heard)
    await small_office.office.intake.file(report)
    number = await number_of_newest(small_office, COUNTY)
    await signs_in(client, small_office, COUNTY)

    page = await client.get(f"/desk/tickets/{number}")

    assert "平顶山市鲁山县赵村镇" in page.text
    assert "收据、条子" in page.text
    assert "410423107" not in page.text
    assert "receipt" not in page.text


@pytest.mark.parametrize("step", ["open", "batch", "escalate", "file", "add"])
async def test_steps_of_the_house_are_not_taken_by_hand(
    client: httpx.AsyncClient, small_office: TestOffice, step: str
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    await signs_in(client, small_office, COUNTY)

    answer = await client.post(f"/desk/tickets/{number}/{step}", data={"text": "x"})

    assert answer.status_code == 409


async def test_markup_arrives_as_text(client: httpx.AsyncClient, small_office: TestOffice) -> None:
    await small_office.office.intake.file(Report(text=MARKUP, county=LUSHAN, to_discipline=False))
    number = await number_of_newest(small_office, COUNTY)
    await signs_in(client, small_office, COUNTY)

    page = await client.get(f"/desk/tickets/{number}")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text
    assert "{{ 7*7 }}" in page.text


async def test_what_the_county_may_not_know_of_it_does_not_find(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(WITHHELD)
    number = await number_of_newest(small_office, CITY)
    await signs_in(client, small_office, COUNTY)

    hidden = await client.get(f"/desk/tickets/{number}")
    nothing = await client.get("/desk/tickets/NOSUCHNUMB")
    queue = await client.get("/desk?tab=new")

    assert hidden.status_code == nothing.status_code == 404
    assert hidden.text == nothing.text
    assert number not in queue.text


async def test_the_hand_over_is_for_the_province(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    county = {"Authorization": f"Bearer {await signs_in(client, small_office, COUNTY)}"}
    below = await client.get("/desk/batches")
    below_too = await client.get("/api/v1/batches", headers=county)
    client.cookies.clear()
    province = {"Authorization": f"Bearer {await signs_in(client, small_office, PROVINCE)}"}

    above = await client.get("/desk/batches")
    above_too = await client.get("/api/v1/batches", headers=province)

    assert (below.status_code, below_too.status_code) == (409, 409)
    assert (above.status_code, above_too.json()) == (200, {"batches": []})


@pytest.mark.parametrize(
    "path", ["", "/people", "/help", "/batches", "/craftsmen", "/tickets/X", "/unlock"]
)
@pytest.mark.parametrize("cookie", ["", "x", "Ã", "A" * 64])
async def test_without_a_session_the_desk_says_how_to_sign_in(
    client: httpx.AsyncClient, path: str, cookie: str
) -> None:
    headers = [(b"cookie", f"desk={cookie}".encode("latin-1"))] if cookie else []

    answer = await client.get(f"/desk{path}", headers=headers)

    assert answer.status_code == 401
    assert "登录工作台" in answer.text


async def test_signing_out_ends_the_session(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    token = await signs_in(client, small_office, COUNTY)

    out = await client.post("/desk/out")
    client.cookies.clear()
    client.cookies.set("desk", token)

    assert out.headers["location"] == "/desk/bye"
    assert (await client.get("/desk")).status_code == 401


async def test_pages_of_the_queue_follow_each_other(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    for _ in range(53):
        await small_office.office.intake.file(LEAKING_ROOF)
    token = await signs_in(client, small_office, COUNTY)
    headers = {"Authorization": f"Bearer {token}"}

    first = (await client.get("/api/v1/tickets?tab=new", headers=headers)).json()
    query = {"tab": "new", "after": first["next"]}
    second = (await client.get("/api/v1/tickets", params=query, headers=headers)).json()
    page = await client.get("/desk?tab=new")
    wrong = await client.get("/desk?tab=new&after=x~y")

    numbers = {each["number"] for each in first["tickets"] + second["tickets"]}
    assert (len(first["tickets"]), len(numbers), second["next"]) == (50, 53, None)
    assert "下一页" in page.text
    assert wrong.status_code == 422


async def test_a_program_does_what_the_desk_does(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    token = await small_office.signs_in(await colleague(small_office, COUNTY))
    headers = {"Authorization": f"Bearer {token}"}
    here = f"/api/v1/tickets/{number}"

    done = await client.post(f"{here}/actions", json={"action": "accept"}, headers=headers)
    seen = (await client.get(here, headers=headers)).json()
    refused = await client.post(
        f"{here}/actions", json={"action": "close", "text": "看过"}, headers=headers
    )
    nobody = await client.get(here)

    assert done.json()["status"] == "accepted"
    assert seen["story"] == LEAKING_ROOF.text
    assert "dispatch" in seen["allowed"]
    assert refused.status_code == 409
    assert (nobody.status_code, nobody.headers["www-authenticate"]) == (401, "Bearer")


async def test_only_an_organiser_announces(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.hire("培训组织人戊", "housing-410422", Role.ORGANISER)
    handler = await small_office.signs_in(await colleague(small_office, COUNTY))
    await signs_in(client, small_office, "housing-410422")

    refused = await client.post(
        "/api/v1/announcements",
        json={"text": "来培训"},
        headers={"Authorization": f"Bearer {handler}"},
    )
    empty = await client.post("/desk/craftsmen", data={"text": " "})
    sent = await client.post("/desk/craftsmen", data={"text": "周三上午九点培训", "county": ""})
    progress = await client.get(sent.headers["location"])

    assert refused.status_code == 409
    assert (empty.status_code, "还没有写" in empty.text) == (422, True)
    assert sent.status_code == 303
    assert progress.status_code == 200


async def test_the_sysadmin_invites_but_opens_no_case(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.hire("管理员己", "housing-410425", Role.SYSADMIN)
    await signs_in(client, small_office, "housing-410425")

    told = {"name": "庚", "role": "handler", "unit": "housing-410425"}
    invited = await client.post("/desk/people/invite", data=told)
    queue = await client.get("/desk")

    assert "/desk/invite/" in invited.text
    assert queue.headers["location"] == "/desk/people"


async def test_the_public_pages_say_what_is_missing(client: httpx.AsyncClient) -> None:
    contacts = (await client.get("/contacts")).text
    log = (await client.get("/log")).text

    assert "本县电话还没登记" in contacts
    assert "12345" in contacts
    assert "12388" in contacts
    assert 'href="tel:0375-0000423">0375-0000423</a>(演示数据)' in contacts
    assert "鲁山县" in contacts
    assert "谁都能看的流水账" in log
