"""What every route needs of the house, made once by `create_app` and never changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.awake import Awake
from api.counters import Counters
from casework.content import Content
from casework.offices import Role
from casework.ports import Keyring, Office
from casework.refusals import NoPost, NotAllowed, NotSignedIn
from nlp.understanding import Knowing, Understanding

#: Drawn as 「Authorize」 in the documentation; the refusal is ours.
TOKEN = HTTPBearer(auto_error=False, description="令牌:xiangsheng staff token 姓名")


#: The scope of those who come without a token that is valid.
OPEN = "open"


@dataclass(frozen=True, kw_only=True)
class Front:
    """The office and the little the web adds to it."""

    office: Office
    knowing: Knowing
    health: Callable[[], Awaitable[Mapping[str, object]]]
    secure: bool
    demo: bool
    counters: Counters
    awake: Awake = field(default_factory=Awake)
    ways: frozenset[str] = frozenset()  # by which people at the office are told something

    @property
    def cookie(self) -> str:
        """Browsers take a `__Host-` cookie over TLS only."""
        return "__Host-desk" if self.secure else "desk"

    @property
    def understanding(self) -> Understanding:
        return self.knowing()

    @property
    def content(self) -> Content:
        return self.office.content

    def now(self) -> datetime:
        return self.office.clock.now()


def front_at(request: Request) -> Front:
    return cast(Front, request.app.state.front)


async def _keyring(request: Request, token: str) -> Keyring:
    """The keyring of a session. A page that only refreshes itself does not keep a session awake."""
    front, now = front_at(request), front_at(request).now()
    async with front.office.reading() as reading:
        ring = await reading.people.keyring(token, now=now)
    by_itself = "hx-request" in request.headers or "/attachments/" in request.url.path
    if not by_itself and front.awake.is_due(token, now):
        async with front.office.files() as files:
            await files.people.seen(token, now=now)
    return ring


def session_of(request: Request) -> str:
    """The session token in the desk's cookie. Raises `NotSignedIn`."""
    token = request.cookies.get(front_at(request).cookie)
    if not token:
        raise NotSignedIn("请先登录。")
    return token


async def member(request: Request) -> Keyring:
    """Whoever is signed in at the desk."""
    return await _keyring(request, session_of(request))


async def case_member(request: Request) -> Keyring:
    """Whoever is signed in and works on cases at this moment. A post that ran out overnight ends here,
    with the page still open. Raises `NoPost`."""
    ring = await member(request)
    if not ring.person.may_read_cases():
        raise NoPost
    return ring


async def sender(request: Request) -> str:
    """Whose requests these are, for whoever may come with a token or without: the token's own scope
    where it opens a session, else the one that all share."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        return OPEN
    try:
        await _keyring(request, token.strip())
    except NotSignedIn:
        return OPEN
    return f"token {sha256(token.strip().encode()).hexdigest()}"


async def bearer(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(TOKEN)],
) -> Keyring:
    """Whoever holds the token of a program: `Authorization: Bearer …`."""
    if credentials is None or not credentials.credentials.strip():
        raise NotSignedIn(
            "要带上令牌:Authorization: Bearer …。令牌用 xiangsheng staff token 取得。"
        )
    return await _keyring(request, credentials.credentials.strip())


def at_province(front: Front, ring: Keyring) -> None:
    """The monthly figures count reports about counties and cities too, so only the province,
    which may read every one of them, is shown them."""
    person = ring.person
    if person.unit != front.content.organisation.province.id or not person.may_read_cases():
        raise NotAllowed("每月移交的情况只给省级专班看,免得从数字里猜出别的单位的事。")


def writes_answers(front: Front, ring: Keyring) -> bool:
    """The answers are written at the province."""
    return ring.person.unit == front.content.organisation.province.id


def writer(front: Front, ring: Keyring) -> None:
    if not writes_answers(front, ring):
        raise NotAllowed("答得好不好只给省里写回答的人看。")


def organiser(ring: Keyring) -> None:
    if Role.ORGANISER not in ring.person.roles:
        raise NotAllowed("只有培训组织人能看工匠名册、发培训通知。")


def caller_at(request: Request) -> str:
    """Who asks, as the wall has named them (`casework.callers`)."""
    return cast(str, request.state.caller)


async def caller_of(request: Request) -> str:
    """As a dependency."""
    return caller_at(request)


async def front_of(request: Request) -> Front:
    """As a dependency; a plain function would be sent to a thread at every request."""
    return front_at(request)


TheFront = Annotated[Front, Depends(front_of)]
Caller = Annotated[str, Depends(caller_of)]
Member = Annotated[Keyring, Depends(member)]
CaseMember = Annotated[Keyring, Depends(case_member)]
Bearer = Annotated[Keyring, Depends(bearer)]
Session = Annotated[str, Depends(session_of)]
