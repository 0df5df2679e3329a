"""One play, told in the same words on four channels: the tickets differ in nothing but the channel."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.uploads import SealedRoute
from bot.channels.web.router import router
from bot.reception import Reception
from casework.actions.handling import act
from casework.receipts import find_code
from casework.tickets import Action, Kind
from tests.bot.channels.telegram.emulated import at_work, emulator
from tests.bot.channels.wechat.phone import account
from tests.bot.channels.wechat.stand_in import StandIn, stand_in
from tests.bot.conftest import A_PHOTO, Villager, filed, folder_of
from tests.offices import TestOffice, knowing, open_office

__all__ = ["emulator"]  # a fixture

PHOTO = "【照片】"
#: What she says, and what must be in the answer to it.
PLAY = (
    ("危房改造补助能补多少钱", "依据"),
    (PHOTO, "再说一句是啥事"),
    (PHOTO, "再说一句是啥事"),
    ("支书扣了俺3000块", "是哪个县"),
    ("鲁山县赵村镇", "大概啥时候"),
    ("鉴定要交钱不", "依据"),
    ("去年", "反映的是"),
    ("对", "也交给纪委"),
    ("墙裂了大口子,随时要塌,俺娘还在里头住着", "人先出来"),
    ("要", "走得近"),
    ("没有", "交上去吗"),
    ("改一改", "哪一样要改"),
    ("改地方", "是哪个县"),
    ("叶县", "平顶山市叶县"),
    ("提交", "登记好了"),
)  # fmt: skip
AFTERWARDS = (("补充几句", "请说要补充的话"), (PHOTO, "收到第1个"), ("没有了", "补充好了"))
RATED = (("解决了", "谢谢"),)


@dataclass
class Line:
    """One channel: what she says or shows, and all that she then reads."""

    says: Callable[[str], Awaitable[str]]
    shows: Callable[[], Awaitable[str]]
    code: Callable[[], str]


Opens = Callable[[TestOffice, str], AbstractAsyncContextManager[Line]]


@asynccontextmanager
async def terminal(office: TestOffice, _: str) -> AsyncIterator[Line]:
    her = Villager(Reception(office.office, knowing), channel="terminal")
    yield Line(her.says, lambda: her.shows(A_PHOTO), lambda: her.code)


@asynccontextmanager
async def telegram(office: TestOffice, base: str) -> AsyncIterator[Line]:
    async with at_work(office, base) as talk:
        photo = await talk.photo(A_PHOTO)

        async def answered(**fields: Any) -> str:
            before = len(talk.sent)
            await talk.brings(7, **fields)
            await talk.said(before + 1)
            while not talk.poller.is_idle or await talk.pump.once("telegram"):
                await talk.pump.once("telegram")
            return "\n".join(
                "\n".join((each.text, *(label for _, label in each.options)))
                for each in talk.sent[before:]
            )

        def code() -> str:
            return next(filter(None, (find_code(each.text) for each in reversed(talk.sent))))

        yield Line(lambda text: answered(text=text), lambda: answered(photo=photo), code)


@asynccontextmanager
async def wechat(office: TestOffice, _: str) -> AsyncIterator[Line]:
    async with stand_in() as platform, account(office, platform.url) as service:
        phone, heard = service.phone(sealed=True, now=office.clock.now), list[str]()
        platform.files["p"] = A_PHOTO

        async def all_of(answer: str, platform: StandIn = platform) -> str:
            before = len(platform.said)
            await service.pumped(5)
            heard.append("\n".join((answer, *(text for _, text in platform.said[before:]))))
            return heard[-1]

        async def says(text: str) -> str:
            return await all_of(await phone.says(text))

        async def shows() -> str:
            return await all_of(
                await phone.sends("image", MediaId="p", PicUrl="http://127.0.0.1/p")
            )

        yield Line(says, shows, lambda: next(filter(None, map(find_code, reversed(heard)))))


@asynccontextmanager
async def web(office: TestOffice, _: str) -> AsyncIterator[Line]:
    reception = Reception(office.office, knowing)
    pages = router(reception, office.office, knowing, secure_cookie=True, route_class=SealedRoute)

    async def well() -> dict[str, object]:
        return {}

    app = create_app(
        office=office.office, knowing=knowing, extra=(pages,), health=well, secure=True, demo=False,
        api=(), desk=(),
    )  # fmt: skip
    transport, heard = httpx.ASGITransport(app=app), list[str]()
    client = httpx.AsyncClient(
        transport=transport, base_url="https://villager.test", follow_redirects=True
    )
    async with client as phone:

        async def answered(text: str, files: dict[str, Any] | None = None) -> str:
            turn = re.search(r'name="turn" value="([^"]+)"', (await phone.get("/talk")).text)
            assert turn
            page = await phone.post("/talk", data={"text": text, "turn": turn[1]}, files=files)
            assert page.status_code == 200, page.text
            heard.append(unescape(re.sub(r"<[^>]+>", "", page.text)))
            return heard[-1]

        def code() -> str:
            return next(filter(None, map(find_code, reversed(heard))))

        yield Line(answered, lambda: answered("", {"file": ("a.png", A_PHOTO)}), code)


@dataclass(frozen=True)
class Outcome:
    """All of a ticket that could tell one channel from another, but for its name."""

    facts: tuple[object, ...]
    story: str
    letters: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    history: tuple[tuple[str, str], ...]


async def played(folder: Path, opens: Opens, base: str) -> Outcome:
    async with open_office(folder) as office, opens(office, base) as line:
        await perform(line, PLAY)
        code = line.code()
        (ticket,) = await filed(office)
        await perform(line, ((code, "您的反映还在"), *AFTERWARDS))
        async with office.reading() as reading:
            (person,) = await reading.people.in_unit(ticket.owner)
        ring = await office.keyring(person)
        for action in (Action.ACCEPT, Action.DISPATCH, Action.SIGN, Action.REPLY, Action.RESOLVE):
            text = "查过了,钱退了,人搬出来了" if action is Action.REPLY else ""
            await act(office.office, ring, ticket.number, action, text=text)
        await perform(line, ((code, "说是办好了"), *RATED))
        key = await office.locks.code(code, caller="")
        async with office.reading() as reading:
            box = await reading.mailboxes.open(key)
        folder_ = await folder_of(office, ticket.number, ticket.owner)
        after = folder_.ticket
        assert after.kind is Kind.URGENT
        assert after.county == "410422"
        return Outcome(
            facts=(after.kind, after.category, after.county, after.status, after.owner, after.tracks),
            story=box.letters[0].text,
            letters=tuple(each.text for each in box.letters),
            files=tuple((each.kind, each.copy.value) for each in folder_.attachments),
            history=tuple((each.action.value, each.by) for each in folder_.entries),
        )  # fmt: skip


async def perform(line: Line, acts: tuple[tuple[str, str], ...]) -> None:
    for said, told in acts:
        answer = await (line.shows() if said == PHOTO else line.says(said))
        assert told in answer, f"{said}: 没有说“{told}”,说的是:\n{answer}"


@pytest.mark.parametrize("opens", [telegram, wechat, web], ids=lambda each: each.__name__)
async def test_the_play_ends_in_the_same_ticket_on_every_channel(
    tmp_path: Path, emulator: str, opens: Opens
) -> None:
    as_typed = await played(tmp_path / "terminal", terminal, "")

    there = await played(tmp_path / "there", opens, emulator)

    assert there == as_typed
    assert len(there.files) == 3
    for told in ("支书扣了俺3000块", "俺娘还在里头住着"):
        assert told in there.story
