"""Receipt codes and passwords: what they are stretched into, outside every door.

A derivation takes up to a fifth of a second and 19 or 64 MiB. So none runs inside a transaction or while a
connection is held; look-ups stand in one line, and codes for new reports are made ahead in another.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256

from casework.receipts import code_from
from casework.refusals import BadInput
from papers.boxes import LaidBox
from papers.envelope import derive, keypair_from_seed
from storage.lines import Line, slow_thread
from storage.sealing import Cost, stretch

SHORTEST_PASSWORD = 10
#: How far a thread steps back: look-ups a little, codes made by the way as far as it goes.
A_LITTLE, ALL_THE_WAY = 5, 19
#: While more than this share of them is ready, none is made within so many seconds after one was taken:
#: whoever files has the processor.
PLENTY, QUIET = 0.25, 1.0


@dataclass(frozen=True, kw_only=True)
class CodeKeys:
    """What a code derives to. Only `lookup`, `tag` and `public` are ever stored."""

    code: str = field(repr=False)
    lookup: bytes
    tag: bytes
    private: bytes = field(repr=False)
    public: bytes
    caller: str = ""  # who typed it


@dataclass(frozen=True, kw_only=True)
class NewCode(CodeKeys):
    """One that nobody has yet, with the box for the one secret that a filing seals to it."""

    box: LaidBox


@dataclass(frozen=True)
class PasswordKey:
    """What a password derives to under a salt; `key` wraps a person's private key."""

    salt: bytes
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Recipe:
    """How the codes of a house are stretched: decided at its first start, and kept.

    `pepper` is a key of the house that lies outside the database, b"" where the house is older than
    this rule: who has the database alone cannot try codes at all.
    """

    salt: bytes
    cost: Cost
    pepper: bytes = field(default=b"", repr=False)

    def keys_of(self, code: str) -> CodeKeys:
        """Argon2id(HMAC(pepper, code), salt), split by HKDF. Slow on purpose."""
        secret = code.encode()
        if self.pepper:
            secret = hmac.new(self.pepper, secret, sha256).digest()
        root = stretch(secret, self.salt, self.cost)
        private, public = keypair_from_seed(derive(root, "mailbox"))
        return CodeKeys(
            code=code,
            lookup=derive(root, "lookup")[:16],
            tag=derive(root, "log tag")[:16],
            private=private,
            public=public,
        )

    def new(self) -> NewCode:
        keys = self.keys_of(code_from(secrets.token_bytes(32)))
        return NewCode(**vars(keys), box=LaidBox.to(keys.public))


class Locks:
    """What codes and passwords open, in a line that is fair to every caller."""

    def __init__(self, recipe: Recipe, passwords: Cost) -> None:
        self._recipe, self._passwords = recipe, passwords
        self.line = Line("look-ups", niceness=A_LITTLE)

    async def code(self, code: str, *, caller: str) -> CodeKeys:
        """The keys of a code somebody typed. Raises `TooManyTries` where too many of this caller's
        wait already; another caller's never count."""
        keys = await self.line.run(caller, lambda: self._recipe.keys_of(code))
        return replace(keys, caller=caller)

    def missed(self, caller: str) -> None:
        """That code or password opened nothing."""
        self.line.missed(caller)

    async def password(self, password: str, salt: bytes, *, caller: str) -> PasswordKey:
        secret = password.encode()
        key = await self.line.run(caller, lambda: stretch(secret, salt, self._passwords))
        return PasswordKey(salt, key)

    async def new_password(self, password: str, *, caller: str) -> PasswordKey:
        """Raises `BadInput` for one that is too short."""
        if len(password) < SHORTEST_PASSWORD:
            raise BadInput(f"密码至少要 {SHORTEST_PASSWORD} 个字,长一点、好记就行。")
        return await self.password(password, secrets.token_bytes(16), caller=caller)

    def close(self) -> None:
        self.line.close()


class CodePool:
    """Ready codes in memory, made one at a time by the way; who finds none waits for the next.
    `quiet` is how many seconds after a filing none is made while plenty are ready."""

    def __init__(self, recipe: Recipe, *, size: int, quiet: float = QUIET) -> None:
        self._recipe, self._size, self._quiet = recipe, size, quiet
        self._ready: deque[NewCode] = deque()
        self._waiting: deque[asyncio.Future[NewCode]] = deque()
        self._ahead = 0  # how many are made for nobody yet: none before `start`
        self._taken = -quiet  # when one was taken last
        self._by_the_way = slow_thread("ready codes", niceness=ALL_THE_WAY)
        self._in_haste = slow_thread("codes", niceness=0)
        self._makers: dict[ThreadPoolExecutor, asyncio.Task[None]] = {}

    def __len__(self) -> int:
        return len(self._ready)

    async def take(self) -> NewCode:
        """A code nobody has. Where none is ready: the next that is made, first come first served."""
        if self._ready:
            keys = self._ready.popleft()
            self._taken = time.monotonic()
            self._see_to_it()
            return keys
        waits: asyncio.Future[NewCode] = asyncio.get_running_loop().create_future()
        self._waiting.append(waits)
        self._see_to_it()
        return await waits

    def start(self) -> None:
        """From now on codes are made ahead."""
        self._ahead = self._size
        self._see_to_it()

    async def stop(self) -> None:
        for maker in self._makers.values():
            maker.cancel()
        await asyncio.gather(*self._makers.values(), return_exceptions=True)
        for waits in self._waiting:
            waits.cancel()
        self._by_the_way.shutdown(wait=False)
        self._in_haste.shutdown(wait=False)

    async def fill(self, count: int) -> None:
        """Derive until `count` are ready (benchmarks and tests)."""
        while len(self._ready) < count:
            self._ready.append(await asyncio.to_thread(self._recipe.new))

    def _see_to_it(self) -> None:
        if self._waiting:
            self._set_to_work(self._in_haste, lambda: bool(self._waiting))
        if len(self._ready) < self._ahead:
            self._set_to_work(self._by_the_way, lambda: len(self._ready) < self._ahead)

    def _set_to_work(self, thread: ThreadPoolExecutor, needed: Callable[[], bool]) -> None:
        maker = self._makers.get(thread)
        if maker is None or maker.done():
            self._makers[thread] = asyncio.create_task(self._make(thread, needed), name="codes")

    def _others_first(self, thread: ThreadPoolExecutor) -> float:
        """Seconds to wait with making one by the way."""
        if thread is self._in_haste or len(self._ready) <= self._ahead * PLENTY:
            return 0.0
        return max(0.0, self._taken + self._quiet - time.monotonic())

    async def _make(self, thread: ThreadPoolExecutor, needed: Callable[[], bool]) -> None:
        while needed():
            if busy := self._others_first(thread):
                await asyncio.sleep(busy)
                continue
            made = await asyncio.get_running_loop().run_in_executor(thread, self._recipe.new)
            while self._waiting and self._waiting[0].done():  # whoever went away needs none
                self._waiting.popleft()
            if self._waiting:
                self._waiting.popleft().set_result(made)
            else:
                self._ready.append(made)
