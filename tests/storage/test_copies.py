"""The handler's copy: what one sees and hears stays, and nothing else of the file does."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from storage import copying_child
from storage.copies import PICTURES, SOUNDS, Copy, Copyist, Limits, copied
from storage.kinds import ACCEPTED, media_type_of
from tests import sent_files
from tests.sent_files import PLANTED, colour, heard, word

PICTURES_SENT = {
    "jpeg": (sent_files.jpeg, ("artist", "owner", "serial", "gps-method", "maker-note", "user-comment",
                               "xmp", "icc", "comment", "thumbnail", "behind")),
    "png": (sent_files.png, ("text", "itxt", "artist", "serial", "gps-method", "behind")),
    "gif": (sent_files.gif, ("comment", "behind")),
    "webp": (sent_files.webp, ("artist", "serial", "gps-method", "xmp", "icc", "behind")),
}  # fmt: skip

#: Each box, how it is asked for, and where it can say whose it is.
RECORDINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "mp3": ((), ("artist", "owner", "title", "comment", "behind")),
    "ogg": ((), ("artist", "owner", "location", "behind")),
    "wav": ((), ("artist", "title", "comment", "behind")),
    "amr": (("-ar", "8000"), ("behind",)),
    "m4a": ((), ("artist", "title", "comment", "behind")),
    "webm": ((), ("artist", "owner", "behind")),
    "3gp": (("-c:a", "aac"), ("title", "behind")),
    "mp4": ((), ("artist", "title", "behind")),
    "wma": ((), ("behind",)),
    "aiff": ((), ("title", "behind")),
    "caf": ((), ("title", "behind")),
}


def copy_of(content: bytes, limits: Limits = Limits()) -> Copy | None:
    return copied(content, media_type_of(content), limits)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@pytest.mark.parametrize("kind", PICTURES_SENT)
def test_a_picture_keeps_its_look_and_loses_every_planted_word(kind: str) -> None:
    make, places = PICTURES_SENT[kind]
    sent = make()
    for place in places:
        assert word(place).encode() in sent, place

    copy = copy_of(sent)

    assert copy is not None
    assert PLANTED not in copy.content
    seen, was = opened(copy.content), ImageOps.exif_transpose(opened(sent))
    assert not seen.getexif()
    assert set(seen.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert seen.width / seen.height == pytest.approx(was.width / was.height, rel=0.01)
    assert colour(seen) == pytest.approx(colour(was), abs=6)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_it_was_held(orientation: int) -> None:
    sent = sent_files.jpeg(orientation, (400, 300))

    copy = copy_of(sent)

    assert copy is not None
    seen, was = opened(copy.content), ImageOps.exif_transpose(opened(sent))
    assert seen.size == was.size
    for at in ((0.1, 0.5), (0.5, 0.1), (0.9, 0.5), (0.5, 0.9)):
        spot = [int(part * side) for part, side in zip(at, seen.size, strict=True)]
        box = (spot[0] - 4, spot[1] - 4, spot[0] + 4, spot[1] + 4)
        assert colour(seen.crop(box)) == pytest.approx(colour(was.crop(box)), abs=20)


def test_a_large_picture_is_brought_down_and_a_small_one_left() -> None:
    large, small = copy_of(sent_files.jpeg(1, (4000, 3000))), copy_of(sent_files.jpeg(1, (90, 60)))

    assert large is not None
    assert small is not None
    assert opened(large.content).size == (2560, 1920)
    assert opened(small.content).size == (90, 60)


def test_few_colours_stay_sharp_and_see_through_parts_are_white() -> None:
    drawn = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    drawn.paste((10, 120, 10, 255), (0, 0, 150, 200))

    copy = copy_of(sent_files.png(drawn))

    assert copy is not None
    assert copy.media_type == "image/png"
    assert PLANTED not in copy.content
    seen = opened(copy.content)
    assert (seen.getpixel((10, 10)), seen.getpixel((290, 10))) == ((10, 120, 10), (255, 255, 255))


def test_grey_of_sixteen_bits_is_not_burnt_out() -> None:
    copy = copy_of(sent_files.png(Image.new("I;16", (60, 40), 0x8000)))

    assert copy is not None
    assert colour(opened(copy.content)) == pytest.approx((128, 128, 128), abs=2)


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr"])
def test_every_way_to_write_a_colour_down_is_understood(mode: str) -> None:
    out = io.BytesIO()
    grey = sent_files.scene((200, 150)).convert(mode)
    grey.save(out, "JPEG" if mode in ("CMYK", "YCbCr") else "PNG")

    copy = copy_of(out.getvalue())

    assert copy is not None
    assert colour(opened(copy.content)) == pytest.approx(colour(opened(out.getvalue())), abs=8)


@pytest.mark.parametrize("ending", RECORDINGS)
def test_a_recording_keeps_its_sound_and_loses_every_planted_word(ending: str) -> None:
    how, places = RECORDINGS[ending]
    sent = sent_files.recording(ending, 2, *how)
    for place in places:
        assert word(place).encode() in sent, place

    copy = copy_of(sent)

    assert copy is not None
    assert (copy.kind, copy.media_type, media_type_of(copy.content)) == (
        "voice",
        "audio/mpeg",
        "audio/mpeg",
    )
    assert PLANTED not in copy.content
    assert heard(copy.content) == pytest.approx(heard(sent), abs=0.3)


def test_a_film_is_no_recording_whatever_its_box() -> None:
    assert [copy_of(sent_files.film(ending)) for ending in ("mp4", "webm", "3gp")] == [None] * 3


def test_what_is_no_picture_and_no_sound_has_no_copy() -> None:
    document = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)

    assert [media_type_of(each) for each in (document, heic)] == ["application/pdf", "image/heic"]
    assert [copy_of(document), copy_of(heic), copy_of(sent_files.bomb())] == [None] * 3
    assert set(PICTURES) | set(SOUNDS) <= ACCEPTED.keys()


@pytest.mark.parametrize("kept", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("kind", PICTURES_SENT)
def test_a_picture_that_was_cut_off_has_no_copy_and_no_word_in_it(kind: str, kept: float) -> None:
    sent = PICTURES_SENT[kind][0]()

    copy = copied(sent[: int(len(sent) * kept)], f"image/{kind}")

    assert copy is None or PLANTED not in copy.content
    assert copy is None or kind == "gif"  # its first frame may be whole


def test_a_picture_that_is_an_archive_too_is_one_no_more() -> None:
    archive = io.BytesIO(sent_files.jpeg())
    with zipfile.ZipFile(archive, "a") as also:
        also.writestr("evil.js", word("archive"))
    sent = archive.getvalue()
    assert zipfile.is_zipfile(io.BytesIO(sent))

    copy = copy_of(sent)

    assert copy is not None
    assert not zipfile.is_zipfile(io.BytesIO(copy.content))
    assert PLANTED not in copy.content


def test_a_list_that_names_a_file_of_ours_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(sent_files.tone())
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{secret}\n#EXT-X-ENDLIST\n".encode()
    concat = f"ffconcat version 1.0\nfile '{secret}'\n".encode()

    found = [copied(each, kind) for each in (playlist, concat) for kind in SOUNDS]

    assert found == [None] * len(found)


@pytest.mark.parametrize(
    "limits",
    [Limits(cpu=1), Limits(seconds=0.7), Limits(memory=16 * 1024 * 1024), Limits(answer=100)],
    ids=["cpu", "seconds", "memory", "answer"],
)
def test_over_its_limits_a_child_is_ended_and_there_is_no_copy(limits: Limits) -> None:
    endless = sent_files.endless() if limits.answer > 100 else sent_files.jpeg()
    before = time.process_time()

    assert copy_of(endless, limits) is None
    assert time.process_time() - before < 1  # it was the child's time, not ours


def test_a_child_that_computes_for_ever_is_ended_by_the_kernel() -> None:
    """Also if the house that would end it is gone."""
    child = subprocess.run(
        [sys.executable, "-I", copying_child.__file__, "1", str(2**30), "picture", "JPEG"],
        input=sent_files.endless(), capture_output=True,
    )  # fmt: skip

    assert child.returncode in (-signal.SIGXCPU, -signal.SIGKILL)


def test_a_picture_that_needs_more_memory_than_a_child_has_is_not_copied() -> None:
    wide = sent_files.png(Image.new("RGB", (7000, 5000), (9, 90, 200)))

    assert copy_of(wide) is not None
    assert copy_of(wide, Limits(memory=100 * 1024 * 1024)) is None


@pytest.mark.parametrize(("ending", "most"), [("PNG", 40_000_000), ("JPEG", 120_000_000)])
def test_a_whole_picture_over_the_most_dots_is_not_decoded(ending: str, most: int) -> None:
    sides = (16_000, most // 16_000)
    copies = []
    for more in (0, 1):
        out = io.BytesIO()
        Image.new("L", (sides[0], sides[1] + more), 70).save(out, ending)
        copies.append(copy_of(out.getvalue()))

    assert [copy is not None for copy in copies] == [True, False]


def test_no_child_outlives_the_answer() -> None:
    assert copy_of(sent_files.endless(), Limits(seconds=0.7)) is None

    running = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
            parent = (path.parent / "stat").read_text().rsplit(")")[1].split()[1]
        except OSError:
            continue  # it ended while we looked
        if any(each.endswith(b"copying_child.py") for each in words):
            running.append(parent)
    assert str(os.getpid()) not in running


async def test_two_are_made_at_once_and_no_more() -> None:
    before, copyist, sent = set(threading.enumerate()), Copyist(), sent_files.gif()

    copies = await asyncio.gather(*(copyist.copy(sent, "image/gif") for _ in range(6)))
    waited_for = set(threading.enumerate()) - before
    copyist.close()

    assert [copy is not None for copy in copies] == [True] * 6
    assert len([each for each in waited_for if each.name.startswith("copyist")]) == 2


#: What a decoder gone wild would try, told line by line.
WILD = """
import errno, importlib.util, json, os, socket, sys
spec = importlib.util.spec_from_file_location("child", sys.argv[1])
child = importlib.util.module_from_spec(spec); spec.loader.exec_module(child)
held = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT, 0o600)
child.limit(10, 768 * 1024 * 1024)
child.shut_the_doors()
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
said = {}
def tries(name, act):
    try: act(); said[name] = "done"
    except OSError as fault: said[name] = errno.errorcode[fault.errno]
tries("write into an open file", lambda: os.write(held, b"x"))
tries("open a socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
tries("open a local socket", lambda: socket.socket(socket.AF_UNIX))
tries("read a key", lambda: os.open(sys.argv[3], os.O_RDONLY))
tries("make a file", lambda: os.open(sys.argv[2] + "2", os.O_WRONLY | os.O_CREAT))
print(json.dumps(said))
"""


def test_a_decoder_gone_wild_finds_the_doors_shut(tmp_path: Path) -> None:
    key = tmp_path / "service.key"
    key.write_bytes(bytes(32))
    program = Path(copying_child.__file__)

    told = subprocess.run(
        [sys.executable, "-I", "-c", WILD, program, tmp_path / "out", key],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip

    said = json.loads(told)
    assert said["write into an open file"] == "EFBIG"
    assert said["open a socket"] == said["open a local socket"] == "EPERM"
    if has_landlock():  # on an older kernel the page on security says what is left
        assert said["read a key"] == said["make a file"] == "EACCES"


def has_landlock() -> bool:
    """Linux from 5.13 on, where it is not switched off."""
    return bool(copying_child._LIBC.syscall(copying_child._CREATE_RULESET, None, 0, 1) > 0)
