"""How a talk begins, and what is kept of her where none waits. Pure."""

from __future__ import annotations

from typing import Any

from casework.receipts import without_codes
from casework.reports import MOST_FILES
from casework.shelves import Begun, Inbound, Talk
from nlp.following import NOTHING_BEFORE, Before

#: Letters before a report that may be how it begins; the newest of them.
MOST_SINCE = 3000


def begin(message: Inbound, dialogue: str, text: str = "", **more: Any) -> Talk:
    """`more` goes into `Begun`."""
    begun = Begun(
        dialogue=dialogue, text=without_codes(text), place=message.place, number=message.number,
        since=message.since, **more,
    )  # fmt: skip
    return Talk(begun=begun).telling(files=message.kept)


def begin_a_report(message: Inbound, text: str, dialogue: str = "report", **more: Any) -> Talk:
    """A report that starts takes along the files that came with the message."""
    begun = begin(message, dialogue, text, **more)
    return begun.telling(files=message.files[: MOST_FILES - len(begun.files)])


def nothing_waits(
    message: Inbound, before: Before = NOTHING_BEFORE, more: tuple[str, ...] = ()
) -> Talk:
    """Where she is, the answer that her next words may go on from, and what may be how her story
    begins."""
    since = newest(*message.since, *map(without_codes, more))
    return Talk(
        begun=Begun(place=message.place, before=str(before), since=since), files=message.kept
    )


def newest(*words: str) -> tuple[str, ...]:
    """As many of them as `MOST_SINCE` letters hold, each once, the newest last."""
    kept, room = list[str](), MOST_SINCE
    for each in reversed(dict.fromkeys(filter(None, words))):
        room -= len(each)
        if room < 0:
            break
        kept.append(each)
    return tuple(reversed(kept))
