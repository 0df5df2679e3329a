"""Marker strings, every way a careless program might write them, and where they were found."""

from __future__ import annotations

import base64
import json
import re
import secrets
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

#: Every invented word begins with one of these, so that a truncated one is found too, and a hunt
#: for the beginning is a hunt for them all.
STEM = "麦秸垛里藏"
LATIN_STEM = "maijieduo"
_HAN = range(0x5000, 0x9000)
_EMPTY_PAGES = re.compile(rb"\0{64,}")


@dataclass
class Markers:
    """What was told in confidence, by kind; nothing of it may be readable afterwards."""

    told: dict[str, list[str]] = field(default_factory=dict)

    def word(self, kind: str) -> str:
        """A new word nobody ever wrote: it goes into a story, a letter, a file."""
        drawn = "".join(chr(secrets.choice(_HAN)) for _ in range(5))
        return self.keep(kind, f"{STEM}{drawn}zq{secrets.token_hex(5)}")

    def latin(self, kind: str) -> str:
        """For user names and headers, which take ASCII only."""
        return self.keep(kind, f"{LATIN_STEM}{secrets.token_hex(6)}")

    def number(self, kind: str) -> str:
        """A caller's number at a platform, of ten digits. Large enough to take six bytes in a
        table: four could be met by chance in sealed megabytes."""
        return self.keep(kind, str(2**31 + secrets.randbelow(10**10 - 2**31)))

    def phone(self, kind: str) -> str:
        """An invented mobile number (1380000xxxx)."""
        return self.keep(kind, f"1380000{secrets.randbelow(10_000):04d}")

    def keep(self, kind: str, text: str) -> str:
        self.told.setdefault(kind, []).append(text)
        return text

    def all(self) -> list[str]:
        return sorted({text for texts in self.told.values() for text in texts})


def spellings(text: str) -> dict[str, bytes]:
    """The same words as bytes, by the name of the spelling."""
    plain = text.encode()
    made = {
        "utf-8": plain,
        "utf-16-le": text.encode("utf-16-le"),
        "utf-16-be": text.encode("utf-16-be"),
        "gb18030": text.encode("gb18030"),
        "hex": plain.hex().encode(),
        "HEX": plain.hex().upper().encode(),
        "url": quote(text, safe="").encode(),
        "url lower": quote(text, safe="").lower().encode(),
        "json": json.dumps(text)[1:-1].encode(),
        "html": "".join(f"&#{ord(char)};" for char in text).encode(),
        "repr": repr(plain)[2:-1].encode(),
        "backwards": plain[::-1],
    }
    for shift in range(3):
        made |= {f"{name} +{shift}": each for name, each in _base64_at(shift, plain).items()}
    if text.isdigit() and len(text) < 19:
        made |= {
            "int64 le": struct.pack("<q", int(text)),
            "int64 be": struct.pack(">q", int(text)),
            "int48 be": struct.pack(">q", int(text))[2:],  # how SQLite keeps such a number
        }
    return made


def _base64_at(shift: int, plain: bytes) -> dict[str, bytes]:
    """The characters that are the same whatever stands before and after."""
    made = {
        "base64": base64.b64encode(bytes(shift) + plain),
        "base64url": base64.urlsafe_b64encode(bytes(shift) + plain),
    }
    first = (0, 2, 3)[shift]
    last = (shift + len(plain)) * 8 // 6
    return {name: coded[first:last] for name, coded in made.items()}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A marker that could be read, and where."""

    where: str
    spelling: str
    marker: str


def hunt(files: Iterable[Path], markers: Iterable[str]) -> Iterator[Found]:
    """Read every file as bytes and look for each marker, or its stem, in each spelling."""
    wanted: dict[bytes, tuple[str, list[str]]] = {}  # many spellings of plain digits are one
    for marker in sorted({_stem_of(marker) for marker in markers}):
        for name, coded in spellings(marker).items():
            wanted.setdefault(coded, (marker, []))[1].append(name)
    for file in files:
        content = _EMPTY_PAGES.sub(bytes(64), _read(file))
        for coded, (marker, names) in wanted.items():
            if coded in content or coded in file.name.encode():
                for name in names:
                    yield Found(where=file.name, spelling=name, marker=marker)


def _stem_of(marker: str) -> str:
    return next((stem for stem in (STEM, LATIN_STEM) if marker.startswith(stem)), marker)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # a running database takes old files away
        return b""


def files_below(*folders: Path) -> list[Path]:
    """Every regular file: tables, -wal, uploads, keys, logs."""
    return [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
