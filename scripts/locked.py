"""What the lock pins, against what stands in this environment. Standard library only: it runs first.

python scripts/locked.py unlisted LOCK …    the installed packages that no LOCK names
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import distributions
from pathlib import Path

#: The project itself, and the installer, are not in any lock.
OURS = {"xiangsheng", "pip"}

PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+?))? \\?$"
)


def canonical(name: str) -> str:
    """The name as packages are compared (PEP 503).

    >>> canonical("Typing_Extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: Path) -> dict[str, tuple[str, str]]:
    """Name → (version, marker or nothing), as the lock has them."""
    found = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if match := PIN.match(line):
            found[canonical(match["name"])] = (match["version"], match["marker"] or "")
    return found


def unlisted(locks: list[Path]) -> list[str]:
    """What an older lock left behind."""
    named = OURS.union(*(pins(lock) for lock in locks))
    return sorted({canonical(each.metadata["Name"]) for each in distributions()} - named)


if __name__ == "__main__":
    if sys.argv[1:2] != ["unlisted"]:
        sys.exit(__doc__)
    print("\n".join(unlisted([Path(name) for name in sys.argv[2:]])), end="")
