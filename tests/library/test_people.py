"""A table of people who are to be invited: every fault with its row, or everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from casework.offices import Organisation, Role
from library.people import MOST, empty_table, wanted
from papers.sheets import SheetError
from papers.workbooks import write_workbook
from tests.offices import CONTENT, COUNTY

OFFICES = CONTENT.organisation
HEADER = ("姓名", "单位", "岗位", "从", "到")
NAME = OFFICES[COUNTY].name
TOWN = next(u for u in OFFICES.units.values() if u.parent == COUNTY)


def table(*rows: Sequence[object], header: Sequence[str] = HEADER) -> bytes:
    lines = [",".join(header), *(",".join(str(cell) for cell in row) for row in rows)]
    return "\n".join(lines).encode()


def faults(content: bytes, name: str = "人.csv", offices: Organisation = OFFICES) -> list[str]:
    with pytest.raises(SheetError) as refused:
        wanted(content, name, offices)
    return [each.sentence for each in refused.value.faults]


def test_each_row_is_somebody_with_unit_posts_and_days() -> None:
    content = table(
        ("王芳", NAME, "承办人、派单员", "2026-12-01", "2026/12/31"),
        ("李四", TOWN.id, "handler", "", ""),
        ("王芳", f"{NAME}·{TOWN.name}", "督办员 承办人", "", ""),
    )

    first, second, third = wanted(content, "人.csv", OFFICES)

    assert (first.name, first.unit, first.line) == ("王芳", COUNTY, 2)
    assert first.roles == {Role.HANDLER, Role.DISPATCHER}
    assert (first.since, first.until) == (date(2026, 12, 1), date(2026, 12, 31))
    assert (second.unit, second.since, second.until) == (TOWN.id, None, None)
    assert (third.unit, third.roles) == (TOWN.id, {Role.SUPERVISOR, Role.HANDLER})


def test_every_fault_is_said_with_its_row() -> None:
    said = faults(table(
        ("王芳", NAME, "承办人", "", ""),
        ("李四", "哪里也不是", "承办人", "", ""),
        ("王芳", COUNTY, "督办员", "", ""),
        ("赵六", "discipline-41", "承办人", "", ""),
    ))  # fmt: skip
    cells = faults(table(
        ("", NAME, "承办人", "", ""), ("孙七", NAME, "局长", "", ""), ("周八", NAME, "", "", ""),
        ("吴九", NAME, "承办人", "明年", ""),
    ))  # fmt: skip

    assert [each.partition("“")[0] for each in said] == ["第3行", "第4行", "第5行"]
    assert "没有“哪里也不是”这个单位" in said[0]
    assert "和第2行是同一个单位的同一个人" in said[1]
    assert [each.partition("“")[0] for each in cells] == ["第2行", "第3行", "第4行", "第5行"]
    assert "没有“局长”这个岗位" in cells[1]


def test_a_town_that_is_called_like_another_is_asked_for_by_its_number() -> None:
    other = next(u for u in OFFICES.units.values() if u.level is TOWN.level and u.parent != COUNTY)
    twins = [
        type(u)(**{**vars(u), "name": TOWN.name}) if u.id == other.id else u
        for u in OFFICES.units.values()
    ]

    (said,) = faults(table(("王芳", TOWN.name, "承办人", "", "")), offices=Organisation.of(twins))

    assert "有 2 个单位" in said
    assert TOWN.id in said
    assert other.id in said


def test_a_formula_five_thousand_rows_and_what_is_no_table_are_refused() -> None:
    formula = faults(table(("王芳", NAME, "承办人", "", ""), ("=1+1", NAME, "承办人", "", "")))
    many = faults(table(*((f"第{n}位", NAME, "承办人", "", "") for n in range(5000))))
    deputies = faults(table(("王芳", NAME, "承办人", "李四"), header=(*HEADER[:3], "代班")))

    assert formula[0].startswith("第3行“姓名”:")
    assert "公式" in formula[0]
    assert many[0].startswith(f"第{MOST + 2}行")
    assert "5000 人" in many[0]
    assert "不认识这个表头" in deputies[0]
    assert faults(b"", "")
    assert faults(empty_table(), "空.xlsx")
    book = write_workbook("人", [(each, 12) for each in HEADER], [("王芳", NAME, "承办人", "", "")])
    assert [each.line for each in wanted(book, "人.xlsx", OFFICES)] == [2]
