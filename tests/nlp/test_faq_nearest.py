"""Looking at the phrasings nearest by rarer tokens alone finds what looking at all of them finds."""

from __future__ import annotations

from casework.content import Content
from nlp.faq import Faq, phrasings
from nlp.words import Concepts

ALL = 10**6


def test_the_nearest_by_rarer_tokens_are_the_nearest_of_all(content: Content) -> None:
    rows = phrasings({t.slug: (t.question, t.variants, t.answer) for t in content.topics.values()})
    concepts = Concepts(content.concepts)
    few, every = Faq(rows, concepts), Faq(rows, concepts, nearest=ALL)
    asked = [f"那个啥,俺想问问{text},中不" for _, text, trust in rows[::31] if trust == 1.0]

    same = [few.match(text)[0].slug == every.match(text)[0].slug for text in asked]

    assert len(asked) > 80
    assert sum(same) >= 0.97 * len(same)


def test_words_that_everybody_uses_are_found_without_a_rarer_one(content: Content) -> None:
    rows = [("a.one", "钱", 1.0), *((f"b.n{n}", "钱房", 1.0) for n in range(60))]

    assert Faq(rows, Concepts({})).match("钱")[0].slug == "a.one"
