"""What a file is, by its bytes alone: the sender's name and type are ignored.

libmagic looks first. It knows few of the boxes that cameras, recorders and Word-like programmes write, and
a document only in some orders of its parts, so what it cannot name is looked at once more here.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

#: What may be evidence, and what we call it.
ACCEPTED = {
    "image/jpeg": "photo",
    "image/png": "photo",
    "image/webp": "photo",
    "image/gif": "photo",
    "image/heic": "photo",
    "image/heif": "photo",
    "image/heic-sequence": "photo",
    "image/heif-sequence": "photo",
    "image/avif": "photo",
    "image/tiff": "photo",
    "image/bmp": "photo",
    "image/x-ms-bmp": "photo",
    "audio/amr": "voice",
    "audio/ogg": "voice",
    "application/ogg": "voice",
    "audio/mpeg": "voice",
    "audio/mp4": "voice",
    "audio/x-m4a": "voice",
    "audio/x-wav": "voice",
    "audio/wav": "voice",
    "audio/webm": "voice",
    "audio/flac": "voice",
    "audio/x-flac": "voice",
    "audio/aac": "voice",
    "audio/x-hx-aac-adts": "voice",
    "audio/x-aiff": "voice",
    "audio/x-caf": "voice",
    "audio/x-ms-wma": "voice",
    "video/webm": "video",
    "video/mp4": "video",
    "video/x-m4v": "video",
    "video/3gpp": "video",
    "video/3gpp2": "video",
    "video/quicktime": "video",
    "video/x-msvideo": "video",
    "video/x-matroska": "video",
    "video/x-ms-wmv": "video",
    "video/x-flv": "video",
    "video/mpeg": "video",
    "video/mp2t": "video",
    "video/ogg": "video",
    "application/pdf": "document",
    # Word files as they were before 2007; libmagic calls them so or so, by what stands in them.
    "application/msword": "document",
    "application/CDFV2": "document",
    "application/x-ole-storage": "document",
    "text/rtf": "document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "document",
}

#: Bytes that libmagic is shown.
HEAD = 8192
#: A document has fewer parts; an archive of more is not opened.
MOST_PARTS = 5000

#: Brands of ISO/IEC 14496-12 files, which say by themselves or among others what is in the box.
BRANDS = (
    ((b"avif", b"avis"), "image/avif"),
    (
        (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"miaf"),
        "image/heic",
    ),
    ((b"M4A ", b"M4B "), "audio/mp4"),
    (
        (
            *(b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1"),
            *(b"hvc1", b"hev1", b"qt  ", b"M4V ", b"F4V ", b"XAVC"),
        ),
        "video/mp4",
    ),
)

#: A stream of pictures in Microsoft's box (ASF, 10.1).
ASF_FILM = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")


def media_type_of(content: bytes) -> str:
    """The media type, which may be one that is not accepted."""
    import magic

    said = str(magic.from_buffer(content[:HEAD], mime=True))
    looks = LOOKS.get(said, ())
    return next(filter(None, (look(content) for look in looks)), said)


def _box(content: bytes) -> str:
    """A photo, a recording or a film in the box of a phone or a camera."""
    if content[4:8] != b"ftyp":
        return "video/quicktime" if content.startswith(b"\0\0\0\x08wide") else ""
    end = min(int.from_bytes(content[:4], "big"), 512)
    brands = [content[at : at + 4] for at in (8, *range(16, end, 4))]
    known = (media_type for kind, media_type in BRANDS for brand in brands if brand in kind)
    return next(known, "")


def _stream(content: bytes) -> str:
    """MPEG-2 packets as television and camcorders (AVCHD) write them: a mark at each."""
    for first, length in ((0, 188), (4, 192)):
        marks = content[first : first + 5 * length : length]
        if marks == b"\x47" * 5:
            return "video/mp2t"
    return ""


def _core_audio(content: bytes) -> str:
    return "audio/x-caf" if content.startswith(b"caff\0\x01") else ""


def _late_pdf(content: bytes) -> str:
    """Readers take what begins within the first kilobyte (PDF 1.7, annex H, 3.4.1)."""
    return "application/pdf" if b"%PDF-" in content[:1024] else ""


def _asf(content: bytes) -> str:
    return "video/x-ms-wmv" if ASF_FILM in content[:65_536] else "audio/x-ms-wma"


def _word(content: bytes) -> str:
    """A Word document whatever the order of its parts, by the list at the end of the archive."""
    if content.count(b"PK\x01\x02") > MOST_PARTS:
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError):
        return ""
    if {"[Content_Types].xml", "word/document.xml"} <= parts:
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return ""


#: Where libmagic leaves it open, what is looked for.
LOOKS: dict[str, tuple[Callable[[bytes], str], ...]] = {
    "application/octet-stream": (_box, _stream, _core_audio, _late_pdf),
    "application/zip": (_word,),
    "video/x-ms-asf": (_asf,),
}
