"""What stands around an answer on its page: what is near, whose county it was answered for, or which."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from casework.county import NOBODY, Household
from nlp.household import MOST_PERSONS
from nlp.understanding import Answer, Understanding


@dataclass(frozen=True, kw_only=True)
class Around:
    """`slug` names the page that can be sent on ("" for what has none); `near` are topics, `places` a
    step towards her county: cities first, then the counties of one; both as (code, name)."""

    slug: str = ""
    question: str = ""
    county: str = ""
    near: tuple[tuple[str, str], ...] = ()
    places: tuple[tuple[str, str], ...] = ()


def around(knows: Understanding, answer: Answer, *, city: str = "") -> Around:
    """For an answer to one question. Her county is asked for only where it would change the answer."""
    if answer.city:
        return Around(places=_step(knows, answer.city))
    if answer.kind not in ("answer", "choices") or not answer.answer:
        return Around()
    topic = knows.content.topics[answer.topics[0][0]]
    near = tuple((slug, knows.content.topics[slug].question) for slug in topic.see_also)
    if answer.county:
        name = knows.gazetteer.name(answer.county)
        return Around(slug=topic.slug, question=topic.question, county=name, near=near)
    places = _step(knows, city) if topic.needs else ()
    return Around(slug=topic.slug, question=topic.question, near=near, places=places)


def link(slug: str, *, county: str = "", city: str = "", household: Household = NOBODY) -> str:
    """The page of a topic for her county, or on the way to it, and her household.

    >>> link("area.limits", city="4104", household=Household(persons=4))
    '/t/area.limits?city=4104&persons=4#county'
    """
    told = {
        "county": county, "city": city, "persons": household.persons, "grade": household.grade
    }  # fmt: skip
    asked = urlencode({name: value for name, value in told.items() if value})
    return f"/t/{slug}{'?' if asked else ''}{asked}{'#county' if city else ''}"


def household_of(persons: str, grade: str) -> Household:
    """As a link carries it; nothing where it was tampered with."""
    count = int(persons) if persons.isascii() and persons.isdigit() and len(persons) < 3 else 0
    return Household(
        persons=count if count <= MOST_PERSONS else 0, grade=grade if grade in ("C", "D") else ""
    )


def _step(knows: Understanding, city: str) -> tuple[tuple[str, str], ...]:
    """The counties of the city; the cities where it is none. A city of one county is that county."""
    if counties := _counties(knows, city):
        return counties
    return tuple(
        of_it[0] if len(of_it := _counties(knows, code)) == 1 else (code, name)
        for code, name in knows.gazetteer.cities()
    )


def _counties(knows: Understanding, city: str) -> tuple[tuple[str, str], ...]:
    if len(city) != 4:
        return ()
    return tuple(each for each in knows.gazetteer.counties() if each[0].startswith(city))
