"""README, in both languages: the same sections, pictures and commands, and what it shows is what comes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from PIL import Image

from runtime import demo
from runtime.settings import Settings
from runtime.wiring import open_service
from scripts.take_pictures import DESK, IMAGES, PICTURES, VILLAGER
from tests.offices import CONTENT, ROOT, UNDERSTANDING
from tests.promises.processes import environment, run

CHINESE, ENGLISH = (
    (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.en.md")
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
TODAY = date(2026, 11, 26)
#: The head of the log is another each time, and its length goes by the hour of the day.
HEAD = re.compile(r"\d{4}(?: \d{4}){5}|^\d+(?= 条,头)")


def commands(readme: str) -> list[str]:
    """Everything a reader may type, without the remarks beside it."""
    typed = [line for _, block in BLOCK.findall(readme) for line in block.splitlines()]
    return [
        line.partition("#")[0].strip() for line in typed if line.startswith(("$ ", "make "))
    ] + re.findall(r"`(make \w+|XIANGSHENG_\w+)`", re.sub(BLOCK, "", readme))


def shown() -> Iterator[tuple[str, str]]:
    """(what is typed, what README says comes of it)."""
    for kind, block in BLOCK.findall(CHINESE):
        if kind == "console":
            typed, _, printed = block.partition("\n")
            yield typed.removeprefix("$ .venv/bin/xiangsheng "), printed


def pictures(readme: str) -> list[str]:
    return re.findall(r"docs/images/([\w.]+)", readme)


def table_sizes(readme: str) -> list[int]:
    """Cells of each row of every table: a fact more in one language shows."""
    return [line.count("|") for line in readme.splitlines() if line.startswith("|")]


def test_both_languages_have_the_same_sections_tables_and_points() -> None:
    for mark in (r"^(#+) ", r"^(- )\*\*"):
        assert re.findall(mark, CHINESE, re.M) == re.findall(mark, ENGLISH, re.M)
    assert table_sizes(CHINESE) == table_sizes(ENGLISH)


def test_both_languages_show_the_same_commands_outputs_and_pictures() -> None:
    consoles = [
        [b for kind, b in BLOCK.findall(each) if kind == "console"] for each in (CHINESE, ENGLISH)
    ]

    assert set(commands(CHINESE)) == set(commands(ENGLISH))
    assert consoles[0] == consoles[1]
    assert pictures(CHINESE) == pictures(ENGLISH)


def test_both_languages_lead_to_the_same_pages() -> None:
    chinese, english = (set(re.findall(r"\]\(([^)]+)\)", each)) for each in (CHINESE, ENGLISH))

    assert chinese - {"README.en.md"} == english - {"README.md"}


def test_the_pictures_are_those_that_make_pictures_takes_and_no_others() -> None:
    assert sorted(pictures(CHINESE)) == sorted(PICTURES)
    assert sorted(path.name for path in IMAGES.iterdir()) == sorted(PICTURES | VILLAGER | DESK)
    for name, size in (PICTURES | VILLAGER | DESK).items():
        assert Image.open(IMAGES / name).size == size
        assert (IMAGES / name).stat().st_size < 60_000


async def test_what_it_shows_is_what_the_commands_print(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, kdf_mib=8, kdf_passes=1, code_mib=8, code_passes=1)
    opened = await open_service(settings, demo=True)
    await demo.staff(opened)
    await demo.cases(opened)
    await opened.close()
    env = environment(tmp_path)

    printed = {typed: run(*shlex.split(typed), env=env) for typed, _ in shown()}

    assert {typed.split()[0] for typed in printed} == {"ask", "triage", "log"}
    for typed, expected in shown():
        assert HEAD.sub("…", printed[typed]) == HEAD.sub("…", expected)


def test_the_three_sentences_to_try_are_answered_taken_as_a_report_and_as_danger() -> None:
    said = {
        name: UNDERSTANDING.ask(CONTENT.texts(f"demo.{name}"), today=TODAY)
        for name in ("question", "report", "danger")
    }

    assert {name: each.kind for name, each in said.items()} == {
        "question": "answer", "report": "report", "danger": "urgent",
    }  # fmt: skip
    assert "(演示数据)" in said["question"].answer
