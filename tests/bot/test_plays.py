"""Whole talks written as plays, read by policy staff too: 村民 says it, 窗口 must answer with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.reception import Reception
from casework.receipts import shown
from tests.bot.conftest import A_PHOTO, A_VOICE, Villager

PLAYS = sorted((Path(__file__).parent.parent / "plays").glob("*.txt"))
HELD = {"【照片】": A_PHOTO, "【录音】": A_VOICE}


def lines(play: Path) -> list[tuple[str, str]]:
    found = []
    for line in play.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            who, _, words = line.partition(":")
            found.append((who, words.strip()))
    return found


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.stem)
async def test_the_play_goes_as_written(play: Path, reception: Reception) -> None:
    villager, answer = Villager(reception), ""

    for who, words in lines(play):
        if who == "村民":
            if words in HELD:
                answer = await villager.shows(HELD[words])
            else:
                answer = await villager.says(
                    words.replace("【编号】", shown(villager.code))
                    if "【编号】" in words
                    else words
                )
        else:
            assert who == "窗口", f"{play.name}: 只有村民和窗口说话,没有{who}"
            assert words in answer, f"{play.name}: 没有说“{words}”,说的是:\n{answer}"


def test_there_are_plays() -> None:
    assert len(PLAYS) >= 8
