"""Titles written by their sound, as dictation writes them: 村只书 is 村支书, 会记 is 会计.

A word is read as a title only where it sounds like one, is no everyday word, and stands as titles
stand: behind a word such as 村 or 找 or at the beginning of a clause, and before a word such as 把 or 说.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from nlp.words import one_of, sounds_of, syllable


class Homophones:
    """`[who.sounds]` of the content: titles, and what stands beside them."""

    def __init__(self, words: Mapping[str, Sequence[str]]) -> None:
        self._everyday = frozenset(words.get("everyday", ()))
        self._titles = {f"t{n}": title for n, title in enumerate(words.get("titles", ()))}
        each = "|".join(f"(?P<{name}>{_alike(title)})" for name, title in self._titles.items())
        beginning = "|".join([r"(?<![一-鿿])", *_behind(words.get("before", ()))])
        first = "".join(_characters(title[0]) for title in self._titles.values())
        glance = f"(?=[{first}])" if first else "(?!)"  # most letters begin none
        self._pattern = re.compile(
            f"{glance}(?:{beginning})(?:{each or '(?!)'})(?={one_of(words.get('after', ()))})"
        )

    def written(self, text: str) -> str:
        """The text with the titles it sounds of, of the same length.

        >>> words = {"titles": ["支书"], "before": ["找"], "after": ["他"], "everyday": []}
        >>> Homophones(words).written("俺找只书他不管")
        '俺找支书他不管'
        """
        return self._pattern.sub(self._title, text)

    def _title(self, match: re.Match[str]) -> str:
        if match.group() in self._everyday:
            return match.group()
        return self._titles[str(match.lastgroup)]


def _behind(words: Sequence[str]) -> list[str]:
    """A look behind for each length, as a look behind has one."""
    lengths = sorted({len(word) for word in words})
    return [
        f"(?<={'|'.join(re.escape(word) for word in words if len(word) == n)})" for n in lengths
    ]


def _alike(title: str) -> str:
    """A pattern for everything that sounds like the title."""
    return "".join(f"[{_characters(char)}]" for char in title)


@lru_cache(maxsize=128)
def _characters(char: str) -> str:
    """The common characters whose first sound is one of this one's."""
    return "".join(_by_sound().get(sound, "") for sound in sorted(sounds_of(char))) + char


@lru_cache(maxsize=1)
def _by_sound() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for char in _COMMON:
        sound = syllable(char)
        found[sound] = found.get(sound, "") + char
    return found


#: The characters of GB 2312 in everyday use, its first level.
_COMMON = b"".join(
    bytes((row, cell))
    for row in range(0xB0, 0xD8)
    for cell in range(0xA1, 0xFF if row < 0xD7 else 0xFA)
).decode("gb2312")
