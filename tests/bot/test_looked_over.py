"""没人动过 is said only after it was looked over."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import Delete, Update, delete, update

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.router import router
from bot.reception import Reception
from storage.schema import envelopes, leaves
from tests.bot.conftest import Villager
from tests.offices import CONTENT, LEAKING_ROOF, TestOffice, knowing

TAMPERINGS: dict[str, Callable[[], Update | Delete]] = {
    "its facts": lambda: update(envelopes).where(envelopes.c.field == "facts").values(sealed=b"x"),
    "its line": lambda: delete(leaves).where(leaves.c.event == "accepted"),
}


async def pages_of(office: TestOffice, code: str) -> tuple[str, str]:
    """What the talk and the web page say to a code."""
    said = await Villager(Reception(office.office, knowing)).says(code)

    async def well() -> dict[str, object]:
        return {}

    pages = router(
        Reception(office.office, knowing), office.office, knowing,
        secure_cookie=True, route_class=SealedRoute,
    )  # fmt: skip
    app = create_app(
        office=office.office, knowing=knowing, extra=(pages,), health=well, secure=True, demo=False,
        api=(), desk=(),
    )  # fmt: skip
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="https://villager.test") as phone:
        page = await phone.post("/status", data={"code": code})
    return said, page.text


async def test_what_lies_as_it_was_filed_is_said_to(small_office: TestOffice) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    for said in await pages_of(small_office, receipt.code):
        assert "没人动过" in said


@pytest.mark.parametrize("what", TAMPERINGS)
async def test_what_was_tampered_with_is_said_too_on_every_way(
    small_office: TestOffice, what: str
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    async with small_office.store.house.writer.begin() as connection:
        await connection.execute(TAMPERINGS[what]())

    for said in await pages_of(small_office, receipt.code):
        assert "没人动过" not in said
        assert CONTENT.texts("status.amiss").split("{")[0] in said
