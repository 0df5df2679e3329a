"""`listening`: learn from the lines people wrote, and say how well what was learned hears others."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer
from rich.table import Table

from library.layers import Layers
from library.listening import OTHER, Lessons, lessons
from library.reading import load_content
from nlp.blame import NAMED, NOBODY
from nlp.training import SEED, Line
from nlp.triage import SURE
from runtime.commands.common import console
from runtime.settings import load_settings

listening = typer.Typer(no_args_is_help=True)

#: Each line is heard once by a listener that has not learned from it.
FOLDS = 5

Heard = Iterator[tuple[Line, Mapping[str, float]]]


@listening.command("learn")
def learn(
    tried: Annotated[bool, typer.Option("--tried", help="先分五份轮着试,说听得准不准")] = False,
) -> None:
    """从 listening/*.tsv(是什么话)、asking/*.tsv 和每条题的问法(问的是哪一条)、sorting/*.tsv(反映的是哪一类)、
    whom/*.tsv(说的是谁)各学一遍,写在旁边(weights.z)。同样的句子,学出来一个字节也不差。"""
    layers = Layers(load_settings().content)
    content = load_content(layers)
    for name, each in lessons(layers, content, layers.theirs("triage.toml")).items():
        lines = each.lines()
        if not lines:
            console.print(f"{each.folder} 里没有句子(*.tsv),没学。")
            continue
        if tried:
            SHOWN[name](lines, _heard_by_others(each, lines))
        path = each.keep(each.teach(lines))
        console.print(f"学了 {len(lines)} 句,写在 {path}({path.stat().st_size // 1024} kB)。")


def _show_kinds(lines: Sequence[Line], heard: Heard) -> None:
    sizes, right, wrong = Counter(line.kind for line in lines), Counter[str](), Counter[str]()
    for line, likely in heard:
        for kind, sure in SURE.items():
            if likely.get(kind, 0.0) >= sure:
                (right if kind == line.kind else wrong)[kind] += 1
    table = Table("种类", "句数", "听出来", "别的句子错听成它")
    for kind in SURE:
        others = len(lines) - sizes[kind]
        share = right[kind] / max(1, sizes[kind])
        table.add_row(kind, str(sizes[kind]), f"{share:.2f}", f"{wrong[kind] / others:.3f}")
    console.print(table)


def _show_sorted(lines: Sequence[Line], heard: Heard) -> None:
    """Topics and categories: a text that stands under two is right under either."""
    told: dict[str, set[str]] = {}
    for line in lines:
        told.setdefault(line.text, set()).add(line.kind)
    first, three, of = Counter[str](), Counter[str](), Counter[str]()
    for line, likely in heard:
        ranked = sorted(likely, key=lambda kind: -likely[kind])
        of[line.kind] += 1
        first[line.kind] += ranked[0] in told[line.text]
        three[line.kind] += bool({*ranked[:3]} & told[line.text])
    table = Table("哪一条", "句数", "头一个对", "前三个里有")
    for kind, count in sorted(of.items(), key=lambda each: each[0] == OTHER):
        table.add_row(kind, str(count), f"{first[kind] / count:.2f}", f"{three[kind] / count:.2f}")
    whole = of.total()
    table.add_row("", str(whole), f"{first.total() / whole:.2f}", f"{three.total() / whole:.2f}")
    console.print(table)


def _show_whom(lines: Sequence[Line], heard: Heard) -> None:
    everybody, nobody_else = Counter[bool](), Counter[bool]()
    for line, likely in heard:
        did = {*line.kind.split(",")} - {NOBODY}
        named = {role for role, share in likely.items() if share >= NAMED}
        everybody[did <= named] += 1
        nobody_else[named <= did] += 1
    table = Table("说的是谁", "句数", "一个不漏", "一个不多")
    shares = (f"{each[True] / len(lines):.2f}" for each in (everybody, nobody_else))
    table.add_row("", str(len(lines)), *shares)
    console.print(table)


SHOWN = {
    "kinds": _show_kinds, "topics": _show_sorted, "categories": _show_sorted, "whom": _show_whom,
}  # fmt: skip


def _heard_by_others(lessons: Lessons, lines: Sequence[Line]) -> Heard:
    texts = sorted({line.text for line in lines})
    random.Random(SEED).shuffle(texts)  # noqa: S311 - no secret
    fold_of = {text: at % FOLDS for at, text in enumerate(texts)}
    for fold in range(FOLDS):
        weights = lessons.teach([line for line in lines if fold_of[line.text] != fold])
        for line in lines:
            if fold_of[line.text] == fold:
                yield line, lessons.hear(weights, line.text)
