"""The files of a ticket: given back, and photos shown by themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, Response

from api.attachments import attachment_response
from api.front import CaseMember, TheFront
from api.pages.signin import KeepingRoute
from api.show import page
from casework.actions import handling
from casework.refusals import BadInput
from casework.shelves import HandlersCopy, SealedAttachment

router = APIRouter(prefix="/desk/tickets", route_class=KeepingRoute)


@router.get("/{number}/attachments/{attachment}")
async def attachment(number: str, attachment: str, ring: CaseMember, front: TheFront) -> Response:
    kind, content = await handling.attachment(front.office, ring, number, attachment)
    return attachment_response(kind, content, attachment)


#: How a picture is shown: turned by so many degrees, so many times as large as the page.
TURNS, SIZES = (0, 90, 180, 270), (1, 2, 4)


@router.get("/{number}/attachments/{attachment}/look")
async def picture(
    request: Request,
    number: str,
    attachment: str,
    ring: CaseMember,
    front: TheFront,
    turn: Annotated[int, Query(ge=0, lt=360)] = 0,
    size: Annotated[int, Query(ge=1, le=4)] = 1,
) -> HTMLResponse:
    """One photo by itself, turned and enlarged by links: photos are taken sideways, and a crack is small."""
    opened = await handling.look(front.office, ring, number)
    photos = [each.id for each in opened.attachments if is_shown(each)]
    if attachment not in photos or turn not in TURNS or size not in SIZES:
        raise BadInput("没有这张照片。")
    at = photos.index(attachment)
    return page(
        request,
        "desk/picture.html",
        ring=ring,
        number=number,
        photo=attachment,
        at=at + 1,
        of=len(photos),
        before=photos[at - 1] if at else "",
        after=photos[at + 1] if at + 1 < len(photos) else "",
        turn=turn,
        turns=((turn - 90) % 360, (turn + 90) % 360),
        size=size,
        sizes=SIZES,
    )


def is_shown(file: SealedAttachment) -> bool:
    """A photo that a handler has a copy of."""
    return file.kind == "photo" and file.copy is not HandlersCopy.NONE
