"""A store of an earlier day opens with what is in it."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import inspect, text

from casework.shelves import Tab
from tests.offices import COUNTY, LEAKING_ROOF, open_office


async def test_tickets_of_the_third_version_are_read(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office:
        await office.office.intake.file(LEAKING_ROOF)
        async with office.store.house.writer.begin() as connection:
            (tracks,) = (await connection.execute(text("SELECT tracks FROM tickets"))).scalars()
            before = json.dumps({**json.loads(tracks), "bound": True, "followup": "solved"})
            await connection.execute(text("UPDATE tickets SET tracks = :t"), {"t": before})
            await connection.execute(text("CREATE TABLE calendar_days (day TEXT)"))
            await connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))

    async with open_office(tmp_path, staffed=False) as office:
        async with office.reading() as reading:
            (county,) = await reading.people.in_unit(COUNTY)
            page = await reading.tickets.queue(Tab.NEW, reader=county, now=office.clock.now())
        async with office.store.house.readers.connect() as connection:
            tables = await connection.run_sync(lambda c: inspect(c).get_table_names())

    assert page.lines[0].tracks.bound
    assert "calendar_days" not in tables
