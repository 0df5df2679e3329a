"""Files from outside, as they are given back to a browser."""

from __future__ import annotations

from starlette.responses import Response

#: What a browser may show by itself; everything else is saved as a file.
SHOWN = ("image/jpeg", "image/png", "image/webp", "image/gif", "audio/", "video/")


def attachment_response(media_type: str, content: bytes, name: str) -> Response:
    """A file from outside: shown only when it is a picture or sound, and never as a page of ours."""
    shown = media_type.startswith(SHOWN)
    safe = "".join(char for char in name if char.isascii() and char.isalnum())[:40]
    return Response(
        content,
        media_type=media_type if shown else "application/octet-stream",
        headers={
            "content-disposition": f'{"inline" if shown else "attachment"}; filename="{safe}"',
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )
