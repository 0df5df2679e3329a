"""What is not understood is one tap from where it belongs, and she never writes it again; what only sounds
like a threat or a danger is asked about, and nothing is done before her yes."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from library.layers import Layers
from library.listening import lessons
from nlp.triage import says_what
from tests.bot.conftest import Villager, log_size
from tests.offices import CONTENT, CONTENT_FOLDER, UNDERSTANDING, TestOffice

TEXTS = CONTENT.texts
LAYERS = Layers(CONTENT_FOLDER)
LESSONS = lessons(LAYERS, CONTENT, LAYERS.theirs("triage.toml"))
TODAY = date(2026, 11, 2)
STRANGE = "火星上的人吃面条不哩"


@cache
def said_of(kind: str, also: str) -> str:
    """A line of that kind which is not understood, and sounds like it first of all."""
    for line in LESSONS["kinds"].lines():
        if line.kind == kind:
            found = UNDERSTANDING.ask(line.text, today=TODAY)
            told = UNDERSTANDING.facts(line.text, today=TODAY)
            untold = {"who", "where", "when"} <= {*told.missing}
            says = says_what(line.text, UNDERSTANDING.lexicon)
            if found.kind == "unknown" and found.also[:1] == (also,) and untold and says:
                return line.text
    raise AssertionError(f"every {kind} is understood")


async def test_her_words_go_along_into_a_report(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says(said_of("report", "report"))

    said = await villager.says(TEXTS("ask.way.report"))
    assert TEXTS("report.where") in said
    for word in ("叶县", "今年", "5", "不要", "没有了"):
        await villager.says(word)
    assert TEXTS("report.what") not in said
    await villager.says("提交")

    assert await log_size(small_office) == 1


async def test_a_dangerous_house_is_one_tap_away(villager: Villager) -> None:
    await villager.says(STRANGE)

    said = await villager.says(TEXTS("ask.way.urgent"))

    assert TEXTS("danger.first_and_village") in said
    assert TEXTS("danger.anybody") in said


async def test_who_is_pressed_says_so_and_it_is_filed_with_her_words(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says(STRANGE)
    assert await log_size(small_office) == 0

    said = await villager.says("4")

    assert TEXTS("retaliation.first") in said
    assert await log_size(small_office) == 1


@cache
def nearly_asked() -> str:
    """What is not understood, and is nearer to some topic than by chance."""
    for line in LESSONS["topics"].written():
        found = UNDERSTANDING.ask(line.text, today=TODAY)
        if found.kind == "unknown" and UNDERSTANDING.nearest(line.text).topics:
            return line.text
    raise AssertionError("every question is understood")


async def test_a_question_of_policy_is_looked_for_again(villager: Villager) -> None:
    await villager.says(nearly_asked())

    said = await villager.says(TEXTS("ask.way.ask"))
    assert TEXTS("ask.which") in said
    said = await villager.says(TEXTS("ask.none"))
    assert TEXTS("ask.in_other_words") in said

    answer = UNDERSTANDING.ask("能盖多大", today=TODAY)
    assert answer.parts.sure in await villager.says("能盖多大")


async def test_other_words_are_a_question_as_well(villager: Villager) -> None:
    await villager.says(STRANGE)

    assert UNDERSTANDING.ask("能盖多大", today=TODAY).parts.sure in await villager.says("能盖多大")


@pytest.mark.parametrize(("kind", "also"), [("threat", "retaliation"), ("danger", "urgent")])
async def test_what_sounds_like_an_alarm_is_asked_about_first(
    villager: Villager, small_office: TestOffice, kind: str, also: str
) -> None:
    said = await villager.says(said_of(kind, also))

    assert said.startswith(TEXTS(f"ask.sounds.{also}"))
    assert f"1 {TEXTS(f'ask.way.{also}')}" in said
    assert await log_size(small_office) == 0


async def test_a_yes_to_what_it_sounds_like_is_enough(
    villager: Villager, small_office: TestOffice
) -> None:
    await villager.says(said_of("threat", "retaliation"))

    assert TEXTS("retaliation.first") in await villager.says("是")
    assert await log_size(small_office) == 1


async def test_a_no_files_nothing(villager: Villager, small_office: TestOffice) -> None:
    await villager.says(said_of("threat", "retaliation"))

    said = await villager.says("不是")

    assert TEXTS("retaliation.first") not in said
    assert TEXTS("keep.may") not in said
    assert await log_size(small_office) == 0


async def test_two_questions_get_two_answers_each_under_its_question(villager: Villager) -> None:
    said = await villager.says("怎么申请?能补多少钱?")

    for slug in ("apply.how", "subsidy.amount"):
        topic = CONTENT.topics[slug]
        assert TEXTS("ask.one_of", question=topic.question).strip() in said
        assert UNDERSTANDING.answer_for(slug, today=TODAY).parts.sure in said
