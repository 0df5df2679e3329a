"""The operator's handbook names every setting and every command, and its links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.offices import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
HANDBOOK = ROOT / "docs" / "operations.md"


def commands(group: Any, before: str = "") -> Iterator[str]:
    """`batch seal` and the like, as they are typed."""
    for name, command in group.commands.items():
        if command.hidden:
            continue
        command = getattr(command, "real", command)
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def all_commands() -> list[str]:
    from runtime.cli import app

    return sorted(commands(typer.main.get_command(app)))


def is_told(command: str, text: str) -> bool:
    """Whether the text has `xiangsheng <command>`, or the command alone in code marks."""
    return re.search(rf"(xiangsheng |`){re.escape(command)}(?![\w-])", text) is not None


def test_every_setting_stands_in_the_handbook() -> None:
    from runtime.settings import PREFIX, Settings

    handbook = HANDBOOK.read_text(encoding="utf-8")

    missing = [
        name for name in Settings.model_fields if f"`{PREFIX}{name.upper()}`" not in handbook
    ]

    assert missing == []


def test_every_setting_of_the_handbook_exists() -> None:
    from runtime.settings import PREFIX, Settings

    known = {PREFIX + name.upper() for name in Settings.model_fields}

    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+", HANDBOOK.read_text(encoding="utf-8")))

    assert {name.removesuffix("_FILE") for name in named} - known - {PREFIX} == set()


def test_every_command_stands_in_the_documents() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)

    missing = [command for command in all_commands() if not is_told(command, text)]

    assert missing == []


def test_every_command_of_the_handbook_exists() -> None:
    handbook = HANDBOOK.read_text(encoding="utf-8")
    known = {word for command in all_commands() for word in command.split()[:1]}

    typed = set(re.findall(r"(?:bin/|`|\n)xiangsheng ([a-z][a-z-]+)", handbook))

    assert typed - known == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_a_setting_of_the_compose_file_exists() -> None:
    from runtime.settings import PREFIX, Settings

    known = {PREFIX + name.upper() for name in Settings.model_fields}

    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    named = re.findall(rf"^ +({PREFIX}[A-Z_]+):", compose, re.M)

    assert named
    assert {name.removesuffix("_FILE") for name in named} - known == set()


def test_what_the_image_runs_are_targets_that_anyone_can_run() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    steps = re.findall(r"^RUN make (\S+)", (ROOT / "Dockerfile").read_text("utf-8"), re.M)

    assert steps
    assert [step for step in steps if not re.search(rf"^{step}:", makefile, re.M)] == []


def test_decisions_are_all_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")

    assert [page.name for page in folder.glob("0*.md") if f"({page.name})" not in listed] == []


def test_the_changelog_has_a_section_for_what_is_not_released_yet() -> None:
    assert "## [未发布]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
