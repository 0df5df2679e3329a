"""What nearly everybody asks is answered: what is sure, what a county decided, what to do now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.dialogues.asking import said
from casework.content import Content
from casework.county import County, Fact
from library.layers import Layers
from nlp.understanding import Understanding
from tests.nlp.conftest import PROGRAMME

THEN, NOW = date(2019, 4, 23), date(2026, 11, 26)
#: One with every fact (invented ones), one of which nothing is known.
LUSHAN, YEXIAN, NOTHING_KNOWN = "410423", "410422", "410421"
ONE_SCREEN = 275
REFUSALS = ("没查清", "不能乱说", "不敢乱说", "说不准")
DEMO = "演示数据"

#: As people ask who never read our phrasings.
ASKED = {
    "eligibility.who": ("谁家能享受危房改造", "想问下谁有资格办", "国家给修房子有啥要求"),
    "subsidy.amount": ("政府给多少钱盖房", "俺家这个盖房能给多少钱", "C级补几千"),
    "area.limits": ("房子最大能盖多大", "给盖多少平方的房", "俺家五口人能盖多大的房子"),
    "apply.papers": ("都要带什么东西", "办理需要提交哪些材料", "申请要什么证件"),
    "apply.how": ("申请流程是啥", "去哪里申请", "我想申请危房改造怎么办"),
    "apply.progress": ("多长时间能批下来", "交了申请多久能批", "危房申请要办多久"),
    "grade.who-does-it": ("谁鉴定房子", "危房由谁鉴定", "哪个单位来看房子"),
    "subsidy.when-paid": ("验收后多久发钱", "什么时候打钱", "补助款多久能到"),
    "apply.fee": ("要交多少手续费", "有人问俺要钱", "办这个用花钱不"),
    "eligibility.children-have-house": (
        "孩子有房,老人能申请吗", "俺儿有两层楼俺住破屋能报不", "子女有房影响申请吗",
    ),
    "grade.cracked-leaking": ("下雨屋里漏水", "土房子裂缝了怎么办", "墙上有条大缝"),
    "grade.fee": ("来鉴定的叫俺掏钱不", "看房子定级收费不", "鉴定房子谁出钱"),
}  # fmt: skip


@pytest.mark.parametrize("today", [THEN, NOW], ids=["2019", "2026"])
@pytest.mark.parametrize("county", ["", LUSHAN, YEXIAN, NOTHING_KNOWN])
@pytest.mark.parametrize("slug", ASKED)
def test_each_of_the_twelve_helps_everywhere_and_fits_one_screen(
    understanding: Understanding, slug: str, county: str, today: date
) -> None:
    answer = understanding.answer_for(slug, today=today, county=county)

    assert answer.helpful
    assert answer.source
    assert not [refusal for refusal in REFUSALS if refusal in answer.answer]
    assert "怎么办:①" in answer.answer
    assert "②" in answer.answer
    assert len(said(understanding, answer)) <= ONE_SCREEN, said(understanding, answer)


@pytest.mark.parametrize("today", [THEN, NOW], ids=["2019", "2026"])
@pytest.mark.parametrize("county", ["", LUSHAN, YEXIAN, NOTHING_KNOWN])
def test_what_is_invented_says_so_and_nothing_else_does(
    understanding: Understanding, content: Content, county: str, today: date
) -> None:
    invented = content.county(county).demo

    for slug, topic in content.topics.items():
        answer = understanding.answer_for(slug, today=today, county=county)
        tells = bool(answer.parts.decided or answer.parts.phone)
        assert (DEMO in answer.answer) == (tells and invented), slug
        if topic.stands(today):
            known = content.county(county).known(topic.needs, today)
            assert bool(known) == tells, slug


def test_ordinary_wordings_are_told_their_text_at_once_or_as_what_is_likeliest(
    understanding: Understanding,
) -> None:
    asked = [(slug, text) for slug, texts in ASKED.items() for text in texts]

    answers = {text: understanding.ask(text, today=NOW) for _, text in asked}
    told = {
        text
        for slug, text in asked
        if answers[text].topics[:1] and answers[text].topics[0][0] == slug
    }

    assert all(answers[text].answer for text in told)
    assert len(told) >= 0.97 * len(asked), [text for _, text in asked if text not in told]
    assert sum(answers[text].kind == "answer" for text in told) >= 0.85 * len(asked)


@pytest.mark.parametrize("text", ["房子要塌了", "墙歪了要倒,下雨漏得厉害", "屋顶裂了往下掉砖"])
def test_a_crack_that_is_danger_is_not_talked_about(
    understanding: Understanding, text: str
) -> None:
    assert understanding.ask(text, today=NOW).kind == "urgent"


@pytest.mark.parametrize("text", ["有人问俺要钱", "有人收钱", "来收钱的合法不"])
def test_who_was_asked_for_money_may_register_it_at_once(
    understanding: Understanding, text: str
) -> None:
    answer = understanding.ask(text, today=NOW)

    assert (answer.topics[0][0], answer.also) == ("apply.fee", ("report",))


@pytest.mark.parametrize(
    "text", ["鲁山县危房能补多少钱", "俺是鲁山的,危房补多少钱", "危房补多少,俺在平顶山市鲁山县"]
)
def test_the_county_in_the_question_counts_before_the_one_given(
    understanding: Understanding, text: str
) -> None:
    answer = understanding.ask(text, today=NOW, county=YEXIAN)

    assert answer.county == LUSHAN
    assert "鲁山县(演示数据):C级修房" in answer.answer
    assert "叶县" not in answer.answer


def test_the_county_given_counts_where_the_question_names_none(
    understanding: Understanding,
) -> None:
    answer = understanding.ask("能盖多大", today=NOW, county=LUSHAN)

    assert "鲁山县(演示数据):最多盖:1口人" in answer.answer
    assert "别处的例子" not in answer.answer
    assert answer.source
    assert answer.source.endswith("鲁山县住建局(演示) 2019-01-01")


@pytest.mark.parametrize(
    ("text", "county", "rest"),
    [
        ("鲁山县能盖多大", LUSHAN, "能盖多大"),
        ("俺在叶县,补多少", YEXIAN, "俺在,补多少"),
        ("补多少", "", "补多少"),
        ("俺重新安的门窗算改造不", "", "俺重新安的门窗算改造不"),  # 新安县 is in Luoyang
        ("", "", ""),
    ],
)
def test_a_short_name_is_a_county_only_where_a_place_may_begin(
    understanding: Understanding, text: str, county: str, rest: str
) -> None:
    assert understanding.gazetteer.without_county(text) == (county, rest)


def test_no_example_is_told_before_its_year(understanding: Understanding) -> None:
    then = understanding.answer_for("subsidy.amount", today=THEN).answer
    now = understanding.answer_for("subsidy.amount", today=NOW).answer

    assert "西峡县2022年" in now
    assert "许昌市2017年" in then
    assert "2022" not in then


def test_a_county_half_filled_says_what_it_has_and_other_places_for_the_rest(
    understanding: Understanding, content: Content
) -> None:
    told = Fact(value="D级补3万", source="叶县住建局", since=date(2020, 1, 1))
    half = replace(content, counties={YEXIAN: County(code=YEXIAN, facts={"subsidy_note": told})})
    words = Layers(PROGRAMME).theirs("triage.toml")
    knows = Understanding.of(half, understanding.gazetteer, words)

    amount, earlier = (knows.ask("补多少钱", today=d, county=YEXIAN) for d in (NOW, THEN))
    area = knows.ask("能盖多大", today=NOW, county=YEXIAN)
    unnamed = knows.ask("补多少钱", today=NOW)

    assert "叶县:D级补3万。" in amount.answer
    assert "D级补3万" not in earlier.answer
    assert "叶县自己定的还没登到这里。别处的例子:许昌市2017年" in area.answer
    assert DEMO not in amount.answer + area.answer + unnamed.answer
    assert "比如:叶县补多少钱" in unnamed.answer


def test_where_the_rule_changed_the_newer_comes_first_and_both_are_named(
    understanding: Understanding,
) -> None:
    then, eve, now = (
        understanding.answer_for("eligibility.who", today=day)
        for day in (THEN, date(2021, 4, 9), NOW)
    )

    assert then.answer.startswith("四类人")
    assert eve.source == then.source == "豫脱贫办〔2019〕19号 二(一)(三)"
    assert now.answer.startswith("2021年起是六类人")
    assert "以前:四类人" in now.answer
    assert "这是2021年的规定" in now.answer
    assert now.source == "建村〔2021〕35号;豫脱贫办〔2019〕19号 二(一)(三)"


@pytest.mark.parametrize("text", ["危房能补多少钱", "多长时间能批下来", "房子漏雨咋办"])
def test_a_countys_name_changes_nothing_about_what_is_asked(
    understanding: Understanding, text: str
) -> None:
    plain = understanding.ask(text, today=NOW)

    for code, name in understanding.gazetteer.counties():
        named = understanding.ask(f"{name}{text}", today=NOW)
        assert (named.county, named.topics) == (code, plain.topics), name


def test_a_city_is_an_example_also_where_the_county_decides_nothing(
    understanding: Understanding,
) -> None:
    answer = understanding.answer_for("subsidy.when-paid", today=NOW, county=LUSHAN).answer

    assert "\n别处的例子:许昌市2017年" in answer


def test_a_leak_that_somebody_is_to_blame_for_may_be_registered(
    understanding: Understanding,
) -> None:
    answer = understanding.ask("新盖的房漏雨,施工队不接电话咋办", today=NOW)

    assert (answer.topics[0][0], answer.also) == ("grade.cracked-leaking", ("report",))
