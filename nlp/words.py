"""Normalising and cutting: characters, pinyin, concepts."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from casework.letters import composed

#: The commoner surnames. Those that are everyday words (时, 成, 全) are left out: 我是全村 names nobody.
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文庞樊兰殷施洪翟颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦柳邢路岳齐沿梅莫庄辛管祝左涂谷祁舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲游阳裴席卫查屈鲍位覃霍翁隋植甘景薄司柏宁柯"
    "阮桂闵解柴车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫嵺苟褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙喻揭窦迟宇敖糜鄢冷卓花仇艾蓝巩稽井练仲乐虞卞封竺冼官衣楚佟栗匡宗台巫鞠僧桑荆谌银扬沙伏岑习胥蔺"
)

#: Longest text looked at; a villager's question is shorter, and the cost stays bounded.
LONGEST = 400

_INVISIBLE = [
    *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, *range(0x20), 0x7F,
]  # fmt: skip
_TRADITIONAL = zip(
    "補錢請問嗎麼麽這個們來舉報鑒鑑定級危險領貧戶殘疾證驗收標準給發裡裏東西還沒說話開會農業樓牆樑塊萬進遠過點銀網線電",
    "补钱请问吗么么这个们来举报鉴鉴定级危险领贫户残疾证验收标准给发里里东西还没说话开会农业楼墙梁块万进远过点银网线电",
    strict=True,
)
#: What each letter becomes. Most texts have none of them, and a class finds that out ten times faster
#: than `str.translate`.
_BECOMES = {**dict.fromkeys(map(chr, _INVISIBLE), ""), **{a: b for a, b in _TRADITIONAL if a != b}}
_CHANGES = re.compile(f"[{re.escape(''.join(_BECOMES))}]")
_NO_LETTERS = re.compile(r"[^0-9a-z一-鿿]+")
_CLAUSE = re.compile(r"[\n,。;!?,;!?、]+|(?<=[一-鿿])\s+|\.\s")

_CHINESE = re.compile(r"[一-鿿]")
_WORD = re.compile(r"[0-9a-z]+")
#: Words that carry no meaning in a question that is spelled.
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "please",
        "of",
        "to",
        "my",
        "our",
        "i",
        "we",
        "is",
        "are",
        "am",
        "do",
        "does",
        "it",
        "be",
    ]
)

#: Characters that carry no meaning in a villager's question; dropping them helps every view.
_FILLER = re.compile(r"[啊呀呢吧嘞类咧哩哈哦唉诶嗯那这了的吗]")


def normalise(text: str) -> str:
    """NFKC, lower case, simplified, nothing invisible.

    >>> normalise("ABC補\\u200b钱")
    'abc补钱'
    """
    return _CHANGES.sub(lambda each: _BECOMES[each.group()], composed(text)).lower()


def letters(text: str) -> str:
    """Only what carries meaning: Chinese characters, digits, Latin letters."""
    return _NO_LETTERS.sub("", normalise(text))


def clauses(text: str, shortest: int) -> list[str]:
    """What stands between signs, or between spaces of a Chinese text, if it has so many letters.

    >>> clauses("墙裂了,咋办 谁管", 2)
    ['墙裂了', '咋办', '谁管']
    """
    return [each for each in _CLAUSE.split(text) if len(letters(each)) >= shortest]


def is_spelled(text: str) -> bool:
    """Whether it is written in words of an alphabet, with not one Chinese character."""
    return not _CHINESE.search(text) and re.search("[a-z]", text, re.I) is not None


def words_of(text: str) -> list[str]:
    """The words of a text that is spelled, in small letters."""
    return _WORD.findall(normalise(text)[:LONGEST])


def bare(text: str) -> str:
    """Letters without particles, cut to the longest looked at; of a text that is spelled, its words.

    >>> bare("How do I apply for the grant?"), bare("俺想申请补助啊")
    ('how apply for grant', '俺想申请补助')
    """
    if is_spelled(text):
        spelled = words_of(text)
        return " ".join([word for word in spelled if word not in _SMALL] or spelled)
    kept = letters(text)[:LONGEST]
    return _FILLER.sub("", kept) or kept


def grams(text: str) -> Iterator[str]:
    """Characters and pairs of characters; words and pairs of words where it is spelled."""
    if is_spelled(text):
        words = text.split()
        yield from words
        yield from map(" ".join, pairwise(words))
        return
    yield from text
    yield from (text[i : i + 2] for i in range(len(text) - 1))


@lru_cache(maxsize=8192)
def syllable(char: str) -> str:
    """Toneless pinyin of one character, itself if it has none."""
    return _toneless(_readings().get(ord(char), char).split(",")[0]) or char


def sounds_of(char: str) -> frozenset[str]:
    """Toneless pinyin of every reading of one character.

    >>> sorted(sounds_of("长"))
    ['chang', 'zhang']
    """
    return frozenset(map(_toneless, _readings().get(ord(char), char).split(",")))


def _toneless(reading: str) -> str:
    plain = unicodedata.normalize("NFD", reading)
    return "".join(c for c in plain if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def _readings() -> dict[int, str]:
    """pypinyin's own table, of the letters that are looked at. Who imports the package itself has its
    47,000 phrases read as well, which nobody here asks for."""
    package = find_spec("pypinyin")
    assert package
    assert package.origin
    table = Path(package.origin).with_name("pinyin_dict.json")
    every = json.loads(table.read_text(encoding="utf-8"))
    return {int(code): said for code, said in every.items() if _CHINESE.match(chr(int(code)))}


def pinyin_grams(text: str) -> Iterator[str]:
    """Syllables and pairs of them, marked so that they never meet a character; of a word that is
    spelled three letters each, which forgive an ending or a slip."""
    if is_spelled(text):
        framed = (f"~{word}~" for word in text.split())
        yield from (word[i : i + 3] for word in framed for i in range(len(word) - 2))
        return
    sounds = [syllable(char) for char in text]
    yield from ("~" + sound for sound in sounds)
    yield from (f"~{a} {b}" for a, b in pairwise(sounds))


class Concepts:
    """Dialect, lay and official words that mean the same, found longest first."""

    def __init__(self, table: Mapping[str, Iterable[str]]) -> None:
        self._concept = {_key(word): name for name, words in table.items() for word in words}
        spelled = sorted(filter(is_spelled, self._concept), key=len, reverse=True)
        chinese = one_of(sorted(word for word in self._concept if not is_spelled(word)))
        self._pattern = re.compile("|".join((chinese, *map(_whole, spelled))))

    def of(self, text: str) -> list[str]:
        return [f"#{self._concept[match.group()]}" for match in self._pattern.finditer(text)]


def _key(word: str) -> str:
    return bare(word) if is_spelled(word) else letters(word)


def _whole(word: str) -> str:
    """A pattern for a word that is spelled: inside another (the fee of coffee) it is not meant."""
    return rf"(?<![a-z]){word}(?![a-z])"


def one_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, of several that fit the longest. What words begin with alike is
    read once, so that however many they are a text is read in the same time.

    >>> one_of(["去年", "去年底", "昨天"])
    '(?:去(?:年(?:底)?)|昨(?:天))'
    """
    tails: dict[str, list[str]] = {}
    for word in filter(None, dict.fromkeys(words)):
        tails.setdefault(word[0], []).append(word[1:])
    each = [re.escape(first) + _tail(rest) for first, rest in tails.items()]
    return f"(?:{'|'.join(each)})" if each else "(?!)"


def _tail(rest: Sequence[str]) -> str:
    if rest == [""]:
        return ""
    return one_of(rest) + ("?" if "" in rest else "")
