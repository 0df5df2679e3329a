"""Which topic a question asks about: what was learned from all the ways people ask."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest

from nlp.listener import ELSEWHERE, Listener
from nlp.nearness import Nearness
from nlp.weights import softmax
from nlp.words import Concepts, bare

#: What a text asks that asks about no topic.
NOTHING = ""
#: As likely as this it is a matter that no topic of another office is about.
OF_NONE = 0.3
#: A concept that so many of the topics speak of tells none of them from another.
EVERYDAY = 0.25
#: A phrasing taken from the answer's words counts this much.
FROM_ANSWER = 0.55
#: Of topics that came after the learning the nearest is likeliest, so sharply; the next best phrasings of
#: each count beside its best, and one less near than `AT_ALL` was hardly asked like that.
SHARPLY, NEXT, AT_ALL = 8.0, 0.5, 0.2
#: How sharply nearness tells against what was learned of the others.
AGAINST_LEARNED = 3.0


@dataclass(frozen=True)
class Match:
    """A topic, how likely the question is meant to ask about it, 0 to 1, and whether it is one of the
    topic's phrasings, to the letter."""

    slug: str
    score: float
    to_the_letter: bool = False


class Faq:
    """All phrasings of all topics, ready to be asked."""

    def __init__(
        self,
        phrasings: Iterable[tuple[str, str, float]],
        concepts: Concepts,
        learned: Listener | None = None,
        elsewhere: Collection[str] = (),
    ) -> None:
        """`phrasings`: slug, text, trust. `learned` hears which topic a text is, by slug; topics it never
        heard of, or all without it, are found by the nearest phrasing. `elsewhere`: topics that say whom
        to ask of another office's matter."""
        self._elsewhere = frozenset(elsewhere)
        self._learned, self._concepts = learned or Listener(None, concepts.of), concepts
        rows = list(phrasings)
        self._written: dict[str, set[str]] = defaultdict(set)
        things: dict[str, set[str]] = defaultdict(set)
        for slug, text, _ in rows:
            kept = bare(text)
            self._written[kept].add(slug)
            things[slug].update(concepts.of(kept))
        of_all = Counter(thing for each in things.values() for thing in each)
        self._everyday = frozenset(t for t, n in of_all.items() if n > len(things) * EVERYDAY)
        self._things = {slug: frozenset(each) - self._everyday for slug, each in things.items()}
        known = self._learned.kinds
        self._new = Nearness([row for row in rows if row[0] not in known], concepts)

    def things(self, text: str) -> frozenset[str]:
        """What a text speaks of, by concept; nothing of those that half of all topics speak of."""
        return frozenset(self._concepts.of(bare(text))) - self._everyday

    def speaks_of(self, slug: str) -> frozenset[str]:
        """The same of a topic's phrasings."""
        return self._things[slug]

    def match(self, text: str, most: int = 5) -> list[Match]:
        """The likeliest topics, best first."""
        kept = bare(text)
        if not kept:
            return []
        heard = self._learned.hear(text)
        likely = {slug: share for slug, share in heard.items() if slug in self._things}
        likely |= self._named(likely, heard.get(ELSEWHERE, 0.0))
        likely |= self._nearest(kept, heard)
        same = self._written.get(kept, ())
        if same:
            meant = max(sorted(same), key=lambda slug: likely.get(slug, 0.0))
            likely[meant] = 1.0
        first = nsmallest(most, likely, key=lambda slug: (-likely[slug], slug))
        return [Match(slug, likely[slug], slug in same) for slug in first]

    def _named(self, likely: Mapping[str, float], theirs: float) -> dict[str, float]:
        """How likely the topics are that say whom to ask, where it is another office's matter as likely as
        `theirs` besides: one of those, as far as any of them is heard."""
        heard = {slug: likely[slug] for slug in self._elsewhere & likely.keys()}
        whole = sum(heard.values()) + OF_NONE
        return {slug: share * (1 + theirs / whole) for slug, share in heard.items()}

    def _nearest(self, kept: str, heard: Mapping[str, float]) -> dict[str, float]:
        """How likely the topics are that came after the learning."""
        nearness = self._new.of(kept)
        if not nearness:
            return {}
        near = {slug: _together(each) for slug, each in nearness.items()}
        if heard:
            prior = math.log(1 / len(heard))
            found = {slug: math.exp(prior + AGAINST_LEARNED * each) for slug, each in near.items()}
            shares = {slug: each / (1 + each) for slug, each in found.items()}
        else:
            shares = dict(
                zip(near, softmax([SHARPLY * each for each in near.values()]), strict=True)
            )
        return {
            slug: share * min(1.0, nearness[slug][0] / AT_ALL) for slug, share in shares.items()
        }


def _together(cosines: Sequence[float]) -> float:
    return sum(cosine * NEXT**at for at, cosine in enumerate(cosines))


def phrasings(topics: Mapping[str, tuple[str, Sequence[str], str]]) -> list[tuple[str, str, float]]:
    """(slug, text, trust) for every question, variant and, weaker, answer."""
    rows: list[tuple[str, str, float]] = []
    for slug, (question, variants, answer) in topics.items():
        rows.append((slug, question, 1.0))
        rows.extend((slug, variant, 1.0) for variant in variants)
        if answer:
            rows.append((slug, answer, FROM_ANSWER))
    return rows
