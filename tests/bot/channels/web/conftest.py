"""The villager's pages over a real office, and a phone that opens them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.router import router
from bot.reception import Reception
from tests.offices import TestOffice, knowing

HOST = "https://villager.test"


async def well() -> Mapping[str, object]:
    return {}


@pytest.fixture
async def phone(small_office: TestOffice, reception: Reception) -> AsyncIterator[httpx.AsyncClient]:
    async with a_client(small_office, reception) as made:
        yield made


@asynccontextmanager
async def a_client(office: TestOffice, reception: Reception) -> AsyncIterator[httpx.AsyncClient]:
    pages = router(reception, office.office, knowing, secure_cookie=True, route_class=SealedRoute)
    app = create_app(
        office=office.office, knowing=knowing, extra=(pages,), health=well,
        secure=True, demo=False, api=(), desk=(),
    )  # fmt: skip
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST, follow_redirects=True) as made:
        yield made
