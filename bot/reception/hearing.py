"""What a message is: a command, an arrival, an answer to the question that waits, or first words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.answers import all_of, understood
from bot.dialogues.status import CODE
from bot.reception.outcomes import MENU
from bot.talk import FILE, WAITS, Ask
from casework.receipts import find_code
from casework.shelves import Inbound, Talk
from nlp.following import Before
from nlp.picks import ordinal
from nlp.understanding import Answer, Understanding
from nlp.words import normalise

#: In these talks a report is being told: whatever else she says, nothing of it may be left behind.
TELLING = ("report", "danger")
#: Talks of questions alone: whatever she says instead of an answer is heard anew.
QUESTIONS = ("asking", "unclear", "unsure", "despair")


@dataclass(frozen=True)
class Command:
    """A word that works everywhere, as a whole message: 返回, 人工."""

    verb: str


@dataclass(frozen=True)
class WhosePhone:
    """鲁山县的电话."""

    county: str


@dataclass(frozen=True)
class Arrival:
    """A scanned code or a position says where she is, and nothing else."""


@dataclass(frozen=True)
class Answered:
    """An answer to the question that waits; the question of a code is told apart, its answer is never
    kept."""

    meaning: str


@dataclass(frozen=True)
class WaitsOn:
    """等等: the question stays."""


@dataclass(frozen=True)
class NoAnswer:
    """Nothing that the question that waits takes."""


@dataclass(frozen=True)
class FirstWords:
    """To be heard anew."""

    text: str


@dataclass(frozen=True)
class FirstFile:
    """A photo or a recording that nobody asked for, with its caption."""

    text: str


Heard = (
    Command | WhosePhone | Arrival | Answered | WaitsOn | NoAnswer | FirstWords | FirstFile
)  # fmt: skip


def heard(
    knows: Understanding, message: Inbound, talk: Talk, asked: Ask | None, today: date
) -> Heard:
    """Commands, codes and danger first; then the question that waits; then first words."""
    if message.kind in ("scan", "location") and not (asked and asked.key.startswith("place")):
        return Arrival()
    text = message.text.strip()
    command = verb_of(knows, text)
    if command and not (command == "help" and not text):
        return Command(command)
    if county := _whose_phone(knows, text):
        return WhosePhone(county)
    return _answer(knows, message, talk, asked, today) if asked else first(knows, message, today)


def verb_of(knows: Understanding, text: str) -> str:
    """The command that a whole message is, '' for none."""
    return _verb(knows, normalise(text.strip()))


def _verb(knows: Understanding, said: str) -> str:
    return knows.lexicon.commands.get(said.strip(" 。.!"), "")


def _whose_phone(knows: Understanding, text: str) -> str:
    """The county (its code) whose phone is asked for in so many words: 鲁山县的电话."""
    county, rest = knows.gazetteer.without_county(normalise(text))
    verbs = {_verb(knows, each) for each in (rest, knows.lexicon.openings.without_small(rest))}
    return county if verbs & {"human", "phone"} else ""


def first(knows: Understanding, message: Inbound, today: date) -> Heard:
    """What nobody asked for: a place of the menu, a file, or words."""
    text = message.text.strip()
    bare = message.blob and not (message.kind == "voice" and text)
    if bare and not (text and cannot_wait(knows, text, today)):
        return FirstFile(text)
    chosen = text if text in MENU else dict(enumerate(MENU, start=1)).get(ordinal(text) or 0)
    return Command(chosen) if chosen else FirstWords(text)


def _answer(knows: Understanding, message: Inbound, talk: Talk, asked: Ask, today: date) -> Heard:
    """An answer to the question that waits; what cannot wait comes before it, unless she would leave
    behind what she told."""
    meaning = _answered(asked, message, talk)
    may_leave = talk.begun.dialogue not in TELLING
    unasked = meaning is None or (meaning.startswith(FILE) and not asked.free)
    leaves = may_leave and (unasked or asked.key.startswith(CODE))
    if leaves and cannot_wait(knows, message.text, today):
        return first(knows, message, today)
    if meaning is None:
        return NoAnswer()
    return WaitsOn() if meaning == WAITS else Answered(meaning)


def _answered(asked: Ask, message: Inbound, talk: Talk) -> str | None:
    """What she answers; where doubt has a meaning, that after the last try, and all she said before."""
    meaning = understood(asked, message)
    if asked.doubt is None:
        return meaning
    if meaning is None and talk.misses + 1 >= asked.doubt.tries:
        meaning = f"{asked.doubt.means}\n{all_of(asked, message)}"
    if meaning is None:
        return None
    first_line, _, more = meaning.partition("\n")
    return "\n".join(filter(None, (first_line, talk.unheard, more)))


def cannot_wait(knows: Understanding, text: str, today: date) -> bool:
    return knows.ask(text, today=today).cannot_wait


def code_or_answer(
    knows: Understanding, text: str, *, place: str, before: Before, today: date
) -> tuple[str, Answer]:
    """(a receipt code, '' for none; what the words lead to). What cannot wait comes before a code."""
    answer = knows.ask(text, today=today, county=place[:6], before=before)
    return "" if answer.cannot_wait else find_code(text) or "", answer
