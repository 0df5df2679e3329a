"""套话: what a unit says again and again, by step; written by those who work there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, Response

from api.front import CaseMember, TheFront
from api.pages.signin import KeepingRoute, went
from api.show import page
from casework.actions import writing
from casework.refusals import BadInput, NotAllowed
from casework.steps import BY_HAND, Action
from casework.writing import LONGEST_PHRASE, LONGEST_TITLE

router = APIRouter(prefix="/desk/phrases", route_class=KeepingRoute)

#: Steps with words, in the order of the desk.
SAID = tuple(action for action in BY_HAND if action.card.says is not None)


@router.get("")
async def phrases(request: Request, ring: CaseMember, front: TheFront) -> HTMLResponse:
    return await _shown(request, ring, front)


async def _shown(
    request: Request, ring: CaseMember, front: TheFront, status: int = 200, **typed: str
) -> HTMLResponse:
    if not ring.person.may_read_cases():
        raise NotAllowed("套话由办件的同事来写。")
    found = await writing.phrases(front.office, ring)
    return page(
        request,
        "desk/phrases.html",
        status=status,
        ring=ring,
        steps=[(each, [one for one in found if one.action is each]) for each in SAID],
        longest_title=LONGEST_TITLE,
        longest=LONGEST_PHRASE,
        typed={"step": "", "title": "", "text": "", "trouble": "", **typed},
    )


@router.post("")
async def keep(
    request: Request,
    ring: CaseMember,
    front: TheFront,
    step: Annotated[Action, Form()],
    title: Annotated[str, Form(max_length=100)] = "",
    text: Annotated[str, Form(max_length=5000)] = "",
    id: Annotated[str, Form(max_length=16)] = "",
) -> Response:
    """Refused, the page comes back with what was typed."""
    try:
        await writing.keep_phrase(front.office, ring, step, title, text, id=id)
    except BadInput as refusal:
        return await _shown(
            request, ring, front, 422, step=step.value, title=title, text=text,
            trouble=refusal.sentence,
        )  # fmt: skip
    return went("/desk/phrases")


@router.post("/{id}/drop")
async def drop(id: str, ring: CaseMember, front: TheFront) -> Response:
    await writing.drop_phrase(front.office, ring, id)
    return went("/desk/phrases")
