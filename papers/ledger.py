"""Ledgers as spreadsheets: clue lists going out, registers of craftsmen coming in."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import openpyxl
import xlsxwriter

#: Columns of the clue list, in the office's own order.
COLUMNS = (
    ("线索编号", 14),
    ("批次号", 26),
    ("反映时间", 18),
    ("接收时间", 18),
    ("线索来源", 18),
    ("属地", 16),
    ("被反映人姓名", 14),
    ("单位及职务", 20),
    ("问题类别", 20),
    ("反映的主要问题", 60),
    ("涉及金额(元)", 14),
    ("涉及时间", 18),
    ("证据材料(件)", 12),
    ("举报方式", 10),
    ("移交时状态", 12),
    ("是否补报", 10),
    ("处理决定", 16),
    ("备注", 30),
)
HEADERS = ("姓名", "电话", "县", "乡镇", "工种", "证书编号")
REQUIRED = frozenset({"姓名", "电话"})

#: More rows than any province has craftsmen; more characters than any name or address.
MOST_ROWS = 100_000
LONGEST_CELL = 200

_LONGEST_IN_EXCEL = 32_767
_CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PHONE = re.compile(r"1[3-9][0-9]{9}")


@dataclass(frozen=True, kw_only=True)
class ClueRow:
    """One line of the clue list, every cell as it is to be read."""

    number: str
    batch: str
    filed_at: str
    received_at: str
    place: str
    category: str
    story: str
    status: str
    accused: str = ""
    position: str = ""
    amounts: str = ""
    dates: str = ""
    evidence: int = 0
    late: bool = False
    outcome: str = ""
    note: str = ""
    source: str = "干部群众举报"
    manner: str = "匿名"

    def cells(self) -> tuple[str | int, ...]:
        return (
            self.number, self.batch, self.filed_at, self.received_at, self.source, self.place,
            self.accused, self.position, self.category, self.story, self.amounts, self.dates,
            self.evidence, self.manner, self.status, "是" if self.late else "", self.outcome,
            self.note,
        )  # fmt: skip


def clue_list(rows: Sequence[ClueRow]) -> bytes:
    """The list as xlsx. Texts stay texts, whatever they begin with; equal rows give equal bytes."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _CREATED, "title": "问题线索清单"})
    sheet = book.add_worksheet("问题线索")
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    for column, (title, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row.cells()):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell)
            else:
                sheet.write_string(line, column, _fit(cell), wrapped)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)
    book.close()
    return buffer.getvalue()


def _fit(text: str) -> str:
    return _CONTROL.sub("", text)[:_LONGEST_IN_EXCEL]


@dataclass(frozen=True, kw_only=True)
class CraftsmanRow:
    """A craftsman as the sheet names him; the caller finds the county's code."""

    name: str
    phone: str
    county: str = ""
    township: str = ""
    trade: str = ""
    certificate: str = ""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong in one cell. Row 0: the whole file."""

    row: int
    column: str
    reason: str
    suggestion: str

    @property
    def sentence(self) -> str:
        where = f"第{self.row}行" if self.row else "整个文件"
        column = f"“{self.column}”" if self.column else ""
        return f"{where}{column}:{self.reason}。{self.suggestion}"


class SheetError(Exception):
    """The sheet cannot be taken; every reason with its row. Nothing of it may be used."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(";".join(fault.sentence for fault in faults[:5]))
        self.faults = faults


class _Refuse(Exception):
    """Travels from a cell to its row, never further."""

    def __init__(self, reason: str, suggestion: str) -> None:
        super().__init__(reason)
        self.reason, self.suggestion = reason, suggestion


def read_craftsmen(content: bytes, name: str) -> tuple[CraftsmanRow, ...]:
    """All rows, or `SheetError` with all that is wrong."""
    rows = _csv_rows(content) if name.lower().endswith(".csv") else _xlsx_rows(content)
    line, header = next(rows, (0, ()))
    columns = _columns(line, header)
    people: list[CraftsmanRow] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for line, cells in rows:
        if not any(cell not in (None, "") for cell in cells):
            continue
        if len(people) + len(faults) >= MOST_ROWS:
            raise SheetError(_whole("行数太多", f"最多 {MOST_ROWS} 行,请分成几个文件"))
        _read_row(line, cells, columns, people, faults, seen)
    if faults:
        raise SheetError(*faults)
    if not people:
        raise SheetError(_whole("里面没有人", "请在表头下面一行写一个人"))
    return tuple(people)


def _read_row(
    line: int,
    cells: Sequence[object],
    columns: dict[str, int],
    people: list[CraftsmanRow],
    faults: list[Fault],
    seen: dict[str, int],
) -> None:
    """One person is added, or what is wrong with the row."""
    texts: dict[str, str] = {}
    before = len(faults)
    for header, column in columns.items():
        read: Callable[[object], str] = _phone if header == "电话" else _text
        try:
            texts[header] = read(cells[column] if column < len(cells) else None)
            if header in REQUIRED and not texts[header]:
                raise _Refuse("没有填", "这一列必须填")
        except _Refuse as refuse:
            faults.append(
                Fault(row=line, column=header, reason=refuse.reason, suggestion=refuse.suggestion)
            )
    if len(faults) > before:
        return
    first = seen.setdefault(texts["电话"], line)
    if first != line:
        fault = Fault(
            row=line, column="电话", reason=f"和第{first}行的电话一样", suggestion="只留一行"
        )
        faults.append(fault)
        return
    people.append(
        CraftsmanRow(
            name=texts["姓名"],
            phone=texts["电话"],
            county=texts.get("县", ""),
            township=texts.get("乡镇", ""),
            trade=texts.get("工种", ""),
            certificate=texts.get("证书编号", ""),
        )
    )


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float | int):
        raise _Refuse("是数字,不是文本,末尾几位可能已经变了", "把这一列设成“文本”格式再重新填")
    text = str(cell).strip()
    if text.startswith(("=", "+", "@")) or (text.startswith("-") and len(text) > 1):
        raise _Refuse("是公式", "改成写好的文字")
    if len(text) > LONGEST_CELL:
        raise _Refuse(f"太长了({len(text)} 个字)", f"最多 {LONGEST_CELL} 个字")
    if _CONTROL.search(text):
        raise _Refuse("里面有看不见的字符", "重新填这一格")
    return text


def _phone(cell: object) -> str:
    text = _text(cell).replace(" ", "").replace("-", "")
    if text and not _PHONE.fullmatch(text):
        raise _Refuse("不是手机号", "应当是1开头的11位数字")
    return text


def _columns(line: int, header: Sequence[object]) -> dict[str, int]:
    """Which column holds what. Raises `SheetError` naming what is missing or not known."""
    titles = [str(cell or "").strip() for cell in header]
    suggestion = f"第一行应当是:{'、'.join(HEADERS)}"
    faults = [
        Fault(row=line, column=title, reason="没有这一列", suggestion=suggestion)
        for title in sorted(REQUIRED - set(titles))
    ]
    for title in titles:
        if title and title not in HEADERS:
            faults.append(
                Fault(row=line, column=title, reason="不认识这个表头", suggestion=suggestion)
            )
        elif title and titles.count(title) > 1:
            fault = Fault(row=line, column=title, reason="这一列有两个", suggestion="只留一个")
            faults += [] if fault in faults else [fault]
    if faults:
        raise SheetError(*faults)
    return {title: n for n, title in enumerate(titles) if title}


def _csv_rows(content: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    """UTF-8 with or without its mark, or what WPS saves on a Chinese machine."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError(_whole("文字编码不认识", "请另存为 xlsx,或者 UTF-8 的 csv"))
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as fault:
        raise SheetError(_whole("csv 读不下去", "请另存为 xlsx")) from fault


def _xlsx_rows(content: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        _check_zip(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        yield from enumerate(book.worksheets[0].iter_rows(values_only=True), start=1)
    except SheetError:
        raise
    except Exception as fault:  # whatever a broken file does to the parser, it is one sentence here
        raise SheetError(
            _whole("打不开", "文件坏了,或者不是 xlsx。请用 WPS 另存为 xlsx")
        ) from fault


#: Unpacked sizes beyond this are a trap, not a register.
_LARGEST = 200 * 1024 * 1024
_MERGED = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')


def _check_zip(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > _LARGEST:
            raise SheetError(_whole("展开后太大", "请分成几个文件"))
        sheets = sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/sheet"))
        merged = _MERGED.findall(archive.read(sheets[0])) if sheets else []
    if merged:
        raise SheetError(_whole(f"有合并的单元格({merged[0].decode()})", "请取消合并再导入"))


def _whole(reason: str, suggestion: str) -> Fault:
    return Fault(row=0, column="", reason=reason, suggestion=suggestion)
