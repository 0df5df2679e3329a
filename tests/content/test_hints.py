"""Whatever a page, a text or the README shows as an example may be typed, and something comes of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

import pytest

from nlp.words import letters
from tests.offices import CONTENT, ROOT, UNDERSTANDING

COMMANDS = UNDERSTANDING.lexicon.commands

TODAY = date(2026, 11, 26)

#: Where something is shown to a person: all texts and pages, what `make run` prints, the README.
SHOWN = [
    ROOT / "content" / "henan-2019" / "texts.toml",
    ROOT / "runtime" / "demo.py",
    ROOT / "runtime" / "commands" / "serving.py",
    ROOT / "README.md",
    *sorted((ROOT / "bot").rglob("*.html")),
    *sorted((ROOT / "api" / "templates" / "public").rglob("*.html")),
]
EXAMPLE = re.compile(
    r"(?:比如|例如)[::]?([^{}()()<>\"\n。]+)|placeholder=\"([^\"{]+)\"|ask \"([^\"]+)\""
)
TO_SAY = re.compile(r"[说回写]“([^”{]+)”")


def examples() -> Iterator[str]:
    for path in SHOWN:
        for found in EXAMPLE.finditer(path.read_text(encoding="utf-8")):
            text = next(filter(None, found.groups())).strip(" “”")
            if letters(text):  # not what is filled in later, which stands in the topics' answers
                yield text
    field = (ROOT / "api" / "routers" / "ask.py").read_text(encoding="utf-8")
    yield from re.findall(r"text: .*examples=\[\"([^\"]+)\"", field)
    for slug in CONTENT.topics:
        answer = UNDERSTANDING.answer_for(slug, today=TODAY).answer
        yield from re.findall(r"比如:(.+)$", answer)


def words_to_say() -> Iterator[str]:
    """Every word a text tells her to say, but for those she is told to put into a report."""
    said = [CONTENT.texts(key) for key in CONTENT.texts if "{" not in CONTENT.texts(key)]
    said += [re.sub(r"\{\w+\}", "", CONTENT.texts(key)) for key in CONTENT.texts]
    for topic in CONTENT.topics.values():
        said += [topic.answer, *topic.steps]
    yield from (found for text in said for found in TO_SAY.findall(text))
    _, *lists = CONTENT.texts("help.words").strip().split("\n")
    yield from lists[0].split("、")


def ends_in_a_real_answer(text: str) -> bool:
    answer = UNDERSTANDING.ask(text, today=TODAY)
    if answer.kind == "answer":
        return answer.helpful and bool(answer.answer and answer.source)
    return answer.kind in ("report", "urgent", "human")


def test_the_examples_that_are_shown_are_found() -> None:
    found = set(examples())

    assert {"俺家危房能补多少钱", "鲁山县赵村镇", "叶县补多少钱", "叶县能盖多大"} <= found
    assert {"返回", "人工", "反映", "查进度", "房子要塌了"} <= set(words_to_say())


@pytest.mark.parametrize("text", sorted(set(examples())))
def test_an_example_that_is_shown_ends_in_a_real_answer_or_a_place(text: str) -> None:
    place = UNDERSTANDING.gazetteer.find(text)
    is_a_place = place.span == (0, len(text)) and len(place.code) > 6

    assert is_a_place or ends_in_a_real_answer(text)


def test_an_example_with_a_county_is_answered_with_what_that_county_decided() -> None:
    near = [text for text in examples() if text.startswith(("鲁山县", "叶县")) and "镇" not in text]

    told = [UNDERSTANDING.ask(text, today=TODAY).answer for text in near]

    assert near
    assert [text for text, answer in zip(near, told, strict=True) if "演示数据" not in answer] == []


@pytest.mark.parametrize("word", sorted(set(words_to_say())))
def test_a_word_she_is_told_to_say_is_understood(word: str) -> None:
    options = {CONTENT.texts(key) for key in CONTENT.texts}

    is_known = unicodedata.normalize("NFKC", word) in COMMANDS or word in options

    assert is_known or ends_in_a_real_answer(word)
