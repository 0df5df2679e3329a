"""The State Council's notice as a table: which days of a year are off, which weekends are worked."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from library.changes import Change
from library.layers import CALENDAR, Layers
from library.reading import calendar_text
from papers.sheets import (
    Column,
    Fault,
    Refused,
    Row,
    SheetError,
    Value,
    Words,
    day,
    one_line,
    whole,
)

KINDS = Words({"放假": "holiday", "上班": "workday"}, "这种日子")
#: Days that have been off every year since 2008: a sheet without them is not a whole year.
ALWAYS_OFF = ((1, 1), (5, 1), (10, 1))


def _note(cell: object) -> str:
    note = one_line(cell)
    if len(note) > 20:
        raise Refused(f"太长了({len(note)} 个字)", "最多20个字,如 春节")
    return note


COLUMNS = (
    Column(key="date", title="日期", read=day, required=True),
    Column(key="kind", title="放假还是上班", read=KINDS.read, write=KINDS.write, required=True),
    Column(key="note", title="说明", read=_note),
)


def _lines(layers: Layers) -> list[tuple[str, str, str]]:
    text = calendar_text(layers)
    reader = csv.DictReader(io.StringIO(text, newline=""))
    return [(r["date"], r["kind"], r["note"]) for r in reader]


def rows_of(layers: Layers) -> list[Mapping[str, Value]]:
    """Every special day as it stands, for the export."""
    each = [line for line in _lines(layers) if line[1] in KINDS.of.values()]
    return [{"date": on, "kind": kind, "note": note} for on, kind, note in each]


def merge(rows: Sequence[Row], layers: Layers) -> Change:
    """The file as it would read: the years in the sheet are replaced whole, the others stay."""
    lines = _lines(layers)
    first = next(date.fromisoformat(on) for on, kind, _ in lines if kind == "first")
    last = next(date.fromisoformat(on) for on, kind, _ in lines if kind == "last")
    days = _days(rows)
    years = sorted({on.year for on in days})
    faults = [*_not_whole(days, years), *_gaps(years, first.year, last.year)]
    if faults:
        raise SheetError(*faults)
    before = {on: (kind, note) for on, kind, note in lines if kind in KINDS.of.values()}
    said = {on.isoformat(): (row.text("kind"), row.text("note")) for on, row in days.items()}
    kept = {on: each for on, each in before.items() if int(on[:4]) not in years}
    ends = f"{max(years[-1], last.year)}-12-31"
    after = dict(sorted((kept | said).items()))
    by_law = [(on, kind, note) for on, kind, note in lines if kind == "law" and on > ends]
    changed = after != before or ends != last.isoformat()
    return Change(
        files={CALENDAR: _written(first.isoformat(), ends, after, by_law)} if changed else {},
        new=sum(on not in before for on in said),
        changed=sum(on in before and before[on] != each for on, each in said.items()),
        same=sum(before.get(on) == each for on, each in said.items()),
    )


def _days(rows: Sequence[Row]) -> dict[date, Row]:
    days: dict[date, Row] = {}
    faults: list[Fault] = []
    for row in rows:
        on = row.cells["date"]
        assert isinstance(on, date)  # the column is required
        if on in days:
            faults.append(row.fault("日期", f"和第{days[on].line}行是同一天", "只留一行"))
        elif row.cells["kind"] == "workday" and on.weekday() < 5:
            faults.append(
                row.fault("日期", "这天本来就上班", "调休上班的是周六周日,看看年份和日期")
            )
        else:
            days[on] = row
    if faults:
        raise SheetError(*faults)
    return days


def _not_whole(days: Mapping[date, Row], years: Sequence[int]) -> list[Fault]:
    """A year that is taken counts as official to its last day, so it has to be all there."""
    return [
        whole(f"{year}年里没有{month}月{on}日放假,不像是全年的安排", "把这一年的通知写全")
        for year in years
        for month, on in ALWAYS_OFF
        if (day_off := date(year, month, on)).weekday() < 5
        and (day_off not in days or days[day_off].cells["kind"] != "holiday")
    ]


def _gaps(years: Sequence[int], first: int, last: int) -> list[Fault]:
    """Years follow each other; a gap would pass for known."""
    known = set(range(first, last + 1))
    found = []
    for year in years:
        if year not in known and year - 1 not in known:
            found.append(whole(f"{year}年前面缺着年份", f"现在到{last}年,先导入{last + 1}年"))
        known.add(year)
    return found


def _written(
    first: str,
    last: str,
    days: Mapping[str, tuple[str, str]],
    by_law: Sequence[tuple[str, str, str]],
) -> str:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["date", "kind", "note"])
    writer.writerow([first, "first", ""])
    writer.writerow([last, "last", ""])
    writer.writerows([on, *each] for on, each in days.items())
    writer.writerows(by_law)
    return buffer.getvalue()
