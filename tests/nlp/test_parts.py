"""An answer is kept in parts: a page lays them out, a talk says the same as one text."""

from __future__ import annotations

from datetime import date

import pytest

from casework.content import Content
from nlp.parts import Parts
from nlp.understanding import Understanding

NOW = date(2026, 11, 26)
LUSHAN, EMPTY = "410423", "410421"


@pytest.mark.parametrize("county", ["", LUSHAN, EMPTY])
def test_the_text_is_the_parts_and_holds_each_of_them(
    understanding: Understanding, content: Content, county: str
) -> None:
    for slug in content.topics:
        answer = understanding.answer_for(slug, today=NOW, county=county)
        parts = answer.parts

        assert answer.answer == parts.said(content.texts)
        told = (parts.sure, parts.before, parts.phone, *parts.decided, *parts.examples)
        assert all(each in answer.answer for each in (*told, *parts.steps)), slug


def test_what_to_do_is_one_line_a_step(understanding: Understanding) -> None:
    answer = understanding.answer_for("subsidy.amount", today=NOW, county=LUSHAN)
    first, second = answer.parts.steps

    assert f"怎么办:①{first}。\n②{second}。" in answer.answer


def test_other_places_are_told_of_only_where_the_county_is_not_known(
    understanding: Understanding,
) -> None:
    parts = {
        county: understanding.answer_for("subsidy.amount", today=NOW, county=county).parts
        for county in ("", LUSHAN, EMPTY)
    }

    assert [bool(p.decided) for p in parts.values()] == [False, True, False]
    assert [bool(p.examples) for p in parts.values()] == [True, False, True]
    assert [p.silent for p in parts.values()] == [False, True, True]
    assert [p.phone for p in parts.values()] == ["", "0375-0000423", ""]
    assert [bool(p.nearer) for p in parts.values()] == [True, False, False]


def test_nothing_is_said_of_a_part_that_is_empty(content: Content) -> None:
    assert Parts(sure="不用还。").said(content.texts) == "不用还。"
