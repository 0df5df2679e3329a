"""What every page of hers has: the house it speaks for, its texts, its templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from bot.channels.web import CHANNEL
from bot.reception import Reception
from casework.content import Texts
from casework.ports import Office, Passing
from casework.refusals import Refusal
from casework.workdays import day_of
from nlp.understanding import Knowing, Understanding
from papers.pages import VILLAGER, templates

TEMPLATES = templates(Path(__file__).parent / "templates", VILLAGER)
#: The pages that are shown once more by their address alone; the others have been sent something.
SHOWN_BY_ADDRESS: Mapping[str, str] = {
    "home": "/", "talk": "/talk", "status": "/status", "receipt": "/receipt", "refused": "/",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The villager's pages over one office, as far as all of them are alike."""

    reception: Reception
    office: Office
    knowing: Knowing
    secure: bool  # whether cookies go over https alone
    demo: bool
    leaves_for: str  # where 退出 ends; '' on an empty page
    base_url: str  # where the pages are found from outside; '' where only the request can say

    @property
    def knows(self) -> Understanding:
        return self.knowing()

    @property
    def texts(self) -> Texts:
        return self.office.content.texts

    @property
    def today(self) -> date:
        return day_of(self.office.clock.now())

    @property
    def promise(self) -> str:
        """What is promised to whoever reports."""
        return self.reception.promise(CHANNEL)

    def county(self, code: str) -> str:
        """A county there is, else none."""
        return code if len(code) == 6 and code in self.knows.gazetteer else ""

    async def admit(self, request: Request) -> None:
        """Raises a `Refusal` where too many, or this caller too often, ask or talk."""
        await self.office.gate.admit(Passing.TALK, caller=request.state.caller)

    def page(self, name: str, status: int = 200, **values: Any) -> Response:
        again = SHOWN_BY_ADDRESS.get(name, "")
        values = {"texts": self.texts, "demo": self.demo, "again": again, **values}
        return HTMLResponse(TEMPLATES.get_template(f"{name}.html").render(values), status)

    def refused(self, refusal: Refusal) -> Response:
        """The page with the sentence alone, where nothing she wrote must stay before her."""
        return self.page("refused", 422, sentence=self.texts.refused(refusal))

    def missing(self, key: str) -> Response:
        """There is no such page; `key` names the sentence that says so."""
        return self.page("refused", 404, sentence=self.texts(key))
