"""How the answers do: what helped and what did not, for those who write them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.front import Front, Member, TheFront, writer
from api.pages.signin import KeepingRoute
from api.show import page
from casework.judgements import LATELY
from casework.workdays import day_of

router = APIRouter(prefix="/desk", route_class=KeepingRoute)


@router.get("/answers")
async def answers(request: Request, ring: Member, front: TheFront) -> HTMLResponse:
    writer(front, ring)
    async with front.office.reading() as reading:
        lately = await reading.judgements.since(day_of(front.now() - LATELY))
    return page(
        request,
        "desk/answers.html",
        ring=ring,
        rows=[(_question(each.topic, front), each) for each in lately.topics],
        unanswered=lately.unanswered,
        days=LATELY.days,
    )


def _question(slug: str, front: Front) -> str:
    """What the topic asks; its slug where it is no longer there."""
    topic = front.content.topics.get(slug)
    return topic.question if topic else slug
