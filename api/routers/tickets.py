"""The desk for programs: what a handler can do there, a token can do here."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.attachments import attachment_response
from api.front import Bearer, Front, TheFront
from api.pages.views import view_of
from api.routers.strict import Out, StrictRoute
from api.show import key_from_text, key_to_text, row, timer
from casework.actions import handling
from casework.permits import Particulars
from casework.queue import Scope, Tab, View
from casework.reports import LONGEST
from casework.shelves import HandlersCopy
from casework.step_texts import needed
from casework.steps import BY_HAND
from casework.tickets import Action, Ticket, taken_back

router = APIRouter(prefix="/api/v1/tickets", tags=["办件(工作人员)"], route_class=StrictRoute)


class ActionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    action: Action
    text: str = Field("", max_length=LONGEST)
    version: int | None = Field(None, description="看到的版本号;别人先办了就会被拒绝")
    code: str = Field("", max_length=40, description="不予受理的理由,见 handling.toml")
    basis: str = Field("", max_length=500, description="退单依据")
    to: str = Field("", max_length=40, description="交给、改派给或建议交给的单位")
    other: str = Field("", max_length=40, description="合并到哪一件")
    until: date | None = Field(None, description="挂账到哪一天再看")
    person: str = Field("", max_length=40, description="分给哪位同事")


class TracksOut(Out):
    extension: str
    draft: str
    appeal: str
    asked_in: str
    merged_into: str
    bound: bool
    withdrawn: bool


class TicketOut(Out):
    number: str
    county: str
    category: str
    kind: str
    status: str
    status_label: str
    owner: str = Field(description="现在该办的单位")
    to_discipline: bool
    filed_at: str
    deadline: str = Field(description="什么时候以前要干什么,说给人听的")
    light: str = Field(description="green、yellow、red、none")
    returns: int
    tracks: TracksOut
    version: int


class QueueOut(Out):
    tab: str
    counts: dict[str, int]
    tickets: list[TicketOut]
    next: str | None = Field(description="下一页的 after;没有了是 null")


class LineOut(Out):
    at: str
    action: str
    label: str
    by: str
    audience: str
    text: str
    to: str
    code: str
    taken_back: bool = Field(description="收回了,反映人看不到")


class ClockOut(Out):
    label: str
    due: str
    provisional: bool = Field(description="那一年的放假安排还没公布")
    words: str
    why: str
    stopped: str | None
    frozen: str | None


class FileOut(Out):
    id: str
    kind: str
    size: int
    media_type: str
    copy_: str = Field(alias="copy", description="made、none、original")
    added_at: str | None
    note: str


class OpenOut(TicketOut):
    sees: str = Field(description="all,或者 task:乡镇只看得到任务")
    story: str
    facts: dict[str, Any] = Field(description="听出来的要点,以原话为准")
    history: list[LineOut]
    clocks: list[ClockOut]
    take_back_until: str | None = Field(description="到什么时候还能收回自己的上一步")
    allowed: list[str]
    attachments: list[FileOut]


def ticket_out(ticket: Ticket, front: Front) -> TicketOut:
    line = row(ticket, front)
    return TicketOut(
        number=ticket.number,
        county=ticket.county,
        category=ticket.category,
        kind=ticket.kind.value,
        status=ticket.status.value,
        status_label=ticket.status.label,
        owner=ticket.owner,
        to_discipline=ticket.to_discipline,
        filed_at=ticket.filed_at.isoformat(),
        deadline=line.deadline,
        light=line.light,
        returns=ticket.returns,
        tracks=TracksOut(**asdict(ticket.tracks)),
        version=ticket.version,
    )


@router.get("", summary="队列的一页")
async def queue(
    request: Request,
    front: TheFront,
    ring: Bearer,
    tab: Tab = Tab.NEW,
    scope: Scope = Scope.ALL,
    county: Annotated[str, Query(max_length=6)] = "",
    category: Annotated[str, Query(max_length=41)] = "",
    handler: Annotated[str, Query(max_length=40)] = "",
    month: Annotated[str, Query(max_length=7, description="2026-11")] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> QueueOut:
    """One page of a tab, nearest deadline first; `next` goes into `after`. The counts know scope and
    county alone."""
    view = view_of(request.query_params, View())
    now, key = front.now(), key_from_text(after)
    async with front.office.reading() as reading:
        page = await reading.queue.page(view, reader=ring.person, now=now, after=key)
        counts = await reading.queue.counts(
            reader=ring.person, now=now, scope=view.scope, county=view.county
        )
    return QueueOut(
        tab=view.tab.value,
        counts={each.value: counts[each] for each in Tab},
        tickets=[ticket_out(each, front) for each in page.lines],
        next=key_to_text(page.next) if page.next else None,
    )


class NeedOut(Out):
    """One thing a step must carry, or may."""

    name: str = Field(description="the field of ActionIn")
    label: str
    required: bool


class StepOut(Out):
    """One step people take: its card, with the sentences of the desk."""

    action: Action
    label: str
    group: str = Field(description="where it stands on the desk")
    who: list[str] = Field(description="roles, any of which may take it")
    moves: dict[str, str] = Field(description="state → the state after it")
    says: str | None = Field(description="who reads its words; null where it needs none")
    needs: list[NeedOut]
    hint: str
    grave: bool = Field(description="hard to take back")


@router.get("/steps", summary="每一步是什么")
async def steps(front: TheFront, ring: Bearer) -> list[StepOut]:
    """Every step that people take by hand, in the order of the desk."""
    texts = front.content.steps
    return [
        StepOut(
            action=action,
            label=action.label,
            group=action.card.group.label,
            who=sorted(action.card.who),
            moves={at.value: to.value for at, to in action.card.moves.items()},
            says=action.card.says.value if action.card.says else None,
            needs=[
                NeedOut(
                    name=need, label=texts.label(action, need),
                    required=need not in action.card.offers,
                )
                for need in needed(action)
            ],
            hint=texts[action].hint,
            grave=action.card.grave,
        )
        for action in BY_HAND
    ]  # fmt: skip


@router.get("/{number}", summary="打开一件")
async def look(number: str, front: TheFront, ring: Bearer) -> OpenOut:
    """A ticket opened with the caller's key. The opening is recorded. A township (`sees` "task") gets the
    lines of its task: no story, facts or files, and `filed_at` is when the task reached it."""
    opened = await handling.look(front.office, ring, number)
    gone = taken_back([line.entry for line in opened.history])
    until = opened.back_until
    return OpenOut(
        **ticket_out(opened.ticket, front).model_dump(),
        sees=opened.sees.value,
        story=opened.story,
        facts=dict(opened.facts),
        history=[
            LineOut(
                at=line.entry.at.isoformat(),
                action=line.entry.action.value,
                label=line.entry.action.label,
                by=line.entry.by,
                audience=line.entry.audience.value,
                text=line.text,
                to=line.entry.to,
                code=line.entry.code,
                taken_back=line.entry.n in gone,
            )
            for line in opened.history
        ],
        clocks=[
            ClockOut(
                label=each.label,
                due=each.due.isoformat(),
                provisional=each.provisional,
                words=timer(each, front).words,
                why=each.why,
                stopped=each.stopped.isoformat() if each.stopped else None,
                frozen=each.frozen.isoformat() if each.frozen else None,
            )
            for each in opened.ticket.clocks
        ],
        take_back_until=until.isoformat() if until else None,
        allowed=[each.value for each in opened.allowed],
        attachments=[
            FileOut(
                id=f.id,
                kind=f.kind,
                size=f.size,
                media_type=f.media_type,
                copy=f.copy.name.lower(),
                added_at=f.added_at.isoformat() if f.added_at else None,
                note=opened.no_copy if f.copy is HandlersCopy.NONE else "",
            )
            for f in opened.attachments
        ],
    )


@router.get("/{number}/attachments/{attachment}", summary="一个附件")
async def attachment(number: str, attachment: str, front: TheFront, ring: Bearer) -> Response:
    """The copy that was made anew of a file; 409 where none could be made. Of a file with `copy`
    "original", filed before copies were made, the file as it came."""
    kind, content = await handling.attachment(front.office, ring, number, attachment)
    return attachment_response(kind, content, attachment)


@router.post("/{number}/actions", summary="办一步")
async def act(number: str, wanted: ActionIn, front: TheFront, ring: Bearer) -> TicketOut:
    """Do one step of the ticket's table; `take_back` takes the caller's own last step back, within ten
    minutes and while the reporter has not looked."""
    ticket = await handling.act(
        front.office, ring, number, wanted.action, text=wanted.text, version=wanted.version,
        particulars=Particulars(
            code=wanted.code, basis=wanted.basis.strip(), to=wanted.to, other=wanted.other,
            until=wanted.until, person=wanted.person,
        ),
    )  # fmt: skip
    return ticket_out(ticket, front)
