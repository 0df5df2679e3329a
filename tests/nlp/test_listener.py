"""What kind of message it is, learned from lines: the same from the same, honest where it knows nothing."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from casework.refusals import BadInput
from library.layers import Layers
from library.listening import Lessons, lessons
from nlp.listener import KINDS, Listener, Weights
from nlp.training import Line, digest, learned
from nlp.understanding import Understanding
from nlp.words import bare
from runtime.bench.facts import PETITIONS, REPORTS, measured_facts, rows
from runtime.bench.understanding import lines_of, measured
from tests.offices import CONTENT, CONTENT_FOLDER

EVALUATION = Path(__file__).parents[1] / "evaluation"
#: What was measured when the lines were last learned from; see `xiangsheng bench understanding`.
MEASURED = json.loads((EVALUATION / "figures.json").read_text(encoding="utf-8"))
#: A figure that falls by more is a step back.
SLACK = 0.02

FEW = (
    *(Line(text=f"墙{each}了,快来人", kind="danger") for each in ("歪", "裂", "倒", "响", "鼓")),
    *(Line(text=f"{each}多少钱", kind="question") for each in ("补", "给", "交", "发", "扣")),
)


def of_kinds(folder: Path) -> Lessons:
    return replace(SHIPPED[0], folder=folder)


def none_of(text: str) -> list[str]:
    return []


LAYERS = Layers(CONTENT_FOLDER)
SHIPPED = tuple(lessons(LAYERS, CONTENT, LAYERS.theirs("triage.toml")).values())


@pytest.mark.parametrize("lessons", SHIPPED, ids=lambda each: each.folder.name)
def test_the_weights_that_are_shipped_were_learned_from_the_lines_that_are_shipped(
    lessons: Lessons,
) -> None:
    weights = lessons.weights()
    assert weights
    assert weights.learned_from == digest(lessons.lines()), (
        "the lines changed: run `xiangsheng listening learn`"
    )


def test_the_same_lines_teach_the_same_to_the_byte_in_whatever_order_they_stand() -> None:
    once, again = learned(FEW, none_of), learned(FEW[::-1], none_of)

    assert once.packed() == again.packed()
    assert Weights.unpacked(once.packed()) == once


def test_what_was_learned_is_heard_and_the_shares_are_one() -> None:
    heard = Listener(learned(FEW, none_of), none_of).hear("山墙歪了,快来人")

    assert max(heard, key=lambda kind: heard[kind]) == "danger"
    assert set(heard) == set(KINDS)
    assert sum(heard.values()) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "  ", "。。。", "\u200b", "😭"])
def test_nothing_is_heard_in_nothing(text: str) -> None:
    assert Listener(learned(FEW, none_of), none_of).loudest(text) == {}


def test_a_folder_without_lines_hears_nothing_and_one_with_a_broken_file_says_what_to_do(
    tmp_path: Path,
) -> None:
    assert of_kinds(tmp_path / "listening").weights() is None
    assert Listener(None, none_of).loudest("房子要塌了") == {}

    (tmp_path / "listening").mkdir()
    for broken in (b"", b"no archive", zlib.compress(b"[]"), zlib.compress(b"{}" * 40)):
        (tmp_path / "listening" / "weights.z").write_bytes(broken)
        with pytest.raises(BadInput, match="xiangsheng listening learn"):
            of_kinds(tmp_path / "listening").weights()


@pytest.mark.parametrize("row", ["danger 墙歪了", "peril\t墙歪了", "danger\t", "danger\t  "])
def test_a_line_that_is_none_is_named_by_file_and_line(tmp_path: Path, row: str) -> None:
    (tmp_path / "listening").mkdir()
    (tmp_path / "listening" / "mine.tsv").write_text(f"# mine\ndanger\t墙歪了\n{row}\n", "utf-8")

    with pytest.raises(BadInput, match=r"mine\.tsv 第3行"):
        of_kinds(tmp_path / "listening").lines()


def test_nothing_is_learned_from_what_is_measured_nor_from_near_copies_of_it() -> None:
    reports = [row["text"] for name in (REPORTS, PETITIONS) for row in rows(EVALUATION / name)]
    taught = [pairs_of(line.text) for lessons in SHIPPED for line in lessons.lines()]
    having = defaultdict[str, list[int]](list)
    for at, pairs in enumerate(taught):
        for pair in pairs:
            having[pair].append(at)

    def copied(text: str) -> bool:
        pairs = pairs_of(text)
        beside = {at for pair in pairs for at in having.get(pair, ())}
        return any(alike(pairs, taught[at]) for at in beside)

    assert [text for text in (*lines_of(EVALUATION), *reports) if copied(text)] == []


def pairs_of(text: str) -> frozenset[str]:
    kept = bare(text)
    return frozenset(kept[i : i + 2] for i in range(len(kept) - 1))


def alike(a: frozenset[str], b: frozenset[str]) -> bool:
    return len(a & b) > 0.6 * len(a | b)


def test_no_figure_of_the_evaluation_falls_behind_what_was_measured(
    understanding: Understanding,
) -> None:
    today = date(2026, 11, 26)
    figures = measured(understanding, EVALUATION, today=today, county="410423")
    measured_facts(figures, understanding, EVALUATION, today=today)
    found = figures.values()

    worse = {
        "false alarms", "asked about an alarm that is none", "wrong, and not said to be a guess",
        "far, and told one of our rules", "near, and told one of our rules",
        "petitions: an alarm", "petitions: wrong county", "petitions: wrong sums",
    }  # fmt: skip
    fallen = {
        name: (value, found[name])
        for name, value in MEASURED.items()
        if (found[name] - value if name in worse else value - found[name]) > SLACK
    }
    assert fallen == {}
