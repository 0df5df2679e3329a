"""The 85 utterances and 20 reports of the domain reference: floors, so that nothing gets worse.

The word lists and phrasings were written by people who had read these lines, so the counts say
that nothing broke. They do not say how well unseen villagers are understood.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from casework.tickets import Kind
from nlp.understanding import Answer, Understanding

FIXTURES = Path(__file__).parents[1] / "fixtures"
UTTERANCES = 85
UTTERANCES_RIGHT = 78
REPORTS_RIGHT = 17

CLUE, QUALITY, SERVICE, URGENT = Kind.CLUE, Kind.QUALITY, Kind.SERVICE, Kind.URGENT

#: The kinds that fit each report; two where it tells of both (a forced builder and a bad house).
REPORT_KINDS: tuple[frozenset[Kind], ...] = tuple(
    map(
        frozenset,
        (
            {CLUE}, {CLUE}, {CLUE}, {CLUE}, {QUALITY},
            {CLUE, QUALITY}, {QUALITY}, {SERVICE, CLUE}, {SERVICE, CLUE}, {CLUE},
            {CLUE}, {QUALITY}, {URGENT}, {CLUE}, {CLUE},
            {CLUE}, {SERVICE, CLUE}, {CLUE}, {CLUE}, {CLUE},
        ),
    )
)  # fmt: skip


def utterances() -> list[tuple[str, str, str]]:
    lines = (FIXTURES / "utterances.tsv").read_text(encoding="utf-8").splitlines()
    return [(number, text, label) for number, text, label in (line.split("\t") for line in lines)]


def is_right(answer: Answer, label: str) -> bool:
    """Whether the labelled outcome came out; a menu counts when it leads with the topic."""
    first = answer.topics[0][0] if answer.topics else ""
    if label == "out-of-domain":
        return answer.kind in ("unknown", "smalltalk") or first.startswith("elsewhere.")
    if label == "report":
        return answer.kind == "report" or "report" in answer.also
    if label == "grade.urgent":
        return answer.kind == "urgent"
    if label == "report.how":
        return answer.kind == "report" or first == label
    if label == "bot.human":
        return answer.kind == "human" or first == label
    return first == label and answer.kind in {"answer", "choices", "retaliation"}


def test_all_utterances_are_there() -> None:
    assert len(utterances()) == UTTERANCES


def test_most_utterances_have_the_labelled_outcome(
    understanding: Understanding, today: date
) -> None:
    misses = []
    for number, text, label in utterances():
        answer = understanding.ask(text, today=today)
        if not is_right(answer, label):
            misses.append(f"{number} {text} | {label} | {answer.kind} {answer.topics[:2]}")

    assert UTTERANCES - len(misses) >= UTTERANCES_RIGHT, "\n".join(misses)


def test_most_reports_are_of_the_right_kind(understanding: Understanding, today: date) -> None:
    reports = (FIXTURES / "reports.txt").read_text(encoding="utf-8").splitlines()
    misses = []
    for number, (text, fitting) in enumerate(zip(reports, REPORT_KINDS, strict=True), 1):
        kind = understanding.facts(text, today=today).kind
        if kind not in fitting:
            misses.append(f"R{number} {kind}, not {sorted(fitting)}")

    assert len(reports) - len(misses) >= REPORTS_RIGHT, "\n".join(misses)


@pytest.mark.parametrize("number", [5, 12])
def test_a_report_of_bad_work_is_about_the_builder(
    understanding: Understanding, today: date, number: int
) -> None:
    reports = (FIXTURES / "reports.txt").read_text(encoding="utf-8").splitlines()

    assert "contractor" in {
        each.role for each in understanding.facts(reports[number - 1], today=today).accused
    }


def test_the_threat_among_the_reports_is_an_alarm(
    understanding: Understanding, today: date
) -> None:
    reports = (FIXTURES / "reports.txt").read_text(encoding="utf-8").splitlines()

    assert understanding.ask(reports[18], today=today).kind == "retaliation"
