"""The reception over a real office, and somebody who talks to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from bot.reception import Reception, Reply
from casework.queue import View
from casework.receipts import find_code
from casework.shelves import Inbound, TicketFile
from casework.tickets import Ticket
from nlp.following import NOTHING_BEFORE, Before
from nlp.understanding import Answer, Understanding
from tests.offices import CITY, COUNTY, PROVINCE, UNDERSTANDING, TestOffice, knowing

A_PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)
A_VOICE = b"#!AMR\n" + b"\x3c" + bytes(31)


@dataclass
class Villager:
    """Says one thing after the other on a channel that shows the answer at once."""

    reception: Reception
    channel: str = "telegram"
    caller: str = "7001"
    said: int = 0
    heard: list[Reply] = field(default_factory=list)

    async def says(self, text: str, *, blob: str = "", kind: str = "text", number: str = "") -> str:
        """Everything that is answered, options and all, as one text."""
        self.said += 1
        message = Inbound(
            channel=self.channel, external_id=f"{self.caller}-{self.said}", caller=self.caller,
            kind=kind, text=text, files=(blob,) if blob else (), number=number,
        )  # fmt: skip
        replies = await self.reception.receive(message)
        self.heard += replies
        return read_out(replies)

    async def shows(self, content: bytes, *, text: str = "") -> str:
        """A photo or a recording, with a caption or without."""
        async with self.reception.office.files() as files:
            held = await files.blobs.hold(content)
        return await self.says(text, blob=held.blob, kind=held.kind)

    @property
    def code(self) -> str:
        """The receipt code that was told last."""
        codes = [find_code(reply.text) for reply in self.heard]
        return next(code for code in reversed(codes) if code)


def read_out(replies: tuple[Reply, ...]) -> str:
    lines = []
    for reply in replies:
        lines.append(reply.text)
        lines += [f"{n} {label}" for n, (_, label) in enumerate(reply.options, start=1)]
    return "\n".join(lines)


@pytest.fixture
def reception(small_office: TestOffice) -> Reception:
    return Reception(small_office.office, knowing)


@pytest.fixture
def villager(reception: Reception) -> Villager:
    return Villager(reception)


#: Understood by no `Choking`.
CHOKES = "这句话读不了"


class Choking(Understanding):
    """The programme's understanding, but for one text, which ends in an exception."""

    def __init__(self, like: Understanding = UNDERSTANDING) -> None:
        vars(self).update(vars(like))
        self.seen = 0

    def __call__(self) -> Understanding:
        return self

    def ask(
        self, text: str, *, today: date, county: str = "", before: Before = NOTHING_BEFORE
    ) -> Answer:
        if text == CHOKES:
            self.seen += 1
            raise ZeroDivisionError
        return super().ask(text, today=today, county=county, before=before)


async def recovered(reception: Reception, channel: str = "telegram") -> int:
    """Once more what a dead process left; how many messages that were."""
    left = await reception.left(channel)
    for message in left:
        await reception.once_more(message)
    return len(left)


async def filed(office: TestOffice) -> list[Ticket]:
    """Every ticket there is, as the head log and the desks know them."""
    from casework.queue import Tab

    found: dict[str, Ticket] = {}
    for unit in (COUNTY, CITY, PROVINCE):
        async with office.reading() as reading:
            for person in await reading.people.in_unit(unit):
                for tab in Tab:
                    page = await reading.queue.page(
                        View(tab=tab), reader=person, now=office.clock.now()
                    )
                    found.update({line.number: line for line in page.lines})
    return list(found.values())


def files_of(office: TestOffice) -> list[Path]:
    """Every file of the house, its tables and keys too."""
    return [path for path in sorted(office.folder.rglob("*")) if path.is_file()]


async def log_size(office: TestOffice) -> int:
    """How many leaves the log has: one for each report, whoever may read it."""
    async with office.reading() as reading:
        return (await reading.log.head()).size


async def folder_of(office: TestOffice, number: str, unit: str = COUNTY) -> TicketFile:
    async with office.reading() as reading:
        (person,) = await reading.people.in_unit(unit)
        return await reading.tickets.get(number, reader=person)
