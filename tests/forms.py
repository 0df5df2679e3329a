"""The report form as a browser without script fills it in: every page's fields go on to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

#: Enough for every page the form has; more is a loop.
MOST_PAGES = 5


@dataclass
class Fields(HTMLParser):
    """What the first form of a page that goes to /report would send."""

    answers: Mapping[str, str]
    sent: dict[str, list[str]] = field(default_factory=dict)
    forms: int = 0
    inside: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = got.get("action", "").partition("?")[0] == "/report" and not self.forms
            self.forms += self.inside
        if tag == "input" and self.inside and got.get("name"):
            self._take(got)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False

    def _take(self, got: dict[str, str]) -> None:
        name, value = got["name"], got.get("value", "")
        match got.get("type", "text"):
            case "hidden":
                self.sent.setdefault(name, []).append(value)
            case "radio":
                if value == self.answers.get(name, "") or (
                    name not in self.answers and ("checked" in got or name not in self.sent)
                ):
                    self.sent[name] = [value]
            case "checkbox" if value == self.answers.get(name):
                self.sent.setdefault(name, []).append(value)


def next_fields(page: str, answers: Mapping[str, str]) -> dict[str, list[str]]:
    """What is sent from this page, {} when it has no form that goes on."""
    reader = Fields(answers)
    reader.feed(page)
    return reader.sent if "登记好了" not in page else {}


def to_the_receipt(answer: httpx.Response) -> dict[str, str]:
    """The cookie a phone brings to the receipt's page; a client over plain HTTP would keep a Secure one
    back. {} where the answer leads nowhere."""
    if answer.status_code != 303:
        return {}
    return {"cookie": answer.headers["set-cookie"].partition(";")[0]}


async def hands_in(
    phone: httpx.AsyncClient, form: Mapping[str, Any], *, files: Any = None, **answers: str
) -> httpx.Response:
    """From the filled first page to whatever comes last: a receipt, or a refusal."""
    page = await phone.post("/report", data=dict(form), files=files, follow_redirects=False)
    for _ in range(MOST_PAGES):
        if headers := to_the_receipt(page):
            receipt = await phone.get("/receipt", headers=headers)
            receipt.history = [page]
            return receipt
        fields = next_fields(page.text, answers)
        if page.status_code != 200 or not fields:
            return page
        page = await phone.post("/report", data=fields, follow_redirects=False)
    raise AssertionError("the form goes round in circles")


def hands_in_now(
    phone: httpx.Client, form: Mapping[str, Any], *, files: Any = None, **answers: str
) -> httpx.Response:
    """The same for a client that does not wait."""
    page = phone.post("/report", data=dict(form), files=files, follow_redirects=False)
    for _ in range(MOST_PAGES):
        if headers := to_the_receipt(page):
            return phone.get("/receipt", headers=headers)
        fields = next_fields(page.text, answers)
        if page.status_code != 200 or not fields:
            return page
        page = phone.post("/report", data=fields, follow_redirects=False)
    raise AssertionError("the form goes round in circles")
