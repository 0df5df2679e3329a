"""Spreadsheets: what goes out is text whatever it begins with, what comes in is refused by row."""

from __future__ import annotations

import io

import openpyxl
import pytest

from papers.ledger import COLUMNS, ClueRow, CraftsmanRow, clue_list, read_craftsmen
from papers.sheets import SheetError

HEADER = ["姓名", "电话", "县", "乡镇", "工种", "证书编号"]
MASON = ["工匠甲", "13000000001", "鲁山县", "赵村镇", "瓦工", "豫农匠0001"]
AS_READ = CraftsmanRow(
    name="工匠甲", phone="13000000001", county="鲁山县", township="赵村镇", trade="瓦工",
    certificate="豫农匠0001",
)  # fmt: skip


def a_book(*rows: list[object], merge: str = "") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def a_csv(*rows: list[str], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


def faults_of(content: bytes, name: str = "a.xlsx") -> list[tuple[int, str]]:
    with pytest.raises(SheetError) as refused:
        read_craftsmen(content, name)
    assert all(f.reason and f.suggestion for f in refused.value.faults)
    return [(fault.row, fault.column) for fault in refused.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_of_a_chinese_office(encoding: str) -> None:
    content = a_csv(HEADER, MASON, [""] * 6, encoding=encoding)

    assert read_craftsmen(content, "名册.CSV") == (AS_READ,)


def test_a_workbook_is_read_with_its_columns_in_any_order() -> None:
    rows = [list(reversed(HEADER)), list(reversed(MASON))]

    assert read_craftsmen(a_book(*rows), "a.xlsx") == (AS_READ,)


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("姓名", ""),
        ("姓名", "=1+1"),
        ("姓名", '=HYPERLINK("http://example.org")'),
        ("姓名", "长" * 10_000),
        ("电话", "12345"),
        ("电话", "23000000001"),
        ("电话", "1300000000a"),
        ("电话", 13000000001.5),
        ("电话", True),
        ("证书编号", 4.1042319800101e17),
        ("县", "=SUM(A1)"),
    ],
)
def test_a_cell_that_cannot_be_right_is_named_by_row_and_column(
    column: str, cell: str | float
) -> None:
    row: list[object] = [*MASON]
    row[HEADER.index(column)] = cell

    assert faults_of(a_book([*HEADER], [*MASON], row)) == [(3, column)]


def test_all_that_is_wrong_is_told_at_once() -> None:
    content = a_csv(HEADER, MASON, MASON, ["", "123", "", "", "", ""])

    assert faults_of(content, "a.csv") == [(3, "电话"), (4, "姓名"), (4, "电话")]


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (["名字", *HEADER[1:]], {"姓名", "名字"}),
        (["姓名", "姓名", *HEADER[1:]], {"姓名"}),
        (["姓名"], {"电话"}),
        ([], {"姓名", "电话"}),
    ],
)
def test_wrong_headers_are_named(header: list[object], named: set[str]) -> None:
    assert {column for _, column in faults_of(a_book(header, [*MASON]))} == named


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "a.xlsx"),
        (b"PK\x03\x04 broken", "a.xlsx"),
        (a_book([*HEADER], [*MASON])[:-200], "a.xlsx"),
        (b"\xff\xfe\x00\xd8", "a.csv"),
        (a_csv(HEADER), "a.csv"),
        (a_book([*HEADER], [*MASON], merge="A2:B2"), "a.xlsx"),
    ],
)
def test_a_file_that_cannot_be_taken_is_one_sentence(content: bytes, name: str) -> None:
    assert faults_of(content, name) == [(0, "")]


def a_row(story: str) -> ClueRow:
    return ClueRow(
        number="AAA", batch="b", filed_at="2026-11-05 08:00", received_at="2026-12-03 08:00",
        place="鲁山县", category="克扣补助", story=story, status="待受理",
    )  # fmt: skip


@pytest.mark.parametrize(
    "story", ["=1+1", "+1", "-1", "@SUM(A1)", "http://example.org", "13000000001", "\t=1", "长" * 9]
)
def test_what_a_villager_wrote_stays_text(story: str) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(clue_list([a_row(story)]))).active

    assert sheet is not None
    cell = sheet.cell(2, [title for title, _ in COLUMNS].index("反映的主要问题") + 1)
    assert (cell.value, cell.data_type, cell.hyperlink) == (story, "s", None)


def test_control_characters_and_endless_texts_do_not_break_the_list() -> None:
    sheet = openpyxl.load_workbook(
        io.BytesIO(clue_list([a_row("\x00\x07" + "长" * 40_000)]))
    ).active

    assert sheet is not None
    assert sheet.cell(2, 10).value == "长" * 32_767


def test_the_same_clues_give_the_same_bytes() -> None:
    assert clue_list([a_row("一")]) == clue_list([a_row("一")])


def test_who_reported_is_never_a_column() -> None:
    assert not [title for title, _ in COLUMNS if "举报人" in title or title == "反映人姓名"]
