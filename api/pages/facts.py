"""What was understood of a report, as lines a handler reads; nothing empty, nothing in codes."""

from __future__ import annotations

from collections.abc import Mapping

from casework.content import Content
from casework.reports import Accused, accused_of

MISSING = {
    "who": "涉及谁",
    "what": "怎么回事",
    "where": "在哪里",
    "when": "什么时候",
    "how_much": "多少钱",
    "evidence": "凭据",
}

CHANNELS = {"web": "网页", "api": "接口", "telegram": "Telegram", "wechat": "微信", "paper": "纸面"}


def _called(one: Accused, content: Content) -> str:
    """村会计 李某某, 平顶山市住建局: in words, never a code."""
    label = content.texts(f"role.{one.role}") if f"role.{one.role}" in content.texts else one.role
    known = content.organisation[one.unit].name if one.unit in content.organisation else one.unit
    return " ".join(dict.fromkeys(filter(None, (label, one.name, one.words or known))))


def _listed(found: object, words: Mapping[str, str] | None = None) -> str:
    if not isinstance(found, list | tuple):
        return ""
    return "、".join((words or {}).get(str(each), str(each)) for each in found)


def fact_lines(facts: Mapping[str, object], content: Content) -> list[tuple[str, str]]:
    """(label, words) of what is known."""
    amounts, people = facts.get("amounts"), facts.get("people")
    place = str(facts.get("place_code") or "")
    known = content.organisation.county_unit(place[:6])
    lines = (
        ("地方代码", f"{place}({known.name})" if known else place),
        ("什么时候", str(facts.get("when") or "") or _listed(facts.get("dates"))),
        ("涉及谁", "、".join(_called(each, content) for each in accused_of(facts))),
        (
            "多少钱",
            "、".join(f"{each} 元" for each in amounts) if isinstance(amounts, list) else "",
        ),
        ("多少人", f"{people} 人" if people else ""),
        ("凭据", _listed(facts.get("evidence"))),
        ("还不清楚", _listed(facts.get("missing"), MISSING)),
        ("从哪里来", CHANNELS.get(str(facts.get("channel")), str(facts.get("channel") or ""))),
        ("危险", "有人可能有危险,先打电话" if facts.get("danger") else ""),
    )
    return [(label, words) for label, words in lines if words]
