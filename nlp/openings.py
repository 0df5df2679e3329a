"""What people say before they ask, or after: a greeting, thanks, a bare place, a sum, a smile."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from nlp.words import letters, normalise

#: Words that may stand beside any opening and say nothing alone.
SMALL = "small"
#: Of two openings in one message the later named is answered: 你好,谢谢 is thanks.
BY_WEIGHT = (
    "wordless", "hello", "ask", "yes", "bye", "thanks", "mistake", "upset", "angry", "doubt", "lost",
    "misheard", "call", "help",
)  # fmt: skip
#: Nobody opens with more than this.
LONGEST = 60

_NUMBER_TO_CALL = re.compile(r"(?:1\d{10}|0\d{2,3}-?\d{7,8})")
_LATIN = re.compile(r"[a-z][a-z' ,.?!-]*")
#: A message in a foreign script has at least so many letters.
FEWEST = 3
_BESIDE = re.compile(r"[\s,,.。!!??~、;;:…-]+")


class Openings:
    """The word lists of `[openings]` in `triage.toml`; a folder without them knows none."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        known = ((name, groups.get(name, ())) for name in (SMALL, *BY_WEIGHT))
        self._group = {normalise(word): name for name, words in known for word in words}
        self.kinds = frozenset(self._group.values())
        self._any = _one_of(self._group)
        self._small = _one_of(word for word, name in self._group.items() if name == SMALL)

    def of(self, text: str) -> str:
        """The opening that the whole message is made of; '' where it says anything else."""
        clear = normalise(text)
        if len(clear) > LONGEST or not self:
            return ""
        if not letters(clear):
            return "wordless" if clear.strip() else ""
        said = {self._group[word] for word in self._any.findall(clear)}
        rest = _BESIDE.sub("", self._any.sub("", clear))
        if _NUMBER_TO_CALL.fullmatch(rest):
            return "call"
        if letters(rest):
            return "latin" if self._is_foreign(clear) else ""
        return max(said - {SMALL}, key=BY_WEIGHT.index, default="")

    def nearest(self, text: str) -> str:
        """The opening that a chat which says more than one comes nearest to; '' where it has none."""
        words = [word for word in self._any.findall(normalise(text)[:LONGEST]) if len(word) > 1]
        said = {self._group[word] for word in words} - {SMALL, "yes", "help"}  # 好听 is no yes
        return max(said, key=BY_WEIGHT.index, default="")

    def _is_foreign(self, clear: str) -> bool:
        """Whether it is in Latin letters, and the small words of the folder are not."""
        latin = _LATIN.fullmatch(clear) and len(clear) >= FEWEST
        ours = (_LATIN.fullmatch(word) for word, name in self._group.items() if name == SMALL)
        return bool(latin) and not any(ours)

    def __bool__(self) -> bool:
        return bool(self.kinds)

    def without_small(self, text: str) -> str:
        """The text without the small words at its beginning."""
        return _behind(self._small, text)

    def without_opening(self, text: str) -> str:
        """The text behind whatever it opens with."""
        return _behind(self._any, text)

    def is_small(self, text: str) -> bool:
        """Whether nothing but small words and greetings is left of a text."""
        return not letters(self._any.sub("", text))


def _behind(words: re.Pattern[str], text: str) -> str:
    at = 0
    while found := words.match(text, at) or _BESIDE.match(text, at):
        at = found.end()
    return text[at:]


def _one_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, the longest first; one in Latin letters only between borders."""
    longest_first = sorted(filter(None, words), key=len, reverse=True)
    forms = (rf"\b{re.escape(w)}\b" if _LATIN.fullmatch(w) else re.escape(w) for w in longest_first)
    return re.compile("|".join(forms) or r"(?!)")
