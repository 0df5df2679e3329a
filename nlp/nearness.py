"""How near a text is to others that were written: by characters, sounds and concepts, in one cosine."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import nlargest

from nlp.words import Concepts, bare, grams, pinyin_grams

#: How much the sound counts beside the writing, and a concept beside a character.
SOUND = 0.5
CONCEPT = 2.0
#: So many of the texts under one name are given, the nearest.
MOST = 5

Vector = Mapping[str, float]


class Seldom:
    """How much each token tells among these texts: the more, the fewer have it."""

    def __init__(self, texts: Sequence[Counter[str]]) -> None:
        seen: Counter[str] = Counter()
        for tokens in texts:
            seen.update(tokens.keys())
        self._unknown = math.log(1 + len(texts))
        self._idf = {token: math.log(1 + len(texts) / count) for token, count in seen.items()}

    def vector(self, tokens: Counter[str], length: float) -> Vector:
        """The weights of a text's tokens, unknown ones counted, of that length together."""
        weights = {
            token: (1 + math.log(count)) * self._idf.get(token, self._unknown)
            * (CONCEPT if "#" in token else 1.0)
            for token, count in tokens.items()
        }  # fmt: skip
        worth = length / (math.sqrt(sum(w * w for w in weights.values())) or 1.0)
        return {token: weight * worth for token, weight in weights.items()}


class Nearness:
    """Texts under names, each as often as one likes, ready to be compared with another."""

    def __init__(self, texts: Iterable[tuple[str, str, float]], concepts: Concepts) -> None:
        """`texts`: name, text, and how much it counts, 1 in full."""
        self._concepts = concepts
        rows = [(name, bare(text), counts) for name, text, counts in texts]
        written = [self._written(text) for _, text, _ in rows]
        spoken = [self._spoken(text) for _, text, _ in rows]
        self._seldom, self._seldom_spoken = Seldom(written), Seldom(spoken)
        self._texts: dict[str, list[Vector]] = defaultdict(list)
        for (name, _, counts), signs, sounds in zip(rows, written, spoken, strict=True):
            self._texts[name].append(self._vector(signs, sounds, counts))

    def _written(self, kept: str) -> Counter[str]:
        return Counter([*grams(kept), *self._concepts.of(kept)])

    def _spoken(self, kept: str) -> Counter[str]:
        return Counter([*pinyin_grams(kept), *(f"~{each}" for each in self._concepts.of(kept))])

    def _vector(self, written: Counter[str], spoken: Counter[str], length: float = 1.0) -> Vector:
        """What is written and how it sounds, the sound counting less."""
        whole = length / math.sqrt(1 + SOUND)
        return {
            **self._seldom.vector(written, whole),
            **self._seldom_spoken.vector(spoken, whole * math.sqrt(SOUND)),
        }

    def of(self, text: str, names: Iterable[str] | None = None) -> dict[str, list[float]]:
        """The cosines, 0 to 1, of the nearest texts under each of these names, or all, best first; a
        name whose texts share nothing with it is not there."""
        if not self._texts:
            return {}
        kept = bare(text)
        asked = self._vector(self._written(kept), self._spoken(kept))
        tokens, found = asked.keys(), dict[str, list[float]]()
        for name in self._texts if names is None else names:
            cosines = (
                sum(asked[token] * other[token] for token in shared)
                for other in self._texts[name]
                if (shared := tokens & other.keys())
            )
            if near := nlargest(MOST, cosines):
                found[name] = near
        return found
