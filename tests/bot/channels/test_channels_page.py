"""The page about channels says what is proved: every test it names exists."""

from __future__ import annotations

import re

from bot.channels.wechat.errors import POLICIES
from tests.offices import ROOT

PAGE = (ROOT / "docs" / "channels.md").read_text(encoding="utf-8")


def test_every_test_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8"))
    }

    assert len(named) > 50
    assert named - written == set()


def test_every_error_with_a_policy_stands_on_the_page() -> None:
    table = PAGE[PAGE.index("| 错误 | 意思") :]

    assert [
        code for code in POLICIES if code not in (40007, 45002) and str(code) not in table
    ] == []
