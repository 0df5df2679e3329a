"""The options of a question, with their labels from the content."""

from __future__ import annotations

from collections.abc import Sequence

from casework.content import Texts


def options(texts: Texts, group: str, meanings: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(meaning, label) from `report.choice.<group>` of the texts."""
    return tuple((meaning, texts(f"report.choice.{group}.{meaning}")) for meaning in meanings)
