"""What is sure is acted on, what is likely is asked about, what is harmless is let go."""

from __future__ import annotations

from datetime import date

import pytest

from nlp import triage
from nlp.understanding import Understanding


@pytest.mark.parametrize(
    "text",
    [
        "夜里做梦梦见俺家房塌了,醒了一身汗,起来看看好好的",
        "电视剧里演地震,房子塌了压住人了,看得直掉泪",
        "俺爷说他小时候窑洞塌了,埋了一头牛,那是民国的事了",
    ],
)
def test_a_dream_a_film_an_old_story_is_no_danger(
    understanding: Understanding, today: date, text: str
) -> None:
    words = understanding.lexicon.alarms
    assert words.of_a_house(text.replace(",", ","))  # the words alone take it for one

    answer = understanding.ask(text, today=today)

    assert answer.kind != "urgent"


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("离婚了孩子归谁,上哪儿起诉", "elsewhere."), ("俺村路灯坏了半年没人修", "elsewhere."),
        ("身份证丢了上哪补,周末上班不", "elsewhere."),
    ],
)  # fmt: skip
def test_another_offices_matter_is_told_whose_it_is(
    understanding: Understanding, today: date, text: str, slug: str
) -> None:
    answer = understanding.ask(text, today=today)

    assert (answer.kind, answer.topics[0][0].startswith(slug)) == ("answer", True)


@pytest.mark.parametrize(
    "text", ["红烧肉咋做才不腻", "郑州到洛阳坐高铁得多长时间", "俺家母猪不吃食是咋了"]
)
def test_nothing_is_guessed_where_it_is_nobodys_matter(
    understanding: Understanding, today: date, text: str
) -> None:
    assert understanding.ask(text, today=today).kind in ("unknown", "smalltalk")


@pytest.mark.parametrize(
    "text", ["牛棚塌了,危改管不管", "塌了的旧房在原地重盖,按几口人补", "旧屋顶塌了以后还给不给鉴定"]
)
def test_a_question_of_what_a_rule_says_of_such_houses_is_not_acted_on_as_danger(
    understanding: Understanding, today: date, text: str
) -> None:
    assert triage.is_danger(text, understanding.lexicon) is False
    assert understanding.lexicon.alarms.of_a_house(text)  # the words alone say so
    assert understanding.ask(text, today=today).kind in ("answer", "choices", "unknown")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("加班累得想死", "unknown"), ("作业多得我想跳楼哈哈", "unknown"), ("俺不想活了", "human")],
)
def test_a_saying_of_despair_is_let_go_and_despair_never(
    understanding: Understanding, today: date, text: str, kind: str
) -> None:
    assert understanding.lexicon.alarms.of_despair(text)
    assert understanding.ask(text, today=today).kind == kind


@pytest.mark.parametrize("text", ["殡葬补助找谁领", "高龄老人的钱今年发不发", "狗证咋办"])
def test_another_offices_matter_that_no_topic_names_is_told_whom_to_ask(
    understanding: Understanding, today: date, text: str
) -> None:
    answer = understanding.ask(text, today=today)

    assert (answer.kind, answer.topics[0][0]) == ("answer", "elsewhere.other")


def test_where_one_of_ours_is_likely_too_it_is_told_as_a_guess_with_ours_beside_it(
    understanding: Understanding, today: date
) -> None:
    answer = understanding.ask("名下有个营业执照早不干了,民政那边能给救助不", today=today)

    assert (answer.kind, answer.topics[0][0]) == ("choices", "elsewhere.other")
    assert [slug for slug, _ in answer.topics[1:]] == ["eligibility.means"]


def test_danger_with_a_question_beside_it_stays_danger(
    understanding: Understanding, today: date
) -> None:
    assert understanding.ask("房子快塌了,能补多少钱", today=today).kind == "urgent"


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("谢谢恁啊闺女", "thanks"),
        ("中,那俺先忙去了,再见啊", "bye"),
        ("恁说话怪好听嘞,跟俺孙女一样", "ask"),
    ],
)
def test_a_chat_is_met_as_one_and_no_topic_is_guessed_in_it(
    understanding: Understanding, today: date, text: str, opening: str
) -> None:
    answer = understanding.ask(text, today=today)

    assert (answer.kind, answer.topics[0][0]) == ("smalltalk", f"smalltalk.{opening}")
