"""One message a morning: how much waits for a colleague, in numbers alone, as his own queue counts it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, time

from casework.actions.alerting import to_person
from casework.alerts import DIGEST, PERSONAL
from casework.offices import Person
from casework.ports import Office, Reading
from casework.queue import Scope, Tab
from casework.roster import away_at
from casework.shelves import Parcel, Priority
from casework.workdays import CLOSES, SHANGHAI, day_of

#: From then on; whoever starts the worker in the evening wakes nobody with it.
BEGINS = time(8, 40)

#: What is counted, as it stands in the message; what is nought is left out.
COUNTED = (
    Tab.OVERDUE, Tab.TODAY, Tab.NEW, Tab.TO_SIGN, Tab.TO_REVIEW, Tab.TO_INSPECT, Tab.FOLLOWUP,
    Tab.URGED,
)  # fmt: skip


async def digest(office: Office, ways: Collection[str], url: str) -> int:
    """To everybody who has a way and something waiting, on a working day; how many messages that were.
    Twice does no harm: each has his once a day."""
    now = office.clock.now()
    today, hour = day_of(now), now.astimezone(SHANGHAI).time()
    if not office.calendar.is_working(today) or not BEGINS <= hour < CLOSES:
        return 0
    async with office.reading() as reading:
        numbers = {
            person.id: await numbers_of(reading, office, person)
            for person in await _reached(reading, ways, now)
        }
    written = 0
    for person, told in numbers.items():
        if not told:
            continue
        text = office.content.texts(
            "alarm.digest", day=f"{today.month}月{today.day}日", numbers=",".join(told), url=url
        )
        async with office.files() as files:
            rations = await files.ways.hold_rations(person)
            if not rations.may_have(DIGEST, today):
                continue
            await files.ways.keep_rations(person, rations.after(DIGEST, today))
            works = {each.kind for each in await files.ways.of([person]) if each.works}
            kind = next(each for each in PERSONAL if each in works and each in ways)
            await files.outbox.add(
                Parcel(
                    channel=kind, recipient=to_person(person), text=text,
                    dedupe=f"{DIGEST}/{person}/{today}", options=((DIGEST, today.isoformat()),),
                    priority=Priority.REPLY,
                )
            )  # fmt: skip
        written += 1
    return written


async def _reached(reading: Reading, ways: Collection[str], now: datetime) -> list[Person]:
    """Those who work on cases, hold their unit's key and are not away."""
    reached = await reading.ways.reached_by({*PERSONAL} & {*ways})
    units = {each.unit for each in await reading.people.all() if each.id in reached}
    inside = [each for unit in sorted(units) for each in await reading.people.with_key(unit)]
    absences = await reading.absences.of([each.id for each in inside])
    away = away_at(absences, now)
    return [each for each in inside if each.id in reached and each.id not in away]


async def numbers_of(reading: Reading, office: Office, person: Person) -> list[str]:
    """What of his own unit waits, and what is late below it: 待签收 2."""
    now = office.clock.now()
    own = await reading.queue.counts(reader=person, now=now, scope=Scope.UNIT)
    told = [f"{tab.label} {own[tab]}" for tab in COUNTED if own[tab]]
    if late := (await _below(reading, office, person))[Tab.OVERDUE]:
        told.append(f"下级超期 {late}")
    return told


async def _below(reading: Reading, office: Office, person: Person) -> Mapping[Tab, int]:
    """Nothing for a unit without units below."""
    offices = office.content.organisation
    if person.unit not in offices or len(offices.below(offices[person.unit])) == 1:
        return dict.fromkeys(Tab, 0)
    now = office.clock.now()
    return await reading.queue.counts(reader=person, now=now, scope=Scope.BELOW)
