"""Somebody is away for some days and a colleague stands in; it ends by itself, or earlier."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from casework.absences import Absence, why_no_deputy, why_not_declare, why_not_then
from casework.actions.staffing import GONE, ending, starting
from casework.offices import Person
from casework.ports import Files, Keyring, Office
from casework.refusals import BadInput, NotAllowed, NotSignedIn
from casework.sealed_names import pseudonym_of_person
from casework.workdays import day_of

OVER = "这次请假已经结束了,不用再办。"


async def declare(
    office: Office, keyring: Keyring, person: str, deputy: str, *, last: date | None,
    since: date | None = None,
) -> None:  # fmt: skip
    """Away from the beginning of a day (from now, where none is named or it is today) to the end of the
    last. Raises `NotAllowed`, `BadInput`."""
    now, offices = office.clock.now(), office.content.organisation
    if last is None:
        raise BadInput("请写请到哪一天。")
    start, until = starting(since, now), ending(last, now)
    if until <= start:
        raise BadInput("最后一天在头一天前面,请改一个。")
    if not deputy:
        raise BadInput("请选由谁代班。")
    async with office.files() as files:
        here = await files.people.held(keyring.person.id, person, deputy)
        by, whom = _both(here, keyring, person)
        if refusal := why_not_declare(by, whom, offices):
            raise NotAllowed(refusal)
        stand_in = here.get(deputy)
        holds_key = deputy in await files.unit_keys.holders(whom.unit)
        if refusal := why_no_deputy(whom, stand_in, holds_key=holds_key):
            raise NotAllowed(refusal)
        assert stand_in is not None
        absences = await files.absences.of([whom.id, stand_in.id])
        if refusal := why_not_then(start, until, whom, stand_in, absences):
            raise NotAllowed(refusal)
        await files.absences.add(
            Absence(person=whom.id, deputy=stand_in.id, since=start, until=until)
        )
        _leaf(files, "absent", whom, by, now)


async def end(office: Office, keyring: Keyring, person: str, since: datetime) -> None:
    """He is back: from this moment nobody stands in for him."""
    now = office.clock.now()
    async with office.files() as files:
        here = await files.people.held(keyring.person.id, person)
        by, whom = _both(here, keyring, person)
        if refusal := why_not_declare(by, whom, office.content.organisation):
            raise NotAllowed(refusal)
        absences = await files.absences.of([person])
        found = next((each for each in absences if each.since == since), None)
        if found is None:
            raise NotAllowed(OVER)
        await files.absences.end(found, now)
        _leaf(files, "back", whom, by, now)


def _both(here: Mapping[str, Person], keyring: Keyring, person: str) -> tuple[Person, Person]:
    by = here.get(keyring.person.id)
    if by is None:
        raise NotSignedIn("登录已经到期,请重新登录。")
    if person not in here:
        raise NotAllowed(GONE)
    return by, here[person]


def _leaf(files: Files, event: str, whom: Person, by: Person, at: datetime) -> None:
    files.leaf(
        event, person=pseudonym_of_person(whom.id), by=pseudonym_of_person(by.id),
        day=day_of(at).isoformat(),
    )  # fmt: skip
