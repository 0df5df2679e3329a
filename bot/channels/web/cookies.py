"""The cookies a villager's browser may get of us: which they are, how each is given and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import Request, Response

from casework.receipts import SHOWN_AGAIN
from papers.pages import LEFT, TYPE


@dataclass(frozen=True, kw_only=True)
class Cookie:
    """Taken back in the words it was given in: a browser keeps one that is named otherwise."""

    name: str
    secure: bool
    path: str = "/"
    httponly: bool = True
    samesite: Literal["lax", "strict"] = "lax"
    max_age: int | None = None  # seconds; None until the browser is closed

    def of(self, request: Request) -> str:
        """What the browser brought; '' where it brought none."""
        return request.cookies.get(self.name, "")

    def give(self, answer: Response, value: str) -> None:
        answer.set_cookie(
            self.name, value, path=self.path, max_age=self.max_age, secure=self.secure,
            httponly=self.httponly, samesite=self.samesite,
        )  # fmt: skip

    def take_back(self, answer: Response) -> None:
        answer.delete_cookie(
            self.name, path=self.path, secure=self.secure, httponly=self.httponly,
            samesite=self.samesite,
        )  # fmt: skip


def talk_cookie(*, secure: bool) -> Cookie:
    """Who talks: a name drawn at random, which says nothing of her."""
    return Cookie(name="__Host-talk" if secure else "talk", secure=secure)


def receipt_cookie(*, secure: bool) -> Cookie:
    """Opens the page of a receipt once more, for half an hour."""
    return Cookie(
        name="__Secure-receipt" if secure else "receipt", secure=secure, path="/receipt",
        samesite="strict", max_age=int(SHOWN_AGAIN.total_seconds()),
    )  # fmt: skip


def left_cookie(*, secure: bool) -> Cookie:
    """When she left. It says that somebody was here, as the browser's own history does, and not what for."""
    return Cookie(name=LEFT, secure=secure, max_age=24 * 60 * 60)


def type_cookie(*, secure: bool) -> Cookie:
    """Who wants large type."""
    return Cookie(name=TYPE, secure=secure, httponly=False)
