"""Whoever asks whatever we know of, from whichever county and in whichever year, can act on the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from bot.dialogues.asking import said
from casework.content import Topic, TopicRole
from casework.county import PHONE, County
from nlp.understanding import Understanding
from tests.offices import CONTENT, UNDERSTANDING

#: A county that entered two of its facts; its neighbour entered all, most entered none.
FULL, HALF, EMPTY = "410423", "410422", "410421"
COUNTIES = {
    **CONTENT.counties,
    HALF: County(
        code=HALF,
        facts={k: CONTENT.counties[FULL].facts[k] for k in ("area", "area_each", "papers")},
    ),
}
KNOWS = Understanding(
    replace(CONTENT, counties=COUNTIES),
    UNDERSTANDING.gazetteer,
    UNDERSTANDING._faq,
    UNDERSTANDING.lexicon,
)
#: A page of 360 by 740 shows about 26 lines of 17 letters, and something must be left for the buttons.
LINES, LETTERS = 22, 17

#: What nobody says aloud at home; the plain word is always at hand.
OFFICE_WORDS = (
    "依申请公开", "主体责任", "竣工", "承揽", "诉求", "核准", "予以", "责令", "核实", "受理", "整改",
    "台账", "垫资", "置换", "统建", "第三方", "修缮", "原则上", "施工方", "闲置", "入住", "符合条件",
    "优抚", "同等条件", "无障碍", "不动产", "家庭类别",
)  # fmt: skip
#: What she will hear at the office all the same, and the plain words of which one stands beside it.
PLAIN_WORDS = {
    "鉴定": ("看房", "看过房"), "验收": ("来人看", "来看", "检查", "就是说合格"), "评议": ("开会", "会议"),
    "公示": ("贴出来", "挂出来"), "建档立卡": ("登记过的",), "分散供养": ("不住敬老院",),
    "特困": ("五保户",), "边缘户": ("比低保稍高",), "C级": ("修",), "D级": ("重盖",),
    "公租房": ("租给人住",), "幸福大院": ("集中住",), "圈梁": ("水泥梁",), "承诺书": ("保证书",),
    "行政复议": ("重新看一遍",), "起诉": ("打官司",), "复查": ("再看一遍",), "复核": ("更上一级看",),
    "优先安排": ("往前排",), "流水": ("进出钱",), "一卡通": ("领补贴的",), "工作日": ("星期", "个月"),
    "12388": ("纪委",), "人社": ("管社保",), "自然资源": ("管地",),
}  # fmt: skip
#: What is answered about these is what to do, and no paper of a year decides it.
OF_NO_YEAR = (
    TopicRole.URGENT, TopicRole.STATUS, TopicRole.HUMAN, TopicRole.REPORT, TopicRole.ELSEWHERE,
)  # fmt: skip
#: More cannot be said in one breath.
BREATH = 25

ASKED = [
    pytest.param(slug, county, day, id=f"{slug} {county or 'nowhere'} {day.year}")
    for slug in CONTENT.topics
    for county in ("", FULL, HALF, EMPTY)
    for day in (date(2019, 5, 6), date(2026, 11, 26))
]


def lines_of(text: str) -> int:
    return sum(-(-len(line) // LETTERS) for line in text.split("\n"))


@pytest.mark.parametrize(("slug", "county", "day"), ASKED)
def test_the_answer_says_something_sure_what_to_do_and_where_it_stands(
    slug: str, county: str, day: date
) -> None:
    answer = KNOWS.answer_for(slug, today=day, county=county)
    whole, topic = said(KNOWS, answer), CONTENT.topics[slug]

    assert answer.helpful
    assert "没查清" not in whole
    assert "怎么办:①" in whole
    assert answer.source
    assert f"(依据:{CONTENT.texts.cited(answer.source)}" in whole
    assert lines_of(whole) <= LINES, whole
    if day.year >= 2026:
        assert re.search(r"20\d\d年\d{1,2}月核对\)", whole)
    else:
        assert "核对" not in whole.rsplit("\n", 1)[-1]
        assert not [e for e in topic.examples if e in whole and e[e.index("20") :][:4] > "2019"]


@pytest.mark.parametrize("slug", CONTENT.topics)
@pytest.mark.parametrize("day", [date(2019, 5, 6), date(2026, 11, 26)], ids=str)
def test_no_source_said_aloud_begins_with_a_number_nobody_can_read_and_each_is_said_once(
    slug: str, day: date
) -> None:
    source = KNOWS.answer_for(slug, today=day).source or ""
    spoken = CONTENT.texts.cited(source).split(";")

    assert [paper for paper in spoken if re.match(r"\S*〔", paper)] == []
    assert len(spoken) == len(set(spoken))


@pytest.mark.parametrize("topic", CONTENT.topics.values(), ids=lambda t: t.slug)
def test_only_what_a_numbered_paper_decides_is_called_a_rule_of_its_year(topic: Topic) -> None:
    """A law holds until it is changed, and how to report, what to do now and other offices' matters
    are no rule of any year."""
    year = KNOWS.answer_for(topic.slug, today=date(2026, 11, 26)).parts.old
    paper = (topic.later_source or topic.source).split(";")[0]

    assert year == int((re.search(r"〔(\d{4})〕", paper) or [0, 0])[1])
    if topic.slug.startswith("report.") or topic.role in OF_NO_YEAR:
        assert year == 0
    assert KNOWS.answer_for(topic.slug, today=date(2019, 5, 6)).parts.old == 0


@pytest.mark.parametrize(
    "over", [{"status": "draft"}, {"valid_to": date(2025, 12, 31)}, {"source": ""}], ids=str
)
def test_a_text_that_may_not_be_shown_is_none_and_programs_are_told_so(
    over: dict[str, object],
) -> None:
    """As policy staff withdraw one, or its day passes."""
    topics = {**CONTENT.topics}
    topics["apply.fee"] = replace(topics["apply.fee"], **over)  # type: ignore[arg-type]
    knows = Understanding(
        replace(CONTENT, topics=topics),
        UNDERSTANDING.gazetteer,
        UNDERSTANDING._faq,
        UNDERSTANDING.lexicon,
    )
    record = knows.answer_for("apply.fee", today=date(2026, 11, 26)).record("要交钱不")

    assert (record["source"], record["helpful"]) == (None, False)
    assert CONTENT.topics["apply.fee"].answer not in str(record["answer"])


@pytest.mark.parametrize("slug", [t.slug for t in CONTENT.topics.values() if PHONE in t.needs])
def test_a_registered_phone_is_spoken(slug: str) -> None:
    phone = CONTENT.county(FULL).words("phone", date(2026, 11, 26))
    assert phone
    assert phone in KNOWS.answer_for(slug, today=date(2026, 11, 26), county=FULL).answer


@pytest.mark.parametrize("name", ["area", "papers"])
def test_what_a_county_decided_stands_where_it_is_known_and_examples_where_not(name: str) -> None:
    (topic,) = [t for t in CONTENT.topics.values() if t.needs[:1] == (name,) and t.examples]
    today = date(2026, 11, 26)
    fact = CONTENT.county(FULL).told((name,), today, CONTENT.texts)[0].text
    half = KNOWS.answer_for(topic.slug, today=today, county=HALF).answer
    empty = KNOWS.answer_for(topic.slug, today=today, county=EMPTY).answer

    assert fact in half
    assert not any(example in half for example in topic.examples)
    assert fact not in empty
    assert all(example in empty for example in topic.examples)
    assert UNDERSTANDING.gazetteer.name(EMPTY) in empty


@pytest.mark.parametrize("topic", CONTENT.topics.values(), ids=lambda t: t.slug)
def test_what_is_sure_is_short_and_can_be_read_aloud_to_who_knows_no_office_word(
    topic: object,
) -> None:
    kept = CONTENT.topics[topic.slug]  # type: ignore[attr-defined]
    assert len(kept.answer) <= 120
    assert len(kept.later) <= 120
    assert 1 <= len(kept.steps) <= 2
    assert all(4 <= len(step) <= 40 for step in kept.steps)
    for text in (kept.answer, kept.later):  # what is not written is not what was asked
        assert not re.match(r"(20\d\d年的?|省里的?)?方案", text)
    first = "。".join((kept.answer, *kept.steps))
    for said_aloud in (first, f"{kept.later}。{first}"):  # to who asks early, and to who asks today
        assert [word for word in OFFICE_WORDS if word in said_aloud] == []
        bare = [w for w in PLAIN_WORDS if w in said_aloud and not _has_any(said_aloud, w)]
        assert bare == []
        assert max(map(len, re.split("[,。;:、?!“”]", said_aloud))) <= BREATH
        assert not set("()()[]/") & set(said_aloud)


def _has_any(text: str, office_word: str) -> bool:
    return any(plain in text for plain in PLAIN_WORDS[office_word])


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("四口人能盖多大", "您家4口人,每人18平方米,最多盖72平方米"),
        ("俺和俺娘能盖多大的房", "您家2口人,最多盖50平方米"),
        ("三口之家盖房面积有啥限制", "您家3口人,最多盖60平方米"),
        ("C级贫困户补多少", "C级修房,一户最多补8000元"),
        ("俺娘俩D级重建补几个钱", "D级重盖,您家2口人,最多补2.6万元"),
        ("俺一个人,推倒重盖给多少钱", "D级重盖,您家1口人,最多补2万元"),
        ("一家七口D级能补多少", "D级重盖,您家7口人,最多补3.2万元"),
    ],
)
def test_who_tells_of_her_household_is_told_her_own_number_and_no_other(
    asked: str, says: str
) -> None:
    answer = KNOWS.ask(asked, today=date(2026, 11, 26), county=FULL)

    assert any(says in line for line in answer.parts.decided), answer.answer
    kinds = ("平方米", "C级", "D级")
    assert sum(any(kind in line for kind in kinds) for line in answer.parts.decided) == 1


@pytest.mark.parametrize(
    "asked",
    [
        "补多少钱",
        "俺俩弟兄,他家四口人俺家三口人,补多少",
        "C级D级分别补多少",
        "82岁老人补多少",
        "三间房补多少",
    ],
)
def test_who_does_not_tell_it_clearly_is_told_all_of_it(asked: str) -> None:
    answer = KNOWS.ask(asked, today=date(2026, 11, 26), county=FULL)

    if answer.kind == "answer" and answer.topics[0][0] == "subsidy.amount":
        assert "1口人2万元,2口人2.6万元,3口人起3.2万元" in answer.answer
