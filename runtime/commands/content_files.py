"""Changing the content folder: everything is tried on a copy first, and the old texts are kept."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from casework.refusals import BadInput
from papers.files import whole
from runtime.commands.common import unused
from runtime.content import load_calendar, load_content
from runtime.settings import Settings

#: Longer lists are written a line for each.
LONGEST_LINE = 80


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an import would do: the new texts of files, and how many rows are new or different."""

    files: Mapping[str, str]
    new: int
    changed: int
    same: int


def keep(change: Change, settings: Settings, now: datetime) -> Path:
    """Check the whole changed folder, copy the old one aside, and put the files in their places.

    Returns where the copy lies."""
    folder = settings.content
    if not settings.has_own_content:
        raise BadInput(
            "现在用的是程序自带的内容,升级时会换掉,所以不往里写。"
            f"先把 {folder} 复制到自己的文件夹,把 XIANGSHENG_CONTENT 设成它,再导入。"
        )
    _try_on_a_copy(change.files, folder)
    aside = _aside(folder, settings.data_dir / "content-before", now)
    try:
        with ExitStack() as all_of_them:
            for name, said in change.files.items():
                file = all_of_them.enter_context(whole(folder / name, mode=0o644))
                file.write(said.encode())
                file.flush()  # a full disk says so before the first of them is in its place
    except OSError:
        raise BadInput(f"内容文件夹写不进去:{folder}。原来的在 {aside}。") from None
    return aside


def _try_on_a_copy(files: Mapping[str, str], folder: Path) -> None:
    """Every reader of the folder reads it. Raises `BadInput` as a start of the program would."""
    with tempfile.TemporaryDirectory() as work:
        copy = Path(work) / folder.name
        shutil.copytree(folder, copy)
        for name, said in files.items():
            (copy / name).write_text(said, encoding="utf-8")
        load_content(copy)
        load_calendar(copy / "calendar.csv")


def _aside(folder: Path, copies: Path, now: datetime) -> Path:
    copies.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = unused(copies, now)
    shutil.copytree(folder, aside, ignore=shutil.ignore_patterns("*.xz"))
    return aside


def head_comment(path: Path) -> str:
    """The comment a file begins with; it stays when the rest is written anew."""
    kept: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            break
        kept.append(line)
    head = "\n".join(kept).strip()
    return f"{head}\n\n" if head else ""


def as_toml(table: str, rows: Sequence[Mapping[str, object]]) -> str:
    """An array of tables, as our content files write it."""
    return "\n".join(
        "\n".join([f"[[{table}]]", *(f"{key} = {toml_value(value)}" for key, value in row.items())])
        + "\n"
        for row in rows
    )


def toml_value(value: object) -> str:
    """A TOML value. A JSON string is a TOML string but for DEL, which no table lets through.

    >>> toml_value(["a", "b"])
    '["a", "b"]'
    """
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        parts = [toml_value(each) for each in value]
        flat = f"[{', '.join(parts)}]"
        if len(flat) <= LONGEST_LINE:
            return flat
        return "[\n" + "".join(f"  {part},\n" for part in parts) + "]"
    return json.dumps(value, ensure_ascii=False)
