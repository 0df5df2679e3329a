"""Whatever a house lives through, nobody is shown a ticket that he is excluded or recused from.

Small trees are drawn, with reports that name units, texts added later, every move of a ticket,
recusals declared and lifted. After each step every list, every count, the look by number and now and
then the whole web side is asked for everybody, against a rule written here by hand. That the check sees
is shown by asking it about queries that lack a part of the rule.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from casework.actions import handling, recusing, reporting
from casework.content import Standing
from casework.offices import CHAIN, Level, Organisation, Person, Role, Unit
from casework.permits import Particulars
from casework.ports import Keyring
from casework.queue import PLACES, Scope, Tab, View
from casework.recusals import Reason
from casework.refusals import NoSuchTicket, Refusal
from casework.reports import Accused, Report
from casework.tickets import Action, Kind
from papers.envelope import new_keypair
from storage.schema import attachments, boxes, recusals, tickets
from storage.standing import lost_places, miscounted
from tests import sent_files
from tests.api.conftest import routes
from tests.offices import CALENDAR, CONTENT, TestOffice, open_office

PROVING = bool(os.environ.get("XIANGSHENG_PROVE"))
SEQUENCES, STEPS = (80, 50) if PROVING else (10, 30)
STRANGE = "DEAD000000"
EVERY_ROLE = tuple(role for role in Role if role not in (Role.SYSADMIN, Role.ORGANISER))
#: What moves tickets about; the rest only writes.
MOVES = (
    Action.ACCEPT, Action.DISPATCH, Action.SIGN, Action.START, Action.RETURN, Action.REASSIGN,
    Action.MERGE, Action.REPLY, Action.REVIEW_REDO, Action.NOTE, Action.REFER,
)  # fmt: skip
RARE = {Action.REFER, Action.MERGE, Action.NOTE}
T = TypeVar("T")


@st.composite
def trees(draw: st.DrawFn) -> Organisation:
    units = [
        Unit(id="p", name="省厅", level=Level.PROVINCE, area="41"),
        Unit(id="d", name="纪委", level=Level.DISCIPLINE, area="41"),
        Unit(id="e", name="保管人", level=Level.ESCROW, area="41"),
    ]
    for c in range(draw(st.integers(1, 2))):
        city = f"41{c:02}"
        units.append(Unit(id=f"c{city}", name=city, level=Level.CITY, parent="p", area=city))
        for n in range(draw(st.integers(1, 2))):
            county = f"{city}{n:02}"
            units.append(
                Unit(
                    id=f"x{county}", name=county, level=Level.COUNTY, parent=f"c{city}", area=county
                )
            )
            if draw(st.booleans()):
                area = f"{county}001"
                units.append(
                    Unit(
                        id=f"t{area}",
                        name="乡",
                        level=Level.TOWNSHIP,
                        parent=f"x{county}",
                        area=area,
                    )
                )
    return Organisation.of(units)


class Matter:
    """What the rule by hand needs to know of one ticket."""

    def __init__(self, number: str, home: str, shut_out: set[str], owner: str) -> None:
        self.number, self.home, self.shut_out = number, home, shut_out
        self.given = {owner}
        self.merged = {number}  # shared by all of one matter


class House(RuleBasedStateMachine):
    """One office over a drawn tree, and everybody in it."""

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.stack = asyncio.Runner(), AsyncExitStack()
        self.matters: dict[str, Matter] = {}
        self.turn = 0
        # In the order of what happened, so that the same draws make the same story again.
        self.away: list[tuple[str, str]] = []

    def run(self, wanted: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(wanted)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    @initialize(tree=trees(), draw=st.data())
    def the_house_opens(self, tree: Organisation, draw: st.DataObject) -> None:
        self.tree = tree
        self.chain = sorted(u.id for u in tree.units.values() if u.level in CHAIN)
        doubled = {"p", draw.draw(st.sampled_from(self.chain))}
        self.run(self._open(doubled))
        for kind in (Kind.QUALITY, draw.draw(st.sampled_from(Kind))):
            county = draw.draw(st.sampled_from([u.area for u in tree.at(Level.COUNTY)]))
            report = Report(text="房顶漏雨", county=county, kind=kind, to_discipline=False)
            self.run(self._file(report, "", True))

    async def _open(self, doubled: set[str]) -> None:
        folder = self.stack.enter_context(tempfile.TemporaryDirectory())
        content = replace(CONTENT, organisation=self.tree)
        self.office: TestOffice = await self.stack.enter_async_context(
            open_office(Path(folder) / "house", staffed=False, standing=Standing(content, CALENDAR))
        )
        for outside in ("d", "e"):
            await self.office.store.make_unit_key(outside, new_keypair()[1])
        self.people: list[Person] = []
        self.rings: dict[str, Keyring] = {}
        self.tokens: dict[str, str] = {}
        for unit in self.chain:
            await self._hire(unit, "甲")
        for unit in sorted(doubled):
            await self._hire(unit, "乙")

    async def _hire(self, unit: str, name: str) -> None:
        person = await self.office.hire(f"{unit}{name}", unit, *EVERY_ROLE)
        for each in self.people:
            if each.unit == unit:
                async with self.office.files() as files:
                    await files.people.let_in(
                        self.rings[each.id], person.id, now=self.office.clock.now()
                    )
        token = await self.office.signs_in(person)
        async with self.office.reading() as reading:
            ring = await reading.people.keyring(token, now=self.office.clock.now())
        self.people.append(person)
        self.rings[person.id], self.tokens[person.id] = ring, token

    # What happens

    @precondition(lambda self: len(self.matters) < 5)
    @rule(draw=st.data(), kind=st.sampled_from(Kind), with_file=st.booleans())
    def a_report_comes_in(self, draw: st.DataObject, kind: Kind, with_file: bool) -> None:
        counties = sorted(u.area for u in self.tree.at(Level.COUNTY))
        county = draw.draw(st.sampled_from([*counties, *counties, "419900", ""]))
        named = draw.draw(st.sampled_from(["", "", *self.chain]))
        accused = (Accused(unit=named),) if named else ()
        report = Report(text="房顶漏雨", county=county, kind=kind, accused=accused)
        self.run(self._file(report, named, with_file))

    async def _file(self, report: Report, named: str, with_file: bool) -> None:
        if with_file:
            async with self.office.files() as files:
                held = await files.blobs.hold(sent_files.jpeg())
            report = replace(report, attachments=(held,))
        try:
            receipt = await self.office.office.intake.file(report)
        except Refusal:
            return
        bureaus = {u.area: u.id for u in self.tree.at(Level.COUNTY)}
        number = receipt.number
        self.matters[number] = Matter(
            number, bureaus.get(report.county, "p"), self.under(named), await self.owner(number)
        )

    @rule(draw=st.data())
    def she_adds_a_text_that_names_a_unit(self, draw: st.DataObject) -> None:
        if not self.matters:
            return
        matter = self.matters[draw.draw(st.sampled_from(list(self.matters)))]
        named = draw.draw(st.sampled_from(self.chain))
        self.run(self._add(matter, named))

    async def _add(self, matter: Matter, named: str) -> None:
        try:
            await reporting.add(
                self.office.office, matter.number, "是他们的人", about=(Accused(unit=named),)
            )
        except Refusal:
            return
        matter.shut_out |= self.under(named)
        matter.given.add(await self.owner(matter.number))

    @rule(draw=st.data(), action=st.sampled_from(MOVES))
    def somebody_takes_a_step(self, draw: st.DataObject, action: Action) -> None:
        if not self.matters:
            return
        matter = self.matters[draw.draw(st.sampled_from(list(self.matters)))]
        person = draw.draw(st.sampled_from(self.people))
        to = draw.draw(st.sampled_from(["", *self.chain]))
        other = draw.draw(st.sampled_from(list(self.matters)))
        self.run(self._step(matter, person, action, to, other))

    @rule(draw=st.data(), steps=st.integers(1, 6))
    def the_office_works_on_it(self, draw: st.DataObject, steps: int) -> None:
        """As it may: so that tickets go down to townships, back, aside and into one another."""
        if not self.matters:
            return
        matter = self.matters[draw.draw(st.sampled_from(list(self.matters)))]
        for _ in range(steps):
            possible = self.run(self._possible(matter))
            if draw.draw(st.integers(0, 9)):  # what ends most lives is rare
                possible = [each for each in possible if each[1] not in RARE]
            if not possible:
                return
            person, action = draw.draw(st.sampled_from(possible))
            below = [each for each in self.chain if each in self.under(person.unit)]
            to = draw.draw(st.sampled_from(below))
            other = draw.draw(st.sampled_from(list(self.matters)))
            self.run(self._step(matter, person, action, to, other))

    async def _possible(self, matter: Matter) -> list[tuple[Person, Action]]:
        found = []
        for person in self.people:
            try:
                opened = await handling.look(
                    self.office.office, self.rings[person.id], matter.number
                )
            except NoSuchTicket:
                continue
            assert not self.must_not_see(person, matter)
            found += [(person, each) for each in opened.allowed if each in MOVES]
        return found

    async def _step(
        self, matter: Matter, person: Person, action: Action, to: str, other: str
    ) -> None:
        try:
            await handling.act(
                self.office.office, self.rings[person.id], matter.number, action,
                text="请到村里看屋面。", particulars=Particulars(to=to, basis="办法第三条", other=other),
            )  # fmt: skip
        except Refusal as refusal:
            # Nobody is told by a refusal either: whom it must not reach reads the same.
            if self.must_not_see(person, matter):
                assert isinstance(refusal, NoSuchTicket)
            return
        assert not self.must_not_see(person, matter)
        matter.given.add(await self.owner(matter.number))
        if action is Action.MERGE:
            self._one_matter(matter, self.matters[other])

    def _one_matter(self, one: Matter, other: Matter) -> None:
        joined = one.merged | other.merged
        for number in joined:
            self.matters[number].merged = joined
        for who in [who for who, about in self.away if about in joined]:
            self._stays_away(who, joined)

    def _stays_away(self, who: str, from_these: set[str]) -> None:
        for about in [*self.chain, *self.matters]:
            if about in from_these and (who, about) not in self.away:
                self.away.append((who, about))

    @rule(draw=st.data(), himself=st.booleans())
    def somebody_is_recused(self, draw: st.DataObject, himself: bool) -> None:
        person = draw.draw(st.sampled_from(self.people))
        by = person if himself else draw.draw(st.sampled_from(self.people))
        about = draw.draw(st.sampled_from([*self.chain, *self.matters]))
        self.run(self._declare(by, person, about))

    async def _declare(self, by: Person, person: Person, about: str) -> None:
        try:
            await recusing.declare(
                self.office.office, self.rings[by.id], about, reason=Reason.OTHER, person=person.id
            )
        except Refusal:
            return
        whole = self.matters[about].merged if about in self.matters else {about}
        self._stays_away(person.id, whole)

    @rule(draw=st.data())
    def somebody_lifts_it(self, draw: st.DataObject) -> None:
        if not self.away:
            return
        person, about = draw.draw(st.sampled_from(self.away))
        by = draw.draw(st.sampled_from(self.people))
        self.run(self._lift(by, person, about))

    async def _lift(self, by: Person, person: str, about: str) -> None:
        away_himself = about in self.matters and self.must_not_see(by, self.matters[about])
        try:
            await recusing.lift(self.office.office, self.rings[by.id], person, about)
        except Refusal:
            return
        assert by.id != person
        assert not away_himself
        self.away.remove((person, about))

    # What must hold

    @invariant()
    def no_list_and_no_count_gives_anybody_what_he_must_not_see(self) -> None:
        for person in self.people if hasattr(self, "people") else []:
            seen = self.run(self.shown(person))
            wrong = [n for n in seen if self.must_not_see(person, self.matters[n])]
            assert not wrong, (person.id, wrong)

    async def shown(self, person: Person) -> set[str]:
        """By every list. Each count is of its list, so no two of them differ by anything else."""
        seen, now = set[str](), self.office.clock.now()
        async with self.office.reading() as reading:
            counts = await reading.queue.counts(reader=person, now=now)
            parts = {
                scope: await reading.queue.counts(reader=person, now=now, scope=scope)
                for scope in (Scope.UNIT, Scope.BELOW)
            }
            # Each tab that counts something, and in turn one that says it is empty.
            self.turn += 1
            for n, tab in enumerate(Tab):
                if not counts[tab] and n != self.turn % len(Tab):
                    continue
                page = await reading.queue.page(View(tab=tab), reader=person, now=now)
                assert counts[tab] == len(page.lines)
                if person.unit in self.whole:
                    assert counts[tab] == sum(part[tab] for part in parts.values())
                seen |= {line.number for line in page.lines}
            if person.unit in self.whole:
                newest = await reading.queue.newest(reader=person, limit=1000)
                assert {line.number for line in newest.lines} == seen
                counties = await reading.queue.overview(reader=person, now=now)
                assert sum(sum(each.counts[tab] for tab in PLACES) for each in counties) == len(
                    seen
                )
            assert await reading.tickets.known(set(self.matters), reader=person) == seen
            for each in await recusing.shown(reading, person, self.tree):
                about = each.recusal.about
                if about in self.matters and each.recusal.declared_by != person.id:
                    assert about in seen
        return seen

    @invariant()
    def every_box_stands_where_its_ticket_does_and_is_counted_there(self) -> None:
        if hasattr(self, "people"):
            self.run(self._counted_anew())

    async def _counted_anew(self) -> None:
        async with self.office.reading() as reading:
            assert not await reading.connection.run_sync(miscounted)
            assert not await reading.connection.run_sync(lost_places)

    @property
    def whole(self) -> set[str]:
        """The units that see no ticket as a task."""
        return {unit.id for unit in self.tree.units.values() if unit.level is not Level.TOWNSHIP}

    @rule(draw=st.data())
    def somebody_asks_the_whole_web_side(self, draw: st.DataObject) -> None:
        """What he must not see reads, whatever he asks, as a ticket that never was."""
        person = draw.draw(st.sampled_from(self.people))
        hidden = [m for m in self.matters.values() if self.must_not_see(person, m)]
        if hidden:
            matter = draw.draw(st.sampled_from(hidden))
            self.run(self._asks(person, matter.number))

    async def _asks(self, person: Person, number: str) -> None:
        app = routes()
        app.state.front = replace(app.state.front, office=self.office.office)
        transport = httpx.ASGITransport(app=app)
        token = self.tokens[person.id]
        async with httpx.AsyncClient(
            transport=transport, base_url="http://desk.test", cookies={"desk": token},
            headers={"authorization": f"Bearer {token}"},
        ) as client:  # fmt: skip
            file = await self._file_of(number)
            for path in (f"/desk/tickets/{number}", f"/api/v1/tickets/{number}"):
                for end in ("", f"/attachments/{file}"):
                    mine = await client.get(path + end)
                    strange = await client.get(path.replace(number, STRANGE) + end)
                    assert mine.status_code == strange.status_code == 404
                    assert mine.text.replace(number, STRANGE) == strange.text
            found = await client.get("/desk/find", params={"number": number})
            assert (await client.get(found.headers["location"])).status_code == 404
            for tab in Tab:
                for path in ("/desk", "/api/v1/tickets"):
                    assert number not in (await client.get(path, params={"tab": tab.value})).text
            if (person.id, number) not in self.away:
                assert number not in (await client.get("/desk/recusals")).text

    async def _file_of(self, number: str) -> str:
        async with self.office.reading() as reading:
            query = select(attachments.c.id).where(attachments.c.ticket == number)
            return (await reading.connection.execute(query)).scalars().first() or "f00d"

    # The rule by hand

    def must_not_see(self, person: Person, matter: Matter) -> bool:
        """Whom she named, with those below; and whoever stays away from it or from a unit that it came
        from or was ever given to."""
        return person.unit in matter.shut_out or any(
            who == person.id
            and (
                about == matter.number
                or (about in self.tree and self.under(about) & {matter.home, *matter.given})
            )
            for who, about in self.away
        )

    def under(self, top: str) -> set[str]:
        """The unit and all below it, followed from below."""
        found = set()
        for unit in self.tree.units if top else ():
            here = unit
            while here and here != top:
                here = self.tree[here].parent
            found |= {unit} if here else set()
        return found

    async def owner(self, number: str) -> str:
        async with self.office.reading() as reading:
            query = select(tickets.c.owner).where(tickets.c.number == number)
            return str((await reading.connection.execute(query)).scalar_one())


TestHouse = House.TestCase
TestHouse.settings = settings(
    max_examples=SEQUENCES, stateful_step_count=STEPS, deadline=None, database=None,
    # A story is a house with a dozen people: making it short takes minutes, reading it does not.
    phases=[Phase.generate],
)  # fmt: skip


# The check sees what is missing


class WithoutRecusals(House):
    async def shown(self, person: Person) -> set[str]:
        query = select(boxes.c.ticket).where(boxes.c.holder == person.unit)
        async with self.office.reading() as reading:
            return set((await reading.connection.execute(query)).scalars())


class WithoutBoxes(House):
    async def shown(self, person: Person) -> set[str]:
        mine = select(recusals.c.about).where(
            recusals.c.person == person.id, recusals.c.lifted_at.is_(None)
        )
        query = select(tickets.c.number).where(tickets.c.number.not_in(mine))
        async with self.office.reading() as reading:
            return set((await reading.connection.execute(query)).scalars())


class OfTodaysOwnerAlone(House):
    """As it was before: a move up undoes it."""

    async def shown(self, person: Person) -> set[str]:
        mine = select(recusals.c.about).where(
            recusals.c.person == person.id, recusals.c.lifted_at.is_(None)
        )
        query = select(boxes.c.ticket).join(tickets, tickets.c.number == boxes.c.ticket)
        query = query.where(boxes.c.holder == person.unit, tickets.c.owner.not_in(mine))
        query = query.where(tickets.c.number.not_in(mine))
        async with self.office.reading() as reading:
            return set((await reading.connection.execute(query)).scalars())


@pytest.mark.parametrize("mutant", [WithoutRecusals, WithoutBoxes, OfTodaysOwnerAlone])
def test_a_query_that_lacks_a_part_of_the_rule_is_found(mutant: type[House]) -> None:
    looking = settings(
        max_examples=100, stateful_step_count=30, deadline=None, database=None,
        phases=[Phase.generate], report_multiple_bugs=False,
    )  # fmt: skip

    with pytest.raises(AssertionError, match="p-"):
        run_state_machine_as_test(mutant, settings=looking)
