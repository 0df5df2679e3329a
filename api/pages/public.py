"""Pages for anyone: whom to call, and how to check the log."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.front import TheFront
from api.show import county_name, page
from casework.offices import Level
from casework.transparency import digits
from casework.workdays import day_of

router = APIRouter(tags=["公开页面"], default_response_class=HTMLResponse)


@router.get("/contacts")
async def contacts(request: Request, front: TheFront) -> HTMLResponse:
    """Phones and letter boxes of every county; an empty slot says so. Made to be printed."""
    tree = front.content.organisation
    cities = [
        (city, [unit for unit in tree.at(Level.COUNTY) if unit.parent == city.id])
        for city in tree.at(Level.CITY)
    ]
    others = [unit for unit in tree.at(Level.COUNTY) if tree[unit.parent].level is not Level.CITY]
    return page(
        request,
        "public/contacts.html",
        cities=cities,
        others=others,
        reach=lambda unit: front.content.reach(unit.area, day_of(front.now())),
        name=lambda unit: county_name(unit.area, front.content),
        contacts=front.content.contacts,
        as_of=front.now(),
    )


@router.get("/log")
async def log(request: Request, front: TheFront) -> HTMLResponse:
    """Size and root of the log as anyone may write them down."""
    async with front.office.reading() as reading:
        edge = await reading.log.head()
    return page(
        request, "public/log.html", size=edge.size, digits=digits(edge.root()), as_of=front.now()
    )
