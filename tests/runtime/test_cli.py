"""The command line: quick to help, one sentence where something is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runtime.cli import COMMANDS, app
from tests.offices import ROOT
from tests.runtime.conftest import House

#: What costs seconds to import and no help text needs.
HEAVY = {"alembic", "aiogram", "jieba", "fastapi", "sqlalchemy", "inbox.cli", "runtime.wiring"}


def test_help_loads_none_of_the_heavy_parts() -> None:
    asking = f"""
import sys
from typer.testing import CliRunner
from runtime.cli import app
assert CliRunner().invoke(app, ["--help"]).exit_code == 0
print(*sorted({HEAVY!r} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", asking], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert (done.stdout.strip(), done.returncode) == ("", 0), done.stderr


@pytest.mark.parametrize("name", [line[0] for line in COMMANDS])
def test_every_command_says_in_its_help_what_the_list_says(name: str) -> None:
    *_, said = next(line for line in COMMANDS if line[0] == name)

    shown = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "400"})

    assert shown.exit_code == 0, shown.output
    assert said.split("。")[0].split(",")[0] in shown.output


@pytest.mark.parametrize(
    "words", [("verify-backup", "没有.tar"), ("inbox", "list"), ("log", "prove", "一")]
)
def test_a_refusal_is_one_sentence_apart_from_the_output(
    house: House, words: tuple[str, ...], tmp_path: Path
) -> None:
    where = ("--folder", str(tmp_path / "none")) if words[0] == "inbox" else ()

    said = house.types(*words, *where)

    assert said.exit_code == 1
    assert len(said.stderr.splitlines()) == 1
    assert "Traceback" not in said.output


def test_a_file_that_cannot_be_read_is_one_sentence(house: House, tmp_path: Path) -> None:
    said = house.types("ask", "--file", tmp_path / "没有.txt")

    assert said.exit_code == 1
    assert said.stderr == f"{tmp_path / '没有.txt'} 用不了:No such file or directory\n"


def test_a_question_is_asked_for_a_county(house: House) -> None:
    told = house.types("ask", "补多少钱", "--county", "410423", "--json")
    plain = house.types("ask", "补多少钱", "--county", "410423")
    refused = house.types("ask", "补多少钱", "--county", "41")

    assert "鲁山县(演示数据):C级修房" in json.loads(told.stdout)["answer"]
    assert "依据:豫脱贫办〔2019〕19号" in plain.stdout
    assert refused.exit_code == 1
    assert "没有 41 这个县" in refused.stderr
