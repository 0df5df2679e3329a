"""What understanding costs: until it is ready, in memory, and a message. Each time in a process of its own, by

    python -m runtime.bench.cost <programme> <evaluation> <county> <today>

and of a programme with many times the topics, which is written beside it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from time import process_time
from typing import Any

from casework.refusals import BadInput
from library.layers import Layers
from library.listening import WEIGHTS
from library.reading import load_content, load_understanding, topic_rows
from library.written import as_toml
from nlp.faq import NOTHING
from nlp.listener import ELSEWHERE
from nlp.weights import Feature, Weights
from runtime.bench.understanding import lines_of

#: Longer than any of it takes, in seconds.
PATIENCE = 300.0


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU seconds from the start of the process until the first message is understood; megabytes (10^6)
    the process took at most; CPU milliseconds a message, in the mean and of 95 in 100; and of how many
    topics and messages."""

    ready: float
    memory: float
    mean: float
    p95: float
    topics: int
    messages: int


def cost_of(folder: Path, evaluation: Path, *, today: date, county: str) -> Cost:
    """Measured in a process of its own. Raises `BadInput` where that does not come to an end."""
    told = (str(folder), str(evaluation), county, today.isoformat())
    try:
        done = subprocess.run(  # noqa: S603  # our own module, no shell
            [sys.executable, "-m", "runtime.bench.cost", *told],
            capture_output=True, check=True, timeout=PATIENCE,
        )  # fmt: skip
    except subprocess.SubprocessError:
        raise BadInput(f"{folder} 读不出来,或者太慢,没有量成。") from None
    return Cost(**json.loads(done.stdout))


def with_many_times_the_topics(folder: Path, many: int, to: Path) -> Path:
    """A copy of the programme in which each topic stands so many times, each time with an ending of its
    own to its name and its words, and was learned as often."""
    copy = shutil.copytree(folder, to)
    again = [
        _again(row, n) for _, row in topic_rows(Layers(folder)).values() for n in range(1, many)
    ]
    (copy / "topics" / "again.toml").write_text(as_toml("topic", again), encoding="utf-8")
    learned = folder / "asking" / WEIGHTS
    if learned.exists():
        weights = _many_times(Weights.unpacked(learned.read_bytes()), many)
        (copy / "asking" / WEIGHTS).write_bytes(weights.packed())
    return copy


def _again(row: Mapping[str, Any], n: int) -> dict[str, Any]:
    asked = {"question": f"{row['question']}{n}", "variants": [f"{v}{n}" for v in row["variants"]]}
    return {k: v for k, v in row.items() if k != "role"} | asked | {"slug": f"{row['slug']}-{n}"}


def _many_times(weights: Weights, many: int) -> Weights:
    """Every topic again and again behind the last, and every feature telling of each."""
    kinds, bias = list(weights.kinds), list(weights.bias)
    of_topics = [at for at, kind in enumerate(kinds) if kind not in (NOTHING, ELSEWHERE)]
    place = {(at, 0): at for at in range(len(kinds))}
    for n in range(1, many):
        for at in of_topics:
            place[at, n] = len(kinds)
            kinds.append(f"{weights.kinds[at]}-{n}")
            bias.append(weights.bias[at])
    features = (
        Feature(
            name=name, seldom=weights.seldom[at],
            told=[
                (place[kind, n], units)
                for n in range(many) for kind, units in weights.told(at) if (kind, n) in place
            ],
        )
        for name, at in weights.numbers.items()
    )  # fmt: skip
    return Weights.of(
        features, kinds=kinds, bias=bias, step=weights.step, learned_from=weights.learned_from
    )


def _measure(folder: Path, evaluation: Path, county: str, today: date) -> Cost:
    layers = Layers(folder)
    content = load_content(layers)
    knows = load_understanding(layers, content)
    texts = list(lines_of(evaluation))
    knows.ask(texts[0], today=today, county=county)
    ready, took = process_time(), []
    for text in texts:
        begun = process_time()
        knows.ask(text, today=today, county=county)
        took.append(1000 * (process_time() - begun))
    took.sort()
    return Cost(
        ready=ready, memory=_most_memory(), mean=sum(took) / len(took), p95=took[int(0.95 * len(took))],
        topics=len(content.topics), messages=len(took),
    )  # fmt: skip


def _most_memory() -> float:
    """Megabytes (proc(5); `ru_maxrss` of a new process begins with what its parent had)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [kilobytes] = re.findall(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
    return int(kilobytes) * 1024 / 1e6


if __name__ == "__main__":
    programme, sets, where, when = sys.argv[1:]
    found = _measure(Path(programme), Path(sets), where, date.fromisoformat(when))
    print(json.dumps(asdict(found)))
