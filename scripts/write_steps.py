"""Writes docs/steps.md from the cards: `make steps`."""

from __future__ import annotations

from pathlib import Path

from casework.rulebook import page
from library.layers import Layers
from library.reading import load_content

ROOT = Path(__file__).parent.parent

if __name__ == "__main__":
    content = load_content(Layers(ROOT / "content" / "henan-2019"))
    (ROOT / "docs" / "steps.md").write_text(page(content.steps), encoding="utf-8")
