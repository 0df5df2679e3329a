"""A ticket as plain text, for the systems of other offices."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from api.front import CaseMember, Front, TheFront
from api.pages.facts import fact_lines
from api.pages.signin import KeepingRoute
from api.show import moment, page, row, unit_name
from casework.actions import handling
from casework.actions.handling import OpenTicket
from casework.tickets import Action

router = APIRouter(prefix="/desk/tickets", route_class=KeepingRoute)


@router.get("/{number}/block")
async def block(request: Request, number: str, ring: CaseMember, front: TheFront) -> HTMLResponse:
    """Plain text to be pasted into a hotline's or petition office's own system."""
    opened = await handling.look(front.office, ring, number)
    return page(
        request, "desk/block.html", ring=ring, ticket=opened.ticket,
        text=text_block(opened, front),
    )  # fmt: skip


def text_block(opened: OpenTicket, front: Front) -> str:
    """What such a system asks for, a line each: number, day, place, matter, how it stands, what was
    answered. Her own words are left out: they would lie there in clear for good."""
    ticket, line = opened.ticket, row(opened.ticket, front)
    facts = dict(fact_lines(opened.facts, front.understanding))
    answers = [
        each.text for each in opened.history if each.entry.action is Action.REPLY and each.text
    ]
    lines = (
        ("件号", ticket.number),
        ("登记时间", moment(ticket.filed_at)),
        ("地方", facts.get("地方", line.place)),
        ("问题类别", f"{line.kind}·{line.category}"),
        ("承办单位", unit_name(ticket.owner, front.content)),
        ("办理状态", line.status),
        ("办理期限", line.deadline),
        ("答复内容", answers[-1] if answers else "还没有答复"),
    )
    return "\n".join(f"{label}:{words}" for label, words in lines)
