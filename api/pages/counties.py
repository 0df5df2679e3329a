"""What counties decide, entered box by box by their own people, and approved by a second person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from api.figures import Figures
from api.front import Front, Member, TheFront
from api.pages.signin import KeepingRoute, went
from api.show import page
from casework.county import BOXES, County, Fact
from casework.ports import Keyring
from casework.refusals import BadInput, NotAllowed, Refusal
from casework.workdays import day_of
from library.counties import (
    HINTS,
    TITLES,
    Form,
    Outcome,
    written,
)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One box as the page shows it."""

    key: str
    title: str
    hint: str
    value: str  # as typed, where it was not taken
    shown: str  # as it stands
    fault: str = ""
    by_whom: str = ""  # who said so, who entered it, who looked at it
    may_approve: bool = False


@dataclass(frozen=True)
class Pages:
    """The pages over the content as it is now."""

    figures: Figures

    async def all(self, request: Request, ring: Member, front: TheFront) -> Response:
        """The counties this person may enter figures for; the only one at once."""
        names = [
            (code, name)
            for code, name in front.understanding.gazetteer.counties()
            if front.content.organisation.may_enter(ring.person.unit, code)
        ]
        if len(names) == 1:
            return went(f"/desk/counties/{names[0][0]}")
        if not names:
            raise NotAllowed("县里的数由县、市、省住建部门的人填。")
        rows = [(code, name, front.content.county(code)) for code, name in names]
        rows.sort(key=lambda row: (not row[2].unchecked, len(row[2].missing) == len(BOXES)))
        return page(request, "desk/counties.html", ring=ring, rows=rows, boxes=len(BOXES))

    async def one(self, request: Request, code: str, ring: Member, front: TheFront) -> HTMLResponse:
        said = request.query_params.get("said", "")
        return await self._page(request, code, ring, front, said=SAID.get(said, ""))

    async def save(self, request: Request, code: str, ring: Member, front: TheFront) -> Response:
        """What is right is in force at once; what is not is told beside its box and stays typed."""
        typed = {k: v for k, v in (await request.form()).multi_items() if isinstance(v, str)}
        form = Form(
            typed={box.key: typed.get(box.key, "") for box in BOXES},
            shown={box.key: typed.get(f"was.{box.key}", "") for box in BOXES},
            source=typed.get("source", ""),
            since=typed.get("since", ""),
        )
        outcome = await self.figures.enter(front, ring, code, form)
        if not outcome.faults:
            return went(f"/desk/counties/{code}?said={'saved' if outcome.changed else 'same'}")
        return await self._page(request, code, ring, front, form=form, outcome=outcome)

    async def approve(self, request: Request, code: str, ring: Member, front: TheFront) -> Response:
        """A second person's word for the boxes he was shown, one or all of them."""
        typed = {k: v for k, v in (await request.form()).multi_items() if isinstance(v, str)}
        shown = {k.removeprefix("was."): v for k, v in typed.items() if k.startswith("was.")}
        try:
            await self.figures.approve(front, ring, code, shown)
        except (BadInput, NotAllowed) as refusal:
            return await self._page(request, code, ring, front, trouble=refusal.sentence)
        return went(f"/desk/counties/{code}?said=approved")

    async def _page(
        self,
        request: Request,
        code: str,
        ring: Keyring,
        front: Front,
        *,
        form: Form | None = None,
        outcome: Outcome | None = None,
        said: str = "",
        trouble: str = "",
    ) -> HTMLResponse:
        county = self.figures.of(front, ring, code)
        faults = outcome.faults if outcome else {}
        names = await self._names(front, county)
        lines = [_line(box.key, county, form, faults, names, ring.person.id) for box in BOXES]
        if outcome:
            done = f"存好了 {len(outcome.changed)} 格,已经用上。" if outcome.changed else ""
            trouble = f"{done}有 {len(faults)} 处没有存,看下面红字。"
        return page(
            request,
            "desk/county.html",
            status=422 if trouble else 200,
            ring=ring,
            code=code,
            name=front.understanding.gazetteer.name(code),
            county=county,
            lines=lines,
            to_approve=[line for line in lines if line.may_approve],
            source=form.source if form else "",
            since=form.since if form else day_of(front.now()).isoformat(),
            faults=faults,
            said=said,
            trouble=trouble,
        )

    async def _names(self, front: Front, county: County) -> dict[str, str]:
        """How colleagues call those who entered and approved; the id of who is gone."""
        ids = {i for fact in county.facts.values() for i in (fact.by, fact.approved_by) if i}
        found = {}
        async with front.office.reading() as reading:
            for each in ids:
                try:
                    found[each] = (await reading.people.person(each)).name
                except Refusal:
                    found[each] = each
        return found


SAID = {
    "saved": "存好了,村里人几秒钟以后就看得到;没复核的,标着“县里填的,还没复核”。",
    "same": "没有改动。",
    "approved": "复核好了,那几格不再标“还没复核”。",
}


def _line(
    key: str,
    county: County,
    form: Form | None,
    faults: Mapping[str, str],
    names: Mapping[str, str],
    person: str,
) -> Line:
    fact = county.facts.get(key)
    shown, fault = written(fact.value if fact else None), faults.get(key, "")
    return Line(
        key=key,
        title=TITLES[key],
        hint=HINTS[key],
        value=form.typed[key] if form and fault else shown,
        shown=shown,
        fault=fault,
        by_whom=_by_whom(fact, names) if fact else "",
        may_approve=bool(fact and not fact.is_checked and fact.by != person),
    )


def _by_whom(fact: Fact, names: Mapping[str, str]) -> str:
    told = [f"{fact.source},{fact.since.isoformat()} 起"]
    if fact.by:
        told.append(f"{names.get(fact.by, fact.by)}填的")
        approver = names.get(fact.approved_by, fact.approved_by)
        told.append(f"{approver}复核过" if fact.is_checked else "还没复核")
    return ";".join(told)


def counties_pages(figures: Figures) -> APIRouter:
    """The pages, to be mounted beside the desk's others."""
    pages = Pages(figures)
    router = APIRouter(prefix="/desk", route_class=KeepingRoute, include_in_schema=False)
    router.add_api_route("/counties", pages.all, methods=["GET"], response_model=None)
    router.add_api_route("/counties/{code}", pages.one, methods=["GET"], response_model=None)
    router.add_api_route("/counties/{code}", pages.save, methods=["POST"], response_model=None)
    router.add_api_route(
        "/counties/{code}/approve", pages.approve, methods=["POST"], response_model=None
    )
    return router
