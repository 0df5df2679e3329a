"""A conversation is a replayed coroutine: it says, asks and looks up; everything else is refused.

A dialogue is an `async def` that reads top to bottom like the talk it is. It does no I/O: what it
awaits is handed to whoever drives it. Only the answers (as meanings) and look-ups are kept, and
replayed at each message, so a restart or a second worker changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

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


#: Marks an answer that is a held file instead of words.
FILE = "file:"
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
    what is said before it is asked again. All that was answered is kept with the meaning."""

    means: str
    again: str
    tries: int = 2


@dataclass(frozen=True)
class Ask:
    """A question. `options` are (meaning, label); free text counts where `free` is true."""

    key: str
    text: str
    options: tuple[tuple[str, str], ...] = ()
    free: bool = True
    media: bool = False  # a photo or a recorded voice is an answer here
    plain: Plain | None = None
    waits: str = ""  # said when an answer means that the question waits on
    keeps: tuple[str, ...] = ()  # meanings that are taken with whatever is said beside them
    doubt: Doubt | None = None

    def __await__(self) -> Generator[Ask, str, str]:
        return (yield self)

    def fits(self, meaning: str) -> bool:
        """Whether an answer that was given to this question is one still."""
        first = meaning.partition("\n")[0]
        offered = {each for each, _ in self.options} | set(self.keeps)
        return self.free or first.startswith(FILE) or first in offered


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
    waits: str = "",
) -> str:
    """One of the options, by its digit, its words, its button or plain words; returns the meaning."""
    return await Ask(key, text, tuple(options), free=False, plain=plain, waits=waits)


async def choose_and_tell(
    key: str,
    text: str,
    options: Sequence[tuple[str, str]],
    plain: Plain,
    keeps: tuple[str, ...],
    *,
    doubt: Doubt | None = None,
) -> tuple[str, tuple[str, ...]]:
    """As `choose`, where more may be said beside the answers `keeps`; returns the meaning and that,
    line by line. With a doubt, files are taken too."""
    asked = Ask(
        key, text, tuple(options), free=False, media=bool(doubt), plain=plain, keeps=keeps, doubt=doubt
    )  # fmt: skip
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
