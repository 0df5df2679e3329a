"""Alive, ready, and figures: for whoever keeps the machine."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from api.front import TheFront

router = APIRouter(tags=["运行"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz")
async def ready(front: TheFront) -> JSONResponse:
    """Whether it may be sent work: `ready` of what `health` says."""
    found = dict(await front.health())
    return JSONResponse(found, 200 if found.get("ready", True) else 503)


@router.get("/metrics")
async def metrics(front: TheFront) -> Response:
    """Figures in the format of Prometheus, without anybody's words."""
    async with front.office.reading() as reading:
        outbox = await reading.outbox.figures()
    text = front.counters.text(outbox, front.now())
    return Response(text, media_type="text/plain; version=0.0.4; charset=utf-8")
