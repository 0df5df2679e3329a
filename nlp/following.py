"""What a few words mean after an answer: the same for another county or household, or what comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.content import Topic
from casework.county import NOBODY, Household
from nlp.faq import Match
from nlp.words import letters, normalise

#: What follows an answer is no longer than this, in letters.
SHORT = 14
#: How much nearer a topic is that stands beside the one she was answered, or in its family.
BESIDE, SAME_FAMILY = 0.2, 0.1
#: How near it must be by her own words, and with that.
OWN, ENOUGH = 0.12, 0.3


@dataclass(frozen=True)
class Before:
    """The answer she had before: its topic's slug, and what she had said of her household by then."""

    topic: str = ""
    household: Household = NOBODY

    def __str__(self) -> str:
        """As a talk keeps it and a page carries it; nothing where there was no answer."""
        if not self.topic:
            return ""
        return f"{self.topic} {self.household.persons} {self.household.grade}".strip()

    def __bool__(self) -> bool:
        return bool(self.topic)

    @classmethod
    def of(cls, kept: str) -> Before:
        """Of what `str` made; nothing before where it was tampered with.

        >>> Before.of(str(Before("subsidy.amount", Household(persons=3, grade="D"))))
        Before(topic='subsidy.amount', household=Household(persons=3, grade='D'))
        """
        said = _KEPT.fullmatch(kept)
        if not said:
            return cls()
        return cls(said[1], Household(persons=int(said[2]), grade=said[3] or ""))


NOTHING_BEFORE = Before()

_KEPT = re.compile(r"([a-z]{1,30}\.[a-z0-9._-]{1,60}) ([0-9]|1[0-5])(?: ([CD]))?")


class Following:
    """The word lists of `[following]` in `triage.toml`; a folder without them follows nothing."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._small, self._here = _one_of(words.get("small", ())), _one_of(words.get("here", ()))

    def is_the_same(self, rest: str) -> bool:
        """Whether nothing but small words is left of a text (那…呢) without what it names anew."""
        return not letters(self._small.sub(" ", self._here.sub(" ", rest)))

    def is_here(self, rest: str) -> bool:
        """Whether it asks for her own county and does not say which: 俺县的呢."""
        return bool(self._here.search(rest)) and self.is_the_same(rest)


def _one_of(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(map(normalise, words), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def next_of(near: Sequence[Match], topic: Topic, text: str) -> tuple[Match, ...]:
    """The topics that a short text may ask about after that topic, nearest first; none where the text is
    too long to need what was before it, or near to nothing."""
    if len(letters(text)) > SHORT:
        return ()
    family = topic.slug.partition(".")[0]
    found = [
        Match(match.slug, min(1.0, match.score + _nearer(match.slug, topic, family)))
        for match in near
        if match.score >= OWN and match.slug != topic.slug
    ]
    found.sort(key=lambda match: (-match.score, match.slug))
    return tuple(found) if found and found[0].score >= ENOUGH else ()


def _nearer(slug: str, topic: Topic, family: str) -> float:
    if slug in topic.see_also:
        return BESIDE
    return SAME_FAMILY if slug.partition(".")[0] == family else 0.0
