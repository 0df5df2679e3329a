"""One message a morning with his own numbers, never more than three a day, and none where he wants none."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from casework.absences import Absence
from casework.actions import alerting, handling, recusing, rostering, staffing
from casework.actions.digesting import COUNTED, digest
from casework.actions.reminding import escalate_overdue
from casework.alerts import DIGEST, MAIL, MOST_A_DAY, WECOM, Rations
from casework.offices import Role
from casework.queue import Tab
from casework.recusals import Reason
from casework.refusals import BadInput
from casework.tickets import Action
from casework.workdays import SHANGHAI
from tests.casework.test_alerting import DANGER, URL, WAYS, Desk
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PROVINCE, WITHHELD, TestOffice

DAY = date(2026, 11, 3)
MORNING = datetime(2026, 11, 3, 8, 40, tzinfo=SHANGHAI)  # a Tuesday


@pytest.fixture
async def desk(office: TestOffice) -> Desk:
    made = Desk(office)
    for unit in (COUNTY, CITY, PROVINCE):
        await made.reach(await made.person(unit))
    return made


async def morning(desk: Desk, at: datetime = MORNING) -> dict[str, str]:
    """What each was told that morning."""
    desk.office.clock.at = at
    await digest(desk.office.office, WAYS, URL)
    before = len(desk.mail.letters)
    await desk.pumped()
    return {address.partition("@")[0]: text for address, text in desk.mail.letters[before:]}


async def test_each_is_told_his_own_numbers_and_nothing_else(desk: Desk) -> None:
    clerk, city = await desk.person(COUNTY), await desk.person(CITY)
    first = await desk.office.office.intake.file(LEAKING_ROOF)
    second = await desk.office.office.intake.file(LEAKING_ROOF)
    ring = await desk.office.keyring(clerk)
    await handling.act(desk.office.office, ring, second.number, Action.ACCEPT)

    told = await morning(desk, MORNING + timedelta(days=1))

    assert told[clerk.id].startswith("乡声11月4日:")
    assert told[clerk.id].endswith(f"。请登录工作台看:{URL}")
    numbers = dict(
        each.split(" ") for each in told[clerk.id].split(":", 1)[1].split("。")[0].split(",")
    )
    async with desk.office.reading() as reading:
        counts = await reading.queue.counts(reader=clerk, now=desk.office.clock.now())
    assert numbers == {tab.label: str(counts[tab]) for tab in COUNTED if counts[tab]}
    assert "待受理 2" in told[clerk.id]
    assert city.id not in told or "待受理" not in told[city.id]
    assert not any(word in text for text in told.values() for word in (first.number, "漏", "鲁山"))


async def test_what_is_late_below_is_one_number_above(desk: Desk) -> None:
    await desk.office.office.intake.file(LEAKING_ROOF)
    desk.office.wait(days=61)
    await escalate_overdue(desk.office.office)

    told = await morning(desk, datetime(2027, 1, 5, 8, 40, tzinfo=SHANGHAI))

    clerk, city = await desk.person(COUNTY), await desk.person(CITY)
    assert "超期 1,待受理 1,督办 1" in told[clerk.id]
    assert "下级超期 1" in told[city.id]
    assert "待受理" not in told[city.id]


async def test_nothing_waiting_is_no_message(desk: Desk) -> None:
    assert await morning(desk) == {}


@pytest.mark.parametrize(
    "at",
    [
        MORNING.replace(hour=8, minute=39),
        MORNING.replace(hour=17, minute=30),
        datetime(2026, 11, 7, 8, 40, tzinfo=SHANGHAI),  # a Saturday
        datetime(2026, 10, 1, 8, 40, tzinfo=SHANGHAI),  # the National Day, a Thursday
    ],
)
async def test_out_of_hours_and_on_days_off_nobody_is_told(desk: Desk, at: datetime) -> None:
    desk.office.clock.at = min(at, desk.office.clock.at)
    await desk.office.office.intake.file(LEAKING_ROOF)

    assert await morning(desk, at) == {}


async def test_a_saturday_that_is_worked_is_a_working_day(desk: Desk) -> None:
    desk.office.clock.at = datetime(2026, 10, 9, 9, tzinfo=SHANGHAI)
    await desk.office.office.intake.file(LEAKING_ROOF)

    assert await morning(desk, datetime(2026, 10, 10, 8, 40, tzinfo=SHANGHAI))


async def test_it_goes_once_a_day_whoever_runs_it_and_however_often(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    await desk.office.office.intake.file(LEAKING_ROOF)
    desk.office.clock.at = MORNING
    await asyncio.gather(*(digest(desk.office.office, WAYS, URL) for _ in range(4)))
    await desk.pumped()

    again = await morning(desk, MORNING + timedelta(hours=2))
    tomorrow = await morning(desk, MORNING + timedelta(days=1))

    assert [to for to, _ in desk.mail.letters].count(f"{clerk.id}@office.example") == 2
    assert clerk.id not in again
    assert clerk.id in tomorrow


async def test_whoever_switched_it_off_is_told_of_danger_alone(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    ring = await desk.office.keyring(clerk)
    await desk.roster(COUNTY, clerk)
    await rostering.switch(desk.office.office, ring, DIGEST, on=False)
    await desk.office.office.intake.file(DANGER)
    assert await desk.round() == [clerk.id]

    assert clerk.id not in await morning(desk)
    with pytest.raises(BadInput, match="关不掉"):
        await rostering.switch(desk.office.office, ring, "danger", on=False)
    await rostering.switch(desk.office.office, ring, DIGEST, on=True)
    assert clerk.id in await morning(desk)


async def test_three_a_day_and_no_more_but_danger_is_not_counted(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    ring = await desk.office.keyring(clerk)
    await desk.roster(COUNTY, clerk)
    await desk.office.office.intake.file(LEAKING_ROOF)
    desk.office.clock.at = MORNING.replace(hour=8, minute=0)
    for _ in range(MOST_A_DAY):
        await alerting.try_out(desk.office.office, ring)

    with pytest.raises(BadInput, match="已经发过 3 封"):
        await alerting.try_out(desk.office.office, ring)
    assert await desk.pumped() == [clerk.id] * MOST_A_DAY
    assert clerk.id not in await morning(desk)
    await desk.office.office.intake.file(DANGER)
    assert await desk.round() == [clerk.id]
    assert clerk.id in await morning(desk, MORNING + timedelta(days=1))


async def test_whoever_stays_away_is_not_told_that_there_is_one(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    receipt = await desk.office.office.intake.file(LEAKING_ROOF)
    ring = await desk.office.keyring(clerk)
    await recusing.declare(desk.office.office, ring, receipt.number, reason=Reason.INTEREST)

    assert clerk.id not in await morning(desk)


async def test_whoever_left_or_reads_no_cases_is_told_nothing(desk: Desk) -> None:
    clerk, top = await desk.person(COUNTY), await desk.person(PROVINCE)
    await desk.joins("承办人丁", COUNTY)
    trainer = await desk.office.hire("培训组织人", COUNTY, Role.ORGANISER)
    await desk.reach(trainer)
    await desk.office.office.intake.file(LEAKING_ROOF)
    desk.office.clock.at = MORNING
    await digest(desk.office.office, WAYS, URL)
    await staffing.remove(desk.office.office, await desk.office.keyring(top), clerk.id)

    assert clerk.id not in await desk.pumped()
    told = await morning(desk, MORNING + timedelta(days=1))
    assert {clerk.id, trainer.id}.isdisjoint(told)


async def test_whoever_is_away_is_left_in_peace(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    await desk.office.office.intake.file(LEAKING_ROOF)
    async with desk.office.files() as files:
        away = Absence(
            person=clerk.id, deputy="p-0", since=MORNING, until=MORNING + timedelta(days=1)
        )
        await files.absences.add(away)

    assert clerk.id not in await morning(desk)
    assert clerk.id in await morning(desk, MORNING + timedelta(days=1))


async def test_yesterdays_numbers_are_not_sent_when_the_server_is_back(desk: Desk) -> None:
    await desk.office.office.intake.file(WITHHELD)
    desk.office.clock.at = MORNING
    assert await digest(desk.office.office, WAYS, URL) > 0

    desk.office.wait(days=1)

    assert await desk.pumped() == []


async def test_without_a_way_of_ones_own_there_is_none(desk: Desk) -> None:
    """A group is read by those who must stay away from something."""
    await desk.office.office.intake.file(LEAKING_ROOF)
    desk.office.clock.at = MORNING

    assert await digest(desk.office.office, (WECOM,), URL) == 0
    assert await digest(desk.office.office, (), URL) == 0


async def test_one_of_his_ways_is_enough_for_the_morning_and_danger_takes_both(
    desk: Desk,
) -> None:
    clerk = await desk.person(COUNTY)
    await desk.roster(COUNTY, clerk)
    code = await rostering.offer_binding(desk.office.office, await desk.office.keyring(clerk))
    assert await rostering.bind(desk.office.office, code, "4711")
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == [clerk.id]
    assert [address for address, _ in desk.chat.letters] == ["4711"]
    assert clerk.id not in await morning(desk)
    assert [text.split(":")[0] for _, text in desk.chat.letters[1:]] == ["乡声11月3日"]


def test_of_a_day_that_is_over_nothing_counts() -> None:
    full = Rations(day=DAY, sent=MOST_A_DAY, digest=DAY)

    assert not full.may_have("test", DAY)
    assert not Rations(digest=DAY).may_have(DIGEST, DAY)
    assert Rations(digest=DAY).may_have("test", DAY)
    assert full.may_have(DIGEST, DAY + timedelta(days=1))
    assert full.after(DIGEST, DAY + timedelta(days=1)) == replace(
        full, day=DAY + timedelta(days=1), sent=1, digest=DAY + timedelta(days=1)
    )
    assert not Rations(off=frozenset({DIGEST})).may_have(DIGEST, DAY)
    assert {Tab.DONE, Tab.WORKING}.isdisjoint(COUNTED)
    assert MAIL != DIGEST
