"""Texts that repeat what a pattern or a word list knows, and what reading them costs.

The fragments are taken from the code and the words themselves, so that a new pattern or a new word
is tried by the tests that read these texts without anybody adding it.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, prod
from re import _constants as sre  # type: ignore[attr-defined]  # not in the stubs
from re import _parser as parser  # type: ignore[attr-defined]  # not in the stubs
from types import ModuleType
from typing import Any

import api
import bot
import casework
import nlp

ROOMS = (nlp, casework, bot, api)
LENGTHS = (48, 60, 3000)
MOST_CPU = 0.05
#: What can make a pattern fail after a long run: the end, a sum, a name cut short, a stop.
TAILS = ("", "啊500块", "某", "。", "9")

#: Each of these once held the process for more than its time, or ended in an exception.
STOPPED = {
    "small words without end before a sum": "收" + "每户" * 26 + "啊500块",
    "the same, long": "收" + "每户" * 1500 + "啊500块",
    "numerals without end": "一" * 3000,
    "digits without end": "9" * 3000 + "户",
    "digits beyond any number": "9" * 400 + "户",
    "a number that never ends": "交了" + "1万" * 1500 + "块",
    "many sums": "".join(f"收{n}块" for n in range(100, 900)),
    "digits apart": "1 " * 1500,
    "whose business": "归" * 3000,
    "marks upon marks": "a" + "\u0323\u0301" * 2400,
    "one sign for eighteen": "\ufdfa" * 3000,
    "phones": ",".join(str(13800000000 + n) for n in range(400)),
    "who I am": "我叫赵村" * 1200,
}

#: Stands for every kind of character a class can mean.
KINDS = "0a字_ \n!é٣"
WORD = {
    sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s",
    sre.CATEGORY_NOT_SPACE: r"\S", sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
ONE = (sre.LITERAL, sre.NOT_LITERAL, sre.ANY, sre.IN)


@dataclass(frozen=True)
class Found:
    """A pattern somewhere in the code. Whole: it is only ever asked from the first letter on."""

    where: str
    pattern: str
    flags: int = 0
    whole: bool = False


def modules() -> Iterator[ModuleType]:
    """Every module of the rooms that see a person's text, those not yet written included."""
    for room in ROOMS:
        yield room
        for each in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
            yield importlib.import_module(each.name)


def patterns(*held_by: object) -> list[Found]:
    """Compiled at the top of a module, written inside a function, or kept by these objects."""
    found = [each for module in modules() for each in (*_at_the_top(module), *_inside(module))]
    return [*found, *(each for one in held_by for each in _kept(one, set()))]


def _at_the_top(module: ModuleType) -> Iterator[Found]:
    for name, value in vars(module).items():
        if isinstance(value, re.Pattern):
            yield Found(f"{module.__name__}.{name}", value.pattern, value.flags)


def _inside(module: ModuleType) -> Iterator[Found]:
    """`re.search("…", text)` where it stands; a pattern made of constants of the module counts."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        match node:
            case ast.Call(func=ast.Attribute(ast.Name("re"), how), args=[first, *_]) if how not in (
                "escape",
                "compile",
            ):
                made: Any = eval(
                    compile(ast.Expression(first), module.__name__, "eval"), vars(module)
                )
                yield Found(f"{module.__name__}:{node.lineno}", made, 0, how.endswith("match"))


def _kept(one: object, seen: set[int]) -> Iterator[Found]:
    if isinstance(one, re.Pattern):
        yield Found("kept", one.pattern, one.flags)
    elif id(one) not in seen and type(one).__module__.partition(".")[0] in ("nlp", "casework"):
        seen.add(id(one))
        for value in vars(one).values() if hasattr(one, "__dict__") else ():
            yield from _kept(value, seen)


# How many ways there are to fail


def troubles(found: Found, most: int = 2000) -> list[str]:
    """Why the time of this pattern could grow faster than the text; empty for a good one."""
    tree = parser.parse(found.pattern, found.flags)
    letters = frozenset(KINDS + "".join(_letters(tree)))
    ways = _ways(list(tree), frozenset(), letters, safe=not found.whole)
    said = [f"{ways} ways to read the same letters"] if ways > most else []
    if not found.whole and _scans_again(list(tree), True, letters):
        said.append("a run without a limit is read again from each of its letters")
    return said


def _letters(tree: Iterable[Any]) -> Iterator[str]:
    for op, value in tree:
        if op in (sre.LITERAL, sre.NOT_LITERAL):
            yield chr(value)
        elif op is sre.RANGE:
            yield from map(chr, value)
        else:
            for part in _parts(op, value):
                yield from _letters(part)


def _parts(op: Any, value: Any) -> list[list[Any]]:
    """What stands inside an item."""
    if op is sre.IN:
        return [value]
    if op is sre.BRANCH:
        return [list(each) for each in value[1]]
    if op in (*REPEATS, sre.POSSESSIVE_REPEAT):
        return [list(value[2])]
    if op is sre.SUBPATTERN:
        return [list(value[3])]
    if op in (sre.ASSERT, sre.ASSERT_NOT):
        return [list(value[1])]
    return [list(value)] if op is sre.ATOMIC_GROUP else []


def _fits(op: Any, value: Any, char: str) -> bool:
    match op:
        case sre.LITERAL:
            return chr(value) == char
        case sre.NOT_LITERAL:
            return chr(value) != char
        case sre.ANY:
            return char != "\n"
        case sre.RANGE:
            return bool(value[0] <= ord(char) <= value[1])
        case sre.CATEGORY:
            return bool(re.match(WORD[value], char))
    negated = value[0][0] is sre.NEGATE
    return negated != any(_fits(*each, char) for each in value[negated:])


def _first(items: list[Any], letters: frozenset[str]) -> frozenset[str]:
    """The letters these items can begin with."""
    begins: frozenset[str] = frozenset()
    for item in items:
        op, value = item
        if op in ONE:
            return begins | {char for char in letters if _fits(op, value, char)}
        for part in _parts(op, value) if op not in (sre.ASSERT, sre.ASSERT_NOT) else ():
            begins |= _first(part, letters)
        if not _empty([item]):
            return begins
    return begins


def _empty(items: list[Any], *, surely: bool = False) -> bool:
    """Whether these items can be nothing; surely: and then never fail."""
    for op, value in items:
        if op in ONE or op is sre.GROUPREF:
            return False
        if op in (sre.AT, sre.ASSERT, sre.ASSERT_NOT):
            if surely:
                return False
        elif op in (*REPEATS, sre.POSSESSIVE_REPEAT):
            if value[0] and not _empty(list(value[2]), surely=surely):
                return False
        elif not any(_empty(part, surely=surely) for part in _parts(op, value)):
            return False
    return True


def _ways(
    items: list[Any], follow: frozenset[str], letters: frozenset[str], *, safe: bool
) -> float:
    """How often the same letters can be read differently before these items give up. `safe`: what
    follows them never fails, so nobody comes back."""
    ways: float = 1
    for at, item in reversed(list(enumerate(items))):
        after = safe and _empty(items[at + 1 :], surely=True)
        ways *= _ways_of(item, follow, letters, after)
        follow = _first([item], letters) | (follow if _empty([item]) else frozenset())
    return ways


def _ways_of(item: Any, follow: frozenset[str], letters: frozenset[str], safe: bool) -> float:
    op, value = item
    if op in REPEATS:
        least, most, body = value[0], value[1], list(value[2])
        begins = _first(body, letters)
        inner = _ways(body, begins | follow, letters, safe=False)
        if inner > 1 or _empty(body):
            return inf if most is sre.MAXREPEAT else max(inner, 2) ** most
        clash = begins & follow and not safe
        return 1 if not clash else inf if most is sre.MAXREPEAT else most - least + 1
    if op is sre.BRANCH:
        sides = _parts(op, value)
        each = [_ways(side, follow, letters, safe=safe) for side in sides]
        begins = [
            _first(side, letters) | (follow if _empty(side) else frozenset()) for side in sides
        ]
        apart = sum(map(len, begins)) == len(frozenset().union(*begins))
        return max(each) if apart else sum(each)
    if op in ONE:
        return 1
    return prod(_ways(part, follow, letters, safe=safe) for part in _parts(op, value))


def _scans_again(items: list[Any], safe: bool, letters: frozenset[str]) -> bool:
    """Whether something after a run without a limit can fail, and no look back keeps the search
    from starting inside the run. `safe`: what follows these items never fails."""
    for at, (op, value) in enumerate(items):
        after = safe and _empty(items[at + 1 :], surely=True)
        if op in (*REPEATS, sre.POSSESSIVE_REPEAT) and value[1] is sre.MAXREPEAT and not after:
            behind = _kept_out(items[:at], letters)
            if not _first(list(value[2]), letters) <= behind:
                return True
        if any(_scans_again(part, after, letters) for part in _parts(op, value)):
            return True
    return False


def _kept_out(before: list[Any], letters: frozenset[str]) -> frozenset[str]:
    """The letters that must not stand before, if nothing but such looks back stands there."""
    out: frozenset[str] = frozenset()
    for op, value in before:
        if op is not sre.ASSERT_NOT or value[0] != -1:
            return frozenset()
        out |= _first(list(value[1]), letters)
    return out


# Texts


def fragments(found: Iterable[Found], *held_by: object) -> list[str]:
    """What the patterns can read and the word lists name, each once, sorted."""
    known: set[str] = set()
    for each in found:
        known.update(_runs(parser.parse(each.pattern, each.flags)))
    for module in modules():
        if module.__name__.startswith("nlp."):
            for name, value in vars(module).items():
                known.update(_words(value) if not name.startswith("__") else ())
    for one in held_by:
        known.update(_words(one))
    return sorted(filter(None, known))


def _runs(tree: Iterable[Any]) -> Iterator[str]:
    """Literals that stand together, and two letters of each class."""
    run = ""
    for op, value in tree:
        if op is sre.LITERAL:
            run += chr(value)
            continue
        yield run
        run = ""
        if op is sre.IN:
            yield from [char for char in sorted(set(_letters(value))) if _fits(op, value, char)][:2]
        else:
            for part in _parts(op, value):
                yield from _runs(part)
    yield run


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if len(value) <= 12 else []
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _words(key)
            yield from _words(each)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            yield from _words(each)


def spun(lead: str, fragment: str, length: int, tail: str) -> str:
    """A beginning, a fragment again and again, and an end: exactly this long."""
    room = max(0, length - len(lead) - len(tail))
    return lead + (fragment * (room // len(fragment) + 1))[:room] + tail


@dataclass
class Spindle:
    """Every fragment, and every neighbouring pair, behind some of the beginnings (or all)."""

    known: list[str]
    leads: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.leads = sorted({each[:2] for each in self.known} | {each[:1] for each in self.known})

    def texts(self, length: int, *, leads: int | None = None, every: int = 1) -> Iterator[str]:
        beads = [*self.known, *(a + b for a, b in pairwise(self.known))][::every]
        for at, bead in enumerate(beads):
            for n in range(leads or len(self.leads)):
                lead = self.leads[(at * 7 + n * 31) % len(self.leads)] if leads else self.leads[n]
                yield spun(lead, bead, length, TAILS[(at + n) % len(TAILS)])


def cpu(work: Callable[[], object]) -> float:
    """Seconds of this process's own time; the best of three where the first is too long."""
    return undisturbed(_least(work, until=MOST_CPU))


def undisturbed(seconds: float) -> float:
    """The same time where it is no longer than allowed; else as it would be where nobody else wants the
    processor: two that share a core are both slower."""
    if seconds <= MOST_CPU:
        return seconds
    return seconds / max(1.0, _least(_yardstick) / YARDSTICK)


def _least(work: Callable[[], object], until: float = 0.0) -> float:
    best = inf
    for _ in range(3):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
        if best <= until:
            break
    return best


#: Seconds that `_yardstick` takes on a slow machine with nothing else to do.
YARDSTICK = 0.009


def _yardstick() -> None:
    """Work of the kind that is measured: letters matched, cut and counted."""
    found: dict[str, int] = {}
    text = "去年腊月支书收了俺每户三百块" * 20
    for at in range(YARDS):
        start = at % 200
        if _YARD.match(text, start):
            found[text[start : start + 3]] = found.get(text[start : start + 3], 0) + 1


YARDS = 20_000
_YARD = re.compile("[^。]{0,12}(?:收|扣)了")
