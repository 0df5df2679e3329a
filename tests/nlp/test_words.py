"""Whatever is typed becomes one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.words import Concepts, bare, grams, letters, normalise, pinyin_grams, syllable


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("補錢", "补钱"),
        ("\uff13\uff10\uff10\uff10元", "3000元"),
        ("D级", "d级"),
        ("危\u200b房", "危房"),
        ("危\ufeff房\x00", "危房"),
    ],
)
def test_what_looks_the_same_is_the_same(typed: str, form: str) -> None:
    assert normalise(typed) == form


@pytest.mark.parametrize("typed", ["", "😭😭", "。。。!?", "\u200b\u200b", "   \n"])
def test_a_message_without_letters_has_none(typed: str) -> None:
    assert letters(typed) == ""


@given(st.text(max_size=300))
def test_the_form_of_a_form_is_itself(typed: str) -> None:
    form = letters(typed)

    assert letters(form) == form


@given(st.text(max_size=2000))
def test_no_text_is_too_strange_or_too_long(typed: str) -> None:
    assert len(bare(typed)) <= 400


def test_a_homophone_has_the_same_sounds() -> None:
    assert list(pinyin_grams("见定")) == list(pinyin_grams("鉴定"))


def test_grams_are_characters_and_their_pairs() -> None:
    assert list(grams("危房改")) == ["危", "房", "改", "危房", "房改"]


@pytest.mark.parametrize(("char", "sound"), [("绿", "lu"), ("a", "a"), ("7", "7")])
def test_a_syllable_has_no_tone(char: str, sound: str) -> None:
    assert syllable(char) == sound


def test_the_longest_word_of_a_concept_wins() -> None:
    concepts = Concepts({"demolish": ["扒"], "rebuild": ["扒了重盖"]})

    assert concepts.of("扒了重盖") == ["#rebuild"]


def test_an_empty_lexicon_finds_nothing() -> None:
    assert Concepts({}).of("扒了重盖") == []
