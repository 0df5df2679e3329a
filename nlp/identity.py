"""The words of a story that would tell who is telling it, as they stand in her text.

Found on the normalised text, so that full and half width, invisible signs and capitals change nothing,
and handed back as she wrote them, so that they can be taken out. Every pattern is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.words import SURNAMES, normalise

#: A digit as it is written or said (幺, 洞, 拐, 勾 as on the telephone), and what may stand between two.
_D = "[0-9零〇一二三四五六七八九幺两洞拐勾]"
_GAP = "[-. ,、_]?"
_NOT_BEFORE = rf"(?<!{_D})(?<!{_D}[-. ,、_])"
_NOT_AFTER = rf"(?!{_GAP}{_D})"

_KIN = (
    "爹|娘|爸爸?|妈妈?|父亲|母亲|老公|丈夫|男人|当家的|老婆|媳妇|妻子|爱人|老伴|老头子?|儿子?|大儿|二儿|小儿|"
    "闺女|女儿|女婿|儿媳妇?|孙子|孙女|哥哥?|弟弟?|姐姐?|妹妹?|叔叔?|伯伯?|舅舅?|姑姑?|姨|爷爷?|奶奶?|公公|婆婆|"
    "岳父|岳母|丈人|丈母娘|侄子?|侄女|外甥"
)
_ME = "(?:我|俺|咱)"
#: A name ends where its clause does, or where one goes on about its bearer.
_ENDS_A_NAME = r"(?=$|[,,。.、;!?:()\s]|的|是|今年|家住|住|男|女|和|跟|在)"
_NAME = rf"(?:[{SURNAMES}]|欧阳|司马|上官|诸葛|皇甫|尉迟|东方)[一-鿿]{{1,2}}{_ENDS_A_NAME}"
#: 王庄, 李村, 张书记: a surname that begins no name of hers.
_NO_NAME = r"(?![一-鿿]{1,2}(?:庄|村|寨|店|营|楼|沟|岗|集|镇|乡|县|市|湾|坡|屯|堡|书记|主任|会计|局长|科长|所长|组长|队长|镇长|乡长))"
#: What 我是, 我叫 begin with that is no name: 我叫他去, 俺是高兴.
_NOBODY = r"(?!他|她|你|您|人家|何时|从|连|白|于|会计|支书|村|乡|镇|县|万分|高兴|常年|于是|方便|任何|石匠|陶匠|江湖|何况|成年|白天|毛病|段时)"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # mobile phones, with +86 or not
        rf"{_NOT_BEFORE}(?:\+?86{_GAP})?[1一幺]{_GAP}[3-9三四五六七八九拐勾](?:{_GAP}{_D}){{9}}{_NOT_AFTER}",
        # identity cards of 18 and, older, 15 digits (GB 11643-1999)
        rf"{_NOT_BEFORE}[1-9一二三四五六七八九](?:{_GAP}{_D}){{16}}{_GAP}(?:{_D}|[xX叉]){_NOT_AFTER}",
        rf"{_NOT_BEFORE}[1-9](?:{_GAP}[0-9]){{14}}{_NOT_AFTER}",
        # bank cards
        rf"{_NOT_BEFORE}[3-9](?:[- ]?[0-9]){{15,18}}{_NOT_AFTER}",
        # landlines with their area code, and any number said to be hers
        rf"{_NOT_BEFORE}\(?0[0-9]{{2,3}}\)?[- ]?[0-9]{{7,8}}{_NOT_AFTER}",
        rf"(?:{_ME}们?家?的?)(?:电话|手机|座机|号码)号?码?(?:是|:)?\s?{_D}(?:{_GAP}{_D}){{5,11}}{_NOT_AFTER}",
        # accounts
        r"(?:微信|威信|v信|vx|wx|weixin)(?:号|id)?码?(?:是|叫|:)?\s?[a-z][-_a-z0-9]{5,19}",
        r"(?:qq|扣扣|企鹅)(?:号|是|:){0,2}\s?[0-9]{5,11}",
        r"[a-z0-9][-_.a-z0-9]{1,30}@[a-z0-9][-a-z0-9]{0,30}\.[a-z]{2,6}",
        # her name
        rf"(?:{_ME}(?:的?(?:大名|名字|姓名))?(?:就|名)?叫|{_ME}的?(?:大名|名字|姓名)是|本人(?:姓名|叫|是)?|姓名:?|反映人:?|举报人:?|落款:?|此致){_NOBODY}{_NO_NAME}{_NAME}",
        rf"{_ME}(?:就|也)?是{_NOBODY}{_NO_NAME}{_NAME}(?:的(?:儿媳妇?|{_KIN}))?",
        # a nickname: nobody needs a surname after 小名叫
        rf"{_ME}(?:的)?(?:小名|外号)(?:叫|是)?[一-鿿]{{1,4}}{_ENDS_A_NAME}",
        # her kin by name
        rf"{_ME}们?家?的?(?:{_KIN})(?:的?名字)?(?:叫|是|,)?{_NO_NAME}{_NOBODY}[{SURNAMES}][一-鿿]{{1,2}}",
        rf"[{SURNAMES}][一-鿿]{{1,2}}是{_ME}们?家?的?亲?(?:{_KIN})",
        # that there is only one such household
        rf"(?:{_ME}们?[村庄组队]?(?:里|上)?)?(?:就|只有|只|唯独|单单|光)(?:有|是|剩|差)?{_ME}们?(?:一?家|[一1]户|这一?[家户])(?:姓[{SURNAMES}]|没交|没给|没签|是低保|是外来|不同意)?",
        rf"(?:全|整个?|{_ME}们?)[村庄组队]?(?:里|上)?(?:唯一|独一)的?[^,。;!?]{{0,8}}",
        rf"{_ME}们?[村庄组队]?(?:里|上)?(?:就|只有|只)(?:有)?{_ME}?[一1两2][户家]",
        # where her house stands
        rf"{_ME}们?家?(?:住|就?在)[^,。;!?]{{0,10}}(?:隔壁|对门|斜对门|门牌|[0-9一二三四五六七八九十]{{1,4}}号|第[0-9一二三四五六七八九十]{{1,3}}家|头一家)",
        rf"{_ME}们?家?门牌[^,。;!?]{{0,3}}[0-9一二三四五六七八九十]{{1,4}}号?",
        # what she did before, which the office would remember
        rf"{_ME}们?(?:上个?月|去年|前年|今年|以前|前几天|上回|上次|前段时间)?[^,。;!?]{{0,6}}(?:去|到|上|给|打|找|往)[^,。;!?]{{0,8}}(?:告过|上访过?|投诉过|反映过|举报过|写过信|写过材料|闹过)",
        rf"{_ME}们?[^,。;!?]{{0,4}}(?:打过|拨过)[^,。;!?]{{0,4}}12345",
    )
)


def identity(text: str) -> tuple[str, ...]:
    """The words that would tell who is speaking, in the order they stand in `text`; each is a part of
    it, and none lies inside another."""
    clear, origin = _with_origins(text)
    spans = sorted(
        (match.span() for pattern in _PATTERNS for match in pattern.finditer(clear)),
        key=lambda span: (span[0], -span[1]),
    )
    found, end = [], 0
    for first, last in spans:
        if first >= end:
            found.append(text[origin[first] : origin[last - 1] + 1])
        elif last > end:  # it begins inside the one before: they are taken out together
            found[-1] += text[origin[end - 1] + 1 : origin[last - 1] + 1]
        end = max(end, last)
    return tuple(dict.fromkeys(found))


def without(text: str, words: Sequence[str]) -> str:
    """The text with each of the words taken out, the longest first."""
    for each in sorted(words, key=len, reverse=True):
        text = text.replace(each, "……")
    return text


def _with_origins(text: str) -> tuple[str, Sequence[int]]:
    """The normalised text, and for each of its letters where it stood in the original."""
    made = [_NORMAL[char] for char in text]
    clear = "".join(made)
    if len(clear) == len(text) and all(made):  # letter by letter, as nearly always
        return clear, range(len(text))
    return clear, [at for at, each in enumerate(made) for _ in each]


class _Normal(dict[str, str]):
    """What becomes of a letter, remembered for the letters that come again."""

    def __missing__(self, char: str) -> str:
        made = "\n" if char in "\r\n\u2028" else normalise(char)  # a line's end ends a name too
        if len(self) < MOST_LETTERS:
            self[char] = made
        return made


#: More than anybody writes with; a text of all Unicode must not fill the memory.
MOST_LETTERS = 8192
_NORMAL = _Normal()
