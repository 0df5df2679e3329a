"""The child that makes one file anew: bytes on its standard input, the copy on its standard output.

A program of its own, started by `storage.copies` with this file's path; it imports the standard library
and Pillow, never the house. Before it looks at a byte it gives up what a decoder does not need:

- time, memory, writing files and leaving a core (setrlimit(2));
- sockets, io_uring and other processes' memory (seccomp(2)), and every file by name (landlock(7)),
  where the kernel offers them; older kernels leave it with the limits alone.

A picture is decoded and its pixels are pasted into a new image: what is not a pixel stays behind.
`Image.save` of what was opened would carry comments on (tried: JPEG, GIF). Sound is decoded and encoded
by ffmpeg without metadata. Anything but exit code 0 means that there is no copy.
"""

from __future__ import annotations

import ctypes
import io
import os
import platform
import resource
import struct
import subprocess
import sys
from contextlib import suppress
from typing import Any

#: The longest side of a copy, in pixels: enough to read a receipt that was photographed whole.
LONGEST_SIDE = 2560

#: A JPEG is decoded at a fraction of its size, so a phone's 108 million pixels fit; others whole.
MOST_PIXELS = {"JPEG": 120_000_000}
MOST_PIXELS_ELSE = 40_000_000

#: Up to so many colours it is a drawing or a screen, which JPEG would smear.
FEW_COLOURS = 256


def limit(cpu: int, memory: int) -> None:
    """Seconds of CPU and bytes of address space; no byte into any file, no core, few open files."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as mine:
        mine.write("1000")  # where memory runs out the kernel ends this one, not the service
    for what, most in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(10)  # who waits for an answer goes first


# Numbers from the kernel's headers: <linux/landlock.h>, <linux/seccomp.h>, <linux/audit.h>.
_LIBC = ctypes.CDLL(None, use_errno=True)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE_AND_READ = 0b101
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
#: Per machine: its audit word, and socket, ptrace, process_vm_readv, process_vm_writev, io_uring_setup.
_REFUSED = {
    "x86_64": (0xC000003E, (41, 101, 310, 311, 425)),
    "aarch64": (0xC00000B7, (198, 117, 270, 271, 425)),
}


#: Where a program that is started finds the C library; nothing of an office lies there.
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")


def shut_the_doors(program: str = "") -> None:
    """No socket, and no file by its name but `program` and its libraries, as far as this kernel can."""
    _LIBC.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)
    _refuse_files(program)
    _refuse_calls()


def _refuse_files(program: str) -> None:
    version = _LIBC.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return
    files = (1 << {1: 13, 2: 14}.get(version, 15 if version < 5 else 16)) - 1
    handled = struct.pack("=Q", files)
    ruleset = _LIBC.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    for path in filter(os.path.exists, (program, *LIBRARIES) if program else ()):
        there = os.open(path, os.O_PATH)
        rule = struct.pack("=Qi", _EXECUTE_AND_READ, there)
        _LIBC.syscall(_ADD_RULE, ruleset, 1, rule, 0)
        os.close(there)
    _LIBC.syscall(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _refuse_calls() -> None:
    machine, numbers = _REFUSED.get(platform.machine(), (0, ()))
    if not numbers:
        return
    load, equal, at_least, answer = 0x20, 0x15, 0x35, 0x06
    refuse, allow = 0x00050000 | 1, 0x7FFF0000  # EPERM
    steps = [(load, 0, 0, 4), (equal, 1, 0, machine), (answer, 0, 0, refuse), (load, 0, 0, 0)]
    # Numbers from 2^30 on are the same calls by another door (x32).
    steps += [(at_least, len(numbers) + 1, 0, 1 << 30)]
    steps += [(equal, len(numbers) - n, 0, number) for n, number in enumerate(numbers)]
    steps += [(answer, 0, 0, allow), (answer, 0, 0, refuse)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    _LIBC.prctl(_SET_SECCOMP, _FILTER, program, 0, 0)


def picture(decoder: str) -> bytes:
    """The standard input as a new JPEG, or PNG where it has few colours. Raises for what it is not."""
    # What Pillow would look for by name later, while it still may: these, and all that a rehearsal meets.
    import copy  # isort: skip  # noqa: F401

    from PIL import Image, MpoImagePlugin, TiffImagePlugin, WebPImagePlugin  # noqa: F401

    Image.MAX_IMAGE_PIXELS = None  # our own bound stands below, before a pixel is decoded
    turned, tiny = Image.Exif(), io.BytesIO()
    turned[0x0112] = 6  # the camera was held upright
    Image.effect_noise((40, 30), 90).convert("RGB").save(tiny, decoder, exif=turned)
    _made_anew(tiny.getvalue(), decoder)
    shut_the_doors()
    return _made_anew(sys.stdin.buffer.read(), decoder)


def _made_anew(content: bytes, decoder: str) -> bytes:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=[decoder]) as opened:
        if opened.width * opened.height > MOST_PIXELS.get(decoder, MOST_PIXELS_ELSE):
            raise ValueError("too many pixels")
        # Gap 1: a JPEG is decoded at the smallest eighth that is large enough.
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE), reducing_gap=1.0)
        pixels = _on_white(ImageOps.exif_transpose(opened))
    fresh, out = Image.new("RGB", pixels.size), io.BytesIO()
    fresh.paste(pixels)
    if fresh.getcolors(FEW_COLOURS):
        fresh.save(out, "PNG", optimize=True)
    else:
        fresh.save(out, "JPEG", quality=85)
    return out.getvalue()


def _on_white(image: Any) -> Any:  # a PIL.Image, which nobody but the child loads
    """Three bytes a pixel: 16-bit grey brought down, see-through laid on white."""
    from PIL import Image

    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        above = image.convert("RGBA")
        image = Image.new("RGBA", above.size, "white")
        image.alpha_composite(above)
    return image.convert("RGB")


#: What every call of ffmpeg says: one input, which is the standard input, and no other protocol.
_READS = "-hide_banner -nostdin -loglevel quiet -threads 1 -protocol_whitelist fd"


def sound(ffmpeg: str, container: str) -> None:
    """The first sound track as MP3, which every browser plays. Does not return; exits 1 for a film."""
    shut_the_doors(ffmpeg)
    reads = [ffmpeg, *_READS.split(), "-f", container, "-fd", "0", "-i", "fd:"]
    if container in ("mov", "matroska"):
        # A phone keeps a recording in the same box as a film. `V` leaves out an album's cover.
        film = [*reads, "-map", "0:V:0", "-frames:v", "1", "-f", "null", "-"]
        if subprocess.run(film, check=False).returncode == 0:  # noqa: S603
            sys.exit(1)
        os.lseek(0, 0, os.SEEK_SET)
    bare = "-map 0:a:0 -map_metadata -1 -map_chapters -1 -fflags +bitexact -flags:a +bitexact"
    made = "-c:a libmp3lame -ac 1 -ar 32000 -b:a 64k -id3v2_version 0 -write_id3v1 0 -write_xing 0"
    os.execv(ffmpeg, [*reads, *bare.split(), *made.split(), "-f", "mp3", "pipe:1"])  # noqa: S606


def main(cpu: str, memory: str, what: str, *rest: str) -> None:
    """`CPU-SECONDS BYTES picture DECODER` or `… sound FFMPEG CONTAINER`."""
    limit(int(cpu), int(memory))
    if what == "sound":
        sound(*rest)
    copy = picture(*rest)
    sys.stdout.buffer.write(copy)


if __name__ == "__main__":
    main(*sys.argv[1:])
