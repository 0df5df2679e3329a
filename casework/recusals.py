"""Who stays away from what (回避): a person, from one ticket or from everything of a unit."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casework.offices import CHAIN, Level, Organisation, Unit

#: How many digits the code of a place has by level. A ticket tells its place as far as the county.
DIGITS = {Level.PROVINCE: 0, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 12}
#: The area of a unit without one: no code begins like this.
NOWHERE = "-"


class Reason(StrEnum):
    """Why somebody stays away. A choice and no words: words would tell of the report."""

    RELATIVE = "relative"
    INTEREST = "interest"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "relative": "和里面的人是亲属",
            "interest": "本人有利害关系",
            "other": "其他,可能影响公正办理",
        }[self.value]


@dataclass(frozen=True, kw_only=True)
class Recusal:
    """One person stays away from a ticket, by its number, or from a unit, by its id; until somebody
    else lifts it. The row stays."""

    person: str
    about: str
    reason: Reason
    since: datetime
    declared_by: str
    #: How the codes of the unit's places began on that day, '' for every place; None for a ticket.
    area: str | None = None

    def is_of_unit(self, offices: Organisation) -> bool:
        return self.area is not None or is_of_the_chain(self.about, offices)


@dataclass(frozen=True, kw_only=True)
class Away:
    """All that one person stays away from.

    From a ticket: that one, and every one it is merged with, before or after (each has its row).

    From a unit: whatever its own people could have to do with. So it covers a ticket

    - whose place lies in the unit's area or in that of a unit below, whoever has it. An appeal, a
      return, or a text that names the unit moves a ticket up, never to another place;
    - that the unit or one below has, or ever was given: the history says so and is never changed.
      What was sent there from elsewhere, and every task of a township, stays covered after it is
      taken back.

    The units below are those of today's tree. A unit that was taken out of it goes on to be covered
    by its id and by the area it had when the recusal was declared. The province covers everything. A
    township covers what it was given, and nothing before: where in the county a ticket comes from
    stands in the sealed words alone.
    """

    tickets: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        return "" in self.areas

    def covers(self, *, number: str, county: str, held_by: Collection[str]) -> bool:
        """`held_by`: every unit that has the ticket or ever was given it."""
        return (
            number in self.tickets
            or not self.units.isdisjoint(held_by)
            or county.startswith(tuple(self.areas))
        )

    def touches(self, unit: str, offices: Organisation) -> bool:
        """Whether a unit is in this, or has a part of it below it."""
        below = offices.below(offices[unit]) if unit in offices else {unit}
        return self.everything or not self.units.isdisjoint(below)


def away_from(recusals: Iterable[Recusal], offices: Organisation) -> Away:
    """Out of what is in force for one person."""
    tickets, units, areas = set[str](), set[str](), set[str]()
    for each in recusals:
        tickets.add(each.about)
        units.add(each.about)
        if each.area is not None:
            areas.add(each.area)
        if each.about in offices:
            below = [offices[unit] for unit in offices.below(offices[each.about])]
            units |= {unit.id for unit in below}
            areas |= {area_of(unit) for unit in below if unit.level is not Level.TOWNSHIP}
    shortest = {a for a in areas if not any(a != b and a.startswith(b) for b in areas)}
    return Away(tickets=frozenset(tickets), units=frozenset(units), areas=frozenset(shortest))


def area_of(unit: Unit) -> str:
    """How the codes of the places of a unit of the chain begin."""
    digits = DIGITS[unit.level]
    return unit.area[:digits] or (NOWHERE if digits else "")


def is_of_the_chain(about: str, offices: Organisation) -> bool:
    """Whether this is a unit one can stay away from: one that handles tickets."""
    return about in offices and offices[about].level in CHAIN
