"""What somebody says of her own house and family beside a question: how many they are, which grade it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from casework.county import Household
from nlp.money import number

#: No household is larger; a larger number is an age or a sum.
MOST_PERSONS = 15


@dataclass(frozen=True)
class Family:
    """How people say it: `[household]` of `triage.toml`."""

    counted: re.Pattern[str]  # a number beside a word for persons
    persons: Mapping[str, int]  # 老两口 is two
    grades: Mapping[str, Sequence[str]]  # "C" and "D", by words

    @classmethod
    def of(cls, words: Mapping[str, Sequence[str]]) -> Family:
        after, before = words["after"], words["before"]
        counted = re.compile(
            rf"(?:{_any(before)})?(?P<behind>{_ONE_NUMBER})(?:{_any(after)})"
            rf"|(?:{_any(before)})(?P<before>{_ONE_NUMBER})(?![0-9.年月岁万千百块元级间平])"
        )
        sizes = {word: n for n in (1, 2, 3) for word in words[str(n)]}
        grades = {grade: words[grade.lower()] for grade in ("C", "D")}
        return cls(counted, dict(sorted(sizes.items(), key=lambda each: -len(each[0]))), grades)

    def told(self, clear: str) -> Household:
        """What a normalised text says of her household; nothing where it says two things."""
        return Household(persons=self._persons(clear), grade=self._grade(clear))

    def without(self, clear: str) -> str:
        """The normalised text without what it says of her household."""
        for word in (*self.persons, *(word for words in self.grades.values() for word in words)):
            clear = clear.replace(word, " ")
        return self.counted.sub(" ", clear)

    def _persons(self, clear: str) -> int:
        counts = {
            int(count)
            for match in self.counted.finditer(clear)
            if (count := number(match["behind"] or match["before"]))
        }
        said = counts or {n for word, n in self.persons.items() if word in clear}
        return said.pop() if len(said) == 1 and 1 <= min(said) <= MOST_PERSONS else 0

    def _grade(self, clear: str) -> str:
        named = [grade for grade, words in self.grades.items() if any(w in clear for w in words)]
        return named[0] if len(named) == 1 else ""


_ONE_NUMBER = "[0-9]{1,2}|[一二两三四五六七八九十]{1,2}"


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in words)
