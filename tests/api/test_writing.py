"""What helps an officer write: drafts that wait, phrases of the unit, and where he repeats the reporter."""

from __future__ import annotations

import re

import httpx
import pytest
from sqlalchemy import select

from casework.offices import Role
from casework.steps import Action
from storage.schema import drafts
from tests.api.conftest import signs_in
from tests.casework.desk import Desk
from tests.offices import CITY, COUNTY, PROVINCE, WITHHELD, TestOffice

A = Action
STORY = "新屋住了不到一年,下雨漏一地,施工队不接电话。"


@pytest.fixture
async def desk(small_office: TestOffice, client: httpx.AsyncClient) -> Desk:
    made = Desk(small_office)
    await made.opens()
    await made.steps(A.ACCEPT, A.DISPATCH, A.SIGN, A.START)
    await signs_in(client, small_office, COUNTY)
    return made


def box(page: str, step: str) -> str:
    """What stands in the box for words of a step."""
    found = re.search(rf'<textarea id="text-{step}"[^>]*>([^<]*)</textarea>', page)
    assert found
    return found[1]


def is_open(page: str, step: str) -> bool:
    before = page[: page.index(f'id="text-{step}"')]
    return " open>" in before[before.rindex('<details class="step') :].split("\n")[0]


# Drafts


async def test_what_was_begun_waits_sealed_and_stands_open_again(
    client: httpx.AsyncClient, desk: Desk, small_office: TestOffice
) -> None:
    here = f"/desk/tickets/{desk.number}"

    kept = await client.post(f"{here}/draft/reply", data={"text": "明天上午去修"})
    page = (await client.get(kept.headers["location"])).text

    assert "存好了,没有发。" in page
    assert box(page, "reply") == "明天上午去修"
    assert is_open(page, "reply")
    assert "写了一半的“答复”" in page
    async with small_office.reading() as reading:
        (row,) = (await reading.connection.execute(select(drafts))).all()
    assert "明天".encode() not in row.sealed
    assert [e.action for e in await desk.history()][-1] is not A.REPLY


async def test_it_is_gone_once_it_was_sent_or_emptied(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    here = f"/desk/tickets/{desk.number}"
    await client.post(f"{here}/draft/reply", data={"text": "明天去修"})
    await client.post(f"{here}/reply", data={"text": "明天去修"})
    assert "写了一半" not in (await client.get(here)).text
    await client.post(f"{here}/draft/note", data={"text": "问过了"})

    await client.post(f"{here}/draft/note", data={"text": "  "})

    assert "写了一半" not in (await client.get(here)).text


async def test_it_is_nobody_elses(
    client: httpx.AsyncClient, desk: Desk, small_office: TestOffice
) -> None:
    here = f"/desk/tickets/{desk.number}"
    await client.post(f"{here}/draft/note", data={"text": "只有我看"})
    await signs_in(client, small_office, CITY)

    assert "只有我看" not in (await client.get(here)).text
    await client.post(f"{here}/draft/note", data={"text": "市里写的"})
    await signs_in(client, small_office, COUNTY)
    assert box((await client.get(here)).text, "note") == "只有我看"


@pytest.mark.parametrize(
    ("step", "text", "status"),
    [("add", "话", 409), ("nonsense", "话", 422), ("reply", "字" * 5001, 422)],
)
async def test_a_strange_draft_is_refused_in_a_sentence(
    client: httpx.AsyncClient, desk: Desk, step: str, text: str, status: int
) -> None:
    kept = await client.post(f"/desk/tickets/{desk.number}/draft/{step}", data={"text": text})

    assert kept.status_code == status


async def test_a_stranger_keeps_nothing(
    client: httpx.AsyncClient, desk: Desk, small_office: TestOffice
) -> None:
    await small_office.office.intake.file(WITHHELD)
    hidden = Desk(small_office)
    await hidden.opens(WITHHELD)

    kept = await client.post(f"/desk/tickets/{hidden.number}/draft/note", data={"text": "话"})

    assert kept.status_code == 404


async def test_it_is_forgotten_when_nobody_came_back(
    client: httpx.AsyncClient, desk: Desk, small_office: TestOffice
) -> None:
    await client.post(f"/desk/tickets/{desk.number}/draft/note", data={"text": "话"})
    await small_office.store.forget(small_office.clock.now())
    async with small_office.reading() as reading:
        assert (await reading.connection.execute(select(drafts))).all()
    small_office.wait(days=61)

    await small_office.store.forget(small_office.clock.now())

    async with small_office.reading() as reading:
        assert not (await reading.connection.execute(select(drafts))).all()


# Her words


async def test_before_it_goes_out_her_own_phrases_are_shown_and_then_it_goes(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    here = f"/desk/tickets/{desk.number}"
    text = "您说新屋住了不到一年,下雨漏一地,我们明天去。"

    shown = await client.post(f"{here}/reply", data={"text": text})
    (seen,) = re.findall(r'name="seen" value="(\w+)"', shown.text)
    changed = await client.post(f"{here}/reply", data={"text": text + "再看", "seen": seen})
    sent = await client.post(f"{here}/reply", data={"text": text, "seen": seen})

    assert "“新屋住了不到一年,下雨漏一地”" in shown.text
    assert box(shown.text, "reply") == text
    assert "发出去以前看一眼" in changed.text
    assert sent.status_code == 303
    assert [e.action for e in await desk.history()].count(A.REPLY) == 1


@pytest.mark.parametrize("text", ["明天上午去修屋顶,修好请您看。", "房顶漏雨明天修", ""])
async def test_his_own_words_go_at_once(client: httpx.AsyncClient, desk: Desk, text: str) -> None:
    sent = await client.post(f"/desk/tickets/{desk.number}/reply", data={"text": text})

    assert "发出去以前看一眼" not in sent.text
    assert sent.status_code == (303 if text else 409)


async def test_what_stays_among_colleagues_may_quote_her(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    sent = await client.post(f"/desk/tickets/{desk.number}/note", data={"text": STORY})

    assert sent.status_code == 303


async def test_a_program_is_not_asked_twice(
    client: httpx.AsyncClient, desk: Desk, small_office: TestOffice
) -> None:
    token = await signs_in(client, small_office, COUNTY)

    sent = await client.post(
        f"/api/v1/tickets/{desk.number}/actions",
        json={"action": "reply", "text": STORY},
        headers={"authorization": f"Bearer {token}"},
    )

    assert sent.status_code == 200


# 套话


async def test_a_unit_writes_what_it_says_again_and_again(
    client: httpx.AsyncClient, desk: Desk, small_office: TestOffice
) -> None:
    here = f"/desk/tickets/{desk.number}"
    empty = (await client.get("/desk/phrases")).text
    kept = await client.post(
        "/desk/phrases", data={"step": "reply", "title": "开头", "text": "您反映的事我们看过了。"}
    )
    page = (await client.get(here)).text
    (id,) = re.findall(r"phrase=(\w+)", page)
    await client.post(f"{here}/draft/reply", data={"text": "老乡您好。"})

    chosen = (await client.get(f"{here}?step=reply&phrase={id}")).text

    assert "还没有。下面写第一条" in empty
    assert kept.status_code == 303
    assert 'data-phrase="您反映的事我们看过了。"' in page
    assert box(chosen, "reply") == "老乡您好。\n您反映的事我们看过了。"
    await client.post(
        "/desk/phrases", data={"id": id, "step": "reply", "title": "开头", "text": "查过了。"}
    )
    assert 'data-phrase="查过了。"' in (await client.get(here)).text
    await signs_in(client, small_office, CITY)
    assert "查过了。" not in (await client.get("/desk/phrases")).text
    assert "查过了。" not in (await client.get(here)).text
    stolen = await client.post(f"/desk/phrases/{id}/drop")
    assert stolen.status_code == 422
    await signs_in(client, small_office, COUNTY)
    await client.post(f"/desk/phrases/{id}/drop")
    assert "查过了。" not in (await client.get("/desk/phrases")).text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"step": "sign", "title": "好", "text": "好"}, "这一步不用写话"),
        ({"step": "reply", "title": " ", "text": "好"}, "也要有话"),
        ({"step": "reply", "title": "好", "text": " "}, "也要有话"),
        ({"step": "reply", "title": "好" * 21, "text": "好"}, "名字最多 20 个字"),
        ({"step": "reply", "title": "好", "text": "好" * 601}, "话最多 600 个字"),
        ({"step": "reply", "title": "好", "text": "好", "id": "f00d"}, "刚刚有人删了"),
    ],
)
async def test_a_phrase_that_cannot_be_kept_comes_back_as_typed(
    client: httpx.AsyncClient, desk: Desk, data: dict[str, str], sentence: str
) -> None:
    answer = await client.post("/desk/phrases", data=data)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert data["text"] in answer.text


async def test_a_list_of_phrases_ends(client: httpx.AsyncClient, desk: Desk) -> None:
    for n in range(12):
        await client.post("/desk/phrases", data={"step": "note", "title": str(n), "text": "好"})

    more = await client.post("/desk/phrases", data={"step": "note", "title": "多", "text": "好"})

    assert "已经有 12 条套话了" in more.text


async def test_markup_in_a_phrase_is_words(client: httpx.AsyncClient, desk: Desk) -> None:
    text = '"><script>alert(1)</script>'
    await client.post("/desk/phrases", data={"step": "note", "title": text[:20], "text": text})

    for path in ("/desk/phrases", f"/desk/tickets/{desk.number}"):
        assert "<script>alert" not in (await client.get(path)).text


async def test_whoever_works_on_no_case_writes_none(
    client: httpx.AsyncClient, desk: Desk, small_office: TestOffice
) -> None:
    person = await small_office.hire("培训员", COUNTY, Role.ORGANISER)
    client.cookies.set("desk", await small_office.signs_in(person))

    page = await client.get("/desk/phrases")
    kept = await client.post("/desk/phrases", data={"step": "note", "title": "好", "text": "好"})

    assert page.status_code in (403, 409)
    assert kept.status_code in (403, 409)


# On the page


async def test_what_would_tell_who_she_is_is_marked_in_her_story(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    page = (await client.get(f"/desk/tickets/{desk.number}")).text

    assert "新屋住了不到一年" in re.sub(r"</?mark[^>]*>", "", page)


async def test_who_did_it_is_named_to_whoever_oversees_them_and_to_nobody_else(
    client: httpx.AsyncClient, desk: Desk, small_office: TestOffice
) -> None:
    here = f"/desk/tickets/{desk.number}"
    clerk = (await client.get(here)).text
    await signs_in(client, small_office, PROVINCE)
    supervisor = (await client.get(here)).text

    assert "承办人丙" not in clerk.split('id="history"')[1]
    assert "承办人丙" in supervisor.split('id="history"')[1]


async def test_text_for_another_system_holds_no_word_of_hers(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    await client.post(f"/desk/tickets/{desk.number}/reply", data={"text": "明天去修"})

    block = (await client.get(f"/desk/tickets/{desk.number}/block")).text

    assert f"件号:{desk.number}" in block
    assert "答复内容:明天去修" in block
    assert "漏一地" not in block


async def test_a_print_carries_who_printed_it_and_when(
    client: httpx.AsyncClient, desk: Desk
) -> None:
    page = (await client.get(f"/desk/tickets/{desk.number}")).text

    assert re.search(r'class="for-print">承办人丙\([^<]*\)打印,2026年11月\d+日 \d\d:\d\d', page)
