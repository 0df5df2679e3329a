"""TOML as our content files write it: read with a clear sentence, written so that a person can go on."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from casework.refusals import BadInput

#: Longer lists are written a line for each.
LONGEST_LINE = 80


def read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"内容文件夹里少了 {path.name}。") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadInput(f"{path.name} 写错了:{fault}") from None


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
