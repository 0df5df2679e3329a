"""What else a story tells that a desk asks for: how many it happened to, and what shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nlp.money import number

_PEOPLE = re.compile(
    r"((?<![0-9])[0-9]{1,7}|(?<![一二两俩三四五六七八九十])[一二两俩三四五六七八九十]{1,7})"
    r"(户|家|个人|口人)"
)


def people(text: str) -> int | None:
    """How many households or persons, the largest number named.

    >>> people("俺庄十二家都交了,有三家没交"), people("俺交了")
    (12, None)
    """
    counts = [number(match[1]) for match in _PEOPLE.finditer(text)]
    return int(max(filter(None, counts), default=0)) or None


def evidence(text: str, kinds: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The kinds of evidence that the words name."""
    return tuple(kind for kind, words in kinds.items() if any(word in text for word in words))
