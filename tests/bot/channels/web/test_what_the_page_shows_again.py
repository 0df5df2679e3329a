"""What was handed over, and what was shown by a code, is on the page that answers and on no later one."""

from __future__ import annotations

import httpx
import pytest

from tests.bot.channels.web.test_the_receipt_of_a_talk import kept, says
from tests.bot.conftest import log_size
from tests.offices import LEAKING_ROOF, TestOffice

DANGER = "墙裂得要倒了,俺爹还在里头睡"
LATER = "后来打听清楚了,是县住建局的赵股长装走的"


async def test_her_own_words_opened_by_the_code_are_shown_once(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    code = (await small_office.office.intake.file(LEAKING_ROOF)).code
    opened = await says(phone, "查进度", code)
    assert "正在" in opened.text or "收到" in opened.text
    mine = await says(phone, "看我写的话", code)
    assert LEAKING_ROOF.text in mine.text
    assert 'id="newest"' in mine.text

    again = await phone.get("/talk")

    assert LEAKING_ROOF.text not in again.text
    assert LEAKING_ROOF.text not in await kept(small_office)


async def test_after_an_urgent_report_the_place_is_asked_and_her_story_is_gone(
    phone: httpx.AsyncClient, small_office: TestOffice
) -> None:
    await says(phone, DANGER, "有人")
    assert await log_size(small_office) == 1
    assert DANGER not in await kept(small_office)
    going_on = await phone.get("/talk")
    assert DANGER not in going_on.text
    assert "哪" in going_on.text  # the place is asked

    told = await says(phone, "鲁山县赵村镇")

    assert "补充好了" in told.text
    assert "赵村镇" not in await kept(small_office)
    assert "有人" not in await kept(small_office)


@pytest.mark.parametrize("steps", [("补充", LATER), ("补充几句", LATER)])
async def test_what_she_adds_later_stays_with_her_report_alone(
    phone: httpx.AsyncClient, small_office: TestOffice, steps: tuple[str, ...]
) -> None:
    code = (await small_office.office.intake.file(LEAKING_ROOF)).code

    told = await says(phone, "查进度", code, *steps)

    assert "看不到这" in told.text or "补充好了" in told.text
    assert LATER not in told.text
    assert LATER not in await kept(small_office)
    box = await says(phone, "查进度", code, "看我写的话", code)
    assert LATER in box.text


async def test_before_anything_is_handed_over_the_page_shows_the_talk_as_it_is(
    phone: httpx.AsyncClient,
) -> None:
    await says(phone, "反映", "村会计扣了俺家的补助")

    assert "村会计扣了俺家的补助" in (await phone.get("/talk")).text
