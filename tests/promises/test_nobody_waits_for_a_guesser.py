"""With the settings as shipped: wrong guessers, people who look up and people who add keep nobody waiting,
and no report is refused however many come at once."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

import pytest

from tests.offices import ROOT
from tests.promises.processes import COMMAND


def measured(*words: str) -> dict[str, Any]:
    """A benchmark, with no setting of this machine or of the tests."""
    shipped = {k: v for k, v in os.environ.items() if not k.startswith("XIANGSHENG_")}
    done = subprocess.run(
        [*COMMAND, "bench", *words, "--json"], env=shipped, cwd=ROOT, capture_output=True, text=True,
        check=True, timeout=1800,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.prove
def test_guessers_and_look_ups_keep_nobody_waiting() -> None:
    found = measured("look-up")

    assert found["filing_beside_8_guessers_times_quiet"] <= 2
    assert found["good_look_ups_beside_guessers_answered"] >= 0.95
    assert found["look_up_8_clients_p95_ms"] <= 500
    assert found["readyz_beside_guessers_p95_ms"] <= 50
    assert found["filing_beside_8_adding_times_quiet"] <= 3
    assert found["refused"] == 0


@pytest.mark.prove
def test_a_burst_is_filed_at_a_fair_share_of_what_the_machine_can_and_none_is_refused() -> None:
    found = measured("file-report")

    assert sorted(found["of_bare"])[len(found["of_bare"]) // 2] >= 0.38
    assert found["refused"] == 0
