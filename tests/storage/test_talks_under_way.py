"""A talk under way comes back as it was, after an upgrade too."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from sqlalchemy import update

from casework.shelves import Begun, Remark, Talk
from storage.schema import talks
from tests.offices import TestOffice

WHOLE = Talk(
    begun=Begun(
        dialogue="report", text="支书扣了五千", place="410423", earlier="补多少", topic="apply.fee",
        before="subsidy.amount", box="{}", ticket="T1", number="6",
    ),
    files=("a1", "b2"),
    said=(
        Remark("which", "410423", "7"), Remark("", "会计也在场", "8"), Remark("when", "去年", "9"),
    ),
    looks=(("look way {}", "{}"),),
    shown=("me\t支书扣了五千",),
    asked="about",
    misses=1,
    unheard="俺想想",
)  # fmt: skip
#: As version 0.1 wrote it.
OF_BEFORE = {
    "dialogue": "report",
    "known": [
        ["begin text", "支书扣了五千"], ["begin blob", "a1"], ["begin place", "410423"],
        ["story", "file:b2\n这是收据"], ["story 2", "会计也在场"], ["photo 1", "file:c3"],
        ["when", "去年"], ["about", "yes\n还有会计"], ["about", "yes"], ["look way", "{}"],
    ],
    "shown": ["me\t支书扣了五千"], "asked": "send", "misses": 0, "unheard": "", "mark": "0f",
    "content_version": "1",
}  # fmt: skip


async def test_a_talk_comes_back_as_it_was(office: TestOffice) -> None:
    async with office.files() as files:
        await files.talks.keep("web", "a", WHOLE)

    async with office.reading() as reading:
        kept = await reading.talks.load("web", "a")

    assert kept is not None
    assert kept.mark
    assert kept.at
    assert Talk(**{**vars(kept), "at": None}) == WHOLE


async def test_a_talk_of_the_version_before_goes_on_where_it_was(office: TestOffice) -> None:
    async with office.files() as files:
        await files.talks.keep("web", "a", WHOLE)
    house = office.store.house
    sealed = house.today.seal(json.dumps(OF_BEFORE).encode())
    async with house.writer.begin() as connection:
        await connection.execute(update(talks).values(sealed=sealed, at=datetime.now(UTC)))

    async with office.reading() as reading:
        kept = await reading.talks.load("web", "a")

    assert kept is not None
    assert kept.begun == Begun(dialogue="report", text="支书扣了五千", place="410423")
    assert kept.told == ("这是收据", "会计也在场")
    assert kept.files == ("a1", "b2", "c3")
    assert kept.answers == {"when": "去年", "about": "yes\n还有会计", "about#2": "yes"}
    assert (kept.looks, kept.asked) == ((), "send")
