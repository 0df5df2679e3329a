"""Units as a table: who stands where, and the numbers villagers may call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from casework.offices import CHAIN, Level
from library.changes import Change
from library.layers import OFFICES, Layers
from library.places import load_gazetteer
from library.reading import office_rows
from library.written import as_toml
from nlp.places import Gazetteer
from papers.sheets import (
    Column,
    Fault,
    Refused,
    Row,
    SheetError,
    Value,
    Words,
    as_typed,
    one_line,
    text,
)

LEVELS = Words({
    "省": "province", "市": "city", "县": "county", "乡镇": "township", "纪检": "discipline",
    "保管人": "escrow",
}, "这一级")  # fmt: skip
#: How long the code of an area is on each level of the chain.
DIGITS = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.TOWNSHIP: 9}
ONLY_ONE = (Level.PROVINCE, Level.DISCIPLINE, Level.ESCROW)
_ID = re.compile(r"[a-z]+-[0-9a-z]+(-[0-9a-z]+)*")
_PHONE = re.compile(r"[0-9]{3,12}(-[0-9]{3,8}){0,2}")
#: The code of the country and brackets, and how the number is dialled from a village.
_AS_DIALLED = (
    (r"^\(?(?:\+|00)?86\)?-?(?=1[3-9][0-9]{9}$)", ""),
    (r"^\(?(?:\+|00)86[-()]*0?\)?(10|2[0-9]|[3-9][0-9]{2})[-)]*(?=[0-9]{7,8}$)", r"0\1-"),
    (r"^\((0[0-9]{2,3})\)-?(?=[0-9])", r"\1-"),
)


def _id(cell: object) -> str:
    unit = one_line(cell)
    if len(unit) > 40 or (unit and not _ID.fullmatch(unit)):
        raise Refused("单位编号写得不对", "如 housing-410423,最多40个字符")
    return unit


def _area(cell: object) -> str:
    area = one_line(cell)
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}|\d{9}", area):
        raise Refused("地区代码不对", "省2位、市4位、县6位、乡镇9位数字")
    return area


def phone(cell: object) -> str:
    phone = text(as_typed(cell), numbers=False).replace(" ", "")
    for typed, dialled in _AS_DIALLED:
        phone = re.sub(typed, dialled, phone)
    if phone and not _PHONE.fullmatch(phone):
        raise Refused("不是电话号码", "如 0375-0000000;没有就空着")
    return phone


COLUMNS = (
    Column(key="id", title="单位编号", read=_id, required=True, unique=True),
    Column(key="name", title="单位名称", read=one_line),
    Column(key="level", title="级别", read=LEVELS.read, write=LEVELS.write),
    Column(key="parent", title="上级单位编号", read=_id),
    Column(key="area", title="地区代码", read=_area),
    Column(key="report_phone", title="举报电话", read=phone),
    Column(key="letter_box", title="举报信箱", read=one_line),
    Column(key="office_phone", title="办公电话", read=phone),
)
ORDER = [column.key for column in COLUMNS]


def rows_of(layers: Layers) -> list[Mapping[str, Value]]:
    """Every unit as it stands, for the export."""
    return list(office_rows(layers)["unit"])


def merge(rows: Sequence[Row], layers: Layers) -> Change:
    """The office's own units as they would read. Those that are not in the sheet stay as they are."""
    theirs = {row["id"]: row for row in office_rows(Layers(layers.folder))["unit"]}
    before: dict[str, dict[str, Any]] = {row["id"]: row for row in office_rows(layers)["unit"]}
    after = {unit: dict(row) for unit, row in before.items()}
    line_of = {row.text("id"): row for row in rows}
    faults: list[Fault] = []
    for unit, row in line_of.items():
        merged = {**after.get(unit, {}), **{key: row.text(key) for key in row.cells}}
        after[unit] = {k: merged[k] for k in ORDER if k in merged and (merged[k] or k in before.get(unit, {}))}  # fmt: skip
    gazetteer = load_gazetteer(layers)
    for unit, row in line_of.items():
        faults += _faults(row, after, before.get(unit), gazetteer)
    if faults:
        raise SheetError(*sorted(faults, key=lambda fault: fault.row))
    changed = sum(unit in before and after[unit] != before[unit] for unit in line_of)
    new = sum(unit not in before for unit in line_of)
    own = [row for unit, row in after.items() if row != theirs.get(unit)]
    said = "\n".join(
        [as_toml("unit", own), as_toml("contact", layers.ours(OFFICES).get("contact", []))]
    )
    files = {OFFICES: said} if new or changed else {}
    return Change(files=files, new=new, changed=changed, same=len(rows) - new - changed)


def _faults(
    row: Row,
    units: Mapping[str, Mapping[str, Any]],
    was: Mapping[str, Any] | None,
    gazetteer: Gazetteer,
) -> list[Fault]:
    unit = units[row.text("id")]
    missing = [c for c in COLUMNS if c.key in ("name", "level", "area") and not unit.get(c.key)]
    if missing:
        return [row.fault(column.title, "没有填", "新的单位必须有") for column in missing]
    level, area = Level(unit["level"]), str(unit["area"])
    found = _twins(row, unit, units)
    if was and was["level"] != unit["level"]:
        found.append(row.fault("级别", "已有单位的级别不能改", "用新的编号另加一个单位"))
    if level in DIGITS and len(area) != DIGITS[level]:
        found.append(
            row.fault("地区代码", f"这一级的代码是{DIGITS[level]}位", f"现在是 {len(area)} 位")
        )
    elif len(area) >= 6 and area not in gazetteer:
        found.append(row.fault("地区代码", f"没有 {area} 这个地方", "对照 places 里的代码"))
    return found + _faults_of_parent(row, unit, units, level)


def _twins(
    row: Row, unit: Mapping[str, Any], units: Mapping[str, Mapping[str, Any]]
) -> list[Fault]:
    """One unit for a place on a level; one province, one discipline office, one escrow."""
    for other in units.values():
        if other is unit or other.get("level") != unit["level"]:
            continue
        if Level(unit["level"]) in ONLY_ONE:
            return [row.fault("级别", f"已经有 {other['id']}", "这一级只能有一个")]
        if other.get("area") == unit["area"]:
            return [row.fault("地区代码", f"{other['id']} 也管这里", "一个地方只能有一个单位")]
    return []


def _faults_of_parent(
    row: Row, unit: Mapping[str, Any], units: Mapping[str, Mapping[str, Any]], level: Level
) -> list[Fault]:
    parent = unit.get("parent", "")
    if level in ONLY_ONE:
        return [row.fault("上级单位编号", "这一级没有上级", "空着")] if parent else []
    above = units.get(parent)
    if above is None:
        return [row.fault("上级单位编号", f"没有“{parent}”这个单位", "写已有的编号,或在表里加上")]
    allowed = {each.value for each in CHAIN[CHAIN.index(level) + 1 :]}
    if above.get("level") not in allowed:
        return [row.fault("上级单位编号", "上级要比自己高一级", "看看是不是写错了")]
    if not str(unit["area"]).startswith(str(above.get("area", ""))):
        return [row.fault("上级单位编号", "上级不管这个地方", "看看地区代码和上级")]
    return []
