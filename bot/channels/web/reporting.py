"""To report on one page: what the form (`form.py`) comes to, drawn, and led to the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from bot.channels.web.draft import Draft
from bot.channels.web.form import Page, ReportForm
from bot.channels.web.pages import Pages
from bot.channels.web.receipt import Receipts
from bot.channels.web.sent import Sent
from casework.refusals import Refusal


@dataclass(frozen=True)
class Reporting:
    pages: Pages
    receipts: Receipts

    async def begin(self, request: Request) -> Response:
        page = self._form(request).first(Draft.fresh())
        return self.pages.page(page.name, page.status, again="/report", **page.values)

    async def report(self, request: Request) -> Response:
        """One step of the form. Its token is the idempotency key: sent twice, it is one report."""
        sent = await Sent.of(request)
        draft = Draft.of(sent)
        if sent.words.get("begin"):  # words from the home page: she goes on writing
            return await self._shown(self._form(request).first(draft))
        if line := sent.words.get("change"):
            return await self._shown(await self._form(request).changed(draft, line))
        return await self.onward(request, draft, sent.files)

    async def onward(
        self, request: Request, draft: Draft, files: Sequence[UploadFile] = ()
    ) -> Response:
        """What follows from what she has written so far; refused, all of it stays before her."""
        form = self._form(request)
        try:
            return await self._shown(await form.onward(draft, files))
        except Refusal as refusal:
            return await self._shown(await form.again(draft, refusal))

    def _form(self, request: Request) -> ReportForm:
        pages = self.pages
        return ReportForm(pages.office, pages.knows, pages.promise, request.state.caller)

    async def _shown(self, page: Page) -> Response:
        if page.name != "receipt":
            return self.pages.page(page.name, page.status, **page.values)
        async with self.pages.office.files() as files:
            return await self.receipts.lead_to(files, page.values)
