"""A villager's question, answered or honestly not."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse

from api.front import Caller, Front, TheFront
from api.routers.strict import Out, StrictRoute
from casework.ports import Passing
from casework.refusals import BadInput
from casework.reports import LONGEST
from casework.workdays import day_of

router = APIRouter(prefix="/api/v1", tags=["提问"], route_class=StrictRoute)


class Question(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=LONGEST, examples=["俺家危房能补多少钱"])
    county: str = Field("", pattern=r"^(\d{6})?$")


class TopicOut(Out):
    slug: str
    score: float


class AnswerOut(Out):
    """As `xiangsheng ask --json` gives it."""

    text: str
    kind: str = Field(
        description="answer、choices、smalltalk、report、urgent、retaliation、human、unknown"
    )
    topics: list[TopicOut]
    answer: str
    source: str | None = Field(description="依据;没有核实的没有")
    also: list[str] = Field(description="还说了别的,比如 report")
    helpful: bool = Field(True, description="只能说问谁的时候是 false,别的时候没有这一项")


def today_of(front: Front) -> date:
    return day_of(front.now())


@router.post("/ask", summary="问一句", responses={200: {"model": AnswerOut}})
async def ask(question: Question, front: TheFront, caller: Caller) -> JSONResponse:
    """What the programme says about it, with its source; or up to three choices; or an honest no."""
    await front.office.gate.admit(Passing.TALK, caller=caller)
    knows, county = front.understanding, question.county
    if county and county not in knows.gazetteer:
        raise BadInput(f"没有 {county} 这个县。写县的6位地区代码。")
    found = knows.ask(question.text, today=today_of(front), county=county)
    return JSONResponse(found.record(question.text))
