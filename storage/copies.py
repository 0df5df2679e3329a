"""The handler's copy of a file: made anew in a child that may do nothing else, two at a time at most.

A villager's photo tells where it was taken, with which device and by whom, in a dozen places of the
file. So a handler is never given the file: the picture is decoded and its pixels are painted into a new
one, the sound is decoded and encoded again (`storage.copying_child`). What cannot be made anew (PDF,
Word, films, HEIC, TIFF, AVIF, a damaged file, a picture that blows up or never ends) has no copy; that is never an
error for who sent it. What stays in the copy is what it shows and says: faces, signs, voices.
"""

from __future__ import annotations

import asyncio
import functools
import io
import os
import select
import signal
import subprocess
import sys
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: What is made anew, by what the first bytes say: with which decoder of Pillow …
PICTURES = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF",
    "image/bmp": "BMP", "image/x-ms-bmp": "BMP",
}  # fmt: skip

#: … or which reader of ffmpeg. A phone's recording comes in a film's box too; a film is refused there.
SOUNDS = {
    "audio/amr": "amr",
    "audio/ogg": "ogg",
    "application/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "mov",
    "audio/x-m4a": "mov",
    "audio/x-wav": "wav",
    "audio/wav": "wav",
    "audio/webm": "matroska",
    "audio/flac": "flac",
    "audio/x-flac": "flac",
    "audio/aac": "aac",
    "audio/x-hx-aac-adts": "aac",
    "audio/x-aiff": "aiff",
    "audio/x-caf": "caf",
    "audio/x-ms-wma": "asf",
    "video/webm": "matroska",
    "video/mp4": "mov",
    "video/3gpp": "mov",
    "video/quicktime": "mov",
}

AT_ONCE = 2


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one child may use; over it, there is no copy."""

    cpu: int = 20  # seconds
    seconds: float = 40  # on the wall: a busy machine gives a child half a core
    memory: int = 768 * 1024 * 1024  # address space
    answer: int = 30 * 60 * 8000  # bytes: half an hour of sound at 64 kbit/s, and any picture


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A file made anew."""

    kind: str  # photo, voice
    media_type: str
    content: bytes


class Copyist:
    """Makes copies for one house."""

    def __init__(self, limits: Limits = Limits(), patience: float = 45) -> None:
        """`patience`: seconds within which the files of one report begin to be copied."""
        self._limits, self.patience = limits, patience
        self._children = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="copyist")

    async def copy(self, content: bytes, media_type: str) -> Copy | None:
        """The copy, or None where none can be made. Waits for its turn."""
        work = functools.partial(copied, content, media_type, self._limits)
        return await asyncio.get_running_loop().run_in_executor(self._children, work)

    def close(self) -> None:
        self._children.shutdown(wait=False, cancel_futures=True)


def copied(content: bytes, media_type: str, limits: Limits = Limits()) -> Copy | None:
    """The same, in the caller's thread: about 0.1 s for a small picture, 0.6 s for a phone's, 0.3 s
    for a minute of sound."""
    try:
        return _copied(content, media_type, limits)
    except (OSError, RuntimeError):  # no child can be started, or no ffmpeg is there: see `tried`
        return None


def tried() -> tuple[bool, bool]:
    """Whether this machine can make a picture and a sound anew, tried with ones of our own."""
    recording = io.BytesIO()
    with wave.open(recording, "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        wav.writeframes(bytes(range(256)) * 32)
    picture = copied(_A_DOT, "image/gif")
    return picture is not None, copied(recording.getvalue(), "audio/wav") is not None


#: The smallest picture there is: one grey dot as GIF.
_A_DOT = bytes.fromhex("474946383961010001008000007f7f7f7f7f7f2c00000000010001000002024401003b")


def _copied(content: bytes, media_type: str, limits: Limits) -> Copy | None:
    if media_type in PICTURES:
        answer = _asked_of_a_child(content, limits, "picture", PICTURES[media_type])
        made = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png"}.get(answer[:3])
        return Copy(kind="photo", media_type=made, content=answer) if made else None
    if media_type in SOUNDS:
        answer = _asked_of_a_child(content, limits, "sound", _ffmpeg(), SOUNDS[media_type])
        is_sound = answer[:1] == b"\xff" and answer[1:2] >= b"\xe0"  # an MPEG frame begins
        return Copy(kind="voice", media_type="audio/mpeg", content=answer) if is_sound else None
    return None


def _ffmpeg() -> str:
    """The program our own package brings. Raises `RuntimeError` where it brings none."""
    import imageio_ffmpeg

    return str(imageio_ffmpeg.get_ffmpeg_exe())


def _asked_of_a_child(content: bytes, limits: Limits, *task: str) -> bytes:
    """What the child wrote before it left with 0; nothing if it was late, wordy, or broke."""
    program = str(Path(__file__).with_name("copying_child.py"))
    command = [sys.executable, "-I", program, str(limits.cpu), str(limits.memory), *task]
    # A file without a name, in memory: ffmpeg must be able to go back in it, and no disk sees it.
    source = os.memfd_create("original")
    try:
        with open(source, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(source, 0, os.SEEK_SET)
        child = subprocess.Popen(  # noqa: S603
            command, stdin=source, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            cwd="/", env={}, start_new_session=True,
        )  # fmt: skip
    finally:
        os.close(source)
    try:
        return _heard(child, time.monotonic() + limits.seconds, limits.answer)
    finally:
        if child.returncode is None:  # not yet taken leave of, so the number is still its own
            os.killpg(child.pid, signal.SIGKILL)  # it, and what it started
        child.wait()
        child.stdout.close()  # type: ignore[union-attr]  # a pipe, see above


def _heard(child: subprocess.Popen[bytes], until: float, most: int) -> bytes:
    pipe, heard = child.stdout, bytearray()
    assert pipe is not None
    waiting = select.poll()
    waiting.register(pipe, select.POLLIN)
    while waiting.poll(max(0, (until - time.monotonic()) * 1000)):
        piece = os.read(pipe.fileno(), 1 << 16)
        heard += piece
        if len(heard) > most:
            return b""
        if not piece:
            with suppress(subprocess.TimeoutExpired):
                left = child.wait(max(0, until - time.monotonic()))
                return bytes(heard) if left == 0 else b""
            return b""
    return b""
