"""`make pictures` takes those of README, of the villager's page and of the desk's from the product as it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from scripts.take_pictures import DESK, PICTURES, VILLAGER
from tests.offices import ROOT


@pytest.mark.browser
def test_one_matter_goes_from_the_question_to_the_batch_and_is_seen(
    tmp_path: Path,
) -> None:
    script = ROOT / "scripts" / "take_pictures.py"

    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    sizes = {path.name: Image.open(path).size for path in tmp_path.iterdir()}
    assert sizes == PICTURES | VILLAGER | DESK


@pytest.mark.parametrize(("page", "pictures"), [("villager.md", VILLAGER), ("desk.md", DESK)])
def test_a_page_shows_every_one_of_its_pictures(
    page: str, pictures: dict[str, tuple[int, int]]
) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")

    assert [name for name in pictures if f"images/{name}" not in text] == []
    assert all((ROOT / "docs" / "images" / name).exists() for name in pictures)
