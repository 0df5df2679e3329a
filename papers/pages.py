"""How every room draws its pages: everything escaped, and a name nobody gave is a fault, not a gap.

The villager's pages come from two rooms and look the same: shell, refusal and stylesheet are here."""

from __future__ import annotations

import time
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

#: `shell.html` wants `texts`, whether this is the `demo`, and `again`: the address that shows the
#: same page once more, '' where there is none.
VILLAGER = Path(__file__).parent / "villager"
#: The cookie of who wants large type; its only value.
TYPE, LARGE = "type", "large"
#: The cookie of who has left by 退出: the moment, and nothing else.
LEFT = "left"
#: Under this a page's own moment stands in the addresses that its forms are sent to. A browser keeps what
#: was sent, and sends it again for whoever goes back; what is older than `LEFT` is not answered.
AT = "at"
#: A moment has thirteen digits until the year 2286.
LONGEST_NUMBER = 20

_TO_LETTERS = str.maketrans("0123456789", "abcdefghij")
_TO_DIGITS = str.maketrans("abcdefghij", "0123456789")

_STYLE = (VILLAGER / "villager.css").read_text(encoding="utf-8")
_LARGE = (VILLAGER / "large.css").read_text(encoding="utf-8")


def templates(*folders: Path) -> Environment:
    """The templates of some folders, looked through in order; a room makes this once."""
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["sent_to"] = sent_to
    return environment


def moment() -> int:
    """Milliseconds."""
    return time.time_ns() // 1_000_000


def sent_to(path: str) -> str:
    """Where a form of a villager's page is sent, with the moment the page was made."""
    path, at, fragment = path.partition("#")
    return f"{path}?{AT}={spelled(moment())}{at}{fragment}"


def spelled(number: int) -> str:
    """In letters: digits in an address look like a code.

    >>> spelled(1795), read(spelled(1795)), read("17"), read("")
    ('bhjf', 1795, None, None)
    """
    return str(number).translate(_TO_LETTERS)


def read(letters: str) -> int | None:
    """A number that was spelled; None for anything else."""
    number = letters.translate(_TO_DIGITS)
    is_one = number.isascii() and number.isdecimal() and letters.isalpha()
    return int(number) if is_one and len(number) < LONGEST_NUMBER else None


def villager_style(*, large: bool) -> str:
    return _STYLE + _LARGE if large else _STYLE
