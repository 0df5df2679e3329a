"""A small stand-in for WeChat's interface on loopback, written from the platform's own pages.

It is as strict as they are where it matters to us: tokens, sizes, members of the request, Chinese
unescaped. Its shape is proved by a client of other people's making in `test_sending.py`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

APP_ID = "wx1234567890abcdef"
SECRET = "an-invented-secret"


@dataclass
class StandIn:
    """What it was asked, and what it should answer."""

    url: str = ""
    issued: int = 0
    token_calls: list[dict[str, Any]] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)
    menus: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    videos: dict[str, bytes] = field(default_factory=dict)
    bodies: list[bytes] = field(default_factory=list)  # said instead of an answer to a message
    troubles: list[dict[str, Any] | int] = field(default_factory=list)  # of calls with a token
    token_troubles: list[dict[str, Any]] = field(default_factory=list)
    tried: int = 0
    slow: float = 0.0
    breaks_after: bool = False  # take the message, then cut the line

    @property
    def token(self) -> str:
        return f"token-{self.issued}" + "x" * 520

    def expire(self) -> None:
        """The token in use is not liked any more, and the next one is another."""
        self.issued += 1


def error(code: int, message: str = "refused") -> dict[str, Any]:
    return {"errcode": code, "errmsg": f"{message} rid: 0000"}


def routes(it: StandIn) -> web.Application:
    app = web.Application()

    async def stable_token(request: web.Request) -> web.Response:
        asked = json.loads(await request.text())
        it.token_calls.append(asked)
        await asyncio.sleep(it.slow)
        if it.token_troubles:
            return web.json_response(it.token_troubles.pop(0))
        if asked.get("appid") != APP_ID:
            return web.json_response(error(40013, "invalid appid"))
        if asked.get("secret") != SECRET or asked.get("grant_type") != "client_credential":
            return web.json_response(error(40125, "invalid appsecret"))
        if asked.get("force_refresh") or not it.issued:
            it.issued += 1
        return web.json_response({"access_token": it.token, "expires_in": 7200})

    def refusal(request: web.Request) -> web.Response | None:
        it.tried += 1
        if it.troubles:
            trouble = it.troubles.pop(0)
            if isinstance(trouble, int):
                return web.Response(status=trouble)
            return web.json_response(trouble)
        if request.query.get("access_token") != it.token:
            return web.json_response(error(40001, "invalid credential"))
        return None

    async def send(request: web.Request) -> web.Response:
        raw = await request.text()
        refused = refusal(request)
        if refused:
            return refused
        if it.bodies:
            return web.Response(body=it.bodies.pop(0), content_type="application/json")
        asked = json.loads(raw)
        if "\\u" in raw or asked.get("msgtype") != "text" or set(asked) != {
            "touser", "msgtype", "text",
        }:  # fmt: skip
            return web.json_response(error(40008, "invalid message type"))
        if len(asked["text"]["content"].encode()) > 2048:
            return web.json_response(error(45002, "content size out of limit"))
        it.said.append((asked["touser"], asked["text"]["content"]))
        if it.breaks_after and request.transport:
            request.transport.close()
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def menu(request: web.Request) -> web.Response:
        raw = await request.text()
        refused = refusal(request)
        if refused:
            return refused
        asked = json.loads(raw)
        if not 1 <= len(asked["button"]) <= 3:
            return web.json_response(error(40016, "invalid button size"))
        for button in asked["button"]:
            below = button.get("sub_button", [])
            if len(button["name"].encode()) > 16 or len(below) > 5:
                return web.json_response(error(40018, "invalid button name size"))
            if any(len(each["name"].encode()) > 60 for each in below):
                return web.json_response(error(40025, "invalid sub button name size"))
        it.menus.append(asked)
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def domain_ip(request: web.Request) -> web.Response:
        return refusal(request) or web.json_response({"ip_list": ["127.0.0.1"]})

    async def media(request: web.Request) -> web.Response:
        refused = refusal(request)
        if refused:
            return refused
        number = request.query.get("media_id", "")
        if number in it.videos:
            return web.json_response({"video_url": f"{it.url}/video/{number}"})
        if number not in it.files:
            return web.json_response(error(40007, "invalid media_id"))
        await asyncio.sleep(it.slow)
        return web.Response(body=it.files[number], content_type="application/octet-stream")

    async def video(request: web.Request) -> web.Response:
        return web.Response(body=it.videos[request.match_info["number"]], content_type="video/mp4")

    async def upload(request: web.Request) -> web.Response:
        refused = refusal(request)
        if refused:
            return refused
        part = (await request.post())["media"]
        assert isinstance(part, web.FileField)
        number = f"media-{len(it.files)}"
        it.files[number] = part.file.read()
        kind = request.query["type"]
        return web.json_response({"type": kind, "media_id": number, "created_at": 1})

    app.router.add_post("/cgi-bin/stable_token", stable_token)
    app.router.add_post("/cgi-bin/message/custom/send", send)
    app.router.add_post("/cgi-bin/menu/create", menu)
    app.router.add_get("/cgi-bin/get_api_domain_ip", domain_ip)
    app.router.add_get("/cgi-bin/media/get", media)
    app.router.add_post("/cgi-bin/media/upload", upload)
    app.router.add_get("/video/{number}", video)
    return app


@asynccontextmanager
async def stand_in() -> AsyncIterator[StandIn]:
    """On a free port, until the block ends."""
    made = StandIn()
    runner = web.AppRunner(routes(made))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
