"""What came in several messages and was said at once: an album, what a client cut, a burst. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from casework.receipts import may_hold_code
from casework.reports import LONGEST
from casework.shelves import Inbound
from nlp.words import letters

#: Between two messages of one breath, as they came.
AT_ONCE = timedelta(seconds=5)
#: What may be part of a story. A voice is a talk of its own, a press or a scan an act.
SAID = ("text", "photo", "video", "document")
#: Fewer letters may answer a question, each by itself: 去年, 鲁山县, 300块.
LONGEST_ANSWER = 6
#: From so many letters on, more may be on its way: 4,096 are the longest a Telegram client sends in one
#: (https://limits.tginfo.me), and it cuts before that where a line ends.
MAY_BE_CUT, SURELY_CUT = 1500, 4000
#: Parts of one bundle. A report takes no more files than this.
MOST = 20

#: Signs after which a line is whole.
ENDS = ("。", "!", "?", "!", "?", "…")


def goes_together(earlier: Inbound, later: Inbound) -> bool:
    """Whether `later` goes on with what `earlier` began. What alone is a command, a code, an answer does
    not."""
    if earlier.album and earlier.album == later.album:
        return True
    if earlier.at and later.at and abs(later.at - earlier.at) > AT_ONCE:
        return False
    return all(map(_may_be_part, (earlier, later)))


def may_go_on(message: Inbound, *, in_a_breath: bool) -> bool:
    """Whether more may follow within the second. `in_a_breath` where she has had no time to read what we
    said last."""
    if message.kind not in SAID:
        return False
    bare = bool(message.media or message.files) and not message.text
    cut = len(message.text) >= MAY_BE_CUT
    return bool(message.album) or bare or cut or (in_a_breath and _may_be_part(message))


def _may_be_part(message: Inbound) -> bool:
    if message.kind not in SAID or message.text.startswith("/") or may_hold_code(message.text):
        return False
    is_file = bool(message.media or message.files)
    few = len(letters(message.text)) <= LONGEST_ANSWER
    return not few or (is_file and not message.text)


def first_together(waiting: Sequence[Inbound]) -> int:
    """How many of them, from the first on, are one."""
    n, size = 1, len(waiting[0].text)
    for earlier, later in pairwise(waiting[:MOST]):
        size += len(later.text) + 1
        if size > LONGEST or not goes_together(earlier, later):
            break
        n += 1
    return n


def as_one(parts: Sequence[Inbound]) -> Inbound:
    """All words and all files, in their order, under the number of the last; an edit of one part finds
    nothing, for it would take the others' words away."""
    if len(parts) == 1:
        return parts[0]
    text = ""
    for part in parts:
        text += _between(text, part.text) + part.text
    files = tuple(file for part in parts for file in part.files)
    number = "" if sum(bool(part.text) for part in parts) > 1 else _number(parts)
    kind = next((part.kind for part in parts if part.files), "text")
    place = next((part.place for part in parts if part.place), "")
    return replace(
        parts[-1], kind=kind, text=text, files=files, place=place, number=number, album=""
    )


def _number(parts: Sequence[Inbound]) -> str:
    return next((part.number for part in parts if part.text), parts[-1].number)


def _between(text: str, more: str) -> str:
    """Nothing where a client cut in the middle of a line."""
    if not (text and more):
        return ""
    return "" if _cut(text) else "\n"


def _cut(text: str) -> bool:
    last = text.rsplit("\n", 1)[-1]
    return len(last.encode("utf-16-le")) // 2 >= SURELY_CUT and not text.rstrip().endswith(ENDS)
