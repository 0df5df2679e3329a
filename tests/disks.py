"""Disks that fail, by the kernel's own means: a child process writes to them and says what happened."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.offices import ROOT

#: A file may not grow beyond so many bytes: the kernel writes up to there, then refuses (EFBIG).
SMALL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
"""

#: The kernel answers every fsync and fdatasync from now on with EIO, as a dying disk does.
DYING = """
import ctypes, platform, struct

def die():
    calls = {"x86_64": (74, 75), "aarch64": (82, 83)}[platform.machine()]
    load, equal, answer, eio, allow = 0x20, 0x15, 0x06, 0x00050005, 0x7FFF0000
    steps = [(load, 0, 0, 0), (equal, 1, 0, calls[0]), (equal, 0, 1, calls[1]),
             (answer, 0, 0, eio), (answer, 0, 0, allow)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HL", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None)
    no_new_privileges, seccomp, by_filter = 38, 22, 2
    assert libc.prctl(no_new_privileges, 1, 0, 0, 0) == 0
    assert libc.prctl(seccomp, by_filter, ctypes.byref(program), 0, 0) == 0
"""

#: It dies between the rename (or link) and the fsync of the folder.
DYING_AFTER_THE_NAME = (
    DYING
    + """
import sys
sys.addaudithook(lambda event, _: die() if event in ("os.rename", "os.link", "os.mkdir") else None)
"""
)


def on_a_small_disk(work: str, *, size: int) -> str:
    """What the work ends with ('' when well), where no file may have more bytes than `size`."""
    return _ends_with(SMALL.format(size=size) + work)


def on_a_dying_disk(work: str) -> str:
    return _ends_with(DYING + "die()\n" + work)


def on_a_disk_that_forgets_names(work: str) -> str:
    return _ends_with(DYING_AFTER_THE_NAME + work)


def _ends_with(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    return done.stderr.strip().splitlines()[-1] if done.returncode else ""


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
