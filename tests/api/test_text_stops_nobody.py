"""A program's text is read at once or refused in a sentence, however it was made."""

from __future__ import annotations

import json
import time
from math import inf

import httpx
import pytest
from fastapi import FastAPI

from api.routers.reports import ReportIn, facts_of
from tests.long_texts import MOST_CPU, STOPPED, cpu

ASK, REPORTS = "/api/v1/ask", "/api/v1/reports"


async def test_a_question_that_once_stopped_everything_is_answered_at_once(
    client: httpx.AsyncClient,
) -> None:
    took = {name: await cpu_of(client, text) for name, text in STOPPED.items()}

    assert {name: each for name, each in took.items() if each > MOST_CPU} == {}


async def cpu_of(client: httpx.AsyncClient, text: str) -> float:
    """Seconds of this process's own time for one answer; the best of three."""
    best = inf
    for _ in range(3):
        begun = time.process_time()
        answer = await client.post(ASK, json={"text": text})
        best = min(best, time.process_time() - begun)
        assert answer.status_code == 200
    return best


def test_a_report_that_once_stopped_everything_is_understood_at_once(app: FastAPI) -> None:
    front = app.state.front

    def understood(text: str) -> float:
        body = json.dumps({"text": text})
        return cpu(lambda: facts_of(ReportIn.model_validate_json(body), front))

    took = {name: understood(text) for name, text in STOPPED.items()}
    assert {name: each for name, each in took.items() if each > MOST_CPU} == {}


async def test_a_report_whose_numbers_never_end_is_filed(client: httpx.AsyncClient) -> None:
    text = STOPPED["a number that never ends"]

    answer = await client.post(REPORTS, json={"text": text, "county": "410423"})

    assert answer.status_code == 201


@pytest.mark.parametrize("path", [ASK, REPORTS])
@pytest.mark.parametrize(
    ("length", "status", "sentence"), [(6000, 422, "太长了"), (100_000, 413, "最多5000字")]
)
async def test_what_is_too_long_is_refused_in_a_sentence(
    client: httpx.AsyncClient, path: str, length: int, status: int, sentence: str
) -> None:
    answer = await client.post(path, json={"text": ("每户" * length)[:length]})

    assert answer.status_code == status
    assert sentence in answer.text
