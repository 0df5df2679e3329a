"""Changing a unit's key when somebody leaves who knows it.

The new key counts at once, in one small transaction: who stays gets it, whatever is filed is sealed to
it, and the one before lies sealed under it. Then the boxes are sealed anew, so many at a time; until
the last is, whoever holds the key of today opens those of before too.

Whoever seals to a unit's key holds its row (`FOR SHARE`) to the end of his transaction, and changing
the key waits for him: no box is made for a key that was changed meanwhile, or it is made before the
boxes are counted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.ports import Keyring
from casework.shelves import BoxInStack, KeyChange, Stack
from papers.envelope import new_keypair, open_box, public_of, seal_to
from storage.posts import staff
from storage.readers import SHUT
from storage.rows import insert_or_replace, person_from_row
from storage.schema import (
    boxes,
    earlier_keys,
    key_changes,
    keys_due,
    memberships,
    parts,
    people,
    unit_keys,
)
from storage.sealing import Ring

#: Tickets in one stack.
STACK = 500


class UnitKeyShelf:
    """Who holds which unit's key, and changing it."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._c, self._now = connection, now

    async def holders(self, unit: str) -> frozenset[str]:
        """Ids of those who can open it now: they have a box of it, and work on the unit's cases."""
        return frozenset(holder for holder, _, stays in await self._members(unit) if stays)

    async def of_units(self, units: Collection[str]) -> frozenset[str]:
        """Which of them have a key, whether anybody can open it or not."""
        query = select(unit_keys.c.unit).where(unit_keys.c.unit.in_(units))
        return frozenset((await self._c.execute(query)).scalars())

    async def knows(self, person: str) -> bool:
        """Whether a box of a unit's key is his, whatever his posts are."""
        query = select(memberships.c.unit).where(memberships.c.person == person)
        return (await self._c.execute(query)).first() is not None

    async def state(self, unit: str) -> KeyChange:
        """Whether its key must be changed, and how many boxes wait to be sealed anew."""
        due = await self._c.execute(select(keys_due.c.since).where(keys_due.c.unit == unit))
        is_due = due.one_or_none() is not None or await self._somebody_lapsed(unit)
        change = select(key_changes.c.done_to).where(key_changes.c.unit == unit)
        done_to = (await self._c.execute(change)).scalar_one_or_none()
        if done_to is None:
            return KeyChange(unit=unit, due=is_due)
        done = func.count().filter(boxes.c.ticket <= done_to)
        counted = select(func.count(), done).where(boxes.c.holder == unit, boxes.c.box != SHUT)
        total, so_many = (await self._c.execute(counted)).one()
        return KeyChange(unit=unit, due=is_due, under_way=True, done=so_many, total=total)

    async def mark(self, unit: str) -> None:
        """Its key must be changed. First in a block: who changes it at this moment waits for the block,
        or the block for him."""
        await self._c.execute(
            insert_or_replace(self._c, keys_due, {"unit": unit, "since": self._now})
        )

    async def leave(self, person: str) -> None:
        """He has no box of any unit's key any more."""
        await self._c.execute(delete(memberships).where(memberships.c.person == person))

    async def give_up(self, unit: str) -> None:
        """Nobody holds the key: the unit has none, reports go past it, and what it could read it knows
        of no more."""
        for table, column in ((boxes, boxes.c.holder), (parts, parts.c.holder)):
            await self._c.execute(delete(table).where(column == unit))
        for each in (unit_keys, earlier_keys, key_changes, keys_due):
            await self._c.execute(delete(each).where(each.c.unit == unit))

    async def change(self, colleague: Keyring, unit: str) -> Keyring | None:
        """A new key for the unit, where it is due and this colleague holds the one of today: his
        keyring with it. Of two who do it at once, one does."""
        if not isinstance(colleague, Ring) or not colleague.holds(unit):
            return None
        due = select(keys_due.c.unit).where(keys_due.c.unit == unit).with_for_update()
        marked = (await self._c.execute(due)).one_or_none()
        if marked is None and not await self._somebody_lapsed(unit):
            return None
        today = select(unit_keys.c.public).where(unit_keys.c.unit == unit).with_for_update()
        public = (await self._c.execute(today)).scalar_one_or_none()
        private = (colleague.units or {})[unit]
        if public != public_of(private):
            return None
        fresh, fresh_public = new_keypair()
        await self._hand_out(unit, fresh)
        before = await self._keep_under(unit, fresh_public, private, public)
        await self._c.execute(
            update(unit_keys)
            .where(unit_keys.c.unit == unit)
            .values(public=fresh_public, made_at=self._now)
        )
        await self._c.execute(
            insert_or_replace(self._c, key_changes, {"unit": unit, "done_to": ""})
        )
        await self._c.execute(delete(keys_due).where(keys_due.c.unit == unit))
        return replace(
            colleague,
            units={**(colleague.units or {}), unit: fresh},
            earlier={**colleague.earlier, unit: before},
        )

    async def stack(self, unit: str) -> Stack | None:
        """The next boxes to be sealed anew; None where none are left."""
        change = select(key_changes.c.done_to).where(key_changes.c.unit == unit)
        after = (await self._c.execute(change)).scalar_one_or_none()
        today = select(unit_keys.c.public).where(unit_keys.c.unit == unit)
        public = (await self._c.execute(today)).scalar_one_or_none()
        if after is None or public is None:
            return None
        mine = select(boxes.c.ticket, boxes.c.box).where(
            boxes.c.holder == unit, boxes.c.ticket > after
        )
        rows = (await self._c.execute(mine.order_by(boxes.c.ticket).limit(STACK))).all()
        upto = rows[-1].ticket if len(rows) == STACK else ""
        added = select(parts.c.ticket, parts.c.part, parts.c.box).where(
            parts.c.holder == unit, parts.c.ticket > after
        )
        if upto:
            added = added.where(parts.c.ticket <= upto)
        more = (await self._c.execute(added.order_by(parts.c.ticket, parts.c.part))).all()
        return Stack(
            unit=unit, public=public, after=after, upto=upto,
            boxes=(
                *(BoxInStack(ticket=row.ticket, box=row.box) for row in rows if row.box != SHUT),
                *(BoxInStack(ticket=row.ticket, part=row.part, box=row.box) for row in more),
            ),
        )  # fmt: skip

    async def put_back(self, stack: Stack) -> None:
        """Boxes sealed anew take the place of those they were made of, and of no others: one that was
        shut or sealed anew meanwhile stays as it is. A key that is another by now undoes nothing."""
        today = select(unit_keys.c.public).where(unit_keys.c.unit == stack.unit)
        public = (await self._c.execute(today.with_for_update(read=True))).scalar_one_or_none()
        if public != stack.public:
            return
        await self._swap(stack, [each for each in stack.boxes if each.fresh and not each.part])
        await self._swap(stack, [each for each in stack.boxes if each.fresh and each.part])
        here = (key_changes.c.unit == stack.unit) & (key_changes.c.done_to == stack.after)
        if stack.upto:
            await self._c.execute(update(key_changes).where(here).values(done_to=stack.upto))
            return
        if (await self._c.execute(delete(key_changes).where(here))).rowcount == 1:
            await self._c.execute(delete(earlier_keys).where(earlier_keys.c.unit == stack.unit))

    async def _swap(self, stack: Stack, fresh: Collection[BoxInStack]) -> None:
        if not fresh:
            return
        table = parts if any(each.part for each in fresh) else boxes
        swap = update(table).where(
            table.c.holder == stack.unit,
            table.c.ticket == bindparam("of"),
            table.c.box == bindparam("was"),
        )
        rows = [{"of": each.ticket, "was": each.box, "fresh": each.fresh} for each in fresh]
        if table is parts:
            swap = swap.where(parts.c.part == bindparam("in_part"))
            rows = [{**row, "in_part": e.part} for row, e in zip(rows, fresh, strict=True)]
        await self._c.execute(swap.values(box=bindparam("fresh")), rows)

    async def _members(self, unit: str) -> list[tuple[str, bytes, bool]]:
        """(id, public key, whether he may hold the unit's key) of those who have a box of it."""
        query = staff(self._now).join(memberships, memberships.c.person == people.c.id)
        rows = await self._c.execute(query.where(memberships.c.unit == unit))
        return [
            (
                row.id,
                row.public or b"",
                row.unit == unit
                and row.gone_at is None
                and row.public is not None
                and person_from_row(row).may_read_cases(),
            )
            for row in rows
        ]

    async def _somebody_lapsed(self, unit: str) -> bool:
        """Whether a post ran out of somebody who has a box of the key."""
        return any(not stays for _, _, stays in await self._members(unit))

    async def _hand_out(self, unit: str, fresh: bytes) -> None:
        for person, public, stays in await self._members(unit):
            his = (memberships.c.unit == unit) & (memberships.c.person == person)
            if stays:
                box = seal_to(public, fresh)
                await self._c.execute(update(memberships).where(his).values(box=box))
            else:
                await self._c.execute(delete(memberships).where(his))

    async def _keep_under(
        self, unit: str, fresh_public: bytes, private: bytes, public: bytes
    ) -> tuple[bytes, ...]:
        """The keys of before, sealed under the new one: as many as boxes may still lie under."""
        query = select(earlier_keys).where(earlier_keys.c.unit == unit)
        rows = (await self._c.execute(query)).all()
        kept = {bytes(row.public): open_box(private, row.box) for row in rows} | {public: private}
        await self._c.execute(delete(earlier_keys).where(earlier_keys.c.unit == unit))
        await self._c.execute(
            insert(earlier_keys),
            [
                {"unit": unit, "public": half, "box": seal_to(fresh_public, each)}
                for half, each in kept.items()
            ],
        )
        return tuple(kept.values())
