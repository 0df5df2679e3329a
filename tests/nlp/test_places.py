"""A county is heard where its name begins and ends, never inside other words."""

from __future__ import annotations

import pytest

from nlp.understanding import Understanding


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("鲁山县赵村镇", "410423"),
        ("俺是鲁山的", "410423"),
        ("鲁山", "410423"),
        ("鲁山危房能补多少", "410423"),
        ("平顶山鲁山有人收钱", "410423"),
        ("鲁山赵村镇的支书", "410423"),
        ("俺村在叶县,施工队跑了", "410422"),
        ("叶县住建局", "410422"),
        ("河南省中牟县", "410122"),
        ("俺老家镇平,房子漏雨", "411324"),
        ("问一下民权有没有补助", "411421"),
        ("我是范县人", "410926"),
        ("禹县的支书", "411081"),
        ("支书扣钱。新安啥时候发", "410323"),
    ],
)
def test_a_county_named_at_a_border_is_heard(
    understanding: Understanding, text: str, county: str
) -> None:
    assert understanding.gazetteer.find(text).county == county


@pytest.mark.parametrize(
    "text",
    [
        "从中牟利", "干部从中牟利两万", "全镇平均每户三百", "侵犯公民权益", "这是示范县", "全国示范县的标准",
        "新安置房漏雨", "重新安的窗户", "给西平房刷了墙", "今年清丰收了", "太康复不了", "俺村西峡谷边上",
        "在民权益上", "内黄色的墙", "平顶山墙裂了", "上头正阳奉阴违", "村里台前幕后都是他", "不新县官",
    ],
)  # fmt: skip
def test_letters_inside_other_words_name_no_county(understanding: Understanding, text: str) -> None:
    found = understanding.gazetteer.find(text)

    assert (found.county, found.candidates) == ("", ())


@pytest.mark.parametrize(
    ("typed", "county"),
    [("路山县", "410423"), ("鲁善", "410423"), ("业县", "410422"), ("中谋县", "410122")],
)
def test_a_county_misspelt_by_its_sound_is_offered(
    understanding: Understanding, typed: str, county: str
) -> None:
    assert county in [code for code, _ in understanding.gazetteer.search(typed)]


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
