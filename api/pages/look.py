"""How the villager's pages look: their stylesheet, and large type for whoever wants it."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.front import TheFront
from papers.pages import LARGE, TYPE, villager_style

router = APIRouter()

SHEETS = {large: villager_style(large=large) for large in (False, True)}
TAGS = {large: f'"{sha256(sheet.encode()).hexdigest()[:16]}"' for large, sheet in SHEETS.items()}
#: A page of this house: no other host can be meant by it.
_OWN_PAGE = re.compile(r"/(?!/)[\w/.?=&%#-]*", re.ASCII)


@router.get("/villager.css")
async def style(request: Request) -> Response:
    """One sheet for all of them, so that a page need not know which type she wants. The browser asks
    each time whether it is still the same."""
    large = request.cookies.get(TYPE) == LARGE
    headers = {"etag": TAGS[large], "vary": "cookie"}
    if request.headers.get("if-none-match", "").removeprefix("W/") == TAGS[large]:
        return Response(status_code=304, headers=headers)
    return Response(SHEETS[large], media_type="text/css", headers=headers)


@router.post("/type")
async def switch(
    front: TheFront,
    wanted: Annotated[str, Form(alias="type")] = "",
    again: Annotated[str, Form()] = "",
) -> Response:
    """Large type, or no longer, until the browser is closed or she leaves; then the same page again."""
    answer = RedirectResponse(again if _OWN_PAGE.fullmatch(again) else "/", 303)
    if wanted == LARGE:
        answer.set_cookie(TYPE, LARGE, path="/", secure=front.secure, samesite="lax")
    else:
        answer.delete_cookie(TYPE, path="/", secure=front.secure, samesite="lax")
    return answer
