"""The page of a receipt: shown when a report was filed, and for half an hour again to the same phone."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from bot.channels.web.cookies import Cookie, receipt_cookie
from bot.channels.web.pages import Pages
from bot.channels.web.slip import Slip
from casework.content import Texts
from casework.ports import Files
from casework.receipts import shown
from casework.reports import Told

#: Bytes of what its cookie holds.
KEY = 32


@dataclass(frozen=True)
class Receipts:
    pages: Pages

    @property
    def cookie(self) -> Cookie:
        return receipt_cookie(secure=self.pages.secure)

    async def lead_to(self, files: Files, said: Mapping[str, Any]) -> Response:
        """Kept with what is done in this block; the answer, for when that is done, leads there."""
        key = secrets.token_bytes(KEY)
        await files.shown_receipts.keep(key, said)
        answer = RedirectResponse("/receipt", status_code=303)
        self.cookie.give(answer, key.hex())
        return answer

    async def receipt(self, request: Request) -> Response:
        """What this phone was shown when the report was filed; for half an hour, by its cookie."""
        said = await self._said(self.cookie.of(request))
        if said is None:
            return self.pages.missing("receipt.gone.text")
        content, base = self.pages.office.content, self.pages.base_url or str(request.base_url)
        slip = Slip.of(content, said["readers"], base=base, today=self.pages.today)
        return self.pages.page("receipt", slip=slip, **said)

    async def _said(self, key: str) -> Mapping[str, Any] | None:
        if not re.fullmatch(rf"[0-9a-f]{{{2 * KEY}}}", key):
            return None
        async with self.pages.office.reading() as reading:
            return await reading.shown_receipts.open(bytes.fromhex(key))


def as_shown(
    texts: Texts,
    told: Told,
    *,
    danger: bool = False,
    threat: bool = False,
    despair: bool = False,
    placeless: bool = False,
    goes_on: bool = False,
    refused: Sequence[str] = (),
) -> dict[str, Any]:
    """What a receipt's page says, as plain values; `goes_on` when the talk has one more question,
    `refused` which of the files beside it were not taken."""
    return {
        "code": shown(told.code), "spoken": texts.aloud(told.code), "due": texts.day(told.due),
        "readers": list(told.readers), "danger": danger, "threat": threat, "despair": despair,
        "placeless": placeless, "goes_on": goes_on, "refused": list(refused),
    }  # fmt: skip


def as_changed(texts: Texts, code: str, *, due: str, readers: Sequence[str]) -> dict[str, Any]:
    """The same for a code that takes the place of another; `due` is '' where nothing is due any more."""
    return {
        "code": shown(code), "spoken": texts.aloud(code), "due": due, "readers": list(readers),
        "danger": False, "threat": False, "despair": False, "placeless": False, "goes_on": False,
        "refused": [], "changed": True,
    }  # fmt: skip
