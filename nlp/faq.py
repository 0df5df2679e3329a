"""Matching a question to a topic: characters, sounds and concepts in one cosine."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from nlp.words import Concepts, bare, grams, pinyin_grams

#: How much the sound counts beside the writing, and a concept beside a character.
SOUND = 0.5
CONCEPT = 2.0

#: A phrasing taken from the answer's words counts this much.
FROM_ANSWER = 0.55


#: How much the next best phrasings of a topic, and its words taken together, count beside the best.
NEXT = 0.5
NEXT_SEEN = 5
WORDS = 0.3
#: A phrasing this near is the question itself, and its topic leads whatever the others say.
IDENTICAL = 0.99
#: A token of so many of the phrasings is common; so many of those nearest by rarer ones are looked at.
OFTEN, NEAREST = 0.05, 100
#: A concept that so many of the topics speak of tells none of them from another.
EVERYDAY = 0.25
#: How sharply the nearest topic stands out from the others; what a topic keeps if it does not lead.
SHARPNESS = 8.0
SHARE = 0.5


@dataclass(frozen=True)
class Match:
    """A topic and how near the question is to it, 0 to 1."""

    slug: str
    score: float


class View:
    """One way to look at texts: an inverted index with cosine, unknown tokens counted. Tokens that stand
    in many texts tell little and cost most: they are counted only for texts that share a rarer one."""

    def __init__(self, documents: Sequence[Counter[str]]) -> None:
        seen: Counter[str] = Counter()
        for tokens in documents:
            seen.update(tokens.keys())
        self._unknown = math.log(1 + len(documents))
        self._idf = {token: math.log(1 + len(documents) / count) for token, count in seen.items()}
        often = max(1, len(documents) * OFTEN)
        self._rare: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._common: dict[str, dict[int, float]] = defaultdict(dict)
        for at, tokens in enumerate(documents):
            weights = self._weights(tokens)
            norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
            for token, weight in weights.items():
                if seen[token] > often:
                    self._common[token][at] = weight / norm
                else:
                    self._rare[token].append((at, weight / norm))

    def _weights(self, tokens: Counter[str]) -> dict[str, float]:
        return {
            token: (1 + math.log(count)) * self._idf.get(token, self._unknown)
            * (CONCEPT if token.startswith("#") else 1.0)
            for token, count in tokens.items()
        }  # fmt: skip

    def asked(self, tokens: Counter[str]) -> dict[str, float]:
        """The weights of a text's tokens, of length 1 together."""
        weights = self._weights(tokens)
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        return {token: weight / norm for token, weight in weights.items()}

    def by_rare(self, asked: Mapping[str, float]) -> dict[int, float]:
        """What the rarer tokens add to the cosine of each text that has one."""
        found: dict[int, float] = defaultdict(float)
        for token, weight in asked.items():
            for at, other in self._rare.get(token, ()):
                found[at] += weight * other
        return found

    def by_common(self, asked: Mapping[str, float], of: Iterable[int]) -> dict[int, float]:
        """What the common ones add to the cosine of each of these texts."""
        known = [
            (self._common[token], weight)
            for token, weight in asked.items()
            if token in self._common
        ]
        return {at: sum(weight * each.get(at, 0.0) for each, weight in known) for at in of}

    def having_common(self, asked: Mapping[str, float]) -> set[int]:
        """The texts that have a common token of these."""
        return {at for token in asked for at in self._common.get(token, ())}


class TopicWords:
    """How much more often a topic's phrasings use a token than all phrasings together."""

    def __init__(self, documents: Iterable[tuple[str, set[str]]]) -> None:
        used: dict[str, Counter[str]] = defaultdict(Counter)
        everywhere: Counter[str] = Counter()
        for slug, tokens in documents:
            used[slug].update(tokens)
            everywhere.update(tokens)
        total = sum(everywhere.values()) or 1
        self._sizes = {slug: sum(counts.values()) + 30 for slug, counts in used.items()}
        self._owners: dict[str, list[tuple[str, float]]] = defaultdict(list)
        self._absent: dict[str, float] = {}
        for token, count in everywhere.items():
            prior, often = 20 * count / total + 0.02, math.log((count + 1) / total)
            self._absent[token] = math.log(prior) - often
            for slug, counts in used.items():
                if token in counts:
                    self._owners[token].append((slug, math.log(1 + counts[token] / prior)))

    def scores(self, tokens: set[str]) -> dict[str, float]:
        known = [token for token in tokens if token in self._absent]
        floor = sum(self._absent[token] for token in known)
        gained: dict[str, float] = defaultdict(float)
        for token in known:
            for slug, gain in self._owners[token]:
                gained[slug] += gain
        most = max(1, len(known))
        return {
            slug: (floor + gained[slug]) / most - math.log(size)
            for slug, size in self._sizes.items()
        }


class Faq:
    """All phrasings of all topics, ready to be asked."""

    def __init__(
        self,
        phrasings: Iterable[tuple[str, str, float]],
        concepts: Concepts,
        nearest: int = NEAREST,
    ) -> None:
        """`nearest`: so many phrasings, nearest by their rarer tokens, are looked at in full."""
        self._nearest = nearest
        rows = list(phrasings)
        self._owner = [slug for slug, _, _ in rows]
        self._trust = [trust for _, _, trust in rows]
        self._concepts = concepts
        texts = [bare(text) for _, text, _ in rows]
        written = [self._written_tokens(text) for text in texts]
        spoken = [self._spoken_tokens(text) for text in texts]
        things: dict[str, set[str]] = defaultdict(set)
        for slug, text in zip(self._owner, texts, strict=True):
            things[slug].update(concepts.of(text))
        of_all = Counter(thing for each in things.values() for thing in each)
        self._everyday = frozenset(t for t, n in of_all.items() if n > len(things) * EVERYDAY)
        self._things = {slug: frozenset(each) - self._everyday for slug, each in things.items()}
        self._written, self._spoken = View(written), View(spoken)
        tokens = (set(w) | set(s) for w, s in zip(written, spoken, strict=True))
        self._words = TopicWords(zip(self._owner, tokens, strict=True))

    def _written_tokens(self, text: str) -> Counter[str]:
        return Counter([*grams(text), *self._concepts.of(text)])

    def _spoken_tokens(self, text: str) -> Counter[str]:
        return Counter([*pinyin_grams(text), *self._concepts.of(text)])

    def things(self, text: str) -> frozenset[str]:
        """What a text speaks of, by concept; nothing of those that half of all topics speak of."""
        return frozenset(self._concepts.of(bare(text))) - self._everyday

    def speaks_of(self, slug: str) -> frozenset[str]:
        """The same of a topic's phrasings."""
        return self._things[slug]

    def match(self, text: str, most: int = 5) -> list[Match]:
        """The nearest topics, best first: how near the best phrasing is, and how far it leads."""
        kept = bare(text)
        if not kept:
            return []
        written, spoken = self._written_tokens(kept), self._spoken_tokens(kept)
        nearness = self._nearness(written, spoken)
        if not nearness:
            return []
        words = self._words.scores(set(written) | set(spoken))
        rank = {
            slug: sum(score * NEXT**at for at, score in enumerate(scores))
            + WORDS * words[slug]
            + (scores[0] >= IDENTICAL)
            for slug, scores in nearness.items()
        }
        top = max(rank.values())
        odds = {slug: math.exp(SHARPNESS * (score - top)) for slug, score in rank.items()}
        whole = sum(odds.values())
        found = {slug: nearness[slug][0] * (SHARE + odds[slug] / whole) for slug in rank}
        ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return [Match(slug, min(score, 1.0)) for slug, score in ranked[:most]]

    def nearness(self, text: str) -> dict[str, float]:
        """The cosine of each topic's nearest phrasing; a topic that shares nothing is not there."""
        kept = bare(text)
        near = self._nearness(self._written_tokens(kept), self._spoken_tokens(kept))
        return {slug: scores[0] for slug, scores in near.items()}

    def _nearness(self, written: Counter[str], spoken: Counter[str]) -> dict[str, list[float]]:
        """The cosines of each topic's nearest phrasings, best first."""
        views = (
            (self._written, self._written.asked(written), 1.0),
            (self._spoken, self._spoken.asked(spoken), SOUND),
        )
        rare: dict[int, float] = defaultdict(float)
        for view, asked, counts in views:
            for at, score in view.by_rare(asked).items():
                rare[at] += counts * score
        near = nlargest(self._nearest, rare, key=rare.__getitem__)
        if not near:  # a word or two that everybody uses
            near = sorted({at for view, asked, _ in views for at in view.having_common(asked)})
        cosines: dict[str, list[float]] = defaultdict(list)
        common = [(view.by_common(asked, near), counts) for view, asked, counts in views]
        for at in near:
            cosine = rare.get(at, 0.0) + sum(counts * added[at] for added, counts in common)
            cosines[self._owner[at]].append(cosine / (1 + SOUND) * self._trust[at])
        return {slug: sorted(each, reverse=True)[:NEXT_SEEN] for slug, each in cosines.items()}


def phrasings(topics: Mapping[str, tuple[str, Sequence[str], str]]) -> list[tuple[str, str, float]]:
    """(slug, text, trust) for every question, variant and, weaker, answer."""
    rows: list[tuple[str, str, float]] = []
    for slug, (question, variants, answer) in topics.items():
        rows.append((slug, question, 1.0))
        rows.extend((slug, variant, 1.0) for variant in variants)
        if answer:
            rows.append((slug, answer, FROM_ANSWER))
    return rows
