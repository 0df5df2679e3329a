"""The office's desk and the door for batches: one small app, no outside asset, no cookie but its own."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from jinja2 import Environment

from casework.refusals import BadInput
from casework.transparency import digits
from casework.workdays import dated
from inbox import desk
from inbox.cabinet import OUTCOMES, Cabinet
from inbox.keys import Keys, load_keys, sender_key
from inbox.names import Names
from inbox.receiving import Conflict, Reception, Refused
from inbox.verify import Misfit
from papers.pages import templates

LARGEST = 4 * 1024**3
COOKIE = "inbox"
_TEMPLATES = Path(__file__).parent / "templates"
_CSP = (
    "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Gate:
    """A link that opens once, and the session it opens."""

    def __init__(self) -> None:
        self._link: str | None = secrets.token_urlsafe(24)
        self._session = secrets.token_urlsafe(32)

    @property
    def link(self) -> str:
        return f"/enter/{self._link}"

    def enter(self, token: str) -> str | None:
        """The session, once."""
        if self._link is None or not hmac.compare_digest(token.encode(), self._link.encode()):
            return None
        self._link = None
        return self._session

    def knows(self, session: str) -> bool:
        return hmac.compare_digest(session.encode(), self._session.encode())


@dataclass(frozen=True, kw_only=True)
class Room:
    """What the routes need."""

    folder: Path
    cabinet: Cabinet
    keys: Keys
    names: Names
    now: Callable[[], datetime]
    gate: Gate = field(default_factory=Gate)

    def reception(self) -> Reception:
        return Reception(self.cabinet, self.keys, sender_key(self.folder))


def create_app(folder: Path, *, now: Callable[[], datetime], names: Names | None = None) -> FastAPI:
    """The app over a folder in which `init` and `trust` ran. `app.state.link` opens the desk once."""
    keys = load_keys(folder)
    sender_key(folder)
    room = Room(
        folder=folder, cabinet=Cabinet(folder), keys=keys, names=names or Names(),
        now=now,
    )  # fmt: skip
    app = FastAPI(title="线索收件箱", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.room, app.state.link = room, room.gate.link
    _add_door(app, room)
    _add_desk(app, room, _environment(room))
    _add_guards(app, room)
    return app


def _environment(room: Room) -> Environment:
    pages = templates(_TEMPLATES)
    pages.globals |= {
        "office": room.names.office(room.keys.office),
        "names": room.names,
        "outcomes": OUTCOMES,
        "local": dated,
        "when": lambda text: dated(datetime.fromisoformat(text)),
        "slip": lambda digest: digits(bytes.fromhex(digest)),
    }
    return pages


def _add_door(app: FastAPI, room: Room) -> None:
    """Where the housing department pushes. Open to all: only what is signed is taken."""
    reception = room.reception()

    @app.put("/batches/{number}")
    async def take(number: str, request: Request) -> Response:
        blob = await _body(request, room.folder)
        if blob is None:
            return _problem(413, "too-large", "这一批太大了,最多 4 GiB。")
        digest = request.headers.get("x-digest", "")
        try:
            receipt = await asyncio.to_thread(
                reception.take, blob, at=room.now(), number=number, digest=digest
            )
        except Conflict as conflict:
            return _problem(409, "conflict", str(conflict))
        except Refused as refused:
            return _problem(422, "refused", str(refused))
        return Response(receipt, media_type="application/json")

    @app.get("/healthz")
    async def alive() -> PlainTextResponse:
        return PlainTextResponse("ok")


async def _body(request: Request, folder: Path) -> bytes | None:
    """The body by way of a file, sealed as it comes; None when it is too large."""
    said = request.headers.get("content-length", "0")
    if not said.isdigit() or int(said) > LARGEST:
        return None
    with tempfile.TemporaryFile(dir=folder) as file:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST:
                return None
            await asyncio.to_thread(file.write, chunk)
        file.seek(0)
        return await asyncio.to_thread(file.read)


def _problem(status: int, code: str, sentence: str) -> JSONResponse:
    body = {"type": "about:blank", "title": sentence, "status": status, "code": code}
    return JSONResponse(body, status, media_type="application/problem+json")


def _add_desk(app: FastAPI, room: Room, pages: Environment) -> None:
    def page(name: str, **words: object) -> HTMLResponse:
        return HTMLResponse(pages.get_template(name).render(**words))

    @app.get("/enter/{token}")
    def enter(token: str) -> Response:
        session = room.gate.enter(token)
        if session is None:
            return closed("这个链接用过了", 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, session, httponly=True, samesite="lax", path="/")
        return answer

    def closed(title: str, status: int, sentence: str = "") -> HTMLResponse:
        words = sentence or "请在运行收件箱的电脑上重新启动它,用新打印出来的链接打开。"
        html = pages.get_template("closed.html").render(title=title, sentence=words)
        return HTMLResponse(html, status)

    app.state.closed = closed

    @app.get("/inbox.css")
    def style() -> Response:
        return Response((_TEMPLATES / "inbox.css").read_bytes(), media_type="text/css")

    @app.get("/")
    def clues() -> HTMLResponse:
        cabinet = room.cabinet
        return page(
            "list.html", clues=cabinet.clues(), batches=cabinet.batches(), alarms=cabinet.alarms()
        )

    @app.get("/clues/{number}")
    def clue(number: str) -> HTMLResponse:
        clear = desk.opened(room.cabinet, room.keys, number)
        return page(
            "clue.html",
            clue=clear.clue,
            story=clear.story,
            letters=desk.letters_of(clear),
            files=desk.materials(clear),
            decisions=room.cabinet.decisions(number),
        )

    @app.get("/clues/{number}/files/{name}")
    def file(number: str, name: str) -> Response:
        content = dict(desk.opened(room.cabinet, room.keys, number).files).get(name)
        if content is None:
            raise BadInput("没有这份材料。")
        return _download(content, f"{number}-{name}.bin", "application/octet-stream")

    @app.get("/export.xlsx")
    def ledger() -> Response:
        content = desk.export(room.cabinet, room.keys, room.names)
        return _download(content, "clues.xlsx", _XLSX)


def _download(content: bytes, name: str, media_type: str) -> Response:
    safe = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_."))
    headers = {"Content-Disposition": f'attachment; filename="{safe}"'}
    return Response(content, media_type=media_type, headers=headers)


def _add_guards(app: FastAPI, room: Room) -> None:
    """The desk is for who holds the session; every answer says what a browser may not do."""

    @app.middleware("http")
    async def guard(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        path = request.url.path
        is_open = path in ("/healthz", "/inbox.css") or path.startswith(("/enter/", "/batches/"))
        if is_open or room.gate.knows(request.cookies.get(COOKIE, "")):
            answer = await call_next(request)
        else:
            answer = app.state.closed("请先用启动时打印的链接打开", 403)
        answer.headers["Content-Security-Policy"] = _CSP
        answer.headers["X-Content-Type-Options"] = "nosniff"
        answer.headers["Referrer-Policy"] = "no-referrer"
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @app.exception_handler(BadInput)
    async def not_there(_: Request, fault: BadInput) -> Response:
        response: Response = app.state.closed("没有找到", 404, str(fault))
        return response

    @app.exception_handler(Misfit)
    async def sealed(_: Request, fault: Misfit) -> Response:
        response: Response = app.state.closed("打不开", 500, str(fault))
        return response
