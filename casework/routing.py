"""Who may read a report: the one rule that keeps it from the accused, in front of every query."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from casework.offices import Level, Organisation, Unit
from casework.refusals import IntakeClosed
from casework.reports import Accused, Report
from casework.tickets import Kind

#: Where the named role sits. Whoever is not listed cannot be ruled out at any level below a city.
SITS_AT: dict[str, Level | None] = {
    "village_secretary": None,  # below the lowest unit of the tree
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

#: Roles about which a county may be told even when the report is a clue.
BELOW_THE_COUNTY = frozenset(role for role, level in SITS_AT.items() if level is None)


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where a report goes: who must act, and everybody who gets an envelope."""

    owner: str
    readers: tuple[str, ...]  # units that hold a key to it, the owner first


def excluded(accused: Accused, county: str, organisation: Organisation) -> frozenset[str]:
    """The units a report about `accused` must never reach: his own, and those below it."""
    if accused.unit in organisation:
        return organisation.below(organisation[accused.unit])
    level = SITS_AT.get(accused.role)
    if level is Level.DISCIPLINE:
        return frozenset({organisation.discipline.id})
    lowest = organisation.lowest_for(county)
    chain = {unit.level: unit for unit in organisation.upwards(lowest)}
    if level is Level.TOWNSHIP:
        return frozenset(u.id for u in organisation.at(Level.TOWNSHIP) if u.parent == lowest.id)
    if level in chain:
        return organisation.below(chain[level])
    return frozenset()


def floor(report: Report, organisation: Organisation) -> Level:
    """The lowest level a report may start at. A clue goes to the city unless only the village
    or a builder can be meant (issue of casework: 'cannot be ruled out')."""
    if report.floor == "city":
        return Level.CITY
    if report.kind is Kind.CLUE and report.accused.role not in BELOW_THE_COUNTY:
        return Level.CITY
    return Level.COUNTY


def route(report: Report, organisation: Organisation, keyed: AbstractSet[str]) -> Route:
    """The owner and the readers of a report. Units without a key do not exist for routing.

    Raises `IntakeClosed` while province, discipline office or escrow have no key, or when nobody
    in the chain may read it.
    """
    for needed in (organisation.province, organisation.discipline, organisation.escrow):
        if needed.id not in keyed:
            raise IntakeClosed(f"{needed.name}还没有建立钥匙,现在不能登记反映。请打12345或12388。")
    shut_out = excluded(report.accused, report.county, organisation)
    lowest_level = floor(report, organisation)
    chain = [
        unit.id
        for unit in organisation.upwards(organisation.lowest_for(report.county))
        if _high_enough(unit, lowest_level) and unit.id not in shut_out and unit.id in keyed
    ]
    watchers = [
        unit.id
        for unit in (organisation.discipline, organisation.escrow)
        if unit.id not in shut_out
    ]
    # About the province itself: the discipline office alone reads it and owns it.
    owner = chain[0] if chain else organisation.discipline.id
    if owner in shut_out:
        raise IntakeClosed("这件事现在没有可以回避的单位来办。请打12388。")
    return Route(owner=owner, readers=tuple(dict.fromkeys((owner, *chain, *watchers))))


def _high_enough(unit: Unit, lowest: Level) -> bool:
    order = (Level.TOWNSHIP, Level.COUNTY, Level.CITY, Level.PROVINCE)
    return order.index(unit.level) >= order.index(lowest)


def recused(person: str, unit: str, recusals: AbstractSet[tuple[str, str]], number: str) -> bool:
    """Whether a member of staff must stay away: declared for the ticket, or for a whole unit."""
    return (person, number) in recusals or (person, unit) in recusals
