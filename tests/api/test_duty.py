"""值班 at the desk: the roster, one's own address, and the page behind the link."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import update

from casework.actions import rostering
from casework.actions.alerting import call_out
from casework.actions.reminding import escalate_overdue
from casework.actions.rostering import MOST_LINES
from casework.alerts import CHAT, MAIL, WECOM, id_of
from casework.tickets import Kind, Status
from scheduler.alarms import raise_alarms
from storage.schema import tickets
from tests.api.conftest import HOST, colleague, number_of_newest, signs_in
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PROVINCE, TestOffice

URL = f"{HOST}/desk"
DANGER = replace(LEAKING_ROOF, kind=Kind.URGENT)


@pytest.fixture(autouse=True)
def ways(app: FastAPI) -> None:
    app.state.front = replace(app.state.front, ways=frozenset({MAIL, WECOM, CHAT}))


@pytest.fixture
async def clerk(client: httpx.AsyncClient, small_office: TestOffice) -> str:
    """丙 of the county, who is its dispatcher too, signed in."""
    await signs_in(client, small_office, COUNTY)
    return (await colleague(small_office, COUNTY)).id


async def test_a_day_of_the_roster_from_the_empty_page_to_who_is_on_duty(
    client: httpx.AsyncClient, clerk: str
) -> None:
    empty = (await client.get("/desk/roster")).text
    assert "还没有排班" in empty
    assert "今天本单位没有人能通知。急件会直接告诉平顶山市住建局" in empty
    assert "还通知不到的:承办人丙" in empty

    await client.post("/desk/me/mail", data={"address": "bing@office.example"})
    added = await client.post(
        "/desk/roster",
        data={"person": clerk, "phone": "0375-5050123", "weekdays": ["0", "1", "2", "3", "4"]},
    )
    page = (await client.get(added.headers["location"])).text

    assert added.status_code == 303
    assert "排上了" in page
    assert "先通知 <strong>承办人丙</strong>,然后是平顶山市住建局" in page
    assert "每周一、周二、周三、周四、周五" in page
    assert "0375-5050123" in page
    assert (
        '<span class="badge red">空着</span> <strong>11月7日到11月8日</strong>:没有排人。' in page
    )
    (line,) = re.findall(r'name="line" value="(\d+)"', page)
    dropped = await client.post("/desk/roster/drop", data={"line": line})
    again = await client.post("/desk/roster/drop", data={"line": line})
    assert dropped.headers["location"] == "/desk/roster?told=dropped"
    assert (again.status_code, "已经去掉了" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"person": ""}, "只能排本单位办件的同事"),
        ({"person": "p-00000000"}, "只能排本单位办件的同事"),
        ({"deputy": "p-00000000"}, "只能排本单位办件的同事"),
        ({"deputy": "me"}, "不能是同一个"),
        ({"first": "2026-11-09", "last": "2026-11-08"}, "到哪天在从哪天前面"),
        ({"last": "2026-11-01"}, "已经过了"),
        ({"first": "11月9日"}, "日子写得不对"),
        ({"weekdays": "7"}, "星期几选得不对"),
        ({"phone": "找老王"}, "电话只写数字"),
        ({"phone": "1" * 31}, "电话太长了"),
    ],
)
async def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str, form: dict[str, str], says: str
) -> None:
    typed = {"person": clerk, "phone": "0375-1", **form}
    typed = {name: clerk if value == "me" else value for name, value in typed.items()}

    answer = await client.post("/desk/roster", data=typed)

    assert (answer.status_code, says in answer.text) == (409, True)
    assert f'value="{typed["phone"]}"' in answer.text
    async with small_office.reading() as reading:
        assert await reading.roster.of(COUNTY) == []


async def test_a_roster_has_an_end(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    for _ in range(MOST_LINES):
        assert (await client.post("/desk/roster", data={"person": clerk})).status_code == 303

    answer = await client.post("/desk/roster", data={"person": clerk})

    assert (answer.status_code, f"已经有 {MOST_LINES} 行" in answer.text) == (409, True)


async def test_the_units_above_see_it_and_write_nothing(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    await client.post("/desk/roster", data={"person": clerk, "phone": "0375-5050123"})
    async with small_office.reading() as reading:
        (line,) = await reading.roster.of(COUNTY)

    for unit in (CITY, PROVINCE):
        await signs_in(client, small_office, unit)
        page = (await client.get(f"/desk/roster?unit={COUNTY}")).text
        assert "0375-5050123" in page
        assert 'action="/desk/roster/drop"' not in page
        await client.post("/desk/roster/drop", data={"line": str(line.id)})
    async with small_office.reading() as reading:
        assert await reading.roster.of(COUNTY) == [line]

    await signs_in(client, small_office, COUNTY)
    for unit in (CITY, "housing-410402", "escrow-41", "x"):
        answer = await client.get(f"/desk/roster?unit={unit}")
        assert (answer.status_code, "0375" in answer.text) == (409, False)


async def test_only_who_leads_or_gives_out_work_writes_it(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    ring = await small_office.keyring(await colleague(small_office, COUNTY))
    plain = await small_office.hire("承办人丁", COUNTY)
    async with small_office.files() as files:
        await files.people.let_in(ring, plain.id, now=small_office.clock.now())
    client.cookies.set("desk", await small_office.signs_in(plain))

    page = (await client.get("/desk/roster")).text
    answers = [
        await client.post("/desk/roster", data={"person": clerk}),
        await client.post("/desk/roster/robot", data={"address": "0123456789abcdef0"}),
    ]

    assert "加一行" not in page
    assert all(a.status_code == 409 and "由本单位的督办员" in a.text for a in answers)


async def test_ones_own_address_is_set_and_never_shown(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    wrong = await client.post("/desk/me/mail", data={"address": "bing"})
    assert (wrong.status_code, 'value="bing"' in wrong.text) == (409, True)
    early = await client.post("/desk/me/test")
    assert "还没有登记邮箱" in early.text

    kept = await client.post("/desk/me/mail", data={"address": "bing@office.example"})
    page = (await client.get(kept.headers["location"])).text
    tried = await client.post("/desk/me/test")

    assert "邮箱存好了" in page
    assert "bing@office.example" not in page
    assert tried.headers["location"] == "/desk/me?told=tried"
    async with small_office.reading() as reading:
        (figures,) = await reading.outbox.figures()
    assert (figures.channel, figures.waiting) == (MAIL, 1)
    gone = await client.post("/desk/me/mail", data={"address": " "})
    assert "通知不到您" in (await client.get(gone.headers["location"])).text


async def test_a_house_without_mail_says_so(
    client: httpx.AsyncClient, app: FastAPI, clerk: str
) -> None:
    app.state.front = replace(app.state.front, ways=frozenset())

    assert "填了也收不到" in (await client.get("/desk/me")).text
    assert "XIANGSHENG_WECOM_URL" in (await client.get("/desk/roster")).text


async def called_out(client: httpx.AsyncClient, office: TestOffice, clerk: str) -> tuple[str, str]:
    """A ticket of which 丙 was told: its number, and the link."""
    await client.post("/desk/me/mail", data={"address": "bing@office.example"})
    await client.post("/desk/roster", data={"person": clerk})
    await office.office.intake.file(DANGER)
    number = await number_of_newest(office, COUNTY)
    await raise_alarms(office.office, (), URL)
    await call_out(office.office, (MAIL,), URL)
    async with office.files() as files:
        (parcel,) = await files.outbox.lease(MAIL, worker="w", now=office.clock.now())
    found = re.search(r"/desk/ack/[\w-]+", parcel.text)
    assert found
    return number, found[0]


async def test_the_link_shows_a_button_and_pressing_it_is_seen_by_colleagues(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    number, link = await called_out(client, small_office, clerk)

    looked = await client.get(link)
    async with small_office.reading() as reading:
        before = await reading.alerts.of(number)
    pressed = await client.post(link)
    again = await client.post(link)

    assert "有 <strong>1</strong> 件紧急的反映等着受理" in looked.text
    assert number not in looked.text
    assert before.goes == ""
    assert f'href="/desk/tickets/{number}"' in pressed.text
    assert "已经有人去办了" in again.text
    await signs_in(client, small_office, CITY)
    page = (await client.get(f"/desk/tickets/{number}")).text
    assert "通知了鲁山县住建局(演示)的承办人丙" in page
    assert "承办人丙说“我去办”" in page


async def test_signed_out_it_asks_for_the_password_and_comes_back(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    _, link = await called_out(client, small_office, clerk)
    client.cookies.clear()

    outside = await client.get(link)

    assert outside.status_code == 401
    assert f'value="{link}"' in outside.text


async def test_anothers_link_and_anothers_page_acknowledge_nothing(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    number, link = await called_out(client, small_office, clerk)
    foreign = await client.post(link, headers={"sec-fetch-site": "cross-site"})
    await signs_in(client, small_office, CITY)

    strange = [await client.get(link), await client.post(link), await client.get("/desk/ack/x")]

    assert foreign.status_code == 403
    assert all("不是发给您的" in answer.text for answer in strange)
    async with small_office.reading() as reading:
        assert (await reading.alerts.of(number)).goes == ""
        assert await reading.alerts.summons(id_of(link.rpartition("/")[2])) is not None


async def test_the_reporter_reads_nothing_of_who_was_told(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    await client.post("/desk/me/mail", data={"address": "bing@office.example"})
    await client.post("/desk/roster", data={"person": clerk})
    receipt = await small_office.office.intake.file(DANGER)
    await raise_alarms(small_office.office, (), URL)
    await call_out(small_office.office, (MAIL,), URL)

    case = await client.post("/api/v1/reports/lookup", json={"receipt": receipt.code})

    assert case.status_code == 200
    assert "承办人丙" not in case.text
    assert "值班" not in case.text


async def test_the_morning_letter_is_switched_off_and_on(
    client: httpx.AsyncClient, clerk: str
) -> None:
    await client.post("/desk/me/mail", data={"address": "bing@office.example"})
    assert 'name="digest" value="on" checked' in (await client.get("/desk/me")).text

    off = await client.post("/desk/me/told", data={})
    page = (await client.get(off.headers["location"])).text
    on = await client.post("/desk/me/told", data={"digest": "on"})

    assert "关了。急件照样通知您。" in page
    assert 'name="digest" value="on">' in page
    assert on.headers["location"] == "/desk/me?told=on"
    assert 'name="digest" value="on" checked' in (await client.get("/desk/me")).text


async def climbed(office: TestOffice) -> str:
    """A ticket of the county that was brought to the city."""
    receipt = await office.office.intake.file(LEAKING_ROOF)
    office.wait(days=61)
    await escalate_overdue(office.office)
    return receipt.number


async def test_that_it_climbed_is_a_banner_for_all_who_read_it(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    number = await climbed(small_office)

    for unit in (COUNTY, CITY):
        await signs_in(client, small_office, unit)
        page = (await client.get(f"/desk/tickets/{number}")).text
        assert "超期,已报平顶山市住建局(演示)(1月2日)。" in page
    small_office.wait(days=2)
    await escalate_overdue(small_office.office)
    await signs_in(client, small_office, COUNTY)
    page = (await client.get(f"/desk/tickets/{number}")).text
    assert re.search(r"已报平顶山市住建局\(演示\)\(1月2日\)、.*?\(1月4日\)。", page)


async def test_what_is_over_or_did_not_climb_has_no_banner(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    number = await climbed(small_office)
    other = await small_office.office.intake.file(LEAKING_ROOF)
    async with small_office.files() as files:
        await files.connection.execute(
            update(tickets).where(tickets.c.number == number).values(status=Status.CLOSED.value)
        )
    await signs_in(client, small_office, COUNTY)

    for each in (number, other.number):
        assert "超期,已报" not in (await client.get(f"/desk/tickets/{each}")).text


async def test_the_unit_below_reads_how_many_were_brought_above(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, COUNTY)
    await small_office.office.intake.file(LEAKING_ROOF)
    assert "已经报到上一级" not in (await client.get("/desk?tab=new")).text
    await climbed(small_office)

    await signs_in(client, small_office, COUNTY)
    for address in ("/desk", "/desk?tab=new", "/desk?tab=new&scope=unit"):
        page = (await client.get(address)).text
        assert "有 2 件已经报到上一级,或者上级在督办。" in page
    assert "已经报到上一级" not in (await client.get("/desk?tab=new&scope=mine")).text
    for unit in (CITY, PROVINCE):
        await signs_in(client, small_office, unit)
        assert "已经报到上一级" not in (await client.get("/desk?tab=new&scope=all")).text


async def test_a_code_for_the_bot_is_shown_once_and_binds_who_types_it(
    client: httpx.AsyncClient, small_office: TestOffice, clerk: str
) -> None:
    asked = await client.post("/desk/me/chat")
    (shown,) = re.findall(r"绑定 (\w{4} \w{4})<", asked.text)
    assert shown not in (await client.get("/desk/me")).text

    assert await rostering.bind(small_office.office, shown.replace(" ", ""), "4711")

    page = (await client.get("/desk/me")).text
    assert "绑定过" in page
    assert "4711" not in page
    gone = await client.post("/desk/me/chat/drop")
    assert "还没有绑定" in (await client.get(gone.headers["location"])).text
