"""Words as platforms carry them: cleaned on the way in, cut on the way out."""

from __future__ import annotations

import re

#: What XML 1.0 cannot carry, not even escaped (https://www.w3.org/TR/xml/#charsets).
UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Half of a character: two of them in JSON make one, one alone cannot be written as UTF-8.
HALF = re.compile("[\ud800-\udfff]")
#: In place of what was there and cannot be read.
UNREAD = "\ufffd"

#: Where a text is cut, the best place first.
BORDERS = ("\n\n", "\n", "。")


def legible(text: str) -> str:
    """Without what no document of ours could carry: control characters go, of half a character the
    place is kept.

    >>> legible("扣了俺\\x1d3000块\\ud83d")
    '扣了俺3000块�'
    """
    return UNSPEAKABLE.sub("", HALF.sub(UNREAD, text))


def pieces(text: str, most: int, encoding: str = "utf-8") -> tuple[str, ...]:
    """Cut between paragraphs, lines or sentences where that works, never inside a character, to at
    most so many bytes in that encoding.

    >>> pieces("一二\\n三四", 9)
    ('一二', '三四')
    """
    found: list[str] = []
    text, at = text.strip(), 0
    while True:
        raw = text[at : at + most].encode(encoding, errors="replace")[:most]
        head = raw.decode(encoding, errors="ignore")
        if at + len(head) == len(text):
            return (*found, head) if head or not found else tuple(found)
        cut = _border(head)
        if piece := head[:cut].rstrip():
            found.append(piece)
        at += cut
        while text.startswith("\n", at):
            at += 1


def _border(head: str) -> int:
    """Where to cut; a piece is never less than a third of what fits, or there would be many."""
    for border in BORDERS:
        at = head.rfind(border)
        if at > len(head) // 3:
            return at + (len(border) if border == "。" else 0)
    return len(head)
