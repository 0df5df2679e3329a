"""Yes, no, not yet and "I cannot say" in people's own words; and a no that is never taken for a yes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.assent import SO, THERE, WILL, Sense, Vocabulary, assent
from tests.long_texts import MOST_CPU, cpu

HAND_IN = WILL.to("交", "提交", "交上去")
QUESTIONS = {"对不对?": SO, "还有人住吗?": THERE, "交上去吗?": HAND_IN}

YES = {
    "对不对?": "中 是 是的 是嘞 是哩 对 对的 对嘞 对哩 对着嘞 嗯 嗯嗯 嗯哪 恩 没错 错不了 不假 不错 行 好的 可以 管 沾 就是他 "
    "对,就是他 是的,没错 对对对 可不是 没有不对 您好,对 OK 👍🏻 都对 对。谢谢恁",
    "还有人住吗?": "是 是的 有 有人 有嘞 有的 在 还在 还有 还有人 中 嗯 对 住着嘞 俺娘在里头 里头还有俺爹 俺在 有三口人 俺一家都在 还住着人 "
    "俺娘还没出来 有,俺娘走不动 有 有 同志,有人",
    "交上去吗?": "交 交上去 中 可中 行 是 好 好嘞 提交吧 交吧 可以 要 同意 没问题 嗯,交吧 那就交吧 快交吧 中,交吧,谢谢恁 想交 先交吧 俺愿意",
}
NO = {
    "对不对?": "不 不中 不行",
    "还有人住吗?": "没 没有 没人 没人了 没有人 没有人了 没人住了 早就没人住了 好几年没人住了 不在 空着嘞 都搬走了 人都出来了 屋里没人 "
    "一个人都没有 没有,都搬走了 没没没 不中 嗯,没人了 对,没人住 嗯没人了 是,都搬走了 是空的 是空房子",
    "交上去吗?": "不 不中 不行 不要 不用 不用了 别 别交 别交了 不交 甭交 不想交 不敢交 没交 不同意 不,不交",
}
AMISS = {each: "不是 不对 不是的 错了 弄错了 不是不是" for each in QUESTIONS}
LATER = {
    "交上去吗?": "等等 先等等 等会儿 等一下 先不交 先别交 先不 慢着 再想想 考虑考虑 回头再说 不急 好,等等",
}
UNSURE = {
    each: "不清楚 不太清楚 说不准 说不清 不知道 知不道 记不清了 忘了 拿不准 可能是 好像不是 大概是吧 应该是"
    for each in QUESTIONS
}
UNSURE["还有人住吗?"] += " 没人吧 没有吧 可能有人 好像没人"

#: What is no answer at all: it contains one, asks back, says both, or denies twice.
NOTHING = {
    "对不对?": "是支书叫俺来的 是不是 对不对 对不? 是吗 对? 对,不是他 对。不对 对,但是不是他 不是不对 对面那家 对了吗 要是 还是 我是 好人",
    "还有人住吗?": "有问题 有吗 有没有 有人没 有? 中间那户 在外头打工 在郑州 有啥 不是没人 不是没有 没有没人 有,没人 没有,俺娘在里头 俺娘没在 "
    "没孩子 俺没在 不敢住了 还好 不行了 人在医院 俺娘住院了 在理 没准儿有鬼",
    "交上去吗?": "是支书叫俺来的 中间那户 行贿的 行不行 管他呢 要不 要不要 要不交吧 交不交 交? 交吗 交不交上去 不交不中 不能不交 可以不交 好人 好多 "
    "成天 对了 好了 不管 不好 还行 都行 要是 得劲 交钱 交给谁 哦 知道了",
}


def cases(told: dict[str, str]) -> list[tuple[str, str]]:
    return [(question, answer) for question, answers in told.items() for answer in answers.split()]


@pytest.mark.parametrize(
    ("told", "sense"),
    [(YES, "yes"), (NO, "no"), (AMISS, "amiss"), (LATER, "later"), (UNSURE, "unsure")],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_plain_words_have_their_sense(told: dict[str, str], sense: str) -> None:
    wrong = {}
    for question, answer in cases(told):
        for text in (answer, f"{answer}。", f" {answer}!", f"{answer}啊"):
            found = assent(text, QUESTIONS[question])
            if found is None or found.senses != {Sense(sense)} or found.unread:
                wrong[question, text] = found

    assert wrong == {}


def test_what_only_looks_like_an_answer_is_none() -> None:
    found = {each: assent(each[1], QUESTIONS[each[0]]) for each in cases(NOTHING)}

    assert {each: said for each, said in found.items() if said is not None} == {}


@pytest.mark.parametrize("hesitates", ["嗯…", "嗯……", "嗯...", "恩。。", "嗯——"])
def test_who_hesitates_says_nothing_yet(hesitates: str) -> None:
    assert assent(hesitates, HAND_IN) is None
    assert assent(f"{hesitates}不交", HAND_IN) == assent("不交", HAND_IN)


@pytest.mark.parametrize(
    ("text", "more", "unread"),
    [
        ("有,俺娘在里头躺着", "俺娘在里头躺着", "俺娘在里头躺着"),
        ("有 俺娘腿不中", "俺娘腿不中", "俺娘腿不中"),
        ("有!!快点来人\n俺在鲁山", "快点来人\n俺在鲁山", "快点来人\n俺在鲁山"),
        ("有,俺娘在里头", "俺娘在里头", ""),
        ("有,俺娘在里头,腿不中", "俺娘在里头,腿不中", "腿不中"),
        ("俺娘在里头", "俺娘在里头", ""),
        ("有", "", ""),
    ],
)
def test_what_is_told_besides_is_handed_back_in_her_own_letters(
    text: str, more: str, unread: str
) -> None:
    said = assent(text, THERE)

    assert said
    assert (said.more, said.unread) == (more, unread)


def test_a_word_can_be_given_another_sense() -> None:
    clear = SO.also({Sense.NO: ("不清楚",), Sense.YES: ("清楚",)})

    assert assent("不清楚", clear) == assent("不行", clear)
    assert assent("不清楚", SO) != assent("不清楚", clear)


WORDS = [
    "是",
    "对",
    "不",
    "没",
    "有",
    "别",
    "交",
    "中",
    "好",
    "要",
    "在",
    "先",
    "等等",
    "人",
    "吧",
    "了",
    "吗",
    ",",
]


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join), st.sampled_from([*QUESTIONS]))
def test_whatever_is_put_together_a_yes_has_no_negation_in_it(text: str, question: str) -> None:
    said = assent(text, QUESTIONS[question])

    if said and Sense.YES in said.senses and not said.unread:
        allowed = text.replace("没错", "").replace("错不了", "").replace("不错", "")
        assert not set(allowed) & set("不没别"), text


@pytest.mark.parametrize("vocabulary", QUESTIONS.values(), ids=QUESTIONS)
def test_no_answer_however_long_takes_long(vocabulary: Vocabulary) -> None:
    words = [*sorted(vocabulary._sense)[::9], "有,俺,", "是,", "、嗯", "没有人住", "?", "👍"]
    slow = [
        (each, length)
        for each in words
        for length in (48, 60, 5000)
        if cpu(lambda: assent((each * 5000)[:length], vocabulary)) > MOST_CPU  # noqa: B023
    ]

    assert slow == []
