"""Many rows at once stand in the tables as each would stand there alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from storage.insertion import MOST_VALUES, insert_rows
from storage.schema import boxes, history, tickets
from tests.offices import TestOffice

NOW = datetime(2026, 3, 4, 5, 6, 7, 890, UTC)


def ticket(number: str, **more: Any) -> dict[str, Any]:
    return {
        "number": number, "county": "410423", "category": "c", "kind": "quality", "owner": "o",
        "status": "received", "open": True, "to_discipline": False, "filed_at": NOW,
        "month": "2026-03", "due_at": NOW, "climbs_at": None, "clocks": "[]", "salt": b"\0'salt",
        "version": 1, **more,
    }  # fmt: skip


async def test_moments_flags_bytes_and_what_is_left_out_are_as_one_by_one(
    office: TestOffice,
) -> None:
    def several(c: Connection) -> list[Any]:
        c.execute(insert(tickets), ticket("ONE"))
        insert_rows(c, tickets, [ticket("TWO"), ticket("THREE")])
        rows = c.execute(select(tickets).where(tickets.c.number.in_(["ONE", "TWO", "THREE"])))
        return [{**row, "number": ""} for row in rows.mappings()]

    async with office.files() as files:
        one, two, three = await files.connection.run_sync(several)

    assert one == two == three
    assert (one["filed_at"], one["open"], one["to_discipline"]) == (NOW, True, False)
    assert (one["handler"], one["returns"], one["tracks"]) == ("", 0, "{}")


async def test_columns_named_by_words_of_the_language_are_no_trouble(office: TestOffice) -> None:
    row = {"ticket": "T", "at": NOW, "action": "file", "by": "b", "person": "", "audience": "all",
           "sealed": None, "to": "'); DROP TABLE history; --", "code": ""}  # fmt: skip

    def several(c: Connection) -> list[Any]:
        insert_rows(c, history, [{**row, "n": n} for n in range(3)])
        return list(c.execute(select(history.c.to).where(history.c.ticket == "T")).scalars())

    async with office.files() as files:
        assert await files.connection.run_sync(several) == ["'); DROP TABLE history; --"] * 3


async def test_more_rows_than_a_statement_takes_are_all_put_down(office: TestOffice) -> None:
    count = MOST_VALUES // 3 + 7

    def several(c: Connection) -> int:
        rows = [{"holder": f"h{n}", "ticket": "T", "box": b"b"} for n in range(count)]
        insert_rows(c, boxes, rows)
        insert_rows(c, boxes, [])
        return len(c.execute(select(boxes.c.holder).where(boxes.c.ticket == "T")).all())

    async with office.files() as files:
        assert await files.connection.run_sync(several) == count


async def test_a_row_that_names_other_columns_is_refused(office: TestOffice) -> None:
    """Its values would stand in the wrong places, or be lost without a word."""
    first = {"holder": "h", "ticket": "T", "box": b"b"}

    def several(c: Connection) -> None:
        insert_rows(c, boxes, [first, {**first, "holder": "i", "sees": "task"}])

    async with office.files() as files:
        with pytest.raises(ValueError, match="sees"):
            await files.connection.run_sync(several)
