"""Wiring: the office over its store, and what is built around it when somebody asks for it.

A command that needs the office alone loads no web, no words and no channel: those are properties, made
at their first use. What runs as a process is in `runtime.processes`.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from casework.actions.digesting import digest
from casework.actions.reminding import escalate_overdue
from casework.alerts import BOUND_ON
from casework.content import Content
from casework.ports import Office, WallClock
from casework.refusals import BadInput, Refusal
from library.changes import Place
from library.live import Live
from papers.card import Card
from papers.envelope import keypair_from_seed
from papers.signature import SigningKey
from runtime.clock import SystemClock
from runtime.settings import Settings
from storage.people import DemoKeys
from storage.sealing import Cost
from storage.store import Store, open_store

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from bot.channels.channel import Channel
    from bot.reception import Reception
    from nlp.understanding import Understanding
    from scheduler.hand_over import Recipient
    from scheduler.tellers import Notifiers
    from scheduler.timetable import Job

DEMO_KEYS, CARD = "demo-keys.json", "discipline-card.json"


@dataclass
class Service:
    """Everything one process may run."""

    settings: Settings
    store: Store
    live: Live
    office: Office
    recipient: Recipient | None
    signing: SigningKey
    demo: bool = False

    def jobs(self) -> tuple[Job, ...]:
        """The timetable with the real work in it."""
        from scheduler.timetable import timetable

        content = self.office.content
        return timetable(
            hand_over=self._hand_over,
            push=self._push,
            forget=self._forget,
            recount=self._recount,
            escalate=self._escalate,
            digest=self._digest,
            batch_day=content.batch_day,
            batch_hour=content.batch_hour,
        )

    async def _hand_over(self, office: Office, _today: date) -> str:
        if self.recipient is None:
            return "纪检机关的公钥还没有登记,没有封存"
        from scheduler.hand_over import hand_over

        rows = await hand_over(office, recipient=self.recipient, key=self.signing)
        return (
            "、".join(f"{row.number} 共 {row.count} 件" for row in rows)
            or "没有到日子还没封存的月份"
        )

    async def _push(self, office: Office, _today: date) -> str:
        if self.recipient is None:
            return "纪检机关的公钥还没有登记"
        import httpx

        from scheduler.hand_over import push_waiting

        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            arrived, waiting = await push_waiting(
                office, recipient=self.recipient, key=self.signing, client=client
            )
        return f"送到 {arrived} 批,还等 {waiting} 批"

    async def _forget(self, office: Office, _today: date) -> str:
        # A replay may play another day; a key is destroyed when it is really old, not before.
        gone = await self.store.forget(min(office.clock.now(), SystemClock().now()))
        return (
            f"销毁 {gone.keys} 把当日钥匙,清掉 {gone.answers} 份过了一天的答复、"
            f"{gone.files} 个没有交上来的文件、{gone.words} 句过了三十天的问话"
        )

    async def _recount(self, _office: Office, _today: date) -> str:
        return f"队列里的数重数了一遍,{await self.store.recount()} 处不对,改过来了"

    async def _escalate(self, office: Office, _today: date) -> str:
        return f"{await escalate_overdue(office)} 件往上报了一级"

    async def _digest(self, office: Office, _today: date) -> str:
        ways, url = self.notifiers.senders.keys(), f"{self.settings.base_url}/desk"
        return f"告诉了 {await digest(office, ways, url)} 个人手上有几件"

    @cached_property
    def notifiers(self) -> Notifiers:
        """The ways by which somebody is told, where they are set. Raises `BadInput` for half a way."""
        from scheduler.tellers import notifiers

        settings, chat = self.settings, None
        if settings.telegram_token:
            chat = next((each.sender for each in self.channels if each.name == BOUND_ON), None)
        return notifiers(
            smtp=settings.alarm_smtp, sender=settings.alarm_from, to=settings.alarm_to,
            robot=settings.alarm_wecom, robots=settings.wecom_url, office=self.office,
            private=keypair_from_seed(self.store.keys.service("notifier"))[0], chat=chat,
        )  # fmt: skip

    @property
    def knows(self) -> Understanding:
        """The words of the programme as they are now."""
        return self.live.understanding()

    @cached_property
    def reception(self) -> Reception:
        """Who hears what people say, on every channel."""
        from bot.reception import Reception

        return Reception(self.office, self.live.understanding, web=self.settings.public_url)

    @cached_property
    def channels(self) -> tuple[Channel, ...]:
        """The ways by which people come, as far as they are set."""
        from api.uploads import SealedRoute
        from bot.channels.channel import House
        from runtime.channels import CHANNELS

        house = House(
            office=self.office, reception=self.reception, knowing=self.live.understanding,
            figures=self.figures, worker=self.worker, demo=self.demo, sealed_route=SealedRoute,
        )  # fmt: skip
        return tuple(filter(None, (opened(self.settings, house) for opened in CHANNELS)))

    @cached_property
    def worker(self) -> str:
        """This process among those that share the outbox and the tokens."""
        return f"{socket.gethostname()[:24]}-{os.getpid()}-{secrets.token_hex(3)}"

    @cached_property
    def figures(self) -> CollectorRegistry:
        """What `/metrics` shows: of this house, not of the process, which may hold several."""
        from prometheus_client import CollectorRegistry

        return CollectorRegistry()

    async def close(self) -> None:
        if "channels" in self.__dict__:
            for channel in self.channels:
                await channel.close()
        await self.store.close()


def place_of(settings: Settings) -> Place:
    """Where the content lies."""
    return Place(folder=settings.content, data_dir=settings.data_dir)


async def open_service(
    settings: Settings, *, clock: WallClock | None = None, demo: bool = False
) -> Service:
    """Read the content, open the store, build the office."""
    live = Live(place_of(settings))
    clock = clock or SystemClock()
    keys = load_demo_keys(settings.data_dir) if demo or has_demo_keys(settings.data_dir) else None
    store = await open_store(
        folder=settings.data_dir,
        url=settings.database_url or None,
        clock=clock,
        in_force=live.standing,
        codes=Cost(mib=settings.code_mib, passes=settings.code_passes),
        passwords=Cost(mib=settings.kdf_mib, passes=settings.kdf_passes),
        ready_codes=settings.ready_codes,
        demo=keys,
    )
    try:
        await _refuse_another_organisation(store, live.standing().content, settings.content)
        await store.take_back_from_townships()
    except Refusal:
        await store.close()
        raise
    office = Office(
        clock=clock, in_force=live.standing, reading=store.reading, files=store.files,
        intake=store.intake, locks=store.house.locks,
        gate=store.house.gate,
    )  # fmt: skip
    return Service(
        settings=settings,
        store=store,
        live=live,
        office=office,
        recipient=read_recipient(settings),
        signing=SigningKey(store.keys.service("signing")),
        demo=demo,
    )


async def _refuse_another_organisation(store: Store, content: Content, folder: Path) -> None:
    """Reports are sealed to units by name: under another organisation nobody would find them."""
    strange = sorted(await store.keyed_units() - content.organisation.units.keys())
    if strange:
        shown = "、".join(strange[:3]) + ("等" if len(strange) > 3 else "")
        raise BadInput(
            f"内容文件夹 {folder} 的机构里没有 {shown},可它们的钥匙已经登记过({len(strange)} 个单位)。"
            "这不是 init 时用的那个内容文件夹:把 XIANGSHENG_CONTENT 设回去,或者把这些单位补进 offices.toml。"
        )


def read_recipient(settings: Settings) -> Recipient | None:
    """`inbox init` writes the card, DISCIPLINE_KEYS names it. Raises `BadInput` for another file."""
    from scheduler.hand_over import Recipient

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
