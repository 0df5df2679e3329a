"""Tables as they come from offices: WPS, copied numbers, old encodings, and files that are traps."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tracemalloc
import warnings
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.ledger import CRAFTSMEN, CraftsmanRow, read_craftsmen
from papers.sheets import (
    LARGEST_FILE,
    MOST_ROWS,
    Column,
    SheetError,
    Value,
    as_csv,
    as_xlsx,
    day,
    lines,
    mobile,
    one_line,
    read_table,
    text,
)
from papers.workbooks import MOST_COLUMNS
from tests.offices import ROOT

CASES = ROOT / "tests" / "fixtures" / "sheets"
HEADER = ["姓名", "电话", "证书编号"]
MASON = ["工匠甲", "13000000001", "豫农匠0001"]
TILER = ["工匠乙", "13000000002", ""]


def a_book(*rows: list[object], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def a_csv(*rows: list[str], encoding: str = "utf-8", between: str = ",", end: str = "\n") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=between, lineterminator=end).writerows(rows)
    return buffer.getvalue().encode(encoding)


def with_part(book: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts written differently."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return buffer.getvalue()


def people(content: bytes, name: str = "a.xlsx") -> list[tuple[str, str]]:
    return [(each.name, each.phone) for each in read_craftsmen(content, name)]


def refused(content: bytes, name: str = "a.xlsx") -> list[str]:
    with pytest.raises(SheetError) as error:
        read_craftsmen(content, name)
    return [fault.sentence for fault in error.value.faults]


BOTH = [("工匠甲", "13000000001"), ("工匠乙", "13000000002")]
FIVE = [(f"工匠{n}", f"1380000000{n}") for n in range(1, 6)]


@pytest.mark.parametrize("case", sorted(CASES.glob("*.xlsx")), ids=lambda path: path.stem)
def test_a_workbook_from_an_office_is_taken(case: Path) -> None:
    assert people(case.read_bytes()) == FIVE


# Phones.


@pytest.mark.parametrize(
    "cell",
    [
        13000000001, 13000000001.0, 8613000000001,
        "+8613000000001", "+86 130 0000 0001", "86-130-0000-0001", "(+86)13000000001",
        "008613000000001", "013000000001", "130 0000 0001", "130-0000-0001", "(130)0000-0001",
        "130-0000—0001", "\uff11\uff13\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff11", "\uff0b8613000000001", "'13000000001",
        "\u202d13000000001\u202c", "\u206613000000001\u2069", "\u200e13000000001\u200f",
        "\ufeff13000000001\u200b", "130\u00a00000\u00a00001", "130\u202a0000\u202c0001",
        "13000000001\n", "\t13000000001", "130\u30000000\u30000001", "13000000001.0",
    ],
)  # fmt: skip
def test_a_phone_is_taken_however_it_was_typed_copied_or_kept(cell: object) -> None:
    expected = [("工匠甲", "13000000001")]

    assert people(a_book([*HEADER], ["工匠甲", cell])) == expected
    assert people(a_csv([*HEADER], ["工匠甲", str(cell)]), "a.csv") == expected


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1300000000", "不是手机号"),
        ("130000000011", "不是手机号"),
        ("+1 13000000001", "不是手机号"),
        ("23000000001", "不是手机号"),
        ("13000000001/13000000002", "不是手机号"),
        ("1300000000l", "不是手机号"),
        ("1.3E+10", "末尾几位已经没了"),
        ("\u202d \u202c", "没有填"),
    ],
)
def test_what_is_no_phone_is_still_refused(cell: str, reason: str) -> None:
    (sentence,) = refused(a_csv(HEADER, ["工匠甲", cell, ""]), "a.csv")

    assert sentence.startswith("第2行“电话”:")
    assert reason in sentence


def test_one_phone_in_two_writings_is_one_phone() -> None:
    content = a_csv(HEADER, MASON, ["工匠乙", "+86 130-0000-0001", ""])

    assert refused(content, "a.csv") == ["第3行“电话”:和第2行的电话一样。只留一行"]


# Numbers.


@pytest.mark.parametrize("number", [410423198001010000, 4.10423198001010e17, 10**15, -(10**15)])
def test_a_number_of_more_than_15_digits_has_lost_its_end(number: float) -> None:
    (sentence,) = refused(a_book([*HEADER], ["工匠甲", "13000000001", number]))

    assert sentence.startswith("第2行“证书编号”:是超过15位的数字")
    assert "文本" in sentence


@pytest.mark.parametrize(
    ("number", "said"), [(7, "7"), (999999999999999, "999999999999999"), (4.0, "4"), (0, "0")]
)
def test_a_whole_number_below_that_is_exact(number: float, said: str) -> None:
    (person,) = read_craftsmen(a_book([*HEADER], ["工匠甲", "13000000001", number]), "a.xlsx")

    assert person.certificate == said


@pytest.mark.parametrize("cell", [0.5, float("1e-7"), True])
def test_what_is_no_whole_number_is_refused_as_text(cell: float) -> None:
    (sentence,) = refused(a_book([*HEADER], ["工匠甲", "13000000001", cell]))

    assert sentence.startswith("第2行“证书编号”:")


def test_zeros_that_are_only_shown_before_a_number_are_kept() -> None:
    def shown(book: openpyxl.Workbook) -> None:
        book.active["C2"].number_format = "000000"  # type: ignore[index]

    (person,) = read_craftsmen(
        a_book([*HEADER], ["工匠甲", "13000000001", 17], change=shown), "a.xlsx"
    )

    assert person.certificate == "000017"


def test_a_certificate_that_became_a_date_is_read_as_the_day() -> None:
    (person,) = read_craftsmen(
        a_book([*HEADER], ["工匠甲", "13000000001", date(2020, 3, 1)]), "a.xlsx"
    )

    assert person.certificate == "2020-03-01"


# Formulas.


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://example.org")', "=A1"])
def test_a_formula_of_a_workbook_is_refused_by_row_and_column(formula: str) -> None:
    assert refused(a_book([*HEADER], [*MASON], [formula, "13000000002"])) == [
        "第3行“姓名”:是公式。改成写好的文字"
    ]


def test_a_value_that_a_formula_left_behind_is_refused() -> None:
    assert refused(a_book([*HEADER], ["#N/A", "13000000001"])) == [
        "第2行“姓名”:是公式。改成写好的文字"
    ]


@pytest.mark.parametrize("said", ["=1+1", "+1+cmd", "-好", "@SUM(A1)", "'甲"])
def test_a_text_of_a_workbook_is_a_text_whatever_it_begins_with(said: str) -> None:
    def as_text(book: openpyxl.Workbook) -> None:
        cell = book.active["A2"]  # type: ignore[index]
        cell.value, cell.data_type = said, "s"

    assert people(a_book([*HEADER], ["", "13000000001"], change=as_text)) == [(said, "13000000001")]


@pytest.mark.parametrize(
    "cell", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-1+cmd", "-好", "+A1", " =1", "\u202d=1"]
)
def test_what_a_csv_would_make_a_table_program_calculate_is_refused(cell: str) -> None:
    assert refused(a_csv(HEADER, MASON, [cell, "13000000002", ""]), "a.csv") == [
        "第3行“姓名”:是公式。改成写好的文字"
    ]


@pytest.mark.parametrize("cell", ["-1", "+12.5%", "-", "+86 (0375) 000-0000", "-1,000"])
def test_a_sign_before_a_number_is_no_formula(cell: str) -> None:
    assert people(a_csv(HEADER, [cell, "13000000001", ""]), "a.csv") == [(cell, "13000000001")]


# Encodings.

RARE = ["𠮷䶮㛃", "13000000001", "豫〇①"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("between", [",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("name", ["名册.CSV", "名册.txt"])
def test_text_is_read_as_chinese_programs_save_it(
    encoding: str, between: str, end: str, name: str
) -> None:
    content = a_csv(HEADER, RARE, ["", "", ""], TILER, encoding=encoding, between=between, end=end)

    assert read_craftsmen(content, name) == (
        CraftsmanRow(name="𠮷䶮㛃", phone="13000000001", certificate="豫〇①"),
        CraftsmanRow(name="工匠乙", phone="13000000002"),
    )
    assert [each.line for each in read_craftsmen(content, name)] == [2, 4]


def test_gbk_and_big_endian_are_read_too() -> None:
    big = b"\xfe\xff" + a_csv(HEADER, MASON, encoding="utf-16-be")

    assert people(a_csv(HEADER, MASON, encoding="gbk"), "a.csv") == BOTH[:1]
    assert people(big, "a.csv") == BOTH[:1]


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00\xd8", a_csv(HEADER, MASON, encoding="utf-16-le"), b"\xff\xff\xff", b"\0\0\0"],
)
def test_what_cannot_be_decoded_is_told_in_a_sentence(content: bytes) -> None:
    (sentence,) = refused(content, "a.csv")

    assert sentence.startswith("整个文件:文字编码不认识。")


def test_a_tab_inside_a_cell_does_not_make_the_file_tabbed() -> None:
    content = a_csv(["工匠\t名册\t\t\t", "", ""], HEADER, MASON)

    assert people(content, "a.csv") == BOTH[:1]


# Headers, and what stands around a table.


@pytest.mark.parametrize(
    "title", ["姓 名", " 姓名 ", "姓\u3000名", "姓\n名", "\ufeff姓名", "姓\u200b名", "姓\u00a0名"]
)
def test_a_header_is_known_however_it_is_spaced(title: str) -> None:
    assert people(a_book([title, "电话"], ["工匠甲", "13000000001"])) == BOTH[:1]


def test_a_full_width_header_is_the_same_header() -> None:
    columns = [Column(key="id", title="ID(号)", read=one_line, required=True)]

    assert (
        read_table(a_csv(["\uff29\uff24\uff08号\uff09"], ["1"]), "a.csv", columns)[0].text("id")
        == "1"
    )


@pytest.mark.parametrize("above", range(1, 5))
def test_a_title_may_stand_above_the_header(above: int) -> None:
    titles: list[list[object]] = [[f"鲁山县工匠名册 {n}"] for n in range(above)]

    def merged(book: openpyxl.Workbook) -> None:
        for n in range(1, above + 1):
            book.active.merge_cells(f"A{n}:C{n}")  # type: ignore[union-attr]

    content = a_book(*titles, [*HEADER], [*MASON], [*TILER], change=merged)

    assert people(content) == BOTH
    assert [each.line for each in read_craftsmen(content, "a.xlsx")] == [above + 2, above + 3]


def test_the_header_is_the_row_that_has_what_is_required() -> None:
    about: list[object] = ["县", "乡镇", "工种"]

    assert people(a_book(about, ["姓名", "电话"], ["工匠甲", "13000000001"])) == BOTH[:1]


def test_below_the_fifth_row_nobody_looks_for_a_header() -> None:
    titles: list[list[object]] = [["说明"] for _ in range(5)]

    assert refused(a_book(*titles, [*HEADER], [*MASON])) == [
        "第1行“姓名”:没有这一列。表头可以写:姓名、电话、县、乡镇、工种、证书编号",
        "第1行“电话”:没有这一列。表头可以写:姓名、电话、县、乡镇、工种、证书编号",
    ]


def test_people_without_a_header_are_not_repeated_in_the_sentence() -> None:
    assert not [said for said in refused(a_book([*MASON], [*TILER])) if "工匠" in said[:12]]


@pytest.mark.parametrize("area", ["A3:A4", "A2:A3", "A3:B3"])
def test_merged_cells_among_the_rows_are_refused(area: str) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book.active.merge_cells(area)  # type: ignore[union-attr]

    assert refused(a_book(["名册"], [*HEADER], [*MASON], [*TILER], change=merge)) == [
        f"整个文件:有合并的单元格({area})。请取消合并,每一格都填上,再导入"
    ]


def test_merged_cells_below_the_last_row_hold_nothing() -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book.active.merge_cells("A9:C9")  # type: ignore[union-attr]

    assert people(a_book([*HEADER], [*MASON], [*TILER], change=merge)) == BOTH


def test_hidden_rows_and_columns_and_empty_ones_are_read_like_others() -> None:
    def hide(book: openpyxl.Workbook) -> None:
        sheet = book.active
        assert isinstance(sheet, openpyxl.worksheet.worksheet.Worksheet)
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        sheet.cell(2, 40).number_format = "@"
        sheet.cell(900_000, 300).number_format = "@"
        sheet.cell(5, 1).value = " \u200b"

    assert people(a_book([*HEADER], [*MASON], [], [*TILER], change=hide)) == BOTH


def test_a_value_without_a_header_is_not_lost_in_silence() -> None:
    assert refused(a_book([*HEADER], [*MASON, "", "又一个电话"])) == [
        "第2行:第5列有内容,可是这一列没有表头。写上表头,或者清空这一格"
    ]


def with_sheet(title: str, *rows: list[object], first: bool) -> Callable[[openpyxl.Workbook], None]:
    def add(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet(title, 0 if first else None)
        for row in rows:
            sheet.append(row)

    return add


@pytest.mark.parametrize("first", [True, False])
def test_a_sheet_of_notes_is_passed_over(first: bool) -> None:
    notes = with_sheet("说明", ["填表说明"], ["电话", "要写11位"], first=first)

    assert people(a_book([*HEADER], [*MASON], [*TILER], change=notes)) == BOTH


def test_an_empty_table_beside_the_filled_one_is_passed_over() -> None:
    blank = with_sheet("空表", [*HEADER], first=False)

    assert people(a_book([*HEADER], [*MASON], [*TILER], change=blank)) == BOTH


def test_a_second_table_is_not_lost_in_silence() -> None:
    second = with_sheet("赵村", [*HEADER], [*TILER], first=False)

    (sentence,) = refused(a_book([*HEADER], [*MASON], change=second))

    assert sentence == "整个文件:“Sheet”和“赵村”两张表里都有内容。合成一张,或者分成两个文件"


def test_the_first_sheet_is_the_one_that_the_office_sees_first() -> None:
    def rename(book: openpyxl.Workbook) -> None:
        for n in range(10):
            book.create_sheet(f"附{n}")
        book.move_sheet("Sheet", 10)  # now the eleventh part, sheet11.xml, which sorts second
        book.active.merge_cells("A1:C1")  # type: ignore[union-attr]

    assert people(a_book([*HEADER], [*MASON], [*TILER], change=rename)) == BOTH


def test_what_excel_writes_for_a_carriage_return_is_a_line_break() -> None:
    columns = [Column(key="said", title="话", read=text, required=True)]
    book = a_book(["话"], ["一_x000D_\n二"])

    assert read_table(book, "a.xlsx", columns)[0].text("said") == "一\n二"


def test_ornaments_that_the_reader_does_not_know_pass_without_a_word() -> None:
    name = "xl/worksheets/sheet1.xml"
    strange = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    book = with_part(
        a_book([*HEADER], [*MASON]), name, lambda part: part.replace(b"</worksheet>", strange)
    )

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert people(book) == BOTH[:1]
    assert heard == []


# Files that are no table, and traps.

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.xlsx", "打不开"),
        (b"no zip", "a.xlsx", "打不开"),
        (a_book([*HEADER], [*MASON])[:-200], "a.xlsx", "打不开"),
        (a_book([*HEADER], [*MASON])[:2000], "a.xlsx", "打不开"),
        (OLE + "Workbook".encode("utf-16-le"), "a.xls", "老格式"),
        (OLE + "Workbook".encode("utf-16-le"), "a.xlsx", "另存为 xlsx"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "取消密码"),
        (b"<html>", "a.xls", "不认识这种文件"),
        (b"x", "a.docx", "不认识这种文件"),
        (b"x" * (LARGEST_FILE + 1), "a.csv", "文件太大"),
        (a_csv(HEADER, ["甲", "1" * 200_000, ""]), "a.csv", "第2行起 csv 读不下去"),
    ],
)
def test_a_file_that_is_no_table_is_refused_with_its_remedy(
    content: bytes, name: str, said: str
) -> None:
    (sentence,) = refused(content, name)

    assert sentence.startswith("整个文件:")
    assert said in sentence


def test_a_workbook_under_the_name_of_a_csv_is_read_all_the_same() -> None:
    assert people(a_book([*HEADER], [*MASON]), "a.csv") == BOTH[:1]


def test_a_cell_of_endless_letters_is_refused_by_its_place() -> None:
    sentence = "第2行“姓名”:太长了(40000 个字)。最多 200 个字"

    assert refused(a_csv(HEADER, ["长" * 40_000, "13000000001", ""]), "a.csv") == [sentence]
    longest = a_book([*HEADER], ["长" * 32_767, "13000000001"])
    assert refused(longest) == [sentence.replace("40000", "32767")]


def test_one_row_too_many_is_refused_and_the_last_allowed_is_taken() -> None:
    most = [HEADER, *([f"匠{n}", f"13{n:09d}", ""] for n in range(MOST_ROWS))]

    assert len(people(a_csv(*most), "a.csv")) == MOST_ROWS
    (sentence,) = refused(a_csv(*most, ["又一个", "19000000000", ""]), "a.csv")
    assert sentence == "整个文件:行数太多。最多 100000 行,请分成几个文件"


SHEET = "xl/worksheets/sheet1.xml"
STYLES = "xl/styles.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def grown(by: bytes, before: bytes = b"</sheetData>") -> Callable[[bytes], bytes]:
    return lambda part: part.replace(before, by + before)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        (SHEET, grown(b" " * 101 * 2**20), "展开后太大"),
        (SHEET, grown(b'<row r="1999999"/><row/><row/>'), "里面的东西太多"),
        (SHEET, grown(b'<row r="2"><c r="A2"><v>1</v></c></row>'), "打不开"),
        (SHEET, lambda part: part.replace(b'r="B2"', b'r="B2" r="C2"'), "打不开"),
        (SHEET, grown(b'<mergeCell ref="A:B"/>'), "打不开"),
        (RELATIONS, lambda part: part.replace(b"sheet1.xml", b"sheet9.xml"), "打不开"),
        (SHEET, grown(b'<row r="99999999999"><c/></row>'), "里面的东西太多"),
        (SHEET, grown(b"<row>" + b"<c/>" * 500_001 + b"</row>"), "里面的东西太多"),
        (STYLES, grown(b"<a/>" * 500_001, b"</styleSheet>"), "里面的东西太多"),
        (SHEET, grown(b'<row r="9"><c r="XFD9"><v>1</v></c></row>'), "列数太多"),
        (SHEET, lambda part: BOMB + part, "不该有的定义"),
        (SHEET, lambda part: (BOMB.decode() + part.decode()).encode("utf-16"), "不该有的定义"),
        (STYLES, lambda part: BOMB + part, "不该有的定义"),
        ("[Content_Types].xml", lambda part: BOMB + part, "不该有的定义"),
        (SHEET, lambda part: part[:-40], "打不开"),
        (SHEET, lambda part: part.replace(b'r="B2"', b'r="?"'), "打不开"),
    ],
)
def test_a_trap_is_one_sentence_and_takes_little_memory(
    part: str, change: Callable[[bytes], bytes], said: str
) -> None:
    trap = with_part(a_book([*HEADER], [*MASON]), part, change)
    tracemalloc.start()

    (sentence,) = refused(trap)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sentence.startswith("整个文件:")
    assert said in sentence
    assert most < 20 * 2**20


def test_many_texts_of_a_workbook_are_no_trap() -> None:
    many = grown(b"<si><t/></si>" * 250_001, b"</sst>")
    book = as_xlsx(CRAFTSMEN, [{"name": "工匠甲", "phone": "13000000001"}])

    assert people(with_part(book, "xl/sharedStrings.xml", many)) == BOTH[:1]


def test_the_widest_table_is_read_to_its_end() -> None:
    columns = [
        Column(key=str(n), title=f"列{n}", read=one_line, required=n == 0)
        for n in range(MOST_COLUMNS)
    ]
    book = a_book([c.title for c in columns], [c.key for c in columns])

    assert read_table(book, "a.xlsx", columns)[0].cells == {c.key: c.key for c in columns}


# There and back.

COLUMNS = [
    Column(key="id", title="编号", read=one_line, required=True),
    Column(key="said", title="话", read=lambda cell: text(cell, longest=6000)),
    Column(
        key="list", title="几句", read=lines,
        write=lambda value: "\n".join(value) if isinstance(value, tuple) else "",
    ),
    Column(key="on", title="哪天", read=day),
    Column(key="phone", title="电话", read=mobile),
]  # fmt: skip
#: Whatever is seen on paper: no control, format, surrogate or unassigned characters.
seen = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")), max_size=12)
begins = st.sampled_from(
    ["", "=", "+", "-", "@", "'", "''=", "'=", "1E", "1.5E+", "0", "\uff1d", "\ufe0f"]
)
ends = st.sampled_from(["", "1", '"', ",", "\t1", "𠮷", "䶮", "_x0041_", "\n二", "1E5", "甲\n\n乙"])
texts = st.builds("{}{}{}".format, begins, seen, ends).map(str.strip)
line = texts.map(lambda said: said.replace("\n", "").replace("\t", "").strip())
rows_of_texts = st.lists(
    st.fixed_dictionaries(
        {
            "id": line.filter(bool),
            "said": texts,
            "list": st.lists(line.filter(bool), max_size=3).map(tuple),
            "on": st.none() | st.dates(),
            "phone": st.sampled_from(["", "13000000001"]),
        }
    ),
    min_size=1,
    max_size=4,
)


@given(rows_of_texts)
def test_what_we_write_we_read_again_unchanged(rows: list[Mapping[str, Value]]) -> None:
    written = {
        "a.xlsx": as_xlsx(COLUMNS, rows),
        "a.csv": as_csv(COLUMNS, rows),
        "b.csv": as_csv(COLUMNS, rows, encoding="gb18030"),
    }

    for name, content in written.items():
        assert [row.cells for row in read_table(content, name, COLUMNS)] == rows, name


@given(texts.filter(bool))
def test_no_cell_of_our_csv_is_calculated_and_every_cell_of_our_workbook_is_text(
    said: str,
) -> None:
    rows = [{"id": "1", "said": said}]

    ((_, _), (_, cell)) = csv.reader(
        io.StringIO(as_csv(COLUMNS[:2], rows).decode("utf-8-sig"), newline="")
    )
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(COLUMNS[:2], rows))).active

    assert len(cell) < 2 or cell[0] not in "=+-@\uff1d\uff0b\uff0d\uff20"
    assert sheet is not None
    assert sheet["B2"].data_type == "s"


@pytest.mark.parametrize("said", ["13000000001", "2027-01-01", "0375-0000001", "1E", "Excel", "1"])
def test_what_nobody_would_calculate_stands_in_the_csv_as_it_is(said: str) -> None:
    assert as_csv(COLUMNS[:1], [{"id": said}], encoding="utf-8") == f"编号\r\n{said}\r\n".encode()


def test_a_csv_of_ours_that_went_through_a_table_program_is_read_back() -> None:
    rows: list[Mapping[str, Value]] = [{"id": "1", "said": "=怎么申请?"}]
    cells = list(csv.reader(io.StringIO(as_csv(COLUMNS, rows).decode("utf-8-sig"), newline="")))

    (row,) = read_table(a_book(*[[*each] for each in cells]), "a.xlsx", COLUMNS)

    assert row.text("said") == "=怎么申请?"


def test_a_table_of_nobody_is_a_form_to_fill_in() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(CRAFTSMEN, []))).active

    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == [column.title for column in CRAFTSMEN]
    assert sheet.column_dimensions["A"].width > 20
    assert as_csv(CRAFTSMEN, []).decode("utf-8-sig") == "姓名,电话,县,乡镇,工种,证书编号\r\n"


def test_days_keep_their_day_in_every_writing() -> None:
    columns = [Column(key="on", title="哪天", read=day, required=True)]
    written: list[object] = [
        "2027-01-01", "2027/1/1", "2027.1.1", "2027年1月1日", date(2027, 1, 1),
        datetime.fromisoformat("2027-01-01T08:30"),
    ]  # fmt: skip
    book = a_book(["哪天"], *[[each] for each in written])

    rows = read_table(book, "a.xlsx", columns)

    assert [row.cells["on"] for row in rows] == [date(2027, 1, 1)] * len(written)


def test_the_command_line_starts_without_a_spreadsheet_library() -> None:
    asked = (
        "import sys, runtime.cli; print(sorted({'openpyxl', 'xlsxwriter'} & sys.modules.keys()))"
    )

    said = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True)

    assert (said.stdout, said.returncode) == ("[]\n", 0), said.stderr
