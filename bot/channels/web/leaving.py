"""退出: the talk is gone, the cookies too, and nothing on the screen names this house."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from bot.channels.web import CHANNEL
from bot.channels.web.cookies import left_cookie, receipt_cookie, talk_cookie, type_cookie
from bot.channels.web.pages import Pages
from papers.pages import moment, spelled


@dataclass(frozen=True)
class Leaving:
    pages: Pages

    async def exit(self, request: Request) -> Response:
        """Quick exit: the talk is gone, the cookies too, and what the browser kept of the pages. What it
        kept of forms it may send again for whoever goes back: the wall answers none that is older."""
        secure = self.pages.secure
        if caller := talk_cookie(secure=secure).of(request):
            async with self.pages.office.files() as files:
                await files.talks.drop(CHANNEL, caller)
        answer = RedirectResponse("/blank", status_code=303)
        answer.headers["Clear-Site-Data"] = '"cache"'
        for cookie in (type_cookie, talk_cookie, receipt_cookie):
            cookie(secure=secure).take_back(answer)
        left_cookie(secure=secure).give(answer, spelled(moment()))
        return answer

    async def blank(self) -> Response:
        """An empty page that names nothing of this house. It leads on to the operator's choice by itself:
        a form's own redirect to another host is stopped by our policy."""
        answer = self.pages.page("blank")
        if self.pages.leaves_for:
            answer.headers["Refresh"] = f"0; url={self.pages.leaves_for}"
        return answer
