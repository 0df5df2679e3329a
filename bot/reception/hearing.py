"""What a message is: a command, an arrival, an answer to the question that waits, or first words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import partial

from bot.answers import understood
from bot.dialogues.status import CODE
from bot.reception.outcomes import MENU
from bot.talk import WAITS, Ask
from casework.receipts import find_code
from casework.shelves import Begun, Inbound, Remark, Talk
from nlp.assent import SO, THERE, WILL, Vocabulary, assent
from nlp.following import Before
from nlp.picks import ordinal
from nlp.understanding import Answer, Understanding
from nlp.words import letters, normalise

#: In these talks a report is told: whatever she says that is no answer belongs to it.
TELLING = ("report", "danger", "place")
#: In these, files that she sends are kept for what follows, whatever is asked.
GATHERING = (*TELLING, "status", "spoken")
#: Talks of questions alone: whatever she says instead of an answer is heard anew.
QUESTIONS = ("asking", "unclear", "unsure", "despair")

#: Letters: fewer say something only where they name it; thanks are no longer than this.
FEWEST, LONGEST_ASSENT, LONGEST_COURTESY = 2, 3, 10
COURTESIES = frozenset({"smalltalk.thanks", "smalltalk.bye", "smalltalk.hello", "smalltalk.doubt"})


#: More than one number: =1+1.
_SEVERAL = re.compile(r"\d[\W_]{1,9}\d")
#: How WeChat writes an emoticon in words, and what another phone shows instead of a picture: [捂脸].
_NAMED_SIGN = re.compile(r"\[[^\W_]{1,12}\]")


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
class Position:
    """Where she is, in words that no place of ours is found in: degrees."""


@dataclass(frozen=True)
class Edit:
    """Other words for something she said before: the first words of the talk, or one thing since then;
    None where that is open no more."""

    was: Remark | Begun | None


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
    Command | WhosePhone | Arrival | Position | Edit | Answered | WaitsOn | NoAnswer | FirstWords | FirstFile
)  # fmt: skip


def heard(
    knows: Understanding, message: Inbound, talk: Talk, asked: Ask | None, today: date
) -> Heard:
    """Commands, codes and danger first; then the question that waits; then first words."""
    if message.kind == "edit":
        return Edit(_edited(message.number, talk))
    if message.kind == "location" and message.text and not message.place:
        return Position()
    if message.kind in ("scan", "location") and not (asked and asked.key.startswith("place")):
        return Arrival()
    text = message.text.strip()
    command = verb_of(knows, text)
    if command and not (command == "help" and not text):
        return Command(command)
    if county := _whose_phone(knows, text):
        return WhosePhone(county)
    return _answer(knows, message, talk, asked, today) if asked else first(knows, message, today)


def _edited(number: str, talk: Talk) -> Remark | Begun | None:
    if not number:
        return None
    if talk.begun.number == number and talk.begun.text:
        return talk.begun
    return next((each for each in talk.said if each.number == number), None)


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
    bare = message.files and not (message.kind == "voice" and text)
    if bare and not (text and cannot_wait(knows, text, today)):
        return FirstFile(text)
    chosen = text if text in MENU else dict(enumerate(MENU, start=1)).get(ordinal(text) or 0)
    return Command(chosen) if chosen else FirstWords(text)


def _answer(knows: Understanding, message: Inbound, talk: Talk, asked: Ask, today: date) -> Heard:
    """An answer to the question that waits; what cannot wait comes before it, unless she would leave
    behind what she told."""
    telling = talk.begun.dialogue in TELLING
    bare = message.files and not (message.kind == "voice" and message.text)
    meaning = None if bare and not telling else understood(asked, message.text)
    leaves = not telling and (meaning is None or asked.key.startswith(CODE))
    if leaves and cannot_wait(knows, message.text, today):
        return first(knows, message, today)
    if meaning is None:
        return NoAnswer()
    return WaitsOn() if meaning == WAITS else Answered(meaning)


def tells(knows: Understanding, words: str, *, today: date) -> bool:
    """Whether words that answer nothing say something, so that they belong to the story: 西墙 does, 啊
    and 谢谢 and 不知道 do not. In doubt they do."""
    few = len(letters(words))
    nothing = few <= LONGEST_ASSENT and any(map(partial(_only_assents, words), (SO, THERE, WILL)))
    if few < FEWEST or nothing:
        return _names_something(knows, words, today)
    return not courtesy_to(knows, words, today=today)


def may_be_a_story(words: str) -> bool:
    """Whether words may be what she was asked to tell, however few: 支书贪污 is; a sign, an emoticon by
    its name, a number or a yes typed twice is an answer to something else.

    >>> may_be_a_story("支书贪污"), may_be_a_story("😭[流泪]"), may_be_a_story("2"), may_be_a_story("嗯")
    (True, False, False, False)
    """
    told = _NAMED_SIGN.sub("", words)
    is_one_number = ordinal(told) is not None and not _SEVERAL.search(told)
    if not letters(told) or is_one_number:
        return False
    few = len(letters(told)) <= LONGEST_ASSENT
    return not (few and any(_only_assents(told, each) for each in (SO, THERE, WILL)))


def _only_assents(words: str, vocabulary: Vocabulary) -> bool:
    said = assent(words, vocabulary)
    return said is not None and not (said.more or said.unread)


def _names_something(knows: Understanding, words: str, today: date) -> bool:
    facts = knows.facts(words, today=today)
    named = facts.dates or facts.amounts or facts.place or facts.danger or facts.threat
    return bool(named or knows.answered_whom(words))


def courtesy_to(knows: Understanding, words: str, *, today: date) -> str:
    """What is said to 谢谢 and 再见, '' for anything else."""
    if len(letters(words)) > LONGEST_COURTESY:
        return ""
    found = knows.ask(words, today=today)
    polite = {slug for slug, _ in found.topics} & COURTESIES
    return found.answer if found.kind == "smalltalk" and polite else ""


def cannot_wait(knows: Understanding, text: str, today: date) -> bool:
    return knows.ask(text, today=today).cannot_wait


def code_or_answer(
    knows: Understanding, text: str, *, place: str, before: Before, today: date
) -> tuple[str, Answer]:
    """(a receipt code, '' for none; what the words lead to). What cannot wait comes before a code."""
    answer = knows.ask(text, today=today, county=place[:6], before=before)
    return "" if answer.cannot_wait else find_code(text) or "", answer
