"""The application: every router behind one wall."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from starlette.staticfiles import StaticFiles

from api.counters import Counters
from api.front import Front
from api.pages import (
    absences,
    answers,
    blocks,
    cases,
    colleagues,
    craftsmen,
    demo,
    duty,
    importing,
    invitations,
    look,
    organisation,
    phrases,
    pictures,
    public,
    queue,
    recusals,
    signin,
)
from api.problems import translate_refusals
from api.routers import ask, docs, health, log, office, reports, tickets
from api.security import Wall
from api.show import HERE, refusal_page
from casework.ports import Office
from nlp.understanding import Knowing

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

JSON_ROUTERS = (ask.router, reports.router, log.router, tickets.router, office.router)
OTHER_ROUTERS = (health.router, docs.router, public.router)
DESK_ROUTERS = (
    signin.router, queue.router, pictures.router, blocks.router, cases.router,
    recusals.router,
    importing.router, invitations.router, absences.router, organisation.router, colleagues.router, phrases.router,
    demo.router, duty.router, craftsmen.router, answers.router,
)  # fmt: skip


def create_app(
    *,
    office: Office,
    knowing: Knowing,
    extra: Sequence[APIRouter] = (),
    health: Callable[[], Awaitable[Mapping[str, object]]],
    secure: bool,
    demo: bool,
    ways: frozenset[str] = frozenset(),
    registry: CollectorRegistry | None = None,
    lifespan: Lifespan | None = None,
    api: Sequence[APIRouter] = (*JSON_ROUTERS, *OTHER_ROUTERS),
    desk: Sequence[APIRouter] = DESK_ROUTERS,
) -> FastAPI:
    """The web side of `office`. `extra` is what the channels and the public figures are reached by;
    `ways` are those out to people at the office
    that are set; `registry` holds the figures, one of its own where none is given. Who wants the wall and one
    channel alone hands over no `api` and no `desk`: FastAPI takes 0.3 s to read them all."""
    app = FastAPI(
        title="乡声",
        version="1",
        description="危房改造的问答、反映和办理。错误是 RFC 9457 的 problem details。",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lifespan,
    )
    counters = Counters(registry or CollectorRegistry())
    app.state.front = Front(
        office=office,
        knowing=knowing,
        health=health,
        secure=secure,
        demo=demo,
        ways=ways,
        counters=counters,
    )
    for router in api:
        app.include_router(router)
    for router in desk:
        app.include_router(router, include_in_schema=False)
    for router in (look.router, *extra):
        app.include_router(router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    translate_refusals(app)

    def drawn(path: str, code: str, sentence: str) -> str:
        front: Front = app.state.front
        told = front.content.texts(f"page.wall.{code}")
        return refusal_page(front, path, sentence=sentence, told=told)

    app.add_middleware(Wall, counters=counters, page=drawn)
    return app
