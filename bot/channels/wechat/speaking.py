"""A turn as WeChat can show it: one text, numbered lines for choices."""

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
