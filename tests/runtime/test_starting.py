"""Starting the product on a bad day: one sentence that says what to change, in both languages, and 1."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disks import SMALL
from tests.offices import CONTENT_FOLDER, ROOT
from tests.runtime.conftest import House

STARTS = ("demo", "serve")


def starts(
    command: str, house: Path, *before: str, here: Path = ROOT, work: str = "", **settings: str
) -> str:
    """What is said by a start that is refused; a real process, so that no traceback stays unseen."""
    program = f"{work}\nimport sys; sys.argv = ['xiangsheng', {command!r}]\nfrom runtime.cli import main; main()"
    env = {
        "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "XIANGSHENG_DATA_DIR": str(house),
        "XIANGSHENG_KDF_MIB": "1", "XIANGSHENG_KDF_PASSES": "1", **settings,
    }  # fmt: skip
    done = subprocess.run(
        [*before, sys.executable, "-c", program],
        cwd=here, env=env, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    return done.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_named_before_anything_is_opened(taken: int, tmp_path: Path) -> None:
    said = starts("serve", tmp_path / "house", XIANGSHENG_PORT=str(taken))

    assert f"{taken} 端口被别的程序占着。换一个:XIANGSHENG_PORT=…" in said
    assert f"Port {taken} is in use" in said
    assert not (tmp_path / "house").exists()


@pytest.mark.parametrize("command", STARTS)
def test_an_address_of_another_machine_is_named(command: str, tmp_path: Path) -> None:
    said = starts(command, tmp_path / "house", XIANGSHENG_HOST="192.0.2.1")

    assert "改 XIANGSHENG_HOST" in said
    assert "change XIANGSHENG_HOST" in said


def test_a_port_that_cannot_be_is_named(house: House) -> None:
    said = house.types("serve", XIANGSHENG_PORT="99999")

    assert (said.exit_code, "XIANGSHENG_PORT" in said.stderr) == (1, True)


@pytest.mark.parametrize("command", STARTS)
def test_a_settings_file_in_another_encoding_is_named(command: str, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("XIANGSHENG_PORT=8000 # 我的端口\n".encode("gb18030"))

    said = starts(command, tmp_path / "house", here=tmp_path)

    assert ".env 不是 UTF-8" in said
    assert "save it as UTF-8" in said


#: For root every folder can be written; without these two powers he is like everybody.
AS_ANYBODY = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.getuid() == 0 else ()
)


@pytest.mark.parametrize("used", [False, True])
def test_a_data_folder_that_cannot_be_written_is_named(house: House, used: bool) -> None:
    house.folder.mkdir()
    if used:
        assert house.types("log", "verify").exit_code == 0
    house.folder.chmod(0o555)

    said = starts("demo", house.folder, *AS_ANYBODY)

    house.folder.chmod(0o755)
    assert f"数据文件夹用不了:{house.folder}" in said
    assert "choose another: XIANGSHENG_DATA_DIR" in said


@pytest.mark.parametrize("size", [0, 10_000, 100_000])
def test_a_data_folder_on_a_full_disk_is_a_sentence(tmp_path: Path, size: int) -> None:
    said = starts("demo", tmp_path / "house", work=SMALL.format(size=size))

    assert "磁盘" in said


@pytest.mark.parametrize("command", STARTS)
def test_data_of_a_newer_version_are_left_alone(command: str, house: House) -> None:
    assert house.types("log", "verify").exit_code == 0
    with house.database() as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = (house.folder / "xiangsheng.db").read_bytes()

    said = starts(command, house.folder)

    assert "更新的程序建的" in said
    assert "of a newer version" in said
    assert (house.folder / "xiangsheng.db").read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'unit = "housing-410423"',
            'unit = "housing-9"',
            "demo.toml 里写了 housing-9,没有这个单位",
        ),
        ('kind = "clue"', 'kind = "rumour"', "demo.toml 的第 2 件写错了"),
        ('text = "', 'words = "', "demo.toml 的第 1 件写错了"),
        ("[[case]]", "[[cases]]", "demo.toml 写错了:没有 cases 这一项"),
        ('place = "410423', 'place = "990000', "没有这个县的单位"),
        ('"5h accept"', '"soon accept"', "“soon accept”看不懂"),
        ('"5h accept"', '"5h accpet"', "“5h accpet”看不懂"),
        ('roles = ["leader"]', 'roles = ["king"]', "demo.toml 写错了"),
    ],
)
def test_an_invented_play_that_cannot_be_played_is_named(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    content = tmp_path / "content"
    shutil.copytree(CONTENT_FOLDER, content)
    play = content / "demo.toml"
    play.write_text(play.read_text("utf-8").replace(old, new), "utf-8")

    assert says in starts("demo", tmp_path / "house", XIANGSHENG_CONTENT=str(content))
