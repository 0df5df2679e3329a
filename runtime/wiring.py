"""Wiring: the only place that knows every room. It builds the office and what runs around it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.router import router as villager_router
from bot.reception import Reception
from casework.actions.reminding import escalate_overdue
from casework.delivery import Sender
from casework.ports import Office, WallClock
from casework.refusals import BadInput, Refusal
from nlp.understanding import Understanding
from papers.card import Card
from papers.signature import SigningKey
from runtime.clock import SystemClock
from runtime.content import load_calendar, load_content, load_understanding
from runtime.settings import Settings
from runtime.wechat import Wechat, open_wechat
from scheduler.clockwork import wind
from scheduler.hand_over import Recipient, hand_over, push_waiting
from scheduler.pump import Pump
from scheduler.timetable import Job, timetable
from storage.people import DemoKeys
from storage.sealing import Cost
from storage.store import Store, open_store

log = logging.getLogger(__name__)

DEMO_KEYS, CARD = "demo-keys.json", "discipline-card.json"


@dataclass
class Service:
    """Everything one process may run."""

    settings: Settings
    store: Store
    office: Office
    knows: Understanding
    reception: Reception
    recipient: Recipient | None
    signing: SigningKey
    senders: dict[str, Sender] = field(default_factory=dict)

    def jobs(self) -> tuple[Job, ...]:
        """The timetable with the real work in it."""
        content = self.office.content
        return timetable(
            hand_over=self._hand_over,
            push=self._push,
            forget=self._forget,
            escalate=self._escalate,
            batch_day=content.batch_day,
            batch_hour=content.batch_hour,
        )

    async def _hand_over(self, office: Office, today: date) -> str:
        if self.recipient is None:
            return "纪检机关的公钥还没有登记,没有封存"
        rows = await hand_over(office, recipient=self.recipient, key=self.signing, today=today)
        return "、".join(f"{row.number} 共 {row.count} 件" for row in rows)

    async def _push(self, office: Office, _today: date) -> str:
        if self.recipient is None:
            return "纪检机关的公钥还没有登记"
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            arrived, waiting = await push_waiting(office, recipient=self.recipient, client=client)
        return f"送到 {arrived} 批,还等 {waiting} 批"

    async def _forget(self, _office: Office, today: date) -> str:
        gone = await self.store.forget(today)
        return f"销毁 {len(gone)} 把当日钥匙"

    async def _escalate(self, office: Office, _today: date) -> str:
        return f"{await escalate_overdue(office)} 件往上报了一级"

    @cached_property
    def wechat(self) -> Wechat | None:
        """The official account, where its settings are present."""
        return open_wechat(self.settings, self.office, self.reception, worker=self.worker)

    @cached_property
    def worker(self) -> str:
        """This process among those that share the outbox and the tokens."""
        return f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(3)}"

    @cached_property
    def figures(self) -> CollectorRegistry:
        """What `/metrics` shows: of this house, not of the process, which may hold several."""
        return CollectorRegistry()

    async def close(self) -> None:
        if "wechat" in self.__dict__ and self.wechat:
            await self.wechat.close()
        await self.store.close()


async def open_service(
    settings: Settings, *, clock: WallClock | None = None, demo: bool = False
) -> Service:
    """Read the content, open the store, build the office."""
    content = load_content(settings.content)
    calendar = load_calendar(settings.content / "calendar.csv")
    clock = clock or SystemClock()
    keys = load_demo_keys(settings.data_dir) if demo or has_demo_keys(settings.data_dir) else None
    store = await open_store(
        folder=settings.data_dir,
        url=settings.database_url or None,
        clock=clock,
        calendar=calendar,
        content=lambda: content,
        cost=Cost(mib=settings.kdf_mib, passes=settings.kdf_passes),
        ready_codes=settings.ready_codes,
        demo=keys,
    )
    office = Office(
        clock=clock, calendar=calendar, content=content, reading=store.reading, files=store.files,
        intake=store.intake,
    )  # fmt: skip
    knows = load_understanding(settings.content, content)
    return Service(
        settings=settings,
        store=store,
        office=office,
        knows=knows,
        reception=Reception(office, knows),
        recipient=read_recipient(settings),
        signing=SigningKey(store.keys.service("signing")),
    )


def read_recipient(settings: Settings) -> Recipient | None:
    """`inbox init` writes the card, DISCIPLINE_KEYS names it. Raises `BadInput` for another file."""
    path = settings.discipline_keys or settings.data_dir / CARD
    return Recipient(card=read_card(path), url=settings.discipline_url) if path.exists() else None


def read_card(path: Path) -> Card:
    try:
        return Card.from_bytes(path.read_bytes())
    except (OSError, BadInput):
        raise BadInput(f"{path} 不是纪检机关的公钥卡片(inbox init 写的 card.json)。") from None


def has_demo_keys(folder: Path) -> bool:
    return (folder / DEMO_KEYS).exists()


def load_demo_keys(folder: Path) -> DemoKeys:
    path = folder / DEMO_KEYS
    if not path.exists():
        return DemoKeys({})
    kept = json.loads(path.read_text(encoding="utf-8"))
    return DemoKeys({person: bytes.fromhex(key) for person, key in kept["people"].items()})


def make_app(service: Service, *, with_worker: bool, demo: bool) -> FastAPI:
    """The web process; with the worker in it when there is only one process."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        stop = asyncio.Event()
        background = [asyncio.create_task(work(service, stop))] if with_worker else []
        filling = asyncio.create_task(_fill_codes(service))
        try:
            yield
        finally:
            stop.set()
            filling.cancel()
            for task in (*background, filling):
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            await service.close()

    async def health() -> Mapping[str, object]:
        async with service.office.reading() as reading:
            head = await reading.log.head()
        return {"log_size": head.size, "content": service.office.content.version}

    secure = service.settings.is_secure
    return create_app(
        office=service.office,
        understanding=service.knows,
        villager=villager_router(
            service.reception,
            service.office,
            service.knows,
            secure_cookie=secure,
            route_class=SealedRoute,
        ),
        extra=[service.wechat.router] if service.wechat else [],
        health=health,
        secure=secure,
        demo=demo,
        registry=service.figures,
        lifespan=lifespan,
    )


async def _fill_codes(service: Service) -> None:
    """After the port is open: ready receipt codes, one Argon2 at a time."""
    await asyncio.sleep(1)
    service.store.house.codes.start()


async def work(service: Service, stop: asyncio.Event) -> None:
    """Scheduler, channels and pump, until told to stop."""
    running = []
    if service.settings.telegram_token:
        running.append(_telegram(service, stop))
    if service.wechat:
        running.append(service.wechat.run(stop))
        if service.wechat.sender:
            service.senders["wechat"] = service.wechat.sender
    clockwork = wind(service.jobs(), service.office)
    if service.senders or service.settings.telegram_token:
        running.append(_pump(service, stop))
    try:
        await asyncio.gather(stop.wait(), *running)
    finally:
        clockwork.shutdown(wait=False)


async def _telegram(service: Service, stop: asyncio.Event) -> None:
    from bot.channels.telegram.polling import Poller, make_bot

    bot = make_bot(service.settings.telegram_token, service.settings.telegram_api_url)
    poller = Poller(bot, service.reception, service.office)
    polling = asyncio.create_task(poller.run(stop))
    await stop.wait()
    polling.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await polling


async def _pump(service: Service, stop: asyncio.Event) -> None:
    if service.settings.telegram_token:
        from bot.channels.telegram.polling import make_bot
        from bot.channels.telegram.sending import TelegramSender

        bot = make_bot(service.settings.telegram_token, service.settings.telegram_api_url)
        service.senders["telegram"] = TelegramSender(bot)
    try:
        await Pump(service.office, service.senders, service.worker).run(stop)
    except Refusal as refusal:
        log.error("pump stopped", extra={"fault": refusal.code})
