"""The organisation: who is in which unit, what each lacks, and where to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.front import Front, Member, TheFront
from api.pages.colleagues import units_below
from api.pages.invitations import named
from api.pages.signin import KeepingRoute
from api.show import page
from casework.establishment import Lack, Problem, Team, problems, teams
from casework.offices import Person, Unit
from casework.staff import why_not_into

router = APIRouter(prefix="/desk", route_class=KeepingRoute)


@dataclass(kw_only=True)
class Branch:
    """One unit as the page shows it, over those under it."""

    id: str
    name: str
    people: int
    posts: str
    holders: int
    problems: list[tuple[Problem, str]]  # each with the link that mends it, '' where another must
    under: list[Branch] = field(default_factory=list)

    @property
    def is_grave(self) -> bool:
        return any(problem.lack.is_grave for problem, _ in self.problems)

    @property
    def troubled_below(self) -> int:
        """How many units under it lack something."""
        return sum(bool(each.problems) + each.troubled_below for each in self.under)


@router.get("/organisation")
async def organisation(
    request: Request,
    ring: Member,
    front: TheFront,
    only: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """One's own unit; for those who lead or run it, all below it too. Two statements for any number."""
    offices, mine = front.content.organisation, ring.person.unit
    seen = units_below(ring, front) | {mine}
    rows = [(unit, depth) for unit, depth in offices.tree(mine) if unit.id in seen]
    ids = [unit.id for unit, _ in rows]
    async with front.office.reading() as reading:
        colleagues = await reading.people.colleagues(ids)
        keyed = await reading.unit_keys.of_units(ids)
    by_unit = teams((unit for unit, _ in rows), colleagues, keyed)
    branches = [(_branch(by_unit[unit.id], front, ring.person), depth) for unit, depth in rows]
    troubled = [branch for branch, _ in branches if branch.problems]
    return page(
        request,
        "desk/organisation.html",
        ring=ring,
        only=only == "trouble",
        tree=grown(branches),
        troubled=sorted(troubled, key=lambda each: not each.is_grave),
        units=len(rows),
        lead=not why_not_into(ring.person, mine, offices),
    )


def grown(branches: Iterable[tuple[Branch, int]]) -> list[Branch]:
    """The tree, of its units in order with how deep each lies."""
    top: list[Branch] = []
    way: list[Branch] = []
    for branch, depth in branches:
        del way[depth:]
        (way[-1].under if way else top).append(branch)
        way.append(branch)
    return top


def _branch(team: Team, front: Front, person: Person) -> Branch:
    now = front.now()
    held = team.posts(now)
    return Branch(
        id=team.unit.id,
        name=named(front, team.unit),
        people=len(team.colleagues),
        posts="、".join(f"{role.label} {count}" for role, count in held.items()),
        holders=len(team.holders(now)),
        problems=[
            (each, _link(each, team.unit, front, person))
            for each in problems(team, front.content, now)
        ],
    )


def _link(problem: Problem, unit: Unit, front: Front, person: Person) -> str:
    """Where it is mended; '' where he may not."""
    offices = front.content.organisation
    if problem.lack in (Lack.NO_PHONE, Lack.NO_FACTS):
        may = offices.may_enter(person.unit, unit.area)
        return f"/desk/counties/{unit.area}" if may else ""
    if why_not_into(person, unit.id, offices):
        return ""
    match problem.lack:
        case Lack.NOBODY | Lack.ONE_KEY:
            return f"/desk/people/invite?unit={unit.id}"
        case Lack.NO_KEY:
            return "/desk/people/invite#waiting"
        case Lack.POST_ENDS:
            return f"/desk/people/{problem.person}"
        case _:
            return f"/desk/people?unit={unit.id}"
