"""WeChat's own interface: every call with the shared token, every error as one of three faults."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from bot.channels.wechat.errors import NEEDS_SOMEBODY, Broken, Trouble, Unreached, Way, note_name
from bot.channels.wechat.tokens import Tokens
from casework.ports import Office

log = logging.getLogger(__name__)

#: httpx would write addresses with the token in them.
logging.getLogger("httpx").setLevel(logging.WARNING)

DEFAULT = "https://api.weixin.qq.com"

#: One file on its way in.
LARGEST = 20 * 1024 * 1024

_ADDRESS = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where the platform is, and who we are there."""

    app_id: str
    secret: str
    url: str = DEFAULT


def make_http() -> httpx.AsyncClient:
    """Redirects are not followed: the token stands in the address."""
    return httpx.AsyncClient(timeout=httpx.Timeout(10, read=20), trust_env=False)


class WechatApi:
    """What we ask of the platform."""

    def __init__(
        self, account: Account, office: Office, *, worker: str, http: httpx.AsyncClient
    ) -> None:
        self.url = (account.url or DEFAULT).rstrip("/")
        self._office, self._http = office, http
        self.tokens = Tokens(
            office, self._without_token, app_id=account.app_id, secret=account.secret,
            worker=worker,
        )  # fmt: skip

    async def close(self) -> None:
        await self._http.aclose()

    async def say(self, person: str, text: str) -> None:
        """A customer message."""
        body = {"touser": person, "msgtype": "text", "text": {"content": text}}
        await self.call("/cgi-bin/message/custom/send", body)

    async def reach(self) -> None:
        """A call that changes nothing: it shows that line, address, credentials and token work."""
        await self._request("GET", "/cgi-bin/get_api_domain_ip")

    async def set_menu(self, menu: Mapping[str, Any]) -> None:
        await self.call("/cgi-bin/menu/create", menu)

    async def call(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        fields = _fields(await self._request("POST", path, content=_json(body)))
        if "errcode" not in fields:  # half an answer, or somebody else's: it may have arrived
            raise Broken
        return fields

    async def download(self, media: str) -> bytes:
        """A file somebody sent. Of a video the platform gives an address instead."""
        answer = await self._request("GET", "/cgi-bin/media/get", {"media_id": media})
        fields = _fields(answer)
        if not fields:
            return answer.content
        address = str(fields.get("video_url", ""))
        if urlsplit(address).scheme not in ("http", "https"):
            raise Trouble(40007)
        return (await self._sent("GET", address)).content

    async def _without_token(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._sent("POST", self.url + path, content=_json(body))
        try:
            await self._refuse_trouble(answer)
        except Trouble as trouble:
            await self._remember(trouble)
            raise
        return _fields(answer)

    async def _request(
        self, method: str, path: str, params: Mapping[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        """With the token; with another one, once, where the platform did not like it."""
        token = await self.tokens.get()
        try:
            return await self._with_token(token, method, path, params, body)
        except Trouble as trouble:
            if trouble.policy.way is not Way.RENEW:
                await self._remember(trouble)
                raise
        token = await self.tokens.get(stale=token)
        try:
            return await self._with_token(token, method, path, params, body)
        except Trouble as trouble:
            await self._remember(trouble)
            raise

    async def _with_token(
        self, token: str, method: str, path: str, params: Mapping[str, str] | None, body: Any
    ) -> httpx.Response:
        query = {"access_token": token, **(params or {})}
        answer = await self._sent(method, self.url + path, params=query, **body)
        await self._refuse_trouble(answer)
        return answer

    async def _sent(self, method: str, url: str, **more: Any) -> httpx.Response:
        try:
            async with self._http.stream(method, url, **more) as answer:
                if answer.status_code >= 500:
                    raise Broken
                if answer.status_code >= 300:
                    raise Trouble(answer.status_code)
                return httpx.Response(
                    answer.status_code, headers=_plain(answer), content=await _capped(answer)
                )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Unreached from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Broken from None

    async def _refuse_trouble(self, answer: httpx.Response) -> None:
        fields = _fields(answer)
        code = fields.get("errcode", 0)
        if not isinstance(code, int):
            raise Broken
        if code:
            seen = _ADDRESS.search(str(fields.get("errmsg", "")))
            raise Trouble(code, seen.group(1) if seen else "")

    async def _remember(self, trouble: Trouble) -> None:
        """What needs somebody is logged, and kept for `doctor` with its hour."""
        if trouble.policy.way not in NEEDS_SOMEBODY | {Way.RENEW}:
            return
        log.error("wechat refuses", extra={"errcode": trouble.errcode})
        async with self._office.files() as files:
            await files.counters.ran(note_name(trouble.errcode), at=self._office.clock.now())


def _json(body: Mapping[str, Any]) -> bytes:
    """Chinese as it is: the platform shows `\\u4f60` as six letters."""
    return json.dumps(body, ensure_ascii=False).encode()


def _fields(answer: httpx.Response) -> Mapping[str, Any]:
    """The answer's fields, or none where it is a file."""
    if not answer.content.lstrip().startswith(b"{"):
        return {}
    try:
        found = json.loads(answer.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _plain(answer: httpx.Response) -> dict[str, str]:
    return {"content-type": answer.headers.get("content-type", "")}


async def _capped(answer: httpx.Response) -> bytes:
    """The body, refused past its cap while it is read."""
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > LARGEST:
            raise Trouble(45001)
    return bytes(content)
