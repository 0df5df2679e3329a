"""What a county decides itself: the boxes it fills in, and what they say to one household."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casework.content import Texts


class Measure(StrEnum):
    """What stands in a box."""

    YUAN = "yuan"  # a sum, a whole number of yuan
    YUAN_BY_PERSONS = "yuan by persons"  # sums for 1, 2, 3 … persons, the last for as many or more
    SQUARE_BY_PERSONS = "square metres by persons"  # the same in m²
    SQUARE_EACH = "square metres each"  # m² for each person of a household larger than those
    DAYS = "days"
    WORDS = "words"
    PHONE = "phone"


@dataclass(frozen=True, kw_only=True)
class Box:
    """One thing a county decides. `need` is how topics name it, alone or with others."""

    key: str
    measure: Measure
    need: str


#: In the order in which villagers ask.
BOXES = (
    Box(key="subsidy_c", measure=Measure.YUAN, need="subsidy"),
    Box(key="subsidy_d", measure=Measure.YUAN_BY_PERSONS, need="subsidy"),
    Box(key="subsidy_note", measure=Measure.WORDS, need="subsidy"),
    Box(key="area", measure=Measure.SQUARE_BY_PERSONS, need="area"),
    Box(key="area_each", measure=Measure.SQUARE_EACH, need="area"),
    Box(key="papers", measure=Measure.WORDS, need="papers"),
    Box(key="notice_days", measure=Measure.DAYS, need="notice_days"),
    Box(key="done_in_days", measure=Measure.DAYS, need="notice_days"),
    Box(key="phone", measure=Measure.PHONE, need="phone"),
    Box(key="letter_box", measure=Measure.WORDS, need="letter_box"),
    Box(key="address", measure=Measure.WORDS, need="address"),
    Box(key="hours", measure=Measure.WORDS, need="address"),
    Box(key="training", measure=Measure.WORDS, need="training"),
    Box(key="document", measure=Measure.WORDS, need="document"),
)
BOX = {box.key: box for box in BOXES}
#: What topics may say they need of a county.
NEEDS = tuple(dict.fromkeys(box.need for box in BOXES))
#: Stands under an answer as a number to call, not as a sentence.
PHONE = "phone"

#: A whole number, one for each size of household, or words.
Value = int | tuple[int, ...] | str


@dataclass(frozen=True, kw_only=True)
class Household:
    """What somebody said of her own house and family; 0 and "" where she did not."""

    persons: int = 0
    grade: str = ""  # "C" is repaired, "D" built anew

    def __bool__(self) -> bool:
        return bool(self.persons or self.grade)

    def filled_from(self, before: Household) -> Household:
        """With what she had said before of what she does not say now."""
        return Household(persons=self.persons or before.persons, grade=self.grade or before.grade)


NOBODY = Household()


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What one county decided, on whose word, from which day. `by` is who entered it, "" for what came
    with the programme; `approved_by` is the second person."""

    value: Value
    source: str
    since: date
    by: str = ""
    entered_on: date | None = None
    approved_by: str = ""

    @property
    def is_checked(self) -> bool:
        return not self.by or bool(self.approved_by)


@dataclass(frozen=True, kw_only=True)
class Told:
    """One sentence of a county, and the facts it stands on."""

    text: str
    facts: tuple[Fact, ...]

    @property
    def is_checked(self) -> bool:
        return all(fact.is_checked for fact in self.facts)

    @property
    def sources(self) -> tuple[str, ...]:
        """On whose word, and since when."""
        return tuple(f"{fact.source} {fact.since}" for fact in self.facts)


@dataclass(frozen=True, kw_only=True)
class County:
    """What is known of one county. Whatever is shown of a `demo` county is marked as invented."""

    code: str
    demo: bool = False
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def known(self, needs: Iterable[str], today: date) -> dict[str, Fact]:
        """Those of the needed facts that are entered and in force, by box."""
        wanted = frozenset(needs)
        return {
            box.key: fact
            for box in BOXES
            if box.need in wanted and (fact := self.facts.get(box.key)) and fact.since <= today
        }

    @property
    def missing(self) -> tuple[str, ...]:
        """The boxes that are still empty."""
        return tuple(box.key for box in BOXES if box.key not in self.facts)

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The boxes that a second person has not looked at."""
        return tuple(key for key, fact in self.facts.items() if not fact.is_checked)

    def words(self, key: str, today: date) -> str:
        """What stands in a box of words, '' where nothing is entered or in force."""
        fact = self.facts.get(key)
        return str(fact.value) if fact and fact.since <= today else ""

    def told(
        self, needs: Iterable[str], today: date, texts: Texts, household: Household = NOBODY
    ) -> tuple[Told, ...]:
        """What the county decided of what is needed, in sentences; to a household that told its size
        or its grade only what holds for it. The phone is no sentence."""
        known = self.known(needs, today)
        return tuple(
            Told(text=sentence, facts=tuple(known[key] for key in keys if key in known))
            for keys, sentence in _sentences(known, texts, household)
        )


def _sentences(
    known: Mapping[str, Fact], texts: Texts, household: Household
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each with the boxes it was made of."""
    grade, persons = household.grade, household.persons
    for key, fact in known.items():
        if key == PHONE or (key, grade) in _NOT_HERS or (key == "area_each" and "area" in known):
            continue
        if key in ("area", "area_each"):
            yield ("area", "area_each"), _area(known, texts, persons)
        elif isinstance(fact.value, tuple) and persons:
            value = fact.value[min(persons, len(fact.value)) - 1]
            shown = _shown(key, value, texts)
            yield (key,), texts(f"fact.{key}_yours", persons=persons, value=shown)
        elif isinstance(fact.value, tuple):
            rows = _rows(key, fact.value, texts, open_end=True)
            yield (key,), texts(f"fact.{key}", value=rows)
        else:
            yield (key,), texts(f"fact.{key}", value=_shown(key, fact.value, texts))


#: What is built anew is not paid as a repair, and the other way round.
_NOT_HERS = frozenset({("subsidy_c", "D"), ("subsidy_d", "C")})


def _area(known: Mapping[str, Fact], texts: Texts, persons: int) -> str:
    """Of 40, 50 and 60 m², and 18 each beyond: a row for each, or for four persons 72."""
    sizes = known["area"].value if "area" in known else ()
    each = known["area_each"].value if "area_each" in known else 0
    assert isinstance(sizes, tuple)
    assert isinstance(each, int)
    if persons and each and persons > len(sizes):
        whole = _shown("area", each * persons, texts)
        return texts("fact.area_yours_each", persons=persons, value=whole, each=each)
    if persons and sizes:
        most = _shown("area", sizes[min(persons, len(sizes)) - 1], texts)
        return texts("fact.area_yours", persons=persons, value=most)
    rows = [_rows("area", sizes, texts, open_end=not each)] if sizes else []
    if each:
        shown = _shown("area_each", each, texts)
        rows.append(texts("fact.area_each", persons=len(sizes) + 1, value=shown))
    return texts("fact.area", value=texts("fact.and").join(rows))


def _rows(key: str, values: tuple[int, ...], texts: Texts, *, open_end: bool) -> str:
    """A row for each size of household; with an open end the last is for larger ones too."""
    rows = []
    for persons, value in enumerate(values, start=1):
        is_last = open_end and persons == len(values)
        row = "fact.row_or_more" if is_last else "fact.row"
        rows.append(texts(row, persons=persons, value=_shown(key, value, texts)))
    return texts("fact.and").join(rows)


def _shown(key: str, value: int | str, texts: Texts) -> str:
    match BOX[key].measure:
        case Measure.YUAN | Measure.YUAN_BY_PERSONS:
            return yuan(int(value), texts)
        case Measure.SQUARE_BY_PERSONS | Measure.SQUARE_EACH:
            return texts("fact.square", value=value)
        case _:
            return str(value)


def yuan(amount: int, texts: Texts) -> str:
    """A sum as people say it, in ten thousands where their language has a word for that: 2.6万元."""
    if amount < 10_000 or amount % 100 or not texts("fact.wan"):
        return texts("fact.yuan", value=amount)
    return texts("fact.yuan", value=texts("fact.wan", value=f"{amount / 10_000:g}"))
