"""Receipt codes made ahead: their Argon2id keys cost a fifth of a second each, a burst must not."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from dataclasses import dataclass

from casework.receipts import code_from
from papers.boxes import LaidBox
from papers.envelope import derive, keypair_from_seed
from storage.sealing import Cost, stretch


@dataclass(frozen=True)
class CodeKeys:
    """What a code derives to. Only `lookup`, `tag` and `public` are ever stored."""

    code: str
    lookup: bytes
    tag: bytes
    private: bytes
    public: bytes
    box: LaidBox  # for the one secret the filing of a report seals to this code


def keys_of(code: str, salt: bytes, cost: Cost) -> CodeKeys:
    """Argon2id(code, system salt), split by HKDF. Slow on purpose."""
    root = stretch(code.encode(), salt, cost)
    private, public = keypair_from_seed(derive(root, "mailbox"))
    return CodeKeys(
        code=code,
        lookup=derive(root, "lookup")[:16],
        tag=derive(root, "log tag")[:16],
        private=private,
        public=public,
        box=LaidBox.to(public),
    )


class CodePool:
    """Ready codes in memory, filled one Argon2 at a time; on demand when it runs dry."""

    def __init__(self, salt: bytes, cost: Cost, *, size: int) -> None:
        self._salt, self._cost, self._size = salt, cost, size
        self._ready: deque[CodeKeys] = deque()
        self._threads = asyncio.Semaphore(2)
        self._filler: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()

    def __len__(self) -> int:
        return len(self._ready)

    async def take(self) -> CodeKeys:
        if self._ready:
            self._wanted.set()
            return self._ready.popleft()
        return await self._make()

    async def open(self, code: str) -> CodeKeys:
        """The keys of a code somebody typed."""
        async with self._threads:
            return await asyncio.to_thread(keys_of, code, self._salt, self._cost)

    async def _make(self) -> CodeKeys:
        return await self.open(code_from(secrets.token_bytes(32)))

    def start(self) -> None:
        if self._size and self._filler is None:
            self._filler = asyncio.create_task(self._fill(), name="ready codes")

    async def stop(self) -> None:
        if self._filler:
            self._filler.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._filler
            self._filler = None

    async def fill(self, count: int) -> None:
        """Derive until `count` are ready (benchmarks and tests)."""
        while len(self._ready) < count:
            self._ready.append(await self._make())

    async def _fill(self) -> None:
        while True:
            self._wanted.clear()
            while len(self._ready) < self._size:
                self._ready.append(await self._make())
                await asyncio.sleep(0)
            await self._wanted.wait()
