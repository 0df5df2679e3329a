"""Despair through the programs' way in: a kind that is listed, with the words that are said."""

from __future__ import annotations

import httpx

from tests.offices import CONTENT


async def test_a_program_gets_the_words_to_say(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/api/v1/ask", json={"text": "活着没意思,不想活了"})).json()

    assert answer["kind"] == "human"
    assert answer["answer"] == CONTENT.texts("despair.first")
    assert answer["source"] is None
    assert answer["topics"] == []
