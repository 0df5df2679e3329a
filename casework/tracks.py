"""Side tracks of a ticket: an extension, a draft under review, an appeal. Small tables beside NEXT.

A side track runs beside the state and does not replace it: an order being worked on may at the
same time wait for its extension. What a table does not hold is refused in its own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from casework.refusals import NotAllowed
from casework.steps import Action
from casework.vocabulary import Status

A = Action

#: Once: a second extension is not in the table.
EXTENSION: Mapping[tuple[str, Action], str] = {
    ("", A.ASK_EXTENSION): "requested",
    ("refused", A.ASK_EXTENSION): "requested",
    ("requested", A.EXTEND): "granted",
    ("requested", A.NO_EXTENSION): "refused",
}

#: 送审 → 审核通过 / 退回修改. A new draft takes the place of a passed one.
DRAFT: Mapping[tuple[str, Action], str] = {
    ("", A.SUBMIT): "submitted",
    ("sent_back", A.SUBMIT): "submitted",
    ("passed", A.SUBMIT): "submitted",
    ("submitted", A.PASS): "passed",
    ("submitted", A.SEND_BACK): "sent_back",
}

#: 复查, then 复核, then the end (信访工作条例 第三十五、三十六条).
APPEAL: Mapping[tuple[str, Action], str] = {
    ("", A.ASK_REVIEW): "review",
    ("review", A.REVIEW_KEEP): "reviewed",
    ("review", A.REVIEW_REDO): "reviewed",
    ("reviewed", A.ASK_REEXAM): "reexam",
    ("reexam", A.REEXAM_KEEP): "final",
    ("reexam", A.REEXAM_REDO): "final",
}

TABLES: Mapping[str, Mapping[tuple[str, Action], str]] = {
    "extension": EXTENSION,
    "draft": DRAFT,
    "appeal": APPEAL,
}

#: After these a draft that was passed no longer stands: it was sent, or another person is at work.
DRAFT_ENDS = frozenset({A.REPLY, A.SIGN, A.REASSIGN, A.RETURN, A.REOPEN, A.UNSOLVED,
                        A.NOBODY_CAME, A.REVIEW_REDO, A.REEXAM_REDO})  # fmt: skip

WORDS: Mapping[tuple[str, str], str] = {
    ("extension", ""): "没有人申请延期",
    ("extension", "requested"): "延期已经申请,等另一个人批",
    ("extension", "granted"): "已经延过一次期",
    ("extension", "refused"): "延期没有批准",
    ("draft", ""): "没有送审的答复",
    ("draft", "submitted"): "答复已经送审,等审核",
    ("draft", "passed"): "答复已经审核通过",
    ("draft", "sent_back"): "答复已退回修改",
    ("appeal", ""): "没有申请复查",
    ("appeal", "review"): "正在复查",
    ("appeal", "reviewed"): "复查已经有结论",
    ("appeal", "reexam"): "正在复核",
    ("appeal", "final"): "复核已经有结论,不再受理",
}

del A


@dataclass(frozen=True, kw_only=True)
class Tracks:
    """Where each side track stands, and what was noted beside the state."""

    extension: str = ""
    draft: str = ""
    appeal: str = ""
    asked_in: str = ""  # the state in which the waiting question was asked
    merged_into: str = ""
    bound: bool = False  # assigned by the supervisor after a second return; cannot be returned
    withdrawn: bool = False  # the reporter asked for it, whatever came of it

    @property
    def appeals(self) -> bool:
        """Whether an appeal waits for its decision."""
        return self.appeal in ("review", "reexam")

    def after(self, action: Action, at: Status) -> Tracks:
        """The side tracks after `action` in state `at`. Raises `NotAllowed` in a sentence."""
        changes: dict[str, str | bool] = {}
        for name, table in TABLES.items():
            if any(each is action for _, each in table):
                changes[name] = self._moved(name, action)
        if action in DRAFT_ENDS:
            changes["draft"] = ""
        if action is Action.ASK and at is not Status.NEEDS_INFO:
            changes["asked_in"] = at.value
        if action in (Action.WITHDRAW, Action.WISH_WITHDRAWN):
            changes["withdrawn"] = True
        return replace(self, **changes)  # type: ignore[arg-type]  # names of the fields above

    def _moved(self, name: str, action: Action) -> str:
        here: str = getattr(self, name)
        try:
            return TABLES[name][here, action]
        except KeyError:
            raise NotAllowed(f"{WORDS[name, here]},不能“{action.label}”。") from None

    def refusal(self, action: Action) -> str:
        """Why a side track does not allow it, '' when it does."""
        for name, table in TABLES.items():
            if any(each is action for _, each in table):
                here: str = getattr(self, name)
                if (here, action) not in table:
                    return f"{WORDS[name, here]},不能“{action.label}”。"
        return ""
