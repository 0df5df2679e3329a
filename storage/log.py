"""The log on its shelf: leaves in order, the right edge of the tree in one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.refusals import BadInput
from casework.shelves import LogProof
from casework.transparency import (
    EMPTY,
    Frontier,
    canonical,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
)
from storage.insertion import insert_rows
from storage.schema import leaves, log_head


def edge_to_bytes(frontier: Frontier) -> bytes:
    return b"".join(frontier.hashes)


def edge_from_bytes(size: int, edge: bytes) -> Frontier:
    return Frontier(size, tuple(edge[i : i + 32] for i in range(0, len(edge), 32)))


class LogShelf:
    """Reading the log, and appending to it last in a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._c = connection

    async def head(self) -> Frontier:
        row = (await self._c.execute(select(log_head.c.size, log_head.c.edge))).one_or_none()
        return edge_from_bytes(row.size, row.edge) if row else EMPTY

    async def proof(self, index: int) -> LogProof:
        head = await self.head()
        if not 0 <= index < head.size:
            raise BadInput(f"日志里没有第 {index} 条。")
        hashes = await self._hashes(head.size)
        return LogProof(
            index=index,
            leaf=hashes[index],
            size=head.size,
            root=head.root(),
            path=inclusion_proof(index, hashes),
        )

    async def consistency(self, old_size: int) -> tuple[bytes, ...]:
        head = await self.head()
        if not 0 <= old_size <= head.size:
            raise BadInput(f"日志没有过 {old_size} 条。")
        if old_size in (0, head.size):
            return ()
        return consistency_proof(old_size, await self._hashes(head.size))

    async def bodies(self, start: int, end: int) -> Sequence[bytes]:
        query = (
            select(leaves.c.body)
            .where(leaves.c.index >= start, leaves.c.index < end)
            .order_by(leaves.c.index)
        )
        return list((await self._c.execute(query)).scalars())

    async def _hashes(self, size: int) -> list[bytes]:
        query = select(leaves.c.hash).where(leaves.c.index < size).order_by(leaves.c.index)
        return list((await self._c.execute(query)).scalars())

    async def lock(self) -> Frontier:
        """The head, locked until the transaction ends: call it last."""
        return await self._c.run_sync(lock_head)

    async def append(
        self, frontier: Frontier, bodies: Sequence[Mapping[str, str | int]]
    ) -> Frontier:
        """Append after `lock`; returns the new head."""
        return (await self._c.run_sync(append_leaves, frontier, bodies))[0]


def lock_head(connection: Connection) -> Frontier:
    """The head, locked until the transaction ends: call it last."""
    query = select(log_head.c.size, log_head.c.edge).with_for_update()
    row = connection.execute(query).one()
    return edge_from_bytes(row.size, row.edge)


def append_leaves(
    connection: Connection, frontier: Frontier, bodies: Sequence[Mapping[str, str | int]]
) -> tuple[Frontier, list[bytes]]:
    """Append after `lock_head`; returns the new head and the hashes of the leaves."""
    raws = [canonical(body) for body in bodies]
    hashes = [leaf_hash(raw) for raw in raws]
    rows = [
        {
            "index": frontier.size + n,
            "hash": leaf,
            "ticket": body.get("ticket", ""),
            "event": body["event"],
            "body": raw,
        }
        for n, (body, raw, leaf) in enumerate(zip(bodies, raws, hashes, strict=True))
    ]
    insert_rows(connection, leaves, rows)
    for leaf in hashes:
        frontier = frontier.append(leaf)
    connection.execute(update(log_head).values(size=frontier.size, edge=edge_to_bytes(frontier)))
    return frontier, hashes
