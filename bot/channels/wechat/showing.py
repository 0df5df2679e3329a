"""A phone to try the account with, in the demo alone: what is typed on it passes the account's real door,
signed as the platform signs, and what comes back is what a phone would show.

It is an account that may not write by itself: no pushes, no files, no menu; the harder half of accounts.
"""

from __future__ import annotations

import itertools
import secrets
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import httpx
from defusedxml.ElementTree import fromstring
from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.wechat.crypt import signature
from bot.channels.wechat.messages import letter_xml
from bot.channels.wechat.router import NOTHING
from casework.ports import Office
from papers.pages import VILLAGER, templates

HERE = Path(__file__).parent
COOKIE = "demo-phone"
#: Phones, lines of each, and letters of what is typed.
MOST_PHONES, MOST_LINES, LONGEST = 200, 60, 2000

_TEMPLATES = templates(HERE / "templates", VILLAGER)


@dataclass
class Phones:
    """What stands on each phone: (who, what), the oldest phone forgotten first; in memory alone."""

    lines: OrderedDict[str, list[tuple[str, str]]] = field(default_factory=OrderedDict)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def of(self, phone: str) -> list[tuple[str, str]]:
        while len(self.lines) >= MOST_PHONES and phone not in self.lines:
            self.lines.popitem(last=False)
        return self.lines.setdefault(phone, [])


def router(token: str, office: Office) -> APIRouter:
    """`token` is the account's own."""
    routes, phones = APIRouter(include_in_schema=False), Phones()

    async def answered(request: Request, phone: str, **said: str) -> str:
        """What the account says to a message, by its own address; '' where it says nothing."""
        now = int(office.clock.now().timestamp())
        number = f"{next(phones.numbers)}{secrets.randbelow(10**9):09}"
        query = {"timestamp": str(now), "nonce": secrets.token_hex(8)}
        query["signature"] = signature(token, query["timestamp"], query["nonce"])
        xml = letter_xml(sender=phone, account="demo", at=now, number=number, **said)
        transport = httpx.ASGITransport(app=request.app)
        async with httpx.AsyncClient(transport=transport, base_url=str(request.base_url)) as http:
            answer = await http.post("/wechat", params=query, content=xml)
        answer.raise_for_status()
        return "" if answer.text == NOTHING else fromstring(answer.text).findtext("Content", "")

    def shown(phone: str) -> Response:
        lines = phones.of(phone)
        mine = [n for n, (who, _) in enumerate(lines) if who == "me"]
        page = _TEMPLATES.get_template("phone.html").render(
            texts=office.content.texts, demo=True, again="/demo/wechat", lines=lines,
            newest=mine[-1] + 1 if mine else 0,
        )  # fmt: skip
        return HTMLResponse(page)

    @routes.get("/demo/wechat")
    async def phone_of(request: Request) -> Response:
        phone = request.cookies.get(COOKIE, "")
        if phone not in phones.lines:
            phone = secrets.token_urlsafe(18)
            told = await answered(request, phone, kind="event", event="subscribe")
            phones.of(phone).append(("them", told))
        page = shown(phone)
        page.set_cookie(COOKIE, phone, httponly=True, samesite="strict", path="/demo/wechat")
        return page

    @routes.post("/demo/wechat")
    async def says(request: Request, text: Annotated[str, Form()] = "") -> Response:
        phone = request.cookies.get(COOKIE, "")
        if phone in phones.lines and (said := text.strip()[:LONGEST]):
            lines = phones.of(phone)
            lines.append(("me", said))
            if told := await answered(request, phone, kind="text", text=said):
                lines.append(("them", told))
            del lines[:-MOST_LINES]
        return RedirectResponse("/demo/wechat#newest", 303)

    return routes
