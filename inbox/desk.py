"""What the office reads: its clues in clear, one page, one list, for as long as it looks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.refusals import BadInput
from casework.reports import accused_of
from casework.sealed_names import original_of
from casework.workdays import dated
from inbox.cabinet import OUTCOMES, Cabinet, ClueLine
from inbox.keys import Keys
from inbox.names import Names
from inbox.verify import Misfit, OpenClue, open_clue
from papers.ledger import ClueRow, clue_list


def opened(cabinet: Cabinet, keys: Keys, number: str) -> OpenClue:
    """Raises `BadInput` for a number that is not here, `Misfit` for a seal that does not open."""
    clue = cabinet.clue(number)
    if clue is None:
        raise BadInput(f"没有编号为 {number} 的线索。")
    return open_clue(clue, keys.box)


def export(cabinet: Cabinet, keys: Keys, names: Names) -> bytes:
    """The clue list as xlsx, sealed parts opened."""
    return clue_list([_row(line, cabinet, keys, names) for line in cabinet.clues()])


def _row(line: ClueLine, cabinet: Cabinet, keys: Keys, names: Names) -> ClueRow:
    note = line.note
    try:
        clear = opened(cabinet, keys, line.number)
        story, facts, files = clear.story, facts_of(clear), len(pieces(clear))
    except Misfit as fault:
        story, facts, files, note = "", {}, 0, f"{fault} {note}".strip()
    accused = accused_of(facts)
    return ClueRow(
        number=line.number,
        batch=line.batch,
        filed_at=dated(line.filed_at),
        received_at=dated(datetime.fromisoformat(line.received_at)),
        place=names.county(line.county),
        category=names.category(line.category),
        story=story,
        status=names.status(line.status),
        accused="、".join(filter(None, (each.name for each in accused))),
        position="、".join(
            " ".join(filter(None, (each.words or each.unit, names.role(each.role))))
            for each in accused
        ),
        amounts="、".join(str(each) for each in facts.get("amounts") or ()),
        dates="、".join(map(str, facts.get("dates") or ())) or str(facts.get("when") or ""),
        evidence=files,
        late=line.late,
        outcome=OUTCOMES.get(line.outcome, ""),
        note=note,
    )


def facts_of(clear: OpenClue) -> Mapping[str, Any]:
    """What was understood at intake; nothing when it cannot be read."""
    try:
        facts = json.loads(dict(clear.texts).get("facts", "{}"))
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def pieces(clear: OpenClue) -> list[str]:
    """The names of what the reporter sent: originals, and files from before copies were made."""
    names = [name for name, _ in clear.files]
    return [name for name in names if original_of(name) not in names]


def materials(clear: OpenClue) -> list[tuple[str, str, int]]:
    """(name, label, bytes) of every file: what she sent, and what the handlers were given of it."""
    sent, sizes = pieces(clear), {name: len(content) for name, content in clear.files}
    found = []
    for n, name in enumerate(sent, start=1):
        when = f"({dated(clear.later[name])}补充)" if name in clear.later else ""
        found.append((name, f"材料 {n}{when} 原件", sizes[name]))
        copy = next((each for each in sizes if original_of(each) == name), "")
        if copy:
            found.append((copy, f"材料 {n}{when} 经办人看到的那一份(重做的)", sizes[copy]))
    return found


def letters_of(clear: OpenClue) -> list[tuple[str, str]]:
    """(when, text) of what the reporter and the handlers wrote each other."""
    found = []
    for name, text in clear.texts:
        if name.startswith("letter "):
            when = name.removeprefix("letter ").replace("Z", "+00:00")
            found.append((dated(datetime.fromisoformat(when)), text))
    return found
