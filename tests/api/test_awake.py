"""A session that is used stays awake; reading writes at most once a minute."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import event, select

from api.awake import MOST, Awake
from storage.schema import sessions
from tests.api.conftest import signs_in
from tests.offices import A_MONDAY, COUNTY, TestOffice


def test_once_a_minute_for_each() -> None:
    awake, minute = Awake(), timedelta(minutes=1)

    asked = [awake.is_due("a", A_MONDAY + n * minute / 4) for n in range(9)]

    assert asked == [True, False, False, False, True, False, False, False, True]
    assert awake.is_due("b", A_MONDAY)


def test_a_clock_set_back_stops_no_note() -> None:
    awake = Awake()
    awake.is_due("a", A_MONDAY)

    assert awake.is_due("a", A_MONDAY - timedelta(days=1))


def test_no_more_are_remembered_than_fit() -> None:
    awake = Awake()
    for n in range(MOST + 10):
        awake.is_due(str(n), A_MONDAY)

    assert awake.is_due("0", A_MONDAY)
    assert not awake.is_due(str(MOST + 9), A_MONDAY)


@pytest.mark.parametrize("address", ["/desk?tab=new", "/desk/people", "/desk/help"])
async def test_reading_page_after_page_writes_once_a_minute(
    client: httpx.AsyncClient, small_office: TestOffice, address: str
) -> None:
    await signs_in(client, small_office, COUNTY)
    written: list[str] = []
    writer = small_office.store.house.writer.sync_engine
    event.listen(writer, "before_cursor_execute", lambda *told: written.append(told[2]))

    for _ in range(10):
        assert (await client.get(address)).status_code == 200
    first = [each for each in written if each.startswith("UPDATE")]
    small_office.wait(seconds=61)
    await client.get(address)

    updates = [each for each in written if each.startswith("UPDATE")]
    assert (len(first), len(updates)) == (1, 2)
    assert all("sessions" in each for each in updates)


async def test_somebody_who_reads_on_is_not_signed_out(
    client: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await signs_in(client, small_office, COUNTY)

    for _ in range(5):
        small_office.wait(minutes=50)
        assert (await client.get("/desk?tab=new")).status_code == 200

    async with small_office.reading() as reading:
        query = select(sessions.c.seen_at)
        (seen,) = (await reading.connection.execute(query)).scalars()
    assert small_office.clock.now() - seen < timedelta(minutes=1)
