"""The programme's places: from what a villager writes to a code, and back to a name.

A village name alone is worth little (王庄 is the name of 183 villages), so nothing below the county
is believed without the county.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add

from nlp.misspelt import Misspelt, Sounding
from nlp.words import LONGEST, is_spelled, letters, normalise

_COUNTY_SUFFIX = re.compile(r"(回族区|矿区|县|市|区| county| district| city)$")
_TOWN_SUFFIX = re.compile(r"(回族镇|回族乡|街道办事处|街道|地区|镇|乡| township| parish)$")
_VILLAGE_SUFFIX = re.compile(r"(村民委员会|村委会|居民委员会|居委会|社区|行政村|村| village)$")

#: What may stand before and after a short name of a county.
_BEFORE_NAME = re.compile(
    r"(?:[^一-鿿a-z0-9]|是|在|到|去|来|俺们?|我们?|咱们?|住|从|回|往|离|归|属|和|跟|与|(?<![东西人大邻])家|问|的|向|给|省|市|说|为|查|看|下)$"
)
_AFTER_NAME = re.compile(
    r"[^一-鿿a-z0-9]|县|人|这|那|的|哩|嘞|咧|[滴勒嗒类呀啊呗吧呢](?![一-鿿])|城里|农村|移民|乡下|老家|农户|危房|危改|补|能|可|咋|怎|有|没|啥|哪|多少|多大|是|也|一|低保|贫困|住建|财政|民政|扶贫|残联|领|要|给|谁|几|往|来|去|问|找|打听|d级|c级|[一二三四五六七八九]口"
)

#: Some city is named; 俺们市, 去市, 全市 name none.
_SOME_CITY = re.compile(r"[一-鿿]{2,3}(?<![俺我咱们本全该各在到去来住回进是外城])市$")

#: The longest name of a place looked for before an office, in characters.
_LONGEST_NAME = 9
#: How far before a county a smaller place of it is looked for, where names are spelled.
_FAR_BEFORE = 30

#: Rows of the statistical code that are no places people name.
_NOT_NAMED = re.compile(r"市辖区|开发区|示范区|集聚区|园区|新区|经济|功能区")
#: So many counties are offered for one that is misspelt.
MOST_OFFERED = 8
#: Letters beside the name of a place that say something: 的, 县里 do not.
_MORE = 3
#: What stands in the place of a city above a county that answers to the province.
_NO_CITY = re.compile(r"直辖县级")


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

    def __init__(
        self, names: dict[str, str], codes: list[str], renames: Mapping[str, str],
        elsewhere: Sequence[str] = (), everyday: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self._names = names
        self._codes = codes
        self._words: dict[str, str] = {}
        self._towns: dict[str, list[str]] = {}
        self._town_names: dict[str, tuple[str, ...]] = {}  # by county, filled when first asked for
        said = {code: name.lower() for code, name in names.items() if len(code) < 12}
        for code, name in said.items():
            if len(code) == 6 and not _NOT_NAMED.search(name):
                self._add_county(code, name)
            elif len(code) == 9:
                self._towns.setdefault(name, []).append(code)
        self._by_beginning: dict[str, list[str]] = {}
        for name in sorted(self._towns, key=len, reverse=True):
            if len(name) > 2:
                self._by_beginning.setdefault(name[:2], []).append(name)
        self._words.update((name.lower(), code) for name, code in renames.items())
        longest_first = sorted(self._words, key=len, reverse=True)
        self._county = re.compile("|".join(map(re.escape, longest_first)))
        self._ending = dict(self._words) | {n: c for c, n in said.items() if len(c) == 4}
        self._ending |= {name: codes[0] for name, codes in self._towns.items() if len(codes) == 1}
        self._cities = {
            _COUNTY_SUFFIX.sub("", name): code for code, name in said.items() if len(code) == 4
        }
        self._ending |= self._cities
        self._elsewhere, self._everyday = tuple(elsewhere), tuple(everyday)

    @classmethod
    def from_lines(
        cls,
        lines: Iterable[str],
        renames: Mapping[str, str],
        elsewhere: Sequence[str] = (),
        everyday: Sequence[str] = (),
    ) -> Gazetteer:
        """From `code<TAB>name` lines, sorted by code; what stands behind a name of `elsewhere` lies there,
        and an `everyday` word names no place whose name it sounds like."""
        names: dict[str, str] = {}
        for line in lines:
            code, _, name = line.rstrip("\n").partition("\t")
            if code:
                names[code] = name
        return cls(names, sorted(names), renames, elsewhere, everyday)

    def _add_county(self, code: str, name: str) -> None:
        """The full name; the short one only where it is not a single character (叶, 淇, 滑…)
        and not a district whose short name is an ordinary word."""
        self._words[name] = code
        short = _COUNTY_SUFFIX.sub("", name)
        if len(short) > 1 and not name.endswith("区"):
            self._words[short] = code

    def find(self, text: str) -> PlaceFound:
        """The most precise place the text names at a border. It is only heard: nobody files anything to
        it before she has said that it is right."""
        named = next(self._named(text), None)
        if not named:
            return self._without_county(text)
        start, stop, county = named
        rest = text[stop:]
        town, town_span = self._township(county, rest)
        village, village_span = self._village(town or county, rest)
        if is_spelled(text):  # the smaller place stands first there: Oakford in Tarnley County
            before = text[max(0, start - _FAR_BEFORE) : start]
            town = town or self._township(county, before)[0]
            village = village or self._village(town or county, before)[0]
        ends = [span[1] for span in (town_span, village_span) if span]
        return PlaceFound(
            county=county,
            township=town or (village[:9] if village else ""),
            village=village,
            span=(start, stop + max(ends, default=0)),
        )

    def without_county(self, text: str) -> tuple[str, str]:
        """(county's code, the text without its name); ('', the text) where it names none."""
        for start, end, county in self._named(text):
            return county, text[:start] + text[end:]
        return "", text

    def without_city(self, text: str) -> tuple[str, str]:
        """(city's code, the text behind its name) where a city's name begins it; else ('', the text)."""
        for name, code in self._cities.items():
            if text.startswith(name):
                whole = self._names[code]
                return code, text[len(whole if text.startswith(whole) else name) :]
        return "", text

    def _named(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(from, to, code) of each county named. A full name of three letters stands anywhere; a
        shorter one (of two letters, or without its 县) only between borders, so that a word in whose
        midst it stands names nobody's county."""
        for match in self._county.finditer(text):
            start, end = match.span()
            code, name = self._words[match.group()], match.group()
            whole = bool(_COUNTY_SUFFIX.search(name))
            if self._lies_elsewhere(text[max(0, start - _LONGEST_NAME) : start]):
                continue
            if (whole and len(name) > 2) or (
                self._begins(text[max(0, start - _LONGEST_NAME) : start])
                and (whole or self._goes_on(text[end : end + _LONGEST_NAME], code))
            ):
                yield start, end, code

    def _lies_elsewhere(self, before: str) -> bool:
        """Whether another programme's city or province is named right before: 福州市鼓楼区 is no 鼓楼区 of
        ours."""
        bare = before.removesuffix("省").removesuffix("市")
        if any(map(bare.endswith, self._cities)):
            return False
        return bare.endswith(self._elsewhere) or bool(_SOME_CITY.search(before))

    def _begins(self, before: str) -> bool:
        """Whether the name of a place may begin after these letters."""
        return (
            not before
            or bool(_BEFORE_NAME.search(before))
            or any(before.endswith(city) for city in self._cities)
        )

    def _goes_on(self, after: str, county: str) -> bool:
        """Whether a short name may end here: the clause ends, goes on about the place, or names one
        of its own townships."""
        if not after or _AFTER_NAME.match(after):
            return True
        if county not in self._town_names:
            names = [name.lower() for _, name in self.children(county)]
            self._town_names[county] = (*names, *(_TOWN_SUFFIX.sub("", name) for name in names))
        return after.startswith(self._town_names[county])

    def _without_county(self, text: str) -> PlaceFound:
        """Only a township was named: the counties that have one of that name. The first in the text
        counts, of two that begin there the longer."""
        beginnings = self._by_beginning.keys() & set(map(add, text, text[1:]))
        for at in sorted(at for begin in beginnings for at in _places_of(begin, text)):
            names = self._by_beginning[text[at : at + 2]]
            if name := next((each for each in names if text.startswith(each, at)), ""):
                codes, span = self._towns[name], (at, at + len(name))
                counties = tuple(dict.fromkeys(code[:6] for code in codes))
                if len(counties) == 1:
                    return PlaceFound(county=counties[0], township=codes[0], span=span)
                return PlaceFound(span=span, candidates=counties[:6])
        return PlaceFound()

    def _township(self, county: str, rest: str) -> tuple[str, tuple[int, int] | None]:
        best: tuple[int, str, tuple[int, int]] | None = None
        for code, full in self.children(county):
            name = full.lower()
            short = _TOWN_SUFFIX.sub("", name)
            for form in (name, short if len(short) > 1 else name):
                at = rest.find(form)
                if 0 <= at < 30 and (best is None or len(form) > best[0]):
                    best = (len(form), code, (at, at + len(form)))
        return (best[1], best[2]) if best else ("", None)

    def _village(self, within: str, rest: str) -> tuple[str, tuple[int, int] | None]:
        found: list[tuple[int, str, tuple[int, int]]] = []
        for code, name in self._under(within, 12):
            short = _VILLAGE_SUFFIX.sub("", name.lower())
            named = short if is_spelled(short) else f"{short}村"
            for form in (named, short if len(short) > 2 else named):
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

    def sounding_like(self, answer: str) -> tuple[tuple[str, str], ...]:
        """(code, full name) of the counties that an answer to where may mean by a name it misspells, with
        the township it names in them. Offered, never taken; none where it names a county."""
        clear = normalise(answer)
        return self._sounding(clear, self._misspelt.answered)

    def sounding_in(self, story: str) -> tuple[tuple[str, str], ...]:
        """The same of a story, where only what is called a 县, 市 or 区 is looked at."""
        return self._sounding(normalise(story)[:LONGEST], self._misspelt.written)

    def _sounding(
        self, clear: str, find: Callable[[str], Sounding | None]
    ) -> tuple[tuple[str, str], ...]:
        if next(self._named(clear), None) or not (found := find(clear)):
            return ()
        start, stop = self._without_county(clear).span or (0, 0)
        if start < found.stop and found.start < stop:  # it is the name of a township
            return ()
        codes = (self._township(code, clear[found.stop :])[0] or code for code in found.codes)
        return tuple((code, self.full_name(code)) for code in codes)[:MOST_OFFERED]

    @cached_property
    def _above(self) -> tuple[str, ...]:
        provinces = (name for code, name in self._names.items() if len(code) == 2)
        return (*self._cities, *(name.removesuffix("省") for name in provinces))

    @cached_property
    def _misspelt(self) -> Misspelt:
        return Misspelt(
            dict(self.counties()), self._everyday, self._is_above_a_county, self._goes_on
        )

    def _is_above_a_county(self, before: str) -> bool:
        """Whether a city of ours, or the province, is named right before."""
        return before.removesuffix("省").removesuffix("市").endswith(self._above)

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
        return tuple((c, n) for c, n in self._under("", 6) if not _NOT_NAMED.search(n))

    def cities(self) -> tuple[tuple[str, str], ...]:
        return tuple(self._under("", 4))

    def __contains__(self, code: object) -> bool:
        return code in self._names

    def name(self, code: str) -> str:
        return self._names.get(code, "")

    def full_name(self, code: str) -> str:
        """City, county and township in one word, villages without the office's suffix; the smallest
        first, between commas, where names are spelled."""
        steps = [code[:length] for length in (4, 6, 9, 12) if len(code) >= length]
        parts = [self.name(step) for step in steps if not _NO_CITY.search(self.name(step))]
        if is_spelled("".join(parts)):
            return ", ".join(reversed(parts))
        if len(code) == 12:
            parts[-1] = _VILLAGE_SUFFIX.sub("", parts[-1]) + "村"
        return "".join(parts)

    def search(
        self, typed: str, *, within: str = "", limit: int = 6
    ) -> tuple[tuple[str, str], ...]:
        """Places to offer for what was typed: counties first, then townships."""
        typed = normalise(typed).strip()
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
        needle = typed[: 4 if is_spelled(typed) else 2]
        near = [c for c, n in self.counties() if c.startswith(within) and needle in n.lower()]
        return tuple((c, self.full_name(c)) for c in near[:limit])

    def beyond(self, typed: str) -> str:
        """What was typed, if it says more than the place that was found in it; else ''."""
        clear = normalise(typed)
        start, end = self.find(clear).span or (0, 0)
        return typed if len(letters(clear[:start] + clear[end:])) >= _MORE else ""


def _places_of(part: str, text: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)
