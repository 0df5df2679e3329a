"""The demo: invented staff, demo keys in the data folder (it says so), cases in several states."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace

import pyrage

from casework.actions.handling import act
from casework.offices import Level, Person, Role
from casework.queue import Tab, View
from casework.refusals import BadInput
from casework.reports import Once, Report, digest_of
from casework.tickets import Action, Kind
from papers.card import Card
from papers.envelope import new_keypair, public_of
from papers.files import write_whole
from papers.signature import SigningKey
from runtime.wiring import CARD, DEMO_KEYS, Service

#: A password for whoever wants to try the real way in; the demo's link opens cases without it.
DEMO_PASSWORD = "demo-demo-demo"  # noqa: S105  # printed by the demo itself


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is invented for the demo, from the content's `demo.toml`: whose the login link is, how its
    people are called, and the reports."""

    unit: str
    person: str
    without: str = ""
    stories: tuple[Report, ...]


def play_of(service: Service) -> Play:
    """Raises `BadInput` where the folder has none, or it names a unit or place there is not."""
    content, table = service.office.content, service.live.layers.theirs("demo.toml")
    try:
        stories = tuple(Report(**{**row, "kind": Kind(row["kind"])}) for row in table.pop("story"))
        play = Play(**table, stories=stories)
    except (TypeError, KeyError, ValueError) as fault:
        raise BadInput(f"demo.toml 写错了:{fault}") from None
    if play.unit not in content.organisation:
        raise BadInput(f"demo.toml 里写了 {play.unit},没有这个单位。")
    return play


def first_units(service: Service) -> frozenset[str]:
    """Those without whom the demo cannot begin: one handler's unit, everybody above it (a report of
    the first second is read by all of them), discipline office and escrow. The others get their
    keys, a fifth of a second each, after the port is open."""
    organisation = service.office.content.organisation
    chain = organisation.upwards(organisation[play_of(service).unit])
    ends = (organisation.discipline, organisation.escrow)
    return frozenset(unit.id for unit in (*chain, *ends))


async def staff(service: Service, only: frozenset[str] | None = None) -> None:
    """A person for every unit, with keys. Twice does no harm."""
    keys = service.store.house.demo
    assert keys is not None
    organisation, now = service.office.content.organisation, service.office.clock.now()
    play, keyed = play_of(service), await service.store.keyed_units()
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
                play.person.format(unit=unit.name.removesuffix(play.without)),
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
    """Invented cases; loaded once, after the port is open."""
    async with service.office.reading() as reading:
        if (await reading.log.head()).size:
            return
    play = play_of(service)
    for n, story in enumerate(play.stories):
        once = Once(scope="demo", key=f"demo story {n}", digest=digest_of({"text": story.text}))
        made = replace(story, channel="web", once=once)
        await service.office.intake.file(made)
    await _move_some(service, play)


async def _move_some(service: Service, play: Play) -> None:
    """So that the queue's tabs are not all empty."""
    office, now = service.office, service.office.clock.now()
    token = await session_of(service, play.unit)
    async with office.reading() as reading:
        ring = await reading.people.keyring(token, now=now)
        page = await reading.queue.page(View(tab=Tab.NEW), reader=ring.person, now=now)
        own = [line.number for line in page.lines if line.owner == play.unit]
        files = [await reading.tickets.get(number, reader=ring.person) for number in own]
    # Only invented ones: somebody may have filed a first report of his own already.
    invented = {story.text for story in play.stories}
    ours = [
        file.ticket.number
        for file in files
        if ring.ticket(file).open("story", file.fields["story"]) in invented
    ]
    for number in ours[:2]:
        await act(office, ring, number, Action.ACCEPT)
        await act(office, ring, number, Action.DISPATCH)
    for number in ours[:1]:
        await act(office, ring, number, Action.SIGN)


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
    person = await first_of(service, play_of(service).unit)
    async with service.office.files() as files:
        token = await files.people.link(person.id, "login", now=service.office.clock.now())
    return f"{service.settings.base_url}/desk/login/{token}"
