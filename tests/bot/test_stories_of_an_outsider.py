"""Twice sixty stories by two who saw no code: each filed ticket holds every sentence and file of its story."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.reception.hearing import courtesy_to, verb_of
from casework.receipts import find_code
from nlp.picks import ordinal
from nlp.words import letters
from tests.bot.conftest import A_PHOTO, A_VOICE, Villager
from tests.offices import CONTENT, UNDERSTANDING, TestOffice

HERE = Path(__file__).parent.parent / "fixtures"
STORIES = [
    json.loads(line)
    for name in ("stories.jsonl", "stories_second.jsonl")
    for line in (HERE / name).read_text("utf-8").splitlines()
]
TEXTS = CONTENT.texts
SHOWN = {"[照片]": A_PHOTO, "[录音]": A_VOICE}
_ENDS = re.compile(r"[。!?!?\n]+")


@dataclass
class Told:
    """What she got to the office by all her codes."""

    words: str
    files: int


async def filed_by(office: TestOffice, villager: Villager) -> Told:
    codes = dict.fromkeys(filter(None, (find_code(reply.text) for reply in villager.heard)))
    words, files = "", 0
    for code in codes:
        key = await office.locks.code(code, caller="")
        async with office.reading() as reading:
            box = await reading.mailboxes.open(key)
            files += await reading.mailboxes.files_of(box.number)
        words += "\n".join(letter.text for letter in box.letters if letter.mine)
    return Told(words, files)


def answers(story: dict[str, Any]) -> dict[str, str]:
    """Her answer to each question, by the words of the question; those asked last come last."""
    return {
        TEXTS("menu.report"): TEXTS("menu.report"),
        TEXTS("ask.way.report"): TEXTS("ask.way.report"),
        TEXTS("ask.register_yes"): TEXTS("ask.register_yes"),
        TEXTS("ask.report"): TEXTS("ask.report"),
        TEXTS("spoken.report"): TEXTS("spoken.report"),
        TEXTS("despair.report"): TEXTS("despair.report"),
        TEXTS("report.what"): "就是前面说的那些",
        TEXTS("report.what_of_it"): TEXTS("report.choice.story.skip"),
        "会让人认出您": TEXTS("report.choice.identity.keep"),
        "的事吗": "是",
        TEXTS("report.where"): story["county"],
        TEXTS("report.where_again"): "不清楚",
        TEXTS("report.which_city"): "不清楚",
        TEXTS("report.which"): "都不是",
        TEXTS("report.when"): story["when"],
        "没听出是啥时候": "不清楚",
        "对不对?": "对",
        TEXTS("report.about.who"): story["whom"],
        TEXTS("report.about.who_again"): "说不清",
        TEXTS("report.about.above"): "说不清",
        TEXTS("report.also_discipline"): "要",
        TEXTS("report.about.close"): "没有",
        "没有就回“没有了”": "没有了",
        TEXTS("report.send"): "提交",
        "现在房子里还有人住吗": "是,现在有人",
        "现在里头还有人住吗": "是,现在有人",
    }


async def to_the_end(villager: Villager, story: dict[str, Any], answer: str) -> None:
    plain = answers(story)
    for _ in range(20):
        asked = [each for each in plain if each in answer.rsplit("\n\n", 1)[-1]]
        if not asked or ("登记好了" in answer and TEXTS("report.where") not in answer):
            return
        answer = await villager.says(plain[asked[-1]])


def is_no_story(words: str) -> bool:
    """A command, a number of the menu, a greeting, or a question of policy by itself: answered, and no
    part of a report."""
    today = date(2026, 11, 2)
    if (
        verb_of(UNDERSTANDING, words)
        or ordinal(words)
        or courtesy_to(UNDERSTANDING, words, today=today)
    ):
        return True
    heard = UNDERSTANDING.ask(words, today=today)
    return heard.kind == "smalltalk" or (heard.kind in ("answer", "choices") and not heard.also)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["id"])
async def test_every_sentence_and_file_of_a_story_is_filed(
    villager: Villager, small_office: TestOffice, story: dict[str, Any]
) -> None:
    answer = ""
    for message in story["messages"]:
        if message in SHOWN:
            answer = await villager.shows(SHOWN[message])
        else:
            answer = await villager.says(message)
    await to_the_end(villager, story, answer)

    told = await filed_by(small_office, villager)

    whole = letters(told.words)
    said = [
        piece for message in story["messages"] if message not in SHOWN
        for piece in _ENDS.split(message) if letters(piece)
    ]  # fmt: skip
    missing = [piece for piece in said if letters(piece) not in whole and not is_no_story(piece)]
    assert told.words, "nothing was filed"
    assert missing == []
    assert told.files == sum(message in SHOWN for message in story["messages"])
