"""A question is compared with every phrasing by its writing, its sound and its meaning."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.content import Content
from nlp.faq import Faq, phrasings
from nlp.words import Concepts, bare

TOPICS = {
    "grade.who": ("谁来鉴定?", ["谁给看房子定级", "鉴定找谁"], "县住建局组织鉴定。"),
    "subsidy.when": ("啥时候发钱?", ["补助几时到账"], "验收后三十天内。"),
    "works.old": ("旧房要拆不?", ["老屋扒不扒"], ""),
}


@pytest.fixture(scope="module")
def small() -> Faq:
    return Faq(phrasings(TOPICS), Concepts({"demolish": ["扒", "拆"], "house": ["老屋", "旧房"]}))


@pytest.fixture(scope="module")
def shipped(content: Content) -> Faq:
    rows = {t.slug: (t.question, t.variants, t.answer) for t in content.topics.values()}
    return Faq(phrasings(rows), Concepts(content.concepts))


def test_a_homophone_typo_still_finds_its_topic(small: Faq) -> None:
    assert small.match("谁来见定")[0].slug == "grade.who"


def test_a_dialect_word_means_the_official_one(small: Faq) -> None:
    assert small.match("旧房扒不")[0].slug == "works.old"


def test_traditional_characters_are_the_same_question(small: Faq) -> None:
    assert small.match("誰來鑒定")[0].slug == "grade.who"


@pytest.mark.parametrize("typed", ["", "😭", "???"])
def test_nothing_matches_nothing(small: Faq, typed: str) -> None:
    assert small.match(typed) == []


@given(st.text(max_size=200) | st.text(alphabet="谁来鉴定啥时候发钱旧房拆不扒", max_size=60))
def test_scores_are_shares_of_one(small: Faq, typed: str) -> None:
    assert all(0 <= match.score <= 1.01 for match in small.match(typed))


def test_every_phrasing_finds_its_own_topic_first(shipped: Faq, content: Content) -> None:
    owners: dict[str, set[str]] = {}
    for topic in content.topics.values():
        for phrasing in (topic.question, *topic.variants):
            owners.setdefault(bare(phrasing), set()).add(topic.slug)

    lost = [text for text, slugs in owners.items() if shipped.match(text)[0].slug not in slugs]

    assert lost == []


@settings(max_examples=30)
@given(st.data())
def test_small_talk_around_a_variant_keeps_its_topic_near(
    shipped: Faq, content: Content, data: st.DataObject
) -> None:
    topic = data.draw(st.sampled_from(sorted(content.topics.values(), key=lambda t: t.slug)))

    found = [match.slug for match in shipped.match(f"问一下{topic.question}")]

    assert topic.slug in found
