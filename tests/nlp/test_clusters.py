"""Questions that say nearly the same stand together; others stay apart."""

from __future__ import annotations

from nlp.clusters import clusters
from nlp.words import Concepts
from tests.offices import CONTENT

CONCEPTS = Concepts(CONTENT.concepts)
USUAL = [said for topic in CONTENT.topics.values() for said in topic.variants]


def together(*texts: str) -> list[tuple[str, ...]]:
    return [tuple(texts[at] for at in each) for each in clusters(texts, CONCEPTS, USUAL)]


def test_other_words_for_one_thing_join_and_another_thing_does_not() -> None:
    lamp = ("太阳能路灯谁来修", "太阳能路灯坏了谁修")
    card = ("老年卡咋办", "俺娘的老年卡去哪办")
    roof = ("彩钢瓦棚子拆了赔钱不", "彩钢棚拆了给赔不")

    assert together(lamp[0], card[0], roof[0], roof[1], lamp[1], card[1]) == [lamp, card, roof]


def test_the_same_words_are_one_cluster_and_none_is_lost() -> None:
    texts = ["火星上咋种地", "火星上咋种地", "", "😭", "彩钢瓦棚子拆了赔钱不"]

    found = clusters(texts, CONCEPTS)

    assert found == [(0, 1), (2,), (3,), (4,)]


def test_of_nothing_there_is_nothing() -> None:
    assert clusters([], CONCEPTS) == []
