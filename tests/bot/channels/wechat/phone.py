"""A villager's WeChat and the platform before it, with wechatpy for signatures and ciphers."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import xmltodict
from fastapi import FastAPI
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from api.app import create_app
from bot.channels.wechat.answering import Answering, Line
from bot.channels.wechat.api import Account, WechatApi, make_http
from bot.channels.wechat.router import COMPATIBLE, make_gate, router
from bot.channels.wechat.sending import WechatSender
from bot.reception import Pace, Reception
from runtime.clock import SystemClock
from scheduler.pump import Pump
from tests.bot.channels.conftest import QUICK
from tests.bot.channels.wechat.stand_in import APP_ID, SECRET
from tests.offices import TestOffice, knowing

TOKEN = "aninventedtoken"
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
OLD_KEY = "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba"
ACCOUNT = "gh_000000000000"
OPENID = "oInvented-OpenId-000000000001"

#: No two letters have one in common.
NONCES = itertools.count(1)


def letterhead(now: datetime) -> dict[str, str]:
    """What stands in the address of a letter, signed at that moment."""
    stamp, nonce = str(int(now.timestamp())), f"{next(NONCES):010}"
    return {"signature": signed(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce}


def signed(*parts: str) -> str:
    """As wechatpy signs."""
    signer = WeChatSigner()
    signer.add_data(*parts)
    return str(signer.signature)


def xml_of(fields: Mapping[str, Any]) -> str:
    return str(xmltodict.unparse({"xml": fields}, full_document=False))


@dataclass
class Phone:
    """One account's side: what arrives at our address, and what comes back."""

    http: httpx.AsyncClient
    sealed: bool = False
    key: str = KEY
    app_id: str = APP_ID
    openid: str = OPENID
    now: Callable[[], datetime] = SystemClock().now
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def message(self, kind: str, **fields: Any) -> str:
        """The XML of a message or event, the platform's own fields filled in."""
        n = next(self.numbers)
        common = {
            "ToUserName": ACCOUNT, "FromUserName": self.openid, "CreateTime": str(1762000000 + n),
            "MsgType": kind,
        }  # fmt: skip
        if kind != "event":
            common["MsgId"] = str(23000000000000000 + n)
        return xml_of({**common, **fields})

    async def posts(self, xml: str) -> httpx.Response:
        """The request as the platform makes it."""
        return await self.http.post("/wechat", **self.request(xml))

    def request(self, xml: str) -> dict[str, Any]:
        query = letterhead(self.now())
        if not self.sealed:
            return {"params": query, "content": xml.encode("utf-8", "surrogatepass")}
        crypto = WeChatCrypto(TOKEN, self.key, self.app_id)
        body = crypto.encrypt_message(xml, query["nonce"], query["timestamp"])
        letter = xmltodict.parse(body)["xml"]
        query |= {"encrypt_type": "aes", "msg_signature": letter["MsgSignature"]}
        return {"params": query, "content": body.encode()}

    def read(self, answer: httpx.Response) -> str:
        """What the villager sees; '' for a silent acknowledgement."""
        assert answer.status_code == 200, answer.status_code
        if answer.text == "success":
            return ""
        xml: Any = answer.text
        if self.sealed:
            letter = xmltodict.parse(xml)["xml"]
            crypto = WeChatCrypto(TOKEN, self.key, self.app_id)
            xml = crypto.decrypt_message(
                xml, letter["MsgSignature"], letter["TimeStamp"], letter["Nonce"]
            )
        fields = xmltodict.parse(xml, strip_whitespace=False)["xml"]
        assert (fields["ToUserName"], fields["FromUserName"]) == (self.openid, ACCOUNT)
        assert fields["MsgType"] == "text"
        assert len(fields["Content"].encode()) <= 2048
        return str(fields["Content"])

    async def sends(self, kind: str, **fields: Any) -> str:
        return self.read(await self.posts(self.message(kind, **fields)))

    async def says(self, text: str) -> str:
        return await self.sends("text", Content=text)

    async def does(self, event: str, **fields: Any) -> str:
        return await self.sends("event", Event=event, **fields)


@dataclass
class Service:
    """One account over a real office: the app behind its wall, the way out, the pump."""

    office: TestOffice
    answering: Answering
    app: FastAPI
    api: WechatApi | None
    pump: Pump

    def phone(self, *, sealed: bool = False, **more: Any) -> Phone:
        return Phone(self.http, sealed=sealed, **{"now": self.office.clock.now, **more})

    @property
    def http(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app)
        return httpx.AsyncClient(transport=transport, base_url="http://office.invalid")

    async def pumped(self, seconds: float = 10) -> None:
        self.office.wait(seconds=seconds)
        await self.pump.once("wechat")


async def healthy() -> Mapping[str, object]:
    return {}


@asynccontextmanager
async def account(
    office: TestOffice,
    url: str = "",
    *,
    mode: str = COMPATIBLE,
    keys: tuple[str, ...] = (KEY, OLD_KEY),
    patience: float = 4.0,
    pace: Pace = QUICK,
    reception: Reception | None = None,
) -> AsyncIterator[Service]:
    """The channel as the wiring builds it; without `url` it cannot call the platform."""
    api = None
    if url:
        account = Account(app_id=APP_ID, secret=SECRET, url=url)
        api = WechatApi(account, office.office, worker="tests", http=make_http())
    reception = reception or Reception(office.office, knowing)
    answering = Answering(
        reception, office.office, api, Line(secret=TOKEN, patience=patience, pace=pace)
    )
    gate = make_gate(token=TOKEN, app_id=APP_ID, keys=keys, mode=mode)
    app = create_app(
        office=office.office, knowing=knowing,
        extra=[router(gate, answering, office.clock)], health=healthy, secure=False, demo=False,
        api=(), desk=(),
    )  # fmt: skip
    senders = {"wechat": WechatSender(api, office.office)} if api else {}
    pump = Pump(office.office, senders, "tests", pace=0)
    try:
        yield Service(office, answering, app, api, pump)
    finally:
        await answering.close()
        if api:
            await api.close()
