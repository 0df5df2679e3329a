"""The villager's pages, address by address. A single question and the form need no cookie; a talk has
one, and so has the receipt, for half an hour; 退出 ends both. Nothing of a report ever stands in a URL."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from bot.channels.web.answers import Answers
from bot.channels.web.asking import Asking
from bot.channels.web.chatting import Chatting
from bot.channels.web.judging import Judging
from bot.channels.web.leaving import Leaving
from bot.channels.web.mailbox import Mailbox
from bot.channels.web.pages import Pages
from bot.channels.web.receipt import Receipts
from bot.channels.web.reporting import Reporting
from bot.reception import Reception
from casework.ports import Office
from nlp.understanding import Knowing


def router(
    reception: Reception,
    office: Office,
    knowing: Knowing,
    *,
    secure_cookie: bool,
    route_class: type[APIRoute],
    demo: bool = False,
    leaves_for: str = "",
    base_url: str = "",
) -> APIRouter:
    """All villager routes, to be mounted at the root; `route_class` takes files in sealed. 退出 ends at
    `leaves_for`, on an empty page where it is ''; `base_url` is where the pages are found from
    outside, '' where only the request itself can say."""
    pages = Pages(
        reception=reception, office=office, knowing=knowing, secure=secure_cookie, demo=demo,
        leaves_for=leaves_for, base_url=base_url,
    )  # fmt: skip
    answers, receipts = Answers(pages), Receipts(pages)
    mailbox = Mailbox(pages, receipts)
    reporting = Reporting(pages, receipts)
    asking, judging = Asking(pages, answers, reporting, mailbox), Judging(pages, answers)
    chatting, leaving = Chatting(pages, receipts), Leaving(pages)
    routes = APIRouter(
        include_in_schema=False, default_response_class=HTMLResponse, route_class=route_class
    )
    for method, path, shown in (
        ("GET", "/", asking.home),
        ("POST", "/ask", asking.ask),
        ("POST", "/helped", judging.helped),
        ("POST", "/keep", judging.keep),
        ("GET", "/t/{slug}", asking.topic),
        ("GET", "/report", reporting.begin),
        ("POST", "/report", reporting.report),
        ("GET", "/receipt", receipts.receipt),
        ("GET", "/status", mailbox.enter),
        ("POST", "/status", mailbox.status),
        ("POST", "/status/add", mailbox.add),
        ("POST", "/status/sure", mailbox.sure),
        ("GET", "/talk", chatting.talk),
        ("POST", "/talk", chatting.say),
        ("POST", "/exit", leaving.exit),
        ("GET", "/blank", leaving.blank),
    ):
        routes.add_api_route(path, shown, methods=[method])
    return routes
