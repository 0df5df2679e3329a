"""A demo to show: three people in each of three offices, and two months of cases in every state."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from casework.offices import Level
from casework.permits import done_by
from casework.queue import Scope, Tab
from casework.steps import Part
from casework.tickets import Action, Status, standing
from runtime import demo
from runtime.settings import Settings
from runtime.wiring import Service, open_service
from storage.schema import batches, history, leaves, recusals, tickets

#: What the invented lives come to. A hand-over by the city ends a clue for those below, and is there.
SHOWN = set(Status) - {Status.RETURNED}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("demo")
    settings = Settings(data_dir=folder, kdf_mib=1, kdf_passes=1, code_mib=1, code_passes=1)
    opened = await open_service(settings, demo=True)
    await demo.staff(opened, demo.first_units(opened))
    await demo.cases(opened)
    yield opened
    await opened.close()


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_sixty_cases_over_two_months_in_every_state(house: Service) -> None:
    now = house.office.clock.now()
    async with house.office.reading() as reading:
        query = select(tickets.c.status, tickets.c.filed_at)
        rows = (await reading.connection.execute(query)).all()

    assert len(rows) >= 60
    assert {Status(row.status) for row in rows} >= SHOWN
    assert all(row.filed_at <= now for row in rows)
    assert min(row.filed_at for row in rows) < now - timedelta(days=45)


async def test_nothing_of_it_happened_after_now_or_out_of_turn(house: Service) -> None:
    now = house.office.clock.now()
    async with house.office.reading() as reading:
        query = select(history.c.ticket, history.c.at).order_by(history.c.ticket, history.c.n)
        rows = (await reading.connection.execute(query)).all()
        bodies = (
            await reading.connection.execute(select(leaves.c.body).order_by(leaves.c.index))
        ).scalars()
        told = [json.loads(body) for body in bodies]
        days = [each["day"] for each in told if "day" in each]
    lines: dict[str, list[datetime]] = {}
    for row in rows:
        lines.setdefault(row.ticket, []).append(row.at)

    assert all(at <= now for each in lines.values() for at in each)
    assert all(each == sorted(each) for each in lines.values())
    assert days == sorted(days)


async def test_four_eyes_saw_each_of_them(house: Service) -> None:
    async with house.office.reading() as reading:
        numbers = (await reading.connection.execute(select(tickets.c.number))).scalars().all()
        for number in numbers:
            entries = standing(await reading.tickets.entries(number))
            for person in {e.person for e in entries if e.person}:
                been = {action.card.part for action in done_by(person, entries)}
                assert not {Part.HANDLING, Part.CHECKING} <= been, number


async def test_three_people_in_each_of_three_offices(house: Service) -> None:
    offices = house.office.content.organisation
    unit = offices[demo.invented(house).unit]
    async with house.office.reading() as reading:
        for each in offices.upwards(unit):
            people = await reading.people.in_unit(each.id)
            assert len(people) == 3, each.id
            assert {p.id for p in await reading.people.with_key(each.id)} == {p.id for p in people}


async def test_a_month_is_handed_over_one_stays_away_and_some_are_late(house: Service) -> None:
    now = house.office.clock.now()
    person = await demo.first_of(house, demo.invented(house).unit)
    async with house.office.reading() as reading:
        signed = select(func.count()).select_from(batches).where(batches.c.receipt != "")
        away = select(recusals.c.person)
        counts = await reading.queue.counts(reader=person, now=now, scope=Scope.ALL)
        handed = (await reading.connection.execute(signed)).scalar_one()
        who = (await reading.connection.execute(away)).scalars().all()

    assert handed >= 1
    assert len(who) == 1
    assert counts[Tab.OVERDUE]
    assert counts[Tab.URGED]
    assert all(counts[tab] for tab in (Tab.NEW, Tab.TO_SIGN, Tab.WORKING, Tab.TO_REVIEW,
                                       Tab.TO_INSPECT, Tab.WAITING, Tab.FOLLOWUP, Tab.DONE))  # fmt: skip


async def test_a_second_time_adds_nothing(house: Service) -> None:
    async with house.office.reading() as reading:
        before = (await reading.log.head()).size
    await demo.cases(house)

    async with house.office.reading() as reading:
        assert (await reading.log.head()).size == before


async def test_the_house_is_whole_after_it(house: Service) -> None:
    found = await house.store.inspect()

    assert (found.log_fits, found.miscounted, found.unlogged, found.changed) == (True, 0, (), ())


async def test_every_step_of_every_life_is_taken_by_somebody(
    house: Service, tmp_path: Path
) -> None:
    """A life that names a step nobody may take shows less than it promises."""
    made = demo.invented(house)
    wanted = {step.what for case in made.cases for step in case.steps}
    async with house.office.reading() as reading:
        query = select(history.c.action).distinct()
        taken = set((await reading.connection.execute(query)).scalars())
    hers = {"rate": "solved", "appeal": "ask_review", "her_reminder": "remind"}

    assert {hers.get(each, each) for each in wanted} <= taken
    assert Action.ESCALATE in taken


async def test_each_state_has_a_case_old_enough_for_it_at_any_hour(house: Service) -> None:
    """A step that falls into the night is taken the next day, up to so much later."""
    night = timedelta(hours=24)
    ready = {
        case.steps[-1].what
        for case in demo.invented(house).cases
        if case.steps and timedelta(days=case.days) > case.steps[-1].after + night
    }

    assert ready >= {case.steps[-1].what for case in demo.invented(house).cases if case.steps}


async def test_the_county_is_the_one_of_the_link(house: Service) -> None:
    offices = house.office.content.organisation

    assert offices[demo.invented(house).unit].level is Level.COUNTY
