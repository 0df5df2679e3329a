"""Danger, threats and the wish to report are seen before any policy is looked up."""

from __future__ import annotations

import pytest

from casework.tickets import Kind
from nlp import triage
from nlp.understanding import Understanding


@pytest.mark.parametrize(
    "text",
    ["屋顶塌了一角,老人还在里头住", "墙都歪了夜个还掉砖,快塌了咋办", "房子随时会塌,俺还在住"],
)
def test_a_house_coming_down_is_danger(understanding: Understanding, text: str) -> None:
    assert triage.is_danger(text, understanding.lexicon)


@pytest.mark.parametrize(
    "text", ["怎么申请危房改造", "补多少钱", "名单搁哪公示", "俺不是贫困户房子快塌了咋弄", ""]
)
def test_an_ordinary_question_is_no_danger(understanding: Understanding, text: str) -> None:
    assert not triage.is_danger(text, understanding.lexicon)


def test_a_leaked_name_is_an_alarm(understanding: Understanding) -> None:
    leaked = "谁举报俺?昨天乡里把俺叫去问了,是不是你们这把俺的名字给他了?"

    assert triage.is_retaliation(leaked, understanding.lexicon)


@pytest.mark.parametrize("text", ["不留名字中不中,怕他知道了报复", "咋举报俺庄支书", "补多少钱"])
def test_fear_alone_is_no_alarm(understanding: Understanding, text: str) -> None:
    assert not triage.is_retaliation(text, understanding.lexicon)


@pytest.mark.parametrize("text", ["俺想反映个事", "我要举报", "咋举报俺庄支书"])
def test_who_wants_to_report_is_heard(understanding: Understanding, text: str) -> None:
    assert triage.wants_report(text, understanding.lexicon)


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("支书叫每户交保证金", "fee.deposit"),
        ("新房漏雨,一下雨就漏一地", "quality.leak"),
        ("房子没盖完施工队跑了", "quality.unfinished"),
        ("验收三个月了钱还没到账", "pay.late"),
        ("名单从来没有公示", "process.no_publicity"),
        ("会计虚报套取补助", "fraud.false_claim"),
    ],
)
def test_plain_words_give_the_category(
    understanding: Understanding, text: str, category: str
) -> None:
    assert triage.categories(text, understanding.lexicon)[0][0] == category


def test_shares_of_the_categories_add_up(understanding: Understanding) -> None:
    shares = triage.categories("虚报套取,还收保证金,房子漏雨", understanding.lexicon)

    assert sum(share for _, share in shares) == pytest.approx(1, abs=0.01)


def test_every_category_belongs_to_a_kind(understanding: Understanding) -> None:
    assert set(understanding.lexicon.kinds) <= {kind.value for kind in Kind}


def test_nothing_said_is_no_kind(understanding: Understanding) -> None:
    assert triage.kind("今天天气好", (), understanding.lexicon) is None
