"""People who are to be invited, as a table: who, into which unit, to do what, from when to when."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from casework.actions.staffing import Invitation, NotThese, Wanted
from casework.offices import CHAIN, Level, Organisation, Role
from papers.sheets import (
    Column,
    Fault,
    Refused,
    Row,
    SheetError,
    Value,
    as_xlsx,
    day,
    one_line,
    read_table,
    text,
    whole,
)

#: People of one table: a county has fewer.
MOST = 500

ROLES = {role.label: role for role in Role} | {role.value: role for role in Role}
_BETWEEN = re.compile(r"[、,,;;/\s]+")


def _roles(cell: object) -> tuple[str, ...]:
    said = [each for each in _BETWEEN.split(text(cell)) if each]
    for each in said:
        if each not in ROLES:
            raise Refused(f"没有“{each[:20]}”这个岗位", f"写 {'、'.join(r.label for r in Role)}")
    return tuple(dict.fromkeys(ROLES[each].value for each in said))


COLUMNS = (
    Column(key="name", title="姓名", read=one_line, required=True),
    Column(key="unit", title="单位", read=one_line, required=True),
    Column(key="roles", title="岗位", read=_roles, required=True),
    Column(key="since", title="从", read=day),
    Column(key="until", title="到", read=day),
)
LINKS = tuple(
    Column(key=key, title=title, read=one_line)
    for key, title in (
        ("name", "姓名"), ("unit", "单位"), ("roles", "岗位"), ("id", "编号"), ("link", "邀请链接"),
    )
)  # fmt: skip


def wanted(content: bytes, name: str, offices: Organisation) -> list[Wanted]:
    """Everybody of the file called `name`. Raises `SheetError` with all that is wrong."""
    rows = read_table(content, name, COLUMNS)
    if len(rows) > MOST:
        raise SheetError(
            rows[MOST].fault("", f"一次最多请 {MOST} 人,这张表有 {len(rows)} 人", "请分成几个文件")
        )
    units, faults = _units_by_name(offices), list[Fault]()
    found, lines = list[Wanted](), dict[tuple[str, str], int]()
    for row in rows:
        called = units.get(row.text("unit"), ())
        if len(called) != 1:
            faults.append(_fault_of_unit(row, called))
            continue
        who = (row.text("name"), called[0])
        if before := lines.setdefault(who, row.line) - row.line:
            reason = f"和第{row.line + before}行是同一个单位的同一个人"
            faults.append(row.fault("姓名", reason, "只留一行;是两个人,写个分得清的称呼"))
            continue
        found.append(_wanted(row, called[0]))
    if faults:
        raise SheetError(*faults)
    return found


def _wanted(row: Row, unit: str) -> Wanted:
    since, until, roles = row.cells.get("since"), row.cells.get("until"), row.cells["roles"]
    assert since is None or not isinstance(since, str | tuple)
    assert until is None or not isinstance(until, str | tuple)
    assert isinstance(roles, tuple)
    return Wanted(
        name=row.text("name"), unit=unit, roles=frozenset(Role(each) for each in roles),
        since=since, until=until, line=row.line,
    )  # fmt: skip


def _units_by_name(offices: Organisation) -> Mapping[str, Sequence[str]]:
    """Ids of the units that a name means: a unit's id, its name, and a township's with its county's."""
    found: dict[str, list[str]] = {}
    for unit in offices.units.values():
        if unit.level in CHAIN:
            names = [unit.id, unit.name]
            if unit.level is Level.TOWNSHIP:
                names.append(f"{offices[unit.parent].name}·{unit.name}")
            for each in names:
                found.setdefault(each, []).append(unit.id)
    return found


def _fault_of_unit(row: Row, called: Sequence[str]) -> Fault:
    name = row.text("unit")[:40]
    if called:
        return row.fault(
            "单位", f"有 {len(called)} 个单位叫“{name}”", f"写编号:{'、'.join(called)}"
        )
    return row.fault("单位", f"没有“{name}”这个单位", "照“组织”页写全名,或者写单位编号")


def as_faults(refusal: NotThese) -> SheetError:
    """What the office refused, row by row."""
    return SheetError(*_faults(refusal))


def _faults(refusal: NotThese) -> Iterator[Fault]:
    for line, sentence in refusal.refused:
        reason, _, suggestion = sentence.partition("。")
        yield Fault(row=line, column="", reason=reason, suggestion=suggestion)


def as_table(
    invited: Sequence[Invitation], offices: Organisation, link: Callable[[str], str]
) -> bytes:
    """Who was invited and by which link, an xlsx that is made once. `link` makes a token an address."""
    rows: list[Mapping[str, Value]] = [
        {
            "name": person.name, "unit": offices[person.unit].name, "id": person.id,
            "roles": "、".join(role.label for role in Role if role in person.roles),
            "link": link(token),
        }
        for person, token in invited
    ]  # fmt: skip
    return as_xlsx(LINKS, rows)


def empty_table() -> bytes:
    """The header alone, to be filled in."""
    return as_xlsx(COLUMNS, [])


def too_large(most: int) -> SheetError:
    return SheetError(whole(f"超过 {most // 1024} KB", "只留姓名、单位、岗位、从、到这几列"))
