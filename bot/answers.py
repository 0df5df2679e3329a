"""What words mean to the question that waits: an option, plain words, what it reads, free words."""

from __future__ import annotations

import re

from bot.talk import WAITS, Ask, Plain
from nlp.assent import Assent, Sense, assent
from nlp.picks import named_in_part, ordinal, picked

#: A first clause and its mark.
_FIRST = re.compile(r"([^\s,,。.;;、::!!]{1,8})[\s,,。.;;、::!!]{1,4}")


def understood(asked: Ask, text: str) -> str | None:
    """The meaning of an answer, with what was said beside it on the lines after it where the question
    keeps that; None when it is no answer."""
    text = text.strip()
    meant = _meant(asked, text)
    if meant is None:
        if asked.reads and text:
            return asked.reads(text)
        return text if asked.free and text else None
    return "\n".join(meant).strip()


def _meant(asked: Ask, text: str) -> tuple[str, str] | None:
    """(meaning, what was said beside it) of a text."""
    meanings = [meaning for meaning, _ in asked.options]
    labels = [label for _, label in asked.options]
    if text in meanings:
        return text, ""
    if (at := picked(text, labels)) is not None:
        return meanings[at], ""
    if asked.plain and (found := _with_number(asked, asked.plain, text, labels)):
        return found
    if asked.plain and (said := assent(text, asked.plain.words)):
        return _plainly(asked, asked.plain, said, labels)
    at = named_in_part(text, labels)
    return None if at is None else (meanings[at], "")


def _plainly(asked: Ask, plain: Plain, said: Assent, labels: list[str]) -> tuple[str, str] | None:
    """What the senses of an answer come to, if to one meaning; in 对,还有别人 the option counts. Only
    where the question keeps it, or waits on, may something stand beside that was not understood."""
    meant = {plain.means.get(sense) for sense in said.senses}
    meaning = meant.pop()
    if meant or meaning is None:
        return None
    if said.unread and (at := picked(said.unread, labels)) is not None:
        return asked.options[at][0], ""
    if meaning in asked.keeps:
        return None if _speaks_against(plain, meaning, said.unread) else (meaning, said.more)
    return None if said.unread and meaning != WAITS else (meaning, "")


def _with_number(asked: Ask, plain: Plain, text: str, labels: list[str]) -> tuple[str, str] | None:
    """1,俺娘在里头: a number first, and then more that does not speak against it."""
    first = _FIRST.match(text)
    if first is None or ordinal(first[1]) is None:
        return None
    at, more = picked(first[1], labels), text[first.end() :]
    if at is None or picked(more, labels) not in (None, at):
        return None
    meaning = asked.options[at][0]
    again = assent(more, plain.words)
    if again and any(plain.means.get(each) != meaning for each in again.senses):
        return None
    if meaning in asked.keeps:
        beside = again.unread if again else more
        return None if _speaks_against(plain, meaning, beside) else (meaning, more)
    return (meaning, "") if again and not again.unread else None


def _speaks_against(plain: Plain, meaning: str, beside: str) -> bool:
    """没有,俺娘腿不中: whether what stands beside her no speaks of what it denies."""
    denials = (plain.means.get(Sense.NO), plain.means.get(Sense.AMISS))
    return meaning in denials and any(word in beside for word in plain.unless)
