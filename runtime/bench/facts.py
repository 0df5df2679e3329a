"""How well the facts of a story are read: reports with what a reader found in them, and petitions of
citizens about other things, in which next to nothing should be found.

`reports.jsonl`: `text`, `style`, `kind`, `categories` (the best first), `county`, `accused` (roles),
`amounts` (yuan), `times` and `identity` (parts of the text). `petitions.jsonl`: `text`, `amounts`, `county`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from casework.refusals import BadInput
from casework.reports import Facts
from nlp.understanding import Understanding
from runtime.bench.understanding import ALARMS, Figures, outcomes

REPORTS, PETITIONS = "reports.jsonl", "petitions.jsonl"
#: So many categories are shown to who sorts a report.
SHOWN = 3


def measured_facts(found: Figures, knows: Understanding, folder: Path, *, today: date) -> None:
    """Every line of both files read once, counted into `found`; nothing where they are not there."""
    for row in rows(folder / REPORTS):
        _report(found, knows, row, knows.facts(row["text"], today=today))
    for row in rows(folder / PETITIONS):
        facts = knows.facts(row["text"], today=today)
        alarm = bool(outcomes(knows.ask(row["text"], today=today)) & ALARMS)
        wrong = {
            "petitions: an alarm": alarm,
            "petitions: wrong county": _county(knows, facts) != row["county"],
            "petitions: wrong sums": _sums(row) != facts.amounts,
        }
        for name, is_wrong in wrong.items():
            found.count(name, "petition", is_wrong)


def _report(found: Figures, knows: Understanding, row: Mapping[str, Any], facts: Facts) -> None:
    categories = [category for category, _ in facts.categories]
    kind = facts.kind.value if facts.kind else ""
    right = {
        "report kind": kind == row["kind"],
        "category first": categories[:1] != [] and categories[0] in row["categories"],
        "category in three": bool({*categories[:SHOWN]} & {*row["categories"]}),
        "county": _county(knows, facts) == row["county"],
        "who, all of them": {*row["accused"]} <= {each.role for each in facts.accused},
        "who, nobody else": {each.role for each in facts.accused} <= {*row["accused"]},
        "sums": _sums(row) == facts.amounts,
        "times": _covered(row["times"], [_as_spoken(each) for each in facts.dates])
        and bool(row["times"]) == bool(facts.dates),
    }
    for name, is_right in right.items():
        found.count(name, row["style"], is_right)
    for part in row["identity"]:
        found.count("identity words", row["style"], _covered([part], facts.identity))


def _county(knows: Understanding, facts: Facts) -> str:
    return knows.gazetteer.name(facts.place.county) if facts.place.county else ""


def _sums(row: Mapping[str, Any]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(row["amounts"]))


def _covered(parts: Sequence[str], found: Sequence[str]) -> bool:
    """Whether each part is in something found, or has it in itself."""
    return all(any(part in each or each in part for each in found) for part in parts)


def _as_spoken(found: str) -> str:
    """A month that is given as 2023-05 is 2023年5月."""
    year, dash, month = found.partition("-")
    return f"{year}年{int(month)}月" if dash and year.isdigit() and month.isdigit() else found


def rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The objects of a file, one a line. Raises `BadInput` naming the line that is none."""
    if not path.exists():
        return
    for at, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
        except ValueError:
            raise BadInput(f"{path.name} 第{at}行不是一个 JSON 对象。") from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise BadInput(f"{path.name} 第{at}行没有 text。")
        yield row
