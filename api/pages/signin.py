"""Signing in at the desk: by name and password, or by a link that works once and the password after it.

Who was signed out in the middle of something comes back to it, with what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.front import Caller, Front, Member, Session, TheFront, member
from api.show import page
from casework.actions import staffing
from casework.refusals import BadInput, NoPost, NotSignedIn, Refusal
from casework.shelves import SignIn

#: What was written before a session ended goes along under names with this before them.
KEPT = "kept."
#: Stretched where nobody has the name: it takes as long as where somebody has.
NOBODY = bytes(16)
#: People of one name whose passwords are tried.
MOST_OF_A_NAME = 3
_INSIDE = re.compile(r"/desk(?:/[\w.~%-]+)*/?(?:\?[\w.~%=&+,-]*)?", re.ASCII)

COOKIE_LIVES = 8 * 60 * 60


class KeepingRoute(APIRoute):
    """For the pages of the desk: who is signed out signs in on the spot, and nothing written is lost."""

    keeps = True

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def keeping(request: Request) -> Response:
            try:
                return await handle(request)
            except NotSignedIn as refusal:
                to, kept = "/desk", list[tuple[str, str]]()
                if self.keeps:
                    to, kept = await _wanted(request)
                return sign_in_form(request, 401, to=to, kept=kept, sentence=refusal.sentence)
            except NoPost as refusal:
                _, kept = await _wanted(request)
                return page(
                    request, "desk/no_post.html", status=403, ring=await member(request),
                    sentence=refusal.sentence, kept=[value for _, value in kept if value.strip()],
                )  # fmt: skip

        return keeping


class SignInRoute(KeepingRoute):
    """For the ways in themselves: a password is nothing to keep."""

    keeps = False


async def _wanted(request: Request) -> tuple[str, list[tuple[str, str]]]:
    """The page that was asked for, and what was to be done there."""
    if request.method == "POST":
        form = await request.form()
        return request.url.path, [(k, v) for k, v in form.multi_items() if isinstance(v, str)]
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query, []


router = APIRouter(prefix="/desk", route_class=SignInRoute)

Password = Annotated[str, Form(max_length=200)]


def went(to: str) -> RedirectResponse:
    """POST → 303 → GET: a reload never repeats the step."""
    return RedirectResponse(to, 303)


def inside(path: str) -> str:
    """A page of the desk to go back to; the desk itself for any other address."""
    return path if _INSIDE.fullmatch(path) else "/desk"


def signed_in(front: Front, sign_in: SignIn, answer: Response | None = None) -> Response:
    """The session goes into the cookie and nowhere else."""
    answer = answer or went("/desk" if sign_in.is_open else "/desk/unlock")
    answer.set_cookie(
        front.cookie,
        sign_in.token,
        max_age=COOKIE_LIVES,
        path="/",
        secure=front.secure,
        httponly=True,
        samesite="lax",
    )
    return answer


async def opened(front: Front, token: str) -> None:
    """Whoever opens his keys changes his unit's, where it is due. Not managed, it stays due, and he is
    in all the same."""
    with suppress(Refusal):
        await staffing.opened(front.office, token)


@router.get("/login")
async def sign_in_page(request: Request, to: str = "/desk") -> HTMLResponse:
    return sign_in_form(request, to=to)


@router.post("/login")
async def sign_in(request: Request, front: TheFront, caller: Caller) -> Response:
    """Name and password. One answer for every name and password that do not fit."""
    form = await request.form()
    told = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    to, name, password = (told.get(each, "").strip() for each in ("to", "name", "password"))
    kept = [
        (key.removeprefix(KEPT), value)
        for key, value in form.multi_items()
        if key.startswith(KEPT) and isinstance(value, str)
    ]
    async with front.office.reading() as reading:
        found = (await reading.people.called(name[:80]))[:MOST_OF_A_NAME]
    for person, salt in found or [("", NOBODY)]:
        key = await front.office.locks.password(password[:200], salt, caller=caller)
        if not person:
            continue
        with suppress(NotSignedIn):
            async with front.office.files() as files:
                session = await files.people.sign_in(person, key, now=front.now())
            await opened(front, session.token)
            if not kept:
                return signed_in(front, session, went(inside(to)))
            return signed_in(front, session, again(request, to, kept))
    front.office.locks.missed(caller)
    trouble = "姓名或者密码不对。几个单位有同名的,写编号(p-开头)。"
    return sign_in_form(request, status=422, to=to, kept=kept, name=name, trouble=trouble)


def sign_in_form(request: Request, status: int = 200, **values: Any) -> HTMLResponse:
    """Name, password, where to go on, and what was written there."""
    empty: dict[str, Any] = {"sentence": "", "trouble": "", "name": "", "kept": ()}
    values["to"] = inside(values.get("to", ""))
    return page(request, "desk/signed_out.html", status=status, **{**empty, **values})


def again(request: Request, to: str, kept: Sequence[tuple[str, str]]) -> HTMLResponse:
    """The step that was not done, to be done now."""
    return page(request, "desk/again.html", to=inside(to), kept=kept, back="/desk")


@router.get("/login/{token}")
async def login_page(request: Request, token: str) -> HTMLResponse:
    """Only shows a button: a chat program's link preview must not use the link up."""
    return page(request, "desk/login.html")


@router.post("/login/{token}")
async def login(token: str, front: TheFront) -> Response:
    async with front.office.files() as files:
        sign_in = await files.people.use_link(token, "login", now=front.now())
    await opened(front, sign_in.token)
    return signed_in(front, sign_in)


@router.get("/invite/{token}")
async def invite_page(request: Request, token: str) -> HTMLResponse:
    return page(request, "desk/invite.html", trouble="")


@router.post("/invite/{token}")
async def invite(
    request: Request,
    token: str,
    password: Password,
    again: Password,
    front: TheFront,
    caller: Caller,
) -> Response:
    """Link and password are one transaction: a password that does not do leaves the link unused."""
    if password != again:
        return page(request, "desk/invite.html", status=422, trouble="两次输的密码不一样。")
    try:
        key = await front.office.locks.new_password(password, caller=caller)
        async with front.office.files() as files:
            sign_in = await files.people.use_link(token, "invite", now=front.now())
            await files.people.set_password(sign_in.token, key, now=front.now())
    except BadInput as refusal:
        return page(request, "desk/invite.html", status=422, trouble=refusal.sentence)
    return signed_in(front, SignIn(token=sign_in.token, person=sign_in.person, is_open=True))


@router.get("/unlock")
async def unlock_page(request: Request, ring: Member) -> HTMLResponse:
    return page(request, "desk/unlock.html", ring=ring, trouble="")


@router.post("/unlock")
async def unlock(
    request: Request,
    password: Password,
    ring: Member,
    session: Session,
    front: TheFront,
    caller: Caller,
) -> Response:
    async with front.office.reading() as reading:
        salt = await reading.people.salt_of(ring.person.id)
    try:
        key = await front.office.locks.password(password, salt, caller=caller)
        async with front.office.files() as files:
            await files.people.unlock(session, key, now=front.now())
        await opened(front, session)
    except NotSignedIn as refusal:
        front.office.locks.missed(caller)
        return page(request, "desk/unlock.html", status=422, ring=ring, trouble=refusal.sentence)
    return went("/desk")


@router.post("/out")
async def sign_out(session: Session, front: TheFront) -> Response:
    async with front.office.files() as files:
        await files.people.sign_out(session)
    answer = went("/desk/bye")
    answer.delete_cookie(front.cookie, path="/", secure=front.secure, httponly=True, samesite="lax")
    return answer


@router.get("/bye")
async def bye(request: Request) -> HTMLResponse:
    return sign_in_form(request, sentence="已经退出,钥匙也锁上了。")
