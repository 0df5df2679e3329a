"""The log speaks of days, and a day is Beijing's whatever the step: UTC is still at yesterday by night."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from casework.actions.handling import look
from casework.actions.reminding import escalate_overdue
from casework.tickets import Action
from casework.workdays import SHANGHAI
from tests.casework.test_a_whole_life import Desk
from tests.offices import COUNTY, TestOffice


def in_the_night(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 1, 0, tzinfo=SHANGHAI).astimezone(UTC)


async def test_every_line_of_the_log_bears_the_day_of_beijing(small_office: TestOffice) -> None:
    desk = Desk(small_office)
    small_office.clock.at = in_the_night(2026, 11, 3)
    await desk.opens()
    await look(small_office.office, desk.rings[COUNTY], desk.number)
    await desk.step(Action.ACCEPT)
    small_office.clock.at = in_the_night(2027, 1, 1)
    await escalate_overdue(small_office.office)

    async with small_office.reading() as reading:
        leaves = [json.loads(body) for body in await reading.log.bodies(0, 4)]

    assert [(leaf["event"], leaf["day"]) for leaf in leaves] == [
        ("accepted", "2026-11-03"), ("opened", "2026-11-03"), ("accept", "2026-11-03"),
        ("escalated", "2027-01-01"),
    ]  # fmt: skip
