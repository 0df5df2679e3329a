"""What a township's member is shown by every page and every route he can reach: his task."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import product

import httpx
import pytest

from casework.actions import reporting
from casework.actions.handling import act, look
from casework.offices import Role
from casework.permits import Particulars
from casework.queue import Tab, View
from casework.reports import Accused, Facts
from casework.tickets import Action
from casework.workdays import SHANGHAI
from tests import sent_files
from tests.api.conftest import colleague, number_of_newest, signs_in
from tests.offices import CITY, COUNTY, LEAKING_ROOF, TestOffice

A = Action
TOWNSHIP = "township-410423106"
TASK = "请到赵村镇查今年新建房的屋面,本周五以前报查看记录。"
STORY = "新屋住了不到一年,下雨漏一地,施工队不接电话,老伴急得直哭。"
ADDED = "西屋墙根也洇湿了一大片,俺都不敢睡"
WHEN = "去年冬天下头场雪那几天"
INSIDE = "县里自己记的一句:先别惊动包工队"
ANSWER = "您反映的事,县里正在安排人去看,先把西屋的床挪开。"
BUILDER = "冯老四"


class Sent:
    """A ticket with one planted word of each kind, sent down two days after it came."""

    def __init__(self, number: str, filed: datetime, file: str, token: str) -> None:
        self.number, self.filed, self.file, self.token = number, filed, file, token

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    @property
    def planted(self) -> list[str]:
        """Everything that must not reach the township, in the ways it could be written."""
        at, local = self.filed, self.filed.astimezone(SHANGHAI)
        days = [
            f"{at:%Y-%m-%d}", f"{at:%Y%m%d}", f"{at:%Y/%m/%d}", f"{local:%Y-%m-%d}",
            f"{local.year}年{local.month}月{local.day}日", f"{local.month}月{local.day}日",
            f"{local.month:02}月{local.day:02}日", f"{local.month}/{local.day}",
            f"{local.month:02}-{local.day:02}", str(int(at.timestamp())),
        ]  # fmt: skip
        words = [STORY, ADDED, WHEN, INSIDE, ANSWER, BUILDER, self.file, "Telegram", "telegram"]
        pieces = [word[n : n + 6] for word in (STORY, ADDED, WHEN, ANSWER) for n in range(0, 12, 3)]
        return [*words, *pieces, *days]

    def found_in(self, text: str) -> list[str]:
        return [word for word in self.planted if word in text]


@pytest.fixture
async def sent(client: httpx.AsyncClient, small_office: TestOffice) -> Sent:
    office = small_office.office
    async with small_office.files() as files:
        held = await files.blobs.hold(sent_files.jpeg())
    report = replace(
        LEAKING_ROOF, text=STORY, when=WHEN, channel="telegram", attachments=(held,),
        accused=(Accused(role="contractor", name=BUILDER),), facts=Facts(identity=("王秋生",)),
    )  # fmt: skip
    filed = small_office.clock.at
    receipt = await office.intake.file(report)
    number = await number_of_newest(small_office, COUNTY)
    ring = await small_office.keyring(await colleague(small_office, COUNTY))
    await reporting.add(office, receipt.number, ADDED)
    small_office.wait(days=2)
    await act(office, ring, number, A.ACCEPT)
    await act(office, ring, number, A.DISPATCH)
    await act(office, ring, number, A.SIGN)
    await act(office, ring, number, A.REPLY, text=ANSWER)
    await act(office, ring, number, A.NOTE, text=INSIDE)
    small_office.wait(days=1)
    person = await small_office.hire("乡里的戊", TOWNSHIP, Role.HANDLER, Role.DISPATCHER)
    await act(office, ring, number, A.REASSIGN, text=TASK, particulars=Particulars(to=TOWNSHIP))
    file = (await look(office, ring, number)).attachments[0].id
    return Sent(number, filed, file, await small_office.signs_in(person))


async def test_no_page_and_no_route_shows_the_township_a_planted_word(
    client: httpx.AsyncClient, sent: Sent
) -> None:
    client.cookies.set("desk", sent.token)
    tabs = ["new", "to_sign", "working", "today", "overdue", "waiting", "followup", "done"]
    pages = ["/desk", "/desk/people", "/desk/help", f"/desk/tickets/{sent.number}"]
    pages += [f"/desk?tab={tab}" for tab in tabs]
    routes = [f"/api/v1/tickets/{sent.number}", *(f"/api/v1/tickets?tab={tab}" for tab in tabs)]

    answers = {page: await client.get(page) for page in pages}
    client.cookies.clear()
    answers |= {route: await client.get(route, headers=sent.bearer) for route in routes}

    assert {
        page: each.status_code for page, each in answers.items() if each.status_code != 200
    } == {}
    assert {
        page: found for page, each in answers.items() if (found := sent.found_in(each.text))
    } == {}
    assert TASK in answers[f"/desk/tickets/{sent.number}"].text
    assert sent.number in answers["/desk"].text


async def test_the_county_sees_every_planted_word_that_the_township_does_not(
    client: httpx.AsyncClient, sent: Sent, small_office: TestOffice
) -> None:
    """So that the test above looks for what is really there."""
    await signs_in(client, small_office, COUNTY)

    page = (await client.get(f"/desk/tickets/{sent.number}")).text

    assert [
        w for w in (STORY, ADDED, WHEN, INSIDE, ANSWER, BUILDER, sent.file) if w not in page
    ] == []
    assert TASK in page
    assert "乡镇可见" in page


async def test_the_json_of_a_task_says_that_it_is_one(
    client: httpx.AsyncClient, sent: Sent
) -> None:
    got = (await client.get(f"/api/v1/tickets/{sent.number}", headers=sent.bearer)).json()

    assert (got["sees"], got["story"], got["facts"], got["attachments"]) == ("task", "", {}, [])
    assert [line["text"] for line in got["history"] if line["text"]] == [TASK]
    assert {line["audience"] for line in got["history"] if line["text"]} == {"task"}
    assert [clock["label"] for clock in got["clocks"]] == ["办这件任务"]
    assert got["filed_at"] == got["history"][0]["at"]
    assert set(got["allowed"]) == {"sign", "return", "note"}


async def test_every_step_of_a_township_answers_with_its_task_and_no_more(
    client: httpx.AsyncClient, sent: Sent
) -> None:
    where = f"/api/v1/tickets/{sent.number}/actions"
    steps = [("sign", ""), ("start", ""), ("note", "已上门"), ("ask_extension", "下雨上不了房")]

    for action, text in steps:
        answer = await client.post(
            where, headers=sent.bearer, json={"action": action, "text": text}
        )
        assert (answer.status_code, sent.found_in(answer.text)) == (200, [])


@pytest.mark.parametrize(
    "action",
    sorted(set(Action) - {A.SIGN, A.START, A.NOTE, A.RETURN, A.RECTIFIED, A.ASK_EXTENSION}),
)
async def test_what_a_township_may_not_do_is_refused_without_a_planted_word(
    client: httpx.AsyncClient, sent: Sent, action: Action
) -> None:
    body = {
        "action": action.value,
        "text": "修好了",
        "to": CITY,
        "other": "K7QD2M",
        "code": "other_body",
    }

    answer = await client.post(
        f"/api/v1/tickets/{sent.number}/actions", headers=sent.bearer, json=body
    )

    assert answer.status_code == 409
    assert sent.found_in(answer.text) == []


async def test_an_attachment_is_refused_at_the_desk_and_by_program(
    client: httpx.AsyncClient, sent: Sent
) -> None:
    by_program = await client.get(
        f"/api/v1/tickets/{sent.number}/attachments/{sent.file}", headers=sent.bearer
    )
    client.cookies.set("desk", sent.token)
    at_the_desk = await client.get(f"/desk/tickets/{sent.number}/attachments/{sent.file}")

    for answer in (by_program, at_the_desk):
        assert answer.status_code == 422
        assert "没有这个附件" in answer.text


async def test_the_next_page_of_a_queue_carries_no_day_of_the_report(
    client: httpx.AsyncClient, sent: Sent, small_office: TestOffice
) -> None:
    """The key of the next page holds a deadline: it must be the township's own."""
    ring = await small_office.keyring(await colleague(small_office, COUNTY))
    async with small_office.reading() as reading:
        true = (await reading.tickets.get(sent.number, reader=ring.person)).ticket
        person = await colleague(small_office, TOWNSHIP)
        page = await reading.queue.page(
            View(tab=Tab.TO_SIGN), reader=person, now=small_office.clock.now()
        )
    (line,) = page.lines

    shared = {clock.due for clock in true.clocks} & {clock.due for clock in line.clocks}
    assert shared == set()
    assert line.filed_at > true.filed_at


async def test_the_desk_asks_for_the_task_and_keeps_what_was_typed(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(replace(LEAKING_ROOF, text=STORY))
    number = await number_of_newest(small_office, COUNTY)
    await small_office.hire("乡里的戊", TOWNSHIP)
    await signs_in(client, small_office, COUNTY)
    await client.post(f"/desk/tickets/{number}/accept")
    where = f"/desk/tickets/{number}/dispatch"

    form = await client.get(f"/desk/tickets/{number}")
    nothing = await client.post(where, data={"to": TOWNSHIP})
    copied = await client.post(where, data={"to": TOWNSHIP, "text": f"去看看,{STORY}"})
    well = await client.post(where, data={"to": TOWNSHIP, "text": TASK})

    assert 'name="text"' in form.text
    assert "要做什么(交给乡镇时必须写)" in form.text
    assert (nothing.status_code, "写清要乡镇做什么" in nothing.text) == (409, True)
    assert (copied.status_code, "是反映人的原话" in copied.text) == (409, True)
    assert f"去看看,{STORY}" in copied.text
    assert well.status_code == 303


@pytest.mark.parametrize(("words", "to"), [*product(["", " "], [COUNTY, TOWNSHIP])])
async def test_a_reassignment_without_words_is_refused_in_a_sentence(
    client: httpx.AsyncClient, sent: Sent, small_office: TestOffice, words: str, to: str
) -> None:
    await signs_in(client, small_office, COUNTY)

    answer = await client.post(
        f"/desk/tickets/{sent.number}/reassign", data={"to": to, "text": words}
    )

    assert answer.status_code == 409
    assert ("写清要乡镇做什么" in answer.text) == (to == TOWNSHIP)
    assert ("请先写:改派理由" in answer.text) == (to == COUNTY)
