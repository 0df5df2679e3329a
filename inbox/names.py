"""What ids are called on the office's pages: read from the content folder, where there is one."""

from __future__ import annotations

import lzma
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from casework.tickets import STATUS_LABELS


@dataclass(frozen=True, kw_only=True)
class Names:
    """Ids without a name are shown as they are."""

    categories: Mapping[str, str] = field(default_factory=dict)
    counties: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)

    def category(self, id: str) -> str:
        return self.categories.get(id, id)

    def role(self, id: str) -> str:
        return self.roles.get(id, id)

    def office(self, id: str) -> str:
        return self.offices.get(id, id)

    def county(self, code: str) -> str:
        return self.counties.get(code, code) or "没说哪个县"

    def status(self, id: str) -> str:
        return {each.value: label for each, label in STATUS_LABELS.items()}.get(id, id)


def load_names(content: Path) -> Names:
    """From a content folder: the texts, the words of the triage, the list of places, the offices."""
    roles = _toml(content / "triage.toml").get("roles", {})
    units = _toml(content / "offices.toml").get("unit", [])
    places = content / "places.tsv.xz"
    text = lzma.decompress(places.read_bytes()).decode() if places.exists() else ""
    rows = (line.split("\t")[:2] for line in text.splitlines())
    return Names(
        categories=_toml(content / "texts.toml").get("category", {}),
        counties={row[0]: row[1] for row in rows if len(row) == 2 and len(row[0]) <= 6},
        roles={id: words[0] for id, words in roles.items() if words},
        offices={unit["id"]: unit["name"] for unit in units if "id" in unit and "name" in unit},
    )


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text()) if path.exists() else {}
