"""Shred secrets: without its secret a report is closed for ever, so none is lost in silence."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from storage.keyshelf import RECORD, KeyGone, ShredShelf
from tests.disks import on_a_disk_that_forgets_names, on_a_dying_disk, on_a_small_disk

FIRST, SECOND, THIRD = "AAAAAAAAAA", "BBBBBBBBBB", "CCCCCCCCCC"

KEEPING = """
from pathlib import Path
from storage.keyshelf import ShredShelf
shelf = ShredShelf(Path({path!r}))
shelf.keep({{"BBBBBBBBBB": b"2" * 32, "CCCCCCCCCC": b"3" * 32}})
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A shelf with one secret on it."""
    ShredShelf(tmp_path / "shred" / "secrets.bin").keep({FIRST: b"1" * 32})
    return tmp_path / "shred" / "secrets.bin"


@pytest.mark.parametrize("room", [0, 1, 20, RECORD, RECORD + 30, 2 * RECORD - 1])
def test_a_disk_with_room_for_less_keeps_no_secret_in_silence(path: Path, room: int) -> None:
    said = on_a_small_disk(KEEPING.format(path=str(path)), size=RECORD + room)

    assert os.strerror(errno.EFBIG) in said
    assert ShredShelf(path).secret(FIRST) == b"1" * 32


def test_a_disk_that_does_not_keep_the_secret_is_an_error(path: Path) -> None:
    assert os.strerror(errno.EIO) in on_a_dying_disk(KEEPING.format(path=str(path)))


def test_a_disk_that_forgets_the_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "shred").mkdir()
    opening = f"""
import sys
sys.addaudithook(lambda event, args: die() if event == "open" and args[0] == {str(tmp_path / "shred")!r} else None)
"""  # the data reached the disk; its folder's entry does not
    keeping = KEEPING.format(path=str(tmp_path / "shred" / "secrets.bin"))

    assert os.strerror(errno.EIO) in on_a_disk_that_forgets_names(opening + keeping)


@pytest.mark.parametrize("cut", [1, 15, 16, 17, RECORD - 1])
def test_a_record_cut_off_by_a_crash_opens_nothing_and_harms_no_other(path: Path, cut: int) -> None:
    with path.open("ab") as file:
        file.write((SECOND.encode().ljust(16, b"\0") + b"2" * 32)[:cut])

    shelf = ShredShelf(path)
    with pytest.raises(KeyGone):
        shelf.secret(SECOND)
    shelf.keep({THIRD: b"3" * 32})

    for opened in (shelf, ShredShelf(path)):
        assert (opened.secret(FIRST), opened.secret(THIRD)) == (b"1" * 32, b"3" * 32)
        with pytest.raises(KeyGone):
            opened.secret(SECOND)
    assert path.stat().st_size % RECORD == 0


def test_a_destroyed_secret_is_gone_for_every_process(path: Path) -> None:
    ShredShelf(path).destroy([FIRST])

    with pytest.raises(KeyGone):
        ShredShelf(path).secret(FIRST)
    assert b"1" * 8 not in path.read_bytes()
