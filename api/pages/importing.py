"""Many colleagues at once, from a table: each row right, or nobody is invited."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import HTMLResponse, Response

from api.front import Front, Member, TheFront
from api.pages.signin import KeepingRoute
from api.show import page
from api.uploads import SealedRequest
from casework.actions import staffing
from casework.offices import Role
from casework.ports import Keyring
from casework.refusals import NotAllowed
from casework.staff import why_not_into
from library import people
from papers.sheets import SheetError

router = APIRouter(prefix="/desk", route_class=KeepingRoute)

#: Bytes of a table of five hundred people, with room.
LARGEST = 1024 * 1024
#: More faults than this are not read by anybody at once.
MOST_SHOWN = 30
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def import_page(
    request: Request, ring: Keyring, front: Front, *, faults: Sequence[str] = (), said: str = ""
) -> HTMLResponse:
    offices = front.content.organisation
    if refusal := why_not_into(ring.person, ring.person.unit, offices):
        raise NotAllowed(refusal)
    return page(
        request,
        "desk/import_people.html",
        status=409 if faults else 200,
        ring=ring,
        faults=faults[:MOST_SHOWN],
        more=max(0, len(faults) - MOST_SHOWN),
        said=said,
        most=people.MOST,
        role_names="、".join(role.label for role in Role),
    )


@router.get("/people/import")
async def asked(request: Request, ring: Member, front: TheFront) -> HTMLResponse:
    return import_page(request, ring, front)


@router.get("/people/import/empty")
async def empty(ring: Member) -> Response:
    return _as_file(await asyncio.to_thread(people.empty_table), "people.xlsx")


@router.post("/people/import")
async def take(request: Request, ring: Member, front: TheFront) -> Response:
    """The links come back as a file, this once; checked only, a sentence."""
    try:
        async with SealedRequest(request.scope, request.receive).form(
            max_files=1, max_fields=4
        ) as form:
            sent, only_check = form.get("file"), bool(form.get("check"))
            name = (sent.filename or "") if isinstance(sent, UploadFile) else ""
            content = await sent.read(LARGEST + 1) if isinstance(sent, UploadFile) else b""
        if len(content) > LARGEST:
            raise people.too_large(LARGEST)
        offices = front.content.organisation
        wanted = await asyncio.to_thread(people.wanted, content, name, offices)
        if only_check:
            await staffing.try_to_invite(front.office, ring, wanted)
            said = f"检查过了,{len(wanted)} 人都对。还没有请:去掉“只检查”,再传一次。"
            return import_page(request, ring, front, said=said)
        tables: list[bytes] = []

        def address(token: str) -> str:
            return str(request.url_for("invite_page", token=token))

        await staffing.invite_all(
            front.office, ring, wanted,
            lambda invited: tables.append(people.as_table(invited, offices, address)),
        )  # fmt: skip
    except staffing.NotThese as refusal:
        error = people.as_faults(refusal)
        return import_page(request, ring, front, faults=[each.sentence for each in error.faults])
    except SheetError as error:
        return import_page(request, ring, front, faults=[each.sentence for each in error.faults])
    return _as_file(tables[0], "links.xlsx")


def _as_file(content: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=XLSX, headers=headers)
