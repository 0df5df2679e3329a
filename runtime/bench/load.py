"""A load over keep-alive connections, cheap enough not to be what is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
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


async def post_all(
    port: int, path: str, bodies: Iterator[tuple[bytes, str]], clients: int
) -> Round:
    """Post every (body, idempotency key) over `clients` connections to this machine."""
    done = Round()
    start = time.perf_counter()
    await asyncio.gather(*(_client(port, path, bodies, done) for _ in range(clients)))
    done.seconds = time.perf_counter() - start
    return done


async def _client(port: int, path: str, bodies: Iterator[tuple[bytes, str]], done: Round) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for body, key in bodies:
        began = time.perf_counter()
        writer.write(_request(path, body, key))
        status = await _answer(reader)
        done.waits.append(time.perf_counter() - began)
        if status == 201:
            done.accepted += 1
        else:
            done.refused += 1
    writer.close()


def _request(path: str, body: bytes, key: str) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


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
