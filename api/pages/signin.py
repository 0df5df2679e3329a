"""Signing in at the desk: a link that works once, a password that opens the person's own key."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.front import Caller, Front, Member, Session, TheFront
from api.show import page
from casework.refusals import BadInput, NotSignedIn
from casework.shelves import SignIn

router = APIRouter(prefix="/desk")

COOKIE_LIVES = 8 * 60 * 60
Password = Annotated[str, Form(max_length=200)]


def went(to: str) -> RedirectResponse:
    """POST → 303 → GET: a reload never repeats the step."""
    return RedirectResponse(to, 303)


def signed_in(front: Front, sign_in: SignIn) -> Response:
    """The session goes into the cookie and nowhere else."""
    answer = went("/desk" if sign_in.is_open else "/desk/unlock")
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


@router.get("/login/{token}")
async def login_page(request: Request, token: str) -> HTMLResponse:
    """Only shows a button: a chat program's link preview must not use the link up."""
    return page(request, "desk/login.html")


@router.post("/login/{token}")
async def login(token: str, front: TheFront) -> Response:
    async with front.office.files() as files:
        sign_in = await files.people.use_link(token, "login", now=front.now())
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
    return page(request, "desk/signed_out.html", sentence="已经退出,钥匙也锁上了。")
