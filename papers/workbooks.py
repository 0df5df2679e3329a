"""Workbooks (xlsx): sheets read cell by cell once nothing in them is a trap, and one written."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from string import ascii_uppercase as LETTERS
from typing import Any
from xml.parsers import expat

#: More columns than any table of ours has; unpacked bytes beyond which it is a trap.
MOST_COLUMNS = 64
LARGEST = 100 * 1024 * 1024

_CREATED = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LONGEST_IN_EXCEL = 32_767
#: Not a text in XML, and how Excel writes such a character all the same.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPED = re.compile(r"_x(00[01][0-9A-Fa-f])_")


class Unreadable(Exception):
    """Why nothing of the workbook can be taken, and what to do about it."""

    def __init__(self, reason: str, suggestion: str) -> None:
        super().__init__(reason)
        self.reason, self.suggestion = reason, suggestion


class Formula:
    """Stands for a cell that is calculated: what it shows is not what is written there."""


@dataclass(frozen=True, kw_only=True)
class Area:
    """Cells that are merged: as people write them, and their first and last line."""

    ref: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One sheet as it lies in the file: each row with its line, and the areas that are merged."""

    title: str
    rows: Iterator[tuple[int, Sequence[object]]]
    merged: Sequence[Area] = ()


def read_workbook(content: bytes) -> Iterator[Sheet]:
    """The sheets in their order, rows as they are asked for. Raises `Unreadable`, also then."""
    import openpyxl  # here, because most commands never open a spreadsheet

    with _or_broken():
        looked = _inspected(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
        if not book.worksheets:
            raise ValueError("no sheet that openpyxl knows")
        for sheet in book.worksheets:
            part = looked[sheet._worksheet_path]
            # WPS writes the extent A1 whatever the sheet holds, and openpyxl would believe it.
            sheet.reset_dimensions()
            yield Sheet(title=sheet.title, rows=_rows(sheet, part.widest), merged=part.merged)


def _rows(sheet: Any, widest: int) -> Iterator[tuple[int, Sequence[object]]]:
    with _or_broken():
        for line, cells in enumerate(sheet.iter_rows(max_col=max(widest, 1)), start=1):
            yield line, [_value(cell) for cell in cells]


def _value(cell: Any) -> object:
    value = cell.value
    if cell.data_type in ("f", "e"):
        return Formula()
    if isinstance(value, str):
        return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), value)
    if isinstance(value, int) and re.fullmatch("0{2,}", cell.number_format):
        return str(value).zfill(len(cell.number_format))  # the zeros that people see before it
    return value


@contextmanager
def _or_broken() -> Iterator[None]:
    try:
        yield
    except Unreadable:
        raise
    except Exception as fault:  # whatever a broken file does to the parser, it is one sentence here
        raise Unreadable("打不开", "文件坏了,或者不是 xlsx。请用 WPS 另存为 xlsx") from fault


class _Inspector:
    """Goes through a part of a workbook before anything is built from it, and refuses traps.

    openpyxl keeps what it does not know and fills every gap between two rows, so what it is
    given must be bounded: rows and shared strings, and how much one of them holds.
    """

    MOST_RECORDS = 2_000_000
    LARGEST_RECORD = 500_000

    def __init__(self) -> None:
        self.merged: list[Area] = []
        self.widest = 0
        self._records = self._elements = self._column = 0

    def look(self, part: Any) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._element
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.ParseFile(part)
        except expat.ExpatError:
            return  # a picture; if it should have been XML, openpyxl stumbles at the same place

    def _doctype(self, *_: object) -> None:
        raise Unreadable("里面有不该有的定义", "请用 WPS 打开,另存为 xlsx")

    def _element(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        match tag.rpartition(" ")[2]:
            case "row":
                line = int(attributes.get("r", self._records + 1))
                if line <= self._records:  # openpyxl would leave such a row out
                    raise ValueError("rows out of order")
                self._records, self._elements, self._column = line, 0, 0
            case "si":
                self._records += 1
                self._elements = 0
            case "c":
                self._column = _number_of(attributes.get("r", "")) or self._column + 1
            case "v" | "is" | "f":
                self.widest = max(self.widest, self._column)
            case "mergeCell":
                ref = attributes["ref"]
                first, *_, last = [int(part.lstrip(LETTERS)) for part in f"{ref}:{ref}".split(":")]
                self.merged.append(Area(ref=ref, first=first, last=last))
        if self._records > self.MOST_RECORDS or self._elements > self.LARGEST_RECORD:
            raise Unreadable("里面的东西太多", "请分成几个文件")


def _inspected(content: bytes) -> dict[str, _Inspector]:
    """What was seen in each part of the workbook. Raises `Unreadable` for a trap."""
    looked = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(each.file_size for each in archive.infolist()) > LARGEST:
            raise Unreadable("展开后太大", "请分成几个文件")
        for each in archive.infolist():
            looked[each.filename] = _Inspector()
            with archive.open(each) as part:
                looked[each.filename].look(part)
            if looked[each.filename].widest > MOST_COLUMNS:
                raise Unreadable("列数太多", f"最多 {MOST_COLUMNS} 列,清空右边的内容")
    return looked


def _number_of(coordinate: str) -> int:
    """The column of a coordinate, 1 for A; 0 where there is none."""
    number = 0
    for letter in coordinate.rstrip("0123456789"):
        number = number * 26 + ord(letter.upper()) - 64
    return number


def write_workbook(
    title: str, titles: Sequence[tuple[str, int]], rows: Sequence[Sequence[str | int]]
) -> bytes:
    """One sheet. Texts stay texts, whatever they begin with; equal rows give equal bytes.

    `titles` come with the width of their column in characters.
    """
    import xlsxwriter  # here, because most commands never write a spreadsheet

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"created": _CREATED, "title": title})
    sheet = book.add_worksheet(title)
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1, "num_format": "@"})
    as_text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    as_number = book.add_format({"valign": "top"})
    for column, (name, width) in enumerate(titles):
        sheet.set_column(column, column, width, as_text)
        sheet.write_string(0, column, name, bold)
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, int):
                sheet.write_number(line, column, cell, as_number)
            else:
                sheet.write_string(line, column, _fit(cell), as_text)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(titles) - 1)
    book.close()
    return buffer.getvalue()


def _fit(cell: str) -> str:
    return _CONTROL.sub("", cell)[:_LONGEST_IN_EXCEL]
