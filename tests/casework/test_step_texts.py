"""The desk's sentences: every step has its own, and a fault in the file is named."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from casework.refusals import BadInput
from casework.step_texts import needed, step_texts_from
from casework.steps import BY_HAND, Action
from tests.offices import CONTENT, CONTENT_FOLDER

FOLDERS = sorted(CONTENT_FOLDER.parent.glob("*/steps.toml"))


def table() -> dict[str, Any]:
    return tomllib.loads((CONTENT_FOLDER / "steps.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("action", BY_HAND)
def test_each_step_says_that_it_was_taken_and_what_it_asks(action: Action) -> None:
    text = CONTENT.steps[action]

    assert text.done
    assert bool(text.prompt) is ("text" in needed(action))
    assert bool(text.apart) is bool(action.card.apart)
    assert all(CONTENT.steps.label(action, need) for need in needed(action))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.parent.name)
def test_every_folder_has_them_all(folder: Any) -> None:
    assert len(FOLDERS) == 2
    assert set(step_texts_from(tomllib.loads(folder.read_text("utf-8"))).steps) == set(BY_HAND)


@pytest.mark.parametrize(
    ("where", "key", "value", "sentence"),
    [
        ("step", "sing", {"done": "好"}, "[step.sing]:没有这一步"),
        ("step", "add", {"done": "好"}, "[step.add]:没有这一步"),
        ("step", "sign", None, "[step.sign]:少了这一节"),
        ("step", "accept", {"done": " "}, "[step.accept]:done 要写"),
        ("step", "accept", {"done": "好", "prompt": "写"}, "[step.accept]:prompt 用不着"),
        ("step", "accept", {"done": "好", "apart": "不"}, "[step.accept]:apart 用不着"),
        ("step", "accept", {"done": "好", "donne": "好"}, "[step.accept]:没有 donne 这一项"),
        ("step", "note", {"done": "好", "prompt": "", "hint": "看"}, "[step.note]:prompt 要写"),
        ("step", "note", {"done": "好", "prompt": "写"}, "[step.note]:hint 要写"),
        ("step", "mark_clue", {"done": "好"}, "[step.mark_clue]:hint 要写"),
        ("need", "to", None, "[need.to]:少了这一节"),
        ("need", "to", {"label": "交给"}, "[need.to]:要写 label 和 missing"),
        ("need", "to", {"label": "交", "missing": "{who}"}, "花括号里只能是 prompt"),
        ("need", "to", {"label": "交", "missing": "{"}, "花括号里只能是 prompt"),
        ("need", "to", {"label": "交", "missing": "选", "hint": ""}, "没有 hint 这一项"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(
    where: str, key: str, value: dict[str, str] | None, sentence: str
) -> None:
    written = table()
    if value is None:
        del written[where][key]
    else:
        written[where][key] = value

    with pytest.raises(BadInput) as refusal:
        step_texts_from(written)

    assert sentence in refusal.value.sentence


def test_a_strange_section_is_a_slip_of_the_pen() -> None:
    with pytest.raises(BadInput, match=r"没有 \[steps\] 这一节"):
        step_texts_from({**table(), "steps": {}})


def test_the_choice_of_a_unit_is_named_by_what_it_means() -> None:
    texts = CONTENT.steps

    assert texts.label(Action.RETURN, "to") == "建议交给"
    assert texts.label(Action.REASSIGN, "to") == "交给"
