"""The web side over a real office, spoken to without a network."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import cast

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from casework.offices import Person
from casework.ports import Office
from casework.queue import Tab, View
from tests.offices import TestOffice, knowing

HOST = "http://desk.test"


async def well() -> Mapping[str, object]:
    return {"ready": True}


@functools.cache
def routes() -> FastAPI:
    """The application without an office: FastAPI takes 0.3 s to read its routes, so once a process."""
    return create_app(
        office=cast(Office, None), knowing=knowing, health=well,
        secure=False, demo=True,
    )  # fmt: skip


@pytest.fixture
def counting_anew() -> None:
    """For a test that reads figures: an application that has answered nobody yet."""
    routes.cache_clear()


@pytest.fixture
def app(small_office: TestOffice) -> FastAPI:
    made = routes()
    made.state.front = replace(made.state.front, office=small_office.office)
    return made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as made:
        yield made


async def colleague(office: TestOffice, unit: str) -> Person:
    async with office.reading() as reading:
        (person,) = await reading.people.in_unit(unit)
    return person


async def signs_in(client: httpx.AsyncClient, office: TestOffice, unit: str) -> str:
    """The only colleague of a unit, signed in at the desk with an open key."""
    token = await office.signs_in(await colleague(office, unit))
    client.cookies.set("desk", token)
    return token


async def number_of_newest(office: TestOffice, unit: str) -> str:
    person = await colleague(office, unit)
    async with office.reading() as reading:
        page = await reading.queue.page(View(tab=Tab.NEW), reader=person, now=office.clock.now())
    return page.lines[-1].number
