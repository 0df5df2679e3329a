"""A setting that is not one stops nobody, and is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.offices import ROOT

ASKING = """
from runtime.settings import load_settings, unknown_variables
print(load_settings().port, *unknown_variables())
"""


def test_a_setting_of_an_earlier_version_is_named_and_harms_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("XIANGSHENG_TELEGRAM_WEBHOOK_SECRET=x\nXIANGSHENG_PORT=8123\n")
    env = {k: v for k, v in os.environ.items() if not k.startswith("XIANGSHENG_")}

    done = subprocess.run(
        [sys.executable, "-c", ASKING], cwd=tmp_path, env={**env, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.stdout.strip() == "8123 XIANGSHENG_TELEGRAM_WEBHOOK_SECRET", done.stderr
