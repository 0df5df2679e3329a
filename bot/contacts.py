"""Whom to call: the county's own phone and letter box, honest where they are not registered, and who
takes what."""

from __future__ import annotations

from datetime import date

from casework.content import Content, Reach, Texts
from nlp.places import Gazetteer


def contacts(content: Content, gazetteer: Gazetteer, county: str, today: date) -> str:
    """Line by line; `county` is its code, or ''."""
    texts = content.texts
    lines = [texts("contacts.any_county")]
    if county:
        unit = content.organisation.county_unit(county)
        name = unit.name if unit else gazetteer.name(county)
        lines = [county_phone(texts, name, content.reach(county, today))]
    lines += [texts("mark.contact", **vars(each)) for each in content.contacts]
    return "\n".join(lines)


def county_phone(texts: Texts, name: str, reach: Reach) -> str:
    """The county's reporting phone and letter box, honest where a slot is empty."""
    if not (reach.phone or reach.letter_box):
        return texts("contacts.empty", county=name)
    mark = reach.marked(texts)
    return texts(
        "contacts.county",
        county=name,
        phone=f"{reach.phone}{mark}" if reach.phone else texts("contacts.no_phone"),
        box=f"{reach.letter_box}{mark}" if reach.letter_box else texts("contacts.no_box"),
    )
