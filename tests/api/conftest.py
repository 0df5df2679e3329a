"""The web side over a real office, spoken to without a network."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from casework.offices import Person
from casework.shelves import Tab
from tests.offices import UNDERSTANDING, TestOffice

HOST = "http://desk.test"


async def well() -> Mapping[str, object]:
    return {"ready": True}


@pytest.fixture
def app(small_office: TestOffice) -> FastAPI:
    return create_app(
        office=small_office.office,
        understanding=UNDERSTANDING,
        villager=None,
        health=well,
        secure=False,
        demo=True,
    )


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
        page = await reading.tickets.queue(Tab.NEW, reader=person, now=office.clock.now())
    return page.lines[-1].number
