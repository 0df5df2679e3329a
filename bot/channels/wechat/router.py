"""`/wechat`: the platform's check of our address, and its messages in all three modes."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from bot.channels.wechat import OPEN, STALE
from bot.channels.wechat.answering import Answering
from bot.channels.wechat.crypt import Envelope, NotTheirs, aes_key, is_signed, signature
from bot.channels.wechat.messages import (
    BadXml,
    Update,
    answer_xml,
    fields_of,
    sealed_xml,
    update_from,
)
from casework.ports import WallClock

#: Messages are small; the platform's longest text is 2 kB, encrypted and doubled under 16.
LARGEST = 64 * 1024
PLAIN, COMPATIBLE, SAFE = "plain", "compatible", "safe"
MODES = (PLAIN, COMPATIBLE, SAFE)

#: Said on the line, it ends the matter: no answer, and no repetition.
NOTHING = "success"


#: A letter older than this may be somebody's who kept it. Ahead of us it may be: nobody can keep what
#: was not sent yet, and a machine's clock that was set back must keep nobody waiting.
OLDEST, FURTHEST_AHEAD = timedelta(minutes=10), timedelta(days=2)
STAMP = re.compile(r"[1-9][0-9]{9}")


class BadSettings(ValueError):
    """A setting that no letter could be read with."""


class Stale(NotTheirs):
    """Signed, and not of now: an old letter sent again, or our clock is wrong."""

    note = STALE


class NotSealed(NotTheirs):
    """Signed and of now, and its words lie open where they should be sealed."""

    note = OPEN


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Who is let in: the token, the mode, and the envelope where there is a key."""

    token: str
    mode: str
    envelope: Envelope | None

    def open(self, raw: bytes, asked: Asked, now: datetime) -> tuple[Update, bytes | None]:
        """The update, and the key to answer under. Raises `NotTheirs` or `BadXml`."""
        if asked.is_sealed:
            if self.envelope is None:
                raise NotTheirs
            sealed = fields_of(raw).get("Encrypt", "")
            signed = is_signed(
                asked.msg_signature, self.token, asked.timestamp, asked.nonce, sealed
            )
            if not signed:
                raise NotTheirs
            asked.refuse_if_stale(now)
            xml, key = self.envelope.open(sealed)
            return update_from(fields_of(xml)), key
        self.knock(asked, now)
        if self.mode == SAFE:
            raise NotSealed
        return update_from(fields_of(raw)), None

    def knock(self, asked: Asked, now: datetime) -> None:
        """Whether it is the platform that asks, whatever it asks. Raises `NotTheirs`."""
        if not asked.is_signed(self.token):
            raise NotTheirs
        asked.refuse_if_stale(now)

    def seal(self, xml: bytes, key: bytes, *, at: int) -> bytes:
        assert self.envelope
        nonce = secrets.token_hex(8)
        sealed = self.envelope.seal(xml, key)
        return sealed_xml(sealed, signature(self.token, str(at), nonce, sealed), str(at), nonce)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What stands in the address of every request."""

    signature: str
    timestamp: str
    nonce: str
    encrypt_type: str = ""
    msg_signature: str = ""

    @property
    def is_sealed(self) -> bool:
        return self.encrypt_type == "aes"

    def is_signed(self, token: str) -> bool:
        return is_signed(self.signature, token, self.timestamp, self.nonce)

    def letter(self, token: str) -> str:
        """What no two letters have in common, in every mode: the second and the nonce, run together
        as the platform's signature has them, so that no other cut of them is another letter."""
        return signature(token, self.timestamp, self.nonce)

    def refuse_if_stale(self, now: datetime) -> None:
        """Raises `Stale`."""
        stamp = self.timestamp
        if not STAMP.fullmatch(stamp):
            raise Stale
        ahead = int(stamp) - now.timestamp()
        if not -OLDEST.total_seconds() <= ahead <= FURTHEST_AHEAD.total_seconds():
            raise Stale


def make_gate(*, token: str, app_id: str = "", keys: tuple[str, ...] = (), mode: str = "") -> Gate:
    """The gate that the settings describe. Raises `BadSettings` or `BadKey` with a sentence."""
    mode = mode or (SAFE if keys else PLAIN)
    if mode not in MODES:
        raise BadSettings(f"XIANGSHENG_WECHAT_MODE 只能是 {'、'.join(MODES)}")
    if mode != PLAIN and not keys:
        raise BadSettings("这个模式要有 XIANGSHENG_WECHAT_AES_KEY")
    if keys and not app_id:
        raise BadSettings("加密模式要有 XIANGSHENG_WECHAT_APP_ID")
    opened = tuple(aes_key(key) for key in keys)
    envelope = Envelope(app_id=app_id, keys=opened) if opened and mode != PLAIN else None
    return Gate(token=token, mode=mode, envelope=envelope)


def router(gate: Gate, answering: Answering, clock: WallClock) -> APIRouter:
    """The two routes, to be mounted at the root."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/wechat")
    async def check(
        timestamp: str = "",
        nonce: str = "",
        echostr: str = "",
        signed: Annotated[str, Query(alias="signature")] = "",
    ) -> Response:
        try:
            gate.knock(Asked(signature=signed, timestamp=timestamp, nonce=nonce), clock.now())
        except NotTheirs as refused:
            await answering.noted(refused)
            return _refused(403)
        return PlainTextResponse(echostr)

    @routes.post("/wechat")
    async def receive(
        request: Request,
        timestamp: str = "",
        nonce: str = "",
        encrypt_type: str = "",
        msg_signature: str = "",
        signed: Annotated[str, Query(alias="signature")] = "",
    ) -> Response:
        asked = Asked(
            signature=signed, timestamp=timestamp, nonce=nonce, encrypt_type=encrypt_type,
            msg_signature=msg_signature,
        )  # fmt: skip
        raw = await _body(request)
        if raw is None:
            return _refused(413)
        try:
            update, key = gate.open(raw, asked, clock.now())
            said = await answering.answer(update, asked.letter(gate.token))
        except NotTheirs as refused:
            await answering.noted(refused)
            return _refused(403)
        except BadXml:
            return _refused(400)
        if not said:
            return PlainTextResponse(NOTHING)
        at = int(clock.now().timestamp())
        xml = answer_xml(update, said, at=at)
        return Response(gate.seal(xml, key, at=at) if key else xml, media_type="application/xml")

    return routes


def _refused(status: int) -> Response:
    """Without a reason: whoever is refused learns nothing."""
    return PlainTextResponse("", status)


async def _body(request: Request) -> bytes | None:
    """The body, or nothing where it is too large."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST:
            return None
    return bytes(raw)
