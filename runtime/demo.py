"""The demo: invented staff, demo keys in the data folder (it says so), cases in several states."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

import pyrage

from casework.offices import Level, Person, Role
from casework.ports import Keyring, Office
from casework.refusals import BadInput
from papers.archive import Acknowledgement
from papers.card import Card
from papers.envelope import new_keypair, public_of
from papers.files import write_whole
from papers.signature import SigningKey
from runtime.demo_play import Case, Colleague, Play, PlayedClock, cases_from
from runtime.wiring import CARD, DEMO_KEYS, Service, read_card
from scheduler.hand_over import Recipient, hand_over
from storage.sealing import Cost
from storage.store import open_store

#: A password for whoever wants to try the real way in; the demo's link opens cases without it.
DEMO_PASSWORD = "demo-demo-demo"  # noqa: S105  # printed by the demo itself


@dataclass(frozen=True, kw_only=True)
class Invented:
    """What is invented for the demo, from the content's `demo.toml`: whose the login link is, how its
    people are called, and the cases."""

    unit: str
    person: str
    without: str = ""
    staff: tuple[Colleague, ...] = ()
    cases: tuple[Case, ...]


def invented(service: Service) -> Invented:
    """Raises `BadInput` where the folder has none, or it names a unit, post or place there is not."""
    content, table = service.office.content, service.live.layers.theirs("demo.toml")
    known = {"unit", "person", "without", "staff", "life", "case"}
    if strange := sorted(set(table) - known):
        raise BadInput(f"demo.toml 写错了:没有 {strange[0]} 这一项。")
    try:
        made = Invented(
            unit=table["unit"],
            person=table["person"],
            without=table.get("without", ""),
            staff=tuple(
                Colleague(
                    unit=row["unit"], name=row["name"], roles=frozenset(map(Role, row["roles"]))
                )
                for row in table.get("staff", ())
            ),
            cases=cases_from(table, content),
        )
    except (TypeError, KeyError, ValueError) as fault:
        raise BadInput(f"demo.toml 写错了:{fault}") from None
    for unit in (made.unit, *(each.unit for each in made.staff)):
        if unit not in content.organisation:
            raise BadInput(f"demo.toml 里写了 {unit},没有这个单位。")
    return made


def first_units(service: Service) -> frozenset[str]:
    """Those without whom the demo cannot begin: one handler's unit, everybody above it (a report of
    the first second is read by all of them), discipline office and escrow. The others get their
    keys, a fifth of a second each, after the port is open."""
    organisation = service.office.content.organisation
    chain = organisation.upwards(organisation[invented(service).unit])
    ends = (organisation.discipline, organisation.escrow)
    return frozenset(unit.id for unit in (*chain, *ends))


async def staff(service: Service, only: frozenset[str] | None = None) -> None:
    """A person for every unit, with keys. Twice does no harm."""
    keys = service.store.house.demo
    assert keys is not None
    organisation, now = service.office.content.organisation, service.office.clock.now()
    made, keyed = invented(service), await service.store.keyed_units()
    for unit in organisation.units.values():
        if unit.id in keyed or unit.level is Level.TOWNSHIP:
            continue
        if only is not None and unit.id not in only:
            continue
        private, public = new_keypair()
        if unit.level in (Level.DISCIPLINE, Level.ESCROW):
            await service.store.make_unit_key(unit.id, public)
            keys.keep(unit.id, private)
            continue
        password = await service.office.locks.new_password(DEMO_PASSWORD, caller=unit.id)
        async with service.office.files() as files:
            first = Role.HANDLER if unit.level is Level.COUNTY else Role.SUPERVISOR
            person = await files.people.add(
                made.person.format(unit=unit.name.removesuffix(made.without)),
                unit.id,
                frozenset({first, Role.DISPATCHER, Role.ORGANISER}),
            )
            await files.people.keep_key(person, private, public, password, now=now)
        keys.keep(person.id, private)
    save(service)


def save(service: Service) -> None:
    """The demo's own keys, in one file that says what it is; and the office's public card."""
    folder, keys = service.settings.data_dir, service.store.house.demo
    assert keys is not None
    path = folder / DEMO_KEYS
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if "age" not in kept:
        kept["age"] = str(pyrage.x25519.Identity.generate())
        kept["signing"] = os.urandom(32).hex()
    kept["warning"] = "演示用的钥匙。真的机构不会把任何人的钥匙放在这里。Demo keys only."
    kept["people"] = keys.as_hex()
    write_whole(path, json.dumps(kept, ensure_ascii=False, indent=1).encode())
    office = service.office.content.organisation.discipline.id
    if private := keys.private(office):  # else a real office gave its own card
        card = Card(
            office=office,
            age=str(pyrage.x25519.Identity.from_str(kept["age"]).to_public()),
            box=public_of(private).hex(),
            signing=SigningKey(bytes.fromhex(kept["signing"])).public_text,
        )
        write_whole(folder / CARD, card.to_bytes())


async def cases(service: Service) -> None:
    """Colleagues and invented cases; once, after the port is open, and beside whoever looks already."""
    async with service.office.reading() as reading:
        if (await reading.log.head()).size:
            return
    made, now = invented(service), service.office.clock.now()
    await _colleagues(service, made)
    clock = PlayedClock(
        now - timedelta(days=max((each.days for each in made.cases), default=0) + 1)
    )
    async with _played(service, clock) as office:
        play = Play(
            office=office, clock=clock, real=now, rings=await _rings(service, made),
            monthly=partial(_handed_over, service),
        )  # fmt: skip
        await play.run(made.cases)
        await play.one_stays_away()


@asynccontextmanager
async def _played(service: Service, clock: PlayedClock) -> AsyncIterator[Office]:
    """The same house, entered at another time of day: what happens in it happened then."""
    house, settings = service.store.house, service.settings
    store = await open_store(
        folder=settings.data_dir, url=settings.database_url or None, clock=clock,
        in_force=service.live.standing, demo=house.demo,
        codes=Cost(mib=settings.code_mib, passes=settings.code_passes),
        passwords=Cost(mib=settings.kdf_mib, passes=settings.kdf_passes),
    )  # fmt: skip
    try:
        yield replace(
            service.office, clock=clock, reading=store.reading, files=store.files,
            intake=store.intake,
        )  # fmt: skip
    finally:
        await store.close()


async def _colleagues(service: Service, made: Invented) -> None:
    """The others of the three offices, let in by those who are there."""
    keys, now = service.store.house.demo, service.office.clock.now()
    assert keys is not None
    for each in made.staff:
        async with service.office.reading() as reading:
            there = await reading.people.in_unit(each.unit)
        if each.name in {person.name for person in there}:
            continue
        password = await service.office.locks.new_password(DEMO_PASSWORD, caller=each.name)
        private, public = new_keypair()
        async with service.office.files() as files:
            person = await files.people.add(each.name, each.unit, each.roles)
            await files.people.keep_key(person, private, public, password, now=now)
        keys.keep(person.id, private)
        for colleague in await _with_a_demo_key(service, each.unit):
            ring = await _ring_of(service, colleague)
            async with service.office.files() as files:
                if await files.people.let_in(ring, person.id, now=now):
                    break
    save(service)


async def _with_a_demo_key(service: Service, unit: str) -> list[Person]:
    """Those who hold the unit's key and whose own the demo keeps; a real office may have begun with
    somebody else."""
    keys = service.store.house.demo
    assert keys is not None
    async with service.office.reading() as reading:
        return [each for each in await reading.people.with_key(unit) if keys.private(each.id)]


async def _rings(service: Service, made: Invented) -> list[Keyring]:
    """Everybody who works on the cases, those nearest to them first."""
    offices = service.office.content.organisation
    units = [made.unit, *(unit.id for unit in list(offices.upwards(offices[made.unit]))[1:])]
    units += [unit.id for unit in offices.at(Level.COUNTY) if unit.id not in units]
    rings = []
    for unit in units:
        people = sorted(await _with_a_demo_key(service, unit), key=_by_hand_first)
        rings += [await _ring_of(service, each) for each in people]
    return rings


def _by_hand_first(person: Person) -> tuple[bool, bool]:
    """Who works on cases before who passes them on, and the leader last."""
    return Role.HANDLER not in person.roles, Role.LEADER in person.roles


async def _ring_of(service: Service, person: Person) -> Keyring:
    now = service.office.clock.now()
    async with service.office.files() as files:
        link = await files.people.link(person.id, "login", now=now)
        token = (await files.people.use_link(link, "login", now=now)).token
    async with service.office.reading() as reading:
        ring = await reading.people.keyring(token, now=now)
    async with service.office.files() as files:
        await files.people.sign_out(token)
    return ring


async def _handed_over(service: Service, office: Office) -> None:
    """The month is handed over on its day. Where the office is the demo's own, it signs for it."""
    path = service.settings.data_dir / CARD
    recipient = service.recipient or (Recipient(card=read_card(path)) if path.exists() else None)
    if recipient is None:
        return
    rows = await hand_over(office, recipient=recipient, key=service.signing)
    kept = json.loads((service.settings.data_dir / DEMO_KEYS).read_text(encoding="utf-8"))
    key = SigningKey(bytes.fromhex(kept["signing"]))
    if recipient.card.signing != key.public_text:
        return
    for row in rows:
        at = office.clock.now()
        signed = Acknowledgement(
            batch=row.number, digest=row.digest, count=row.count, size=row.size,
            root=row.root.hex(), received_at=at.isoformat(),
        ).to_text(key)  # fmt: skip
        async with office.files() as files:
            await files.batches.received(row.number, signed, at=at)


async def first_of(service: Service, unit: str) -> Person:
    """Whom the demo made first in a unit."""
    async with service.office.reading() as reading:
        return (await reading.people.in_unit(unit))[0]


async def session_of(service: Service, unit: str) -> str:
    """A signed-in session of the first person of a unit."""
    now, person = service.office.clock.now(), await first_of(service, unit)
    async with service.office.files() as files:
        link = await files.people.link(person.id, "login", now=now)
        return (await files.people.use_link(link, "login", now=now)).token


async def login_link(service: Service) -> str:
    """A one-time link for the handler of a county."""
    person = await first_of(service, invented(service).unit)
    async with service.office.files() as files:
        token = await files.people.link(person.id, "login", now=service.office.clock.now())
    return f"{service.settings.base_url}/desk/login/{token}"
