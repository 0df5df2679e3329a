"""What a program may rely on: every answer has a type, every route a word for it, and a slip is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from api.app import JSON_ROUTERS, OTHER_ROUTERS
from api.figures import Figures
from api.routers.counties import counties_api
from api.routers.strict import StrictRoute
from tests.api.conftest import number_of_newest, routes, signs_in
from tests.casework.desk import Desk
from tests.offices import COUNTY, LEAKING_ROOF, PROVINCE, TestOffice

#: What answers with something else than JSON.
OTHER = {"/metrics", "/api/v1/tickets/{number}/attachments/{attachment}"}


def documented() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of every route for programs."""
    for path, methods in routes().openapi()["paths"].items():
        if path.startswith(("/api/", "/healthz", "/readyz", "/metrics")):
            for method, operation in methods.items():
                yield path, method, operation


@pytest.mark.parametrize(
    ("path", "method", "operation"), list(documented()), ids=lambda x: str(x)[:40]
)
def test_every_answer_has_a_type_and_every_route_says_what_it_is(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert any("\u4e00" <= letter <= "\u9fff" for letter in operation["summary"]), operation
    if path not in OTHER:
        (good,) = [a for code, a in operation["responses"].items() if code.startswith("2")]
        schema = good["content"]["application/json"]["schema"]
        assert "$ref" in schema or "$ref" in schema.get("items", {}), path


def test_every_route_for_programs_refuses_what_it_does_not_know() -> None:
    made = [each for each in for_programs() if each.path.startswith("/api/v1")]

    assert len(made) > 20
    assert [each.path for each in made if not isinstance(each, StrictRoute)] == []


def for_programs() -> list[APIRoute]:
    routers = (*JSON_ROUTERS, *OTHER_ROUTERS, counties_api(cast(Figures, None)))
    return [each for of in routers for each in of.routes if isinstance(each, APIRoute)]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/api/v1/tickets?tabs=new", "不认识的 tabs。可以写:tab、scope"),
        ("/api/v1/tickets?tab=new&limit=5", "不认识的 limit"),
        ("/api/v1/tickets/K7QD2M?story=0", "不认识的 story。这里一项也没有"),
        ("/api/v1/log/head?size=1", "不认识的 size"),
        ("/api/v1/topics?" + "x" * 500 + "=1", "不认识的 " + "x" * 40 + "。"),
        ("/api/v1/craftsmen/count?County=410423", "不认识的 County。可以写:county"),
    ],
)
async def test_a_slip_in_the_address_is_said_and_never_ignored(
    client: httpx.AsyncClient, small_office: TestOffice, path: str, sentence: str
) -> None:
    token = await signs_in(client, small_office, COUNTY)

    answer = await client.get(path, headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 422
    assert sentence in answer.json()["detail"]


async def test_what_is_answered_is_what_is_documented(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    """Each answer against the schema that a program reads."""
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    number = await number_of_newest(small_office, COUNTY)
    token = await signs_in(client, small_office, COUNTY)
    bearer = {"authorization": f"Bearer {token}"}
    province = {"authorization": f"Bearer {await signs_in(client, small_office, PROVINCE)}"}
    code, here = {"receipt": receipt.code}, f"/api/v1/tickets/{number}"
    asked: list[tuple[str, str, dict[str, Any], dict[str, str], str]] = [
        ("POST", "/api/v1/ask", {"text": "D级补多少钱"}, {}, "/api/v1/ask"),
        ("POST", "/api/v1/ask", {"text": "嗯嗯啊啊那个"}, {}, "/api/v1/ask"),
        ("POST", "/api/v1/reports", {"text": "墙裂了", "county": "410423"}, {}, "/api/v1/reports"),
        ("POST", "/api/v1/reports/lookup", code, {}, "/api/v1/reports/lookup"),
        ("POST", "/api/v1/reports/messages", {**code, "text": "又漏了"}, {}, "/api/v1/reports/messages"),
        ("GET", "/api/v1/log/head", {}, {}, "/api/v1/log/head"),
        ("GET", "/api/v1/log/proof/0", {}, {}, "/api/v1/log/proof/{index}"),
        ("GET", "/api/v1/log/consistency/0", {}, {}, "/api/v1/log/consistency/{old_size}"),
        ("GET", "/api/v1/log/leaves", {}, {}, "/api/v1/log/leaves"),
        ("GET", "/api/v1/tickets?tab=new", {}, bearer, "/api/v1/tickets"),
        ("GET", "/api/v1/tickets/steps", {}, bearer, "/api/v1/tickets/steps"),
        ("POST", f"{here}/actions", {"action": "accept"}, bearer, "/api/v1/tickets/{number}/actions"),
        ("GET", here, {}, bearer, "/api/v1/tickets/{number}"),
        ("GET", "/api/v1/topics", {}, {}, "/api/v1/topics"),
        ("GET", "/api/v1/batches", {}, province, "/api/v1/batches"),
        ("POST", "/api/v1/reports/withdrawal", code, {}, "/api/v1/reports/withdrawal"),
        ("GET", "/healthz", {}, {}, "/healthz"),
    ]  # fmt: skip
    client.cookies.clear()

    for method, path, body, headers, route in asked:
        answer = await client.request(
            method, path, json=body if method == "POST" else None, headers=headers
        )
        assert answer.is_success, (path, answer.text)
        model = model_of(method, route, answer.status_code)
        assert TypeAdapter(model).validate_json(answer.text, strict=True), path


def model_of(method: str, path: str, status: int) -> Any:
    (route,) = [e for e in for_programs() if e.path == path and method in e.methods]
    return route.responses.get(status, {}).get("model") or route.response_model


async def test_an_opened_ticket_names_its_file_copy_as_before(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    desk = Desk(small_office)
    await desk.opens()
    token = await signs_in(client, small_office, COUNTY)

    seen = await client.get(
        f"/api/v1/tickets/{desk.number}", headers={"authorization": f"Bearer {token}"}
    )

    assert seen.json()["tracks"].keys() >= {"extension", "draft", "appeal", "bound"}
    assert seen.json()["attachments"] == []
