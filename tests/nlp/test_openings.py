"""What people say before they ask is answered as what it is, and takes no question's place."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from casework.content import Content
from nlp.faq import Faq, phrasings
from nlp.openings import LONGEST, Openings
from nlp.understanding import Understanding
from nlp.words import Concepts

NOW = date(2026, 11, 26)
LUSHAN = "410423"

SAID = {
    "hello": ("你好", "您好呀", "恁好", "在吗", "在不在", "喂", "喂喂", "有人没", "早上好", "Hello", "嗨,在吗?"),
    "ask": ("请问", "想问个事", "你好,我想咨询一下", "老师,俺想打听个事", "能帮我不", "咋弄啊"),
    "thanks": ("谢谢", "谢谢你啊", "谢谢您了,再见", "好的,谢谢", "thank you!"),
    "yes": ("好的", "嗯", "中", "知道了", "哈哈"),
    "bye": ("再见", "那先这样啊,拜拜"),
    "upset": ("唉", "气死人了", "急死了", "真是愁死了"),
    "doubt": ("真的假的", "不会是骗人的吧"),
    "angry": ("滚", "啥玩意啊", "你这破机器", "真是个废物"),
    "misheard": ("你听错了", "不是那个意思啊", "我误会了", "再说一遍"),
    "mistake": ("发错了", "哦,打错了", "不好意思,点错了"),
    "lost": ("俺不识字", "我听不懂", "没看懂", "你说啥"),
    "call": ("13800138000", "0375-0000423", "我的电话是13800138000", "给俺回个电话"),
    "wordless": ("😊", "👍👍", "。。。", "?", "[图片]", "语音"),
    "latin": ("what is this", "how much money can I get", "asdf"),
    "county": ("鲁山县", "鲁山", "我是鲁山县的", "俺是鲁山人", "河南鲁山", "平顶山市鲁山县赵村镇",
               "我是鲁山的,想问问", "鲁山县,你好"),
    "city": ("平顶山", "俺是平顶山市的"),
    "which_county": ("赵村镇",),
    "is_it": ("鲁三县", "俺是鲁三县的"),
    "place": ("麦节朵村", "俺是麦节朵村的"),
}  # fmt: skip


@pytest.mark.parametrize(("opening", "text"), [(o, t) for o, each in SAID.items() for t in each])
def test_an_opening_is_answered_as_what_it_is(
    understanding: Understanding, content: Content, opening: str, text: str
) -> None:
    answer = understanding.ask(text, today=NOW)

    assert (answer.kind, answer.topics) == ("smalltalk", ((f"smalltalk.{opening}", 1.0),))
    assert len(answer.answer) > 5
    assert "{" not in answer.answer
    assert answer.county == (LUSHAN if opening == "county" else "")


def test_no_phrasing_of_a_topic_is_taken_for_an_opening(
    understanding: Understanding, content: Content
) -> None:
    for topic in content.topics.values():
        for text in (topic.question, *topic.variants):
            assert understanding.ask(text, today=NOW).kind != "smalltalk", text


def test_what_an_editor_wrote_as_a_phrasing_counts_before_an_opening(
    understanding: Understanding, content: Content
) -> None:
    topic = content.topics["bot.what"]
    edited = {**content.topics, "bot.what": replace(topic, variants=(*topic.variants, "问个事"))}
    rows = {slug: (t.question, t.variants, t.answer) for slug, t in edited.items()}
    knows = Understanding(
        replace(content, topics=edited),
        understanding.gazetteer,
        Faq(phrasings(rows), Concepts(content.concepts)),
        understanding.lexicon,
    )

    assert understanding.ask("问个事", today=NOW).kind == "smalltalk"
    assert knows.ask("问个事", today=NOW).topics[0][0] == "bot.what"


@pytest.mark.parametrize(
    ("text", "kind", "slug"),
    [
        ("你好,能补多少钱", "answer", "subsidy.amount"),
        ("喂,俺房子裂了", "answer", "grade.cracked-leaking"),
        ("谢谢,鲁山县能补多少", "answer", "subsidy.amount"),
        ("俺不知道咋申请", "answer", "apply.how"),
        ("请问一下补助", "choices", "subsidy.amount"),  # the polite words alone hid the question
        ("钱没了", "unknown", "subsidy.not-arrived"),
        ("我是残疾人", "answer", "eligibility.disabled"),
        ("12345", "answer", "report.other-channels"),
        ("你好,村里收了俺三千块手续费", "report", ""),
        ("喂,房子要塌了,人还在里头", "urgent", ""),
        ("你好,支书知道是我举报的了", "retaliation", ""),
        ("救命啊", "urgent", "grade.urgent"),
        ("救命钱叫支书扣了", "report", ""),
        ("人没了", "unknown", ""),
        ("太麻烦", "unknown", ""),
        ("领导骗人", "answer", ""),
        ("啊啊啊啊", "smalltalk", ""),  # a cry says nothing yet
    ],
)
def test_whoever_says_more_is_heard_for_it(
    understanding: Understanding, text: str, kind: str, slug: str
) -> None:
    answer = understanding.ask(text, today=NOW)

    assert answer.kind == kind
    assert not slug or answer.topics[0][0] == slug


@pytest.mark.parametrize("text", ["三千", "5000", "20000元", "3万2", "俺的5000块"])
def test_a_bare_sum_is_asked_back_what_it_is(understanding: Understanding, text: str) -> None:
    answer = understanding.ask(text, today=NOW)

    assert answer.kind == "choices"
    assert [slug for slug, _ in answer.topics] == [
        "subsidy.amount", "apply.fee", "subsidy.deducted",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["危房", "房子", "钱", "盖房", "鉴定"])
def test_a_single_word_of_ours_is_offered_what_is_asked_in_it(
    understanding: Understanding, text: str
) -> None:
    answer = understanding.ask(text, today=NOW)

    assert answer.kind in ("answer", "choices")
    assert not any(slug.startswith("elsewhere.") for slug, _ in answer.topics[:1])


@pytest.mark.parametrize("text", ["北京", "雨伞", "外星人"])
def test_a_single_word_that_is_none_of_ours_is_offered_nothing(
    understanding: Understanding, text: str
) -> None:
    assert understanding.ask(text, today=NOW).kind == "unknown"


def test_a_long_story_is_heard_for_the_questions_in_it(understanding: Understanding) -> None:
    story = (
        "我家在村里,爷爷奶奶都八十多了,房子是七几年盖的土坯房,去年下雨后墙角裂了,屋顶也漏,"
        "跟村里说了几回,村里说等等看,我们在外打工也回不去,想问问这种情况国家给不给修,要准备啥"
    )

    answer = understanding.ask(story, today=NOW)

    assert answer.kind == "answer"
    assert [slug for slug, _ in answer.topics] == ["eligibility.who", "apply.papers"]
    assert answer.second


def test_a_folder_without_openings_hears_none(content: Content) -> None:
    assert Openings({}).of("你好") == ""
    assert Openings({"greeting": ["你好"]}).of("你好") == ""  # no opening that has a sentence


def test_every_opening_of_the_programme_has_its_sentence(
    understanding: Understanding, content: Content
) -> None:
    groups = set(understanding.lexicon.openings.kinds) - {"small", "help"}

    assert groups == set(SAID) - {"latin", "county", "city", "which_county", "is_it", "place"}
    assert {f"smalltalk.{opening}" for opening in SAID} <= set(content.texts)


def test_openings_are_linear_in_what_is_sent(understanding: Understanding) -> None:
    openings = understanding.lexicon.openings
    assert openings.of("你好" * LONGEST) == ""
    began = time.perf_counter()
    openings.without_opening("你好的我是" * 20_000 + "钱")
    assert time.perf_counter() - began < 1


def test_a_county_typed_by_its_sound_is_named_as_it_may_be_meant(
    understanding: Understanding,
) -> None:
    assert "鲁山县" in understanding.ask("鲁三县", today=NOW).answer
    assert understanding.ask("鲁三县", today=NOW).county == ""
