"""A report told in the talk on the page: its receipt is shown once, and no code stays with the talk."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import httpx
import pytest
from sqlalchemy import select
from starlette.responses import Response

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.lately import Lately
from bot.channels.web.router import router
from bot.reception import Reception
from casework.receipts import find_code, shown
from storage.schema import answered_once, inbound, talks
from tests.bot.channels.web.conftest import HOST, well
from tests.bot.conftest import A_PHOTO, log_size
from tests.offices import CONTENT, LEAKING_ROOF, TestOffice, knowing
from tests.waiting import eventually

STORY = "说补两万,卡上才到一万五,支书说那五千是手续费。"
UP_TO_SEND = ("反映", STORY, "鲁山县", "去年", "对", "要", "没有", "没有了")
THREAT = "鲁山县的支书知道是我举报的,来俺家骂"
SAID_BEFORE = "没有再办一遍"


def turn_of(page: str) -> str:
    """By which the next press from this page is known."""
    (turn,) = set(re.findall(r'name="turn" value="([^"]+)"', page))
    return turn


async def says(phone: httpx.AsyncClient, *lines: str) -> httpx.Response:
    """Each from the page that the one before it led to."""
    answer = await phone.get("/talk")
    for line in lines:
        answer = await phone.post(
            "/talk", data={"text": line, "turn": turn_of(answer.text)}, follow_redirects=True
        )
    return answer


async def another_process(office: TestOffice, phone: httpx.AsyncClient) -> httpx.AsyncClient:
    """The same house and the same phone, and nothing that was in memory."""
    pages = router(
        Reception(office.office, knowing), office.office, knowing,
        secure_cookie=True, route_class=SealedRoute,
    )  # fmt: skip
    app = create_app(
        office=office.office, knowing=knowing, extra=(pages,), health=well,
        secure=True, demo=False, api=(), desk=(),
    )  # fmt: skip
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(
        transport=transport, base_url=HOST, cookies=phone.cookies, follow_redirects=True
    )


async def kept(office: TestOffice) -> str:
    """All that whoever has the database and the day's key can read of the talks."""
    async with office.store.house.readers.connect() as connection:
        rows = [
            row for table in (talks, inbound) for row in (await connection.execute(select(table)))
        ]
    today = office.store.house.today
    return "\n".join(today.open(row.day, row.sealed).decode() for row in rows if row.sealed)


@pytest.mark.parametrize("story", [(*UP_TO_SEND, "提交"), (THREAT,)])
async def test_the_receipt_is_on_the_page_that_answers_and_on_no_other(
    phone: httpx.AsyncClient, small_office: TestOffice, story: tuple[str, ...]
) -> None:
    page = await says(phone, *story)
    code = find_code(page.text)
    assert code
    assert "no-store" in page.headers["cache-control"]

    later = await phone.get("/talk")

    assert find_code(later.text) is None
    assert STORY not in later.text
    assert THREAT not in later.text
    assert await kept(small_office) == ""
    async with small_office.reading() as reading:
        assert (
            await reading.mailboxes.open(await small_office.locks.code(code, caller=""))
        ).letters
    async with small_office.store.house.readers.connect() as connection:
        assert (await connection.execute(select(answered_once))).all() == []


@pytest.mark.parametrize("story", [(*UP_TO_SEND, "提交"), (THREAT,)])
async def test_the_same_press_again_shows_the_same_receipt(
    phone: httpx.AsyncClient, small_office: TestOffice, story: tuple[str, ...]
) -> None:
    last = await says(phone, *story[:-1])
    press = {"text": story[-1], "turn": turn_of(last.text)}

    at_once = await asyncio.gather(*(phone.post("/talk", data=press) for _ in range(3)))
    reloaded = await phone.post("/talk", data=press)

    assert len({find_code(each.text) for each in (*at_once, reloaded)} - {None}) == 1
    assert find_code(reloaded.text)
    assert await log_size(small_office) == 1


@pytest.mark.parametrize("story", [(*UP_TO_SEND, "提交"), (THREAT,)])
async def test_where_nobody_remembers_it_nothing_is_filed_twice_and_she_is_told(
    phone: httpx.AsyncClient, small_office: TestOffice, story: tuple[str, ...]
) -> None:
    last = await says(phone, *story[:-1])
    press = {"text": story[-1], "turn": turn_of(last.text)}
    await phone.post("/talk", data=press)

    async with await another_process(small_office, phone) as again:
        answer = await again.post("/talk", data=press)

    assert answer.status_code == 200
    assert SAID_BEFORE in answer.text
    assert '<a class="button" href="/receipt">再看一眼编号</a>' in answer.text
    assert find_code(answer.text) is None
    assert await log_size(small_office) == 1


async def test_two_processes_pressed_at_once_file_one_report(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    last = await says(phone, *UP_TO_SEND)
    press = {"text": "提交", "turn": turn_of(last.text)}

    async with await another_process(small_office, phone) as other:
        answers = await asyncio.gather(
            phone.post("/talk", data=press), other.post("/talk", data=press)
        )

    assert len([each for each in answers if find_code(each.text)]) == 1
    assert await log_size(small_office) == 1


async def test_a_button_pressed_twice_answers_one_question(phone: httpx.AsyncClient) -> None:
    asked = await says(phone, "反映", STORY, "鲁山县")
    press = {"text": "1", "turn": turn_of(asked.text)}

    for _ in range(2):
        answer = await phone.post("/talk", data=press, follow_redirects=True)

    assert "反映的是:支书" in answer.text
    assert answer.text.count('class="mine"') == 4


async def test_other_words_from_an_old_page_are_a_message_of_their_own(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    """She went back, wrote something else and sent it: it is heard."""
    page = await phone.get("/talk")
    old = turn_of(page.text)
    await phone.post("/talk", data={"text": "反映", "turn": old})

    answer = await phone.post("/talk", data={"text": STORY, "turn": old}, follow_redirects=True)
    photo = await phone.post(
        "/talk", data={"text": STORY, "turn": old}, files={"file": ("a.png", A_PHOTO)},
        follow_redirects=True,
    )  # fmt: skip

    assert STORY in answer.text
    assert photo.text.count('class="mine"') == 3


async def test_a_page_without_a_turn_talks_on(phone: httpx.AsyncClient) -> None:
    for words in ("反映", STORY):
        answer = await phone.post("/talk", data={"text": words}, follow_redirects=True)

    assert "哪个县" in answer.text


def spellings(code: str) -> list[str]:
    wrong = code[:6] + str((int(code[6]) + 1) % 10) + code[7:]
    return [
        code, shown(code), f"俺的编号是{shown(code)},办到哪了", CONTENT.texts.aloud(code), wrong, code[:-1],
        "-".join(code[n : n + 4] for n in range(0, 20, 4)),
        code.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ]  # fmt: skip


@pytest.mark.parametrize("spelling", range(8))
@pytest.mark.parametrize("before", [(), ("查进度",)])
async def test_a_code_she_types_is_not_shown_again(
    phone: httpx.AsyncClient, small_office: TestOffice, spelling: int, before: tuple[str, ...]
) -> None:
    code = (await small_office.office.intake.file(LEAKING_ROOF)).code
    typed = spellings(code)[spelling]

    page = await says(phone, *before, typed)

    assert "(编号)" in page.text
    assert typed not in page.text
    assert find_code(page.text) is None


async def test_digits_that_are_no_code_are_shown_as_she_said_them(phone: httpx.AsyncClient) -> None:
    told = "去年10月补了15000元,电话0375-5051234,欠俺3000"

    assert told in (await says(phone, "反映", told)).text


async def test_a_refused_turn_may_be_pressed_again(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    page = await phone.get("/talk")
    press = {"text": "看照片", "turn": turn_of(page.text)}

    for _ in range(2):
        refused = await phone.post("/talk", data=press, files={"file": ("a.exe", b"MZ" * 99)})
        assert "这种文件收不了" in refused.text


async def test_a_receipt_is_forgotten_when_its_time_is_over() -> None:
    async def page() -> Response:
        return Response("a receipt")

    lately = Lately(remembered=0.01)
    await lately.once("turn", page)

    async def is_gone() -> bool:
        return not lately.known

    await eventually(is_gone)


async def test_only_so_many_are_remembered_and_the_oldest_goes_first() -> None:
    async def page() -> Response:
        return Response("a receipt")

    async def broken() -> Response:
        raise ValueError

    lately = Lately(most=2)
    for turn in ("1", "2", "3"):
        await lately.once(turn, page)
    with suppress(ValueError):
        await lately.once("4", broken)

    assert list(lately.known) == ["3"]
