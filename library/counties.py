"""What counties decide, as their people enter it: box by box on a page, or all counties in one sheet.

Entered is in force at once, and marked until a second person has looked at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

from casework.county import BOX, BOXES, County, Fact, Measure, Value
from casework.refusals import BadInput, NotAllowed
from library.changes import Change
from library.layers import Layers
from library.offices import phone
from library.places import load_gazetteer
from library.reading import LONGEST_FACT, load_content
from library.written import toml_value
from papers.sheets import (
    Column,
    Fault,
    Refused,
    Row,
    SheetError,
    as_typed,
    day,
    one_line,
    text,
)
from papers.sheets import Value as Cell

T = TypeVar("T")

#: How the boxes are called, and what is written beside them.
TITLES = {
    "subsidy_c": "C级修房,一户最多补多少元",
    "subsidy_d": "D级重盖,按人口补多少元",
    "subsidy_note": "补助还有啥不一样",
    "area": "最多盖多少平方米,按人口",
    "area_each": "人更多的,每人多少平方米",
    "papers": "要交哪些材料",
    "notice_days": "每一回公示几天",
    "done_in_days": "从交申请到批下来大约几天",
    "phone": "打哪个电话",
    "letter_box": "信箱",
    "address": "地址",
    "hours": "上班时间",
    "training": "最近一次工匠培训",
    "document": "今年的文件和文号",
}
HINTS = {
    "subsidy_c": "如 8000",
    "subsidy_d": "从1口人写起,用空格隔开,最后一个管那么多和更多的人。如 20000 26000 32000",
    "subsidy_note": "如 一级二级残疾人家庭多补2000元",
    "area": "从1口人写起,用空格隔开。如 40 50 60",
    "area_each": "如 18",
    "papers": "如 申请书、户口簿和身份证的复印件",
    "notice_days": "如 7",
    "done_in_days": "如 60",
    "phone": "如 0375-0000000",
    "letter_box": "",
    "address": "如 县政府西边二楼",
    "hours": "如 周一到周五,上午8点半到12点",
    "training": "哪天、在哪、带啥",
    "document": "如 某危改〔2026〕1号",
}
#: What no county's number comes near; a slip of the finger does. (least, most)
PLAUSIBLE = {
    Measure.YUAN: (100, 500_000),
    Measure.YUAN_BY_PERSONS: (100, 500_000),
    Measure.SQUARE_BY_PERSONS: (10, 500),
    Measure.SQUARE_EACH: (5, 100),
    Measure.DAYS: (1, 730),
}
UNITS = {
    Measure.YUAN: "元", Measure.YUAN_BY_PERSONS: "元", Measure.SQUARE_BY_PERSONS: "平方米",
    Measure.SQUARE_EACH: "平方米", Measure.DAYS: "天",
}  # fmt: skip
#: The programme began then (建村〔2009〕84号); nothing a county decides for it is older.
FIRST_YEAR = 2009
#: A rule may be entered a little before it holds.
AHEAD = timedelta(days=366)
MOST_SIZES = 10
LONGEST_SOURCE = 60
_THOUSANDS = re.compile(r"(?<=[0-9]),(?=[0-9]{3}(?![0-9]))")
_MARKUP = re.compile(r"[<>{}\\]|://|\*\*")


# One box.


def read(key: str, typed: object) -> Value | None:
    """What was typed into a box, None for an empty one. Raises `Refused` in words for who typed it."""
    measure = BOX[key].measure
    if measure is Measure.PHONE:
        return phone(typed) or None
    if measure is Measure.WORDS:
        return _words(typed) or None
    said = text(as_typed(typed), longest=400)
    if not said:
        return None
    if measure in (Measure.YUAN_BY_PERSONS, Measure.SQUARE_BY_PERSONS):
        return _sizes(said, measure)
    if len(re.findall(r"[0-9]+", _THOUSANDS.sub("", said))) > 1:
        raise Refused("这一格只写一个数", f"{HINTS[key]};别的写到下面“还有啥不一样”里")
    return _number(said, measure)


def _words(typed: object) -> str:
    said = one_line(typed) if not isinstance(typed, str) else " ".join(typed.split())
    if len(said) > LONGEST_FACT:
        raise Refused(f"太长了({len(said)} 个字)", f"最多 {LONGEST_FACT} 个字,村里人看得完")
    said = text(said)
    if strange := _MARKUP.search(said):
        raise Refused(f"里面有 {strange[0]}", "只写字,不写代码和网址")
    return said


def _number(said: str, measure: Measure) -> int:
    unit = UNITS[measure]
    bare = said.removesuffix(unit).removesuffix("㎡" if unit == "平方米" else unit).strip()
    bare = _THOUSANDS.sub("", bare)
    if re.fullmatch(r"-\s*[0-9.]+", bare):
        raise Refused("是负数", f"写大于0的数,单位是{unit}")
    if not re.fullmatch(r"[0-9]{1,9}", bare):
        raise Refused(f"“{said[:20]}”不是一个整数", f"只写数字,单位是{unit},如“两万六”写 26000")
    least, most = PLAUSIBLE[measure]
    if not least <= int(bare) <= most:
        raise Refused(
            f"{int(bare)}{unit}不像", f"一般在 {least} 到 {most} {unit}之间,看看是不是多写少写了0"
        )
    return int(bare)


def _sizes(said: str, measure: Measure) -> tuple[int, ...]:
    parts = [part for part in re.split(r"[\s、;/,]+", _THOUSANDS.sub("", said)) if part]
    if len(parts) > MOST_SIZES:
        raise Refused(f"有 {len(parts)} 个数", f"最多写到 {MOST_SIZES} 口人,最后一个管更多的人")
    sizes = tuple(_number(part, measure) for part in parts)
    if list(sizes) != sorted(sizes):
        raise Refused("人多的反倒少", "从1口人写起,一个比一个大,看看是不是写反了")
    return sizes


def source(typed: object) -> str:
    """On whose word. Raises `Refused`."""
    said = _words(typed)
    if not said:
        raise Refused("没有写", "写文件名和文号,或者谁在会上定的")
    if len(said) > LONGEST_SOURCE:
        raise Refused(f"太长了({len(said)} 个字)", f"最多 {LONGEST_SOURCE} 个字")
    return said


def since(typed: object, today: date) -> date:
    """From which day. Raises `Refused`."""
    on = day(typed)
    if on is None:
        raise Refused("没有写", "从哪天起算,写成 2026-01-01 这样")
    if on.year < FIRST_YEAR or on > today + AHEAD:
        raise Refused(f"{on.year}年不像", f"在{FIRST_YEAR}年以后,最晚比今天晚一年")
    return on


def written(value: Value | None) -> str:
    """A value as it stands in its box.

    >>> written((20000, 26000)), written(8000), written(None)
    ('20000 26000', '8000', '')
    """
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


# A page of boxes.


@dataclass(frozen=True, kw_only=True)
class Form:
    """What somebody sends from the page: each box as typed, and as it stood when he was shown it."""

    typed: Mapping[str, str]
    shown: Mapping[str, str]
    source: str
    since: str

    def touched(self) -> dict[str, str]:
        """The boxes that read otherwise than they were shown."""
        typed = {key: said for key, said in self.typed.items() if key in BOX}
        return {k: v for k, v in typed.items() if v.strip() != self.shown.get(k, "").strip()}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The county after it, and a sentence beside each box that was not taken."""

    county: County
    changed: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)


def filled(county: County, form: Form, *, by: str, today: date) -> Outcome:
    """What was typed right is entered, the rest is told box by box. What a colleague changed since the
    page was shown is not written over: both are told."""
    facts, faults, changed = dict(county.facts), dict[str, str](), []
    touched = form.touched()
    word = _told(faults, "source", lambda: source(form.source)) if touched else None
    begins = _told(faults, "since", lambda: since(form.since, today)) if touched else None
    for key, said in touched.items():
        now = written(facts[key].value) if key in facts else ""
        if now != form.shown.get(key, "").strip():
            if said.strip() != now:
                mine = said.strip() or "空着"
                faults[key] = (
                    f"同事刚才改成了“{now or '空着'}”,您写的是“{mine}”。看看哪个对,再存一次。"
                )
            continue
        value = _told(faults, key, partial(read, key, said))
        if key in faults:
            continue
        if value is None:
            facts.pop(key, None)
        elif word and begins:
            facts[key] = Fact(value=value, source=word, since=begins, by=by, entered_on=today)
        else:
            continue
        changed.append(key)
    return Outcome(county=replace(county, facts=facts), changed=tuple(changed), faults=faults)


def _told(faults: dict[str, str], key: str, reading: Callable[[], T]) -> T | None:
    """What was read, or None and its fault beside its name."""
    try:
        return reading()
    except Refused as fault:
        faults[key] = f"{fault.reason}。{fault.suggestion}。"
        return None


def approved(county: County, key: str, shown: str, *, by: str) -> County:
    """The box with a second person's word. Raises `NotAllowed` for the one who entered it, `BadInput`
    where it is not what he was shown."""
    fact = county.facts.get(key)
    if fact is None or written(fact.value) != shown:
        raise BadInput("这一格刚才有人改过,看看现在的数再复核。")
    if fact.by == by:
        raise NotAllowed("自己填的要别人复核:请同事,或者请市里的人。")
    if fact.is_checked:
        return county
    return replace(county, facts={**county.facts, key: replace(fact, approved_by=by)})


def change_of(county: County) -> Change:
    """The office's own file for a county."""
    return Change(files={f"counties/{county.code}.toml": as_file(county)}, changed=1)


def as_file(county: County) -> str:
    """A county as its file reads."""
    said = "demo = true\n" if county.demo else ""
    for key in (box.key for box in BOXES if box.key in county.facts):
        fact = county.facts[key]
        said += f"\n[fact.{key}]\n" + "".join(
            f"{name} = {toml_value(value)}\n" for name, value in vars(fact).items() if value
        )
    return said


# All counties in one sheet.


def _county(cell: object) -> str:
    code = one_line(cell)
    if not re.fullmatch(r"\d{6}", code, re.ASCII):
        raise Refused("不是县的6位代码", "如 410423")
    return code


def _column(key: str) -> Column:
    def read_cell(cell: object) -> Cell:
        value = read(key, cell)
        return None if value is None else written(value)

    return Column(key=key, title=TITLES[key], read=read_cell)


COLUMNS = (
    Column(key="county", title="县代码", read=_county, required=True, unique=True),
    Column(key="name", title="县", read=one_line),
    *(_column(box.key) for box in BOXES),
    Column(key="source", title="依据", read=lambda cell: text(cell, longest=LONGEST_SOURCE)),
    Column(key="since", title="从哪天起", read=day),
    Column(key="unchecked", title="还没复核的", read=one_line),
)
#: Who is named as having entered what came in a sheet.
BY_SHEET = "表格导入"


def rows_of(layers: Layers) -> list[Mapping[str, Cell]]:
    """Every county of the programme's places, empty or not, for the export."""
    content, gazetteer = load_content(layers), load_gazetteer(layers)
    return [_row(content.county(code), name) for code, name in gazetteer.counties()]


def _row(county: County, name: str) -> Mapping[str, Cell]:
    facts = county.facts
    newest = max(facts.values(), key=lambda fact: fact.since, default=None)
    return {
        "county": county.code,
        "name": name,
        **{key: written(fact.value) for key, fact in facts.items()},
        "source": newest.source if newest else "",
        "since": newest.since if newest else None,
        "unchecked": "、".join(TITLES[key] for key in county.unchecked),
    }


def merge(rows: Sequence[Row], layers: Layers, *, today: date) -> Change:
    """The counties' files as they would read. An empty cell leaves what is there; what is new or
    different is on the row's word, and waits for a second person."""
    content, gazetteer = load_content(layers), load_gazetteer(layers)
    faults: list[Fault] = []
    files: dict[str, str] = {}
    new = changed = 0
    for row in rows:
        code = row.text("county")
        if code not in gazetteer:
            faults.append(row.fault("县代码", f"没有 {code} 这个县", "对照导出的表"))
            continue
        before = content.county(code)
        after = _with_row(before, row, today, faults)
        if after.facts != before.facts:
            files[f"counties/{code}.toml"] = as_file(after)
            new += not before.facts
            changed += bool(before.facts)
    if faults:
        raise SheetError(*sorted(faults, key=lambda fault: fault.row))
    return Change(files=files, new=new, changed=changed, same=len(rows) - new - changed)


def _with_row(before: County, row: Row, today: date, faults: list[Fault]) -> County:
    said = {key: read(key, row.text(key)) for key in BOX if row.text(key)}
    facts = before.facts
    differ = {k: v for k, v in said.items() if k not in facts or facts[k].value != v}
    if not differ:
        return before
    told = dict[str, str]()
    word = _told(told, "依据", lambda: source(row.text("source")))
    begins = _told(told, "从哪天起", lambda: since(row.cells.get("since"), today))
    faults += [row.fault(title, *why.split("。", 1)) for title, why in told.items()]
    if word is None or begins is None:
        return before
    entered = {
        key: Fact(value=value, source=word, since=begins, by=BY_SHEET, entered_on=today)
        for key, value in differ.items()
        if value is not None
    }
    kept = {} if before.demo else facts  # what is invented and what is true are never mixed
    return County(code=before.code, facts={**kept, **entered})
