"""What of the queue is looked at, as it stands in an address: no word of a report ever does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from casework.queue import Scope, Tab, View
from casework.refusals import BadInput

_PATTERNS: Mapping[str, tuple[re.Pattern[str], str]] = {
    "county": (re.compile(r"\d{6}", re.ASCII), "县的代码是6位数字。"),
    "category": (re.compile(r"[a-z_]{1,20}(\.[a-z_]{1,20})?", re.ASCII), "没有这一类问题。"),
    "handler": (re.compile(r"[\w-]{1,40}", re.ASCII), "没有这个人。"),
    "month": (re.compile(r"\d{4}-\d{2}", re.ASCII), "月份要写成 2026-11 这样。"),
}


def view_of(query: Mapping[str, str], default: View) -> View:
    """The view an address names. Raises `BadInput` for one that no page of ours wrote."""
    wanted: dict[str, str] = {}
    for name, (pattern, sentence) in _PATTERNS.items():
        if value := query.get(name, ""):
            if not pattern.fullmatch(value):
                raise BadInput(sentence)
            wanted[name] = value
    try:
        tab, scope = (
            Tab(query.get("tab") or default.tab),
            Scope(query.get("scope") or default.scope),
        )
    except ValueError:
        raise BadInput("没有这一栏,请从上面的栏目里选。") from None
    return View(tab=tab, scope=scope, **wanted)


def query_of(view: View, **more: str) -> str:
    """The same as an address, without what is empty."""
    told = {each.name: str(getattr(view, each.name)) for each in fields(view)}
    return urlencode({name: value for name, value in {**told, **more}.items() if value})


def is_a_place(query: str) -> bool:
    """Whether it looks like what `query_of` writes; anything else is not put into an address of ours."""
    return bool(query) and all(each.isalnum() or each in "=&._-~%+" for each in query)


After = Annotated[str, Query(max_length=100)]
