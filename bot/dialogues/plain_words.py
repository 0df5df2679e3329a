"""What plain words mean to each question that takes them: 中, 没有, 等等, 说不准.

A sense that is not listed is no answer to that question: she is asked again. Words of the question's own
stand here too: 交 to 交上去吗, 去掉 to 要去掉吗.
"""

from __future__ import annotations

from bot.dialogues.choices import (
    BACK,
    CHANGE,
    CUT,
    DECLINED,
    DONE,
    HUMAN,
    KEEP,
    NO,
    NONE,
    NOT_THERE,
    SEND,
    SKIP,
    UNCLEAR,
    USEFUL,
    USELESS,
    YES,
)
from bot.talk import WAITS, Plain
from nlp.assent import SO, THERE, WILL, Sense

#: What is known about places, times and people may simply not be known.
UNKNOWN = Plain(SO, {Sense.UNSURE: UNCLEAR})
UNKNOWN_PLACE = Plain(SO, {Sense.UNSURE: SKIP})
NONE_OF_THESE = Plain(SO.also({Sense.NO: ("没有", "都没有", "none", "none of these")}), {
    Sense.NO: SKIP, Sense.AMISS: SKIP, Sense.UNSURE: SKIP,
})  # fmt: skip
HERE = Plain(SO, {Sense.YES: YES, Sense.NO: NO, Sense.AMISS: NO, Sense.UNSURE: NO})

#: Whom it is about. Only an explicit 不是 takes somebody away.
ABOUT = Plain(SO, {Sense.YES: YES, Sense.NO: NO, Sense.AMISS: NO})
IS_IT_HIM = Plain(SO, {**ABOUT.means, Sense.UNSURE: YES})
#: 有 does not say where: the higher one is meant.
CLOSE_TO_HIM = Plain(THERE, {Sense.YES: "county", Sense.NO: "none", Sense.UNSURE: UNCLEAR})
#: 说不准就选“要”, the question says.
OFFICE = Plain(WILL.to("交", "给", "交给纪委"), {Sense.YES: YES, Sense.NO: NO, Sense.UNSURE: YES})

#: Before 提交 nothing but a clear yes files, and nothing but her 不交了 drops what she told.
SENT = Plain(
    WILL.to("交", "提交", "交上去", "报", "报上去", "上报", "发", "送", "送上去").also(
        {Sense.NO: ("没", "没有")}
    ),
    {
        Sense.YES: SEND,
        Sense.AMISS: CHANGE,
        **dict.fromkeys((Sense.NO, Sense.LATER, Sense.UNSURE), WAITS),
    },
)
#: Which line of the read-back is changed: 没有, none of them.
CHANGED = Plain(NONE_OF_THESE.words, {Sense.NO: NONE, Sense.LATER: NONE})
OUT_OF_IT = Plain(
    WILL.to("去", "去掉", "删", "删掉", "拿掉").also(
        {
            Sense.YES: ("leave them out", "leave it out", "take it out"),
            Sense.NO: ("留", "留着", "keep"),
        }
    ),
    {Sense.YES: CUT, Sense.NO: KEEP},
)
_MORE_FILES = ("照片", "录音", "收据")
FILES = Plain(
    THERE.also(
        {
            Sense.YES: [f"有{each}" for each in _MORE_FILES],
            Sense.NO: [
                *("就这些", "就这", "发完", "没别的", "没有别的", "没啥", "没有啥", "啥也没有", "啥都没有", "不发", "不用"),
                *("that is all", "that's all", "no photos", "nothing more", "no more"),
                *("没拍", "没照", "没留", "没录", *(no + each for no in ("没", "没有") for each in _MORE_FILES)),
            ],
            Sense.LATER: ("等等", "等会", "等会儿", "等一下", "等一会", "稍等", "找找"),
        }
    ),
    {Sense.NO: SKIP, Sense.YES: WAITS, Sense.LATER: WAITS},
)  # fmt: skip
NOTHING_TO_ADD = Plain(FILES.words, {Sense.NO: SKIP})

#: Danger. Who wants nothing reported (别报) is not reported, whoever lives there.
_NOT_WANTED = ("不用", "不要", "甭", "先不", "先别", "先不要", "先不用")
_SOMEBODY_THERE = THERE.also(
    {
        Sense.LATER: [
            *_NOT_WANTED,
            *(
                no + verb
                for no in (*_NOT_WANTED, "不", "别", "不敢", "不想")
                for verb in ("报", "报上去", "上报")
            ),
        ]
    }
)
#: 没有,俺娘腿不中: what stands beside her no speaks of somebody.
_OF_SOMEBODY = (
    *"娘爹妈爸爷奶婆公伴孩娃儿妇孙女人救困压埋躺瘫病伤床屋", "里头", "里面", "里边", "还在", "还住", "出不来", "不出来",
    "没出来", "不肯", "走不",
)  # fmt: skip
ANYBODY = Plain(
    _SOMEBODY_THERE,
    {
        Sense.YES: YES, Sense.NO: NO, Sense.AMISS: NO, Sense.UNSURE: UNCLEAR, Sense.LATER: DECLINED,
    },
    unless=_OF_SOMEBODY,
)  # fmt: skip
ANYBODY_AT = Plain(_SOMEBODY_THERE, {**ANYBODY.means, Sense.AMISS: NOT_THERE}, unless=_OF_SOMEBODY)

#: Questions after an answer about policy.
REGISTER = Plain(WILL.to("记", "记下来", "交", "登记"), {
    Sense.YES: YES, Sense.NO: NO, Sense.LATER: NO,
})  # fmt: skip
CLEAR = Plain(
    SO.also(
        {
            Sense.YES: ("清楚", "明白", "懂", "听懂", "知道", "有用"),
            Sense.NO: ("不清楚", "不明白", "不懂", "没懂", "没听懂", "没看懂", "没听明白", "没有", "没", "没用", "不是这个意思", "不是那个意思", "不是问这个", "问的不是这个", "答错了", "理解错了", "答非所问"),
        }
    ),
    {Sense.YES: USEFUL, Sense.NO: USELESS, Sense.AMISS: USELESS},
)  # fmt: skip
SOMEBODY_TO_ASK = Plain(
    WILL.to("找", "找人", "问", "找人问", "找人说"), {Sense.YES: HUMAN, Sense.NO: DONE}
)


def sounds_like(what: str) -> Plain:
    """Asked whether her words are about this: a yes says so."""
    return Plain(SO, {Sense.YES: what, Sense.NO: DONE})


NO_TOPIC = Plain(NONE_OF_THESE.words, {Sense.NO: NONE, Sense.AMISS: NONE})

#: Only a clear yes lets her words be read.
KEPT = Plain(WILL.to("留", "留着", "看"), {
    Sense.YES: YES, **dict.fromkeys((Sense.NO, Sense.AMISS, Sense.LATER, Sense.UNSURE), NO),
})  # fmt: skip

#: Her mailbox.
NOTHING_ELSE = Plain(
    WILL.also({Sense.NO: ("没", "没有", "没啥", "没有啥", "没事")}), {Sense.NO: BACK}
)
REMEMBERED = Plain(
    WILL.to("记", "记住").also({Sense.NO: ("没", "没有")}),
    {Sense.YES: YES, **dict.fromkeys((Sense.NO, Sense.AMISS, Sense.LATER, Sense.UNSURE), NO)},
)
WITHDRAWN = Plain(
    WILL.to("撤", "撤回").also({Sense.NO: ("没", "没有")}),
    {Sense.YES: YES, **dict.fromkeys((Sense.NO, Sense.AMISS, Sense.LATER, Sense.UNSURE), NO)},
)
