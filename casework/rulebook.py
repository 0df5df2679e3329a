"""The page of steps of the docs, written from the cards themselves so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from casework.diagram import mermaid
from casework.step_texts import StepTexts
from casework.steps import BY_HAND, OPEN, Above, Action, Part
from casework.vocabulary import Audience, Status

PARTS = {
    Part.HANDLING: "办过",
    Part.CHECKING: "审过、验过、销过",
    Part.REVIEW: "复查过",
    Part.REEXAM: "复核过",
    Part.MARKING: "标过线索",
}
HIGHER = {
    Above.OWNER: "承办单位的上级",
    Above.REVIEW: "复查单位的上级",
    Above.CITY: "市级以上",
}
HEAR = {None: "", Audience.INSIDE: "同事", Audience.REPORTER: "反映人"}

HEAD = """# 一步一步

这一页由 `make steps` 从 `casework/steps.py` 的卡片写出来,不要手改;改了卡片没有重写,`make check` 会说。加一步:在 `casework/steps.py` 加一张卡片,在内容文件夹的 `steps.toml` 写它的话,再 `make steps`。依据见 [casework.md](casework.md)。
"""


def page(texts: StepTexts) -> str:
    """The whole page: what people take by hand, what the reporter and the house do, and the diagram."""
    others = [action for action in Action if action not in BY_HAND]
    return "\n".join(
        [
            HEAD,
            "## 手工办的",
            "",
            *_table(
                [
                    "步",
                    "谁能做",
                    "从什么状态 → 到什么状态",
                    "话说给谁",
                    "还要带",
                    "做过这些就不能做",
                ],
                (_by_hand(action, texts) for action in BY_HAND),
            ),
            "",
            "## 反映人和系统自己做的",
            "",
            *_table(["动作", "从什么状态 → 到什么状态"], ([a.label, _moves(a)] for a in others)),
            "",
            "## 状态图",
            "",
            "从任何开着的状态都可以“移交纪委”(→ 已移交有权机关)和“撤回”(→ 反映人撤回),图上没有画。",
            "",
            "```mermaid",
            mermaid(),
            "```",
            "",
        ]
    )


def _table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _by_hand(action: Action, texts: StepTexts) -> list[str]:
    card = action.card
    who = "、".join(sorted(role.label for role in card.who))
    where = HIGHER[card.above] if card.above else ""
    where = "承办单位" if card.part is Part.HANDLING else where
    whose = ",".join(each for each in (where, "乡镇也能" if card.for_townships else "") if each)
    return [
        f"**{action.label}** `{action.value}`",
        f"{who}({whose})" if whose else who,
        _moves(action),
        HEAR[card.says],
        "、".join(texts.label(action, need) for need in card.needs),
        "、".join(PARTS[part] for part in Part if part in card.apart),
    ]


def _moves(action: Action) -> str:
    """The moves in words: those that change the state first, then where it stays."""
    moves = action.card.moves
    by_target: dict[Status, list[Status]] = {}
    for at, to in moves.items():
        if at is not to:
            by_target.setdefault(to, []).append(at)
    said = [f"{_named(states)} → {to.label}" for to, states in by_target.items()]
    if stays := [at for at, to in moves.items() if at is to]:
        said.append(f"{_named(stays)},状态不变")
    return ";".join(said)


def _named(states: list[Status]) -> str:
    if set(states) == set(Status):
        return "任何状态"
    if set(states) == OPEN:
        return "任何开着的状态"
    if len(states) > len(Status) / 2:
        rest = [status for status in Status if status not in states]
        return f"除“{'、'.join(each.label for each in rest)}”以外"
    return "、".join(status.label for status in states)
