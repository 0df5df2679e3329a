"""docs/casework.md names tests that exist; docs/steps.md is what the cards say."""

from __future__ import annotations

import re

from casework.diagram import FROM_EVERYWHERE, mermaid, moves
from casework.rulebook import page
from casework.tickets import NEXT, OPEN, Status
from tests.offices import CONTENT, ROOT

PAGE = (ROOT / "docs" / "casework.md").read_text(encoding="utf-8")


def test_the_page_of_steps_is_written_from_the_cards() -> None:
    written = (ROOT / "docs" / "steps.md").read_text(encoding="utf-8")

    assert written == page(CONTENT.steps), "make steps"
    assert f"```mermaid\n{mermaid()}\n```" in written


def test_the_diagram_leaves_out_only_what_the_page_says_in_words() -> None:
    drawn = {(at, action) for at, _, actions in moves() for action in actions}
    left_out = {cell for cell, to in NEXT.items() if cell[0] is not to} - drawn

    assert left_out == {(at, action) for at in OPEN for action in FROM_EVERYWHERE}
    assert all(f"as {status.value}" in mermaid() for status in Status)


def test_every_test_the_page_names_exists() -> None:
    tests = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "casework").glob("*.py")
    )
    named = re.findall(r"`(test_\w+?)_?…?`", PAGE)
    files = {path.stem for path in (ROOT / "tests" / "casework").glob("*.py")}

    assert named
    assert [name for name in named if f"def {name}" not in tests and name not in files] == []
