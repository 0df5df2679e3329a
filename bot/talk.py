"""A conversation is a replayed coroutine: it says, asks and looks up; everything else is refused.

A dialogue is an `async def` that reads top to bottom like the talk it is. It does no I/O: what it
awaits is handed to whoever drives it. Only the answers (as meanings) and look-ups are kept, and
replayed at each message, so a restart or a second worker changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from types import coroutine
from typing import Any, Generic, TypeVar, cast

from nlp.assent import Sense, Vocabulary

T = TypeVar("T")

#: A dialogue: awaited steps in, an outcome of type T out.
Dialogue = Coroutine[Any, Any, T]


@dataclass(frozen=True)
class Say:
    """Something said; nothing is expected back."""

    text: str

    def __await__(self) -> Generator[Say, None, None]:
        yield self


#: The meaning of an answer after which the question waits on: 等等.
WAITS = "waits"


@dataclass(frozen=True)
class Plain:
    """How plain words answer a question: read in `words`, each sense it takes has a meaning. With one
    of `unless` beside it, in what was not understood, a no is no answer."""

    words: Vocabulary
    means: Mapping[Sense, str]
    unless: tuple[str, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """A question that is asked at most `tries` times: what it means when no answer was understood, and
    what is said before it is asked again."""

    means: str
    again: str = ""
    tries: int = 2
    files: bool = False  # a file is a try too: it cannot wait for words


_PRESSED = re.compile(r"([0-9a-f]{8})#(.+)", re.S)


def button(key: str, meaning: str) -> str:
    """What a button says when it is pressed: an option, and to which question it belongs."""
    return f"{_mark(key)}#{meaning}"


def numbered(data: str, n: int) -> str:
    """The same button with the option's number in the place of its meaning.

    >>> numbered(button("which", "one too long"), 2) == button("which", "2"), numbered("menu", 3)
    (True, '3')
    """
    match = _PRESSED.fullmatch(data)
    return f"{match[1]}#{n}" if match else str(n)


def pressed(data: str, key: str) -> tuple[str, bool]:
    """(what a press means, whether it belongs to the question `key`); what bears no question always
    does.

    >>> pressed(button("send", "higher"), "send"), pressed(button("about", "yes"), "send")
    (('higher', True), ('yes', False))
    """
    match = _PRESSED.fullmatch(data)
    return (match[2], match[1] == _mark(key)) if match else (data, True)


def _mark(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:8]


#: What free words answer to a question, None where they are no answer to it.
Reads = Callable[[str], str | None]


@dataclass(frozen=True)
class Ask:
    """A question. `options` are (meaning, label); other words are an answer where `free` is true, or
    where `reads` finds a meaning in them. Where a report is told, what is no answer belongs to the
    story, and so do files."""

    key: str
    text: str
    options: tuple[tuple[str, str], ...] = ()
    free: bool = True
    reads: Reads | None = None
    plain: Plain | None = None
    waits: str = ""  # said when an answer means that the question waits on
    keeps: tuple[str, ...] = ()  # meanings that are taken with whatever is said beside them
    doubt: Doubt | None = None
    files: bool = False  # files are asked for: nothing is said of them beside the question
    story: bool = False  # whatever she says to it is the story

    def __await__(self) -> Generator[Ask, str, str]:
        return (yield self)

    def fits(self, meaning: str) -> bool:
        """Whether an answer that was given to this question is one still."""
        first = meaning.partition("\n")[0]
        offered = {each for each, _ in self.options} | set(self.keeps)
        return self.free or self.reads is not None or first in offered


@dataclass(frozen=True)
class Look:
    """Something fetched between two questions; performed once, its small result is kept."""

    name: str
    argument: str

    @property
    def key(self) -> str:
        return f"look {self.name} {self.argument}"

    def fits(self, found: str) -> bool:
        return True

    def __await__(self) -> Generator[Look, str, str]:
        return (yield self)


@coroutine
def beneath(text: str, dialogue: Dialogue[T]) -> Generator[Say | Ask | Look, Any, T]:
    """The dialogue, its first question asked beneath `text` whenever it is asked. What is said by itself
    is lost where a talk only begins to be understood at its second message; a question never is."""
    reply = None
    while True:
        try:
            step = dialogue.send(reply)
        except StopIteration as end:
            return cast(T, end.value)
        if isinstance(step, Ask) and text:
            step, text = replace(step, text=f"{text}\n\n{step.text}"), ""
        reply = yield step


@dataclass(frozen=True)
class Turn(Generic[T]):
    """Where a replay stopped: what is said, what is waited for and under which key, or what came of it."""

    says: tuple[str, ...] = ()
    waits_for: Ask | Look | None = None
    key: str = ""
    outcome: T | None = None
    used: tuple[str, ...] = ()  # the keys that were answered, in the order they were asked
    finished: bool = field(default=False)


def resume(dialogue: Dialogue[T], known: Mapping[str, str]) -> Turn[T]:
    """Replay what is known and stop at the first thing that is not. An answer is known by its question,
    not by its place: what she tells later may bring a question before it, and takes no answer away. A
    question that comes again has the same key with `#2`; a meaning it no longer offers is asked anew."""
    used, says, reply, times = list[str](), list[str](), None, Counter[str]()
    try:
        while True:
            match dialogue.send(reply):
                case Say(text):
                    says.append(text)
                    reply = None
                case (Ask() | Look()) as wanted:
                    times[wanted.key] += 1
                    again = times[wanted.key]
                    key = wanted.key if again == 1 else f"{wanted.key}#{again}"
                    if key not in known or not wanted.fits(known[key]):
                        dialogue.close()
                        return Turn(tuple(says), waits_for=wanted, key=key, used=tuple(used))
                    reply = known[key]
                    used.append(key)
                    says.clear()  # said on an earlier turn
                case other:
                    dialogue.close()
                    raise TypeError(f"a dialogue may only say, ask and look, not {other!r}")
    except StopIteration as end:
        return Turn(tuple(says), outcome=end.value, used=tuple(used), finished=True)


async def choose(
    key: str,
    text: str,
    options: Sequence[tuple[str, str]],
    plain: Plain | None = None,
    *,
    doubt: Doubt | None = None,
) -> str:
    """One of the options, by its digit, its words, its button or plain words; returns the meaning."""
    return await Ask(key, text, tuple(options), free=False, plain=plain, doubt=doubt)


async def choose_and_tell(
    key: str,
    text: str,
    options: Sequence[tuple[str, str]],
    plain: Plain,
    keeps: tuple[str, ...],
    *,
    reads: Reads | None = None,
    doubt: Doubt | None = None,
) -> tuple[str, tuple[str, ...]]:
    """As `choose`, where more may be said beside the answers `keeps`; returns the meaning and that,
    line by line."""
    asked = Ask(
        key, text, tuple(options), free=False, reads=reads, plain=plain, keeps=keeps, doubt=doubt
    )
    meaning, *told = (await asked).split("\n")
    return meaning, tuple(told)


async def words(
    key: str,
    text: str,
    *,
    options: Sequence[tuple[str, str]] = (),
    plain: Plain | None = None,
) -> str:
    """Free words, or one of the options offered beside."""
    return await Ask(key, text, tuple(options), plain=plain)


async def read(
    key: str,
    text: str,
    reads: Reads,
    *,
    options: Sequence[tuple[str, str]] = (),
    plain: Plain | None = None,
    doubt: Doubt | None = None,
) -> str:
    """What is read in her words, or one of the options offered beside."""
    return await Ask(key, text, tuple(options), free=False, reads=reads, plain=plain, doubt=doubt)
