"""A conversation is a replayed coroutine: it says, asks and looks up; everything else is refused.

A dialogue is an `async def` that reads top to bottom like the talk it is. It does no I/O: what it
awaits is handed to whoever drives it. Only the answers (as meanings) and look-ups are kept, and
replayed at each message, so a restart or a second worker changes nothing.
"""

from __future__ import annotations

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


@dataclass(frozen=True)
class Look:
    """Something fetched between two questions; performed once, its small result is kept."""

    name: str
    argument: str

    @property
    def key(self) -> str:
        return f"look {self.name}"

    def __await__(self) -> Generator[Look, str, str]:
        return (yield self)


@dataclass(frozen=True)
class Known:
    """One answer or look-up that was given: under which key, with which meaning."""

    key: str
    meaning: str


@dataclass(frozen=True)
class Turn(Generic[T]):
    """Where a replay stopped: what is said, what is waited for, or what came of it."""

    says: tuple[str, ...] = ()
    waits_for: Ask | Look | None = None
    outcome: T | None = None
    used: int = 0  # how many of the known still fit
    finished: bool = field(default=False)


def resume(dialogue: Dialogue[T], known: Sequence[Known]) -> Turn[T]:
    """Replay what is known and stop at the first thing that is not."""
    used, says, reply = 0, list[str](), None
    try:
        while True:
            match dialogue.send(reply):
                case Say(text):
                    says.append(text)
                    reply = None
                case (Ask() | Look()) as wanted if (
                    used < len(known) and known[used].key == wanted.key
                ):
                    reply = known[used].meaning
                    used += 1
                    says.clear()  # said on an earlier turn
                case (Ask() | Look()) as wanted:
                    dialogue.close()
                    return Turn(tuple(says), waits_for=wanted, used=used)
                case other:
                    dialogue.close()
                    raise TypeError(f"a dialogue may only say, ask and look, not {other!r}")
    except StopIteration as end:
        return Turn(tuple(says), outcome=end.value, used=used, finished=True)


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
