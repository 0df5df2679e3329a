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
    text, at = text.strip(), 0
    while True:
        head = text[at : at + most].encode()[:most].decode(errors="ignore")
        if at + len(head) == len(text):
            return (*found, head) if head or not found else tuple(found)
        cut = head.rfind("\n")
        if cut <= len(head) // 3:
            cut = len(head)
        found.append(head[:cut].rstrip())
        at += cut
        while text.startswith("\n", at):
            at += 1
