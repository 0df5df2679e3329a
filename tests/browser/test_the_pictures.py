"""`make pictures` takes the four of README from the product as it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from scripts.take_pictures import PICTURES
from tests.offices import ROOT


@pytest.mark.browser
def test_one_matter_goes_from_the_question_to_the_batch_and_is_seen_four_times(
    tmp_path: Path,
) -> None:
    script = ROOT / "scripts" / "take_pictures.py"

    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True)

    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name: Image.open(path).size for path in tmp_path.iterdir()} == PICTURES
