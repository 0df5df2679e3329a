"""What is about life is heard in words that stand in no list as a whole, and questions stay questions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from nlp.understanding import Answer, Understanding

#: What was said, with what it is; what is still not heard is among it. `none` is no alarm of any kind.
SAID = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("about_life.tsv").read_text("utf-8").splitlines()
]
ALARMS = ("urgent", "retaliation", "human", "report")
#: The least share of each kind that is heard.
HEARD = 0.92
#: And of what is none of them, the least share that raises no alarm.
SILENT = 0.97


def kind_of(found: Answer) -> str:
    """Its kind; a person asked for by the word for it is not despair."""
    return "none" if found.kind == "human" and not found.answer else found.kind


@pytest.mark.parametrize("kind", ALARMS)
def test_most_of_what_is_about_life_is_heard(
    understanding: Understanding, today: date, kind: str
) -> None:
    said = [text for of, text in SAID if of == kind]

    unheard = [text for text in said if kind_of(understanding.ask(text, today=today)) != kind]

    assert len(unheard) <= (1 - HEARD) * len(said), unheard


def test_what_only_sounds_like_it_is_almost_never_an_alarm(
    understanding: Understanding, today: date
) -> None:
    said = [text for of, text in SAID if of == "none"]

    alarmed = [text for text in said if kind_of(understanding.ask(text, today=today)) in ALARMS]

    assert len(alarmed) <= (1 - SILENT) * len(said), alarmed


@pytest.mark.parametrize(
    "text",
    [
        "去年后墙往外鼓,已经加固好了", "怕房梁折了,咋看结实不结实", "墙往外鼓算d级不",
        "房梁没响,就是旧了", "屋里老鼠多,房顶响",
    ],
)  # fmt: skip
def test_a_house_that_stands_is_no_danger(understanding: Understanding, text: str) -> None:
    assert not understanding.is_danger(text)


def test_a_leaning_wall_is_danger_where_something_makes_it_worse(
    understanding: Understanding,
) -> None:
    assert not understanding.is_danger("俺家院里那面墙有点斜")
    assert understanding.is_danger("俺家山墙斜得一天比一天厉害")
    assert understanding.is_danger("墙往外鼓算d级不,俺娘还在屋里")


@pytest.mark.parametrize(
    "text",
    [
        "邻居骂俺打俺,还堵门", "想反映支书骂俺打俺的事", "我反映了包工头骂俺的事,咋没回信",
        "举报以后会不会有人打俺", "反映村里不让盖房", "支书上门看了房子",
    ],
)  # fmt: skip
def test_a_threat_about_other_things_is_none(understanding: Understanding, text: str) -> None:
    assert not understanding.is_threat(text)


@pytest.mark.parametrize(
    "text", ["俺不想活动地方", "累得不想干活", "房子再不修俺死活不搬", "俺爹前年喝农药走了"]
)
def test_weariness_and_old_grief_are_no_despair(understanding: Understanding, text: str) -> None:
    assert not understanding.is_despair(text)


@pytest.mark.parametrize(
    "text",
    ["俺不想活了,补助能给多少", "前年老伴走了,俺也不想活了", "不想活了 11111 22222 33333 44444"],
)
def test_despair_is_met_by_a_person_and_no_policy(
    understanding: Understanding, today: date, text: str
) -> None:
    found = understanding.ask(text, today=today)

    assert (found.kind, found.topics, found.source) == ("human", (), None)
    assert "12356" in found.answer
    assert "120" in found.answer
    assert found.cannot_wait


def test_a_house_that_falls_comes_before_despair(understanding: Understanding, today: date) -> None:
    found = understanding.ask("不想活了,房子塌了俺娘压在底下", today=today)

    assert found.kind == "urgent"


def test_to_ask_for_a_person_can_wait(understanding: Understanding, today: date) -> None:
    assert not understanding.ask("转人工", today=today).cannot_wait


@pytest.mark.parametrize(
    "text", ["支书没扣俺一分钱", "会计给俺存折了", "村主任给俺亲兄弟报了危房", "支书让俺交户口本"]
)
def test_an_official_who_takes_nothing_is_not_reported(
    understanding: Understanding, today: date, text: str
) -> None:
    assert understanding.ask(text, today=today).kind != "report"
