"""A program changes a reporter's code for her."""

from __future__ import annotations

import httpx

from tests.offices import LEAKING_ROOF, TestOffice

HERE = "/api/v1/reports"


async def test_once_and_the_old_one_opens_nothing(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    made = await client.post(f"{HERE}/code", json={"receipt": receipt.code})
    again = await client.post(f"{HERE}/code", json={"receipt": receipt.code})
    old = await client.post(f"{HERE}/lookup", json={"receipt": receipt.code})
    new = await client.post(f"{HERE}/lookup", json={"receipt": made.json()["receipt"]})

    assert (made.status_code, again.status_code) == (201, 404)
    assert (old.status_code, new.status_code) == (404, 200)


async def test_nobody_without_a_code_is_given_one(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    for code, status in (("", 422), ("12345678901234567890", 422), ("x" * 300, 422)):
        answer = await client.post(f"{HERE}/code", json={"receipt": code})
        assert answer.status_code in (status, 404)
        assert "receipt" not in answer.json()
