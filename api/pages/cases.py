"""One ticket: its story, its clocks, its history, and the steps allowed now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront
from api.pages.bar import STEPS, attachment_response, check
from api.pages.facts import fact_lines
from api.pages.signin import went
from api.show import page, row, timer, unit_name
from casework.actions import handling
from casework.actions.handling import OpenTicket
from casework.ports import Keyring
from casework.refusals import BadInput, NotAllowed
from casework.reports import LONGEST
from casework.tickets import Action, Audience

router = APIRouter(prefix="/desk/tickets")


@router.get("/{number}")
async def ticket(
    request: Request,
    number: str,
    ring: Member,
    front: TheFront,
    done: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    opened = await handling.look(front.office, ring, number)
    said = next((step.done for step in STEPS.values() if step.action.value == done), "")
    return ticket_page(request, front, ring, opened, said=said)


def called(by: str, front: Front) -> str:
    """Who did it, as colleagues say: the reporter, or a unit."""
    return "反映人" if by == "reporter" else unit_name(by, front.content)


def ticket_page(
    request: Request,
    front: Front,
    ring: Keyring,
    opened: OpenTicket,
    *,
    said: str = "",
    trouble: str = "",
    draft: tuple[Action, str] | None = None,
) -> HTMLResponse:
    """The page; after a refused step with the sentence why, and the text as it was typed."""
    steps = [step for step in STEPS.values() if step.action in opened.allowed]
    clocks = [timer(each, front) for each in opened.ticket.clocks]
    return page(
        request,
        "desk/ticket.html",
        status=409 if trouble else 200,
        ring=ring,
        ticket=opened.ticket,
        line=row(opened.ticket, front),
        owner=unit_name(opened.ticket.owner, front.content),
        story=opened.story,
        facts=fact_lines(opened.facts, front.content),
        history=[
            {
                "at": line.entry.at,
                "label": line.entry.action.label,
                "by": called(line.entry.by, front),
                "text": line.text,
                "to_reporter": line.entry.audience is Audience.REPORTER,
            }
            for line in opened.history
            if line.entry.action is not Action.OPEN
        ],
        openings=[
            (line.entry.at, called(line.entry.by, front))
            for line in opened.history
            if line.entry.action is Action.OPEN
        ][-20:],
        running=[each for each in clocks if each.running],
        stopped=[each for each in clocks if not each.running],
        attachments=opened.attachments,
        buttons=[step for step in steps if not step.prompt],
        forms=[step for step in steps if step.prompt],
        said=said,
        trouble=trouble,
        draft_of=draft[0] if draft else None,
        draft=draft[1] if draft else "",
        longest=LONGEST,
    )


@router.get("/{number}/attachments/{attachment}")
async def attachment(number: str, attachment: str, ring: Member, front: TheFront) -> Response:
    kind, content = await handling.attachment(front.office, ring, number, attachment)
    return attachment_response(kind, content, attachment)


@router.post("/{number}/{action}")
async def act(
    request: Request,
    number: str,
    action: Action,
    ring: Member,
    front: TheFront,
    text: Annotated[str, Form(max_length=LONGEST)] = "",
    version: Annotated[int | None, Form()] = None,
) -> Response:
    """One step. Refused, the page comes back with the sentence and what was typed."""
    try:
        check(action, text)
        await handling.act(front.office, ring, number, action, text=text, version=version)
    except (NotAllowed, BadInput) as refusal:
        opened = await handling.look(front.office, ring, number)
        draft = (action, text)
        return ticket_page(request, front, ring, opened, trouble=refusal.sentence, draft=draft)
    return went(f"/desk/tickets/{number}?done={action.value}")
