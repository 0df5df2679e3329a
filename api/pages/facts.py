"""What was understood of a report, as lines a handler reads; nothing empty, nothing in codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casework.content import Content
from casework.reports import Accused, accused_of
from nlp.understanding import Understanding

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
    label = _label("role", one.role, content)
    known = content.organisation[one.unit].name if one.unit in content.organisation else one.unit
    return " ".join(dict.fromkeys(filter(None, (label, one.name, one.words or known))))


def _label(kind: str, id: str, content: Content) -> str:
    """What content calls it; as it is where content does not know it."""
    key = f"{kind}.{id}"
    return content.texts(key) if key in content.texts else id


def _listed(found: object, called: Callable[[str], str] = str) -> str:
    return "、".join(called(str(each)) for each in found) if isinstance(found, list | tuple) else ""


def marked(story: str, facts: Mapping[str, object]) -> list[tuple[str, str]]:
    """The story in pieces, each with what it is: '' for plain words, "identity" for what would tell who she
    is, "about" for whom it is about, "when" and "evidence" for what was heard of those."""
    wanted = [(str(each), "identity") for each in _strings(facts.get("identity"))]
    wanted += [(w, "about") for each in accused_of(facts) for w in (each.words, each.name) if w]
    wanted += [(str(each), "when") for each in _strings(facts.get("dates"))]
    spans: list[tuple[int, int, str]] = []
    for words, kind in wanted:
        at = story.find(words) if len(words) > 1 else -1
        if at >= 0 and not any(start < at + len(words) and at < end for start, end, _ in spans):
            spans.append((at, at + len(words), kind))
    pieces, here = [], 0
    for start, end, kind in sorted(spans):
        pieces += [(story[here:start], ""), (story[start:end], kind)]
        here = end
    return [piece for piece in (*pieces, (story[here:], "")) if piece[0]]


def _strings(found: object) -> list[str]:
    return [str(each) for each in found] if isinstance(found, list | tuple) else []


def fact_lines(facts: Mapping[str, object], knows: Understanding) -> list[tuple[str, str]]:
    """(label, words) of what is known."""
    amounts, people, content = facts.get("amounts"), facts.get("people"), knows.content
    place = str(facts.get("place_code") or "")
    lines = (
        ("地方", knows.gazetteer.full_name(place) if place in knows.gazetteer else place),
        ("什么时候", str(facts.get("when") or "") or _listed(facts.get("dates"))),
        ("涉及谁", "、".join(_called(each, content) for each in accused_of(facts))),
        (
            "多少钱",
            "、".join(f"{each} 元" for each in amounts) if isinstance(amounts, list) else "",
        ),
        ("多少人", f"{people} 人" if people else ""),
        ("凭据", _listed(facts.get("evidence"), lambda id: _label("evidence", id, content))),
        ("还不清楚", _listed(facts.get("missing"), lambda id: MISSING.get(id, id))),
        ("从哪里来", CHANNELS.get(str(facts.get("channel")), str(facts.get("channel") or ""))),
        ("危险", "有人可能有危险,先打电话" if facts.get("danger") else ""),
    )
    return [(label, words) for label, words in lines if words]
