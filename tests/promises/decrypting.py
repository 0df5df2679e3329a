"""What somebody reads who has the whole machine: every sealed thing tried with every key file found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, select
from sqlalchemy.ext.asyncio import create_async_engine

from papers.envelope import EnvelopeError, derive, open_box, open_under
from storage import (
    answers,
    craftsmen,
    judgements,
    platforms,
    remembered,
    schema,
    shown_receipts,
    talks,
)

#: What anything on this side is sealed for, under a key itself.
PURPOSES = (
    answers.PURPOSE, craftsmen.PURPOSE, judgements.PURPOSE, platforms.PURPOSE, remembered.PURPOSE, shown_receipts.PURPOSE, talks.PURPOSE,
    "outbox", "session", "member",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A sealed thing that a key file opened: where it lay, and what it says."""

    where: str
    plain: bytes


def keys_in(*folders: Path) -> list[bytes]:
    """Every 32 bytes that lie in a key file, as they are and written in hexadecimal."""
    found = []
    for folder in folders:
        for path in (each for each in folder.rglob("*") if each.is_file() and "keys" in each.parts):
            content = path.read_bytes()
            found += [content[at : at + 32] for at in range(0, len(content) - 31, 32)]
            for word in content.split():
                if len(word) == 64 and all(char in b"0123456789abcdef" for char in word):
                    found.append(bytes.fromhex(word.decode()))
    return list(dict.fromkeys(found))


def sealed_in(url: str, *folders: Path) -> list[tuple[str, bytes]]:
    """Every binary value of every table, and every file of the upload folders."""
    rows = asyncio.run(_binaries(url))
    files = [
        (f"files {path.parent.name}", path.read_bytes())
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "uploads" in path.parts
    ]
    return rows + files


async def _binaries(url: str) -> list[tuple[str, bytes]]:
    engine = create_async_engine(url)
    found: list[tuple[str, bytes]] = []
    async with engine.connect() as connection:
        for table in schema.metadata.sorted_tables:
            columns = [each for each in table.c if isinstance(each.type, LargeBinary)]
            if columns:
                for row in await connection.execute(select(*columns)):
                    found += [(table.name, value) for value in _bytes_of(row)]
    await engine.dispose()
    return found


def _bytes_of(row: Any) -> Iterator[bytes]:
    yield from (bytes(value) for value in row if value)


def opened(sealed: list[tuple[str, bytes]], keys: list[bytes]) -> list[Opened]:
    """Every attempt that succeeds: for each purpose, as a box, and with keys derived once."""
    found = []
    for where, content in sealed:
        for key in keys:
            for purpose in PURPOSES:
                try:
                    found.append(Opened(where=where, plain=open_under(key, content, purpose)))
                except EnvelopeError:
                    continue
            for private in (key, derive(key, "reporter"), derive(key, "content")):
                try:
                    found.append(Opened(where=where, plain=open_box(private, content)))
                except Exception:
                    continue
    return found
