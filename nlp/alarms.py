"""What is about life, heard by what stands together: a house giving way, a threat against who
complained, despair, somebody in office who takes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from nlp.who import Who
from nlp.words import is_spelled

Words = Mapping[str, Sequence[str]]

#: How far apart two words of one sense stand at most, in letters; and where words are spelled.
NEAR = 14
REACH = NEAR, 40
#: A mark of when or by whom stands right beside its word.
BESIDE = 6, 24

_CLAUSE = re.compile(r"[\n,。;!?:…()]+|\.\s")
_SUM = r"[0-9一二两三四五六七八九十百千万半]{1,8}(?:块|元|千|百|万|成)|[0-9]{2,9}"

#: Who takes is looked for in so many letters.
TAKING = 1000


class Alarms:
    """The words of `[alarms]` in `triage.toml`, put together once. Every text is normalised, and read
    clause by clause; what is long past, or only feared, is not heard."""

    def __init__(
        self, told: Mapping[str, Words], danger: Sequence[str], who: Who, kin: Sequence[str]
    ) -> None:
        when, house, threat = told["when"], told["house"], told["threat"]
        despair, taking = told["despair"], told["taking"]
        self._who = who
        self._past, self._now = _any(when["past"]), _any(when["now"])
        self._settled, self._feared = _any(when["settled"]), _any(when["feared"])
        self._not = re.compile(f"(?:{_one_of(when['not'])})$")

        self._danger = _any(danger)
        self._parts, self._things = _any(house["parts"]), _any(house["things"])
        self._moves, self._leans = _any(house["moves"]), _any(house["leans"])
        self._worse, self._inside = _any(house["worse"]), _any(house["inside"])
        self._harmed, self._house = _any(house["harmed"]), _any([*house["parts"], *house["where"]])
        self._general = _any(house["general"])
        self._of_a_house = _any([*danger, *house["parts"], *house["where"]])

        self._complained, self._since = _any(threat["complained"]), _any(threat["since"])
        self._silences, self._hostile = _any(threat["silences"]), _any(threat["hostile"])
        self._harms, self._us = _any(threat["harms"]), _any(threat["us"])
        self._harmless = _any(threat["unlike"])
        self._held, self._cuts = _any(threat["held"]), _any(threat["cuts"])
        self._matter = re.compile(f".{{0,{BESIDE[0]}}}?(?:{_one_of(threat['matter'])})")

        self._says, self._unlike = _any(despair["says"]), _any(despair["unlike"])
        self._wills, self._deeds = _any(despair["wills"]), _any(despair["deeds"])
        self._means, self._ready = _any(despair["means"]), _any(despair["ready"])
        self._loath, self._living = _any(despair["loath"]), _any(despair["living"])
        self._leaps, self._into = _any(despair["leaps"]), _any(despair["into"])
        one_of_these = ("says", "deeds", "living", "leaps", "means", "gone")
        self._of_despair = _any(word for name in one_of_these for word in despair[name])
        self._gone = _any(despair["gone"])
        self._follows, self._whom = _any(despair["follows"]), _any([*despair["whom"], *kin])
        self._ends = tuple(despair["ends"])

        self._goods = re.compile(f"{_one_of(taking['goods'])}|{_SUM}")
        self._takes, self._gives = _any(taking["takes"]), _any(taking["gives"])
        relatives = _one_of([*kin, *taking["relatives"]])
        self._own = re.compile(
            f"(?<![俺我咱])(?:{_one_of(taking['own'])})(?:{relatives})|{_one_of(taking['himself'])}"
        )
        self._untitled = _any(taking["untitled"])
        self._household = re.compile(f"^(?:{_one_of(taking['household'])}|的?(?:{relatives}))")
        self._enjoys = _any(taking["enjoys"])

    def of_a_house(self, clear: str) -> bool:
        """A house that gives way now, or somebody hurt or shut in by one; not where it is asked what a
        rule says of such houses, and nobody is told to be in it."""
        if not self._of_a_house.search(clear) or self._settled.search(clear):
            return False
        clauses = [each for each in _clauses(clear) if self._is_now(each)]
        if any(self._danger.search(each) and not self._general.search(each) for each in clauses):
            return True
        if self._general.search(clear) and not self._inside.search(clear):
            return False
        if self._house.search(clear) and any(self._said(self._harmed, each) for each in clauses):
            return True
        own = [two for one, two in pairwise(("", *clauses)) if not self._things.search(one + two)]
        whole = map("".join, _pairs(own))  # 墙泡了,一片片往下掉: the part is not named again
        if any(self._said_of(self._parts, self._moves, each) for each in whole):
            return True
        leaning = any(self._said_of(self._parts, self._leans, each) for each in own)
        return leaning and bool(self._worse.search(clear) or self._inside.search(clear))

    def is_over(self, clear: str) -> bool:
        """Whether all of it is told as past, or as settled."""
        clauses = _clauses(clear)
        return bool(self._settled.search(clear)) or not any(map(self._is_now, clauses))

    def somebody_inside(self, clear: str) -> bool:
        """Whether somebody is told to be in the house, or not to leave it."""
        return bool(self._inside.search(clear))

    def of_a_threat(self, clear: str) -> bool:
        """Somebody presses or threatens her because she complained."""
        if not self._complained.search(clear):
            return False
        clauses = _clauses(clear)
        if any(
            self._said_of(self._silences, self._complained, each, turned=False) for each in clauses
        ):
            return True
        if not any(_near(self._complained, self._since, clear, *BESIDE)):
            return False
        return any(
            self._stands(act, each) and not self._matter.match(each, act.end())
            for each in clauses
            for act in self._acts(each)
        )

    def _acts(self, clause: str) -> Iterator[re.Match[str]]:
        """What is done or said against somebody: by a word of its own, to us, or to what we live on."""
        yield from self._hostile.finditer(clause)
        yield from _near(self._held, self._cuts, clause, *BESIDE)
        harmful = self._harmless.sub(lambda each: " " * len(each.group()), clause)
        yield from _near(self._us, self._harms, harmful, *BESIDE)

    def of_despair(self, clear: str) -> bool:
        """She, or somebody she writes of, may end a life that is their own."""
        if not self._of_despair.search(clear):
            return False
        clauses = _clauses(self.without_sayings(clear))
        if any(self._says.search(each) for each in clauses):
            return True
        now = [each for each in clauses if self._is_now(each)]
        if any(any(_near(self._loath, self._living, each, *BESIDE)) for each in now):
            return True
        leap = [each for each in now if any(_near(self._into, self._leaps, each, *BESIDE))]
        if any(any(_near(self._wills, self._leaps, each, *BESIDE)) for each in leap):
            return True
        if any(any(_near(self._wills, self._deeds, each, *REACH)) for each in now):
            return True
        if any(any(_near(self._means, self._ready, "".join(pair), *REACH)) for pair in _pairs(now)):
            return True
        return bool(self._gone.search(clear)) and any(
            each.endswith(self._ends) and any(_near(self._whom, self._follows, each, *BESIDE))
            for each in clauses
        )

    def without_sayings(self, clear: str) -> str:
        """Without what only sounds like despair: 不想活动, 死活不肯."""
        return self._unlike.sub(" ", clear)

    def of_taking(self, clear: str) -> bool:
        """Somebody in office or at work there takes what is another's, or gives it to his own."""
        clear = clear[:TAKING]
        if not any(each.search(clear) for each in (self._takes, self._gives, self._enjoys)):
            return False  # most texts, and naming everybody takes its time
        named = (each.span for each in self._who.named(clear))
        untitled = (each.span() for each in self._untitled.finditer(clear))
        return any(self._taken_by(span, clear) for span in (*named, *untitled))

    def _taken_by(self, span: tuple[int, int], clear: str) -> bool:
        """Whether whoever is named there takes: said in the clause he stands in."""
        start, end = span
        behind = clear[end : end + 2 * NEAR]
        of_him = self._household.match(behind)
        if of_him and self._enjoys.search(behind, of_him.end()):
            return True
        clause = _CLAUSE.split(clear[max(0, start - NEAR) : start])[-1] + _CLAUSE.split(behind)[0]
        return self._said_of(self._goods, self._takes, clause) or self._said_of(
            self._own, self._gives, clause
        )

    def _is_now(self, clause: str) -> bool:
        return not self._past.search(clause) or bool(self._now.search(clause))

    def _said(self, words: re.Pattern[str], clause: str) -> bool:
        """Whether the clause says so: not denied, and not what somebody only fears."""
        return any(self._stands(each, clause) for each in words.finditer(clause))

    def _said_of(
        self, what: re.Pattern[str], does: re.Pattern[str], clause: str, *, turned: bool = True
    ) -> bool:
        """Whether `does` stands near `what`, said as in `_said`; not `turned`: only behind it."""
        found = _near(what, does, clause, *REACH, turned=turned)
        return any(self._stands(each, clause) for each in found)

    def _stands(self, match: re.Match[str], clause: str) -> bool:
        before = clause[max(0, match.start() - NEAR) : match.start()]
        return not (self._not.search(before) or self._feared.search(before))


def _near(
    what: re.Pattern[str],
    does: re.Pattern[str],
    text: str,
    letters: int,
    spelled: int,
    *,
    turned: bool = True,
) -> Iterator[re.Match[str]]:
    """The places of `does` that are no further from one of `what` than so many letters."""
    reach = spelled if is_spelled(text) else letters
    spans = [each.span() for each in what.finditer(text)]
    for match in does.finditer(text):
        after = bisect_left(spans, match.span())
        if any(
            start - match.end() <= reach and match.start() - end <= reach
            for start, end in spans[max(0, after - 1) : after + turned]
        ):
            yield match


def _clauses(clear: str) -> tuple[str, ...]:
    return tuple(each for each in _CLAUSE.split(clear) if each)


def _pairs(clauses: Sequence[str]) -> Iterable[tuple[str, str]]:
    """Each clause with the one behind it, the last alone."""
    return pairwise((*clauses, ""))


def _one_of(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or r"(?!)"


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(_one_of(words))
