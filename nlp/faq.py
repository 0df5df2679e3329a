"""Matching a question to a topic: characters, sounds and concepts in one cosine."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nlp.words import Concepts, bare, grams, pinyin_grams

#: How much the sound counts beside the writing, and a concept beside a character.
SOUND = 0.5
CONCEPT = 2.0

#: A phrasing taken from the answer's words counts this much.
FROM_ANSWER = 0.55


@dataclass(frozen=True)
class Match:
    """A topic and how near the question is to it, 0 to 1."""

    slug: str
    score: float


class View:
    """One way to look at texts: an inverted index with cosine, unknown tokens counted."""

    def __init__(self, documents: Sequence[Counter[str]]) -> None:
        seen: Counter[str] = Counter()
        for tokens in documents:
            seen.update(tokens.keys())
        self._unknown = math.log(1 + len(documents))
        self._idf = {token: math.log(1 + len(documents) / count) for token, count in seen.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for at, tokens in enumerate(documents):
            weights = self._weights(tokens)
            norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
            for token, weight in weights.items():
                self._postings[token].append((at, weight / norm))

    def _weights(self, tokens: Counter[str]) -> dict[str, float]:
        return {
            token: (1 + math.log(count)) * self._idf.get(token, self._unknown)
            * (CONCEPT if token.startswith("#") else 1.0)
            for token, count in tokens.items()
        }  # fmt: skip

    def scores(self, tokens: Counter[str]) -> dict[int, float]:
        weights = self._weights(tokens)
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        found: dict[int, float] = defaultdict(float)
        for token, weight in weights.items():
            for at, other in self._postings.get(token, ()):
                found[at] += weight * other / norm
        return found


class Faq:
    """All phrasings of all topics, ready to be asked."""

    def __init__(self, phrasings: Iterable[tuple[str, str, float]], concepts: Concepts) -> None:
        rows = list(phrasings)
        self._owner = [slug for slug, _, _ in rows]
        self._trust = [trust for _, _, trust in rows]
        self._concepts = concepts
        texts = [bare(text) for _, text, _ in rows]
        self._written = View([self._written_tokens(text) for text in texts])
        self._spoken = View([self._spoken_tokens(text) for text in texts])

    def _written_tokens(self, text: str) -> Counter[str]:
        return Counter([*grams(text), *self._concepts.of(text)])

    def _spoken_tokens(self, text: str) -> Counter[str]:
        return Counter([*pinyin_grams(text), *self._concepts.of(text)])

    def match(self, text: str, most: int = 5) -> list[Match]:
        """The nearest topics, best first; a topic counts by its best phrasing."""
        kept = bare(text)
        if not kept:
            return []
        written = self._written.scores(self._written_tokens(kept))
        spoken = self._spoken.scores(self._spoken_tokens(kept))
        best: dict[str, float] = {}
        for at in written.keys() | spoken.keys():
            score = (written.get(at, 0.0) + SOUND * spoken.get(at, 0.0)) / (1 + SOUND)
            score *= self._trust[at]
            slug = self._owner[at]
            if score > best.get(slug, 0.0):
                best[slug] = score
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
        return [Match(slug, min(score, 1.0)) for slug, score in ranked[:most]]


def phrasings(topics: Mapping[str, tuple[str, Sequence[str], str]]) -> list[tuple[str, str, float]]:
    """(slug, text, trust) for every question, variant and, weaker, answer."""
    rows: list[tuple[str, str, float]] = []
    for slug, (question, variants, answer) in topics.items():
        rows.append((slug, question, 1.0))
        rows.extend((slug, variant, 1.0) for variant in variants)
        if answer:
            rows.append((slug, answer, FROM_ANSWER))
    return rows
