"""What a villager meets beside her own pages: whether hers stands in the log, refusals, large type."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from PIL import Image
from sqlalchemy import delete, update

from api.app import create_app
from casework.receipts import code_from
from casework.refusals import BadInput, IntakeClosed, TooFast
from storage.schema import envelopes, leaves
from tests.api.conftest import HOST, well
from tests.offices import CONTENT, LEAKING_ROOF, TestOffice, knowing

TEXTS = CONTENT.texts
WELL, MISSING, CHANGED = (
    TEXTS(f"page.log.{key}", **slots)
    for key, slots in (("well", {"line": 1}), ("missing", {}), ("changed", {}))
)


@pytest.fixture
async def code(small_office: TestOffice) -> str:
    """Of a report with a photo, the first in the log."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 30)).save(picture, "JPEG")
    async with small_office.files() as files:
        photo = await files.blobs.hold(picture.getvalue())
    receipt = await small_office.office.intake.file(replace(LEAKING_ROOF, attachments=(photo,)))
    await small_office.office.intake.file(LEAKING_ROOF)
    return receipt.code


async def told(client: httpx.AsyncClient, code: str) -> str:
    answer = await client.post("/log", data={"code": code})
    assert code not in answer.text
    return answer.text


async def test_a_report_that_nobody_touched_is_found_in_the_log(
    client: httpx.AsyncClient, code: str
) -> None:
    assert WELL in await told(client, code)


async def test_words_that_were_exchanged_are_noticed(
    client: httpx.AsyncClient, small_office: TestOffice, code: str
) -> None:
    async with small_office.files() as files:
        await files.connection.execute(
            update(envelopes).where(envelopes.c.field == "story").values(sealed=b"another")
        )

    page = await told(client, code)

    assert CHANGED in page
    assert "没人动过" not in page


@pytest.mark.parametrize("way", ["changed", "gone"])
async def test_a_photo_that_was_exchanged_or_is_gone_is_noticed(
    client: httpx.AsyncClient, small_office: TestOffice, code: str, way: str
) -> None:
    for file in small_office.store.house.blobs.kept.iterdir():
        if way == "changed":
            file.write_bytes(file.read_bytes()[:-1] + b"?")
        else:
            file.unlink()

    assert CHANGED in await told(client, code)


@pytest.mark.parametrize("way", ["gone", "rewritten", "another's"])
async def test_a_line_that_was_taken_out_or_rewritten_is_noticed(
    client: httpx.AsyncClient, small_office: TestOffice, code: str, way: str
) -> None:
    first = leaves.c.index == 0
    async with small_office.files() as files:
        body = (await files.log.bodies(0, 1))[0]
        change = {
            "gone": delete(leaves).where(first),
            "rewritten": update(leaves).where(first).values(body=body.replace(b'"v":1', b'"v":2')),
            "another's": update(leaves)
            .where(first)
            .values(body=body.replace(b'"tag":"', b'"tag":"f')),
        }[way]
        await files.connection.execute(change)

    page = await told(client, code)

    assert MISSING in page
    assert "没人动过" not in page


@pytest.mark.parametrize("typed", [code_from(bytes(16)), "12345", ""])
async def test_a_code_that_opens_nothing_is_refused_in_a_sentence(
    client: httpx.AsyncClient, code: str, typed: str
) -> None:
    answer = await client.post("/log", data={"code": typed})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "没人动过" not in answer.text


async def test_whoever_guesses_codes_at_the_log_is_remembered(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    guessers = small_office.store.house.locks.line._misses

    await client.post("/log", data={"code": code_from(bytes(16))})

    assert len(guessers) == 1


async def test_the_log_speaks_of_no_route_and_no_program(client: httpx.AsyncClient) -> None:
    page = (await client.get("/log")).text

    for word in ("/api", "API", "RFC", "SHA", "<code>"):
        assert word not in page


@pytest.fixture
async def breaking(small_office: TestOffice) -> AsyncIterator[httpx.AsyncClient]:
    """A house where each page fails in its own way."""
    router = APIRouter()
    faults = {
        "422": BadInput("不对"), "429": TooFast(), "503": IntakeClosed("先歇歇"), "500": ValueError("五千"),
    }  # fmt: skip

    @router.get("/fails/{how}")
    async def fails(how: str) -> None:
        raise faults[how]

    @router.post("/takes/{number}")
    async def takes(number: int) -> None: ...

    app: FastAPI = create_app(
        office=small_office.office, knowing=knowing, extra=(router,), health=well,
        secure=True, demo=True,
    )  # fmt: skip
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOST) as made:
        yield made


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/fails/422", 422), ("GET", "/fails/429", 429), ("GET", "/fails/500", 500),
        ("GET", "/fails/503", 503), ("GET", "/nowhere", 404), ("PUT", "/takes/1", 405),
        ("POST", "/takes/x", 422), ("POST", "/takes/1?large", 413), ("POST", "/takes/1?foreign", 403),
    ],
)  # fmt: skip
async def test_every_refusal_outside_the_desk_has_the_villagers_look(
    breaking: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    content = b"x" * 200_000 if "large" in path else b""
    headers = {"sec-fetch-site": "cross-site"} if "foreign" in path else {}

    answer = await breaking.request(method, path, content=content, headers=headers)

    assert answer.status_code == status
    assert '<link rel="stylesheet" href="/villager.css">' in answer.text
    assert f"<title>{TEXTS('page.title')}</title>" in answer.text
    assert 'action="/exit"' in answer.text
    assert TEXTS("page.demo") in answer.text
    assert "pico" not in answer.text


async def test_the_desk_keeps_its_own_look(breaking: httpx.AsyncClient) -> None:
    for answer in (
        await breaking.get("/desk/nowhere"),
        await breaking.post("/desk/out", headers={"sec-fetch-site": "cross-site"}),
    ):
        assert "villager.css" not in answer.text
        assert "desk.css" in answer.text


@pytest.mark.parametrize(
    ("again", "leads_to"),
    [
        ("/talk", "/talk"), ("/?county=410423", "/?county=410423"), ("", "/"),
        ("//elsewhere.test", "/"), ("https://elsewhere.test", "/"), ("/\\elsewhere.test", "/"),
    ],
)  # fmt: skip
async def test_large_type_leads_back_to_a_page_of_this_house_alone(
    client: httpx.AsyncClient, again: str, leads_to: str
) -> None:
    answer = await client.post("/type", data={"type": "large", "again": again})

    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    assert answer.headers["set-cookie"] == "type=large; Path=/; SameSite=lax"


async def test_the_sheet_is_asked_for_again_and_sent_only_when_it_is_another(
    client: httpx.AsyncClient,
) -> None:
    normal = await client.get("/villager.css")
    same = await client.get("/villager.css", headers={"if-none-match": normal.headers["etag"]})
    client.cookies.set("type", "large")
    large = await client.get("/villager.css", headers={"if-none-match": normal.headers["etag"]})

    assert normal.headers["cache-control"] == "no-cache"
    assert same.status_code == 304
    assert large.text.startswith(normal.text)
    assert len(large.text) > len(normal.text)
