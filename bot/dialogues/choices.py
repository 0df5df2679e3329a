"""The options of a question, with their labels from the content."""

from __future__ import annotations

from collections.abc import Sequence

from casework.content import Texts

#: Meanings of answers.
YES, NO, UNCLEAR, SKIP, NONE = "yes", "no", "unclear", "skip", "none"
CUT, KEEP = "cut", "keep"
SEND, CHANGE, HIGHER, DROP = "send", "change", "higher", "drop"
#: Danger: somebody is there, but not at that place; that place it is not; she wants nothing filed.
ELSEWHERE, NOT_THERE, DECLINED = "elsewhere", "not_there", "declined"
#: After an answer about policy, and in her mailbox.
USEFUL, USELESS, HUMAN, REPORT, DONE = "useful", "useless", "human", "report", "done"
TELL = "tell"
#: What a message that was not understood may have been.
ASK, DANGER, THREAT = "ask", "urgent", "retaliation"
BACK = "back"


def options(texts: Texts, group: str, meanings: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(meaning, label) from `report.choice.<group>` of the texts."""
    return tuple((meaning, texts(f"report.choice.{group}.{meaning}")) for meaning in meanings)
