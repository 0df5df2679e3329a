"""Tables as the office keeps them: xlsx or csv, read row by row with the line of every fault."""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl
import xlsxwriter

from casework.refusals import BadInput
from papers.ledger import LONGEST_CELL, MOST_ROWS, Fault, SheetError

#: Unpacked sizes beyond this are a trap, not a table.
LARGEST = 200 * 1024 * 1024
MOST_COLUMNS = 64
FORMULA = ("=", "+", "@", "-")

#: Control characters, and marks that change how the characters beside them are read or shown.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_MERGED = re.compile(rb'<mergeCell ref="([A-Z0-9:]+)"')

#: A cell as it is used: text, a list of lines, or a day.
Value = str | tuple[str, ...] | date | None


class Refused(Exception):
    """What is wrong with a cell, and what to do; travels to its row, never further."""

    def __init__(self, reason: str, suggestion: str) -> None:
        super().__init__(reason)
        self.reason, self.suggestion = reason, suggestion


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its name in the code, its title in the sheet, and how a cell is read."""

    key: str
    title: str
    read: Callable[[object], Value]
    write: Callable[[Value], str] = lambda value: "" if value is None else str(value)
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row that was read. `cells` has exactly the columns that stand in the sheet."""

    line: int
    cells: Mapping[str, Value]

    def text(self, key: str) -> str:
        value = self.cells.get(key)
        return value if isinstance(value, str) else ""

    def fault(self, title: str, reason: str, suggestion: str) -> Fault:
        return Fault(row=self.line, column=title, reason=reason, suggestion=suggestion)


def whole(reason: str, suggestion: str) -> Fault:
    return Fault(row=0, column="", reason=reason, suggestion=suggestion)


def text(cell: object, *, longest: int = LONGEST_CELL, numbers: bool = True) -> str:
    """A cell as one line of text. Formulas, unseen characters and lost digits are refused."""
    if cell is None:
        return ""
    if isinstance(cell, bool) or (isinstance(cell, int | float) and not numbers):
        raise Refused("是数字,不是文本,前面的0可能已经没了", "把这一列设成“文本”格式再重新填")
    if isinstance(cell, float):
        if not cell.is_integer() or abs(cell) > 10**11:
            raise Refused("是小数,或者位数太多", "把这一列设成“文本”格式再重新填")
        cell = int(cell)
    if isinstance(cell, datetime | date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    plain = str(cell).strip()
    if plain.startswith("'") and plain[1:2] in FORMULA:
        plain = plain[1:]  # as our own csv marks a text that only looks like a formula
    elif plain.startswith(FORMULA) and len(plain) > 1:
        raise Refused("是公式", "改成写好的文字")
    if len(plain) > longest:
        raise Refused(f"太长了({len(plain)} 个字)", f"最多 {longest} 个字")
    if _UNSEEN.search(plain):
        raise Refused("里面有看不见的字符", "重新填这一格")
    return plain


def one_line(cell: object) -> str:
    plain = text(cell)
    if "\n" in plain or "\r" in plain or "\t" in plain:
        raise Refused("里面有换行", "写成一行")
    return plain


def lines(cell: object) -> tuple[str, ...]:
    """A list in one cell: a line each."""
    each = [part.strip() for part in text(cell, longest=6000).splitlines()]
    return tuple(part for part in each if part)


def day(cell: object) -> date | None:
    """A day, however the table wrote it: 2027-01-01, 2027/1/1, 2027年1月1日, or a real date."""
    plain = text(cell)
    if not plain:
        return None
    numbers = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain)
    try:
        if numbers is None:
            raise ValueError
        return date(int(numbers[1]), int(numbers[2]), int(numbers[3]))
    except ValueError:
        raise Refused(f"“{plain[:20]}”不是日期", "写成 2027-01-01 这样") from None


def read_table(file: Path, columns: Sequence[Column]) -> tuple[Row, ...]:
    """All rows, or `SheetError` with all that is wrong."""
    raws = raw_rows(file)
    line, header = next(raws, (0, ()))
    titles = _titles(line, header, columns)
    rows: list[Row] = []
    faults: list[Fault] = []
    for line, cells in raws:
        row = _row(line, cells, titles, faults)
        if row:
            rows.append(row)
    if faults:
        raise SheetError(*faults)
    if not rows:
        raise SheetError(whole("里面一行也没有", "表头下面至少写一行"))
    return tuple(rows)


def _titles(line: int, header: Sequence[object], columns: Sequence[Column]) -> dict[int, Column]:
    known = {column.title: column for column in columns}
    names = [str(cell or "").strip() for cell in header]
    suggestion = f"第一行可以写:{'、'.join(known)}"
    faults = [
        Fault(row=line or 1, column=column.title, reason="没有这一列", suggestion=suggestion)
        for column in columns
        if column.required and column.title not in names
    ]
    for name in dict.fromkeys(name for name in names if name):
        if name not in known:
            faults.append(
                Fault(row=line, column=name[:40], reason="不认识这个表头", suggestion=suggestion)
            )
        elif names.count(name) > 1:
            faults.append(
                Fault(row=line, column=name, reason="这一列有两个", suggestion="只留一个")
            )
    if faults:
        raise SheetError(*faults)
    return {n: known[name] for n, name in enumerate(names) if name}


def _row(
    line: int, cells: Sequence[object], titles: Mapping[int, Column], faults: list[Fault]
) -> Row | None:
    read: dict[str, Value] = {}
    before = len(faults)
    for n, column in titles.items():
        try:
            value = column.read(cells[n] if n < len(cells) else None)
            if column.required and not value:
                raise Refused("没有填", "这一列必须填")
            read[column.key] = value
        except Refused as refused:
            faults.append(
                Fault(
                    row=line, column=column.title,
                    reason=refused.reason, suggestion=refused.suggestion,
                )
            )  # fmt: skip
    return Row(line=line, cells=read) if len(faults) == before else None


def raw_rows(file: Path) -> Iterator[tuple[int, Sequence[object]]]:
    """The line and the cells of every row that is not empty."""
    try:
        content = file.read_bytes()
    except OSError:
        raise BadInput(f"没有这个文件:{file}") from None
    name = file.name.lower()
    if not name.endswith((".xlsx", ".csv")):
        raise SheetError(whole("不认识这种文件", "请用 WPS 另存为 xlsx 或 csv"))
    taken = 0
    for line, cells in _csv(content) if name.endswith(".csv") else _xlsx(content):
        if line > MOST_ROWS:
            raise SheetError(whole("行数太多", f"最多 {MOST_ROWS} 行,请分成几个文件"))
        if any(cell not in (None, "") for cell in cells):
            taken += 1
            yield line, cells


def _csv(content: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    """UTF-8 with or without its mark, or what WPS saves on a Chinese machine."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            decoded = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError(whole("文字编码不认识", "请另存为 xlsx,或者 UTF-8 的 csv"))
    reader = csv.reader(io.StringIO(decoded, newline=""), strict=True)
    begins = 1  # a row may reach over several lines; people look for the first
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise SheetError(whole(f"第{begins}行起 csv 读不下去", "请另存为 xlsx")) from fault


def _xlsx(content: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    try:
        _refuse_trap(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False)
        sheet = book.worksheets[0]
        yield from enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1)
    except SheetError:
        raise
    except Exception as fault:  # whatever a broken file does to the parser, it is one sentence here
        raise SheetError(whole("打不开", "文件坏了,或者不是 xlsx。请用 WPS 另存为 xlsx")) from fault


def _refuse_trap(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > LARGEST:
            raise SheetError(whole("展开后太大", "请分成几个文件"))
        sheets = sorted(n for n in archive.namelist() if n.startswith("xl/worksheets/sheet"))
        merged = _MERGED.findall(archive.read(sheets[0])) if sheets else []
    if merged:
        raise SheetError(whole(f"有合并的单元格({merged[0].decode()})", "请取消合并再导入"))


def write_table(
    file: Path, columns: Sequence[Column], rows: Sequence[Mapping[str, Value]], *, encoding: str
) -> None:
    """A new file that only its owner reads, in place of the old one when it is whole."""
    texts = [[column.write(row.get(column.key)) for column in columns] for row in rows]
    titles = [column.title for column in columns]
    if file.suffix.lower() == ".csv":
        content = _as_csv([titles, *texts]).encode(encoding)
    elif file.suffix.lower() == ".xlsx":
        content = _as_xlsx([titles, *texts])
    else:
        raise BadInput("文件名要以 .xlsx 或 .csv 结尾。")
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        fresh.touch(mode=0o600)
        fresh.write_bytes(content)
        fresh.replace(file)
    except OSError:
        raise BadInput(f"写不了这个文件:{file}") from None


def _as_csv(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    for row in rows:
        # A table program would calculate a cell that begins like a formula.
        writer.writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
    return buffer.getvalue()


def _as_xlsx(rows: Sequence[Sequence[str]]) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet()
    as_text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.set_column(0, len(rows[0]) - 1, 20, as_text)
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write_string(line, column, cell, as_text)
    sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()
