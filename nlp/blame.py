"""Who of those a story names did the wrong, learned from stories in which people marked it: by what stands
beside each name, never by the name itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from nlp.training import GENTLE, Example, Line, digest, in_order, learned_of
from nlp.weights import Weights
from nlp.who import Complains, Mention, PlaceBefore, Who
from nlp.words import normalise

#: What somebody named is; of a line that names nobody.
DOES, BESIDE, NOBODY = "does", "beside", "-"
KINDS = (DOES, BESIDE)
#: So many letters before and behind a name are looked at.
BEFORE, BEHIND = 24, 60
#: From so likely on he counts as named: whoever is left out may read of himself, whoever is named for
#: nothing only moves the report up, and she is asked.
NAMED = 0.3
#: Where it is less likely than that that the whole tells of a wrong, it takes more.
LEAST, SURELY = 0.1, 0.9
#: So many others on each side are looked at; and so many are judged: a text with more names is no story,
#: and everybody in it counts as named.
BESIDE_HIM, MOST = 8, 30
#: Stands for another name.
ANOTHER = "@"
#: More of them are as many as that.
MANY = 5

_CLAUSE = re.compile(r"[,,。!?;:\n…]")


def features(text: str, mentions: Sequence[Mention], at: int) -> frozenset[str]:
    """What stands beside the mention `at`, in its clause and near it, with the others hidden; what it is, and
    where among them it stands."""
    mention, (start, end) = mentions[at], mentions[at].span
    earlier, later = mentions[max(0, at - BESIDE_HIM) : at], mentions[at + 1 : at + 1 + BESIDE_HIM]
    before = _hidden(text, earlier, max(0, start - 2 * BEFORE), start)[-BEFORE:]
    behind = _hidden(text, later, end, end + 2 * BEHIND)[:BEHIND]
    found = {
        *_grams("b:", _CLAUSE.split(before)[-1], 1), *_grams("a:", _CLAUSE.split(behind)[0], 1),
        *_grams("B:", before, 2), *_grams("A:", behind, 2),
        *(f"b{before[-n:]}$" for n in (1, 2, 3)), *(f"^{behind[:n]}a" for n in (1, 2, 3)),
        f"role:{mention.accused.role}", f"office:{mention.office}", f"of:{min(4, len(mentions))}",
        f"first:{at == 0}", f"last:{at == len(mentions) - 1}",
        f"again:{any(m.accused.role == mention.accused.role for m in (*earlier, *later))}",
    }  # fmt: skip
    if at:
        found.add(f"after:{text[mentions[at - 1].span[1] : start][-4:]}")
    if at + 1 < len(mentions):
        found.add(f"before:{text[end : mentions[at + 1].span[0]][:4]}")
    return frozenset(found)


def _hidden(text: str, others: Sequence[Mention], start: int, stop: int) -> str:
    """The text between, each other name in it one sign."""
    parts, at = [], start
    for other in others:
        first, last = other.span
        if last > start and first < stop:
            parts += [text[at : max(at, first)], ANOTHER]
            at = max(at, last)
    return "".join((*parts, text[at:stop]))


def _grams(mark: str, text: str, shortest: int) -> Iterator[str]:
    for n in range(shortest, 4):
        yield from (mark + text[i : i + n] for i in range(len(text) - n + 1))


class Blame:
    """Tells who of those named did it."""

    def __init__(self, weights: Weights, who: Who) -> None:
        self._weights, self._who = weights, who

    def named(
        self, text: str, mentions: Sequence[Mention], complains: Complains
    ) -> tuple[Mention, ...]:
        """Those of the mentions in `text` who are likely to have done it, in its order: surely, where the
        whole hardly `complains`."""
        likely = self.of_roles(text, mentions)
        some = {role for role, share in likely.items() if share >= NAMED}
        if some and complains(text) < LEAST:
            some = {role for role in some if likely[role] >= SURELY}
        return tuple(mention for mention in mentions if mention.accused.role in some)

    def of_roles(self, text: str, mentions: Sequence[Mention]) -> Mapping[str, float]:
        """How likely somebody of each role that is named did it."""
        judged, beyond = mentions[:MOST], mentions[MOST:]
        surely = [*beyond, *(each for each in judged if self._who.surely(each, text))]
        likely = {
            role: self._weights.shares(found).get(DOES, 0.0)
            for role, found in beside(text, judged).items()
        }
        return likely | {mention.accused.role: 1.0 for mention in surely}


def beside(text: str, mentions: Sequence[Mention]) -> Mapping[str, frozenset[str]]:
    """What stands beside all that are of one role, by the role: he is named again and again."""
    found: dict[str, set[str]] = {}
    for at, mention in enumerate(mentions):
        found.setdefault(mention.accused.role, set()).update(features(text, mentions, at))
    roles = f"roles:{min(MANY, len(found))}"
    return {role: frozenset({*each, roles}) for role, each in found.items()}


def story(text: str) -> str:
    """As a story is read: normalised, a line a sentence."""
    return normalise(text.replace("\n", "。"))


def learned_whom(lines: Sequence[Line], who: Who, place_before: PlaceBefore) -> Weights:
    """Weights that tell who did it, from lines whose kind is the roles of those who did, joined by commas,
    or `NOBODY`."""
    return learned_of(
        [each for line in in_order(lines) for each in _examples(line, who, place_before)],
        KINDS, digest(lines), GENTLE,
    )  # fmt: skip


def _examples(line: Line, who: Who, place_before: PlaceBefore) -> Iterator[Example]:
    did = line.kind.split(",")
    for role, found in beside(*who.mentions(story(line.text), place_before)).items():
        yield Example(kind=DOES if role in did else BESIDE, features=found)
