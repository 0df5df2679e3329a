"""Ledgers as spreadsheets: clue lists going out, registers of craftsmen coming in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from papers.sheets import Column, mobile, one_line, read_table
from papers.workbooks import write_workbook

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
#: Columns of the register of craftsmen.
CRAFTSMEN = (
    Column(key="name", title="姓名", read=one_line, required=True),
    Column(key="phone", title="电话", read=mobile, required=True, unique=True),
    Column(key="county", title="县", read=one_line),
    Column(key="township", title="乡镇", read=one_line),
    Column(key="trade", title="工种", read=one_line),
    Column(key="certificate", title="证书编号", read=one_line),
)


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
    return write_workbook("问题线索", COLUMNS, [row.cells() for row in rows])


@dataclass(frozen=True, kw_only=True)
class CraftsmanRow:
    """A craftsman as the sheet names him; the caller finds the county's code."""

    name: str
    phone: str
    county: str = ""
    township: str = ""
    trade: str = ""
    certificate: str = ""
    line: int = field(default=0, compare=False)


def read_craftsmen(content: bytes, name: str) -> tuple[CraftsmanRow, ...]:
    """All rows, or `SheetError` with all that is wrong."""
    return tuple(
        CraftsmanRow(line=row.line, **{key: row.text(key) for key in row.cells})
        for row in read_table(content, name, CRAFTSMEN)
    )
