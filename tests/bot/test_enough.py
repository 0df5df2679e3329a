"""算了 in the middle of a report may mean the report, or the question that stands there: she is asked."""

from __future__ import annotations

import pytest

from bot.reception import Reception
from tests.bot.conftest import A_PHOTO, Villager, filed, folder_of, log_size
from tests.offices import CONTENT, TestOffice

TEXTS = CONTENT.texts
TOLD = ("支书扣了俺3000块", "鲁山县", "去年", "对")
REST = ("没有", "没有了", "提交")
ASKED, STOP = TEXTS("talk.stop.text"), TEXTS("talk.stop.yes")


@pytest.fixture
async def half(villager: Villager) -> Villager:
    """At the question whether the discipline office is told too."""
    for text in TOLD:
        said = await villager.says(text)
    assert TEXTS("report.also_discipline") in said
    return villager


@pytest.mark.parametrize("enough", ["算了", "不说了", "不弄了"])
async def test_she_is_asked_what_she_means_and_nothing_is_lost_meanwhile(
    half: Villager, small_office: TestOffice, enough: str
) -> None:
    asked = await half.says(enough)
    again = await half.says("2")

    assert asked == f"{ASKED}\n1 {STOP}\n2 {TEXTS('talk.stop.on')}"
    assert TEXTS("report.also_discipline") in again
    for text in ("要", *REST):
        await half.says(text)
    assert half.code
    assert await log_size(small_office) == 1


@pytest.mark.parametrize("meant", ["1", STOP, "算了", "取消"])
async def test_the_whole_report_is_dropped_where_she_says_so(
    half: Villager, small_office: TestOffice, meant: str
) -> None:
    await half.says("算了")

    assert TEXTS("talk.cancelled_report") in await half.says(meant)

    async with small_office.reading() as reading:
        assert await reading.talks.load(half.channel, half.caller) is None
    assert await filed(small_office) == []


async def test_what_answers_the_question_that_stood_there_answers_it(half: Villager) -> None:
    await half.says("算了")

    assert TEXTS("report.about.close") in await half.says("不要")


async def test_a_photo_goes_along_and_the_question_comes_again(
    half: Villager, small_office: TestOffice
) -> None:
    await half.says("算了")

    assert TEXTS("report.also_discipline") in await half.shows(A_PHOTO)
    for text in ("要", *REST):
        await half.says(text)
    (ticket,) = await filed(small_office)
    assert len((await folder_of(small_office, ticket.number)).attachments) == 1


async def test_a_danger_waits_for_no_such_question(half: Villager) -> None:
    await half.says("算了")

    assert TEXTS("danger.first") in await half.says("墙正往下倒,俺娘还在屋里")


async def test_where_nothing_was_told_it_ends_at_once(villager: Villager) -> None:
    await villager.says("反映")

    assert TEXTS("talk.cancelled_report") in await villager.says("算了")


async def test_取消_asks_nothing(half: Villager) -> None:
    assert TEXTS("talk.cancelled_report") in await half.says("取消")


async def test_her_next_report_has_nothing_of_the_one_that_was_dropped(
    half: Villager, reception: Reception, small_office: TestOffice
) -> None:
    await half.says("算了")
    await half.says("1")
    for text in ("反映", "施工队用的水泥不够标号", "叶县", "上个月", "包工队", "不要", *REST):
        await half.says(text)

    key = await small_office.locks.code(half.code, caller="")
    async with small_office.reading() as reading:
        story = (await reading.mailboxes.open(key)).letters[0].text
    assert "3000" not in story
    assert "鲁山" not in story
