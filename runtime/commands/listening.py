"""`listening`: learn from the lines people wrote, and say how well what was learned hears others."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.table import Table

from casework.refusals import BadInput
from library import listening as kept
from library.layers import Layers
from library.reading import load_content
from nlp.listener import Listener
from nlp.training import SEED, Line, learned
from nlp.triage import SURE
from nlp.words import Concepts, normalise
from runtime.commands.common import console
from runtime.settings import load_settings

listening = typer.Typer(no_args_is_help=True)

#: Each line is heard once by a listener that has not learned from it.
FOLDS = 5


@listening.command("learn")
def learn(
    tried: Annotated[bool, typer.Option("--tried", help="先分五份轮着试,说听得准不准")] = False,
) -> None:
    """从 listening/*.tsv 学一遍,把结果写在旁边(weights.xz)。同样的句子,学出来一个字节也不差。"""
    folder = load_settings().content
    concepts = Concepts(load_content(Layers(folder)).concepts)
    lines = kept.lines(folder)
    if not lines:
        raise BadInput(f"{folder / kept.FOLDER} 里没有句子(*.tsv),没有可学的。")
    if tried:
        _show(lines, concepts)
    path = kept.keep(folder, learned(lines, concepts.of))
    console.print(f"学了 {len(lines)} 句,写在 {path}({path.stat().st_size // 1024} kB)。")


def _show(lines: Sequence[Line], concepts: Concepts) -> None:
    sizes, right, wrong = Counter(line.kind for line in lines), Counter[str](), Counter[str]()
    for line, listener in _heard_by_others(lines, concepts):
        heard = listener.loudest(normalise(line.text))
        for kind, sure in SURE.items():
            if heard.get(kind, 0.0) >= sure:
                (right if kind == line.kind else wrong)[kind] += 1
    table = Table("种类", "句数", "听出来", "别的句子错听成它")
    for kind in SURE:
        others = len(lines) - sizes[kind]
        share = right[kind] / max(1, sizes[kind])
        table.add_row(kind, str(sizes[kind]), f"{share:.2f}", f"{wrong[kind] / others:.3f}")
    console.print(table)


def _heard_by_others(lines: Sequence[Line], concepts: Concepts) -> Iterator[tuple[Line, Listener]]:
    shuffled = random.Random(SEED).sample(lines, len(lines))  # noqa: S311 - no secret
    for fold in range(FOLDS):
        others = [line for at, line in enumerate(shuffled) if at % FOLDS != fold]
        listener = Listener(learned(others, concepts.of), concepts.of)
        yield from ((line, listener) for line in shuffled[fold::FOLDS])
