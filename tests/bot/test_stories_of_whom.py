"""Thirty stories about every role and unit from the village to the province, by a writer who saw neither
code nor examples: told in the talk, on the form and by a program, none reaches whom it is about."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.router import router
from bot.reception import Reception
from tests.bot.conftest import Villager
from tests.forms import hands_in
from tests.offices import CITY, CONTENT, COUNTY, LUSHAN, PROVINCE, TestOffice, knowing

FILE = Path(__file__).parent.parent / "fixtures" / "whom-stories.jsonl"
STORIES: list[dict[str, Any]] = [
    json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()
]
NAMES = {
    level: CONTENT.organisation[unit].name
    for level, unit in (("county", COUNTY), ("city", CITY), ("province", PROVINCE))
}
each = pytest.mark.parametrize("story", STORIES, ids=[str(n + 1) for n in range(len(STORIES))])


def holds(story: dict[str, Any], readers: str) -> None:
    """Nobody accused reads it; what names nobody stays above the county, bad work in it."""
    told = (story["story"], readers)
    for level in story["out"]:
        assert level == "township" or NAMES[level] not in readers, told
    if story["kind"] == "vague":
        assert NAMES["county"] not in readers, told
    if story["kind"] == "roof":
        assert NAMES["county"] in readers, told


async def told_to_the_end(villager: Villager, story: dict[str, Any]) -> str:
    """A villager who says yes to what is read back, and to what is asked what she has in mind."""
    label = partial(CONTENT.texts)
    answers = {
        "会让人认出您": "去掉",
        "是哪个县": "鲁山县",
        "大概啥时候": "去年",
        "对不对?": "对",
        "反映的是谁": label(f"report.choice.who.{story['choice']}"),
        "没听出来是哪里的人": label(f"report.choice.who.{story['choice']}"),
        "是市里的,还是省里的": label(f"report.choice.above.{story['above'] or 'unclear'}"),
        "要不要也交给纪委": "要",
        "走得近": "没有",
        "录音吗": "没有了",
        "出了啥事": story["story"],
    }
    await villager.says("反映")
    answer = await villager.says(story["story"])
    for _ in range(12):
        if "交上去吗" in answer:
            return next(line for line in answer.splitlines() if line.startswith("交上去以后"))
        question = next(key for key in answers if key in answer)
        answer = await villager.says(answers[question])
    raise AssertionError(answer)


@each
async def test_in_the_talk(villager: Villager, story: dict[str, Any]) -> None:
    holds(story, await told_to_the_end(villager, story))


@pytest.fixture
async def phone(small_office: TestOffice) -> AsyncIterator[httpx.AsyncClient]:
    async def well() -> dict[str, object]:
        return {"ready": True}

    reception = Reception(small_office.office, knowing)
    pages = router(
        reception, small_office.office, knowing, secure_cookie=False, route_class=SealedRoute
    )
    app = create_app(
        office=small_office.office, knowing=knowing, extra=(pages,), health=well,
        secure=False, demo=True,
    )  # fmt: skip
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://villager.test") as made:
        yield made


@each
async def test_on_the_form(phone: httpx.AsyncClient, story: dict[str, Any]) -> None:
    form = {"story": story["story"], "county": LUSHAN, "token": f"{'form of this story':0<24}"}
    answers = {"who": story["choice"], "above": story["above"], "close": "none", "identity": "cut"}

    receipt = await hands_in(phone, form, **{k: v for k, v in answers.items() if v})

    assert "登记好了" in receipt.text
    holds(story, receipt.text[receipt.text.index("能看到您写的是") :])


@each
async def test_by_a_program_that_sends_the_words_alone(
    phone: httpx.AsyncClient, story: dict[str, Any]
) -> None:
    answer = await phone.post("/api/v1/reports", json={"text": story["story"], "county": LUSHAN})

    holds(story, "、".join(answer.json()["readers"]))
