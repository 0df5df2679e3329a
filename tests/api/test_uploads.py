"""What lies on the disk while files arrive."""

from __future__ import annotations

import os

import pytest

from api.uploads import SealedSpool

WORDS = "支书把补助扣了".encode() * 50_000


def on_disk(spool: SealedSpool) -> bytes:
    spool._file.flush()
    return os.pread(spool._file.fileno(), 2 * len(WORDS), 0)


def test_a_spool_gives_back_what_was_written() -> None:
    spool = SealedSpool()
    for start in range(0, len(WORDS), 70_001):
        spool.write(WORDS[start : start + 70_001])

    spool.seek(0)

    assert spool.read() == WORDS


def test_a_spool_is_read_in_pieces_and_again() -> None:
    spool = SealedSpool()
    spool.write(WORDS)
    spool.seek(0)
    spool.read(1_001)
    spool.seek(0)

    pieces = [spool.read(65_537) for _ in range(len(WORDS) // 65_537 + 1)]

    assert b"".join(pieces) == WORDS


def test_the_disk_holds_other_bytes() -> None:
    spool = SealedSpool()
    spool.write(WORDS)

    assert len(on_disk(spool)) == len(WORDS)
    assert "支书".encode() not in on_disk(spool)


def test_the_same_file_twice_lies_there_differently() -> None:
    first, second = SealedSpool(), SealedSpool()
    first.write(WORDS)
    second.write(WORDS)

    assert on_disk(first) != on_disk(second)


@pytest.mark.parametrize(("offset", "whence"), [(5, 0), (0, 2)])
def test_a_spool_cannot_jump(offset: int, whence: int) -> None:
    with pytest.raises(ValueError, match="from its start"):
        SealedSpool().seek(offset, whence)
