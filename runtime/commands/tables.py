"""`import` and `export`: the staff's own spreadsheets. One wrong row, and nothing is written."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from casework.actions import staffing
from casework.refusals import BadInput
from casework.shelves import Craftsman
from casework.workdays import day_of
from library import calendar, counties, offices, people, topics
from library.changes import Change, keep, tried
from library.layers import Layers
from nlp.places import Gazetteer
from papers.files import write_whole
from papers.ledger import CRAFTSMEN, CraftsmanRow, read_craftsmen
from papers.sheets import (
    LARGEST_FILE,
    Column,
    Fault,
    Row,
    SheetError,
    Value,
    as_csv,
    as_xlsx,
    read_table,
)
from runtime.commands.common import console, run, service
from runtime.settings import load_settings
from runtime.wiring import place_of

NOT_HERE = (
    "资金台账和改造进度在别的系统里,这一版没有地方放它们的数字,所以不导入、不导出:"
    "没有 import ledger、import progress。"
)

imports = typer.Typer(
    help=f"导入表格(xlsx,或 UTF-8、GB18030、UTF-16 的 csv 和制表符分隔的 txt)。有一行不对就一行也不写。{NOT_HERE}",
    no_args_is_help=True,
)
exports = typer.Typer(
    help=f"导出成表格(xlsx 或 csv),改好可以再导入。{NOT_HERE}", no_args_is_help=True
)

#: More faults than this are not read by anybody at once.
MOST_SHOWN = 30

Source = Annotated[Path, typer.Argument(help="表格文件,.xlsx、.csv 或 .txt")]
Target = Annotated[Path, typer.Argument(help="写到哪个文件,.xlsx 或 .csv")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查,不写入")]


class Encoding(StrEnum):
    """How a csv is written: with a mark that WPS knows, or as older programs want it."""

    UTF8 = "utf-8"
    GB18030 = "gb18030"


In = Annotated[Encoding, typer.Option("--encoding", help="csv 的文字编码")]


class Shelf(NamedTuple):
    """One kind of content table: its columns, how it is read out, how rows are put in."""

    columns: Sequence[Column]
    rows_of: Callable[[Layers], list[Mapping[str, Value]]]
    merge: Callable[[Sequence[Row], Layers], Change]


TOPICS = Shelf(topics.COLUMNS, topics.rows_of, topics.merge)
OFFICES = Shelf(offices.COLUMNS, offices.rows_of, offices.merge)
COUNTY_FACTS = Shelf(
    counties.COLUMNS,
    counties.rows_of,
    lambda rows, layers: counties.merge(rows, layers, today=day_of(datetime.now(UTC))),
)
CALENDAR = Shelf(calendar.COLUMNS, calendar.rows_of, calendar.merge)


def _refuse(error: SheetError) -> typer.Exit:
    """Every fault on a line of its own."""
    for fault in error.faults[:MOST_SHOWN]:
        console.print(fault.sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    more = len(error.faults) - MOST_SHOWN
    console.print(f"{f'另有 {more} 处。' if more > 0 else ''}一行也没有写入。")
    return typer.Exit(1)


def _content(file: Path) -> bytes:
    """The bytes of a table; one byte too many is enough to refuse it."""
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except OSError:
        raise BadInput(f"没有这个文件:{file}") from None


def _import(file: Path, shelf: Shelf, *, dry_run: bool) -> None:
    try:
        rows = read_table(_content(file), file.name, shelf.columns)
        _taken_in(lambda layers: shelf.merge(rows, layers), dry_run=dry_run)
    except SheetError as error:
        raise _refuse(error) from None


def _taken_in(make: Callable[[Layers], Change], *, dry_run: bool) -> None:
    place = place_of(load_settings())
    if dry_run:
        layers = place.layers()
        change = make(layers)
        tried(layers, change)
        console.print(f"检查过了,{_counted(change)}。没有写入。")
        return
    change, aside = keep(place, make, datetime.now(UTC))
    if not change.files:
        console.print(f"{_counted(change)}。没有要写的。")
        return
    console.print(f"写好了:{_counted(change)}。开着的服务几秒钟就用上。", soft_wrap=True)
    if aside:
        console.print(f"原来的在 {aside}。", soft_wrap=True)


def _counted(change: Change) -> str:
    return f"新的 {change.new} 行,有变化 {change.changed} 行,没变 {change.same} 行"


@imports.command("topics")
def import_topics(file: Source, dry_run: DryRun = False) -> None:
    """导入问答:按编号新增或修改,没写到的不动,不删除。“问法”一格里一行一种说法。"""
    _import(file, TOPICS, dry_run=dry_run)


@imports.command("offices")
def import_offices(file: Source, dry_run: DryRun = False) -> None:
    """导入机构和电话:按单位编号新增或修改,没写到的不动,不删除。"""
    _import(file, OFFICES, dry_run=dry_run)


@imports.command("calendar")
def import_calendar(file: Source, dry_run: DryRun = False) -> None:
    """导入放假安排:表里有哪一年,就整年换掉哪一年。要写全一年。"""
    _import(file, CALENDAR, dry_run=dry_run)


@imports.command("craftsmen")
def import_craftsmen(file: Source, dry_run: DryRun = False) -> None:
    """导入工匠名册:按电话新增或修改,不删除。"""

    async def importing() -> None:
        async with service() as opened:
            listed = _craftsmen(file, opened.knows.gazetteer)
            if dry_run:
                console.print(f"检查过了,{len(listed)} 人。没有写入。")
                return
            async with opened.office.files() as files:
                new, changed = await files.craftsmen.upsert(listed)
            console.print(
                f"新增 {new} 人,更新 {changed} 人,没变 {len(listed) - new - changed} 人。"
            )

    try:
        run(importing)
    except SheetError as error:
        raise _refuse(error) from None


def _craftsmen(file: Path, gazetteer: Gazetteer) -> list[Craftsman]:
    """The register with the codes of its counties; a county nobody knows is named by its line."""
    listed = []
    faults: list[Fault] = []
    for row in read_craftsmen(_content(file), file.name):
        county = gazetteer.find(row.county).county if row.county else ""
        if row.county and not county:
            reason = f"没有“{row.county[:20]}”这个县"
            faults.append(
                Fault(row=row.line, column="县", reason=reason, suggestion="写全名,如 鲁山县")
            )
            continue
        listed.append(_craftsman(row, county))
    if faults:
        raise SheetError(*faults)
    return listed


def _craftsman(row: CraftsmanRow, county: str) -> Craftsman:
    return Craftsman(
        id=f"c-{secrets.token_hex(6)}", name=row.name, phone=row.phone, county=county,
        township=row.township, trade=row.trade, certificate=row.certificate,
    )  # fmt: skip


@imports.command("people")
def import_people(
    file: Source,
    links: Annotated[
        Path | None, typer.Option("--links", help="邀请链接写到哪个新文件,.xlsx,只写这一次")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """按表请同事:姓名、单位、岗位,从哪天、到哪天。有一行不对就一个人也不请;密码由本人打开链接自己设。"""

    async def importing() -> None:
        async with service() as opened:
            wanted = people.wanted(_content(file), file.name, opened.office.content.organisation)
            if dry_run:
                await staffing.try_to_invite(opened.office, None, wanted)
                console.print(f"检查过了,{len(wanted)} 人。没有写入。")
                return
            if links is None or links.suffix.lower() != ".xlsx" or links.exists():
                raise BadInput("用 --links 写一个还没有的 .xlsx 文件名,邀请链接写在里面。")
            offices, base = opened.office.content.organisation, opened.settings.base_url

            def keep(invited: Sequence[staffing.Invitation]) -> None:
                table = people.as_table(invited, offices, lambda t: f"{base}/desk/invite/{t}")
                try:
                    write_whole(links, table)
                except OSError:
                    raise BadInput(f"写不了这个文件:{links}。一个人也没有请。") from None

            await staffing.invite_all(opened.office, None, wanted, keep)
            console.print(f"请了 {len(wanted)} 人,链接在 {links},7天内有效,交给本人以后就删。")

    async def with_rows() -> None:
        try:
            await importing()
        except staffing.NotThese as refusal:
            raise people.as_faults(refusal) from None

    try:
        run(with_rows)
    except SheetError as error:
        raise _refuse(error) from None


def _export(file: Path, shelf: Shelf, encoding: Encoding) -> None:
    async def exporting() -> None:
        rows = shelf.rows_of(place_of(load_settings()).layers())
        write_table(file, shelf.columns, rows, encoding)

    run(exporting)


def write_table(
    file: Path, columns: Sequence[Column], rows: Sequence[Mapping[str, Value]], encoding: Encoding
) -> None:
    match file.suffix.lower():
        case ".csv":
            marked = "utf-8-sig" if encoding is Encoding.UTF8 else encoding.value
            content = as_csv(columns, rows, encoding=marked)
        case ".xlsx":
            content = as_xlsx(columns, rows)
        case _:
            raise BadInput("文件名要以 .xlsx 或 .csv 结尾。")
    try:
        write_whole(file, content)
    except OSError:
        raise BadInput(f"写不了这个文件:{file}") from None
    console.print(f"{len(rows)} 行写到 {file}", soft_wrap=True)


@imports.command("county-facts")
def import_county_facts(file: Source, dry_run: DryRun = False) -> None:
    """导入各县的数,一个县一行:空着的格不动。每行要写依据、从哪天起;导进来的等人在工作台上复核。"""
    _import(file, COUNTY_FACTS, dry_run=dry_run)


@exports.command("county-facts")
def export_county_facts(file: Target, encoding: In = Encoding.UTF8) -> None:
    """导出各县的数,全省的县都在,填好可以再导入。"""
    _export(file, COUNTY_FACTS, encoding)


@exports.command("topics")
def export_topics(file: Target, encoding: In = Encoding.UTF8) -> None:
    """导出问答,每个问题一行。"""
    _export(file, TOPICS, encoding)


@exports.command("offices")
def export_offices(file: Target, encoding: In = Encoding.UTF8) -> None:
    """导出机构和电话,每个单位一行。"""
    _export(file, OFFICES, encoding)


@exports.command("calendar")
def export_calendar(file: Target, encoding: In = Encoding.UTF8) -> None:
    """导出放假安排,每个特别的日子一行。"""
    _export(file, CALENDAR, encoding)


@exports.command("craftsmen")
def export_craftsmen(file: Target, encoding: In = Encoding.UTF8) -> None:
    """导出工匠名册;还没有人时是一张空表,可以照着填。里面有电话,只有自己能读,用完就删。"""

    async def exporting() -> None:
        async with service() as opened:
            rows: list[Mapping[str, Value]] = []
            after = ""
            async with opened.office.reading() as reading:
                while page := await reading.craftsmen.segment("", after=after):
                    after = page[-1].id
                    rows += [_as_row(person, opened.knows.gazetteer) for person in page]
            write_table(file, CRAFTSMEN, rows, encoding)

    run(exporting)


def _as_row(person: Craftsman, gazetteer: Gazetteer) -> Mapping[str, Value]:
    """As the import reads it: the county by its name."""
    return {
        "name": person.name, "phone": person.phone, "county": gazetteer.name(person.county),
        "township": person.township, "trade": person.trade, "certificate": person.certificate,
    }  # fmt: skip
