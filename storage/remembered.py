"""The receipt code of whoever agreed that her account opens her case, so that she need not type it.

A row's id and key are derived (HKDF) from the service's own key and her account: the row alone opens
nothing and tells no account. Who has the key file and knows the account opens it: she is told so first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from papers.envelope import derive, open_under, seal_under
from storage.rows import insert_or_replace
from storage.schema import remembered

PURPOSE = "remembered code"
#: Forgotten by itself after this long; each time she comes by it, it begins anew.
KEPT = timedelta(days=180)


class RememberedShelf:
    """One code an account, the newest."""

    def __init__(self, connection: AsyncConnection, service: bytes, now: datetime) -> None:
        self._c, self._service, self._now = connection, service, now

    async def keep(self, channel: str, caller: str, code: str) -> None:
        row = {
            "id": self._derived("row", channel, caller),
            "sealed": seal_under(
                self._derived("key", channel, caller), code.encode(), PURPOSE
            ),
            "at": self._now,
        }  # fmt: skip
        await self._c.execute(insert_or_replace(self._c, remembered, row))

    async def code(self, channel: str, caller: str) -> str:
        """'' where none is remembered."""
        query = select(remembered.c.sealed).where(
            remembered.c.id == self._derived("row", channel, caller),
            remembered.c.at > self._now - KEPT,
        )
        sealed = (await self._c.execute(query)).scalar_one_or_none()
        if sealed is None:
            return ""
        return open_under(self._derived("key", channel, caller), sealed, PURPOSE).decode()

    async def forget(self, channel: str, caller: str) -> None:
        mine = remembered.c.id == self._derived("row", channel, caller)
        await self._c.execute(delete(remembered).where(mine))

    def _derived(self, what: str, channel: str, caller: str) -> bytes:
        return derive(self._service, f"remembered {what}\0{channel}\0{caller}")


def forget_remembered(connection: Connection, now: datetime) -> None:
    """Remove those nobody came by for half a year."""
    connection.execute(delete(remembered).where(remembered.c.at <= now - KEPT))
