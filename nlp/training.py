"""Learning the listener's weights from labelled lines: softmax regression, the same from the same lines."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from nlp.listener import KINDS, LONGEST, ConceptsOf, features
from nlp.weights import STEPS, Feature, Weights, softmax

#: How unlikely a kind must be not to be looked at.
NOTHING = 1e-3
#: How sharply sums tell kinds apart.
SHARP = 6.0
#: Weights smaller than this share of the greatest are left out.
LEAST = 0.012
#: And of each the units that are fewer.
TOLD = 2
SEED = 20190423


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often all lines are gone through, how far a step goes, and of how many lines a feature tells
    something."""

    rounds: int
    rate: float
    fewest: int = 2


#: Who goes on in small steps is less sure of more; for few kinds of many lines each that is better, by a half
#: in a hundred of lines left out, and what only two lines have in common tells nothing there and fills a
#: third. Of many kinds with few lines each ordinary words are hardly learned so.
GENTLE, BRISK = Pace(rounds=6, rate=0.4, fewest=3), Pace(rounds=4, rate=1.0)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line somebody wrote, and what it is."""

    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Example:
    """What something has, and what it is."""

    kind: str
    features: frozenset[str]


def learned(
    lines: Sequence[Line],
    concepts: ConceptsOf,
    kinds: Sequence[str] = KINDS,
    longest: int = LONGEST,
    pace: Pace = BRISK,
) -> Weights:
    """Weights that tell which of `kinds` these lines are."""
    examples = [
        Example(kind=line.kind, features=features(line.text, concepts, longest))
        for line in in_order(lines)
    ]
    return learned_of(examples, kinds, digest(lines), pace)


def in_order(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (line.kind, line.text))


def learned_of(
    examples: Sequence[Example], kinds: Sequence[str], learned_from: str, pace: Pace = BRISK
) -> Weights:
    """Weights that tell which of `kinds` these examples are, each kind counted alike up to a square root."""
    often = Counter(name for each in examples for name in each.features)
    known = {
        name: seldom(count, len(examples)) for name, count in often.items() if count >= pace.fewest
    }
    sizes = Counter(each.kind for each in examples)
    mean = len(examples) / max(1, len(sizes))
    rows = [
        (
            kinds.index(each.kind),
            math.sqrt(mean / sizes[each.kind]),
            names := sorted(name for name in each.features if name in known),
            1 / math.sqrt(sum(known[name] ** 2 for name in names)),
        )
        for each in examples
        if any(name in known for name in each.features)
    ]
    added = {name: [0.0] * len(kinds) for name in sorted(known)}  # to each kind, where it is found
    seen = {name: 1.0 for name in known}
    bias = [0.0] * len(kinds)
    chance = random.Random(SEED)  # noqa: S311 - the same order each time
    for _ in range(pace.rounds):
        chance.shuffle(rows)
        for kind, counts, names, worth in rows:
            found = [added[name] for name in names]
            sums = map(sum, zip(*found, strict=True))
            shares = softmax([b + s * SHARP * worth for b, s in zip(bias, sums, strict=True)])
            shares[kind] -= 1.0
            steps = [
                (at, share * counts) for at, share in enumerate(shares) if abs(share) > NOTHING
            ]
            size = sum(step * step for _, step in steps) * worth * worth
            for name, each in zip(names, found, strict=True):
                said = known[name]
                seen[name] += size * said * said * SHARP
                rate = pace.rate * worth * said * said / math.sqrt(seen[name])
                for at, step in steps:
                    each[at] -= rate * step
            for at, step in steps:
                bias[at] -= 0.01 * step
    return _in_units(added, known, bias, kinds, learned_from)


def seldom(count: int, of: int) -> int:
    """How much a feature of so many lines tells, in tenths (Spärck Jones 1972, smoothed)."""
    return round(10 * (math.log((1 + of) / (1 + count)) + 1))


def _in_units(
    added: Mapping[str, Sequence[float]], known: Mapping[str, int], bias: Sequence[float],
    kinds: Sequence[str], learned_from: str,
) -> Weights:  # fmt: skip
    """What each feature adds, in whole units."""
    greatest = max((abs(each) for row in added.values() for each in row), default=1.0) or 1.0
    step = greatest / STEPS
    features = (
        Feature(name=name, seldom=known[name], told=tuple(_told(row, step)))
        for name, row in added.items()
        if max(map(abs, row)) >= LEAST * greatest
    )
    return Weights.of(
        features, kinds=kinds, bias=[round(each, 4) for each in bias], step=step * SHARP,
        learned_from=learned_from,
    )  # fmt: skip


def _told(row: Sequence[float], step: float) -> Iterator[tuple[int, int]]:
    for kind, added in enumerate(row):
        if abs(units := round(added / step)) >= TOLD:
            yield kind, units


def digest(lines: Sequence[Line]) -> str:
    """The same for the same lines, in whatever order they stand."""
    told = sorted(f"{line.kind}\t{line.text}" for line in lines)
    return sha256("\n".join(told).encode()).hexdigest()
