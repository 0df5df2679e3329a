"""What was understood of a report, as lines a handler reads; nothing empty, nothing in codes."""

from __future__ import annotations

from collections.abc import Mapping

from casework.content import Content

ROLES = {
    "village_secretary": "村支书",
    "village_director": "村主任",
    "village_accountant": "村会计",
    "village_supervisor": "村监委会主任",
    "village_cadre": "村干部",
    "team_leader": "组长",
    "first_secretary": "驻村第一书记",
    "work_team": "驻村工作队",
    "township_cadre": "乡镇干部",
    "township_head": "乡镇领导",
    "county_cadre": "县里干部",
    "county_head": "县领导",
    "inspector": "验收人员",
    "city_cadre": "市里干部",
    "province_cadre": "省里干部",
    "discipline_cadre": "纪委干部",
    "handler": "承办人",
    "contractor": "施工队",
    "craftsman": "工匠",
}

MISSING = {
    "who": "涉及谁",
    "what": "怎么回事",
    "where": "在哪里",
    "when": "什么时候",
    "how_much": "多少钱",
    "evidence": "凭据",
}

CHANNELS = {"web": "网页", "api": "接口", "telegram": "Telegram", "wechat": "微信", "paper": "纸面"}


def _accused(found: object) -> str:
    if not isinstance(found, Mapping):
        return ""
    role = str(found.get("role") or "")
    said = (ROLES.get(role, role), str(found.get("name") or ""), str(found.get("unit") or ""))
    return " ".join(each for each in said if each)


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
        ("涉及谁", _accused(facts.get("accused"))),
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
