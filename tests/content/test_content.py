"""Content is not code: what policy staff may change is read and checked here."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain
from pathlib import Path

from tests.offices import CONTENT, ROOT

FIXTURES = ROOT / "tests" / "fixtures"
TOPICS = CONTENT.topics.values()
OURS = [topic for topic in TOPICS if not topic.slug.startswith("elsewhere.")]


def bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}


def test_there_are_a_hundred_and_six_topics_and_none_of_them_is_a_draft() -> None:
    assert len(OURS) == 106
    assert [topic.slug for topic in OURS if topic.status != "approved"] == []


def test_no_phrasing_stands_in_two_topics() -> None:
    """Or the table of topics that was exported could not be imported again."""
    often = Counter(
        said for topic in CONTENT.topics.values() for said in {topic.question, *topic.variants}
    )

    assert [said for said, count in often.items() if count > 1] == []


def test_every_approved_topic_has_a_source_and_an_answer() -> None:
    assert [t.slug for t in TOPICS if t.status == "approved" and not (t.source and t.answer)] == []


def test_every_answer_fits_one_phone_screen() -> None:
    assert [t.slug for t in TOPICS if len(t.answer) > 160] == []


def test_every_neighbour_exists() -> None:
    named = set(chain.from_iterable(t.see_also for t in TOPICS))

    assert named <= CONTENT.topics.keys()


def test_no_variant_is_one_of_the_examples_we_are_measured_on() -> None:
    lines = (FIXTURES / "utterances.tsv").read_text(encoding="utf-8").splitlines()
    examples = [bigrams(line.split("\t")[1]) for line in lines]
    too_near = [
        (topic.slug, variant)
        for topic in TOPICS
        for variant in topic.variants
        for example in examples
        if len(bigrams(variant) & example) > 0.8 * max(1, len(bigrams(variant) | example))
    ]

    assert too_near == []


def test_every_text_the_code_uses_exists() -> None:
    used = set()
    for room in ("bot", "api", "nlp", "scheduler", "runtime"):
        for path in (ROOT / room).rglob("*.*"):
            if path.suffix in (".py", ".html"):
                source = path.read_text(encoding="utf-8")
                used |= set(re.findall(r"texts\(\s*\"([a-z_.]+)\"", source))
                used |= set(re.findall(r"texts\(\s*'([a-z_.]+)'", source))

    whole = {key for key in used if not key.endswith(".")}
    begun = used - whole  # texts("ask.also." ~ which)
    assert sorted(key for key in whole if key not in CONTENT.texts) == []
    assert [each for each in begun if not any(key.startswith(each) for key in CONTENT.texts)] == []


def test_places_carry_their_notice() -> None:
    assert "国家统计局" in Path(ROOT, "content/henan-2019/NOTICE.places.md").read_text("utf-8")
