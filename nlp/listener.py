"""What kind of message it is, learned from lines that people wrote: a question, a report, a danger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from nlp.weights import Weights
from nlp.words import bare, clauses, grams, is_spelled, pinyin_grams

#: What a message can be, besides a question: several of them may be heard in one.
QUESTION, ELSEWHERE, REPORT = "question", "elsewhere", "report"
DANGER, THREAT, DESPAIR = "danger", "threat", "despair"
SMALLTALK, OTHER = "smalltalk", "other"
KINDS = (QUESTION, ELSEWHERE, REPORT, DANGER, THREAT, DESPAIR, SMALLTALK, OTHER)
#: So much of a text is heard at once, in letters; and of a story that is sorted.
LONGEST, LONGEST_STORY = 120, 400
#: The concepts that a text speaks of: "#crack", "#money".
ConceptsOf = Callable[[str], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What was learned of a programme: what kind of message a text is, which topic a question asks about,
    what a report is about, and who of those it names did wrong. None where there was nothing to learn
    from."""

    kinds: Weights | None = None
    topics: Weights | None = None
    categories: Weights | None = None
    whom: Weights | None = None


NOTHING_LEARNED = Learned()


def features(text: str, concepts: ConceptsOf, longest: int = LONGEST) -> frozenset[str]:
    """Letters, pairs and threes of them, pairs of sounds, and concepts.

    >>> sorted(features("塌了", lambda text: ["#collapse"]))
    ['#collapse', '~ta', '塌']
    """
    kept = bare(text)[:longest]
    return frozenset((*grams(kept), *_threes(kept), *pinyin_grams(kept), *concepts(kept)))


def _threes(kept: str) -> Iterator[str]:
    if not is_spelled(kept):
        yield from (kept[i : i + 3] for i in range(len(kept) - 2))


#: A message is heard as a whole; one of so many letters in each of so many clauses too.
MOST_CLAUSES = 4
SHORTEST_CLAUSE, LONG = 5, 30
SURE_ALONE = 0.9


class Listener:
    """Hears what kind of message a text is. Without weights it hears nothing."""

    def __init__(
        self, weights: Weights | None, concepts: ConceptsOf, longest: int = LONGEST
    ) -> None:
        self._weights, self._concepts, self._longest = weights, concepts, longest
        self._last: tuple[str, Mapping[str, float]] = ("", {})

    @property
    def kinds(self) -> frozenset[str]:
        """What it can hear."""
        return frozenset(self._weights.kinds) if self._weights else frozenset()

    def hear(self, text: str) -> Mapping[str, float]:
        """How likely the text is each of the kinds it learned; together 1, or nothing at all."""
        if self._weights is None:
            return {}
        return self._weights.shares(features(text, self._concepts, self._longest))

    def loudest(self, text: str) -> Mapping[str, float]:
        """The same of each kind where it is likeliest, in the whole or, of a long text, in one of its
        clauses: a danger is told in the middle of a question too. A clause alone tells less, and counts
        as much only where it is quite sure."""
        said, heard = self._last
        if said == text:
            return heard
        heard = dict(self.hear(text))
        for part in _parts(text):
            for kind, likely in self.hear(part).items():
                heard[kind] = max(heard[kind], likely if likely >= SURE_ALONE else 0.0)
        self._last = (text, heard)  # danger, threat and despair are asked for one after the other
        return heard


def _parts(text: str) -> list[str]:
    """The clauses of a long text that say enough to be heard alone."""
    if len(text) < LONG:
        return []
    found = clauses(text, SHORTEST_CLAUSE)
    return found[:MOST_CLAUSES] if len(found) > 1 else []
