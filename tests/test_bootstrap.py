"""The first day: whatever is wrong with the machine is one sentence in each language, and running it
again goes on from there. Real installers install tiny packages into a real .venv, without a network."""

from __future__ import annotations

import hashlib
import os
import pty
import re
import runpy
import shutil
import signal
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.offices import ROOT
from tests.waiting import until

BASE = str(getattr(sys, "_base_executable", sys.executable))

#: As small as a build may be. It waits as long as a file `hold` is there.
BACKEND = """
import time
from pathlib import Path
from zipfile import ZipFile

def build_editable(folder, *_):
    Path("reached").touch()
    while Path("hold").exists():
        time.sleep(0.05)
    with Path("built").open("a") as built:
        built.write("once\\n")
    info = "xiangsheng-0.1.dist-info"
    with ZipFile(f"{folder}/xiangsheng-0.1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("xiangsheng.pth", str(Path.cwd()))
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: xiangsheng\\nVersion: 0.1\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return "xiangsheng-0.1-py3-none-any.whl"

def prepare_metadata_for_build_editable(folder, *_):
    info = Path(folder, "xiangsheng-0.1.dist-info")
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: xiangsheng\\nVersion: 0.1\\n")
    return info.name
"""

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "xiangsheng"
version = "0.1"
"""

mend = runpy.run_path(str(ROOT / "scripts/locked.py"))["mend"]

LOCKS = ("requirements-build.txt", "requirements.txt", "requirements-dev.txt")


def a_wheel(folder: Path, name: str, version: str, *, needs: str = "", size: int = 10) -> Path:
    info, path = f"{name}-{version}.dist-info", folder / f"{name}-{version}-py3-none-any.whl"
    need = f"Requires-Dist: {needs}\n" if needs else ""
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", f"version = '{version}'  # {'.' * size}\n")
        wheel.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{need}",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        rows = "".join(f"{each.filename},,{each.file_size}\n" for each in wheel.infolist())
        wheel.writestr(f"{info}/RECORD", rows)
    return path


def _may_be_interrupted() -> None:
    """What was started behind a shell's `&` ignores Ctrl-C, and so do its children (POSIX, 2.11)."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(frozen=True)
class Project:
    """The few files that bootstrap.sh needs, and a folder of wheels in the place of an index."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def wheels(self) -> Path:
        return self.folder / "wheels"

    def offers(self, name: str, version: str, *, needs: str = "", size: int = 10) -> str:
        """A new wheel; the line that pins it."""
        path = a_wheel(self.wheels, name, version, needs=needs, size=size)
        fingerprint = hashlib.sha256(path.read_bytes()).hexdigest()
        return f"{name}=={version} \\\n    --hash=sha256:{fingerprint}\n"

    def pins(self, *lines: str) -> None:
        for lock in LOCKS[1:]:
            (self.folder / lock).write_text("".join(lines), encoding="utf-8")

    def command(self, *before: str) -> list[str]:
        return [*before, "bash", str(self.folder / "scripts/bootstrap.sh")]

    def environment(self, **settings: str) -> dict[str, str]:
        given = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder / "home"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels),
        }
        return {**given, **self.settings, **settings}

    def run(self, *before: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*before), env=self.environment(**settings), capture_output=True,
            text=True, timeout=120,
        )  # fmt: skip

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(), env=self.environment(), text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_may_be_interrupted,
        )  # fmt: skip

    def installed(self, name: str = "foo") -> str:
        """The version that the .venv has; nothing without one."""
        done = subprocess.run(
            [self.folder / ".venv/bin/python", "-c", f"import {name}; print({name}.version)"],
            capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    @property
    def site(self) -> Path:
        return next((self.folder / ".venv/lib").glob("python*/site-packages"))

    def commands(self, **programs: str) -> None:
        """Small shell programs that are found before all others."""
        for name, text in programs.items():
            path = self.folder / "bin" / name.replace("_", ".")
            path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
            path.chmod(0o755)


def a_project(folder: Path) -> Project:
    for part in ("bin", "home", "scripts", "wheels"):
        (folder / part).mkdir(parents=True)
    for script in ("bootstrap.sh", "locked.py"):
        shutil.copy(ROOT / "scripts" / script, folder / "scripts")
    (folder / "backend.py").write_text(BACKEND, encoding="utf-8")
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    for lock in LOCKS:
        (folder / lock).write_text("", encoding="utf-8")
    project = Project(folder)
    project.commands(python3=f'exec "{BASE}" "$@"')
    return project


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Installed once, with nothing in its locks: making a .venv takes seconds."""
    project = a_project(tmp_path_factory.mktemp("prepared") / "project")
    done = project.run()
    assert (done.returncode, done.stderr) == (0, "")
    return project


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """A project just unpacked, which wants foo 1.0."""
    project = a_project(tmp_path / "project")
    project.pins(project.offers("foo", "1.0"))
    return project


@pytest.fixture
def project(bare: Project, prepared: Project) -> Project:
    """The same with a .venv from an older lock."""
    shutil.copytree(
        prepared.folder / ".venv", bare.folder / ".venv", symlinks=True, copy_function=os.link
    )
    return bare


def refusal(done: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    """What was said in Chinese and in English, and nothing else."""
    assert done.returncode not in (0, None)
    assert len(done.stdout.splitlines()) <= 1, done.stdout
    lines = done.stderr.splitlines()
    assert len(lines) == 2, done.stderr
    assert lines[1].isascii()
    return lines[0], lines[1]


def test_on_a_good_day_there_is_one_line_and_the_next_time_none(project: Project) -> None:
    first, again = project.run(), project.run()

    assert (first.returncode, first.stderr, len(first.stdout.splitlines())) == (0, "", 1)
    assert (again.returncode, again.stderr, again.stdout) == (0, "", "")
    assert project.installed() == "1.0"


def test_on_a_terminal_the_seconds_are_counted(project: Project) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(project.command(), env=project.environment(), stdout=theirs) as running:
        assert running.wait(timeout=60) == 0
    os.close(theirs)

    shown = os.read(ours, 10_000).decode()
    os.close(ours)

    assert re.search(r"\r\d+ s ", shown)
    assert shown.endswith("\r\x1b[K")


def test_without_a_network_it_says_so_and_goes_on_when_there_is_one(project: Project) -> None:
    away = {
        "PIP_NO_INDEX": "0", "PIP_FIND_LINKS": "", "PIP_RETRIES": "0",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    }  # fmt: skip

    chinese, english = refusal(project.run(**away))

    assert "连不上软件源" in chinese
    assert "cannot be reached" in english
    assert project.run().returncode == 0
    assert project.installed() == "1.0"


def test_an_index_without_the_pinned_release_is_another_sentence(project: Project) -> None:
    project.wheels.joinpath("foo-1.0-py3-none-any.whl").unlink()

    chinese, english = refusal(project.run())

    assert "foo==1.0" in chinese
    assert "foo==1.0" in english


def test_half_a_download_is_not_installed(project: Project) -> None:
    wheel = project.wheels / "foo-1.0-py3-none-any.whl"
    whole = wheel.read_bytes()
    wheel.write_bytes(whole[:-50])

    chinese, english = refusal(project.run())

    assert "指纹对不上" in chinese
    assert "does not match its pinned hash" in english
    assert project.installed() == ""
    wheel.write_bytes(whole)
    assert project.run().returncode == 0
    assert project.installed() == "1.0"


def test_a_killed_run_is_finished_by_the_next(project: Project) -> None:
    (project.folder / "hold").touch()
    with project.start() as running:
        until((project.folder / "reached").exists)
        os.killpg(running.pid, signal.SIGKILL)
    (project.folder / "hold").unlink()

    done = project.run()

    assert (done.returncode, done.stderr) == (0, "")
    assert (project.folder / "built").read_text() == "once\n"
    assert project.installed() == "1.0"


@pytest.mark.prove
def test_a_killed_run_to_another_lock_does_not_pass_for_the_old_one(project: Project) -> None:
    old = (project.folder / LOCKS[1]).read_text()
    assert project.run().returncode == 0
    project.pins(project.offers("foo", "2.0"))
    (project.folder / "hold").touch()
    (project.folder / "reached").unlink()
    with project.start() as running:
        until((project.folder / "reached").exists)
        os.killpg(running.pid, signal.SIGKILL)
    (project.folder / "hold").unlink()
    project.pins(old)

    assert project.run().returncode == 0
    assert project.installed() == "1.0"


@pytest.mark.parametrize("lost", ["foo.py", "foo-1.0.dist-info/RECORD"])
@pytest.mark.parametrize("left", [None, b""])
def test_a_package_whose_files_did_not_all_arrive_is_forgotten(
    tmp_path: Path, lost: str, left: bytes | None
) -> None:
    with zipfile.ZipFile(a_wheel(tmp_path, "foo", "1.0")) as wheel:
        wheel.extractall(tmp_path / "site")
    mend(tmp_path / "site")
    assert (tmp_path / "site/foo-1.0.dist-info").exists()
    (tmp_path / "site" / lost).unlink()
    if left is not None:
        (tmp_path / "site" / lost).write_bytes(left)

    mend(tmp_path / "site")

    assert not (tmp_path / "site/foo-1.0.dist-info").exists()


@pytest.mark.prove
def test_a_package_that_did_not_all_arrive_is_installed_again(project: Project) -> None:
    assert project.run().returncode == 0
    (project.folder / ".venv/.has-requirements.txt").unlink()
    (project.site / "foo.py").write_bytes(b"")

    done = project.run()

    assert (done.returncode, done.stderr) == (0, "")
    assert project.installed() == "1.0"


def test_an_interrupted_run_says_that_it_can_be_run_again(project: Project) -> None:
    (project.folder / "hold").touch()
    with project.start() as running:
        until((project.folder / "reached").exists)
        os.killpg(running.pid, signal.SIGINT)
        _, said = running.communicate(timeout=60)

    assert running.returncode == 1
    assert said.splitlines() == [
        "停下了。再运行一次,会接着装。", "Stopped. Run this again; it continues.",
    ]  # fmt: skip


def test_of_two_at_once_the_second_waits_and_finds_all_done(project: Project) -> None:
    (project.folder / "hold").touch()
    with project.start() as first:
        until((project.folder / "reached").exists)
        with project.start() as second:
            assert second.stdout is not None
            assert "waiting" in second.stdout.readline()
            (project.folder / "hold").unlink()
            left = second.communicate(timeout=60)

    assert (first.returncode, second.returncode) == (0, 0)
    assert left == ("", "")
    assert (project.folder / "built").read_text() == "once\n"


def may_mount() -> bool:
    done = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True
    )
    return done.returncode == 0


MAY_MOUNT = os.getuid() == 0 and may_mount()

#: Too small the first time, large enough the second; then: how that ended, and what was installed.
TWICE = """
cd "$(dirname "$2")/.."; small; "$@" && exit 9; larger; "$@" >/dev/null
echo $? $(.venv/bin/python -c 'import foo; print(foo.version)') >&2
"""
SMALL_FILES = (
    "bash",
    "-c",
    "small() { ulimit -S -f 100; }; larger() { ulimit -S -f unlimited; }" + TWICE,
    "",
)
#: A disk of its own, in a namespace of its own, goes away with the process.
SMALL_DISK = (
    "unshare",
    "--mount",
    "bash",
    "-c",
    """
small() { mkdir -p .venv; mount -t tmpfs -o size=200k tmpfs .venv; }
larger() { mount -o remount,size=100m .venv; }
"""
    + TWICE,
    "",
)


@pytest.mark.parametrize(
    "small", [SMALL_FILES, pytest.param(SMALL_DISK, marks=pytest.mark.prove)][: 1 + MAY_MOUNT]
)
def test_a_full_disk_is_said_and_with_more_room_it_goes_on(
    bare: Project, small: tuple[str, ...]
) -> None:
    bare.pins(bare.offers("foo", "1.0", size=300_000))
    done = bare.run(*small)

    lines = done.stderr.splitlines()
    assert (lines[0][:4], lines[1][:17]) == ("磁盘满了", "The disk is full.")
    assert lines[2:] == ["0 1.0"]


#: For root every folder can be written; without these two powers he is like everybody.
AS_ANYBODY = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.getuid() == 0 else ()
)


#: The same, of a whole disk.
READ_ONLY = (
    "unshare",
    "--mount",
    "sh",
    "-c",
    'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"',
    "sh",
)


@pytest.fixture
def closed(bare: Project) -> Iterator[Project]:
    bare.folder.chmod(0o555)
    yield bare
    bare.folder.chmod(0o755)


@pytest.mark.parametrize("mounted", [False, True][: 1 + MAY_MOUNT])
def test_a_folder_that_cannot_be_written_is_named(closed: Project, mounted: bool) -> None:
    before = (*READ_ONLY, str(closed.folder)) if mounted else AS_ANYBODY

    chinese, english = refusal(closed.run(*before))

    assert f"写不进去:{closed.folder}" in chinese
    assert f"cannot be written: {closed.folder}" in english
    assert not (closed.folder / ".venv").exists()


def a_python_without_ensurepip(folder: Path, *, pip: bool) -> Path:
    """As Debian delivers it: the same standard library, but for one package."""
    library = folder / f"lib/python{sysconfig.get_python_version()}"
    (library / "site-packages").mkdir(parents=True)
    for part in Path(sysconfig.get_path("stdlib")).iterdir():
        if part.name not in ("ensurepip", "site-packages"):
            (library / part.name).symlink_to(part)
    if pip:
        (library / "site-packages/pip").symlink_to(_a_pip())
    python = folder / "bin/python3"
    python.parent.mkdir()
    shutil.copy(Path(BASE).resolve(), python)
    return python


def _a_pip() -> Path:
    for python in (sys.executable, BASE):
        done = subprocess.run(
            [python, "-c", "import pip; print(pip.__path__[0])"], capture_output=True, text=True
        )
        if done.returncode == 0:
            return Path(done.stdout.strip())
    raise AssertionError("these tests need a pip, in the .venv or in its Python")


@pytest.mark.prove
def test_without_ensurepip_another_pip_installs(bare: Project, tmp_path: Path) -> None:
    python = a_python_without_ensurepip(tmp_path / "debian", pip=True)

    done = bare.run(PYTHON=str(python))

    assert (done.returncode, done.stderr) == (0, "")
    assert bare.installed() == "1.0"
    assert not (bare.site / "pip").exists()


def test_without_any_pip_it_says_what_to_install(bare: Project, tmp_path: Path) -> None:
    python = a_python_without_ensurepip(tmp_path / "debian", pip=False)

    chinese, english = refusal(bare.run(PYTHON=str(python)))

    assert "apt-get install -y python3-venv python3-pip" in chinese
    assert "apt-get install -y python3-venv python3-pip" in english
    assert bare.run().returncode == 0
    assert bare.installed() == "1.0"


#: What an older Python answers, wherever it stands in the PATH.
OLD = f"""exec "{BASE}" -c 'import sys; sys.version_info = (3, 9, 18); exec(sys.argv[1])' "$2" """
EVERY_PYTHON = ("python3", "python3_11", "python3_12", "python3_13", "python3_14")


def test_only_an_old_python_is_said(bare: Project) -> None:
    bare.commands(**dict.fromkeys(EVERY_PYTHON, OLD))

    chinese, english = refusal(bare.run())

    assert "需要 Python 3.11 以上" in chinese
    assert "apt-get install" in english
    assert not (bare.folder / ".venv").exists()


@pytest.mark.prove
def test_an_old_python3_is_passed_over_for_a_newer_one_beside_it(project: Project) -> None:
    project.commands(**dict.fromkeys(EVERY_PYTHON, OLD))
    project.commands(python3_12=f'exec "{BASE}" "$@"')

    assert project.run().returncode == 0


@pytest.mark.prove
def test_the_python_one_asks_for_is_taken_and_no_other(bare: Project, tmp_path: Path) -> None:
    chinese, english = refusal(bare.run(PYTHON="python3.99"))

    assert "PYTHON=python3.99" in chinese
    assert "PYTHON=python3.99" in english

    bare.commands(**dict.fromkeys(EVERY_PYTHON, OLD))
    bare.commands(mine=f'exec "{BASE}" "$@"')
    assert bare.run(PYTHON="mine").returncode == 0


@pytest.mark.prove
@pytest.mark.parametrize("python", [str(Path("/nowhere/python3")), "old"])
def test_a_venv_whose_python_is_gone_or_old_is_made_anew(project: Project, python: str) -> None:
    assert project.run().returncode == 0
    link = project.folder / ".venv/bin/python"
    link.unlink()
    if python == "old":
        link.write_text(f"#!/bin/sh\n{OLD}\n", encoding="utf-8")
        link.chmod(0o755)
    else:
        link.symlink_to(python)

    done = project.run()

    assert (done.returncode, done.stderr) == (0, "")
    assert project.installed() == "1.0"


def test_newer_releases_beside_the_pinned_one_change_nothing(project: Project) -> None:
    foo = project.offers("foo", "1.0")
    bar = project.offers("bar", "1.0", needs="foo>=1")
    for minor in range(5):
        project.offers("foo", f"2.{minor}")
        project.offers("bar", f"1.{minor + 1}", needs="foo>=2")
    project.pins(foo, bar)

    assert project.run().returncode == 0
    assert (project.installed("foo"), project.installed("bar")) == ("1.0", "1.0")


@pytest.mark.prove
def test_what_an_older_lock_left_behind_is_taken_out(project: Project) -> None:
    project.pins(project.offers("foo", "1.0"), project.offers("bar", "1.0"))
    assert project.run().returncode == 0
    project.pins(project.offers("foo", "1.0"))

    assert project.run().returncode == 0
    assert (project.installed("foo"), project.installed("bar")) == ("1.0", "")


@pytest.mark.prove
def test_packages_of_another_python_do_not_pass_for_installed(
    project: Project, tmp_path: Path
) -> None:
    with zipfile.ZipFile(project.wheels / "foo-1.0-py3-none-any.whl") as wheel:
        wheel.extractall(tmp_path / "elsewhere")

    assert project.run(PYTHONPATH=str(tmp_path / "elsewhere")).returncode == 0
    assert project.installed() == "1.0"


def test_the_installers_warnings_stay_off_the_screen(project: Project) -> None:
    links = f"{project.wheels} {project.folder / 'nowhere'}"

    done = project.run(PIP_FIND_LINKS=links)

    assert (done.returncode, done.stderr) == (0, "")
    assert "nowhere" not in done.stdout


def test_any_other_error_is_one_sentence_and_the_rest_is_in_the_log(project: Project) -> None:
    project.pins(project.offers("foo", "1.0", needs="absent>=3"))

    chinese, english = refusal(project.run())

    assert "absent" in chinese
    assert "Details: .venv/install.log" in english
    assert "absent" in (project.folder / ".venv/install.log").read_text()
