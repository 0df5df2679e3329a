"""Changing the content folder: everything is tried on a copy first, and the old texts are kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casework.refusals import BadInput
from library.reading import load_calendar, load_content
from papers.files import unused, whole


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an import would do: the new texts of files, and how many rows are new or different."""

    files: Mapping[str, str]
    new: int
    changed: int
    same: int


def keep(change: Change, folder: Path, now: datetime, *, is_own: bool, copies: Path) -> Path:
    """Check the whole changed folder, copy the old one to `copies`, and put the files in their places.

    Returns where the copy lies. Raises `BadInput` where the folder is not the house's own, or would
    not be read any more."""
    if not is_own:
        raise BadInput(
            "现在用的是程序自带的内容,升级时会换掉,所以不往里写。"
            f"先把 {folder} 复制到自己的文件夹,把 XIANGSHENG_CONTENT 设成它,再导入。"
        )
    _try_on_a_copy(change.files, folder)
    aside = _aside(folder, copies, now)
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
