"""Who holds a box of a ticket: the list in front of every query, changed here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.shelves import Sees
from storage.schema import boxes, parts, unit_keys
from storage.standing import Standing

#: The box of a unit that knows of a ticket and can open nothing of it any more.
SHUT = b""


class ReadersShelf:
    """Letting a unit read a ticket, and shutting it out again."""

    def __init__(self, connection: AsyncConnection, standing: Standing) -> None:
        self._c = connection
        self._standing = standing

    async def of(self, number: str) -> frozenset[str]:
        """The holders of a box that still opens."""
        query = select(boxes.c.holder).where(boxes.c.ticket == number, boxes.c.box != SHUT)
        return frozenset((await self._c.execute(query)).scalars())

    async def whole(self, number: str) -> frozenset[str]:
        """Those of them who can open all of it."""
        query = select(boxes.c.holder).where(
            boxes.c.ticket == number, boxes.c.box != SHUT, boxes.c.sees == Sees.ALL.value
        )
        return frozenset((await self._c.execute(query)).scalars())

    async def key_of(self, unit: str) -> bytes | None:
        """Held to the end of the block: it is not changed before a box for it is there."""
        query = select(unit_keys.c.public).where(unit_keys.c.unit == unit)
        query = query.with_for_update(read=True)
        return (await self._c.execute(query)).scalar_one_or_none()

    async def let_in(
        self, number: str, unit: str, box: bytes, part_boxes: Mapping[str, bytes], sees: Sees
    ) -> None:
        """A box of the report, and one of each text added to it later."""
        row = {"holder": unit, "ticket": number, "box": box, "sees": sees.value}
        await self._c.execute(insert(boxes).values(row))
        await self._standing.settle(number)
        for part, each in part_boxes.items():
            part_row = {"ticket": number, "part": part, "holder": unit, "box": each}
            await self._c.execute(insert(parts).values(part_row))

    async def leave_out(self, number: str, units: Collection[str]) -> None:
        """These units know of the ticket no more: not in a list, not in a count."""
        await self._standing.remove(and_(boxes.c.ticket == number, boxes.c.holder.in_(units)))
        await self._c.execute(
            delete(parts).where(parts.c.ticket == number, parts.c.holder.in_(units))
        )

    async def shut(self, number: str, *, but: Collection[str]) -> None:
        """Every other holder keeps the line of the list and loses the key."""
        await self._c.execute(
            update(boxes)
            .where(boxes.c.ticket == number, boxes.c.holder.not_in(but))
            .values(box=SHUT)
        )
        await self._c.execute(
            delete(parts).where(parts.c.ticket == number, parts.c.holder.not_in(but))
        )
