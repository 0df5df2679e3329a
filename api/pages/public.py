"""Pages for anyone: whom to call, and whether a report still stands in the log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse

from api.front import Caller, Front, TheFront
from api.show import county_name, place_of, villager_page
from casework.offices import Level
from casework.receipts import read_code
from casework.refusals import Refusal
from casework.shelves import InLog
from casework.transparency import digits
from casework.workdays import day_of

router = APIRouter(tags=["公开页面"], default_response_class=HTMLResponse)


@router.get("/contacts")
async def contacts(front: TheFront) -> HTMLResponse:
    """Phones and letter boxes of every county; an empty slot says so. Made to be printed."""
    tree = front.content.organisation
    cities = [
        (
            city.id,
            place_of(city),
            [unit for unit in tree.at(Level.COUNTY) if unit.parent == city.id],
        )
        for city in tree.at(Level.CITY)
    ]
    others = [unit for unit in tree.at(Level.COUNTY) if tree[unit.parent].level is not Level.CITY]
    return villager_page(
        front,
        "contacts.html",
        again="/contacts",
        cities=cities,
        others=others,
        reach=lambda unit: front.content.reach(unit.area, day_of(front.now())),
        name=lambda unit: county_name(unit.area, front.content),
        contacts=front.content.contacts,
        as_of=front.now(),
    )


@router.get("/log")
async def log(front: TheFront) -> HTMLResponse:
    """What the log is, and how far it has come."""
    return await _log(front)


@router.post("/log")
async def look_up(
    front: TheFront, caller: Caller, code: Annotated[str, Form()] = ""
) -> HTMLResponse:
    """Whether the report of this code stands in the log as it was filed: looked at now, not recalled.
    A code that opens nothing is counted as everywhere."""
    try:
        key = await front.office.locks.code(read_code(code), caller=caller)
        async with front.office.reading() as reading:
            number = await reading.mailboxes.number_of(key)
            found = await reading.checks.of(number, key.tag)
    except Refusal as refusal:
        return await _log(front, sentence=front.content.texts.refused(refusal))
    return await _log(front, found=found)


async def _log(front: Front, *, found: InLog | None = None, sentence: str = "") -> HTMLResponse:
    async with front.office.reading() as reading:
        edge = await reading.log.head()
    return villager_page(
        front,
        "log.html",
        status=422 if sentence else 200,
        again="/log",
        size=edge.size,
        digits=digits(edge.root()).split(),
        as_of=front.now(),
        found=found,
        sentence=sentence,
    )
