"""The documentation is complete, and a test says so."""

from __future__ import annotations

from tests.offices import ROOT


def test_the_changelog_has_a_section_for_what_is_not_released_yet() -> None:
    assert "## [未发布]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
