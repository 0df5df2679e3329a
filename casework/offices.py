"""The organisation: units from the township to the province, the people in them, and their roles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from casework.refusals import BadInput


class Level(StrEnum):
    """Where a unit stands. The discipline office and the escrow stand outside the chain."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    DISCIPLINE = "discipline"
    ESCROW = "escrow"


#: The housing chain, lowest first.
CHAIN = (Level.TOWNSHIP, Level.COUNTY, Level.CITY, Level.PROVINCE)


class Role(StrEnum):
    """What a member of staff may do (reference vocabulary, as far as the whole way needs it)."""

    HANDLER = "handler"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    APPROVER = "approver"
    LEADER = "leader"
    FOLLOWUP_OFFICER = "followup_officer"
    ORGANISER = "organiser"
    SYSADMIN = "sysadmin"

    @property
    def label(self) -> str:
        return {
            "handler": "承办人",
            "dispatcher": "派单员",
            "supervisor": "督办员",
            "approver": "审核人",
            "leader": "分管领导",
            "followup_officer": "回访员",
            "organiser": "培训组织人",
            "sysadmin": "系统管理员",
        }[self.value]


#: Roles in which no case is read.
WITHOUT_CASES = frozenset({Role.SYSADMIN, Role.ORGANISER})


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One office. `area` is the code of the place it answers for."""

    id: str
    name: str
    level: Level
    parent: str = ""
    area: str = ""
    report_phone: str = ""
    letter_box: str = ""
    office_phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A member of staff. Nobody's real name is needed here: `name` is what colleagues read."""

    id: str
    name: str
    unit: str
    roles: frozenset[Role]
    #: Of these, what he has only while he stands in for somebody, and for whom that is.
    lent: frozenset[Role] = frozenset()
    stands_in_for: frozenset[str] = frozenset()

    @property
    def answers_for(self) -> frozenset[str]:
        """Ids of those whose tickets are his now: his own, and of those he stands in for."""
        return self.stands_in_for | {self.id}

    def may_read_cases(self) -> bool:
        return bool(self.roles - WITHOUT_CASES)


@dataclass(frozen=True, kw_only=True)
class Post:
    """A role from a moment on, until another; None is open."""

    role: Role
    since: datetime
    until: datetime | None = None

    def holds_at(self, at: datetime) -> bool:
        return self.since <= at and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        return self.until is not None and self.until <= at


@dataclass(frozen=True)
class Organisation:
    """The tree of units. Building it refuses loops, orphans and two units for one county."""

    units: Mapping[str, Unit]

    @classmethod
    def of(cls, units: Iterable[Unit]) -> Organisation:
        by_id: dict[str, Unit] = {}
        for unit in units:
            if unit.id in by_id:
                raise BadInput(f"单位编号重复:{unit.id}")
            by_id[unit.id] = unit
        tree = cls(by_id)
        for unit in by_id.values():
            if unit.parent and unit.parent not in by_id:
                raise BadInput(f"{unit.name}的上级单位不存在:{unit.parent}")
            tree._refuse_loop(unit)
        return tree

    def _refuse_loop(self, unit: Unit) -> None:
        seen = {unit.id}
        while unit.parent:
            unit = self.units[unit.parent]
            if unit.id in seen:
                raise BadInput(f"单位的上下级绕成了一圈:{unit.name}")
            seen.add(unit.id)

    def __getitem__(self, unit_id: str) -> Unit:
        return self.units[unit_id]

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self.units

    @cached_property
    def _levels(self) -> Mapping[Level, tuple[Unit, ...]]:
        return {
            level: tuple(unit for unit in self.units.values() if unit.level is level)
            for level in Level
        }

    @cached_property
    def _counties(self) -> Mapping[str, Unit]:
        return {unit.area: unit for unit in self.at(Level.COUNTY)}

    @cached_property
    def housing_at(self) -> Mapping[str, str]:
        """The unit of the housing chain at each place, by the place's code."""
        return {unit.area: unit.id for unit in self.units.values() if unit.level in CHAIN}

    def at(self, level: Level) -> tuple[Unit, ...]:
        return self._levels[level]

    @property
    def province(self) -> Unit:
        return self.at(Level.PROVINCE)[0]

    @property
    def discipline(self) -> Unit:
        return self.at(Level.DISCIPLINE)[0]

    @property
    def escrow(self) -> Unit:
        return self.at(Level.ESCROW)[0]

    def may_enter(self, unit: str, county: str) -> bool:
        """Whether people of this unit may say what the county decides: its bureau and those above."""
        above = self.units[unit]
        return (
            above.level in CHAIN
            and above.level is not Level.TOWNSHIP
            and county.startswith(above.area)
        )

    def county_unit(self, county: str) -> Unit | None:
        """The housing bureau of a county code, if it is in the tree."""
        return self._counties.get(county) if county else None

    def lowest_for(self, county: str) -> Unit:
        """The county's bureau, or the lowest unit above it: city, else province."""
        own = self.county_unit(county)
        if own:
            return own
        cities = (u for u in self.at(Level.CITY) if county and county.startswith(u.area[:4]))
        return next(cities, self.province)

    def upwards(self, unit: Unit) -> Iterator[Unit]:
        """The unit itself, its parent, and so on to the province."""
        while True:
            yield unit
            if not unit.parent:
                return
            unit = self.units[unit.parent]

    def over(self, unit: str) -> str:
        """The unit above; over the province, and over what is no longer in the tree, the province."""
        above = self.units[unit].parent if unit in self.units else ""
        return above or self.province.id

    def tree(self, unit: str) -> Iterator[tuple[Unit, int]]:
        """The unit and what is under it in the housing chain, each before those of its own, with how
        deep it lies; nothing for a unit that is not in the tree."""
        if unit in self.units and self.units[unit].level in CHAIN:
            yield from self._branch(self.units[unit], 0)

    def _branch(self, unit: Unit, depth: int) -> Iterator[tuple[Unit, int]]:
        yield unit, depth
        for each in self._children.get(unit.id, ()):
            yield from self._branch(each, depth + 1)

    @cached_property
    def _children(self) -> Mapping[str, tuple[Unit, ...]]:
        found: dict[str, list[Unit]] = {}
        for each in self.units.values():
            if each.level in CHAIN:
                found.setdefault(each.parent, []).append(each)
        return {parent: tuple(units) for parent, units in found.items()}

    def below(self, unit: Unit) -> frozenset[str]:
        """The unit and everything under it."""
        return self._below[unit.id]

    @cached_property
    def _below(self) -> Mapping[str, frozenset[str]]:
        under: dict[str, set[str]] = {each: set() for each in self.units}
        for each in self.units.values():
            for above in self.upwards(each):
                under[above.id].add(each.id)
        return {unit: frozenset(ids) for unit, ids in under.items()}
