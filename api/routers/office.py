"""What the office keeps beside its tickets: topics, the hand-over, craftsmen and announcements."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from api.front import Bearer, TheFront, at_province, organiser
from api.routers.ask import today_of
from casework.actions import training
from casework.actions.training import LONGEST_ANNOUNCEMENT

router = APIRouter(prefix="/api/v1", tags=["办公室"])


class AnnouncementIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LONGEST_ANNOUNCEMENT)
    county: str = Field("", pattern=r"^(\d{6})?$", description="县代码,空着就是全省")


@router.get("/topics")
async def topics(front: TheFront) -> dict[str, object]:
    """The questions with an approved, sourced answer in force today. Public."""
    today = today_of(front)
    standing = (each for each in front.content.topics.values() if each.stands(today))
    return {
        "topics": [
            {
                "slug": each.slug,
                "question": each.question,
                "source": each.source,
                "reviewed_on": each.reviewed_on.isoformat() if each.reviewed_on else None,
            }
            for each in standing
        ]
    }


@router.get("/batches")
async def batches(front: TheFront, ring: Bearer) -> dict[str, object]:
    """The monthly hand-over: what was sealed, sent, and acknowledged. For the province. `count` is of
    those clues that the caller may read; the batch may hold more."""
    at_province(front, ring)
    async with front.office.reading() as reading:
        rows = await reading.batches.all()
        counts = await reading.tickets.in_batches(reader=ring.person)
    return {
        "batches": [
            {
                "number": each.number,
                "office": each.office,
                "month": each.month,
                "made_at": each.made_at.isoformat(),
                "count": counts.get(each.number, 0),
                "digest": each.digest,
                "log": {"size": each.size, "root": each.root.hex()},
                "sent_at": each.sent_at.isoformat() if each.sent_at else None,
                "received": bool(each.receipt),
                "attempts": each.attempts,
                "trouble": each.trouble,
            }
            for each in rows
        ]
    }


@router.get("/craftsmen/count")
async def count(front: TheFront, ring: Bearer, county: str = "") -> dict[str, object]:
    """How many craftsmen are on the register, in a county or in all."""
    organiser(ring)
    async with front.office.reading() as reading:
        return {"county": county, "count": await reading.craftsmen.count(county)}


@router.post("/announcements", status_code=201)
async def announce(wanted: AnnouncementIn, front: TheFront, ring: Bearer) -> JSONResponse:
    """Send a training announcement to a county's craftsmen, or to all."""
    organiser(ring)
    made = await training.announce(
        front.office,
        id=secrets.token_hex(8),
        text=wanted.text,
        county=wanted.county,
        by=ring.person.id,
    )
    return JSONResponse({"id": made.id, "county": made.county}, 201)


@router.get("/announcements/{announcement}")
async def progress(announcement: str, front: TheFront, ring: Bearer) -> dict[str, object]:
    """How far an announcement is."""
    organiser(ring)
    async with front.office.reading() as reading:
        far = await reading.craftsmen.progress(announcement)
    return {
        "id": announcement,
        "total": far.total,
        "sent": far.sent,
        "failed": far.failed,
        "waiting": far.waiting,
        "unknown": far.unknown,
        "unreachable": far.unreachable,
        "failures": [{"name": name, "reason": reason} for name, reason in far.failures],
    }
