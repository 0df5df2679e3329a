"""Yes, no, not yet and "I cannot say", as people in Henan say them and in plain English, to a question
of one of three kinds.

An answer is read clause by clause. A clause counts only when every letter of it belongs to a word known
here: 是支书叫俺来的 merely contains a 是, and says neither yes nor no. A no is never taken for a yes: a yes
beside a no, or two different negations in one clause (不交不中), are no answer at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import product

from nlp.words import normalise


class Sense(Enum):
    """What an answer comes to."""

    YES = "yes"
    NO = "no"
    AMISS = "amiss"  # what the question takes for granted is not so: 不是, 不对
    LATER = "later"  # neither yes nor no yet: 等等
    UNSURE = "unsure"


@dataclass(frozen=True)
class Assent:
    """The senses of an answer. In her own letters, to the end: `more` from the first clause that tells
    more than yes or no, `unread` from the first that is not understood."""

    senses: frozenset[Sense]
    more: str = ""
    unread: str = ""


@dataclass(frozen=True)
class Clause:
    """The senses of a clause, none for one that says nothing (谢谢); whether it tells something."""

    senses: frozenset[Sense]
    tells: bool = False
    weak: bool = False  # its yes gives way to a no


class Vocabulary:
    """The words that answer one kind of question.

    `words` by sense: under `None` stand those that add nothing. `looks` are words that look like an
    answer and are none (还好, 要是). `telling` are words that say more than yes or no; `some` name
    somebody in particular: that he is not there (俺娘没在) does not answer for the others. `weak` give
    way to a no beside them (嗯,没人了).
    """

    def __init__(
        self,
        words: Mapping[Sense | None, Iterable[str]],
        looks: Iterable[str] = (),
        telling: Iterable[str] = (),
        some: Iterable[str] = (),
        weak: Iterable[str] = (),
    ) -> None:
        self._words = {sense: frozenset(each) for sense, each in words.items()}
        self._sense = {word: sense for sense, each in self._words.items() for word in each}
        self._looks = frozenset(looks) - self._sense.keys()
        self._telling, self._some = frozenset(telling), frozenset(some)
        self._weak = frozenset(weak)
        self._longest = dict[str, int]()  # of the words that begin with this letter
        for word in (*self._sense, *self._looks):
            self._longest[word[0]] = max(len(word), self._longest.get(word[0], 0))

    def to(self, *verbs: str) -> Vocabulary:
        """The same for a question that asks for one of these doings: 交 is yes, 别交 no, 先不交 later."""
        return self.also(
            {
                Sense.YES: map("".join, product(("", *_WILLING), verbs)),
                Sense.NO: map("".join, product(_NOT, verbs)),
                Sense.LATER: map("".join, product(_NOT_YET, verbs)),
            }
        )

    def also(
        self,
        more: Mapping[Sense | None, Iterable[str]],
        *,
        telling: Iterable[str] = (),
        some: Iterable[str] = (),
        weak: Iterable[str] = (),
    ) -> Vocabulary:
        """The same with more words; one that had another sense has the new one."""
        new = {sense: frozenset(each) for sense, each in more.items()}
        moved = frozenset[str]().union(*new.values())
        words = {
            each: (self._words.get(each, frozenset()) - moved) | new.get(each, frozenset())
            for each in (None, *Sense)
        }
        marks = ((*self._telling, *telling), (*self._some, *some), (*self._weak, *weak))
        return Vocabulary(words, self._looks, *marks)

    def read(self, clause: str) -> Clause | None:
        """A normalised clause; None when a part of it is not known here, when it denies twice, or of
        somebody in particular."""
        words = self._cut(clause)
        if words is None:
            return None
        senses = frozenset(each for word in words if (each := self._sense[word]))
        tells = not self._telling.isdisjoint(words)
        if Sense.UNSURE in senses:
            return Clause(frozenset({Sense.UNSURE}), tells)
        denials = {word for word in words if self._sense[word] in (Sense.NO, Sense.AMISS)}
        if len(denials) > 1 or (denials and not self._some.isdisjoint(words)):
            return None
        yes = {word for word in words if self._sense[word] is Sense.YES}
        return Clause(senses, tells, weak=bool(yes) and yes <= self._weak)

    def _cut(self, clause: str) -> list[str] | None:
        """The words of a clause, each as long as can be; None when something else stands in it."""
        words, at = list[str](), 0
        while at < len(clause):
            longest = self._longest.get(clause[at], 0)
            ends = range(min(len(clause), at + longest), at, -1)
            known = (clause[at:end] for end in ends)
            word = next((w for w in known if w in self._looks or w in self._sense), "")
            if not word or word in self._looks:
                return None
            words.append(word)
            at += len(word)
        return words


def assent(text: str, vocabulary: Vocabulary) -> Assent | None:
    """What an answer says to a question of this vocabulary; None where it does not begin with an
    answer, says yes and no, or asks back.

    >>> assent("有,俺娘在里头躺着", THERE).more
    '俺娘在里头躺着'
    >>> assent("是支书叫俺来的", SO), assent("对,不是他", SO), assent("是吗?", SO)
    (None, None, None)
    """
    senses, more, unread = set[Sense](), len(text), len(text)
    weak, read = True, dict[str, Clause | None]()
    for start, clause in _clauses(text):
        if clause not in read:
            read[clause] = vocabulary.read(normalise(clause))
        said = read[clause]
        if said is None and not senses:
            return None
        if said is None:
            unread = min(unread, start)
        else:
            senses |= said.senses
            weak = weak and (said.weak or Sense.YES not in said.senses)
        if said is None or said.tells:
            more = min(more, start)
    if Sense.LATER in senses:  # 好,等等; 不用,再说吧
        senses -= {Sense.YES, Sense.NO, Sense.AMISS}
    if Sense.NO in senses:
        senses -= {Sense.AMISS, Sense.YES} if weak else {Sense.AMISS}
    if not senses or (Sense.YES in senses and senses & {Sense.NO, Sense.AMISS}):
        return None
    return Assent(frozenset(senses), text[more:].strip(), text[unread:].strip())


_CLAUSE = re.compile(r"[^\W_]+|[👍👌👎🆗]+")
#: 嗯…… is no yes yet.
_HESITATES = ("…", "..", "。。", "——")


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    """Where each clause begins and its letters; with its mark where it asks something, empty where it
    only hesitates."""
    found = list(_joined(text))
    for n, (start, end) in enumerate(found):
        gap = text[end : found[n + 1][0] if n + 1 < len(found) else len(text)]
        clause = text[start:end]
        if clause in ("嗯", "恩") and any(mark in gap for mark in _HESITATES):
            clause = ""
        yield start, f"{clause}?" if "?" in gap or "?" in gap else clause


def _joined(text: str) -> Iterator[tuple[int, int]]:
    """From where to where each clause goes. Words of an alphabet are one clause across a space or an
    apostrophe between them; Chinese ends a clause with a space."""
    start = end = -1
    spelled = False
    for each in _CLAUSE.finditer(text):
        is_spelled, goes_on = (
            each.group().isascii(),
            text[end : each.start()] in (" ", "'", "\u2019"),
        )
        if spelled and is_spelled and goes_on:
            end = each.end()
            continue
        if end > 0:
            yield start, end
        (start, end), spelled = each.span(), is_spelled
    if end > 0:
        yield start, end


def _phrases(line: str) -> list[str]:
    """Those of an alphabet, between strokes; the apostrophe may be either, or missing."""
    each = line.split("/")
    return [
        *each,
        *(phrase.replace("'", mark) for phrase in each for mark in "\u2019 " if "'" in phrase),
    ]


def _words(*lines: str) -> list[str]:
    return [word for line in lines for word in line.split()]


def _guesses(words: Iterable[str]) -> Iterator[str]:
    """没人吧 is not known for sure."""
    return (f"{word}吧" for word in words)


_NUMBERS = "1一2二两俩3三4四5五6六7七8八9九十几"

#: Before a verb.
_WILLING = ("想", "要", "愿意", "愿", "同意", "先", "能", "敢")
_NOT = (
    "不", "别", "甭", "莫", "没", "不要", "不用", "不必", "不想", "不敢", "不能", "不肯", "不愿", "不愿意", "不同意",
)  # fmt: skip
_NOT_YET = ("先不", "先别", "暂时不", "暂不", "先不要", "先不想", "先不用", "等等再", "回头再")

_ADDS_NOTHING = [
    *_phrases(" /'/\u2019/i/we/it/that/is/are/so/just/do/well/oh/and/please/thanks/thank you"),
    *_words(
        "啊 呀 哎 唉 诶 欸 呃 额 呢 嘞 类 咧 哩 哈 哇 呗 吧 的 滴 哪 哦 噢 喽 啦 呐 昂 哟 了 着",
        "您好 你好 恁好 喂 同志 领导 师傅 谢谢 谢了 谢谢您 谢谢恁 谢谢你 多谢 麻烦了 麻烦您 麻烦恁 麻烦您了 麻烦恁了 辛苦了",
        "您 恁 你 我 俺 咱 俺们 我们 咱们",
        "那 那就 就 都 也 现在 眼下 其实 确实 肯定 当然 一定 但 但是 不过 可是",
    ),
]
_LOOKS = [
    *_words(
        "要是 还是 真是 要不 不行了 不中了 不好了 好了 行了 中了 对了 完了 还好 都好 也好 挺好 好着 还行 就行 就好 还中 还可以",
        "都行 都中 都可以 都成 随便",
    ),
    *map("".join, product(("我", "俺", "你", "您", "恁"), ("是", "不是", "对", "不对", "错"))),
]
_TO_ANYTHING: dict[Sense | None, Iterable[str]] = {
    None: _ADDS_NOTHING,
    Sense.YES: _words(
        "是 对 嗯 恩 嗯哪 嗯呢 中 行 好 可以 成 管 沾 可中 可行 没错 错不了 不假 就是 正是 那是 ok okay yes 👍 👌",
        "yeah yep sure right correct fine agreed 🆗",
    ),
    Sense.NO: _words("不 不中 不行 不可以 不成 不沾 no nope nah 👎"),
    Sense.AMISS: [
        *_words("不是 不对 错 有错 弄错 搞错 说错 写错 听错 不是这样 没这回事"),
        *_phrases("wrong/incorrect/not right/not so/not true/is not/isn't"),
    ],
    Sense.UNSURE: [
        *_phrases(
            "not sure/unsure/do not know/don't know/no idea/cannot say/can't say/maybe/perhaps"
        ),
        *_words(
            "不清楚 不太清楚 不大清楚 不知道 不晓得 知不道 不知 说不准 说不清 说不清楚 说不好 记不清 记不清楚 记不得 记不住 不记得",
            "忘 忘记 不确定 不一定 拿不准 弄不清 搞不清 不好说 难说 没准 没注意 没听说 没听说过 谁知道",
            "可能 也许 兴许 好像 大概 估计 应该",
        ),
    ],
}
_PLAIN = Vocabulary(_TO_ANYTHING, _LOOKS)

_NOT_HIM = _words("不是他 不是她 不是他们 不是这个 不是这人")
#: Whether something is so: 对不对, 是不是.
SO = _PLAIN.also(
    {
        Sense.YES: _words(
            "没有错 不错 对了 对头 正确 没问题 没有问题 没有不对 没啥不对 可不是 是这样 就是这样",
            "y 是他 就是他 就他 是她 就是她 是他们 就是他们 是这个 就是这个 是这人 就是这人",
        ),
        Sense.NO: ["n"],
        Sense.AMISS: [*_NOT_HIM, "不正确", "没有的事"],
        Sense.UNSURE: _guesses(["不是", "不对", *_NOT_HIM]),
    }
)

_HOUSE = _words(
    "里头 里面 里边 屋里 家里 房子里 房里 屋子里 家 房子 老房子 屋 屋子 老屋 这房子 这屋"
)
_SOMEBODY = _words(
    "娘 爹 妈 爸 爷 奶 爷爷 奶奶 婆婆 公公 老头 老太太 老伴 老人 老的 大人 媳妇 儿子 孙子 孙女 闺女 孩子 娃 小孩 两口子 老两口"
)
_EVERYBODY = _words("人 一家 全家 一家人 一家子 全家人")
_SO_MANY = [*map("".join, product(_NUMBERS, ("个", "口", "个人", "口人", "人")))]
_SO_LONG = [
    *map("".join, product((*_NUMBERS, "好几", "好多", "多"), ("年", "年多", "个月", "天"))),
    *_words("常年 一直 平时 从来 早 早就 还"),
]
_STUCK = _words(
    "没出来 没搬 没搬走 没搬出来 没走 没跑出来 出不来 走不了 走不动 不出来 不肯出来 不走 不肯走 困着 压着 压住 埋住"
)
_IN_IT = [*map("".join, product(("在", "住"), _HOUSE))]
_NOBODY = _words(
    "没 没有 没人 没有人 没人住 没有人住 没住人 没住 没在 没有在 没人在 没有人在 不在 不住 不住人",
    "一个人都没有 一个人也没有 一个都没有 一个也没有",
)
_LEFT = [
    *_words("空 空房 空房子 空屋 是空 是空房 是空房子 搬走了 搬出来了"),
    *map("".join, product(("都", "全", "全都", "人", "人都"), _words("出来了 搬了 搬走了 搬出来了 走了"))),
]  # fmt: skip
#: Whether there is something, or somebody: 有没有, 还有人住吗.
THERE = _PLAIN.also(
    {
        None: [*_HOUSE, *_SOMEBODY, *_EVERYBODY, *_SO_LONG],
        Sense.YES: [
            *_words("有 在 住 有人 有人在 有人住 住人"), *_IN_IT, *_SO_MANY, *_STUCK,
            *_phrases("somebody/someone/people/there is/there are"),
        ],
        Sense.NO: [
            *_NOBODY, *_LEFT, *_phrases("nobody/no one/none/nothing/no more/empty/there is nobody/there is no one"),
        ],
        Sense.UNSURE: _guesses(_NOBODY),
    },
    telling=[*_HOUSE, *_SOMEBODY, *_EVERYBODY, *_SO_MANY, *_STUCK, *_IN_IT],
    some=[*_SOMEBODY, "我", "俺"],
    weak=_TO_ANYTHING[Sense.YES],
)  # fmt: skip

#: Whether to do something: 要不要, 交吗.
WILL = _PLAIN.also(
    {
        None: _words("赶紧 赶快 快 快点 抓紧 马上"),
        Sense.YES: [
            *_words("y 要 想要 需要 同意 愿意 没问题 没有问题 没意见 必须 能"),
            *_phrases("go ahead/send it/send"),
        ],
        Sense.NO: [
            *_words(
                "n 不要 不用 不必 不需要 不想 不想要 不愿意 不同意 不能 不敢 别 甭 不了 免了 拉倒 罢了 算了吧"
            ),
            *_phrases("no thanks/no thank you/do not/don't/don't send/don't send it"),
        ],
        Sense.LATER: [
            *_phrases("wait/later/not now/not yet/hold on"),
            *_words(
                "等等 等会 等会儿 等一下 等一会 等一会儿 等下 稍等 先等等 再等等 等着 慢着 先不 先别 先不急 不急 先不要 先不用",
                "想想 再想想 再看看 考虑考虑 考虑一下 先放放 回头再说 以后再说 过后再说 明天再说 再说 缓缓 暂时不 暂不",
            ),
        ],
    }
)
