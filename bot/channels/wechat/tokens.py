"""The access token, one for all processes: whoever holds the row's lease fetches the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.channels.wechat.errors import Trouble, Unreached
from casework.ports import Office
from casework.shelves import PlatformToken

#: The platform renews five minutes early itself, and both tokens are good meanwhile.
EARLY = timedelta(minutes=5)
#: A process that died while fetching gives the right back after this long.
LEASE = timedelta(seconds=15)
#: Between two looks at what another process is fetching.
LOOK_AGAIN = 0.1
MOST_LOOKS = 100

#: POST a body to a path that needs no token.
Ask = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]


class Tokens:
    """One account's token, as the house shares it."""

    def __init__(self, office: Office, ask: Ask, *, app_id: str, secret: str, worker: str) -> None:
        self._office, self._ask, self._worker = office, ask, worker[:40]
        self._app_id, self._secret = app_id, secret
        self._account = f"wechat {app_id}"
        self._alone = asyncio.Lock()

    async def get(self, *, stale: str = "") -> str:
        """A token that is good, and not the one that was just refused."""
        async with self._alone:
            for _ in range(MOST_LOOKS):
                known = await self._known(stale)
                if known:
                    return known
                if await self._mine():
                    return await self._fetch(stale)
                await asyncio.sleep(LOOK_AGAIN)
        raise Unreached

    async def _known(self, stale: str) -> str:
        async with self._office.reading() as reading:
            token = await reading.tokens.get(self._account)
        fresh = token and token.until > self._office.clock.now() + EARLY
        return token.value if token and fresh and token.value != stale else ""

    async def _mine(self) -> bool:
        now = self._office.clock.now()
        async with self._office.files() as files:
            return await files.tokens.claim(
                self._account, worker=self._worker, now=now, until=now + LEASE
            )

    async def _fetch(self, stale: str) -> str:
        """Somebody may have been faster between our look and our claim; then theirs is used."""
        try:
            token = await self._known(stale)
            if token:
                await self._release()
                return token
            token, seconds = await self._asked(force=False)
            if token == stale:
                # The platform still thinks well of a token that it refuses: a new one, by force.
                # That is allowed twenty times a day, so it is never the first try.
                token, seconds = await self._asked(force=True)
        except BaseException:
            await self._release()
            raise
        until = self._office.clock.now() + timedelta(seconds=seconds)
        async with self._office.files() as files:
            kept = PlatformToken(value=token, until=until)
            await files.tokens.keep(self._account, kept, worker=self._worker)
        return token

    async def _asked(self, *, force: bool) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential", "appid": self._app_id, "secret": self._secret,
            "force_refresh": force,
        }  # fmt: skip
        answer = await self._ask("/cgi-bin/stable_token", body)
        token, seconds = answer.get("access_token"), answer.get("expires_in", 7200)
        if not (isinstance(token, str) and token and isinstance(seconds, int)):
            raise Trouble(-1)  # half an answer, or somebody else's
        return token, seconds

    async def _release(self) -> None:
        async with self._office.files() as files:
            await files.tokens.release(self._account, worker=self._worker)
