"""What a page of hers sends, and how it is known when it is sent twice: by a token of the page's own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from bot.channels.web import CHANNEL
from casework.ports import Files
from casework.refusals import BadInput
from casework.reports import SHORTEST_KEY, digest_of
from casework.shelves import Inbound

#: How many fields a page may send, and files: a phone lets her choose more than are taken, and each of
#: those is told to her.
MOST_FIELDS, MOST_CHOSEN = 60, 1000


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The last text of each name, all texts of each name, the files."""

    words: Mapping[str, str]
    several: Mapping[str, Sequence[str]]
    files: Sequence[UploadFile]

    @classmethod
    async def of(cls, request: Request) -> Sent:
        try:
            fields = await request.form(max_files=MOST_CHOSEN, max_fields=MOST_FIELDS)
        except MultiPartException:
            raise BadInput("这一页没有传全。请按“后退”,再交一遍。", "page.broken") from None
        several: dict[str, list[str]] = {}
        for name, each in fields.multi_items():
            if isinstance(each, str):
                several.setdefault(name, []).append(each)
        return cls(
            words={name: each[-1] for name, each in several.items()},
            several=several,
            files=[each for _, each in fields.multi_items() if isinstance(each, UploadFile)],
        )


def new_token() -> str:
    """A page's own key: sent twice, it is one report, one addition, one press."""
    return secrets.token_urlsafe(18)


def own_token(sent: str) -> str:
    """The token a page brought, a new one where it is none."""
    return sent if len(sent) >= SHORTEST_KEY else new_token()


def sending(asked: Mapping[str, object], sums: Sequence[str] = ()) -> Inbound:
    """A page as it is sent: the same words and files (their digests) from the same page are one."""
    return Inbound(channel=CHANNEL, external_id=digest_of(asked, sums).hex(), caller="")


def press(what: str, token: str) -> Inbound:
    """A press on the page that this token stood on, which counts once."""
    return sending({what: own_token(token)})


async def is_first(files: Files, sent: Inbound) -> bool:
    """Whether it was never sent before. Nothing of it waits: it is taken, and done, in the block that
    answers it."""
    if not await files.talks.take(sent):
        return False
    await files.talks.done(sent)
    return True
