"""Headers on everything, foreign posts and large bodies refused, faults that tell nothing."""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import AsyncIterator
from hashlib import sha256

import httpx
import pytest
from fastapi import APIRouter, FastAPI

from api.app import create_app
from api.security import CSP
from api.show import HERE
from casework.shelves import Inbound, Parcel
from tests.api.conftest import HOST, well
from tests.offices import TestOffice, knowing

PAGES = ["/contacts", "/log", "/desk", "/desk/login/x", "/desk/invite/x", "/desk/bye", "/api/docs",
         "/nowhere", "/api/nowhere", "/api/openapi.json", "/healthz", "/readyz", "/metrics",
         "/static/desk.css"]  # fmt: skip
ASK = "/api/v1/ask"


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_has_the_strict_policy(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in CSP


async def test_nothing_but_static_is_kept_by_a_browser(client: httpx.AsyncClient) -> None:
    for path in ("/contacts", "/desk", "/api/v1/log/head"):
        assert (await client.get(path)).headers["cache-control"] == "no-store"
    pico = await client.get("/static/vendor/pico-2.1.1.min.css")
    assert "immutable" in pico.headers["cache-control"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.test"},
        {"Origin": "http://desk.test.elsewhere.test"},
    ],
)
@pytest.mark.parametrize("path", [ASK, "/desk/out", "/desk/login/x"])
async def test_a_foreign_post_is_refused(
    client: httpx.AsyncClient, headers: dict[str, str], path: str
) -> None:
    answer = await client.post(path, json={"text": "问"}, headers=headers)

    assert answer.status_code == 403
    assert "别的网站" in answer.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": HOST}, {"Sec-Fetch-Site": "none"}],
)
async def test_our_own_post_is_let_through(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await client.post(ASK, json={"text": "怎么申请"}, headers=headers)

    assert answer.status_code == 200


async def test_a_body_past_its_cap_is_413(client: httpx.AsyncClient) -> None:
    answer = await client.post(ASK, json={"text": "x" * 200_000})

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_a_body_that_hides_its_length_is_413_too(client: httpx.AsyncClient) -> None:
    async def drip() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 10_000

    answer = await client.post(ASK, content=drip(), headers={"content-type": "application/json"})

    assert answer.status_code == 413


@pytest.fixture
def breaking(small_office: TestOffice) -> FastAPI:
    router = APIRouter()

    @router.get("/api/breaks")
    async def breaks() -> None:
        raise ValueError("支书扣了俺五千块")

    return create_app(
        office=small_office.office, knowing=knowing, extra=(router,),
        health=well, secure=True, demo=False,
    )  # fmt: skip


async def test_a_fault_is_logged_by_type_and_told_to_nobody(
    breaking: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    transport = httpx.ASGITransport(app=breaking)

    with caplog.at_level(logging.DEBUG):
        async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
            answer = await client.get("/api/breaks")

    assert answer.status_code == 500
    assert "五千" not in answer.text + caplog.text
    assert "ValueError" in caplog.text


async def test_the_figures_hold_no_words(counting_anew: None, client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/reports", json={"text": "支书扣了俺五千块"})

    figures = (await client.get("/metrics")).text

    assert 'xiangsheng_http_answers_total{status="2xx"} 1.0' in figures
    assert "五千" not in figures


async def test_a_parked_message_is_a_figure(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    message = Inbound(channel="telegram", external_id="1", caller="31415", text="支书扣了五千")
    async with small_office.files() as files:
        await files.talks.take(message)
        await files.talks.park(message)

    figures = (await client.get("/metrics")).text

    assert 'xiangsheng_inbound_parked{channel="telegram"} 1.0' in figures


async def test_when_each_job_last_ran_and_each_channel_was_last_reached_is_a_figure(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    at = small_office.clock.now()
    async with small_office.files() as files:
        await files.counters.ran("telegram fetched", at=at)
        await files.counters.ran("escalate", at=at)

    figures = (await client.get("/metrics")).text

    told = re.findall(r'xiangsheng_last_run_timestamp_seconds\{name="([a-z ]+)"\} (\S+)', figures)
    assert {name: round(float(value)) for name, value in told} == dict.fromkeys(
        ("telegram fetched", "escalate"), round(at.timestamp())
    )


async def test_the_outbox_is_told_as_it_stands_when_it_is_asked(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    async with small_office.files() as files:
        await files.outbox.add(Parcel(channel="telegram", recipient="31415", text="支书扣了五千"))
    small_office.wait(minutes=10)

    figures = (await client.get("/metrics")).text
    async with small_office.files() as files:
        (parcel,) = await files.outbox.lease("telegram", worker="w", now=small_office.clock.now())
        await files.outbox.sent(parcel, worker="w")
    later = (await client.get("/metrics")).text

    mine = '{channel="telegram",kind="reply"}'
    assert f"xiangsheng_outbox_waiting{mine} 1.0" in figures
    assert f"xiangsheng_outbox_given_up{mine} 0.0" in figures
    (age,) = re.findall(r"outbox_oldest_seconds\{.*\} ([0-9.]+)", figures)
    assert 600 <= float(age) < 610
    assert mine not in later
    assert not re.search("31415|五千|_created", figures)


async def test_two_houses_in_one_process_count_apart(small_office: TestOffice) -> None:
    one, other = (
        create_app(
            office=small_office.office, knowing=knowing, health=well,
            secure=True, demo=False,
        )
        for _ in range(2)
    )  # fmt: skip
    for app, path in ((one, "/nowhere"), (other, "/healthz")):
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=HOST
        ) as client:
            await client.get(path)
            figures = (await client.get("/metrics")).text
        assert ('status="4xx"' in figures) == (path == "/nowhere")


def test_every_vendored_file_is_the_one_that_was_checked() -> None:
    folder = HERE / "static" / "vendor"
    listed = tomllib.loads((folder / "vendor.toml").read_text("utf-8"))["asset"]

    for asset in listed:
        assert sha256((folder / asset["file"]).read_bytes()).hexdigest() == asset["sha256"]
        assert (folder / asset["licence_file"]).exists()
    names = {path.name for path in folder.iterdir() if path.suffix in (".js", ".css")}
    assert names == {asset["file"] for asset in listed}


def test_no_template_and_no_style_of_ours_refers_outside() -> None:
    for path in [*HERE.glob("templates/**/*.html"), *HERE.glob("static/*.*")]:
        text = path.read_text("utf-8")
        assert not re.search(r"https?://", text), path
        assert not re.search(r"\sstyle=|<style|<script>|\son\w+=", text), path


def test_our_own_script_stays_small() -> None:
    """The desk's; the talk's has a limit of its own (`tests/browser/test_the_chat.py`)."""
    ours = [each for each in HERE.glob("static/*.js") if each.name != "talk.js"]

    assert sum(len(p.read_text("utf-8").splitlines()) for p in ours) < 100
