"""An office at work on one ticket: a step in one line, by whoever takes it."""

from __future__ import annotations

from casework.actions import reporting
from casework.actions.handling import act
from casework.offices import Person, Role
from casework.permits import Particulars
from casework.ports import Keyring
from casework.queue import Tab, View
from casework.reports import Accused, Added, Receipt, Report
from casework.shelves import TicketFile
from casework.tickets import Action, Entry, Ticket
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PROVINCE, TestOffice


class Desk:
    """Who works where, and one line for one step."""

    def __init__(self, office: TestOffice) -> None:
        self.office, self.number = office, ""
        self.rings: dict[str, Keyring] = {}

    async def opens(self, report: Report = LEAKING_ROOF) -> Receipt:
        receipt = await self.office.office.intake.file(report)
        async with self.office.reading() as reading:
            for unit in (COUNTY, CITY, PROVINCE):
                (person,) = [p for p in await reading.people.in_unit(unit)][:1]
                self.rings[unit] = await self.office.keyring(person)
            page = await reading.queue.page(
                View(tab=Tab.NEW), reader=self.rings[PROVINCE].person, now=self.office.clock.now()
            )
        newest = max(page.lines, key=lambda line: line.filed_at)
        self.number = newest.number
        return receipt

    async def colleague(self, name: str, unit: str, *roles: Role) -> Person:
        """Another member of a unit, let in by as many as must say yes."""
        async with self.office.reading() as reading:
            before = await reading.people.in_unit(unit)
        person = await self.office.hire(name, unit, *roles)
        for each in before:
            ring = await self.office.keyring(each)
            if ring.is_open and unit in ring.units:
                async with self.office.files() as files:
                    if await files.people.let_in(ring, person.id, now=self.office.clock.now()):
                        break
        self.rings[name] = await self.office.keyring(person)
        return person

    async def step(
        self, action: Action, text: str = "", who: str = COUNTY, **particulars: object
    ) -> Ticket:
        before = await self.history()
        after = await act(
            self.office.office, self.rings[who], self.number, action, text=text,
            particulars=Particulars(**particulars),  # type: ignore[arg-type]  # its own names
        )  # fmt: skip
        assert (await self.history())[: len(before)] == before  # only ever added to
        return after

    async def file(self, who: str = COUNTY) -> TicketFile:
        async with self.office.reading() as reading:
            return await reading.tickets.get(self.number, reader=self.rings[who].person)

    async def history(self) -> tuple[Entry, ...]:
        async with self.office.reading() as reading:
            return await reading.tickets.entries(self.number)

    async def steps(self, *actions: Action, who: str = COUNTY) -> Ticket:
        for action in actions:
            ticket = await self.step(action, who=who)
        return ticket

    async def adds(self, receipt: Receipt, text: str, *about: Accused) -> Added:
        """The reporter adds something that names these."""
        return await reporting.add(
            self.office.office, await self.number_of(receipt), text, about=about
        )

    async def number_of(self, receipt: Receipt) -> str:
        """The ticket her code opens."""
        key = await self.office.locks.code(receipt.code, caller="")
        async with self.office.reading() as reading:
            return await reading.mailboxes.number_of(key)

    async def told(self, receipt: Receipt) -> list[str]:
        async with self.office.reading() as reading:
            return [
                each.text
                for each in (
                    await reading.mailboxes.open(
                        await self.office.locks.code(receipt.code, caller="")
                    )
                ).letters
            ]
