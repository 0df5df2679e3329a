"""Files as a phone sends them, with a planted word in every place that is not picture or sound."""

from __future__ import annotations

import functools
import io
import subprocess
import tempfile
import wave
import zlib
from pathlib import Path

import imageio_ffmpeg
from PIL import Image, ImageCms, PngImagePlugin

#: Every planted word begins so; what comes after says where it was planted.
PLANTED = b"planted-"

_GPS, _EXIF = 0x8825, 0x8769


def word(place: str) -> str:
    return f"{PLANTED.decode()}{place}-of the phone of nobody"


def scene(size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """Red above, blue below, a green spot to the left: one sees how it was turned."""
    picture = Image.new("RGB", size, (200, 40, 40))
    picture.paste((40, 40, 200), (0, size[1] // 2, size[0], size[1]))
    noise = Image.effect_noise(size, 60)
    picture = Image.blend(picture, Image.merge("RGB", (noise, noise.rotate(180), noise)), 0.2)
    picture.paste((20, 220, 20), (0, size[1] // 4, size[0] // 8, size[1] * 3 // 4))
    return picture


def exif(orientation: int = 1) -> Image.Exif:
    """Where, when, with what and whose: the tags of EXIF 2.32 that tell it."""
    made = Image.Exif()
    made[0x0112] = orientation
    for tag, place in (
        (0x010F, "make"),
        (0x013B, "artist"),
        (0x8298, "copyright"),
        (0x0132, "when"),
    ):
        made[tag] = word(place)
    inner = made.get_ifd(_EXIF)
    for tag, place in ((0xA430, "owner"), (0xA431, "serial"), (0xA435, "lens-serial")):
        inner[tag] = word(place)
    inner[0x927C] = word("maker-note").encode()
    inner[0x9286] = word("user-comment").encode()
    gps = made.get_ifd(_GPS)
    gps |= {1: "N", 2: (33.0, 44.0, 17.5), 3: "E", 4: (112.0, 54.0, 3.25), 29: "2026:11:02"}
    gps[27] = word("gps-method").encode()
    return made


def profile() -> bytes:
    """A colour profile with a word behind it, where viewers do not look."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + word("icc").encode()


def xmp() -> bytes:
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{word("xmp")}</x:xmpmeta>'.encode()


def jpeg(orientation: int = 1, size: tuple[int, int] = (1200, 900), **how: object) -> bytes:
    """EXIF, XMP, a colour profile, a comment, a thumbnail (JFXX) with a comment of its own, and bytes
    behind the end."""
    out, thumb = io.BytesIO(), io.BytesIO()
    scene((160, 120)).save(thumb, "JPEG", comment=word("thumbnail").encode())
    scene(size).save(
        out, "JPEG", exif=exif(orientation), xmp=xmp(), icc_profile=profile(),
        comment=word("comment").encode(), quality=88, **how,
    )  # fmt: skip
    extension = b"JFXX\0\x10" + thumb.getvalue()
    segment = b"\xff\xe0" + (len(extension) + 2).to_bytes(2, "big") + extension
    whole = out.getvalue()
    first = 4 + int.from_bytes(whole[4:6], "big")
    return whole[:first] + segment + whole[first:] + word("behind").encode()


def png(image: Image.Image | None = None) -> bytes:
    out, notes = io.BytesIO(), PngImagePlugin.PngInfo()
    notes.add_text("Author", word("text"))
    notes.add_text("Comment", word("packed-text"), zip=True)
    notes.add_itxt("Location", word("itxt"))
    (image or scene()).save(out, "PNG", pnginfo=notes, exif=exif(), icc_profile=profile())
    return out.getvalue() + word("behind").encode()


def gif() -> bytes:
    out = io.BytesIO()
    frames = [scene((300, 200)).quantize(64), scene((300, 200)).rotate(180).quantize(64)]
    frames[0].save(
        out, "GIF", save_all=True, append_images=frames[1:], comment=word("comment").encode()
    )
    return out.getvalue() + word("behind").encode()


def webp() -> bytes:
    out = io.BytesIO()
    scene().save(out, "WEBP", exif=exif(), xmp=xmp(), icc_profile=profile())
    return out.getvalue() + word("behind").encode()


def bomb(side: int = 60_000) -> bytes:
    """A few hundred bytes that say they are 3,600 million dots."""

    def chunk(name: bytes, content: bytes) -> bytes:
        sealed = zlib.crc32(name + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + name + content + sealed

    sizes = side.to_bytes(4, "big") * 2
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", sizes + bytes((8, 2, 0, 0, 0)))
        + chunk(b"IDAT", zlib.compress(bytes(100_000)))
        + chunk(b"IEND", b"")
    )


def endless() -> bytes:
    """A progressive JPEG (ITU-T T.81) whose last scan comes again three thousand times."""
    out = io.BytesIO()
    Image.new("L", (6000, 6000), 90).save(out, "JPEG", progressive=True)
    whole = out.getvalue()
    last = whole.rindex(b"\xff\xda")
    return whole[:last] + whole[last:-2] * 3000 + b"\xff\xd9"


def tone(seconds: float = 2, hertz: int = 440) -> bytes:
    """A square wave as WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        period = 8000 // hertz
        high, low = (9000).to_bytes(2, "little"), (-9000).to_bytes(2, "little", signed=True)
        one = high * (period // 2) + low * (period - period // 2)
        wav.writeframes(one * int(8000 * seconds / period))
    return out.getvalue()


@functools.cache
def recording(ending: str, seconds: float = 2, *how: str) -> bytes:
    """A tone in the box that a phone or platform sends, told whose it is wherever the box allows."""
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work) / "tone.wav", Path(work) / f"made.{ending}"
        source.write_bytes(tone(seconds))
        cover = Path(work) / "cover.jpg"
        cover.write_bytes(jpeg(size=(64, 48)))
        told = [
            part
            for tag in (
                "title",
                "artist",
                "comment",
                "owner",
                "location",
                "encoded_by",
                "copyright",
            )
            for part in ("-metadata", f"{tag}={word(tag)}")
        ]
        covered = ["-map", "0:a", "-map", "1:v", "-c:v", "copy", "-disposition:v", "attached_pic"]
        covered = ["-i", str(cover), *covered] if ending in ("mp3", "m4a") else []
        _ffmpeg("-i", source, *covered, *told, *how, made)
        return made.read_bytes() + word("behind").encode()


@functools.cache
def film(ending: str = "mp4") -> bytes:
    with tempfile.TemporaryDirectory() as work:
        source, made = Path(work) / "tone.wav", Path(work) / f"film.{ending}"
        source.write_bytes(tone())
        how = ("-shortest", *("-ar", "8000", "-c:a", "aac")[: 4 if ending == "3gp" else 0])
        _ffmpeg("-f", "lavfi", "-i", "testsrc=duration=2:size=128x96", "-i", source, *how, made)
        return made.read_bytes()


def heard(content: bytes) -> float:
    """Seconds of sound that a player finds in it."""
    with tempfile.TemporaryDirectory() as work:
        source, plain = Path(work) / "source", Path(work) / "plain.wav"
        source.write_bytes(content)
        _ffmpeg("-i", source, plain)
        with wave.open(str(plain)) as wav:
            return wav.getnframes() / wav.getframerate()


def _ffmpeg(*words: object) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", *map(str, words)]
    subprocess.run(command, check=True)


def colour(image: Image.Image) -> tuple[int, int, int]:
    """Its mean colour."""
    dot = image.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(dot, tuple)
    return dot[0], dot[1], dot[2]
