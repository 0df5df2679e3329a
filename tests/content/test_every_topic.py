"""Whoever asks whatever we know of, from whichever county and in whichever year, can act on the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.dialogues.asking import said
from casework.county import PHONE, County
from nlp.understanding import Understanding
from tests.offices import CONTENT, UNDERSTANDING

#: A county that entered two of its facts; its neighbour entered all, most entered none.
FULL, HALF, EMPTY = "410423", "410422", "410421"
COUNTIES = {
    **CONTENT.counties,
    HALF: County(
        code=HALF,
        facts={k: CONTENT.counties[FULL].facts[k] for k in ("area", "area_each", "papers")},
    ),
}
KNOWS = Understanding(
    replace(CONTENT, counties=COUNTIES),
    UNDERSTANDING.gazetteer,
    UNDERSTANDING._faq,
    UNDERSTANDING.lexicon,
)
#: A page of 360 by 740 shows about 26 lines of 17 letters, and something must be left for the buttons.
LINES, LETTERS = 22, 17

ASKED = [
    pytest.param(slug, county, day, id=f"{slug} {county or 'nowhere'} {day.year}")
    for slug in CONTENT.topics
    for county in ("", FULL, HALF, EMPTY)
    for day in (date(2019, 5, 6), date(2026, 11, 26))
]


def lines_of(text: str) -> int:
    return sum(-(-len(line) // LETTERS) for line in text.split("\n"))


@pytest.mark.parametrize(("slug", "county", "day"), ASKED)
def test_the_answer_says_something_sure_what_to_do_and_where_it_stands(
    slug: str, county: str, day: date
) -> None:
    answer = KNOWS.answer_for(slug, today=day, county=county)
    whole, topic = said(KNOWS, answer), CONTENT.topics[slug]

    assert answer.helpful
    assert "没有核实" not in whole
    assert "怎么办:①" in whole
    assert f"(依据:{answer.source}" in whole
    assert answer.source
    assert lines_of(whole) <= LINES, whole
    if day.year >= 2026:
        assert re.search(r"20\d\d年\d{1,2}月核对\)", whole)
    else:
        assert "核对" not in whole.rsplit("\n", 1)[-1]
        assert not [e for e in topic.examples if e in whole and e[e.index("20") :][:4] > "2019"]


@pytest.mark.parametrize(
    "over", [{"status": "draft"}, {"valid_to": date(2025, 12, 31)}, {"source": ""}], ids=str
)
def test_a_text_that_may_not_be_shown_is_none_and_programs_are_told_so(
    over: dict[str, object],
) -> None:
    """As policy staff withdraw one, or its day passes."""
    topics = {**CONTENT.topics}
    topics["apply.fee"] = replace(topics["apply.fee"], **over)  # type: ignore[arg-type]
    knows = Understanding(
        replace(CONTENT, topics=topics),
        UNDERSTANDING.gazetteer,
        UNDERSTANDING._faq,
        UNDERSTANDING.lexicon,
    )
    record = knows.answer_for("apply.fee", today=date(2026, 11, 26)).record("要交钱不")

    assert (record["source"], record["helpful"]) == (None, False)
    assert CONTENT.topics["apply.fee"].answer not in str(record["answer"])


@pytest.mark.parametrize("slug", [t.slug for t in CONTENT.topics.values() if PHONE in t.needs])
def test_a_registered_phone_is_spoken(slug: str) -> None:
    phone = CONTENT.county(FULL).words("phone", date(2026, 11, 26))
    assert phone
    assert phone in KNOWS.answer_for(slug, today=date(2026, 11, 26), county=FULL).answer


@pytest.mark.parametrize("name", ["area", "papers"])
def test_what_a_county_decided_stands_where_it_is_known_and_examples_where_not(name: str) -> None:
    (topic,) = [t for t in CONTENT.topics.values() if t.needs[:1] == (name,) and t.examples]
    today = date(2026, 11, 26)
    fact = CONTENT.county(FULL).told((name,), today, CONTENT.texts)[0].text
    half = KNOWS.answer_for(topic.slug, today=today, county=HALF).answer
    empty = KNOWS.answer_for(topic.slug, today=today, county=EMPTY).answer

    assert fact in half
    assert not any(example in half for example in topic.examples)
    assert fact not in empty
    assert all(example in empty for example in topic.examples)
    assert UNDERSTANDING.gazetteer.name(EMPTY) in empty


@pytest.mark.parametrize("topic", CONTENT.topics.values(), ids=lambda t: t.slug)
def test_what_is_sure_is_short_and_no_step_is_only_an_office_word(topic: object) -> None:
    kept = CONTENT.topics[topic.slug]  # type: ignore[attr-defined]
    assert len(kept.answer) <= 120
    assert 1 <= len(kept.steps) <= 2
    assert all(4 <= len(step) <= 40 for step in kept.steps)
    office_words = ("依申请公开", "主体责任", "竣工", "承揽", "诉求", "核准", "予以", "责令")
    assert [w for w in office_words if w in kept.answer + "".join(kept.steps)] == []


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("四口人能盖多大", "您家4口人,每人18平方米,最多盖72平方米"),
        ("俺和俺娘能盖多大的房", "您家2口人,最多盖50平方米"),
        ("三口之家盖房面积有啥限制", "您家3口人,最多盖60平方米"),
        ("C级贫困户补多少", "C级修房,一户最多补8000元"),
        ("俺娘俩D级重建补几个钱", "D级重盖,您家2口人,最多补2.6万元"),
        ("俺一个人,推倒重盖给多少钱", "D级重盖,您家1口人,最多补2万元"),
        ("一家七口D级能补多少", "D级重盖,您家7口人,最多补3.2万元"),
    ],
)
def test_who_tells_of_her_household_is_told_her_own_number_and_no_other(
    asked: str, says: str
) -> None:
    answer = KNOWS.ask(asked, today=date(2026, 11, 26), county=FULL)

    assert any(says in line for line in answer.parts.decided), answer.answer
    kinds = ("平方米", "C级", "D级")
    assert sum(any(kind in line for kind in kinds) for line in answer.parts.decided) == 1


@pytest.mark.parametrize(
    "asked",
    [
        "补多少钱",
        "俺俩弟兄,他家四口人俺家三口人,补多少",
        "C级D级分别补多少",
        "82岁老人补多少",
        "三间房补多少",
    ],
)
def test_who_does_not_tell_it_clearly_is_told_all_of_it(asked: str) -> None:
    answer = KNOWS.ask(asked, today=date(2026, 11, 26), county=FULL)

    if answer.kind == "answer" and answer.topics[0][0] == "subsidy.amount":
        assert "1人户2万元,2人户2.6万元,3人和3人以上3.2万元" in answer.answer
