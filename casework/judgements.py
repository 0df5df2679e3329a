"""What was said of the answers, counted by topic, county and day, nobody's name in it; and the words of
those who let them be read, for thirty days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

#: What is looked at when somebody asks how the answers do.
LATELY = timedelta(days=30)
#: Counts are kept so long, so that this spring can be held against the last.
COUNTS_KEPT = timedelta(days=400)
#: Words, and the marks of words, are kept so long.
WORDS_KEPT = timedelta(days=30)


class Said(StrEnum):
    """What became of a question."""

    USEFUL = "useful"
    USELESS = "useless"
    UNANSWERED = "unanswered"  # nothing fitted, or nothing of what was offered


@dataclass(frozen=True, kw_only=True, order=True)
class Judgement:
    """One of them. `topic` is the slug of the answer ('' where there was none), `county` a code of
    six digits or ''. Of `words`, what she asked, nothing is kept but a mark that the same words have."""

    said: Said
    topic: str = ""
    county: str = ""
    words: str = field(default="", repr=False, compare=False)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How often one topic helped, and how often not."""

    topic: str
    useful: int = 0
    useless: int = 0


@dataclass(frozen=True, kw_only=True)
class Tallies:
    """Of a stretch of days: the topics with the most 没用 first, and the questions without an answer."""

    topics: tuple[Tally, ...] = ()
    unanswered: int = 0


@dataclass(frozen=True, kw_only=True)
class KeptWords:
    """What somebody let those read who write the answers, without what tells who she is; and how
    often the same was asked, by others too."""

    text: str = field(repr=False)
    said: Said
    topic: str = ""
    times: int = 1
