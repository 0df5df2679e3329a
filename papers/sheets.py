"""Tables as offices keep them, xlsx or csv: read row by row with every fault named, and written."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain, islice

from papers.workbooks import Formula, Sheet, Unreadable, read_workbook, write_workbook

#: More rows than any province has craftsmen; more characters than any name or address.
MOST_ROWS = 100_000
LONGEST_CELL = 200

#: Bytes of a file.
LARGEST_FILE = 32 * 1024 * 1024

#: A title may stand above the header, and a note below the title.
HEADER_WITHIN = 5

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")

#: Marks that change how the characters beside them are read or shown; copying brings them along.
_MARKS = r"\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_AROUND = re.compile(rf"^[\s{_MARKS}]+|[\s{_MARKS}]+$")
_UNSEEN = re.compile(rf"[{_MARKS}\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

#: What a table program would calculate (some take full width for it too) or shorten if a csv said
#: it, the quotes we put before it,
#: and what begins like a formula but is a number or a phone.
_CALCULATED = r"(?:[=+@\uff1d\uff0b\uff20\uff0d-].|[0-9]\.?[0-9]*E[+-]?[0-9]+$)"
_TO_MARK = re.compile(f"'*{_CALCULATED}", re.DOTALL)
_MARKED = re.compile(f"'+{_CALCULATED}", re.DOTALL)
_FORMULA = re.compile(r"[=@].|[+-](?![\s(]*[0-9][0-9\s().,-]*%?$).", re.DOTALL)
_SHORTENED = re.compile(r"[0-9]\.?[0-9]*E[+-]?[0-9]+")

_DASHES = re.compile(r"[\u2010-\u2015\u2212]+")
_BESIDE_DIGITS = re.compile(r"[\s()\[\]'’.·-]")
_MOBILE = re.compile(r"(?:\+?86|00?86|0)?(1[3-9][0-9]{9})")

#: A cell as it is used: text, a list of lines, or a day.
Value = str | tuple[str, ...] | date | None


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
    unique: bool = False


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


# How a cell is read.


def text(cell: object, *, longest: int = LONGEST_CELL, numbers: bool = True) -> str:
    """A cell as text, without what cannot be seen around it; unseen inside, it is refused."""
    plain = _AROUND.sub("", _as_text(cell, numbers=numbers))
    plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    if len(plain) > longest:
        raise Refused(f"太长了({len(plain)} 个字)", f"最多 {longest} 个字")
    if _UNSEEN.search(plain):
        raise Refused("里面有看不见的字符", "重新填这一格")
    return plain


def _as_text(cell: object, *, numbers: bool) -> str:
    """Raises `Refused` for what a table program calculates, and for numbers that lost digits."""
    match cell:
        case None:
            return ""
        case Refused():
            raise cell
        case Formula():
            raise Refused("是公式", "改成写好的文字")
        case bool():
            raise Refused("是“真”或者“假”,不是文本", "改成写好的文字")
        case int() | float() if not numbers:
            raise Refused("是数字,不是文本,前面的0可能已经没了", "把这一列设成“文本”格式再重新填")
        case int() | float() if abs(cell) >= 10**15:
            # A table program keeps 15 digits of a number and makes the rest 0.
            raise Refused("是超过15位的数字,末尾几位已经变了", "把这一列设成“文本”格式再重新填")
        case float() if not cell.is_integer():
            raise Refused("是小数", "把这一列设成“文本”格式再重新填")
        case int() | float():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case _:
            return str(cell)


def one_line(cell: object) -> str:
    plain = text(cell)
    if "\n" in plain or "\t" in plain:
        raise Refused("里面有换行", "写成一行")
    return plain


@dataclass(frozen=True)
class Words:
    """A cell that says one of a few things in Chinese, each a word of ours: `of` maps the one to the
    other. The word itself is understood too. `measure` is what such a thing is counted by: 这种状态."""

    of: Mapping[str, str]
    measure: str

    def read(self, cell: object) -> str:
        """Raises `Refused` with what may stand there."""
        said = one_line(cell)
        word = self.of.get(said, said)
        if word not in self.of.values():
            raise Refused(f"没有“{said[:20]}”{self.measure}", f"写 {'、'.join(self.of)}")
        return word

    def write(self, value: Value) -> str:
        return next((said for said, word in self.of.items() if word == value), str(value or ""))


def lines(cell: object) -> tuple[str, ...]:
    """A list in one cell: a line each."""
    each = [part.strip() for part in text(cell, longest=6000).split("\n")]
    return tuple(part for part in each if part)


def day(cell: object) -> date | None:
    """A day, however the table wrote it: 2027-01-01, 2027/1/1, 2027年1月1日, or a real date."""
    plain = text(cell.date() if isinstance(cell, datetime) else cell)
    if not plain:
        return None
    numbers = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", plain)
    try:
        if numbers is None:
            raise ValueError
        return date(int(numbers[1]), int(numbers[2]), int(numbers[3]))
    except ValueError:
        raise Refused(f"“{plain[:20]}”不是日期", "写成 2027-01-01 这样") from None


def as_typed(cell: object) -> object:
    """A cell without what copying a number brings along: unseen marks, full width, long dashes."""
    if not isinstance(cell, str):
        return cell
    return _DASHES.sub("-", _UNSEEN.sub("", unicodedata.normalize("NFKC", cell)))


def mobile(cell: object) -> str:
    """The eleven digits of a mobile phone, however it was typed, copied or kept.

    >>> mobile("+86 (138) 0000-0001")
    '13800000001'
    """
    typed = text(as_typed(cell)).removesuffix(".0")  # as some programs write numbers into a csv
    digits = _BESIDE_DIGITS.sub("", typed)
    number = _MOBILE.fullmatch(digits)
    if digits and number is None:
        raise Refused("不是手机号", "应当是1开头的11位数字")
    return number[1] if number else ""


# How a table is read.


@dataclass(frozen=True, kw_only=True)
class _Table:
    """A sheet whose header was looked for: its line, its names, and the rows below it."""

    sheet: Sheet
    line: int
    names: Sequence[str]
    rows: Iterator[tuple[int, Sequence[object]]]


def read_table(content: bytes, name: str, columns: Sequence[Column]) -> tuple[Row, ...]:
    """All rows of the file called `name`, or `SheetError` with all that is wrong."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl names every ornament it does not know
        try:
            tables = [_below_header(sheet, columns) for sheet in _sheets(content, name, columns)]
            table = _chosen(tables, columns)
            rows, faults = _read(table, {c.title: c for c in columns})
        except Unreadable as trap:
            raise SheetError(whole(trap.reason, trap.suggestion)) from trap
    if faults:
        raise SheetError(*sorted(faults, key=lambda fault: fault.row))
    if not rows:
        raise SheetError(whole("里面一行也没有", "表头下面至少写一行"))
    return tuple(rows)


def _title(cell: object) -> str:
    """A header as it is compared: 姓 名 is 姓名, and nothing unseen counts."""
    plain = cell if isinstance(cell, str) else ""
    return re.sub(rf"[\s{_MARKS}]", "", unicodedata.normalize("NFKC", plain))


def _below_header(sheet: Sheet, columns: Sequence[Column]) -> _Table:
    """The first row that has all required columns, or else the one that knows most titles."""
    known = {column.title for column in columns}
    required = {column.title for column in columns if column.required}
    rows = _filled(sheet.rows)
    top = list(islice(rows, HEADER_WITHIN))
    named = [[_title(cell) for cell in cells] for _, cells in top]
    at = max(
        range(len(top)), default=0,
        key=lambda n: (required <= {*named[n]}, len(known & {*named[n]})),
    )  # fmt: skip
    return _Table(
        sheet=sheet,
        line=top[at][0] if top else 1,
        names=named[at] if top and known & {*named[at]} else (),
        rows=chain(top[at + 1 :], rows),
    )


def _chosen(tables: Sequence[_Table], columns: Sequence[Column]) -> _Table:
    """The one sheet that has the header; others may hold notes, but no second table."""
    required = {column.title for column in columns if column.required}
    found = [table for table in tables if required <= {*table.names}]
    table = next(iter(found or [table for table in tables if table.names] or tables))
    faults = _faults_of_header(table, columns)
    if faults:
        raise SheetError(*faults)
    for other in found[1:]:
        if next(other.rows, None):
            both = f"“{table.sheet.title}”和“{other.sheet.title}”"
            raise SheetError(whole(f"{both}两张表里都有内容", "合成一张,或者分成两个文件"))
    return table


def _faults_of_header(table: _Table, columns: Sequence[Column]) -> list[Fault]:
    known = [column.title for column in columns]
    suggestion = f"表头可以写:{'、'.join(known)}"
    faults = [
        Fault(row=table.line, column=column.title, reason="没有这一列", suggestion=suggestion)
        for column in columns
        if column.required and column.title not in table.names
    ]
    for name in dict.fromkeys(name for name in table.names if name):
        if name not in known:
            faults.append(
                Fault(
                    row=table.line, column=name[:40],
                    reason="不认识这个表头", suggestion=suggestion,
                )
            )  # fmt: skip
        elif table.names.count(name) > 1:
            faults.append(
                Fault(
                    row=table.line, column=name, reason="这一列有两个", suggestion="只留一个"
                )
            )  # fmt: skip
    return faults


def _read(table: _Table, known: Mapping[str, Column]) -> tuple[list[Row], list[Fault]]:
    titles = {n: known[name] for n, name in enumerate(table.names) if name}
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, Value], int] = {}
    line = table.line
    for count, (line, cells) in enumerate(table.rows, start=1):
        if count > MOST_ROWS:
            raise SheetError(whole("行数太多", f"最多 {MOST_ROWS} 行,请分成几个文件"))
        row, wrong = _row(line, cells, titles)
        wrong = wrong or _twins(row, titles.values(), seen)
        faults += wrong
        rows += [] if wrong else [row]
    _refuse_merged(table, last=line)
    return rows, faults


def _row(
    line: int, cells: Sequence[object], titles: Mapping[int, Column]
) -> tuple[Row, list[Fault]]:
    read: dict[str, Value] = {}
    faults: list[Fault] = []
    for n, column in titles.items():
        try:
            read[column.key] = column.read(cells[n] if n < len(cells) else None)
            if column.required and not read[column.key]:
                raise Refused("没有填", "这一列必须填")
        except Refused as refused:
            faults.append(
                Fault(
                    row=line, column=column.title,
                    reason=refused.reason, suggestion=refused.suggestion,
                )
            )  # fmt: skip
    for n, cell in enumerate(cells):
        if n not in titles and cell not in (None, ""):
            reason = f"第{n + 1}列有内容,可是这一列没有表头"
            faults.append(
                Fault(row=line, column="", reason=reason, suggestion="写上表头,或者清空这一格")
            )
    return Row(line=line, cells=read), faults


def _twins(row: Row, columns: Iterable[Column], seen: dict[tuple[str, Value], int]) -> list[Fault]:
    faults = []
    for column in columns:
        if column.unique and row.cells[column.key]:
            first = seen.setdefault((column.key, row.cells[column.key]), row.line)
            if first != row.line:
                reason = f"和第{first}行的{column.title}一样"
                faults.append(row.fault(column.title, reason, "只留一行"))
    return faults


def _refuse_merged(table: _Table, *, last: int) -> None:
    """Cells merged between header and last row: for which the one value stands, nobody can tell."""
    for area in table.sheet.merged:
        if area.last > table.line and area.first <= last:
            reason = f"有合并的单元格({area.ref})"
            raise SheetError(whole(reason, "请取消合并,每一格都填上,再导入"))


def _filled(
    rows: Iterable[tuple[int, Sequence[object]]],
) -> Iterator[tuple[int, Sequence[object]]]:
    """The rows that hold something; texts without what is unseen around them and our own quote."""
    for line, cells in rows:
        plain = [_unquoted(cell) if isinstance(cell, str) else cell for cell in cells]
        if any(cell not in (None, "") for cell in plain):
            yield line, plain


def _unquoted(cell: str) -> str:
    plain = _AROUND.sub("", cell)
    return plain[1:] if _MARKED.match(plain) else plain


# What lies in the file.


def _sheets(content: bytes, name: str, columns: Sequence[Column]) -> Iterator[Sheet]:
    """The sheets of the file in their order. Raises `SheetError` for what is not a table."""
    if len(content) > LARGEST_FILE:
        raise SheetError(whole("文件太大", "请分成几个文件"))
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SheetError(whole("加了密码", "请用 WPS 打开,取消密码,再保存"))
        raise SheetError(whole("是老格式(xls 或 et)", "请用 WPS 另存为 xlsx"))
    if content.startswith(b"PK\x03\x04") or name.lower().endswith(".xlsx"):
        return read_workbook(content)
    if name.lower().endswith((".csv", ".txt")):
        return iter([_csv(content, columns)])
    raise SheetError(whole("不认识这种文件", "请用 WPS 另存为 xlsx 或 csv"))


def _csv(content: bytes, columns: Sequence[Column]) -> Sheet:
    decoded = _decoded(content)
    separator = "\t" if _is_tabbed(decoded, columns) else ","
    return Sheet(title="", rows=_csv_rows(decoded, separator))


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, Excel's “Unicode text”, or what WPS saves in China."""
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            decoded = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in decoded:  # else it is UTF-16 without its mark, or no text at all
            return decoded
    raise SheetError(whole("文字编码不认识", "请另存为 xlsx,或者 UTF-8 的 csv"))


def _is_tabbed(decoded: str, columns: Sequence[Column]) -> bool:
    """Whether the header, wherever it stands, has tabs between its titles."""
    required = {column.title for column in columns if column.required}
    return any(
        "\t" in line and required <= {_title(part.strip('" \r\n')) for part in line.split("\t")}
        for line in islice(io.StringIO(decoded, newline=""), HEADER_WITHIN)
    )


def _csv_rows(decoded: str, separator: str) -> Iterator[tuple[int, Sequence[object]]]:
    reader = csv.reader(io.StringIO(decoded, newline=""), delimiter=separator, strict=True)
    begins = 1  # a row may reach over several lines; people look for the first
    try:
        for cells in reader:
            yield begins, [_csv_value(cell) for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as fault:
        raise SheetError(whole(f"第{begins}行起 csv 读不下去", "请另存为 xlsx")) from fault


def _csv_value(cell: str) -> object:
    """A csv does not say what is a formula, so what a table program would calculate is one."""
    plain = _AROUND.sub("", cell)
    if _FORMULA.match(plain):
        return Formula()
    if _SHORTENED.fullmatch(plain):
        return Refused("是缩短了的数字,末尾几位已经没了", "把这一列设成“文本”格式再重新填")
    return plain


# How a table is written.


def as_csv(
    columns: Sequence[Column], rows: Sequence[Mapping[str, Value]], *, encoding: str = "utf-8-sig"
) -> bytes:
    """The rows under their titles; what a table program would calculate stands behind a quote."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([column.title for column in columns])
    for row in rows:
        writer.writerow([_quoted(cell, _TO_MARK) for cell in _texts(columns, row)])
    return buffer.getvalue().encode(encoding)


def as_xlsx(columns: Sequence[Column], rows: Sequence[Mapping[str, Value]]) -> bytes:
    """The rows under their titles, or the titles alone: a table to fill in."""
    titles = [(column.title, 20) for column in columns]
    # Only what would be taken for our csv's quote needs one; a workbook knows its texts.
    texts = [[_quoted(cell, _MARKED) for cell in _texts(columns, row)] for row in rows]
    return write_workbook("Sheet1", titles, texts)


def _texts(columns: Sequence[Column], row: Mapping[str, Value]) -> list[str]:
    return [_AROUND.sub("", column.write(row.get(column.key))) for column in columns]


def _quoted(cell: str, looks: re.Pattern[str]) -> str:
    return f"'{cell}" if looks.match(cell) else cell
