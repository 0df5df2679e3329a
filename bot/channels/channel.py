"""What a channel is to the rest of the house, whichever it is.

Each folder beside this file has a `channel.py` with one function: from the settings and the house to its
`Channel`, or to None where nothing of it is set. It loads its platform's library only where it needs it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.reception import Reception
from casework.checks import Check
from casework.delivery import Sender
from casework.ports import Office
from nlp.understanding import Knowing

if TYPE_CHECKING:
    from fastapi import APIRouter
    from fastapi.routing import APIRoute
    from prometheus_client import CollectorRegistry


@dataclass(frozen=True, kw_only=True)
class House:
    """What every channel is handed."""

    office: Office
    reception: Reception
    knowing: Knowing
    figures: CollectorRegistry
    worker: str  # this process among those that share tokens
    demo: bool
    sealed_route: type[APIRoute]  # for routes that take files


def _no_routes() -> Sequence[APIRouter]:
    return ()


async def _nothing_to_do(_stop: asyncio.Event) -> None:
    return


async def _nothing_to_check() -> AsyncIterator[Check]:
    return
    yield  # what makes it an iterator


async def _nothing_to_close() -> None:
    return


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way by which people come and are answered."""

    name: str
    #: For the web process: what it is reached by, mounted at the root.
    routes: Callable[[], Sequence[APIRouter]] = _no_routes
    #: For the pump: the way out, where it may write by itself.
    sender: Sender | None = None
    #: For the worker: until told to stop. Returns early where there is nothing to do, and never raises.
    run: Callable[[asyncio.Event], Awaitable[None]] = _nothing_to_do
    #: For `doctor`.
    checks: Callable[[], AsyncIterator[Check]] = _nothing_to_check
    close: Callable[[], Awaitable[None]] = _nothing_to_close
