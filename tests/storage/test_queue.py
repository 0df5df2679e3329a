"""Lists on both databases: tabs, scopes, filters, pages forth and back, and numbers that fit them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, inspect, select, text, update

from casework.actions import handling
from casework.actions.reminding import escalate_overdue
from casework.offices import Person, Role
from casework.permits import Particulars
from casework.ports import Keyring
from casework.queue import Scope, Tab, View
from casework.shelves import Key, Page
from casework.steps import Action
from casework.tickets import Kind
from storage.migrate import upgrade
from storage.schema import boxes, tallies, tickets
from storage.standing import lost_places, miscounted
from tests.offices import CITY, COUNTY, LEAKING_ROOF, LUSHAN, PROVINCE, WITHHELD, TestOffice

A = Action
OTHER = "410425"  # 郏县, which has no key here: its reports are the city's


async def person_of(office: TestOffice, unit: str) -> Person:
    async with office.reading() as reading:
        return (await reading.people.in_unit(unit))[0]


async def shown(
    office: TestOffice, unit: str, view: View, after: Key | None = None, **more: object
) -> Page:
    reader = await person_of(office, unit)
    async with office.reading() as reading:
        return await reading.queue.page(
            view,
            reader=reader,
            now=office.clock.now(),
            after=after,
            **more,  # type: ignore[arg-type]
        )


async def counted(
    office: TestOffice, unit: str, scope: Scope = Scope.ALL, county: str = ""
) -> Mapping[Tab, int]:
    reader = await person_of(office, unit)
    async with office.reading() as reading:
        counts = await reading.queue.counts(
            reader=reader, now=office.clock.now(), scope=scope, county=county
        )
    return {tab: n for tab, n in counts.items() if n}


async def file(office: TestOffice, county: str = LUSHAN, **more: object) -> str:
    report = replace(LEAKING_ROOF, county=county, **more)  # type: ignore[arg-type]
    return (await office.office.intake.file(report)).number


async def ring_of(office: TestOffice, unit: str) -> Keyring:
    return await office.keyring(await person_of(office, unit))


async def steps(office: TestOffice, number: str, *actions: Action, unit: str = COUNTY) -> None:
    ring = await ring_of(office, unit)
    for action in actions:
        await handling.act(office.office, ring, number, action)


async def test_forth_and_back_page_by_page(office: TestOffice) -> None:
    numbers = []
    for _ in range(7):
        numbers.append(await file(office))
        office.wait(minutes=5)

    pages, after = [], None
    while True:
        page = await shown(office, COUNTY, View(), after, limit=3)
        pages.append([line.number for line in page.lines])
        after = page.next
        if after is None:
            break
    last = (await shown(office, COUNTY, View(), limit=50)).shown[-1].turn
    back = await shown(office, COUNTY, View(), last, back=True, limit=3)

    assert pages == [numbers[:3], numbers[3:6], numbers[6:]]
    assert [line.number for line in back.lines] == numbers[3:6]


async def test_what_is_over_stands_with_the_newest_first(office: TestOffice) -> None:
    done = []
    for _ in range(5):
        number = await file(office)
        office.wait(hours=1)
        ring = await ring_of(office, COUNTY)
        await handling.act(
            office.office, ring, number, A.DECLINE, text="不归这里",
            particulars=Particulars(code="other_body"),
        )  # fmt: skip
        done.insert(0, number)

    first = await shown(office, COUNTY, View(tab=Tab.DONE), limit=3)
    second = await shown(office, COUNTY, View(tab=Tab.DONE), first.next, limit=3)
    back = await shown(office, COUNTY, View(tab=Tab.DONE), second.shown[0].turn, back=True, limit=2)

    assert [line.number for line in (*first.lines, *second.lines)] == done
    assert second.next is None
    assert [line.number for line in back.lines] == done[1:3]


async def test_numbers_follow_each_step_and_each_hand(office: TestOffice) -> None:
    number = await file(office)
    assert await counted(office, COUNTY) == {Tab.NEW: 1}
    await steps(office, number, A.ACCEPT, A.DISPATCH)
    assert await counted(office, COUNTY) == {Tab.TO_SIGN: 1}
    await steps(office, number, A.SIGN, A.START)
    assert await counted(office, PROVINCE) == {Tab.WORKING: 1}
    office.wait(days=40)
    await escalate_overdue(office.office)

    assert await counted(office, COUNTY) == {Tab.WORKING: 1, Tab.OVERDUE: 1, Tab.URGED: 1}
    assert await counted(office, COUNTY, Scope.UNIT) == await counted(office, COUNTY)
    assert await counted(office, COUNTY, Scope.BELOW) == {}
    assert await counted(office, CITY, Scope.UNIT) == {}
    assert await counted(office, CITY, Scope.BELOW) == await counted(office, COUNTY)
    assert await counted(office, CITY, county=LUSHAN) == await counted(office, CITY)
    assert await counted(office, CITY, county=OTHER) == {}


async def test_mine_is_what_i_signed_for_or_was_given(office: TestOffice) -> None:
    mine, other = await file(office), await file(office)
    await steps(office, mine, A.ACCEPT, A.DISPATCH, A.SIGN)
    await steps(office, other, A.ACCEPT, A.DISPATCH)

    page = await shown(office, COUNTY, View(tab=Tab.WORKING, scope=Scope.MINE))

    assert [line.number for line in page.lines] == [mine]
    assert page.shown[0].handler == "承办人丙"
    assert await counted(office, COUNTY, Scope.MINE) == {Tab.WORKING: 1}
    assert await counted(office, CITY, Scope.MINE) == {}


@pytest.mark.parametrize(
    ("filters", "fit"),
    [
        ({}, 4), ({"county": LUSHAN}, 3), ({"county": OTHER}, 1), ({"county": "410000"}, 0),
        ({"category": "embezzle.skim"}, 1), ({"category": "quality.leak"}, 3),
        ({"month": "2026-11"}, 4), ({"month": "2026-10"}, 0), ({"handler": "nobody"}, 0),
        ({"county": LUSHAN, "category": "quality.leak", "month": "2026-11"}, 2),
    ],
)  # fmt: skip
async def test_each_filter_leaves_what_fits(
    office: TestOffice, filters: dict[str, str], fit: int
) -> None:
    await file(office)
    await file(office)
    await file(office, OTHER)
    await office.office.intake.file(WITHHELD)

    page = await shown(office, CITY, View(**filters))  # type: ignore[arg-type]

    assert len(page.lines) == fit


async def test_an_overview_counts_by_county_the_latest_first(office: TestOffice) -> None:
    late = [await file(office, OTHER), await file(office, OTHER)]
    office.wait(days=30)
    fresh = await file(office)
    await steps(office, fresh, A.ACCEPT, A.DISPATCH, A.SIGN)
    reader = await person_of(office, CITY)

    async with office.reading() as reading:
        first, second = await reading.queue.overview(reader=reader, now=office.clock.now())

    assert (first.county, first.open, first.counts[Tab.OVERDUE]) == (OTHER, len(late), 2)
    assert (second.county, second.open, second.counts[Tab.WORKING]) == (LUSHAN, 1, 1)


async def test_a_line_tells_who_has_it_and_since_when(office: TestOffice) -> None:
    number = await file(office)
    office.wait(days=2)
    await steps(office, number, A.ACCEPT, A.DISPATCH, A.SIGN)
    filed = (await shown(office, COUNTY, View(tab=Tab.WORKING))).shown[0]
    ring = await ring_of(office, COUNTY)
    office.wait(days=1)
    await handling.act(
        office.office, ring, number, A.REASSIGN, text="县里自己办",
        particulars=Particulars(to=COUNTY),
    )  # fmt: skip
    again = (await shown(office, COUNTY, View(tab=Tab.TO_SIGN))).shown[0]

    assert filed.since == filed.ticket.filed_at
    assert again.since == filed.since  # the same unit has it all along
    assert (filed.handler, again.handler) == ("承办人丙", "")


async def test_what_cannot_be_opened_any_more_is_listed_without_words(office: TestOffice) -> None:
    await office.office.intake.file(WITHHELD)
    ring = await ring_of(office, CITY)
    listed = (await shown(office, CITY, View())).shown[0]
    assert listed.file.fields.keys() == {"story", "facts"}
    await handling.act(office.office, ring, listed.ticket.number, A.REFER, text="移交")

    over = (await shown(office, CITY, View(tab=Tab.DONE))).shown[0]

    assert over.file.fields == {}


async def test_a_recording_marks_its_ticket(office: TestOffice) -> None:
    await file(office)
    assert await counted(office, COUNTY) == {Tab.NEW: 1}
    reader = await person_of(office, COUNTY)
    async with office.files() as files:
        page = await files.queue.page(View(), reader=reader, now=office.clock.now())
        await files.standing.mark(page.lines[0].number, voice=True)

    assert await counted(office, COUNTY) == {Tab.NEW: 1, Tab.VOICE: 1}
    assert (await shown(office, COUNTY, View(tab=Tab.VOICE))).shown[0].voice


async def test_what_was_urged_is_so_until_it_is_over(office: TestOffice) -> None:
    number = await file(office)
    await steps(office, number, A.ACCEPT, A.DISPATCH, A.SIGN, A.START)
    city = await ring_of(office, CITY)
    await handling.act(office.office, city, number, A.REMIND, text="三天以内要有结果")
    county = await ring_of(office, COUNTY)
    assert (await counted(office, COUNTY))[Tab.URGED] == 1
    await handling.act(office.office, county, number, A.REPLY, text="修好了")
    assert (await counted(office, COUNTY))[Tab.URGED] == 1
    await handling.act(office.office, county, number, A.RESOLVE)
    office.wait(days=10)
    await handling.act(office.office, city, number, A.CLOSE, text="照片三张")

    assert await counted(office, COUNTY) == {Tab.DONE: 1}


async def test_the_newest_come_first_whatever_their_tab(office: TestOffice) -> None:
    numbers = []
    for _ in range(4):
        numbers.insert(0, await file(office))
        office.wait(minutes=1)
    await steps(office, numbers[-1], A.ACCEPT, A.DISPATCH)
    reader = await person_of(office, COUNTY)

    async with office.reading() as reading:
        some = await reading.queue.newest(reader=reader, limit=3)
        every = await reading.queue.newest(reader=reader, limit=4)

    assert [line.number for line in some.lines] == numbers[:3]
    assert (some.next is None, every.next is None) == (False, True)


async def test_whoever_reads_no_case_is_shown_an_empty_list(office: TestOffice) -> None:
    await file(office)
    organiser = await office.hire("培训员", COUNTY, Role.ORGANISER)

    async with office.reading() as reading:
        page = await reading.queue.page(View(), reader=organiser, now=office.clock.now())
        counts = await reading.queue.counts(reader=organiser, now=office.clock.now())
        counties = await reading.queue.overview(reader=organiser, now=office.clock.now())

    assert page.lines == ()
    assert not any(counts.values())
    assert list(counties) == []


async def test_a_number_that_was_tampered_with_is_found(office: TestOffice) -> None:
    number = await file(office)
    async with office.files() as files:
        await files.connection.execute(update(tallies).values(n=tallies.c.n + 3))
        one = boxes.c.ticket == number, boxes.c.holder == COUNTY
        await files.connection.execute(update(boxes).where(*one).values(tab="done"))

    async with office.reading() as reading:
        wrong = await reading.connection.run_sync(miscounted)
        lost = await reading.connection.run_sync(lost_places)

    assert wrong
    assert lost == [number]


async def test_inspection_tells_of_it_and_the_daily_job_mends_it(office: TestOffice) -> None:
    await file(office)
    async with office.files() as files:
        await files.connection.execute(delete(tallies))
    assert (await office.store.inspect()).miscounted

    await office.store.recount()

    assert not (await office.store.inspect()).miscounted
    assert await counted(office, COUNTY) == {Tab.NEW: 1}


async def test_urgent_is_first_among_those_of_a_day(office: TestOffice) -> None:
    plain = await file(office)
    office.wait(minutes=30)
    urgent = await file(office, kind=Kind.URGENT, category="urgent.danger")

    page = await shown(office, COUNTY, View())

    assert [line.number for line in page.lines] == [urgent, plain]
    assert page.shown[0].ticket.clocks[0].due - office.clock.now() < timedelta(hours=2)


async def test_a_house_of_before_is_brought_to_the_same_places(office: TestOffice) -> None:
    """What the migration works out is what the house itself keeps."""
    first = await file(office)
    await steps(office, first, A.ACCEPT, A.DISPATCH, A.SIGN, A.START)
    office.wait(days=30)
    await escalate_overdue(office.office)
    await file(office, OTHER)
    ring = await ring_of(office, COUNTY)
    declined, drafted = await file(office), await file(office)
    await handling.act(
        office.office, ring, declined, A.DECLINE, text="不归这里",
        particulars=Particulars(code="other_body"),
    )  # fmt: skip
    await steps(office, drafted, A.ACCEPT, A.DISPATCH, A.SIGN, A.START)
    await handling.act(office.office, ring, drafted, A.SUBMIT, text="修好了")
    async with office.store.house.writer.begin() as connection:
        before = await connection.run_sync(_places)
        await connection.run_sync(_as_it_was)

        await connection.run_sync(upgrade)

        assert await connection.run_sync(_places) == before
        assert not await connection.run_sync(miscounted)
        assert not await connection.run_sync(lost_places)
        indexes = await connection.run_sync(lambda c: inspect(c).get_indexes("boxes"))
    assert {each["name"] for each in indexes} >= {"boxes_by_tab", "boxes_by_county", "boxes_urged"}


NEW = {
    "boxes": ("own", "county", "tab", "turn", "urged", "voice"),
    "tickets": ("tab", "turn", "urged", "voice", "since"),
}


def _places(connection: Connection) -> list[tuple[object, ...]]:
    found = []
    for table, key in ((tickets, tickets.c.number), (boxes, boxes.c.ticket)):
        columns = (key, *(table.c[each] for each in NEW[table.name]))
        found += [tuple(row) for row in connection.execute(select(*columns).order_by(*columns))]
    return found


def _as_it_was(connection: Connection) -> None:
    for name in ("tickets_in_hand", "boxes_by_tab", "boxes_by_county", "boxes_by_turn",
                 "boxes_urged", "boxes_voice"):  # fmt: skip
        connection.execute(text(f"DROP INDEX {name}"))
    for table, columns in NEW.items():
        for column in columns:
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    connection.execute(text("DROP TABLE tallies"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0024'"))
