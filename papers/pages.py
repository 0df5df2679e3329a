"""How every room draws its pages: everything escaped, and a name nobody gave is a fault, not a gap.

The villager's pages come from two rooms and look the same: shell, refusal and stylesheet are here."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

#: `shell.html` wants `texts`, whether this is the `demo`, and `again`: the address that shows the
#: same page once more, '' where there is none.
VILLAGER = Path(__file__).parent / "villager"
#: The cookie of who wants large type; its only value.
TYPE, LARGE = "type", "large"

_STYLE = (VILLAGER / "villager.css").read_text(encoding="utf-8")
_LARGE = (VILLAGER / "large.css").read_text(encoding="utf-8")


def templates(*folders: Path) -> Environment:
    """The templates of some folders, looked through in order; a room makes this once."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def villager_style(*, large: bool) -> str:
    return _STYLE + _LARGE if large else _STYLE
