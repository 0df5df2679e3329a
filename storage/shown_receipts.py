"""The receipt's page, to be looked at again for half an hour by the phone that was shown it.

The phone holds 32 random bytes in a cookie; a row's id and its key are derived from them (HKDF), so the
row alone opens nothing and tells nobody's account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.receipts import SHOWN_AGAIN
from papers.envelope import derive, open_under, seal_under
from storage.schema import shown_receipts

PURPOSE = "shown receipt"


class ShownReceiptShelf:
    """Keeping what a receipt's page says, and opening it again by its cookie."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._c, self._now = connection, now

    async def keep(self, cookie: bytes, said: Mapping[str, Any]) -> None:
        sealed = seal_under(derive(cookie, "receipt key"), json.dumps(dict(said)).encode(), PURPOSE)
        row = {"id": derive(cookie, "receipt row"), "sealed": sealed, "at": self._now}
        await self._c.execute(insert(shown_receipts), [row])

    async def open(self, cookie: bytes) -> Mapping[str, Any] | None:
        """What the page said; None after half an hour, and for a cookie that opens nothing."""
        query = select(shown_receipts.c.sealed).where(
            shown_receipts.c.id == derive(cookie, "receipt row"),
            shown_receipts.c.at > self._now - SHOWN_AGAIN,
        )
        sealed = (await self._c.execute(query)).scalar_one_or_none()
        if sealed is None:
            return None
        said: Mapping[str, Any] = json.loads(
            open_under(derive(cookie, "receipt key"), sealed, PURPOSE)
        )
        return said


def forget_shown(connection: Connection, now: datetime) -> None:
    """Remove those past their half hour."""
    connection.execute(delete(shown_receipts).where(shown_receipts.c.at <= now - SHOWN_AGAIN))
