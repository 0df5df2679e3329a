"""A county that is misspelt is offered, and no other word is taken for one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlp.misspelt import SUFFIX, folded
from nlp.sounds import _COMMON
from nlp.understanding import Understanding
from nlp.words import normalise, syllable
from tests.offices import CONTENT_FOLDER

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("鲁三县", "鲁山县"), ("路山县", "鲁山县"), ("路山", "鲁山县"), ("鲁善", "鲁山县"), ("如州市", "汝州市"), ("如州", "汝州市"),
        ("内香", "内乡县"), ("内香县", "内乡县"), ("业县", "叶县"), ("中谋县", "中牟县"), ("俺是鲁三县的", "鲁山县"), ("灰县市", "辉县市"),
        ("就在路山那边", "鲁山县"), ("他是个老支书,俺家是如州的", "汝州市"), ("鲁大县", "鲁山县"), ("登丰", "登封市"), ("换川县", "潢川县"),
        ("观城回族区", "管城回族区"), ("河南省鲁三县", "鲁山县"), ("平顶山鲁三县", "鲁山县"), ("平顶山市路山", "鲁山县"), ("南月", "南乐县"), ("路山赵家镇那边", "鲁山县"),
    ],
)  # fmt: skip
def test_a_county_misspelt_by_its_sound_is_offered(
    understanding: Understanding, typed: str, name: str
) -> None:
    gazetteer = understanding.gazetteer

    assert name in [gazetteer.name(code[:6]) for code, _ in gazetteer.sounding_like(typed)]


def test_the_township_behind_it_goes_along(understanding: Understanding) -> None:
    offered = understanding.gazetteer.sounding_like("鲁三县赵村镇")

    assert [name for _, name in offered] == ["平顶山市鲁山县赵村镇"]


@pytest.mark.parametrize(
    ("typed", "name"), [("像城县", "襄城县"), ("像城市", "项城市"), ("宽山县", "光山县")]
)
def test_the_likeliest_comes_first(understanding: Understanding, typed: str, name: str) -> None:
    gazetteer = understanding.gazetteer

    (first, _), *_others = gazetteer.sounding_like(typed)
    assert gazetteer.name(first) == name


@pytest.mark.parametrize(
    "text",
    ["鲁山县", "鲁山县赵村镇", "俺是叶县的", "鲁班", "汝等", "鲁班是木匠的祖师爷", "汝等都听好了", "去县里", "俺们县", "说县里不管", "这个小区", "跟他家一样的",
     "一样市里也不管", "问县里", "社区", "不知道", "在路上", "他姓安", "那年市里来过人", "西华营镇", "新安集镇"],
)  # fmt: skip
def test_a_name_that_is_right_and_words_that_are_none_offer_nothing(
    understanding: Understanding, text: str
) -> None:
    assert understanding.gazetteer.sounding_like(text) == ()


def misspellings(name: str, near: bool) -> Iterator[str]:
    """The name with each of its characters written as another of that sound."""
    short = SUFFIX.sub("", name)
    for at, char in enumerate(short):
        sound = folded(syllable(char)) if near else syllable(char)
        alike = (c for c in _COMMON if (folded(syllable(c)) if near else syllable(c)) == sound)
        other = [each for each in alike if each not in "的是都了回也俺这谁" and each != char]
        for each in other[:: max(1, len(other) // 4)]:
            yield short[:at] + each + name[at + 1 :]


@pytest.mark.parametrize("near", [False, True])
def test_every_county_is_offered_for_its_homophones(
    understanding: Understanding, near: bool
) -> None:
    gazetteer = understanding.gazetteer
    typed = [
        (code, each) for code, name in gazetteer.counties() if len(name) < 7
        for each in misspellings(name, near) if not gazetteer.find(each).county
    ]  # fmt: skip

    missed = [
        each for code, each in typed
        if code not in {offered[:6] for offered, _ in gazetteer.sounding_like(each)}
    ]  # fmt: skip

    assert len(typed) > 1000
    assert len(missed) / len(typed) < 0.03, missed


def told() -> list[str]:
    """What villagers wrote: the tests' own stories, and what the listener learns from."""
    lines = (FIXTURES / "reports.txt").read_text("utf-8").splitlines()
    for each in (FIXTURES / "stories.jsonl").read_text("utf-8").splitlines():
        story = json.loads(each)
        lines += [*story["messages"], story["when"], story["whom"]]
    for folder in ("listening", "asking", "sorting", "whom"):
        for path in sorted((CONTENT_FOLDER / folder).glob("*.tsv")):
            lines += [line.rpartition("\t")[2] for line in path.read_text("utf-8").splitlines()]
    return list(dict.fromkeys(map(normalise, lines)))


def test_a_story_is_not_taken_for_a_place(understanding: Understanding) -> None:
    gazetteer, stories = understanding.gazetteer, told()

    stopped = [each for each in stories if gazetteer.sounding_in(each)]
    offered = [each for each in stories if gazetteer.sounding_like(each)]

    assert len(stories) > 30_000
    assert stopped == []
    assert len(offered) <= 6, offered
