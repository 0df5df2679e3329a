"""A day as a form sends it."""

from __future__ import annotations

from datetime import date

from casework.refusals import BadInput


def day_of_form(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise BadInput("日子要写成 2026-11-30 这样。") from None
