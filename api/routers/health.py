"""Alive, ready, and figures: for whoever keeps the machine."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import JSONResponse, Response

from api.front import TheFront
from api.routers.strict import Out
from casework.refusals import Away

router = APIRouter(tags=["运行"])


class AliveOut(Out):
    status: str


class ReadyOut(Out):
    ready: bool
    says: str = Field(description="收不了的时候,为什么")
    content: str = Field(description="内容文件夹的摘要")


@router.get("/healthz", summary="进程活着")
async def alive() -> AliveOut:
    """The process answers."""
    return AliveOut(status="ok")


@router.get(
    "/readyz", summary="能收反映", responses={200: {"model": ReadyOut}, 503: {"model": ReadyOut}}
)
async def ready(front: TheFront) -> JSONResponse:
    """200 while a report would be taken; else 503, and `says` tells why not."""
    found = dict(await front.health())
    return JSONResponse(found, 200 if found["ready"] else 503)


@router.get("/metrics", summary="给监控的数")
async def metrics(front: TheFront) -> Response:
    """Figures in the format of Prometheus, without anybody's words; what is known without the
    database when it is away."""
    outbox, parked, runs = None, dict[str, int](), dict[str, datetime]()
    with suppress(Away):
        async with front.office.reading() as reading:
            outbox = await reading.outbox.figures()
            parked.update(await reading.talks.parked())
            runs.update(await reading.counters.last_runs())
    text = front.counters.text(outbox, front.now(), parked, runs)
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
