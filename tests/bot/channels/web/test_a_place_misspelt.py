"""A county that is misspelt in the form is offered on the next page, and never taken unasked."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.forms import next_fields
from tests.offices import CONTENT

LEAKS = "翻盖罢才两个月,一下雨西屋就漏水,床都挪不成。"
IS_IT = CONTENT.texts("report.is_it_typed")


@pytest.mark.parametrize(
    "form",
    [{"story": LEAKS, "place": "鲁三县张官营镇"}, {"story": LEAKS, "place": "路山"}, {"story": f"鲁三县的,{LEAKS}"}],
)  # fmt: skip
async def test_what_sounds_like_it_is_offered(
    phone: httpx.AsyncClient, form: dict[str, str]
) -> None:
    asked = await phone.post("/report", data=form)
    assert IS_IT in asked.text
    [chosen] = re.findall(r'value="(410423\d*)"', asked.text)

    shown = await phone.post("/report", data=next_fields(asked.text, {"county": chosen}))

    assert "地方:平顶山市鲁山县" in shown.text


async def test_none_of_these_is_an_answer_and_is_not_asked_again(phone: httpx.AsyncClient) -> None:
    form = {"story": LEAKS, "place": "鲁三县张官营镇"}
    asked = await phone.post("/report", data=form)

    shown = await phone.post("/report", data=next_fields(asked.text, {"county": "none"}))

    assert IS_IT not in shown.text
    assert "地方:不清楚" in shown.text


async def test_a_county_that_was_chosen_is_believed(phone: httpx.AsyncClient) -> None:
    form = {"story": LEAKS, "place": "路山", "county": "410422"}

    shown = await phone.post("/report", data=form)

    assert IS_IT not in shown.text
    assert "地方:平顶山市叶县" in shown.text
