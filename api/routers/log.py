"""The public log: anyone may check that nothing was taken out of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.front import TheFront
from api.routers.strict import Out, StrictRoute
from casework.refusals import BadInput
from casework.transparency import digits

router = APIRouter(prefix="/api/v1/log", tags=["公开日志"], route_class=StrictRoute)


class HeadOut(Out):
    size: int = Field(description="日志有多少条")
    root: str = Field(description="根,64个十六进制数")
    digits: str = Field(description="根的头几位,给纸上和电话里用")


class ProofOut(Out):
    index: int
    leaf: str
    size: int
    root: str
    path: list[str] = Field(description="RFC 9162 §2.1.3,从叶子往上")


class ConsistencyOut(Out):
    old_size: int
    size: int
    root: str
    path: list[str] = Field(description="RFC 9162 §2.1.4")


class LeavesOut(Out):
    start: int
    leaves: list[str] = Field(description="每条的原文,自己算散列")


MOST_LEAVES = 1000
#: What a 64-bit column holds; larger numbers are no positions.
Position = Annotated[int, Path(ge=0, lt=2**63)]


@router.get("/head", summary="日志的头")
async def head(front: TheFront) -> HeadOut:
    """Size and root of the log; `digits` is the root's beginning, for paper and the telephone."""
    async with front.office.reading() as reading:
        edge = await reading.log.head()
    root = edge.root()
    return HeadOut(size=edge.size, root=root.hex(), digits=digits(root))


@router.get("/proof/{index}", summary="一条在日志里的证明")
async def proof(index: Position, front: TheFront) -> ProofOut:
    """That a leaf is in the log (RFC 9162 §2.1.3)."""
    async with front.office.reading() as reading:
        found = await reading.log.proof(index)
    return ProofOut(
        index=found.index,
        leaf=found.leaf.hex(),
        size=found.size,
        root=found.root.hex(),
        path=[each.hex() for each in found.path],
    )


@router.get("/consistency/{old_size}", summary="以前的日志是现在的开头")
async def consistency(old_size: Position, front: TheFront) -> ConsistencyOut:
    """That the log of `old_size` is the beginning of today's (RFC 9162 §2.1.4)."""
    async with front.office.reading() as reading:
        path = await reading.log.consistency(old_size)
        edge = await reading.log.head()
    return ConsistencyOut(
        old_size=old_size,
        size=edge.size,
        root=edge.root().hex(),
        path=[each.hex() for each in path],
    )


@router.get("/leaves", summary="日志的原文")
async def leaves(
    front: TheFront,
    start: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    end: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
) -> LeavesOut:
    """The bodies of leaves [start, end), at most 1,000, to hash for oneself."""
    last = start + MOST_LEAVES if end is None else end
    if not 0 <= last - start <= MOST_LEAVES:
        raise BadInput(f"一次最多取 {MOST_LEAVES} 条,end 不能比 start 小。")
    async with front.office.reading() as reading:
        bodies = await reading.log.bodies(start, last)
    return LeavesOut(start=start, leaves=[each.decode() for each in bodies])
