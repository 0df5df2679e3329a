"""Training: how many craftsmen there are, an announcement to them, and how far it is."""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront, organiser
from api.pages.signin import KeepingRoute, went
from api.show import county_name, page
from casework.actions import training
from casework.actions.training import LONGEST_ANNOUNCEMENT
from casework.offices import Level
from casework.ports import Keyring
from casework.refusals import BadInput

router = APIRouter(prefix="/desk", route_class=KeepingRoute)


async def craftsmen_page(
    request: Request, front: Front, ring: Keyring, *, trouble: str = "", text: str = ""
) -> HTMLResponse:
    counties = [unit.area for unit in front.content.organisation.at(Level.COUNTY)]
    async with front.office.reading() as reading:
        total = await reading.craftsmen.count()
        counts = [(area, await reading.craftsmen.count(area)) for area in counties]
    return page(
        request,
        "desk/craftsmen.html",
        status=422 if trouble else 200,
        ring=ring,
        total=total,
        counties=[(area, county_name(area, front.content), n) for area, n in counts],
        trouble=trouble,
        text=text,
        longest=LONGEST_ANNOUNCEMENT,
    )


@router.get("/craftsmen")
async def craftsmen(request: Request, ring: Member, front: TheFront) -> HTMLResponse:
    organiser(ring)
    return await craftsmen_page(request, front, ring)


@router.post("/craftsmen")
async def announce(
    request: Request,
    ring: Member,
    front: TheFront,
    text: Annotated[str, Form(max_length=LONGEST_ANNOUNCEMENT)] = "",
    county: Annotated[str, Form(pattern=r"^(\d{6})?$")] = "",
) -> Response:
    organiser(ring)
    try:
        made = await training.announce(
            front.office, id=secrets.token_hex(8), text=text, county=county, by=ring.person.id
        )
    except BadInput as refusal:
        return await craftsmen_page(request, front, ring, trouble=refusal.sentence, text=text)
    return went(f"/desk/announcements/{made.id}")


@router.get("/announcements/{announcement}")
async def progress(
    request: Request, announcement: str, ring: Member, front: TheFront
) -> HTMLResponse:
    organiser(ring)
    async with front.office.reading() as reading:
        far = await reading.craftsmen.progress(announcement)
    return page(request, "desk/announcement.html", ring=ring, far=far)
