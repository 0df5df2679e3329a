"""A turn as WeChat can show it: one text, numbered lines for choices."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.wording import pieces

#: WeChat counts bytes.
LONGEST = 2048
#: Of what is read at one look: 600 Chinese letters; and so many bubbles a turn, where we may send more
#: than the one on the line.
AT_A_LOOK, MOST_BUBBLES = 1800, 3


def bubbles(said: Sequence[tuple[str, bool]]) -> tuple[tuple[str, ...], str]:
    """(what is said at once, what is left for another time) of texts in their order; those that stand
    alone come first: the line that she waits on is the surest way, and a code must not be lost.

    >>> bubbles([("登记好了", False), ("3090 9413", True), ("抄在纸上", False)])
    (('3090 9413', '登记好了\\n\\n抄在纸上'), '')
    """
    alone = [text for text, stands_alone in said if stands_alone]
    rest = "\n\n".join(text for text, stands_alone in said if not stands_alone)
    parts = [*alone, *(pieces(rest, AT_A_LOOK) if rest else ())]
    return tuple(parts[:MOST_BUBBLES]), "\n".join(parts[MOST_BUBBLES:])


def with_numbers(text: str, options: Sequence[tuple[str, str]]) -> str:
    """Choices as numbered lines: a digit answers them on every phone.

    >>> with_numbers("要吗?", (("yes", "要"), ("no", "不要")))
    '要吗?\\n1 要\\n2 不要'
    """
    lines = [f"{n} {label}" for n, (_, label) in enumerate(options, start=1)]
    return "\n".join([text, *lines])
