"""A private file is whole or not there: on a full disk, on a dying one, and with several at once."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from papers.files import private_folder, whole, write_once, write_whole
from tests.disks import left_in, on_a_disk_that_forgets_names, on_a_dying_disk, on_a_small_disk

WRITING = """
from pathlib import Path
from papers.files import write_whole
write_whole(Path({path!r}), b"new" * 10_000)
"""
WRITING_ONCE = WRITING.replace("write_whole", "write_once")
STREAMING = """
from pathlib import Path
from papers.files import whole
with whole(Path({path!r})) as file:
    for _ in range(10_000):
        file.write(b"new")
"""
MAKING = """
from pathlib import Path
from papers.files import private_folder
private_folder(Path({path!r}))
"""


def test_the_new_content_stands_alone_in_the_folder_and_is_the_owners(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b"old")
    path.chmod(0o644)

    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert left_in(tmp_path) == ["keys.json"]


def test_a_file_that_goes_to_others_may_be_read_by_others(tmp_path: Path) -> None:
    write_whole(tmp_path / "receipt.json", b"{}", mode=0o644)

    assert (tmp_path / "receipt.json").stat().st_mode & 0o044


@pytest.mark.parametrize("work", [WRITING, WRITING_ONCE, STREAMING])
def test_a_short_write_is_an_error_and_the_old_content_stays(tmp_path: Path, work: str) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(b"old")

    said = on_a_small_disk(work.format(path=str(path)), size=20_000)

    assert os.strerror(errno.EFBIG) in said
    assert path.read_bytes() == b"old"
    assert left_in(tmp_path) == ["keys.json"]


@pytest.mark.parametrize("work", [WRITING, WRITING_ONCE, STREAMING])
def test_a_disk_that_does_not_keep_the_bytes_is_an_error(tmp_path: Path, work: str) -> None:
    path = tmp_path / "keys.json"

    said = on_a_dying_disk(work.format(path=str(path)))

    assert os.strerror(errno.EIO) in said
    assert left_in(tmp_path) == []


@pytest.mark.parametrize("work", [WRITING, WRITING_ONCE, STREAMING, MAKING])
def test_a_disk_that_does_not_keep_the_name_is_an_error(tmp_path: Path, work: str) -> None:
    said = on_a_disk_that_forgets_names(work.format(path=str(tmp_path / "keys.json")))

    assert os.strerror(errno.EIO) in said


def test_whoever_raises_while_writing_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with whole(tmp_path / "backup.tar") as file:
            file.write(b"half")
            raise LookupError

    with pytest.raises(LookupError):
        interrupted()

    assert left_in(tmp_path) == []


def test_of_two_that_make_a_key_the_first_stays(tmp_path: Path) -> None:
    write_once(tmp_path / "service.key", b"first")
    write_once(tmp_path / "service.key", b"second")

    assert (tmp_path / "service.key").read_bytes() == b"first"
    assert left_in(tmp_path) == ["service.key"]


def test_a_private_folder_and_those_above_it_are_the_owners(tmp_path: Path) -> None:
    private_folder(tmp_path / "house" / "keys")
    private_folder(tmp_path / "house" / "keys")

    for folder in (tmp_path / "house", tmp_path / "house" / "keys"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_the_way_of_a_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "house").write_bytes(b"")

    with pytest.raises(FileExistsError):
        private_folder(tmp_path / "house" / "keys")
