"""A turn as WeChat can show it: one text, numbered lines for choices, pieces the platform takes."""

from __future__ import annotations

from collections.abc import Sequence

#: WeChat counts bytes.
LONGEST = 2048


def with_numbers(text: str, options: Sequence[tuple[str, str]]) -> str:
    """Choices as numbered lines: a digit answers them on every phone.

    >>> with_numbers("要吗?", (("yes", "要"), ("no", "不要")))
    '要吗?\\n1 要\\n2 不要'
    """
    lines = [f"{n} {label}" for n, (_, label) in enumerate(options, start=1)]
    return "\n".join([text, *lines])


def pieces(text: str, most: int = LONGEST) -> tuple[str, ...]:
    """Cut between lines where that works, never inside a character.

    >>> pieces("一二\\n三四", most=9)
    ('一二', '三四')
    """
    found: list[str] = []
    left = text.strip()
    while len(left.encode()) > most:
        head = left.encode()[:most].decode(errors="ignore")
        cut = head.rfind("\n")
        if cut <= len(head) // 3:
            cut = len(head)
        found.append(left[:cut].rstrip())
        left = left[cut:].lstrip("\n")
    return (*found, left) if left or not found else tuple(found)
