"""One thing back: a few words after an answer are read with it, and with nothing else."""

from __future__ import annotations

from datetime import date

import pytest

from casework.county import Household
from nlp.faq import Match
from nlp.following import NOTHING_BEFORE, SHORT, Before, next_of
from nlp.understanding import Understanding

D_OF_THREE = Household(persons=3, grade="D")


@pytest.mark.parametrize(
    ("topic", "text", "slug", "household", "county"),
    [
        ("subsidy.amount", "那C级的呢", "subsidy.amount", Household(persons=3, grade="C"), ""),
        ("subsidy.amount", "四口人呢", "subsidy.amount", Household(persons=4, grade="D"), ""),
        ("subsidy.amount", "叶县的呢", "subsidy.amount", D_OF_THREE, "410422"),
        ("subsidy.amount", "要是在鲁山县呢", "subsidy.amount", D_OF_THREE, "410423"),
        ("area.limits", "鲁山县", "area.limits", D_OF_THREE, "410423"),
        ("subsidy.amount", "啥时候给", "subsidy.when-paid", D_OF_THREE, ""),
        ("apply.how", "要带啥", "apply.papers", D_OF_THREE, ""),
    ],
)
def test_a_few_words_go_on_from_the_answer_before(
    understanding: Understanding, today: date, topic: str, text: str, slug: str,
    household: Household, county: str,
) -> None:  # fmt: skip
    answer = understanding.ask(text, today=today, before=Before(topic, D_OF_THREE))

    assert (answer.topics[0][0], answer.household, answer.county) == (slug, household, county)
    assert answer.answer


def test_her_own_county_is_asked_for_where_she_did_not_say_which(
    understanding: Understanding, today: date
) -> None:
    before = Before("subsidy.amount")

    asked = understanding.ask("俺县的呢", today=today, before=before)
    known = understanding.ask("俺县的呢", today=today, before=before, county="410423")

    assert asked.topics == (("smalltalk.whose", 1.0),)
    assert (known.topics[0][0], known.county) != ("smalltalk.whose", "")


@pytest.mark.parametrize(
    "text",
    [
        "谢谢",
        "今儿天气咋样",
        "墙歪了,人还在里头",
        "支书知道是我举报的了",
        "村会计收了俺五百块才给办",
    ],
)
def test_what_goes_on_from_nothing_is_what_it_is_alone(
    understanding: Understanding, today: date, text: str
) -> None:
    alone = understanding.ask(text, today=today)
    after = understanding.ask(text, today=today, before=Before("subsidy.amount"))

    assert (after.kind, after.topics) == (alone.kind, alone.topics)


def test_a_question_of_its_own_is_no_echo_of_the_one_before(
    understanding: Understanding, today: date
) -> None:
    answer = understanding.ask("鉴定要交钱不", today=today, before=Before("subsidy.amount"))

    assert answer.topics[0][0] == "grade.fee"


@pytest.mark.parametrize(
    "kept", ["", "x", "no topic", "a.b 16", "a.b 3 E", "a.b 3 D x", "a" * 9999]
)
def test_what_a_page_carried_and_was_tampered_with_is_nothing(kept: str) -> None:
    assert Before.of(kept) == NOTHING_BEFORE


def test_a_topic_that_is_gone_meanwhile_is_gone_on_from_by_nobody(
    understanding: Understanding, today: date
) -> None:
    assert understanding.ask("那C级的呢", today=today, before=Before("gone.away")).kind


def test_a_long_text_needs_nothing_before_it(understanding: Understanding) -> None:
    topic = understanding.content.topics["subsidy.amount"]
    near = (Match("subsidy.when-paid", 0.5),)

    assert next_of(near, topic, "啥时候给") == (Match("subsidy.when-paid", 0.7),)
    assert next_of(near, topic, "啥" * (SHORT + 1)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "那" * 5000,
        "呢?" * 2000,
        "县" * 3000,
        "c级d级" * 900,
        "😭",
        "<script>",
        "俺县的" * 999,
    ],
)
def test_whatever_comes_after_an_answer_is_an_outcome(
    understanding: Understanding, today: date, text: str
) -> None:
    assert understanding.ask(text, today=today, before=Before("subsidy.amount", D_OF_THREE)).kind


def test_what_she_said_of_her_household_is_not_asked_for_again(
    understanding: Understanding, today: date
) -> None:
    before = Before("subsidy.amount", D_OF_THREE)

    after = understanding.ask("能盖多大", today=today, county="410423", before=before)
    told = understanding.answer_for(
        "area.limits", today=today, county="410423", household=D_OF_THREE
    )

    assert (after.topics[0][0], after.answer) == ("area.limits", told.answer)
    assert after.answer != understanding.ask("能盖多大", today=today, county="410423").answer
