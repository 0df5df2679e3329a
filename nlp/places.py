"""Henan's places: from what a villager writes to a code, and back to a name.

A village name alone is worth little (王庄 is the name of 183 villages), so nothing below the county
is believed without the county.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_COUNTY_SUFFIX = re.compile(r"(回族区|矿区|县|市|区)$")
_TOWN_SUFFIX = re.compile(r"(回族镇|回族乡|街道办事处|街道|地区|镇|乡)$")
_VILLAGE_SUFFIX = re.compile(r"(村民委员会|村委会|居民委员会|居委会|社区|行政村|村)$")

#: The longest name of a place looked for before an office, in characters.
_LONGEST_NAME = 9

#: Rows of the statistical code that are no places people name.
_NOT_NAMED = re.compile(r"市辖区|开发区|示范区|集聚区|园区|新区|经济|功能区")

#: What stands before a county's short name when it is one ("" and a stop among them).
_BEFORE_SHORT = "是在到去俺咱我们恁省市,,。.;;、::!!?? "


@dataclass(frozen=True, kw_only=True)
class PlaceFound:
    """Codes as far as the text is certain ('' where it is not)."""

    county: str = ""
    township: str = ""
    village: str = ""
    span: tuple[int, int] | None = None
    candidates: tuple[str, ...] = ()  # counties, when only they could be meant

    @property
    def code(self) -> str:
        return self.village or self.township or self.county


class Gazetteer:
    """All places, villages kept in one sorted list and cut out by county when asked."""

    def __init__(self, names: dict[str, str], codes: list[str], renames: Mapping[str, str]) -> None:
        self._names = names
        self._codes = codes
        self._words: dict[str, str] = {}
        self._towns: dict[str, list[str]] = {}
        for code, name in names.items():
            if len(code) == 6 and not _NOT_NAMED.search(name):
                self._add_county(code, name)
            elif len(code) == 9:
                self._towns.setdefault(name, []).append(code)
        self._words.update(renames)
        longest_first = sorted(self._words, key=len, reverse=True)
        self._county = re.compile("|".join(map(re.escape, longest_first)))
        self._ending = dict(self._words) | {n: c for c, n in names.items() if len(c) == 4}
        self._ending |= {name: codes[0] for name, codes in self._towns.items() if len(codes) == 1}
        self._cities = {
            _COUNTY_SUFFIX.sub("", name): code for code, name in names.items() if len(code) == 4
        }
        self._ending |= self._cities

    @classmethod
    def from_lines(cls, lines: Iterable[str], renames: Mapping[str, str]) -> Gazetteer:
        """From `code<TAB>name` lines, sorted by code."""
        names: dict[str, str] = {}
        for line in lines:
            code, _, name = line.rstrip("\n").partition("\t")
            if code:
                names[code] = name
        return cls(names, sorted(names), renames)

    def _add_county(self, code: str, name: str) -> None:
        """The full name; the short one only where it is not a single character (叶, 淇, 滑…)
        and not a district whose short name is an ordinary word."""
        self._words[name] = code
        short = _COUNTY_SUFFIX.sub("", name)
        if len(short) > 1 and not name.endswith("区"):
            self._words[short] = code

    def find(self, text: str) -> PlaceFound:
        """The most precise place the text names for certain."""
        match = self._county.search(text)
        if not match:
            return self._without_county(text)
        county = self._words[match.group()]
        rest = text[match.end() :]
        town, town_span = self._township(county, rest)
        village, village_span = self._village(town or county, rest)
        ends = [span[1] for span in (town_span, village_span) if span]
        end = match.end() + max(ends, default=0)
        return PlaceFound(
            county=county,
            township=town or (village[:9] if village else ""),
            village=village,
            span=(match.start(), end),
        )

    def without_county(self, text: str) -> tuple[str, str]:
        """(county's code, the text without its name); ('', the text) where it names none. A short
        name counts only where a place may begin: 新安 is a county, 重新安的窗 is a window."""
        for match in self._county.finditer(text):
            start, end = match.span()
            if (
                _COUNTY_SUFFIX.search(match.group())
                or not start
                or text[start - 1] in _BEFORE_SHORT
            ):
                return self._words[match.group()], text[:start] + text[end:]
        return "", text

    def _without_county(self, text: str) -> PlaceFound:
        """Only a township was named: the counties that have one of that name."""
        for name, codes in self._towns.items():
            at = text.find(name) if len(name) > 2 else -1
            if at < 0:
                continue
            counties = tuple(dict.fromkeys(code[:6] for code in codes))
            span = (at, at + len(name))
            if len(counties) == 1:
                return PlaceFound(county=counties[0], township=codes[0], span=span)
            return PlaceFound(span=span, candidates=counties[:6])
        return PlaceFound()

    def _township(self, county: str, rest: str) -> tuple[str, tuple[int, int] | None]:
        best: tuple[int, str, tuple[int, int]] | None = None
        for code, name in self.children(county):
            short = _TOWN_SUFFIX.sub("", name)
            for form in (name, short if len(short) > 1 else name):
                at = rest.find(form)
                if 0 <= at < 30 and (best is None or len(form) > best[0]):
                    best = (len(form), code, (at, at + len(form)))
        return (best[1], best[2]) if best else ("", None)

    def _village(self, within: str, rest: str) -> tuple[str, tuple[int, int] | None]:
        found: list[tuple[int, str, tuple[int, int]]] = []
        for code, name in self._under(within, 12):
            short = _VILLAGE_SUFFIX.sub("", name)
            for form in (f"{short}村", short if len(short) > 2 else f"{short}村"):
                at = rest.find(form)
                if 0 <= at < 40:
                    found.append((len(form), code, (at, at + len(form))))
        if not found:
            return "", None
        longest = max(found)[0]
        codes = {code: span for length, code, span in found if length == longest}
        if len(codes) > 1:  # two villages of one name: the township decides, and it was not said
            return "", None
        code, span = next(iter(codes.items()))
        return code, span

    def _under(self, code: str, length: int) -> list[tuple[str, str]]:
        start, end = bisect_left(self._codes, code), bisect_left(self._codes, code + "~")
        return [(c, self._names[c]) for c in self._codes[start:end] if len(c) == length]

    def name_before(self, text: str) -> tuple[str, int]:
        """The code of the place whose name ends `text`, and the length of that name; ("", 0) when none
        does. A name of one character (叶, 滑) counts only with its 县."""
        for length in range(min(len(text), _LONGEST_NAME), 1, -1):
            if code := self._ending.get(text[-length:]):
                return code, length
        return "", 0

    def children(self, code: str) -> tuple[tuple[str, str], ...]:
        """The places one level down."""
        step = {2: 4, 4: 6, 6: 9, 9: 12}[len(code)]
        return tuple(self._under(code, step))

    def counties(self) -> tuple[tuple[str, str], ...]:
        return tuple((c, n) for c, n in self._under("41", 6) if not _NOT_NAMED.search(n))

    def cities(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._under("41", 4))

    def __contains__(self, code: object) -> bool:
        return code in self._names

    def name(self, code: str) -> str:
        return self._names.get(code, "")

    def full_name(self, code: str) -> str:
        """平顶山市鲁山县赵村镇; villages without the office's suffix."""
        steps = [code[:length] for length in (4, 6, 9, 12) if len(code) >= length]
        parts = [self.name(step) for step in steps if self.name(step) != "省直辖县级行政区划"]
        if len(code) == 12:
            parts[-1] = _VILLAGE_SUFFIX.sub("", parts[-1]) + "村"
        return "".join(parts)

    def search(
        self, typed: str, *, within: str = "", limit: int = 6
    ) -> tuple[tuple[str, str], ...]:
        """Places to offer for what was typed: counties first, then townships."""
        typed = typed.strip()
        if not typed:
            return ()
        found = self.find(typed)
        if found.code:
            return ((found.code, self.full_name(found.code)),)
        if found.candidates:
            return tuple((code, self.full_name(code)) for code in found.candidates[:limit])
        for city, code in self._cities.items():
            if city in typed:
                counties = [c for c, n in self._under(code, 6) if not _NOT_NAMED.search(n)]
                return tuple((c, self.full_name(c)) for c in counties[:limit])
        needle = typed[:2]
        near = [c for c, n in self.counties() if c.startswith(within) and needle in n]
        return tuple((c, self.full_name(c)) for c in near[:limit])
