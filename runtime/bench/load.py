"""A load over keep-alive connections, cheap enough not to be what is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Round:
    """One slice of load: how fast, how slow the slowest, and what was refused."""

    seconds: float = 0.0
    accepted: int = 0
    refused: int = 0
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.accepted / self.seconds if self.seconds else 0.0

    def wait(self, share: float) -> float:
        """A percentile of the waiting time, in milliseconds."""
        ranked = sorted(self.waits)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))] * 1000 if ranked else 0.0


@dataclass(frozen=True)
class Ask:
    """A request as bytes, and the status that means it was done."""

    raw: bytes
    done: int = 200


def post(path: str, body: bytes, *, done: int = 200, key: str = "", of: str = "") -> Ask:
    """`key` is an `Idempotency-Key`, `of` the address a proxy would forward: one caller each."""
    more = f"Idempotency-Key: {key}\r\n" if key else ""
    more += f"X-Forwarded-For: {of}\r\n" if of else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"{more}Content-Length: {len(body)}\r\n\r\n"
    )
    return Ask(head.encode() + body, done)


def get(path: str) -> Ask:
    return Ask(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())


async def all_of(port: int, asks: Iterator[Ask], clients: int) -> Round:
    """Every request, over `clients` connections to this machine."""
    done = Round()
    start = time.perf_counter()
    await asyncio.gather(*(client(port, asks, done) for _ in range(clients)))
    done.seconds = time.perf_counter() - start
    return done


async def client(port: int, asks: Iterable[Ask], done: Round, pause: float = 0.0) -> None:
    """One request after the other over one connection, with so many seconds between them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for ask in asks:
        began = time.perf_counter()
        writer.write(ask.raw)
        status = await _answer(reader)
        done.waits.append(time.perf_counter() - began)
        if status == ask.done:
            done.accepted += 1
        else:
            done.refused += 1
        if pause:
            await asyncio.sleep(pause)
    writer.close()


@asynccontextmanager
async def beside(port: int, several: Iterable[Iterable[Ask]]) -> AsyncIterator[Round]:
    """Clients that go on, each with its own requests, until the block ends."""
    done = Round()
    running = [asyncio.create_task(client(port, asks, done)) for asks in several]
    try:
        yield done
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    await reader.readexactly(length)
    return int(head.split(b" ", 2)[1])


def interleaved(
    rounds: int, names: list[str], measure: Callable[[str], Round]
) -> dict[str, list[Round]]:
    """Slices of each in turn, the order shifted each round, so that a drift hits all alike."""
    found: dict[str, list[Round]] = {name: [] for name in names}
    for n in range(rounds):
        for name in names[n % len(names) :] + names[: n % len(names)]:
            found[name].append(measure(name))
    return found
