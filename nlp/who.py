"""Whom a story names as doing it: persons and units, with the words they were called by.

Nothing is decided here: everybody found is read back to the villager. Named as doing it is whoever acts
or has acted ("会计收了", "叫会计拿走了", "塞给会计", "局里王科长扣的"), or stalls (主任总说忙); not who is
addressed (尊敬的县长), asked for help (请领导查查), praised (会计人好), or says something that is no wrong
(镇里说还在走流程), the reporter herself or her kin, or somebody cleared (跟支书没关系).
The words stand in the content (`triage.toml`, `[roles]` and `[who]`); every look beside a mention is
bounded, so that the whole is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import zip_longest
from operator import itemgetter
from typing import Any

from casework.offices import Level
from casework.reports import Accused
from casework.routing import IN_THE_VILLAGE, SITS_AT, UNCLEAR
from nlp.sounds import Homophones
from nlp.words import SURNAMES, one_of

#: How far before and behind a mention its sentence is looked at, in characters.
NEAR, FAR, NEARBY = 14, 24, 6
#: What is said of one is read so far, to the end of its sentence; what he says, to the end of the next.
REACH = 60
#: So many names are looked over in one list.
MOST_LISTED = 4

_ENDS = re.compile(r"[。!?;\n…]")

#: A role by the level its unit is said to be of: 县 before 局长 is the county's.
AT_LEVEL = {
    "village": "village_cadre", "township": "township_cadre", "county": "county_cadre",
    "city": "city_cadre", "province": "province_cadre", "discipline": "discipline_cadre",
}  # fmt: skip
#: Who was sent to a village sits there for others, and stays what he is beside any office: 俺村的第一书记.
SENT = frozenset({"first_secretary", "work_team"})
#: Titles that nobody above the village has, whatever place stands before: 赵村镇支书 is no township's.
ONLY_IN_THE_VILLAGE = IN_THE_VILLAGE - {"village_accountant", "village_cadre"}
#: The leader of a team that builds is none of the village's: 施工队 … 队长.
_LEADER, _BUILDING_TEAM = "队长", "队"
#: 乡里县里 are two offices, 省住建厅督查组 is one.
_OWN_LEVEL = re.compile(r"[乡镇县区市省村]|大队|街道")
_VILLAGE = ("村", "大队")
_OF_THE_VILLAGE = re.compile(r"(?:[俺我咱]们?|村|产|小)$")
_STEPS = ("village", "township", "county", "city", "province")

#: Surnames, without those that are verbs beside a title: 查查支书 names no 查.
_SURNAMES = "".join(each for each in SURNAMES if each not in "查管于和向从连")

_NAME_AFTER = re.compile(
    rf"[{_SURNAMES}](?:某某|某|[一-鿿]{{1,2}}(?=[,,。、去在把让叫说硬收拿扣和]))"
)
_NAME_BEFORE = re.compile(rf"[{_SURNAMES}](?:某某|某)?$")


#: The code of the place whose name ends a text, and how long that name is.
PlaceBefore = Callable[[str], tuple[str, int]]


def no_place(_: str) -> tuple[str, int]:
    """No place's name ends any text."""
    return "", 0


#: How likely the whole text tells of a wrong.
Complains = Callable[[str], float]
#: Whoever only acts, whatever he does, is named where a complaint is no less likely than the first;
#: where nobody is said to do a wrong, whoever was asked or spoke is where it is as likely as the second.
LEAST, SURELY = 0.1, 0.8


class Part(IntEnum):
    """What somebody named has to do with the wrong."""

    NONE = 0
    ASKED = 1  # she was there, or he spoke
    THERE = 2  # he acts, and nothing is said that clears him
    DOES = 3


@dataclass(frozen=True, kw_only=True)
class Words:
    """The `[who]` words: what stands beside a mention and what it says of it."""

    levels: Mapping[str, Sequence[str]]  # words before a title or office, by level
    offices: Mapping[str, Sequence[str]]  # names of offices, by the level they usually are of
    titles: Mapping[str, Sequence[str]]  # of no place themselves, by role
    sounds: Mapping[str, Sequence[str]]  # titles that are known by their sound
    staff: Sequence[str]  # 干部, 工作人员: somebody of the office named before
    addressed: Sequence[str]
    asked: Sequence[str]
    told: Sequence[str]
    helps: Sequence[str]
    deeds: Sequence[str]
    cleared: Sequence[str]
    collusion: Sequence[str]
    unlike: Sequence[str]
    kin: Sequence[str]
    harmless: Sequence[str]  # words that hold one of `deeds` and are none
    bidden: Sequence[str]  # what an office may well bid her do: 叫俺 等等
    praised: Sequence[str]
    stalls: Sequence[str]  # before 说: 总, 老
    passing: Sequence[str]  # behind an office where somebody only lives or works
    favoured: Sequence[str]  # 他小舅子: of an official, they are whom he gives it to
    content: Sequence[str]  # she says that she complains of nobody
    folk: Sequence[str]  # behind 村里: they are not the office

    @classmethod
    def of(cls, table: Mapping[str, object]) -> Words:
        """From the content. Raises `KeyError` or `TypeError` for a table that lacks one."""

        def listed(value: object) -> tuple[str, ...]:
            if not isinstance(value, list):
                raise TypeError("[who] keeps lists of words")
            return tuple(map(str, value))

        def grouped(value: object) -> dict[str, tuple[str, ...]]:
            if not isinstance(value, Mapping):
                raise TypeError("[who] levels and offices are tables")
            return {str(key): listed(words) for key, words in value.items()}

        plain = {
            key: listed(table[key])
            for key in (
                "addressed", "asked", "told", "helps", "deeds", "cleared", "collusion", "unlike", "kin",
            )
        }  # fmt: skip
        plain |= {
            key: listed(table.get(key, []))
            for key in (
                "staff",
                "harmless",
                "bidden",
                "praised",
                "stalls",
                "passing",
                "folk",
                "favoured",
                "content",
            )
        }
        levels, offices, titles = (grouped(table[key]) for key in ("levels", "offices", "titles"))
        sounds = grouped(table.get("sounds", {}))
        return cls(levels=levels, offices=offices, titles=titles, sounds=sounds, **plain)


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What stands behind a mention, up to the next who is spoken of apart."""

    of_him: str  # to the end of the sentence
    by_him: str  # to the end of the next

    @classmethod
    def of(cls, text: str, end: int, starts: Sequence[int]) -> _Said:
        stop = end + REACH
        sign = _APART.search(text, end, stop)
        clause = sign.start() if sign else stop
        apart = bisect_right(starts, clause)
        if apart < len(starts):
            stop = min(stop, starts[apart])
        reach = text[end:stop]
        sentences = _SENTENCE.split(reach)
        return cls(of_him=sentences[0], by_him="。".join(sentences[:2]))


@dataclass(frozen=True, kw_only=True)
class Mention:
    """Somebody or some office named in the text, doing it or not."""

    accused: Accused
    span: tuple[int, int]
    place: str = ""  # code of the place before an office
    person: bool = False
    office: bool = False  # the office alone, nobody in it
    passing: bool = False  # and nobody is dealt with there


class Who:
    """Finds everybody named as doing it. Made once from the content's words."""

    def __init__(self, roles: Mapping[str, Sequence[str]], words: Words) -> None:
        self.roles = frozenset(roles)
        self._role_of = {word: role for role, each in roles.items() for word in each}
        self._office_level = {name: level for level, each in words.offices.items() for name in each}
        self._level_of = {word: level for level, each in words.levels.items() for word in each}
        self._title_role = {word: role for role, each in words.titles.items() for word in each}
        self._staff = frozenset(words.staff)
        everything = [*self._role_of, *self._office_level, *self._title_role, *self._staff]
        self._homophones = Homophones(words.sounds)
        self._mention = _any(everything)
        self._listed = re.compile(f"[、和跟与及]?(?:{_alternatives(everything)})")
        self._before_level = re.compile(f"(?:{_alternatives(self._level_of)})的?$")
        self._asked = re.compile(f"(?:{_alternatives(words.asked)})[^,,。!?;:]{{0,8}}$")
        self._told = re.compile(f"(?:{_alternatives(words.told)})了?过?[^,,。!?;:]{{0,4}}$")
        self._addressed = re.compile(f"(?:{_alternatives(words.addressed)})[^,,。!?;]{{0,8}}$")
        kin = _alternatives(words.kin)
        self._kin = re.compile(
            f"(?:俺|我|咱)们?家?(?:的|们)?(?:{kin})?(?:自己|自家|本人)?(?:就|以前|原来|也)?(?:是|当|干|做)过?(?:个|着)?[^,,。!?;]{{0,3}}$"
        )
        self._is_kin = re.compile(f"^(?:就)?是(?:俺|我|咱)们?家?的?(?:亲|本家)?(?:{kin})")
        self._denied = re.compile(r"(?<!是)不(?:是|怪|怨|赖|关)$")
        self._who_else = re.compile(r"(?:还|又)?(?:能|会)是谁|还(?:能|会)")
        self._cleared_before = re.compile(r"(?:不是|不怪|不怨|和|跟|与)$")
        self._helps = _any(words.helps)
        bidden = f"(?:叫|让)(?:俺|我)们?(?:先|再|就|自己|都|直接|赶紧)?(?:{one_of(words.bidden)})"
        harmless = f"{bidden}|{one_of(words.harmless)}"
        his = f"(?:他|他们|自己|自家)的?[老小亲表堂大二]?(?:{one_of(words.favoured)})"
        # Few letters begin one of so many words; most are passed by at a glance.
        begin = "".join(
            sorted({word[0] for word in (*words.deeds, *words.harmless)} | {*"叫让他自"})
        )
        self._deeds = re.compile(
            f"(?=[{re.escape(begin)}])(?:(?:{harmless})|({one_of(words.deeds)}|{his}))"
        )
        self._content = _any(words.content)
        self._says = re.compile(f"^[^,。!?;:]{{0,8}}?(?:说|讲|告诉|答复|回复|回话|{bidden})")
        self._stalls = re.compile(f"(?:{one_of(words.stalls)})(?:跟|给|对)?(?:俺|我)?们?[说讲推]")
        self._praised = re.compile(f"(?<![不没])(?:{one_of(words.praised)})")
        self._passing = re.compile(f"[^,。!?;]{{0,2}}(?:{one_of(words.passing)})")
        self._folk = re.compile(f"的?(?:{one_of(words.folk)})")
        self._cleared = re.compile(f"(?:都|也|还|真|就|倒)?(?:{_alternatives(words.cleared)})")
        self._collusion = _any([*words.collusion, *words.unlike])
        self._unlike = frozenset(words.unlike)
        self._looks_into = _any([*(word for word in words.helps if word != "帮"), *_FINDS])

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Who:
        """From `[roles]` and `[who]` of `triage.toml`."""
        return cls(table["roles"], Words.of(table["who"]))

    def mentions(
        self, text: str, place_before: PlaceBefore = no_place
    ) -> tuple[str, tuple[Mention, ...]]:
        """The text (normalised) as it was meant where a title is written by its sound, and everybody it
        names, whatever they did, in its order, but for whoever is only written to. `place_before` gives the code
        of the place whose name ends a text and the length of that name; ("", 0) without one."""
        heard = self._homophones.written(text)
        every = self._mentions(heard, place_before)
        return heard, tuple(each for each in every if not self._is_written_to(each, heard))

    def surely(self, mention: Mention, text: str) -> bool:
        """Whether the words leave no doubt that he did it: he is in league or covers up, or it was he who
        ordered it (会计说是县里叫收的)."""
        end = self._end_of_list(text, mention.span[1])
        after = _ENDS.split(text[end : end + FAR])[0]
        return bool(_ORDERED.match(after) or self._colludes(mention, text))

    def denies(self, clear: str, mention: Mention) -> bool:
        """Whether the words beside him say that it was not he: 不是支书,是会计; not 不是支书还能是谁."""
        start, end = mention.span
        denied = self._denied.search(clear, max(0, start - 3), start)
        return bool(denied) and not self._who_else.match(clear, end)

    def named(
        self,
        text: str,
        place_before: PlaceBefore = no_place,
        complains: Complains = lambda _: LEAST,
    ) -> tuple[Mention, ...]:
        """Everybody named as doing it in `text`, by the words beside them; for a programme in which nobody
        marked who did it. `complains` is asked only where the words beside the names say too little."""
        heard, mentions = self.mentions(text, place_before)
        parts = self._parts(mentions, heard)
        most = max(parts, default=Part.NONE)
        least = Part.THERE
        if most in (Part.THERE, Part.ASKED):
            likely = 0.0 if self._content.search(text) else complains(text)
            least = Part.ASKED if most == Part.ASKED and likely >= SURELY else least
            least = least if likely >= LEAST else Part.DOES
        return tuple(m for m, part in zip(mentions, parts, strict=True) if part >= least)

    def _parts(self, mentions: Sequence[Mention], text: str) -> list[Part]:
        """The part of each; whoever is named together with the one before him shares in his."""
        starts, parts = [m.span[0] for m in mentions], list[Part]()
        for n, mention in enumerate(mentions):
            part = self._part(mention, text, starts)
            if (
                n
                and mention.person
                and _WITH_HIM.fullmatch(text, mentions[n - 1].span[1], starts[n])
            ):
                part = parts[-1] if part is Part.ASKED else part
            parts.append(part)
        return parts

    def _mentions(self, text: str, place_before: PlaceBefore) -> Iterator[Mention]:
        """Titles and offices; an office with a title behind it is one mention."""
        every = list(self._mention.finditer(text))
        found = [m for m, then in zip_longest(every, every[1:]) if not _of_him(m, then)]
        n, near = 0, ""  # the level of what was named last
        builds = False  # whether that is a team that builds
        while n < len(found):
            match, n = found[n], n + 1
            start, end, word = match.start(), match.end(), match.group()
            role, title = self._role_of.get(word, ""), self._title_role.get(word, "")
            level, place = self._office_level.get(word, ""), ""
            staff, where = word in self._staff, near
            named = len(_surname_before(text, start)) if title else 0
            beside = text[max(0, start - 2) : start]
            if title and not named and _NO_TITLE.search(beside):
                continue
            if builds and word == _LEADER and not _OF_THE_VILLAGE.search(beside):
                role = "contractor"
            builds = role == "contractor" and word.endswith((_BUILDING_TEAM, _LEADER))
            bare = staff or (bool(title) and not named)
            if role == "contractor" and word.endswith("的") and _NO_BUILDER.match(text, end):
                continue
            office = word in self._office_level
            if role not in ONLY_IN_THE_VILLAGE | SENT and not word.startswith(_VILLAGE):
                seat, place, start = self._seat(text, start - named, place_before)
                level = level if level == "discipline" else seat or level
            while (
                n < len(found)
                and word in self._office_level
                and _joined(text[end : found[n].start()])
                and not (
                    found[n].group() in self._office_level and _OWN_LEVEL.match(found[n].group())
                )
            ):
                word = found[n].group()
                office = office and word in self._office_level
                bare = bare or word in self._staff
                role = self._role_of.get(word, self._title_role.get(word, role))
                level = level or self._office_level.get(word, "")
                end, n = found[n].end(), n + 1
            name = self._name(text, start, end, found[n - 1].start())
            if bare:
                level = level or where or ("village" if title else "")
                if not level:
                    continue  # some official, of nobody knows where
            if title:  # 张书记: of where, is said beside it or not at all
                role = title if level else UNCLEAR
            said = _role(role, level)
            passing = office and self._only_there(text, end)
            if not passing:
                near = _level_of(said) or near
            yield Mention(
                accused=Accused(role=said, name=name, words=text[start:end]),
                span=(start, end), place="" if level == "discipline" else place,
                person=not staff and role != UNCLEAR and (bool(role) or bool(name)), office=office, passing=passing,
            )  # fmt: skip

    def _only_there(self, text: str, end: int) -> bool:
        """儿子在信阳市里 买了房, 镇上 退休的, 县里 拨了: nobody is dealt with there."""
        return bool(self._passing.match(text, end) or self._folk.match(text, end))

    def _seat(self, text: str, start: int, place_before: PlaceBefore) -> tuple[str, str, int]:
        """(level, place code, where the whole begins): 县 or a place's name before the office."""
        before = text[max(0, start - NEAR) : start]
        of = "的" if before.endswith("的") else ""
        place, length = place_before(before.removesuffix(of))
        if place:
            return _LEVEL_OF_CODE[len(place)], place, start - length - len(of)
        if match := self._before_level.search(before):
            word = match.group().removesuffix("的")
            return self._level_of[word], "", start - len(before) + match.start()
        return "", "", start

    def _name(self, text: str, start: int, end: int, title: int) -> str:
        """李某某 behind the title, or 王 before it in 王科长."""
        if after := _NAME_AFTER.match(text, end):
            return after.group()
        if title > start and (inside := _NAME_BEFORE.search(text[start:title])):
            return inside.group()
        before = _NAME_BEFORE.search(text[max(0, start - 3) : start])
        return before.group() if before else ""

    def _part(self, mention: Mention, text: str, starts: Sequence[int]) -> Part:
        start, end = mention.span
        before = _ENDS.split(text[max(0, start - NEAR) : start])[-1]
        listed = self._end_of_list(text, end)
        after = _ENDS.split(text[listed : listed + FAR])[0]
        part = self._beyond_doubt(mention, text, before, after)
        if part is not None:
            return part
        if mention.office and self._folk.match(text, end):
            return Part.NONE
        if before.endswith("向") and _FROM_HIM.match(after):
            return Part.NONE
        said = _Said.of(text, listed, starts)
        if mention.office and (mention.passing or _AT.search(before)):
            return Part.DOES if self._wrong(said.of_him) else Part.NONE
        if mention.person and self._says.match(after) and _ORDERED.search(after):
            return Part.DOES
        return self._by_what_is_said(mention, before, said)

    def _beyond_doubt(self, mention: Mention, text: str, before: str, after: str) -> Part | None:
        """What the words right beside him leave no doubt of."""
        if self._cleared.match(after) or (
            self._cleared_before.search(before) and self._cleared.search(after[:8])
        ):
            return Part.NONE
        if self._kin.search(before) or _OURSELVES.search(before) or self._is_kin.match(after):
            return Part.NONE
        if (colludes := self._colludes(mention, text)) is not None:
            return Part.DOES if colludes else Part.NONE
        if mention.accused.role == "discipline_cadre" and not mention.person:
            return Part.DOES if self._wrongs(before, after[:NEARBY]) else Part.NONE
        if _REPORTED.search(before):
            return Part.DOES
        return None

    def _by_what_is_said(self, mention: Mention, before: str, said: _Said) -> Part:
        acts = self._wrong(said.of_him)
        if self._asked.search(before):
            return Part.DOES if acts and not self._helps.search(said.of_him) else Part.NONE
        if self._helps.search(said.of_him[:8]):
            return Part.DOES if acts else Part.NONE
        if self._told.search(before) or _BESIDE_US.search(before):
            stalls = bool(self._stalls.search(said.of_him))
            return Part.DOES if acts or stalls else Part.ASKED
        if mention.accused.role not in _BUILDERS and self._says.match(said.of_him):
            stalls = bool(self._stalls.search(said.of_him))
            return Part.DOES if stalls or self._wrong(said.by_him) else Part.ASKED
        if acts:
            return Part.DOES
        if self._praised.search(said.of_him) or _HOME.match(said.of_him):
            return Part.NONE
        if _AWAY.match(said.of_him):
            return Part.NONE
        if (_PASSIVE if mention.person else _DONE_BY).search(before):
            return Part.DOES
        return Part.THERE if mention.person else Part.ASKED

    def _wrong(self, said: str) -> bool:
        return any(map(itemgetter(1), self._deeds.finditer(said)))

    def _wrongs(self, before: str, after: str) -> bool:
        """Of the office where clues go it takes a deed right behind its name: 交给纪委 is no wrong."""
        if _PASSIVE.search(before) or self._told.search(before) or self._asked.search(before):
            return False
        deeds = (
            match for match in self._deeds.finditer(after) if match[1] not in (None, *_NO_WRONG)
        )
        return any(not after.startswith("到", match.end()) for match in deeds)

    def _colludes(self, mention: Mention, text: str) -> bool | None:
        """Whether he is among those who are said to be in league or to cover up, in his clause or, where
        it ends with him, in the next; False where that is denied, None where nothing is said of it."""
        start, end = mention.span
        begin = start - len(_CLAUSES.split(text[max(0, start - FAR) : start])[-1])
        comma = text.startswith(",", end)
        stop = end + comma + len(_CLAUSES.split(text[end + comma : end + FAR])[0])
        for match in self._collusion.finditer(text, begin, stop):
            if match.group() in self._unlike or _WE_AND.search(text, begin, start):
                continue
            if match.end() <= start:
                if _OBJECT.fullmatch(text, match.end(), start):
                    return True
                continue
            gap, more = text[end : match.start()], text[match.end() : match.end() + 4]
            if self._looks_into.search(gap) or _WITH_US.search(gap) or _WITH_US.match(more):
                continue
            said = text[begin : match.start()]
            return "难道" in said or not _DENIED.search(said)
        return None

    def _end_of_list(self, text: str, end: int) -> int:
        """Of 村里、乡里县里都… what is said of the last is said of each."""
        for _ in range(MOST_LISTED):
            match = self._listed.match(text, end)
            if not match:
                break
            end = match.end()
        return end

    def _is_written_to(self, mention: Mention, text: str) -> bool:
        """尊敬的县长您好: whoever is written to did nothing."""
        start, end = mention.span
        if self._addressed.search(_ENDS.split(text[max(0, start - NEAR) : start])[-1]):
            return True
        listed = self._end_of_list(text, end)
        after = _ENDS.split(text[listed : listed + FAR])[0]
        return start < NEAR and bool(_GREETING.match(after))


#: 县里查出支书跟乡里一伙: who finds it out is not one of them.
_FINDS = ("查出", "查到", "发现", "认定", "知道", "说", "讲", "告诉", "听")
_NO_WRONG = ("报了", "送", "安排")
_BUILDERS = frozenset({"contractor", "craftsman"})
#: 俺们七个人是, 俺当了二十年: what she is herself.
_OURSELVES = re.compile(
    r"(?:俺|我|咱)们?(?:[0-9一二两三四五六七八九十几]{1,3}个?人?都?是|[当干][了过][^,,。!?;]{1,4}年的?)$"
)
#: 班主任 is no director, 村干部 is a word of its own.
_NO_TITLE = re.compile(r"[班间室系导各](?:副)?$")
#: 组长家在俺隔壁: where he lives is nothing he did.
_HOME = re.compile(r"(?:他|她)?家(?:里|门口|那)?(?:在|住|离|挨|旁|隔壁|门口|前|后|的)")
#: 名单贴在村委会门口: an office is a place too.
_AT = re.compile(r"(?:在|搁|住)[^,,。!?;:]{0,2}$")
#: 主任不在: that he was away for once is no wrong.
_AWAY = re.compile(r"(?:又|也|还|今天|刚好|正好)?不在(?![乎意])")
#: 支书跟会计, of two who act.
_WITH_HIM = re.compile(r"[跟和与同、]")
#: 向施工方索要: it is taken from him.
_FROM_HIM = re.compile(r"(?:索|收取|要|借|勒)")
#: 盖房的时候: nobody who builds.
_NO_BUILDER = re.compile(r"(?:时候|时|事|钱|那[年天会]|地方|手续|标准|补)")
#: 会计说是县里叫收的: he took it, whoever ordered it.
_ORDERED = re.compile(
    r"(?:里?的?人|同志)?[叫让](?:(?:他|他们)?(?:收|扣|要|填|罚|卡)|(?:俺|我|他)们?(?:这么|这样|照))"
)
#: 俺兄弟和泥瓦匠一块盖的.
_BESIDE_US = re.compile(r"(?:俺|我|咱)[^,,。!?;:]{0,3}[和跟与]$")
#: Of an office that is given something: 塞给乡里了, 叫县里扣了; 交给村里了 is no wrong.
_DONE_BY = re.compile(
    r"(?:^(?:就|都)?是|(?:被|叫|让|塞给|送给|推给|的是))(?:了|俺们?的?|我们?的?|咱们?的?)?$"
)
_SENTENCE = re.compile(r"[。!?;\n…]")
_APART = re.compile(r"[,,。!?;:\n…]")
_CLAUSES = re.compile(r"[,,。!?;:\n…]")
#: Between 包庇 and whom it is for, or 撑腰的是 and who does it.
_OBJECT = re.compile(r"(?:着|了|过|住|的|就|是|那个|俺们?|咱们?|我们?|他们?|村|乡|县|这个){0,4}")
#: 给俺撑腰, 护着老百姓; but not 俺村支书.
_WITH_US = re.compile(
    r"(?:俺|我|咱)(?!们?(?:这|村|庄|队|组|乡|镇|县|那))|老百姓|群众|村民|贫困户|穷人|老人"
)
_WE_AND = re.compile(r"(?:俺|我|咱)(?:们|家|几家|几个)?(?:就|也|都)?(?:跟|和|与|同)$")
#: 没包庇, 不会跟他一伙, 不是县里包庇; but 是不是, 会不会, 还不是.
_DENIED = re.compile(
    r"(?<![是会能敢有还])(?:没有?|不|别|未|并未|甭|莫)(?:会|是|敢|能|想|肯|再|去|曾|要|人|谁|可能|应该){0,2}"
    r"(?:(?:跟|和|与|同|给|替|为|帮|向|县|乡|镇|市|省|村|支书|会计)[^,,。!?;]{0,8})?$"
)

_GREETING = re.compile(r"[^,,。!?::]{0,6}(?:[,,]?(?:您|你)们?好|同志[,,]|[::])")
_REPORTED = re.compile(
    r"(?:查|查查|查处|查办|举报|反映|告|投诉|揭发|控告)(?:的是|一下|俺们?|我们?)?$"
)
_PASSIVE = re.compile(r"(?:被|叫|让|由|给|塞给|送给|交给|是)(?:了|俺们?的?|我们?的?|咱们?的?)?$")
_LEVEL_OF_CODE = {2: "province", 4: "city", 6: "county", 9: "township", 12: "village"}


#: What may stand between an office and somebody's title: 财政局 来包村的那个 副 局长.
_BETWEEN = re.compile(
    r"(?:里|上|那边)?(?:下来|派下来|派来|过来|来|管[一-鿿]{1,5})?(?:包村|驻村|验收|检查|督查|鉴定|抽查)?的?"
    rf"(?:那个|这个|一个|那位|有个|姓)?[{_SURNAMES}管某副老]{{0,3}}的?"
)


def _surname_before(text: str, at: int) -> str:
    """张 before 书记; '' without one."""
    match = _NAME_BEFORE.search(text[max(0, at - 3) : at])
    return match.group() if match else ""


def _of_him(said: re.Match[str], then: re.Match[str] | None) -> bool:
    """包村的 那个 副 局长: what somebody does, before his title."""
    if then is None or not said.group().endswith("的"):
        return False
    return _joined(said.string[said.end() : then.start()])


def _joined(between: str) -> bool:
    """Whether what stands between office and title makes them one: 住建局 的 王 科长."""
    return "管管" not in between and bool(_BETWEEN.fullmatch(between))


def _level_of(role: str) -> str:
    """Where a role sits: "village" too; empty for builders and who is unclear."""
    if role in IN_THE_VILLAGE:
        return "village"
    level = SITS_AT.get(role)
    return level.value if level is not None and level.value in _STEPS else ""


def _role(role: str, level: str) -> str:
    """The title's own role, unless the office before it sits somewhere else."""
    if not level or role in SENT:
        return role
    usual = SITS_AT.get(role) if role else None
    own = "village" if role in IN_THE_VILLAGE else usual.value if isinstance(usual, Level) else ""
    return role if role and own in (level, "discipline", "") else AT_LEVEL[level]


def strictest_first(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The discipline office's own, then from the province down to the village, builders last; each
    once."""
    once = {(m.accused.role, m.accused.name, m.accused.unit): m for m in reversed(mentions)}
    return tuple(sorted(once.values(), key=lambda m: (-_height(m.accused.role), m.span)))


def _height(role: str) -> int:
    level = SITS_AT.get(role)
    if level is Level.DISCIPLINE:
        return len(_STEPS)
    if level is not None:
        return _STEPS.index(level.value)
    return 0 if role in IN_THE_VILLAGE else -1


def _alternatives(words: Sequence[str] | Mapping[str, object]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _any(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile(_alternatives(words) or r"(?!)")
