"""Counties whose names are typed by their sound, or half wrong: found to be offered, never taken.

Henan's speech does not tell zh from z, l from n, hu from f, -ng from -n; a villager who types as she
speaks, or whose phone writes what it heard, mixes them up, and the tones with them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from nlp.words import sounds_of, syllable

#: What a county is called behind its name.
SUFFIX = re.compile(r"(?:回族)?[县市区]$")

#: How far a syllable is from another: the same, the same to a Henan ear, alike in its beginning or its
#: end, another one.
SAME, NEAR, ALIKE, OTHER = 0, 1, 2, 3

_FLAT = re.compile(r"^([zcs])h")
_H_IS_F = {"hu": "fu", "hui": "fei", "hun": "fen"}
_BEGINS = re.compile(r"^[^aeiouv]*")

_CLAUSE = re.compile(r"[一-鿿]+")
#: Characters that begin, and that end, no county's name, whatever they sound like: 说俺县, 家是市里.
_NOT_FIRST = frozenset(
    "姓是俺我咱你恁他她它那哪这的嘞哩着过说找问送回去到在有没不也都就还把被叫给跟个趟邻外本各该谁啥咋几"
)
_NOT_LAST = frozenset("是俺我咱你恁他她它的了嘞哩着过个趟邻")
#: What may stand before a name in an answer to where: 那是俺家的, 就在.
_LEADS_IN = frozenset("那就也还都是在俺我咱们家住的这事儿老归属从说")
#: How what follows a name of one character goes on: 叶县的, 叶县某某镇.
_ENDS = re.compile(r"$|[的人那这]|[一-鿿]{1,5}[乡镇村]")
_IN_A_TOWN = re.compile(r"[一-鿿]{1,4}[乡镇]")
_LEVEL = re.compile(r"回族区|[县市区]")
_LONGEST_NAME = 3
#: So many letters of a clause may stand before the name.
_LONGEST_LEAD = 12


@lru_cache(maxsize=2048)
def folded(sound: str) -> str:
    """A syllable as Henan ears hear it.

    >>> [folded(each) for each in ("zhang", "nu", "huang", "hui", "shi")]
    ['zan', 'lu', 'fan', 'fei', 'si']
    """
    sound = _H_IS_F.get(sound) or re.sub(r"^hu(?=[ao])", "f", sound)
    sound = re.sub(r"^n(?=.)", "l", _FLAT.sub(r"\1", sound))
    return sound.removesuffix("g") if sound.endswith("ng") else sound


@lru_cache(maxsize=512)
def heard_as(char: str) -> frozenset[str]:
    """Every reading of a character as Henan ears hear it."""
    return frozenset(map(folded, sounds_of(char)))


@lru_cache(maxsize=65536)
def apart(typed: str, meant: str) -> int:
    """How far one character's sound is from any reading of the one that is meant.

    >>> apart("三", "山"), apart("路", "鲁"), apart("单", "山"), apart("三", "鲁")
    (1, 0, 2, 3)
    """
    if typed == meant or syllable(typed) in sounds_of(meant):
        return SAME
    if folded(syllable(typed)) in (heard := heard_as(meant)):
        return NEAR
    return ALIKE if _parts([folded(syllable(typed))]) & _parts(heard) else OTHER


def _parts(sounds: Iterable[str]) -> set[str]:
    """How they begin, and how they end, marked."""
    ends = {sound: _BEGINS.sub("", sound) for sound in sounds}
    begins = {sound.removesuffix(end) for sound, end in ends.items()} - {""}
    return {f"{begin}-" for begin in begins} | {f"-{end}" for end in ends.values()}


def _may_name(typed: str) -> bool:
    return not (typed[0] in _NOT_FIRST or typed[-1] in _NOT_LAST)


@dataclass(frozen=True)
class Sounding:
    """A stretch of a text, and the counties that it sounds like, the likeliest first."""

    codes: tuple[str, ...]
    start: int
    stop: int


class Misspelt:
    """Full names of counties by their codes; everyday words that only sound like one (一样); and whether
    a name may go on with what stands behind it."""

    def __init__(
        self,
        counties: Mapping[str, str],
        everyday: Collection[str],
        leads: Callable[[str], bool],
        goes_on: Callable[[str, str], bool],
    ) -> None:
        self._full = counties
        self._names = {code: SUFFIX.sub("", name) for code, name in counties.items()}
        self._districts = {code for code, name in counties.items() if name.endswith("区")}
        self._everyday, self._leads, self._goes_on = frozenset(everyday), leads, goes_on
        self._near: dict[tuple[str, ...], list[str]] = {}
        for code, name in self._names.items():
            for sounds in product(*map(heard_as, name)):
                self._near.setdefault(sounds, []).append(code)

    def written(self, text: str) -> Sounding | None:
        """The first name with its 县, 市 or 区 that sounds like a county, wherever it stands."""
        return next(self._whole(text), None)

    def answered(self, text: str) -> Sounding | None:
        """The same in an answer to where; there the name may stand without, or be half wrong, where it
        begins what she says."""
        return self.written(text) or next(self._short(text), None) or next(self._half(text), None)

    def _whole(self, text: str) -> Iterator[Sounding]:
        for level in _LEVEL.finditer(text):
            end = level.start()
            for length in range(min(end, _LONGEST_NAME), 0, -1):
                typed = text[end - length : end]
                codes = self._of_level(level.group()[-1], self._sounding(typed))
                if length == 1 and not self._stands_alone(text, end):
                    continue
                if codes:
                    yield Sounding(codes, end - length, level.end())

    def _short(self, text: str) -> Iterator[Sounding]:
        for start, clause, at in self._beginnings(text):
            typed, after = clause[at : at + 2], clause[at + 2 :]
            codes = tuple(
                code for code in self._sounding(typed)
                if code not in self._districts
                and (self._goes_on(after[:9], code) or _IN_A_TOWN.match(after))
            )  # fmt: skip
            if codes:
                yield Sounding(codes, start + at, start + at + 2)

    def _half(self, text: str) -> Iterator[Sounding]:
        for start, clause, at in self._beginnings(text):
            typed, level = clause[at : at + 2], clause[at + 2 : at + 3]
            ends = _ENDS.match(clause[at + 3 : at + 9])
            if level and level in "县市" and ends and _may_name(typed):
                codes = self._of_level(level, self._half_wrong(typed))
                if codes:
                    yield Sounding(codes, start + at, start + at + 3)

    def _beginnings(self, text: str) -> Iterator[tuple[int, str, int]]:
        """(where a clause starts, the clause, where in it a name may begin)."""
        for found in _CLAUSE.finditer(text):
            clause = found.group()
            for at in range(min(len(clause) - 1, _LONGEST_LEAD)):
                if _LEADS_IN.issuperset(clause[:at]) or self._leads(clause[:at]):
                    yield found.start(), clause, at

    def _stands_alone(self, text: str, end: int) -> bool:
        """Whether a name of one character before `end` is one: 叶县的, and not 说县里."""
        before = _CLAUSE.search(text[max(0, end - 1 - _LONGEST_LEAD) : end - 1][::-1])
        lead = before.group()[::-1] if before and before.start() == 0 else ""
        led = _LEADS_IN.issuperset(lead) or self._leads(lead)
        return led and bool(_ENDS.match(text[end + 1 : end + 7]))

    def _of_level(self, level: str, codes: Iterable[str]) -> tuple[str, ...]:
        """A district is called one; a county may be called a city, and stands behind the cities then."""
        fit = (code for code in codes if (code in self._districts) == (level == "区"))
        return tuple(sorted(fit, key=lambda code: not self._full[code].endswith(level)))

    def _sounding(self, typed: str) -> Sequence[str]:
        """The counties of just these sounds, to a Henan ear."""
        if typed in self._everyday or not _may_name(typed):
            return ()
        return self._near.get(tuple(folded(syllable(char)) for char in typed), ())

    def _half_wrong(self, typed: str) -> list[str]:
        """Those that differ in one syllable of two, the nearest first."""
        found = {}
        for code, name in self._names.items():
            if len(name) == len(typed):
                nearer, farther = sorted(map(apart, typed, name))
                if nearer <= NEAR < farther:
                    found[code] = nearer + farther
        return sorted(found, key=found.__getitem__)
