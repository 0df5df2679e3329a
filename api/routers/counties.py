"""A county's figures for programs: what the desk's page can do, a token can do here."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from api.figures import Figures
from api.front import Bearer, TheFront
from api.routers.strict import Out, StrictRoute
from casework.county import BOXES, County
from library.counties import Form, written

#: A box takes no more; what is wrong within it is told in a sentence.
LONGEST = 1000


class Boxes(BaseModel):
    model_config = ConfigDict(extra="forbid")

    facts: dict[str, str] = Field(
        max_length=len(BOXES), description="哪一格写成什么;空字符串是去掉"
    )
    was: dict[str, str] = Field(
        {}, max_length=len(BOXES), description="看到的是什么;别人改过就不盖掉。不写,就是现在的"
    )
    source: str = Field("", max_length=LONGEST, description="依据:哪份文件、谁定的")
    since: str = Field("", max_length=LONGEST, description="从哪天起算,2026-01-01")


class Seen(BaseModel):
    model_config = ConfigDict(extra="forbid")

    facts: dict[str, str] = Field(max_length=len(BOXES), description="复核的格,和看到的值")


class FactOut(Out):
    value: str
    source: str
    since: str
    by: str
    approved_by: str


class CountyOut(Out):
    county: str
    demo: bool = Field(description="演示用的,编的")
    facts: dict[str, FactOut]
    missing: list[str]
    unchecked: list[str] = Field(description="还没有第二个人看过的格")


class EnteredOut(CountyOut):
    changed: list[str]
    faults: dict[str, str] = Field(description="不对的格,和为什么")


def county_out(county: County) -> CountyOut:
    return CountyOut(
        county=county.code,
        demo=county.demo,
        facts={
            key: FactOut(
                value=written(fact.value),
                source=fact.source,
                since=fact.since.isoformat(),
                by=fact.by,
                approved_by=fact.approved_by,
            )
            for key, fact in county.facts.items()
        },
        missing=list(county.missing),
        unchecked=list(county.unchecked),
    )


def counties_api(figures: Figures) -> APIRouter:
    """The routes over the content as it is now."""
    router = APIRouter(
        prefix="/api/v1/counties", tags=["各县的数(工作人员)"], route_class=StrictRoute
    )

    @router.get("/{code}", summary="一个县的数")
    async def read(code: str, ring: Bearer, front: TheFront) -> CountyOut:
        return county_out(figures.of(front, ring, code))

    @router.put(
        "/{code}",
        summary="填一个县的数",
        responses={
            200: {"model": EnteredOut},
            422: {"model": EnteredOut, "description": "有几格不对;对的已经存了"},
        },
    )
    async def enter(code: str, boxes: Boxes, ring: Bearer, front: TheFront) -> JSONResponse:
        """What is right is in force at once. `faults` has a sentence for each box that is not; the
        status is 422 then."""
        stood = {k: written(f.value) for k, f in figures.of(front, ring, code).facts.items()}
        shown = {**stood, **boxes.was}
        form = Form(typed=boxes.facts, shown=shown, source=boxes.source, since=boxes.since)
        done = await figures.enter(front, ring, code, form)
        strange = {key: "没有这一格。" for key in boxes.facts if key not in {b.key for b in BOXES}}
        faults = {**strange, **done.faults}
        said = {**county_out(done.county).model_dump(), "changed": done.changed, "faults": faults}
        return JSONResponse(said, 422 if faults else 200, headers={"cache-control": "no-store"})

    @router.post("/{code}/approve", summary="第二个人看过")
    async def approve(code: str, seen: Seen, ring: Bearer, front: TheFront) -> CountyOut:
        """A second person's word: all of the boxes, or none."""
        await figures.approve(front, ring, code, seen.facts)
        return county_out(figures.of(front, ring, code))

    return router
