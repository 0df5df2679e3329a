"""Who may read a report: the one rule that keeps it from the accused, in front of every query.

Whom it is about is the reporter's word: everybody she named or confirmed is shut out, with his own
unit and all below it. Doubt goes up: a clue about nobody, or about somebody whose place is not known,
starts above the county.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from casework.offices import CHAIN, Level, Organisation, Unit
from casework.refusals import IntakeClosed
from casework.reports import Accused, Report
from casework.tickets import Kind, Ticket

#: The role she gives when she cannot say whom it is about.
UNCLEAR = "unclear"

#: Where a named role sits: None is below the lowest unit of the tree. Whoever is not listed, and
#: whoever is unclear, cannot be ruled out at any level below a city.
SITS_AT: dict[str, Level | None] = {
    "village_secretary": None,
    "village_director": None,
    "village_accountant": None,
    "village_supervisor": None,
    "village_cadre": None,
    "team_leader": None,
    "first_secretary": Level.TOWNSHIP,
    "work_team": Level.TOWNSHIP,
    "township_cadre": Level.TOWNSHIP,
    "township_head": Level.TOWNSHIP,
    "county_cadre": Level.COUNTY,
    "county_head": Level.COUNTY,
    "inspector": Level.COUNTY,
    "city_cadre": Level.CITY,
    "province_cadre": Level.PROVINCE,
    "discipline_cadre": Level.DISCIPLINE,
    "handler": Level.PROVINCE,
    "contractor": None,
    "craftsman": None,
}

#: What a program may hand in as `accused_role`.
ROLES = (*SITS_AT, UNCLEAR)

#: Those who sit in the village: the township is too near to them to read what is said of them.
IN_THE_VILLAGE = frozenset(
    {
        "village_secretary", "village_director", "village_accountant", "village_supervisor",
        "village_cadre", "team_leader",
    }
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where a report goes: who must act, and everybody who gets an envelope."""

    owner: str
    readers: tuple[str, ...]  # units that hold a key to it, the owner first

    @property
    def digest(self) -> str:
        """Fixes who was named as a reader, whatever their order: 64 hexadecimal digits."""
        return sha256("\n".join(sorted(self.readers)).encode()).hexdigest()


def excluded(accused: Iterable[Accused], county: str, organisation: Organisation) -> frozenset[str]:
    """The units a report about these must never reach: of each his own, and those below it."""
    return frozenset[str]().union(*(_shut_by(each, county, organisation) for each in accused))


def _shut_by(accused: Accused, county: str, organisation: Organisation) -> frozenset[str]:
    """By the unit that was named, and by what the role is in the reporter's own county."""
    shut: frozenset[str] = frozenset()
    if accused.unit in organisation:
        shut = organisation.below(organisation[accused.unit])
    level = SITS_AT.get(accused.role)
    if level is Level.DISCIPLINE:
        return shut | {organisation.discipline.id}
    lowest = organisation.lowest_for(county)
    if level is Level.TOWNSHIP or accused.role in IN_THE_VILLAGE:
        return shut | {u.id for u in organisation.at(Level.TOWNSHIP) if u.parent == lowest.id}
    chain = {unit.level: unit for unit in organisation.upwards(lowest)}
    return shut | organisation.below(chain[level]) if level in chain else shut


def in_doubt(accused: Sequence[Accused]) -> bool:
    """Whether it is not known of everybody where he sits; nobody named is doubt too."""
    return not accused or any(each.role not in SITS_AT and not each.unit for each in accused)


def floor(*, kind: Kind, to_discipline: bool, accused: Sequence[Accused], asked: str = "") -> Level:
    """The lowest level that may read. A clue about somebody whose place is in doubt, or who sits
    above the village, starts at the city; so does what she wants kept from the county. A clue is what
    its kind says, or her word that somebody's doings are for the discipline office too."""
    if asked == "city":
        return Level.CITY
    clue = kind is Kind.CLUE or (to_discipline and bool(accused))
    above_the_village = any(SITS_AT.get(each.role) is not None for each in accused)
    return Level.CITY if clue and (in_doubt(accused) or above_the_village) else Level.COUNTY


def below_the_floor(lowest: Level, organisation: Organisation) -> frozenset[str]:
    """The units of the chain that stand under a floor."""
    under = CHAIN[: CHAIN.index(lowest)]
    return frozenset(unit.id for level in under for unit in organisation.at(level))


def route(report: Report, organisation: Organisation, keyed: AbstractSet[str]) -> Route:
    """The owner and the readers of a report. Units without a key do not exist for routing.

    Raises `IntakeClosed` while province, discipline office or escrow have no key, or when nobody
    in the chain may read it.
    """
    for needed in (organisation.province, organisation.discipline, organisation.escrow):
        if needed.id not in keyed:
            raise IntakeClosed(f"{needed.name}还没有建立钥匙,现在不能登记反映。请打12345或12388。")
    lowest = floor(
        kind=report.kind, to_discipline=report.to_discipline, accused=report.accused,
        asked=report.floor,
    )  # fmt: skip
    shut_out = excluded(report.accused, report.county, organisation)
    shut_out |= below_the_floor(lowest, organisation)
    chain = [unit.id for unit in line_of(report, organisation) if unit.id in keyed - shut_out]
    watchers = [
        unit.id
        for unit in (organisation.discipline, organisation.escrow)
        if unit.id not in shut_out
    ]
    # About the province itself: the discipline office alone reads it and owns it.
    owner = chain[0] if chain else organisation.discipline.id
    if owner in shut_out:
        raise IntakeClosed("这件事现在没有可以回避的单位来办。请打12388。", "nobody-left")
    return Route(owner=owner, readers=tuple(dict.fromkeys((owner, *chain, *watchers))))


def left_out(
    about: Sequence[Accused], ticket: Ticket, organisation: Organisation
) -> frozenset[str]:
    """The units that a text added later must not reach, by whom it names; nobody named, nobody."""
    if not about:
        return frozenset()
    lowest = floor(kind=ticket.kind, to_discipline=ticket.to_discipline, accused=about)
    shut_out = excluded(about, ticket.county, organisation)
    return shut_out | below_the_floor(lowest, organisation) if lowest is Level.CITY else shut_out


def owner_among(readers: AbstractSet[str], county: str, organisation: Organisation) -> str:
    """Who acts for a county when only these may read: the lowest of its line, else the discipline
    office. Raises `IntakeClosed` when neither is among them."""
    line = (unit.id for unit in organisation.upwards(organisation.lowest_for(county)))
    owner = next((unit for unit in line if unit in readers), organisation.discipline.id)
    if owner not in readers:
        raise IntakeClosed("这件事现在没有可以回避的单位来办。请打12388。", "nobody-left")
    return owner


def line_of(report: Report, organisation: Organisation) -> tuple[Unit, ...]:
    """The units that answer for its county, the lowest first, whether they may read it or not."""
    return tuple(organisation.upwards(organisation.lowest_for(report.county)))
