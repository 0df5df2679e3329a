"""Policy asked in the words of official papers reaches the same answers as in the village's own."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.understanding import Understanding

NOW = date(2026, 11, 26)

#: None of them is a phrasing of its topic; those of the first two are of public question pages.
ASKED = {
    "eligibility.who": (
        "农村危房改造政策实施哪些人群", "申请农村危房改造要满足哪些条件", "农村危房改造的对象范围是什么",
        "农村危房改造政策的实施对象", "哪些群体可以纳入农村危房改造范围", "农村危房改造实施的范围",
        "符合什么情形可申请危房改造", "申请危房改造需要具备什么条件",
    ),
    "eligibility.already-got": (
        "以前享受过危改后来又成危房还能再申请吗", "已享受过农村危房改造政策的农户能否再次申请",
        "享受过补助的能不能再次纳入",
    ),
    "apply.how": ("危房改造的申请程序", "农村危房改造如何申报"),
    "apply.papers": ("农村危房改造申请需要提交哪些材料",),
    "apply.publicity-days": ("危房改造公示期是多长时间",),
    "subsidy.amount": ("农村危房改造补助标准", "危房改造户补助标准是多少"),
    "subsidy.how-paid": ("危房改造的资金如何拨付", "补助款以什么形式发放"),
    "subsidy.when-paid": ("补助资金何时发放", "验收合格后多长时间拨付资金"),
    "area.limits": ("农村危房改造建设面积标准", "建筑面积如何控制"),
    "grade.who-does-it": ("危险房屋鉴定由哪个部门负责", "农村房屋安全鉴定的责任单位"),
    "grade.what-done": ("改造方式有哪些",),
    "grade.dispute": ("对鉴定结果有异议如何处理",),
    "accept.how": ("农村危房改造的验收程序", "竣工后如何组织验收"),
}  # fmt: skip


@pytest.mark.parametrize(("slug", "text"), [(s, t) for s, each in ASKED.items() for t in each])
def test_official_words_reach_the_same_text_at_once_or_as_what_is_likeliest(
    understanding: Understanding, slug: str, text: str
) -> None:
    topic = understanding.content.topics[slug]
    answer = understanding.ask(text, today=NOW)

    assert text not in (topic.question, *topic.variants)
    first, *others = [topic for topic, _ in answer.topics[:2]]
    assert slug in (first, *others)
    assert answer.helpful
    assert answer.answer == understanding.answer_for(first, today=NOW).answer


def test_who_may_apply_is_told_the_kinds_of_households_and_the_grades_of_houses(
    understanding: Understanding,
) -> None:
    answer = understanding.ask("农村危房改造政策实施哪些人群", today=NOW).answer

    for word in ("低保户", "五保户", "C级或D级"):
        assert word in answer


def test_who_got_it_once_is_told_what_to_do_where_the_house_is_dangerous_again(
    understanding: Understanding,
) -> None:
    answer = understanding.ask("以前享受过危改后来又成危房还能再申请吗", today=NOW).answer

    assert "报村里重新鉴定" in answer
    assert "请人来鉴定" in answer
