"""The web page: always there, and nothing to set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from bot.channels.channel import Channel, House
from bot.channels.web import CHANNEL

if TYPE_CHECKING:
    from fastapi import APIRouter


class WebSettings(Protocol):
    public_url: str
    exit_url: str

    @property
    def is_secure(self) -> bool: ...


def open_web(settings: WebSettings, house: House) -> Channel:
    """What it shows is asked for by each browser itself: no way out, nothing beside the web process."""

    def routes() -> Sequence[APIRouter]:
        from bot.channels.web.router import router

        pages = router(
            house.reception, house.office, house.knowing, secure_cookie=settings.is_secure,
            route_class=house.sealed_route, demo=house.demo, leaves_for=settings.exit_url,
            base_url=settings.public_url,
        )  # fmt: skip
        return (pages,)

    return Channel(name=CHANNEL, routes=routes)
