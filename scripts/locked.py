"""What the lock pins, against what stands in this environment. Standard library only: it runs first.

python scripts/locked.py unlisted LOCK …    the installed packages that no LOCK names
python scripts/locked.py mend               forget packages whose files did not all arrive
"""

from __future__ import annotations

import csv
import re
import shutil
import sys
import sysconfig
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


def is_whole(record: Path) -> bool:
    """Whether every file that a package's RECORD lists stands beside it, with the bytes it should have."""
    try:
        rows = list(csv.reader(record.read_text(encoding="utf-8").splitlines()))
        found = [
            (size, (record.parent.parent / name).stat().st_size)
            for name, _, size in rows
            if not name.endswith(".pyc")  # these anybody may sweep away
        ]
        return bool(found) and all(not size or int(size) == has for size, has in found)
    except (OSError, ValueError):  # cut off itself, or never written: it comes last
        return False


def mend(site: Path) -> None:
    """Forget what an interrupted installation left half there, so that it is installed again."""
    for info in site.glob("*.dist-info"):
        if not is_whole(info / "RECORD"):
            shutil.rmtree(info)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["unlisted", *locks]:
            print("\n".join(unlisted([Path(name) for name in locks])), end="")
        case ["mend"]:
            mend(Path(sysconfig.get_path("purelib")))
        case _:
            sys.exit(__doc__)
