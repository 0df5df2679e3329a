"""Topics as a table: one question a row, its other wordings as lines of one cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from casework.content import MOST_STEPS, YEAR
from library.changes import Change
from library.layers import TOPICS, Layers
from library.reading import topic_rows
from library.written import as_toml
from papers.sheets import (
    Column,
    Fault,
    Refused,
    Row,
    SheetError,
    Value,
    Words,
    day,
    lines,
    one_line,
    text,
)

#: An answer fits one screen of a phone.
LONGEST_ANSWER = 160
LONGEST_STEP = 40
STATUSES = Words({"已审定": "approved", "草稿": "draft"}, "这种状态")
#: What the product does about a topic beside answering it.
ROLES = Words({
    "房子要塌": "urgent", "查进度": "status", "找人工": "human", "要反映": "report",
    "不算险情": "no_danger", "答完问要不要反映": "complaint", "别处的事": "elsewhere",
    "说不清归谁的事": "beyond",
}, "这种用处")  # fmt: skip
_SLUG = re.compile(r"[a-z]+(\.[a-z0-9_-]+)+")


def _slug(cell: object) -> str:
    slug = one_line(cell)
    if slug and not _SLUG.fullmatch(slug):
        raise Refused("编号写得不对", "小写字母和点,如 apply.how")
    return slug


def _role(cell: object) -> str:
    return ROLES.read(cell) if one_line(cell) else ""


def _answer(cell: object) -> str:
    return text(cell, longest=LONGEST_ANSWER)


def _examples(cell: object) -> tuple[str, ...]:
    examples = lines(cell)
    if not all(map(YEAR.search, examples)):
        raise Refused("有个例子没有年份", "一行一个,写明是哪里、哪年的,如 许昌市2017年:…")
    if sum(map(len, examples)) > LONGEST_ANSWER:
        raise Refused("例子太长", f"合起来最多{LONGEST_ANSWER}个字")
    return examples


def _steps(cell: object) -> tuple[str, ...]:
    steps = lines(cell)
    if len(steps) > MOST_STEPS or any(len(step) > LONGEST_STEP for step in steps):
        raise Refused("步骤太多或太长", f"最多{MOST_STEPS}行,每行最多{LONGEST_STEP}个字")
    return steps


def _region(cell: object) -> str:
    region = one_line(cell)
    if region and not re.fullmatch(r"\d{6}", region):
        raise Refused("不是6位地区代码", "如 410000;全国适用就空着")
    return region


def _joined(value: Value) -> str:
    return "\n".join(value) if isinstance(value, tuple | list) else ""


COLUMNS = (
    Column(key="slug", title="编号", read=_slug, required=True, unique=True),
    Column(key="role", title="用处", read=_role, write=ROLES.write),
    Column(key="question", title="问题", read=one_line),
    Column(key="variants", title="问法", read=lines, write=_joined),
    Column(key="answer", title="回答", read=_answer),
    Column(key="source", title="来源", read=one_line),
    Column(key="status", title="状态", read=STATUSES.read, write=STATUSES.write),
    Column(key="region", title="地区", read=_region),
    Column(key="valid_from", title="生效日期", read=day),
    Column(key="valid_to", title="失效日期", read=day),
    Column(key="reviewed_on", title="审核日期", read=day),
    Column(key="later", title="后来的规定", read=_answer),
    Column(key="later_from", title="后来的规定哪天起", read=day),
    Column(key="later_source", title="后来的来源", read=one_line),
    Column(key="examples", title="别处的例子", read=_examples, write=_joined),
    Column(key="steps", title="怎么办", read=_steps, write=_joined),
    Column(key="needs", title="要县里定的", read=lines, write=_joined),
    Column(key="see_also", title="还可以看", read=lines, write=_joined),
)
TITLES = {column.key: column.title for column in COLUMNS}
ORDER = [column.key for column in COLUMNS]


def rows_of(layers: Layers) -> list[Mapping[str, Value]]:
    """Every topic as it stands, for the export."""
    each = [row for _, row in topic_rows(layers).values()]
    return [{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()} for row in each]


def merge(rows: Sequence[Row], layers: Layers) -> Change:
    """The office's own topics as they would read. A column that is not in the sheet leaves what is
    there; a topic that reads as the programme has it is no longer the office's own."""
    theirs = {slug: row for slug, (_, row) in topic_rows(Layers(layers.folder)).items()}
    known = {slug: row for slug, (_, row) in topic_rows(layers).items()}
    after = {slug: dict(row) for slug, row in known.items()}
    line_of = {row.text("slug"): row for row in rows}
    faults: list[Fault] = []
    for slug, row in line_of.items():
        after[slug] = _merged(after.get(slug, {"slug": slug}), row)
    for slug, row in line_of.items():
        faults += _faults(row, after[slug], after)
    faults += _shared_wordings(line_of, after)
    if faults:
        raise SheetError(*sorted(faults, key=lambda fault: fault.row))
    changed = sum(slug in known and after[slug] != known[slug] for slug in line_of)
    new = sum(slug not in known for slug in line_of)
    own = [row for slug, row in after.items() if row != theirs.get(slug)]
    return Change(
        files={TOPICS: as_toml("topic", own)} if new or changed else {},
        new=new, changed=changed, same=len(rows) - new - changed,
    )  # fmt: skip


def _merged(old: Mapping[str, Any], row: Row) -> dict[str, Any]:
    """What the row says over what was there; an emptied cell takes the value away."""
    merged = dict(old)
    for key, value in row.cells.items():
        said = list(value) if isinstance(value, tuple) else value
        if said or key in ("slug", "question", "variants", "answer", "source"):
            merged[key] = said if said is not None else ""
        else:
            merged.pop(key, None)
    return {key: merged[key] for key in ORDER if key in merged}


def _faults(row: Row, topic: Mapping[str, Any], known: Mapping[str, Any]) -> list[Fault]:
    found = []
    for key in ("question", "variants", "status"):
        if not topic.get(key):
            found.append(row.fault(TITLES[key], "没有填", "新的一条必须有"))
    if topic.get("status") == "approved":
        for key in ("answer", "source", "reviewed_on"):
            if not topic.get(key):
                found.append(
                    row.fault(TITLES[key], "没有填", "已审定的必须有;还没有就把状态写成草稿")
                )
    begins, ends = topic.get("valid_from"), topic.get("valid_to")
    if begins and ends and ends < begins:
        found.append(row.fault("失效日期", "比生效日期早", "看看两个日期是不是写反了"))
    for slug in topic.get("see_also", []):
        if slug not in known:
            found.append(row.fault("还可以看", f"没有 {slug[:40]} 这一条", "写已经有的编号"))
    return found


def _shared_wordings(line_of: Mapping[str, Row], after: Mapping[str, Any]) -> list[Fault]:
    """The same words may not ask two things."""
    owner: dict[str, str] = {}
    for slug, topic in after.items():
        if slug not in line_of:
            owner.update(dict.fromkeys([topic["question"], *topic["variants"]], slug))
    found = []
    for slug, row in line_of.items():
        topic = after[slug]
        for said in dict.fromkeys([topic.get("question", ""), *topic.get("variants", [])]):
            other = owner.setdefault(said, slug)
            if said and other != slug:
                reason = f"“{said[:30]}”已经是 {other} 的问法"
                found.append(row.fault("问法", reason, "只留在一条里"))
    return found
