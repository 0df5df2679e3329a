"""What is learned is compared, in one run, with what learns nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casework.refusals import BadInput
from library.layers import Layers
from library.listening import WEIGHTS
from library.reading import load_content, load_understanding
from nlp.weights import Weights
from runtime.bench.cost import cost_of, with_many_times_the_topics
from runtime.bench.understanding import compared
from tests.offices import CONTENT_FOLDER, UNDERSTANDING


def test_topics_are_found_better_than_by_the_nearest_phrasing_or_by_words(tmp_path: Path) -> None:
    rows = (
        "area.limits\toblique\t家里四张嘴,盖几间才不犯规\n"
        "subsidy.amount|subsidy.not-enough\tplain\t翻盖一回国家给掏几个\n"
        "none\tfar\t火星上种啥\n"
    )
    (tmp_path / "questions.tsv").write_text(rows, "utf-8")

    found = compared(UNDERSTANDING, tmp_path, CONTENT_FOLDER / "jieba.txt")

    assert list(found) == ["learned", "nearest phrasing", "BM25 over words"]
    assert all(first.of == three.of == 2 for first, three in found.values())
    learned, *others = [three.right for _, three in found.values()]
    assert learned >= max(others)


def test_a_phrasing_is_found_by_all_of_them(tmp_path: Path) -> None:
    asked = UNDERSTANDING.content.topics["area.limits"].question
    (tmp_path / "questions.tsv").write_text(f"area.limits\tplain\t{asked}\n", "utf-8")

    found = compared(UNDERSTANDING, tmp_path, tmp_path / "no-words.txt")

    assert [first.right for first, _ in found.values()] == [1, 1, 1]


TODAY = date(2026, 11, 27)


def test_what_it_costs_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "questions.tsv").write_text("area.limits\tplain\t四口人能盖多大\n", "utf-8")
    (tmp_path / "messages.tsv").write_text("danger\tplain\t后墙要倒了,快来人\n", "utf-8")

    cost = cost_of(CONTENT_FOLDER, tmp_path, today=TODAY, county="410423")

    assert (cost.topics, cost.messages) == (len(UNDERSTANDING.content.topics), 2)
    # 99 where it was written; 145 with all of pypinyin and each feature's weights an object of their own.
    assert cost.memory < 120
    assert cost.ready > 0
    assert 0 < cost.mean <= cost.p95


def test_what_cannot_be_measured_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="没有量成"):
        cost_of(CONTENT_FOLDER, tmp_path / "none", today=TODAY, county="410423")


def test_many_times_the_topics_are_learned_and_answered_as_well(tmp_path: Path) -> None:
    copy = with_many_times_the_topics(CONTENT_FOLDER, 3, tmp_path / "copy")

    layers = Layers(copy)
    content = load_content(layers)
    topics = UNDERSTANDING.content.topics
    assert {*content.topics} == {*topics} | {f"{slug}-{n}" for slug in topics for n in (1, 2)}
    weights = Weights.unpacked((copy / "asking" / WEIGHTS).read_bytes())
    assert {*content.topics} < {*weights.kinds}
    asked = topics["area.limits"].question
    found = [m.slug for m in load_understanding(layers, content).near(f"{asked}2")]
    assert found[0] == "area.limits-2"
    assert {*found[:3]} == {"area.limits", "area.limits-1", "area.limits-2"}
