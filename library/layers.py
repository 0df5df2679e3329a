"""Two layers of content: the programme's folder, and over it what an office says itself.

The folder belongs to the program: an upgrade brings another one, so nothing is written there. An
office's own files lie in its data folder; of two records with one name its own counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from casework.refusals import BadInput
from library.written import parsed

#: The office's own folder in its data folder, and what may lie there.
OWN = "own-content"
TOPICS, OFFICES, TEXTS, CALENDAR = "topics.toml", "offices.toml", "texts.toml", "calendar.csv"
COUNTY = re.compile(r"counties/(\d{6})\.toml", re.ASCII)
#: No table of an office is larger: 157 counties, 300 units, some hundred topics.
LARGEST = 4 * 1024 * 1024

#: Texts of files by their names under the folder, as in "counties/410423.toml".
Own = Mapping[str, str]


@dataclass(frozen=True)
class Layers:
    """One programme as an office uses it: the folder, and the texts of the office's own files."""

    folder: Path
    own: Own = field(default_factory=dict)

    @classmethod
    def at(cls, folder: Path, own: Path) -> Layers:
        """As they lie there now. What cannot be read as text counts as an empty file with a fault."""
        return cls(folder, read_own(own))

    def over(self, files: Own) -> Layers:
        """With these files of the office's own instead of those it has."""
        return replace(self, own={**self.own, **files})

    def theirs(self, name: str) -> dict[str, Any]:
        """A table of the programme's folder. Raises `BadInput`."""
        path = self.folder / name
        try:
            return parsed(name, path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BadInput(f"内容文件夹里少了 {path.name}。") from None
        except UnicodeDecodeError:
            raise BadInput(f"{name} 不是 UTF-8 编码,用编辑器另存为 UTF-8。") from None

    def ours(self, name: str) -> dict[str, Any]:
        """A table of the office's own, empty where it has none. Raises `BadInput`."""
        return parsed(shown(name), self.own.get(name, ""))

    def names(self, pattern: str) -> Iterator[str]:
        """Files of the programme's folder, like "topics/*.toml"."""
        return (str(path.relative_to(self.folder)) for path in sorted(self.folder.glob(pattern)))


def shown(name: str) -> str:
    """How a file of the office's own is called where a person reads of it."""
    return f"{OWN}/{name}"


def read_own(folder: Path) -> dict[str, str]:
    """The office's own files as they lie there. One that is no text is given back as its fault, which
    every reader then names."""
    found = {}
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            found[str(path.relative_to(folder))] = _text(path)
    return found


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:  # taken away between two looks
        return ""
    except OSError:  # written by another account, or a disk that fails
        return UNREADABLE
    if len(content) > LARGEST:
        return UNREADABLE
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return UNREADABLE


#: Stands for a file that cannot be read, is no text, or too long for one: no reader takes it.
UNREADABLE = "\0"


def refuse_strange(name: str, text: str) -> None:
    """Raises `BadInput` for a file that has no place among an office's own, or is no text."""
    if name not in (TOPICS, OFFICES, TEXTS, CALENDAR) and not COUNTY.fullmatch(name):
        raise BadInput(
            f"{shown(name)}:不认识这个文件,没有用。能放的是 {TOPICS}、{OFFICES}、{TEXTS}、{CALENDAR} "
            "和 counties/县的6位代码.toml。"
        )
    if text == UNREADABLE:
        raise BadInput(
            f"{shown(name)}:读不出来。要是 UTF-8 的文字,不能太大,运行服务的那个账号要有权限读。"
        )


def line_of(text: str, words: str) -> str:
    """ "第12行", where the words stand first; '' where they do not.

    >>> line_of("a = 1\\nb = 2", "b =")
    '第2行'
    """
    at = text.find(words)
    return f"第{text.count(chr(10), 0, at) + 1}行" if at >= 0 else ""
