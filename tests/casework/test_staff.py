"""Who may say what about people: the table, listed."""

from __future__ import annotations

import pytest

from casework.offices import Level, Organisation, Person, Role, Unit
from casework.staff import NOT_ONESELF, Verb, depending_on, why_not
from tests.offices import CITY, CONTENT, COUNTY, DISCIPLINE, PROVINCE

OFFICES = CONTENT.organisation
RUN = {Role.SUPERVISOR, Role.LEADER, Role.SYSADMIN}


def somebody(unit: str, *roles: Role, id: str = "p1") -> Person:
    return Person(id=id, name="甲", unit=unit, roles=frozenset(roles))


WHOM = somebody(COUNTY, Role.HANDLER, id="p2")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", Verb)
def test_who_leads_or_runs_the_unit_may_and_nobody_else(verb: Verb, role: Role) -> None:
    assert (why_not(verb, somebody(COUNTY, role), WHOM, OFFICES) == "") == (role in RUN)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize(
    ("unit", "may"),
    [(COUNTY, True), (CITY, True), (PROVINCE, True), ("housing-410422", False),
     ("housing-4110", False), (DISCIPLINE, False), ("nowhere", False)],
)  # fmt: skip
def test_only_the_unit_itself_and_those_above_it(verb: Verb, unit: str, may: bool) -> None:
    assert (why_not(verb, somebody(unit, Role.SUPERVISOR), WHOM, OFFICES) == "") is may


def test_nobody_below_says_anything_about_those_above() -> None:
    above = somebody(CITY, Role.HANDLER, id="p2")

    assert why_not(Verb.REMOVE, somebody(COUNTY, Role.LEADER), above, OFFICES)


@pytest.mark.parametrize("verb", Verb)
def test_what_nobody_does_about_himself(verb: Verb) -> None:
    me = somebody(COUNTY, *Role)

    assert why_not(verb, me, me, OFFICES) == NOT_ONESELF.get(verb, "")


def test_somebody_in_a_unit_that_is_no_more_is_nobodys() -> None:
    stray = somebody("housing-999999", Role.HANDLER, id="p2")

    assert why_not(Verb.REMOVE, somebody(PROVINCE, Role.SUPERVISOR), stray, OFFICES)


def test_a_county_answers_for_its_townships_and_a_city_for_itself() -> None:
    tree = Organisation.of(
        Unit(id=id, name=id, level=level, parent=parent)
        for id, level, parent in (
            ("p", Level.PROVINCE, ""), ("c", Level.CITY, "p"), ("x", Level.COUNTY, "c"),
            ("t", Level.TOWNSHIP, "x"), ("y", Level.COUNTY, "c"),
        )
    )  # fmt: skip

    assert depending_on("x", tree) == {"x", "t"}
    assert depending_on("c", tree) == {"c"}
    assert depending_on("gone", tree) == {"gone"}
