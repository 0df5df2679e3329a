"""The wall around every route: headers, foreign posts, sizes, and faults that tell nothing."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.counters import Counters
from casework.callers import at_address
from papers.pages import AT, LEFT, read

log = logging.getLogger(__name__)

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "form-action 'self'",
        "connect-src 'self'",
        "font-src 'self'",
        "media-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)

HEADERS = {
    "content-security-policy": CSP,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(self), microphone=(self)",
}

#: The first page, where nothing of before is.
HOME = [(b"location", b"/"), (b"content-length", b"0")]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

#: A story of 5,000 characters, every one of them escaped, is 30 kB of JSON.
MOST_TEXT = 128 * 1024
MOST_FILES = 64 * 1024 * 1024

FOREIGN = "这个请求是从别的网站发来的,没有办理。请回到本页面再试。"
TOO_LARGE = "发来的东西太大了,没有收下。文字最多5000字,文件合起来最多64兆。"
BROKEN = "系统出了点问题,这一步没有办成。请过几分钟再试,急事请打12345。"


def is_foreign(method: str, headers: Headers) -> bool:
    """Whether another site's page sent this. Programs send neither header and pass.

    Without `Sec-Fetch-Site` (old browsers, plain HTTP on an intranet) our own no-referrer policy
    makes the browser say `Origin: null`; there the Lax cookie alone keeps foreign posts out.
    """
    if method in SAFE:
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin", "null")
    return origin != "null" and urlsplit(origin).netloc != headers.get("host", "")


def largest(headers: Headers) -> int:
    """How many bytes of body this request may bring."""
    kind = headers.get("content-type", "")
    return MOST_FILES if kind.startswith("multipart/form-data") else MOST_TEXT


class TooLarge(Exception):
    """The body went past its cap while it was read."""


class Wall:
    """Outermost middleware. `page` draws a refusal for people, from the path, the code and
    the sentence; programs get problem details."""

    def __init__(
        self, app: ASGIApp, *, counters: Counters, page: Callable[[str, str, str], str]
    ) -> None:
        self._app, self._counters, self._page = app, counters, page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        address = scope["client"][0] if scope.get("client") else ""
        scope.setdefault("state", {})["caller"] = at_address(address)
        passage = _Passage(scope, receive, send, self._counters, largest(headers))
        if is_foreign(scope["method"], headers):
            await self._refuse(passage, 403, "cross-site", FOREIGN)
            return
        if scope["method"] == "POST" and is_from_before_she_left(scope):
            await passage.send({"type": "http.response.start", "status": 303, "headers": HOME})
            await passage.send({"type": "http.response.body", "body": b""})
            return
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > passage.cap:
            await self._refuse(passage, 413, "too-large", TOO_LARGE)
            return
        try:
            await self._app(scope, passage.receive, passage.send)
        except Exception as fault:
            if not passage.over:
                _note(fault, self._counters)
            if passage.started:
                raise ConnectionError("the answer broke off") from None
            if not passage.over:
                await self._refuse(passage, 500, "broken", BROKEN)
        if passage.over and not passage.started:
            passage.over = False
            await self._refuse(passage, 413, "too-large", TOO_LARGE)

    async def _refuse(self, passage: _Passage, status: int, code: str, sentence: str) -> None:
        path = passage.scope["path"]
        as_page = not is_for_programs(path)
        body = self._page(path, code, sentence) if as_page else problem(status, code, sentence)
        kind = "text/html; charset=utf-8" if as_page else "application/problem+json"
        raw = body.encode()
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(raw)).encode())]
        await passage.send({"type": "http.response.start", "status": status, "headers": headers})
        await passage.send({"type": "http.response.body", "body": raw})


def is_from_before_she_left(scope: Scope) -> bool:
    """Whether a browser sends again what was sent before 退出, for whoever went back to it."""
    request = Request(scope)
    left, at = read(request.cookies.get(LEFT, "")), read(request.query_params.get(AT, ""))
    return left is not None and at is not None and at <= left


class _Passage:
    """One request on its way through the wall."""

    def __init__(
        self, scope: Scope, receive: Receive, send: Send, counters: Counters, cap: int
    ) -> None:
        self.scope, self.cap = scope, cap
        self._receive, self._send, self._counters = receive, send, counters
        self._read = 0
        self.over = self.started = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self._read > self.cap:
            self.over = True
            raise TooLarge
        return message

    async def send(self, message: Message) -> None:
        if self.over and not self.started:
            return  # whatever a route made of a cut body, the wall answers 413
        if message["type"] == "http.response.start":
            self.started = True
            self._dress(message)
        await self._send(message)

    def _dress(self, message: Message) -> None:
        self._counters.answers.labels(f"{message['status'] // 100}xx").inc()
        headers = MutableHeaders(scope=message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        path: str = self.scope["path"]
        if path.startswith("/static/vendor/") and message["status"] == 200:
            headers["cache-control"] = "public, max-age=31536000, immutable"
        elif path.startswith("/static/") or path == "/villager.css":
            headers["cache-control"] = "no-cache"
        else:
            headers["cache-control"] = "no-store"


def is_for_programs(path: str) -> bool:
    return path.startswith("/api/") or path in ("/healthz", "/readyz", "/metrics")


def is_for_staff(path: str) -> bool:
    """What only staff and programmers open; every other page is a villager's."""
    return path == "/desk" or path.startswith(("/desk/", "/api/"))


def problem(status: int, code: str, sentence: str) -> str:
    """Problem details (RFC 9457): codes in English, sentences in Chinese."""
    return json.dumps(
        {
            "type": f"urn:xiangsheng:problem:{code}",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": sentence,
            "code": code,
        },
        ensure_ascii=False,
    )


def _note(fault: Exception, counters: Counters) -> None:
    """Type and place only: the message of an exception may hold a villager's words."""
    counters.faults.inc()
    trace, place = fault.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        place, trace = f"{code.co_qualname}:{trace.tb_lineno}", trace.tb_next
    log.error("fault %s at %s", type(fault).__name__, place)
