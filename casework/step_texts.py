"""The desk's sentences for each step, out of the content's `steps.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from casework.refusals import BadInput
from casework.steps import BY_HAND, Action

FILE = "steps.toml"
#: The one need every step with words has: the words.
WORDS = "text"


@dataclass(frozen=True, kw_only=True)
class StepText:
    """What the desk says with one step."""

    done: str  # said when it was taken
    prompt: str = ""  # stands over the box for words
    hint: str = ""  # stands under it
    apart: str = ""  # refuses it to whoever must stay apart
    to: str = ""  # over the choice of a unit, where it is not simply given to it


@dataclass(frozen=True, kw_only=True)
class NeedText:
    """What a step must carry besides words: over its field, and where it is missing."""

    label: str
    missing: str


@dataclass(frozen=True, kw_only=True)
class StepTexts:
    """All of them. Every step people take has its own."""

    steps: Mapping[Action, StepText] = field(default_factory=dict)
    needs: Mapping[str, NeedText] = field(default_factory=dict)

    def __getitem__(self, action: Action) -> StepText:
        return self.steps[action]

    def label(self, action: Action, need: str) -> str:
        """What stands over the field of a need."""
        if need == "to" and self[action].to:
            return self[action].to
        return self[action].prompt if need == WORDS else self.needs[need].label

    def missing(self, action: Action, need: str) -> str:
        """What is said where it was not filled in."""
        return self.needs[need].missing.format(prompt=self[action].prompt)


def step_texts_from(table: Mapping[str, Any]) -> StepTexts:
    """The sentences out of a parsed `steps.toml`. Raises `BadInput` naming the fault."""
    if strange := sorted(set(table) - {"need", "step"}):
        raise BadInput(f"{FILE} 里没有 [{strange[0]}] 这一节。")
    steps, needs = table.get("step", {}), table.get("need", {})
    for name in steps:
        if name not in BY_HAND:
            raise BadInput(f"{FILE} 的 [step.{name}]:没有这一步。")
    return StepTexts(
        steps={action: _step(action, steps.get(action.value)) for action in BY_HAND},
        needs={need: _need(need, needs.get(need)) for need in _all_needs()},
    )


def needed(action: Action) -> tuple[str, ...]:
    """What a step carries, or may, by the fields of its form; its words last."""
    words = (WORDS,) if action.card.says is not None else ()
    return (*action.card.needs, *action.card.offers, *words)


def _all_needs() -> dict[str, None]:
    return dict.fromkeys((WORDS, *(need for action in BY_HAND for need in needed(action))))


def _step(action: Action, row: Mapping[str, Any] | None) -> StepText:
    where, card = f"{FILE} 的 [step.{action.value}]", action.card
    if row is None:
        raise BadInput(f"{where}:少了这一节。")
    _refuse_strange(where, row, StepText)
    text = StepText(**{"done": "", **{name: str(said) for name, said in row.items()}})
    has_words = WORDS in needed(action)
    for name, must, said in (
        ("done", True, text.done),
        ("prompt", has_words, text.prompt),
        ("hint", has_words or card.grave, text.hint),
        ("apart", bool(card.apart), text.apart),
    ):
        if must and not said.strip():
            raise BadInput(f"{where}:{name} 要写。")
        if said and not must:
            raise BadInput(f"{where}:{name} 用不着,去掉它。")
    return text


def _need(need: str, row: Mapping[str, Any] | None) -> NeedText:
    where = f"{FILE} 的 [need.{need}]"
    if row is None:
        raise BadInput(f"{where}:少了这一节。")
    _refuse_strange(where, row, NeedText)
    try:
        text = NeedText(**{name: str(said) for name, said in row.items()})
        text.missing.format(prompt="")
    except (TypeError, KeyError, IndexError, ValueError):
        raise BadInput(f"{where}:要写 label 和 missing,花括号里只能是 prompt。") from None
    return text


def _refuse_strange(where: str, row: Mapping[str, Any], kind: type) -> None:
    known = {each.name for each in fields(kind)}
    if strange := sorted(set(row) - known):
        raise BadInput(f"{where}:没有 {strange[0]} 这一项。")
