"""What the office keeps beside its tickets: topics, the hand-over, craftsmen and announcements."""

from __future__ import annotations

import secrets

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from api.front import Bearer, TheFront, at_province, organiser
from api.routers.ask import today_of
from api.routers.strict import Out, StrictRoute
from casework.actions import training
from casework.actions.training import LONGEST_ANNOUNCEMENT

router = APIRouter(prefix="/api/v1", tags=["办公室"], route_class=StrictRoute)


class AnnouncementIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LONGEST_ANNOUNCEMENT)
    county: str = Field("", pattern=r"^(\d{6})?$", description="县代码,空着就是全省")


class TopicOut(Out):
    slug: str
    question: str
    source: str
    reviewed_on: str | None


class TopicsOut(Out):
    topics: list[TopicOut]


class LogOut(Out):
    size: int
    root: str


class BatchOut(Out):
    number: str
    office: str
    month: str
    made_at: str
    count: int = Field(description="您看得到的几件;批次里可能更多")
    digest: str
    log: LogOut
    sent_at: str | None
    received: bool
    attempts: int
    trouble: str


class BatchesOut(Out):
    batches: list[BatchOut]


class CountOut(Out):
    county: str
    count: int


class AnnouncedOut(Out):
    id: str
    county: str


class FailureOut(Out):
    name: str
    reason: str


class ProgressOut(Out):
    id: str
    total: int
    sent: int
    failed: int
    waiting: int
    unknown: int = Field(description="发没发到不知道")
    unreachable: int = Field(description="没有地方可发")
    failures: list[FailureOut]


@router.get("/topics", summary="现在能答的问题")
async def topics(front: TheFront) -> TopicsOut:
    """The questions with an approved, sourced answer in force today. Public."""
    today = today_of(front)
    standing = (each for each in front.content.topics.values() if each.stands(today))
    return TopicsOut(
        topics=[
            TopicOut(
                slug=each.slug,
                question=each.question,
                source=each.source,
                reviewed_on=each.reviewed_on.isoformat() if each.reviewed_on else None,
            )
            for each in standing
        ]
    )


@router.get("/batches", summary="每月移交")
async def batches(front: TheFront, ring: Bearer) -> BatchesOut:
    """The monthly hand-over: what was sealed, sent, and acknowledged. For the province. `count` is of
    those clues that the caller may read; the batch may hold more."""
    at_province(front, ring)
    async with front.office.reading() as reading:
        rows = await reading.batches.all()
        counts = await reading.tickets.in_batches(reader=ring.person)
    return BatchesOut(
        batches=[
            BatchOut(
                number=each.number,
                office=each.office,
                month=each.month,
                made_at=each.made_at.isoformat(),
                count=counts.get(each.number, 0),
                digest=each.digest,
                log=LogOut(size=each.size, root=each.root.hex()),
                sent_at=each.sent_at.isoformat() if each.sent_at else None,
                received=bool(each.receipt),
                attempts=each.attempts,
                trouble=each.trouble,
            )
            for each in rows
        ]
    )


@router.get("/craftsmen/count", summary="名册上有几位工匠")
async def count(front: TheFront, ring: Bearer, county: str = "") -> CountOut:
    """How many craftsmen are on the register, in a county or in all."""
    organiser(ring)
    async with front.office.reading() as reading:
        return CountOut(county=county, count=await reading.craftsmen.count(county))


@router.post("/announcements", status_code=201, summary="发培训通知")
async def announce(wanted: AnnouncementIn, front: TheFront, ring: Bearer) -> AnnouncedOut:
    """Send a training announcement to a county's craftsmen, or to all."""
    organiser(ring)
    made = await training.announce(
        front.office,
        id=secrets.token_hex(8),
        text=wanted.text,
        county=wanted.county,
        by=ring.person.id,
    )
    return AnnouncedOut(id=made.id, county=made.county)


@router.get("/announcements/{announcement}", summary="通知发到哪了")
async def progress(announcement: str, front: TheFront, ring: Bearer) -> ProgressOut:
    """How far an announcement is."""
    organiser(ring)
    async with front.office.reading() as reading:
        far = await reading.craftsmen.progress(announcement)
    return ProgressOut(
        id=announcement,
        total=far.total,
        sent=far.sent,
        failed=far.failed,
        waiting=far.waiting,
        unknown=far.unknown,
        unreachable=far.unreachable,
        failures=[FailureOut(name=name, reason=reason) for name, reason in far.failures],
    )
