"""Files on their way in: what does not fit in memory lies on the disk enciphered, for this request
alone. Starlette's own spool would write a villager's photo to /tmp in clear."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from tempfile import TemporaryFile
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from fastapi.routing import APIRoute
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.responses import Response


class SealedSpool:
    """A temporary file under a key that only this object knows; written once, read from the start.

    RFC 8439 without its tag: nobody else may write to an unlinked file, and the bytes are sealed
    with authentication as soon as they are whole.
    """

    def __init__(self) -> None:
        # TemporaryFile is a factory; the file lives as long as this object and closes with it.
        self._file = TemporaryFile()  # noqa: SIM115
        self._cipher = Cipher(ChaCha20(secrets.token_bytes(32), secrets.token_bytes(16)), None)
        self._stream = self._started()

    def _started(self) -> CipherContext:
        return self._cipher.encryptor()

    def write(self, content: bytes) -> int:
        return self._file.write(self._stream.update(content))

    def read(self, size: int = -1) -> bytes:
        return self._stream.update(self._file.read(size))

    def seek(self, offset: int, whence: int = 0) -> int:
        """To the start alone: the cipher runs one way."""
        if offset or whence:
            raise ValueError("a sealed spool is read from its start")
        self._stream = self._started()
        return self._file.seek(0)

    def close(self) -> None:
        self._file.close()


class _Parser(MultiPartParser):
    spool_max_size = 0

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        part = self._current_part.file
        if part is not None:
            part.file.close()
            part.file = SealedSpool()  # type: ignore[assignment]


class SealedRequest(Request):
    """A request whose files are never on the disk in clear."""

    async def _get_form(
        self,
        *,
        max_files: int | float = 1000,
        max_fields: int | float = 1000,
        max_part_size: int = 1024 * 1024,
    ) -> FormData:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if self._form is not None or kind != "multipart/form-data":
            return await super()._get_form(
                max_files=max_files, max_fields=max_fields, max_part_size=max_part_size
            )
        parser = _Parser(
            self.headers, self.stream(),
            max_files=max_files, max_fields=max_fields, max_part_size=max_part_size,
        )  # fmt: skip
        try:
            self._form = await parser.parse()
        except BaseException:
            await _close(parser)
            raise
        return self._form


async def _close(parser: MultiPartParser) -> None:
    for _, value in parser.items:
        if isinstance(value, UploadFile):
            await value.close()


class SealedRoute(APIRoute):
    """For every route that takes files: `APIRouter(route_class=SealedRoute)`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def sealed(request: Request) -> Response:
            return await handle(SealedRequest(request.scope, request.receive))

        return sealed
