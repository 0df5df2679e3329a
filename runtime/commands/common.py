"""What every command does the same way: settings, an open service, one way to end badly."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from casework.ports import WallClock
from casework.refusals import BadInput
from casework.workdays import SHANGHAI, day_of
from runtime.clock import SystemClock
from runtime.settings import load_settings
from runtime.wiring import Service, open_service

T = TypeVar("T")
console = Console()


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Run a command's work to its end."""

    async def started() -> T:
        return await work()

    return asyncio.run(started())


@asynccontextmanager
async def service(*, clock: WallClock | None = None) -> AsyncIterator[Service]:
    """The service over the data folder of the settings, closed at the end."""
    opened = await open_service(load_settings(ready_codes=0), clock=clock)
    try:
        yield opened
    finally:
        await opened.close()


def show_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def lines(text: str | None, file: Path | None) -> Iterator[str]:
    """The one text, or the lines of a file ('-' is standard input)."""
    if file is None:
        yield text or ""
        return
    whole = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    yield from whole.splitlines()


def day(text: str | None) -> date:
    """A date argument; today without one."""
    if not text:
        return day_of(SystemClock().now())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"日期要写成 2026-11-23 这样,不是“{text}”。") from None


def moment(text: str) -> datetime:
    """A time argument, Asia/Shanghai unless it says another zone."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"时间要写成 2026-12-03T08:00 这样,不是“{text}”。") from None
    return read if read.tzinfo else read.replace(tzinfo=SHANGHAI)
