"""A county is heard where its name begins and ends, never inside other words."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.understanding import Understanding
from nlp.words import normalise

TABLE = [
    line.split("\t")
    for line in Path(__file__).with_name("places.tsv").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize(("name", "text"), TABLE)
def test_a_county_is_heard_between_borders_and_never_inside_other_words(
    understanding: Understanding, name: str, text: str
) -> None:
    gazetteer = understanding.gazetteer
    found = gazetteer.find(normalise(text))

    assert gazetteer.name(found.county) == (name if name != "-" else "")
    assert found.candidates == ()


@pytest.mark.parametrize("said", ["俺是{}嘞", "{}滴", "{}勒,东边", "{}呀", "那是{}咧"])
@pytest.mark.parametrize("name", ["上蔡", "社旗", "新野", "兰考"])
def test_a_name_ends_as_people_end_what_they_say(
    understanding: Understanding, said: str, name: str
) -> None:
    found = understanding.gazetteer.find(said.format(name))

    assert understanding.gazetteer.name(found.county) == f"{name}县"


def test_the_name_before_an_office_gives_its_place(understanding: Understanding) -> None:
    before = understanding.gazetteer.name_before

    assert before("听说平顶山市") == ("4104", 4)
    assert before("俺鲁山县") == ("410423", 3)
    assert before("叶") == ("", 0)


@pytest.mark.parametrize(
    "text",
    ["福州市鼓楼区某机构停课", "南京鼓楼区", "徐州市鼓楼区的房子", "石家庄市新华区", "石家庄新华区", "河北沧州市新华区"],
)  # fmt: skip
def test_another_provinces_district_of_the_same_name_is_none_of_ours(
    understanding: Understanding, text: str
) -> None:
    assert understanding.gazetteer.find(text).county == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("开封市鼓楼区", "鼓楼区"), ("开封鼓楼区的", "鼓楼区"), ("俺住鼓楼区", "鼓楼区"), ("河南省鲁山县", "鲁山县"),
        ("河南鲁山县", "鲁山县"), ("平顶山市鲁山县", "鲁山县"), ("俺们市鲁山县", "鲁山县"), ("从广州回鲁山县", "鲁山县"),
        ("去年搬到市鲁山县", "鲁山县"), ("咱省鲁山县", "鲁山县"), ("平顶山新华区", "新华区"),
    ],
)  # fmt: skip
def test_our_own_is_one_whatever_stands_before_it(
    understanding: Understanding, text: str, name: str
) -> None:
    gazetteer = understanding.gazetteer
    assert gazetteer.name(gazetteer.find(text).county) == name
