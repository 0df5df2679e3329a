"""The demo: invented staff, demo keys in the data folder (it says so), cases in several states."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import pyrage

from casework.actions.handling import act
from casework.offices import Level, Person, Role
from casework.reports import Once, Report, digest_of
from casework.shelves import Tab
from casework.tickets import Action, Kind
from papers.card import Card
from papers.envelope import new_keypair, public_of
from papers.files import write_whole
from papers.signature import SigningKey
from runtime.wiring import CARD, DEMO_KEYS, Service

HANDLER_UNIT = "housing-410423"

#: A password for whoever wants to try the real way in; the demo's link opens cases without it.
DEMO_PASSWORD = "demo-demo-demo"  # noqa: S105  # printed by the demo itself

STORIES = (
    Report(
        text="新屋住了不到一年,山墙裂缝从房顶裂到地,下雨漏一地。施工队不接电话。",
        county="410423", kind=Kind.QUALITY, category="quality.structure", to_discipline=False,
    ),
    Report(
        text="村里每户收300块钱手续费,说不交不给报危房,没有收据。",
        county="410423", kind=Kind.CLUE, category="fee.deposit",
    ),
    Report(
        text="验收合格三个多月了,补助一直没到账。乡里说县里没拨,县里说乡里没报。",
        county="410423", kind=Kind.SERVICE, category="pay.late", to_discipline=False,
    ),
    Report(
        text="C级说给加固,来人刷了刷外墙,换了两扇门就叫签字。墙里头还是裂的。",
        county="410423", kind=Kind.QUALITY, category="works.cosmetic_only", to_discipline=False,
    ),
    Report(
        text="八十多岁的老人还住在要塌的土坯房里,梁都歪了。",
        county="410422", kind=Kind.URGENT, category="safety.imminent", to_discipline=False,
    ),
)  # fmt: skip


def first_units(service: Service) -> frozenset[str]:
    """Those without whom the demo cannot begin: one handler's unit, everybody above it (a report of
    the first second is read by all of them), discipline office and escrow. The others get their
    keys, a fifth of a second each, after the port is open."""
    organisation = service.office.content.organisation
    chain = organisation.upwards(organisation[HANDLER_UNIT])
    ends = (organisation.discipline, organisation.escrow)
    return frozenset(unit.id for unit in (*chain, *ends))


async def staff(service: Service, only: frozenset[str] | None = None) -> None:
    """A person for every unit, with keys. Twice does no harm."""
    keys = service.store.house.demo
    assert keys is not None
    organisation, now = service.office.content.organisation, service.office.clock.now()
    keyed = await service.store.keyed_units()
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
                f"{unit.name.removesuffix('(演示)')}的演示承办人",
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
    for n, story in enumerate(STORIES):
        once = Once(scope="demo", key=f"demo story {n}", digest=digest_of({"text": story.text}))
        made = replace(story, channel="web", once=once)
        await service.office.intake.file(made)
    await _move_some(service)


async def _move_some(service: Service) -> None:
    """So that the queue's tabs are not all empty."""
    office, now = service.office, service.office.clock.now()
    token = await session_of(service, HANDLER_UNIT)
    async with office.reading() as reading:
        ring = await reading.people.keyring(token, now=now)
        page = await reading.tickets.queue(Tab.NEW, reader=ring.person, now=now)
        own = [line.number for line in page.lines if line.owner == HANDLER_UNIT]
        files = [await reading.tickets.get(number, reader=ring.person) for number in own]
    # Only invented ones: somebody may have filed a first report of his own already.
    invented = {story.text for story in STORIES}
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


async def login_link(service: Service, unit: str = HANDLER_UNIT) -> str:
    """A one-time link for the handler of a county."""
    person = await first_of(service, unit)
    async with service.office.files() as files:
        token = await files.people.link(person.id, "login", now=service.office.clock.now())
    return f"{service.settings.base_url}/desk/login/{token}"
