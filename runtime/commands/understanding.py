"""`ask` and `triage`: what the product understands, in words, or one JSON object a line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.pages.facts import fact_lines
from casework.refusals import BadInput
from casework.reports import Facts
from library.live import Live
from nlp.understanding import Understanding
from runtime.commands.common import console, day, lines, show_json
from runtime.settings import load_settings
from runtime.wiring import place_of

File = Annotated[Path | None, typer.Option("--file", help="一行一句;- 是标准输入")]
CountyCode = Annotated[str, typer.Option("--county", help="问的人是哪个县的,县的6位代码")]
Today = Annotated[str | None, typer.Option("--today", help="当作哪一天,如 2026-11-23")]
Json = Annotated[bool, typer.Option("--json", help="每行一个 JSON")]


def _knows() -> Understanding:
    return Live(place_of(load_settings())).understanding()


def ask(
    text: Annotated[str | None, typer.Argument()] = None,
    file: File = None,
    county: CountyCode = "",
    today: Today = None,
    as_json: Json = False,
) -> None:
    knows, on = _knows(), day(today)
    if county and not (len(county) == 6 and county in knows.gazetteer):
        raise BadInput(f"没有 {county[:20]} 这个县。写县的6位地区代码。")
    for line in lines(text, file):
        answer = knows.ask(line, today=on, county=county)
        if as_json or file:
            show_json(answer.record(line))
        else:
            console.print(answer.answer or f"({answer.kind})", markup=False, soft_wrap=True)
            if answer.source:
                texts = knows.content.texts
                told = texts("page.answer.source", source=answer.source, checked="")
                console.print(f"({told})", markup=False, soft_wrap=True)
            for slug, score in answer.topics[:3]:
                console.print(f"  {slug} {score:.2f}", style="dim")


def triage(
    text: Annotated[str | None, typer.Argument()] = None,
    file: File = None,
    today: Today = None,
    as_json: Json = False,
) -> None:
    knows, on = _knows(), day(today)
    for line in lines(text, file):
        facts = knows.facts(line, today=on)
        record = _record(line, facts, knows)
        if as_json or file:
            show_json(record)
            continue
        category = knows.content.categories.get(facts.category, facts.category)
        console.print(f"{facts.kind.label}:{category}" if facts.kind else "(none)", markup=False)
        more = {"place_code": facts.place.code, "evidence": list(facts.evidence)}
        for label, words in fact_lines({**record, **more}, knows):
            console.print(f"{label}:{words}", markup=False, soft_wrap=True)


def _record(line: str, facts: Facts, knows: Understanding) -> dict[str, object]:
    """What was found, as a program reads it, by ids and codes."""
    texts = knows.content.texts
    return {
        "text": line,
        "kind": facts.kind.value if facts.kind else "none",
        "categories": [{"id": c, "score": s} for c, s in facts.categories],
        "place": {
            "county": facts.place.county,
            "township": facts.place.township,
            "village": facts.place.village,
            "code": facts.place.code,
        },
        "accused": [
            {
                "role": each.role,
                "label": texts(f"role.{each.role}") if each.role else "",
                "name": each.name,
                "unit": each.unit,
                "words": each.words,
            }
            for each in facts.accused
        ],
        "amounts": list(facts.amounts),
        "dates": list(facts.dates),
        "people": facts.people,
        "identity": list(facts.identity),
        "missing": list(facts.missing),
    }
