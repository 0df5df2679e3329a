"""TOML as our content files write it: read with a clear sentence, written so that a person can go on."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from casework.refusals import BadInput

#: Longer lists are written a line for each.
LONGEST_LINE = 80
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")


def parsed(name: str, text: str) -> dict[str, Any]:
    """The table a text is. Raises `BadInput` naming file, line and what is usually wrong there."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        found = _PLACE.search(str(fault))
        where = f"第{found[1]}行第{found[2]}个字" if found else "最后"
        raise BadInput(
            f"{name} {where}读不下去({fault})。看看这一行的引号、等号、方括号是不是成对,是不是英文的。"
        ) from None


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
