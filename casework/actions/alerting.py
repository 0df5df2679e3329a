"""Danger and threats: who is on duty is told at once, then the next one, until somebody says that he goes.

No word of a report goes out, no number and no place. Whoever may not know of a ticket is never told
that there is one: everybody is asked for through the rule that stands before every query.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from casework.alerts import (
    DIGEST,
    LATER,
    MOST_A_DAY,
    ONE_MESSAGE,
    PATIENCE,
    PERSONAL,
    WECOM,
    Alert,
    Course,
    id_of,
)
from casework.offices import CHAIN, Organisation, Person
from casework.ports import Files, Keyring, Office, Reading
from casework.refusals import BadInput, Locked
from casework.roster import Away, Colleague, Line, away_at, next_to_tell, on_duty
from casework.shelves import Parcel, Priority
from casework.workdays import day_of

#: What a parcel is about, among its options: asked again when it is sent.
SUMMONS = "summons"
#: A message that somebody sends himself, to see whether it reaches him.
TEST = "test"

NOT_YOURS = "这个链接不是发给您的,或者写得不全。请登录工作台,在“待受理”里看。"


def to_person(person: str) -> str:
    """The recipient of a parcel, whose address is found and opened when it is sent."""
    return f"person {person}"


def to_unit(unit: str) -> str:
    return f"unit {unit}"


async def reachable(reading: Reading | Files, unit: str, ways: Collection[str]) -> list[Colleague]:
    """Those of a unit who work on cases and hold its key, and whether a message reaches them by one of
    the ways that the house has."""
    people = await reading.people.with_key(unit)
    known = await reading.ways.of([unit, *(each.id for each in people)])
    works = {each.whose for each in known if each.works and each.kind in ways}
    return [Colleague(person=each, reachable=bool(works & {each.id, unit})) for each in people]


@dataclass
class _Duties:
    """What is known of rosters and people in one round, each asked for once."""

    files: Files
    office: Office
    ways: Collection[str]
    numbers: Sequence[str]

    def __post_init__(self) -> None:
        self._units: dict[str, tuple[Sequence[Line], list[Colleague], Away]] = {}
        self._knows: dict[str, frozenset[str]] = {}

    async def of(self, alert: Alert) -> list[tuple[str, Sequence[str]]]:
        """The units from its owner up, each with those who may be told of this ticket."""
        day = day_of(self.office.clock.now())
        duties: list[tuple[str, Sequence[str]]] = []
        for unit in units_above(alert.owner, self.office.content.organisation):
            lines, people, away = await self._unit(unit)
            may_know = {
                each.person.id: each
                for each in people
                if alert.ticket in await self.known(each.person)
            }
            duties.append((unit, on_duty(lines, day, may_know, away)))
        return duties

    async def _unit(self, unit: str) -> tuple[Sequence[Line], list[Colleague], Away]:
        if unit not in self._units:
            people = await reachable(self.files, unit, self.ways)
            absences = await self.files.absences.of([each.person.id for each in people])
            away = away_at(absences, self.office.clock.now())
            self._units[unit] = await self.files.roster.of(unit), people, away
        return self._units[unit]

    async def known(self, person: Person) -> frozenset[str]:
        if person.id not in self._knows:
            self._knows[person.id] = await self.files.tickets.known(self.numbers, reader=person)
        return self._knows[person.id]

    async def in_the_group(self, unit: str, numbers: Collection[str]) -> bool:
        """Whether a group of the unit may hear of these tickets: all of its people may know of all."""
        _, people, _ = await self._unit(unit)
        return all([await self.known(each.person) >= set(numbers) for each in people])

    async def name(self, unit: str, person: str) -> str:
        _, people, _ = await self._unit(unit)
        return next(each.person.name for each in people if each.person.id == person)


def units_above(owner: str, offices: Organisation) -> list[str]:
    """Who is to be told, from below to above; of an owner that left the tree the province."""
    if owner not in offices:
        return [offices.province.id]
    return [each.id for each in offices.upwards(offices[owner]) if each.level in CHAIN]


async def call_out(office: Office, ways: Collection[str], url: str) -> int:
    """The next one is told of each ticket that waits for somebody: one message a person, however many
    there are. How many messages that were. Twice does no harm."""
    now = office.clock.now()
    async with office.reading() as reading:
        if not await reading.alerts.is_due(now):
            return 0
    async with office.files() as files:
        due = await files.alerts.due(now)
        duties = _Duties(files, office, ways, [each.ticket for each in due])
        calls: dict[tuple[str, str], list[str]] = {}
        nobody: list[str] = []
        for alert in due:
            found = next_to_tell(await duties.of(alert), alert.told)
            if found is None:
                nobody.append(alert.ticket)
            else:
                calls.setdefault(found, []).append(alert.ticket)
        messages = 0
        for (unit, person), numbers in calls.items():
            messages += await _summon(office, duties, unit, person, numbers, url)
            await files.alerts.look_again(numbers, now + PATIENCE)
        if nobody:
            await files.alerts.look_again(nobody, now + LATER)
    return messages


async def _summon(
    office: Office, duties: _Duties, unit: str, person: str, numbers: Sequence[str], url: str
) -> int:
    files, now = duties.files, office.clock.now()
    before = await files.alerts.open_summons(person, since=now - ONE_MESSAGE)
    if before:
        await files.alerts.told(before, person, unit, numbers, at=now)
        return 0
    token = secrets.token_urlsafe(24)
    id = id_of(token)
    await files.alerts.summon(id, person, unit, at=now)
    await files.alerts.told(id, person, unit, numbers, at=now)
    text = office.content.texts(
        "alarm.duty", count=len(numbers), name=await duties.name(unit, person),
        url=f"{url}/ack/{token}",
    )  # fmt: skip
    group = await duties.in_the_group(unit, numbers)
    routes = [*((kind, to_person(person)) for kind in PERSONAL), (WECOM, to_unit(unit))]
    for channel, recipient in routes:
        if channel not in duties.ways or (channel == WECOM and not group):
            continue
        if await files.ways.sealed(recipient.partition(" ")[2], channel) is None:
            continue
        await files.outbox.add(
            Parcel(
                channel=channel, recipient=recipient, text=text, dedupe=f"{SUMMONS}/{channel}/{id}",
                options=((SUMMONS, id),), priority=Priority.REPLY,
            )
        )  # fmt: skip
    return 1


async def still_wanted(reading: Reading, parcel: Parcel, today: date) -> bool:
    """Whether what a message calls for still waits, and whoever gets it may still know of it: between
    writing and sending hours may lie, if a server is away."""
    about = dict(parcel.options)
    if about.get(DIGEST, today.isoformat()) != today.isoformat():
        return False  # yesterday's numbers
    id = about.get(SUMMONS)
    if id is None:
        return await _is_here(reading, parcel.recipient)
    summons = await reading.alerts.summons(id)
    if summons is None or not summons.tickets:
        return False
    people = await reading.people.with_key(summons.unit)
    told = {each.id: each for each in people}.get(summons.person)
    if told is None or not await reading.tickets.known(summons.tickets, reader=told):
        return False
    if not parcel.recipient.startswith("unit "):
        return True
    return all(
        [
            await reading.tickets.known(summons.tickets, reader=each) >= set(summons.tickets)
            for each in people
        ]
    )


async def _is_here(reading: Reading, recipient: str) -> bool:
    kind, _, whose = recipient.partition(" ")
    if kind != "person":
        return False
    try:
        person = await reading.people.person(whose)
    except BadInput:
        return False
    return whose in {each.id for each in await reading.people.in_unit(person.unit)}


@dataclass(frozen=True, kw_only=True)
class Called:
    """What whoever was called is shown behind the link."""

    waiting: tuple[str, ...] = ()  # he may know of them, and nobody has said that he goes


async def called(reading: Reading | Files, me: Person, token: str) -> Called:
    """Raises `BadInput` for a link that is not his."""
    summons = await reading.alerts.summons(id_of(token))
    if summons is None or summons.person != me.id:
        raise BadInput(NOT_YOURS)
    known = await reading.tickets.known(summons.tickets, reader=me)
    return Called(waiting=tuple(each for each in summons.tickets if each in known))


async def acknowledge(office: Office, keyring: Keyring, token: str) -> Called:
    """我去办: nobody else is told of these any more. Again does no harm."""
    if not keyring.is_open:
        raise Locked
    me = keyring.person
    async with office.files() as files:
        found = await called(files, me, token)
        await files.alerts.goes(id_of(token), me.id, found.waiting, at=office.clock.now())
    return found


async def course_of(reading: Reading, number: str) -> tuple[Course, Mapping[str, str]]:
    """Who was told of a ticket, with the names of everybody in it; for whoever may read all of it."""
    course = await reading.alerts.of(number)
    names = {}
    for each in {*(told.person for told in course.told), course.goes} - {""}:
        names[each] = (await reading.people.person(each)).name
    return course, names


async def try_out(office: Office, keyring: Keyring) -> None:
    """A message to himself by each of his own ways."""
    if not keyring.is_open:
        raise Locked
    me, now = keyring.person, office.clock.now()
    async with office.files() as files:
        kinds = [kind for kind in PERSONAL if await files.ways.sealed(me.id, kind) is not None]
        if not kinds:
            raise BadInput("还没有登记邮箱,也没有绑定 Telegram。先填好、存下。")
        rations = await files.ways.hold_rations(me.id)
        if not rations.may_have(TEST, day_of(now)):
            raise BadInput(f"今天已经发过 {MOST_A_DAY} 封了(不算急件),明天再试。")
        await files.ways.keep_rations(me.id, rations.after(TEST, day_of(now)))
        for kind in kinds:
            await files.outbox.add(
                Parcel(
                    channel=kind, recipient=to_person(me.id), text=office.content.texts("alarm.test"),
                    dedupe=f"{TEST}/{kind}/{me.id}/{now.isoformat()}", priority=Priority.REPLY,
                )
            )  # fmt: skip
