"""A talk as its page shows it again: lines of who says what, as they are kept in the talk itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.reception import Reply, Step
from casework.content import Texts
from casework.receipts import may_hold_code
from casework.shelves import Inbound, Talk

#: How many lines of a talk its page shows again.
MOST_LINES = 40
#: Who says a line; what she may press is a line too.
ME, THEM, OPTION = "me", "them", "option"


def line(who: str, text: str) -> str:
    return f"{who}\t{text}"


def lines_of(replies: Iterable[Reply]) -> list[str]:
    """What we say, and the options under it."""
    lines = []
    for reply in replies:
        lines.append(line(THEM, reply.text))
        lines += [line(OPTION, label) for _, label in reply.options]
    return lines


def own_line(texts: Texts, message: Inbound) -> str:
    """What she said, as the page may show it to whoever looks at it next."""
    if may_hold_code(message.text):
        return line(ME, texts("page.code"))
    n = len(message.files)
    sent = texts("page.talk.files", n=n) if n > 1 else texts("page.file")
    return line(ME, "\n".join(filter(None, (message.text, sent if n or not message.text else ""))))


def kept_with(step: Step, until_now: Sequence[str]) -> Step:
    """The step with the lines its page shows again: none that may hold a code, and none of what was
    told before where that lies with the office now."""
    if step.filing and not step.talk:
        return step
    lines = lines_of(reply for reply in step.replies if not reply.once)
    if not step.handed_over:
        lines = [*until_now, *lines]
    kept = tuple(each for each in lines[-MOST_LINES:] if not may_hold_code(each))
    return replace(step, talk=replace(step.talk or Talk(), shown=kept))


def without_promise(step: Step, promise: str) -> Step:
    """The page has the promise at its top: it is repeated only where she is about to hand in."""
    if step.talk and step.talk.asked == "send":
        return step
    said = (replace(r, text=r.text.replace(promise, "").strip()) for r in step.replies)
    return replace(step, replies=tuple(each for each in said if each.text))


@dataclass(frozen=True)
class Transcript:
    """Lines as a page lays them out, each as (who, text)."""

    lines: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, shown: Iterable[str]) -> Transcript:
        apart = (each.partition("\t") for each in shown)
        return cls([(who, text) for who, _, text in apart])

    @property
    def newest(self) -> int:
        """The first line after her last words, where the page opens; the very first without any."""
        mine = [n for n, (who, _) in enumerate(self.lines) if who == ME]
        return mine[-1] + 1 if mine else 0

    @property
    def options(self) -> list[str]:
        """What stands under the last thing that was said."""
        said = [n for n, (who, _) in enumerate(self.lines) if who != OPTION]
        return [text for _, text in self.lines[said[-1] + 1 :]] if said else []
