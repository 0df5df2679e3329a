"""Whom a report is about, in her word; and, before 提交, who will read it, by name.

Extraction names everybody and decides nothing: it is read back. Only an explicit 不是 takes somebody
away, silence never; where nobody is left she is asked, and 说不清 is an answer that keeps a clue
above the county (`casework/routing.py`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.dialogues import plain_words as plain
from bot.dialogues.choices import CHANGE, DROP, HIGHER, NO, SEND, YES, options
from bot.talk import Ask, Doubt, Look, Say, choose, choose_and_tell, read
from casework.content import Texts
from casework.offices import Level, Organisation
from casework.reports import A_PART, Accused, Facts, Report
from casework.routing import IN_THE_VILLAGE, UNCLEAR, Route, line_of
from casework.tickets import Kind
from nlp.understanding import Understanding

#: What she may choose when nobody was named, or somebody else too: (answer, roles it stands for).
WHO: dict[str, tuple[str, ...]] = {
    "village": ("village_cadre",),
    "township": ("township_cadre",),
    "county": ("county_cadre",),
    "above": (),  # asked once more: the city, the province, or both shut out
    "builder": ("contractor",),
    "unclear": (UNCLEAR,),
}
ABOVE = {
    "city": ("city_cadre",), "province": ("province_cadre",),
    "unclear": ("city_cadre", "province_cadre"),
}  # fmt: skip
CLOSE = ("township", "county", "unclear", "none")
MORE = "more"
MOST_ASKED = 3


def may_accuse(facts: Facts) -> bool:
    """Whether somebody's doings may be meant: then she is asked about whom. A leaking roof, a late
    payment or danger that names nobody but a builder is work, and stays with the county."""
    builders = [each.role in ("contractor", "craftsman") for each in facts.accused]
    if not all(builders):
        return True
    bad_work = any(id.startswith("quality.") and share >= A_PART for id, share in facts.categories)
    return facts.may_be_misconduct and not (builders and bad_work)


async def whom(
    knows: Understanding, named: Sequence[Accused]
) -> tuple[tuple[Accused, ...], tuple[str, ...]]:
    """(everybody it is about, what she said beside her answers): read back if somebody was named, and
    again if she names another one; asked if nobody is left."""
    texts = knows.content.texts
    about, told, times = tuple(named), tuple[str, ...](), 0
    while about:
        times += 1
        shown = texts.listed(called(texts, each) for each in about)
        right, more = await choose_and_tell(
            f"about {shown}",  # what she tells later may name another one
            texts("report.about.read_back", whom=shown),
            options(texts, "about", (YES, MORE, NO)),
            plain.ABOUT,
            keeps=(YES, MORE, NO),
            reads=partial(another_one, knows, about),
        )
        told = (*told, *more)
        others = tuple(each for each in knows.answered_whom("。".join(more)) if is_new(each, about))
        if right == YES and not others:
            return about, told
        if right == NO:
            about = await without_those_she_denies(texts, about)
        about = (*about, *others)
        if not others or times == MOST_ASKED:
            break
    if not about or right == MORE:
        others, said = await somebody(knows)
        about, told = tuple(dict.fromkeys((*about, *others))), (*told, *filter(None, (said,)))
    return about, told


def another_one(knows: Understanding, about: Sequence[Accused], said: str) -> str | None:
    """还有会计, said to the read-back, is a yes and names one more."""
    new = any(is_new(each, about) for each in knows.answered_whom(said))
    return f"{YES}\n{said}" if new else None


def is_new(accused: Accused, about: Sequence[Accused]) -> bool:
    """Whether this is somebody else than all of these: another role, unit or name."""
    return not any(
        (accused.role, accused.unit) == (each.role, each.unit)
        and (accused.name in each.name or each.name in accused.name)
        for each in about
    )


async def without_those_she_denies(texts: Texts, about: tuple[Accused, ...]) -> tuple[Accused, ...]:
    if len(about) == 1:
        return ()
    kept = []
    for n, each in enumerate(about, start=1):
        question = texts("report.about.is_it", who=called(texts, each))
        sides = options(texts, "is_it", (YES, NO))
        if await choose(f"about {n}", question, sides, plain.IS_IT_HIM) == YES:
            kept.append(each)
    return tuple(kept)


async def somebody(knows: Understanding) -> tuple[tuple[Accused, ...], str]:
    """One of six, or in her own words, which are returned too; after three answers that say nothing it
    is not clear."""
    texts = knows.content.texts
    said = await read(
        "who",
        texts("report.about.who"),
        lambda text: text if knows.answered_whom(text) else None,
        options=options(texts, "who", tuple(WHO)),
        plain=plain.UNKNOWN,
        doubt=Doubt(UNCLEAR, again=texts("report.about.who_again"), tries=MOST_ASKED),
    )
    if said == "above":
        levels = options(texts, "above", tuple(ABOVE))
        level = await choose(
            "above", texts("report.about.above"), levels, plain.UNKNOWN, doubt=Doubt(UNCLEAR)
        )
        return _roles(ABOVE[level]), ""
    if said in WHO:
        return _roles(WHO[said]), ""
    return knows.answered_whom(said), said


async def near_to_him(texts: Texts, about: Sequence[Accused]) -> str:
    """The floor she wants where village cadres may have somebody in the county."""
    if not in_the_village(about):
        return ""
    offered = options(texts, "close", CLOSE)
    question = texts("report.about.close")
    return floor_by(
        await choose("close", question, offered, plain.CLOSE_TO_HIM, doubt=Doubt(UNCLEAR))
    )


def in_the_village(about: Sequence[Accused]) -> bool:
    return any(each.role in IN_THE_VILLAGE for each in about)


def floor_by(close: str) -> str:
    """'city' where somebody in the county is close to him, else ''."""
    return "city" if close == "county" else ""


def called(texts: Texts, accused: Accused) -> str:
    """村会计李某某, 平顶山市住建局: how somebody is read back to her."""
    role = texts(f"role.{accused.role}") if f"role.{accused.role}" in texts else ""
    said = accused.words or role
    return said if accused.name in said else said + accused.name


# Who will read it


@dataclass(frozen=True)
class Readers:
    """What she is shown before 提交, as it is kept with the talk."""

    names: tuple[str, ...]
    without: tuple[str, ...]  # units of the county's line that will not see it
    county_reads: bool
    digest: str

    @classmethod
    def of(cls, way: Route, report: Report, offices: Organisation) -> Readers:
        line = line_of(report, offices)
        near = [unit for unit in line if unit.level in (Level.TOWNSHIP, Level.COUNTY)]
        return cls(
            names=tuple(offices[unit].name for unit in way.readers),
            without=tuple(unit.name for unit in line if unit.id not in way.readers),
            county_reads=any(unit.id in way.readers for unit in near),
            digest=way.digest,
        )

    def to_json(self) -> str:
        return json.dumps(vars(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> Readers:
        table = json.loads(kept)
        return cls(**{**table, "names": tuple(table["names"]), "without": tuple(table["without"])})

    def said(self, texts: Texts) -> str:
        told = texts("report.readers.text", names=texts.listed(self.names))
        if self.without:
            told += "\n" + texts("report.readers.without", names=texts.listed(self.without))
        return told


def the_way_of(report: Report) -> str:
    """What routing asks about a report, without a word of it, for a look-up."""
    return json.dumps(
        {
            "county": report.county, "kind": report.kind.value, "floor": report.floor,
            "to_discipline": report.to_discipline,
            "accused": [{"role": each.role, "unit": each.unit} for each in report.accused],
        }
    )  # fmt: skip


def report_for(way: str) -> Report:
    """The other way round: a report that is routed the same, and says nothing."""
    asked = json.loads(way)
    return Report(
        text="", county=asked["county"], kind=Kind(asked["kind"]), floor=asked["floor"],
        to_discipline=asked["to_discipline"],
        accused=tuple(Accused(**each) for each in asked["accused"]),
    )  # fmt: skip


async def agreed(texts: Texts, report: Report, summary: str, promise: str) -> tuple[str, Report]:
    """(SEND, CHANGE or DROP; the report, when it is sent with the readers she was shown). She may keep it
    above the county first."""
    while True:
        readers = Readers.from_json(await Look("way", the_way_of(report)))
        await Say(texts("report.summary", summary=summary))
        await Say(promise)
        offered = (SEND, CHANGE, HIGHER, DROP) if readers.county_reads else (SEND, CHANGE, DROP)
        answer = await Ask(
            "send",
            f"{readers.said(texts)}\n{texts('report.send')}",
            options(texts, "send", offered),
            free=False,
            plain=plain.SENT,
            waits=texts("report.not_yet"),
        )
        if answer != HIGHER:
            return answer, replace(report, told=readers.digest if answer == SEND else "")
        report = replace(report, floor="city")


def _roles(roles: Sequence[str]) -> tuple[Accused, ...]:
    return tuple(Accused(role=role) for role in roles)
