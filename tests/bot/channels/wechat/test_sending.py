"""The way out to WeChat: the window, the table of errors, one token for all, menu and files."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from wechatpy import WeChatClient
from wechatpy.exceptions import WeChatClientException
from wechatpy.session import SessionStorage

from bot.channels.wechat.api import Account, WechatApi, make_http
from bot.channels.wechat.errors import (
    POLICIES,
    Broken,
    Trouble,
    Unreached,
    Way,
    note_name,
    until_tomorrow,
)
from bot.channels.wechat.menu import BAR, LINE, menu_of, publish_menu
from bot.channels.wechat.messages import MENU_WORDS
from casework.shelves import Parcel, PlatformToken, Priority
from storage.schema import outbox
from tests.bot.channels.wechat.phone import OPENID, Service, account
from tests.bot.channels.wechat.stand_in import APP_ID, SECRET, StandIn, error, stand_in
from tests.offices import A_MONDAY, CONTENT, ROOT, UNDERSTANDING, TestOffice, open_office

COMMANDS = UNDERSTANDING.lexicon.commands

ACCOUNT = f"wechat {APP_ID}"


@pytest.fixture
async def platform() -> AsyncIterator[StandIn]:
    async with stand_in() as made:
        yield made


@pytest.fixture
async def service(small_office: TestOffice, platform: StandIn) -> AsyncIterator[Service]:
    async with account(small_office, platform.url) as made:
        yield made


@pytest.fixture
def api(service: Service) -> WechatApi:
    assert service.api
    return service.api


async def opens_window(office: TestOffice, most: int = 5) -> None:
    async with office.files() as files:
        until = office.clock.now() + timedelta(hours=48)
        await files.windows.opened("wechat", OPENID, until=until, most=most)


async def queue(office: TestOffice, text: str = "办好了", **more: Any) -> None:
    async with office.files() as files:
        parcel = Parcel(channel="wechat", recipient=OPENID, text=text, dedupe=text, **more)
        await files.outbox.add(parcel)


async def row(office: TestOffice) -> Any:
    async with office.reading() as reading:
        return (await reading.connection.execute(select(outbox))).one()


async def left_unsaid(office: TestOffice) -> list[str]:
    async with office.files() as files:
        return list(await files.windows.collect("wechat", OPENID))


async def windows_left(office: TestOffice) -> int:
    spent = 0
    async with office.files() as files:
        while await files.windows.spend("wechat", OPENID):
            spent += 1
    return spent


async def test_a_message_in_the_window_is_sent_in_chinese(
    service: Service, platform: StandIn
) -> None:
    await opens_window(service.office)
    await queue(service.office, "还要啥?", options=(("a", "要"), ("b", "不要")))

    await service.pumped()

    assert platform.said == [(OPENID, "还要啥?\n1 要\n2 不要")]
    assert (await row(service.office)).state == "sent"
    assert await windows_left(service.office) == 4


#: What becomes of the row, whether she hears it at her next message, and how long the account rests.
TOMORROW = until_tomorrow(A_MONDAY)
OUTCOMES: dict[int, tuple[str, bool, float]] = {
    -1: ("waiting", False, 0),
    40001: ("waiting", False, 60),
    40014: ("waiting", False, 60),
    42001: ("waiting", False, 60),
    40164: ("waiting", False, 600),
    40013: ("waiting", False, 600),
    40125: ("waiting", False, 600),
    45009: ("waiting", False, TOMORROW),
    45011: ("waiting", False, 60),
    45015: ("failed", True, 0),
    45047: ("failed", True, 0),
    48001: ("failed", True, 0),
    43101: ("failed", False, 0),
    43004: ("failed", False, 0),
    40003: ("failed", False, 0),
    40007: ("failed", False, 0),
    45002: ("failed", False, 0),
    99999: ("failed", False, 0),
}


def test_every_policy_is_tried() -> None:
    assert set(OUTCOMES) == {*POLICIES, 99999}


@pytest.mark.parametrize("code", OUTCOMES)
async def test_each_error_is_followed_by_its_policy(
    service: Service, platform: StandIn, code: int
) -> None:
    state, told_later, rest = OUTCOMES[code]
    await opens_window(service.office)
    await queue(service.office)
    renews = code in POLICIES and POLICIES[code].way is Way.RENEW
    platform.troubles = [error(code)] * (2 if renews else 1)

    await service.pumped(seconds=1)

    assert platform.said == []
    kept = await row(service.office)
    assert kept.state == state
    assert (await left_unsaid(service.office) == ["办好了"]) == told_later
    now = service.office.clock.at
    rests = service.pump.pauses.get("wechat", (now, now))[1] - now
    assert abs(rests.total_seconds() - rest) < 2
    if state == "failed":
        assert kept.sealed == b""
        assert str(code) in kept.trouble
        return
    await service.pumped(seconds=rest + 30)
    assert platform.said == [(OPENID, "办好了")]
    assert (await row(service.office)).attempts == (1 if code == -1 else 0)


async def test_a_busy_platform_is_not_asked_for_ever(service: Service, platform: StandIn) -> None:
    await opens_window(service.office)
    await queue(service.office)
    platform.troubles = [error(-1)] * 50

    for _ in range(12):
        await service.pumped(seconds=3600)

    assert (await row(service.office)).state == "failed"
    assert platform.tried == 8


async def test_what_the_account_may_not_do_is_not_asked_for_an_hour(
    service: Service, platform: StandIn
) -> None:
    await opens_window(service.office)
    platform.troubles = [error(48001)]
    for n in range(3):
        await queue(service.office, f"第{n}条")
    await service.pumped()
    tried = platform.tried

    await queue(service.office, "一小时后")
    await service.pumped(seconds=3601)

    assert tried == 1
    assert await left_unsaid(service.office) == ["第0条", "第1条", "第2条"]
    assert platform.said == [(OPENID, "一小时后")]


async def test_while_the_account_rests_nothing_is_asked(
    service: Service, platform: StandIn
) -> None:
    await opens_window(service.office)
    await queue(service.office)
    platform.troubles = [error(45009)]

    for _ in range(5):
        await service.pumped(seconds=60)

    assert platform.tried == 1


@pytest.mark.parametrize("code", [40001, 42001])
async def test_a_stale_token_is_renewed_once_and_the_message_goes(
    service: Service, platform: StandIn, code: int
) -> None:
    await opens_window(service.office)
    await queue(service.office)
    platform.troubles = [error(code)]

    await service.pumped()

    assert platform.said == [(OPENID, "办好了")]
    asked = [call["force_refresh"] for call in platform.token_calls]
    assert asked == [False, False, True]  # by force only when the platform insists on the old one


async def test_a_token_that_the_platform_renewed_is_fetched_without_force(
    service: Service, platform: StandIn, api: WechatApi
) -> None:
    await api.tokens.get()
    platform.expire()

    await api.say(OPENID, "好")

    assert platform.said == [(OPENID, "好")]
    assert [call["force_refresh"] for call in platform.token_calls] == [False, False]


async def test_only_five_answers_go_out_of_one_visit(service: Service, platform: StandIn) -> None:
    await opens_window(service.office)
    for n in range(6):
        await queue(service.office, f"第{n}条")

    await service.pumped()

    assert len(platform.said) == 5
    assert await left_unsaid(service.office) == ["第5条"]


async def test_after_48_hours_nothing_is_sent_and_it_is_told_at_the_next_visit(
    service: Service, platform: StandIn
) -> None:
    await service.phone().says("你好")
    await queue(service.office)

    await service.pumped(seconds=48 * 3600 + 1)
    answer = await service.phone(numbers=iter(range(50, 60))).says("菜单")

    assert platform.tried == 0
    assert "48小时" in (await row(service.office)).trouble
    assert answer.startswith("上次还没来得及告诉您的:\n\n办好了")


async def test_a_parcel_past_its_time_is_not_sent(service: Service, platform: StandIn) -> None:
    await opens_window(service.office)
    await queue(service.office, expires_at=service.office.clock.at + timedelta(minutes=1))

    await service.pumped(seconds=61)

    assert platform.tried == 0
    assert await left_unsaid(service.office) == ["办好了"]


async def test_a_press_opens_a_minute_for_three(service: Service, platform: StandIn) -> None:
    await service.phone().does("CLICK", EventKey="status")

    assert await windows_left(service.office) == 3
    await service.phone(numbers=iter(range(50, 60))).does("CLICK", EventKey="status")
    service.office.wait(seconds=61)
    assert await windows_left(service.office) == 0


async def test_a_press_does_not_narrow_the_window_of_a_message(service: Service) -> None:
    phone = service.phone()
    await phone.says("你好")
    await phone.does("CLICK", EventKey="status")
    service.office.wait(hours=30)  # and midnight has passed: another key of the day

    assert await windows_left(service.office) == 5


async def test_an_announcement_outside_the_window_fails_and_is_not_whispered_later(
    service: Service,
) -> None:
    await queue(service.office, priority=Priority.ANNOUNCEMENT)

    await service.pumped()

    assert (await row(service.office)).state == "failed"
    assert await left_unsaid(service.office) == []


async def test_a_long_text_goes_in_pieces_and_each_counts(
    service: Service, platform: StandIn
) -> None:
    await opens_window(service.office, most=2)
    text = "\n".join(f"第{n}行,很长很长的一行" for n in range(200))
    await queue(service.office, text)

    await service.pumped()

    assert len(platform.said) == 2
    assert (await row(service.office)).state == "sent"
    rest = await left_unsaid(service.office)
    assert "\n".join([*(said for _, said in platform.said), *rest]) == text


async def test_a_line_that_breaks_after_the_message_is_tried_again(
    service: Service, platform: StandIn
) -> None:
    await opens_window(service.office)
    await queue(service.office)
    platform.breaks_after = True
    await service.pumped()
    platform.breaks_after = False

    await service.pumped()

    assert len(platform.said) == 2  # at least once: the platform gives us no way to know
    assert (await row(service.office)).state == "sent"


async def test_a_platform_that_stumbles_is_tried_again(service: Service, platform: StandIn) -> None:
    await opens_window(service.office)
    await queue(service.office)
    platform.troubles = [502]

    await service.pumped()
    await service.pumped()

    assert platform.said == [(OPENID, "办好了")]
    assert (await row(service.office)).attempts == 1


HALVES: tuple[bytes, ...] = (
    b"", b'{"errcode":0,"err', b"<html>", b"[0]", b"{}", b'{"errcode":"0"}', b'{"errcode":null}',
    b"\xff\xfe",
)  # fmt: skip


@pytest.mark.parametrize("body", HALVES)
async def test_an_answer_that_is_none_counts_as_none_and_nothing_is_lost(
    service: Service, platform: StandIn, body: bytes
) -> None:
    await opens_window(service.office)
    await queue(service.office)
    platform.bodies = [body]

    await service.pumped()

    assert (await row(service.office)).state == "waiting"
    await service.pumped(seconds=60)
    assert (await row(service.office)).state == "sent"
    assert platform.said == [(OPENID, "办好了")]


@pytest.mark.parametrize(
    "answer", [{}, {"access_token": 7}, {"access_token": "t", "expires_in": "x"}]
)
async def test_a_token_that_is_none_costs_a_message_nothing(
    service: Service, platform: StandIn, answer: dict[str, Any]
) -> None:
    await opens_window(service.office)
    await queue(service.office)
    platform.token_troubles = [answer]

    await service.pumped()
    await service.pumped(seconds=60)

    assert platform.said == [(OPENID, "办好了")]


async def test_a_platform_that_is_slow_to_take_one_message_loses_none(
    service: Service, platform: StandIn
) -> None:
    platform.slow = 0.3
    for n in range(3):
        await opens_window(service.office)
        await queue(service.office, f"第{n}句")

    await service.pumped()

    assert [text for _, text in platform.said] == ["第0句", "第1句", "第2句"]


async def test_an_unreachable_platform_costs_no_attempt_and_no_window(
    small_office: TestOffice,
) -> None:
    async with account(small_office, "http://127.0.0.1:9") as service:
        await opens_window(small_office)
        await queue(small_office)

        await service.pumped()

    assert (await row(small_office)).state == "waiting"
    assert (await row(small_office)).attempts == 0
    assert await windows_left(small_office) == 5


async def test_what_needs_somebody_is_remembered_for_the_doctor(
    service: Service, platform: StandIn
) -> None:
    await opens_window(service.office)
    await queue(service.office)
    platform.troubles = [error(48001)]

    await service.pumped()

    async with service.office.reading() as reading:
        assert await reading.counters.last_run(note_name(48001))


def test_quotas_begin_anew_after_midnight_in_china() -> None:
    assert until_tomorrow(A_MONDAY) == 14 * 3600 + 300


# One token for all


async def test_the_token_is_fetched_once_and_kept_sealed(
    service: Service, platform: StandIn, api: WechatApi
) -> None:
    first, second = await api.tokens.get(), await api.tokens.get()

    assert first == second == platform.token
    assert len(first) >= 512
    assert len(platform.token_calls) == 1
    assert platform.token_calls[0] == {
        "grant_type": "client_credential", "appid": APP_ID, "secret": SECRET,
        "force_refresh": False,
    }  # fmt: skip
    stored = b"".join(
        path.read_bytes() for path in service.office.folder.rglob("*") if path.is_file()
    )
    assert first.encode() not in stored


async def test_the_token_is_renewed_before_it_ends(
    service: Service, platform: StandIn, api: WechatApi
) -> None:
    await api.tokens.get()
    service.office.wait(seconds=7200 - 299)

    await api.tokens.get()

    assert len(platform.token_calls) == 2


async def test_a_dead_process_does_not_keep_the_right_to_fetch(
    service: Service, platform: StandIn, api: WechatApi
) -> None:
    now = service.office.clock.now()
    async with service.office.files() as files:
        until = now + timedelta(seconds=15)
        assert await files.tokens.claim(ACCOUNT, worker="dead", now=now, until=until)
    service.office.wait(seconds=16)

    assert await api.tokens.get() == platform.token


async def test_a_failed_fetch_gives_the_right_back(
    service: Service, platform: StandIn, api: WechatApi
) -> None:
    platform.token_troubles = [error(40164, "invalid ip 203.0.113.7 ipv6 ::1, not in whitelist")]

    with pytest.raises(Trouble) as refused:
        await api.tokens.get()

    assert (refused.value.errcode, refused.value.address) == (40164, "203.0.113.7")
    assert await api.tokens.get() == platform.token


async def test_two_processes_share_one_token(
    tmp_path: Path, database_url: str | None, platform: StandIn
) -> None:
    """Real processes over one store; the platform is slow, so both want a token at once."""
    platform.slow = 1.0
    command = [sys.executable, "-m", "tests.bot.channels.wechat.asks_for_a_token"]
    given = json.dumps({"folder": str(tmp_path), "url": database_url, "api": platform.url})
    async with open_office(tmp_path, database_url, staffed=False):
        pass

    def ask() -> str:
        done = subprocess.run(
            [*command, given], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    tokens = await asyncio.gather(*(asyncio.to_thread(ask) for _ in range(2)))

    assert tokens == [platform.token, platform.token]
    assert len(platform.token_calls) == 1


async def test_one_of_many_claims_wins(office: TestOffice) -> None:
    now = office.clock.now()
    until = now + timedelta(seconds=15)

    won = []
    for worker in ("a", "b", "a"):
        async with office.files() as files:
            won.append(await files.tokens.claim(ACCOUNT, worker=worker, now=now, until=until))
    async with office.files() as files:
        await files.tokens.keep(ACCOUNT, PlatformToken(value="t", until=until), worker="b")
        stolen = await files.tokens.get(ACCOUNT)
        await files.tokens.keep(ACCOUNT, PlatformToken(value="t", until=until), worker="a")
        kept = await files.tokens.get(ACCOUNT)

    assert won == [True, False, True]
    assert stolen is None
    assert kept == PlatformToken(value="t", until=until)


# Menu and files


async def test_the_menu_is_made_as_the_platform_takes_it(platform: StandIn, api: WechatApi) -> None:
    menu = menu_of(CONTENT.texts, "https://example.invalid/")

    assert await publish_menu(api, menu, asyncio.Event())

    (made,) = platform.menus
    more = made["button"][2]["sub_button"]
    assert [button["name"] for button in made["button"]] == ["问政策", "反映问题", "更多"]
    assert more[-1] == {"type": "view", "name": "用网页写", "url": "https://example.invalid/"}


def test_every_press_says_words_that_count_everywhere() -> None:
    from nlp.words import normalise

    keys = [
        button["key"]
        for top in menu_of(CONTENT.texts, "")["button"]
        for button in top.get("sub_button", [top])
    ]

    assert set(keys) == set(MENU_WORDS)
    assert all(normalise(word) in COMMANDS for word in MENU_WORDS.values())


def test_the_names_of_the_menu_fit() -> None:
    for top in menu_of(CONTENT.texts, "https://example.invalid/")["button"]:
        assert len(top["name"].encode()) <= BAR
        assert all(len(each["name"].encode()) <= LINE for each in top.get("sub_button", []))


async def test_a_menu_is_tried_until_the_platform_takes_it(
    platform: StandIn, api: WechatApi
) -> None:
    platform.troubles = [error(-1), 502, error(40164)]

    assert await publish_menu(api, menu_of(CONTENT.texts, ""), asyncio.Event(), again=0.01)

    assert len(platform.menus) == 1


async def test_a_worker_that_ends_asks_for_no_menu(platform: StandIn, api: WechatApi) -> None:
    stop = asyncio.Event()
    stop.set()

    assert not await publish_menu(api, menu_of(CONTENT.texts, ""), stop)

    assert platform.tried == 0


async def test_an_account_without_the_right_to_a_menu_does_without(
    platform: StandIn, api: WechatApi
) -> None:
    platform.troubles = [error(48001)]

    assert not await publish_menu(api, menu_of(CONTENT.texts, ""), asyncio.Event())


async def test_a_download_past_its_cap_is_cut_off(platform: StandIn, api: WechatApi) -> None:
    platform.files["big"] = bytes(21 << 20)

    with pytest.raises(Trouble):
        await api.download("big")


@pytest.mark.parametrize("address", ["file:///etc/passwd", "", "gopher://x"])
async def test_a_film_is_fetched_from_the_web_alone(
    platform: StandIn, api: WechatApi, address: str
) -> None:
    platform.troubles = [{"video_url": address}]

    with pytest.raises(Trouble):
        await api.download("f")


async def test_no_line_and_a_broken_line_are_told_apart(
    small_office: TestOffice, platform: StandIn, api: WechatApi
) -> None:
    nowhere = Account(app_id=APP_ID, secret=SECRET, url="http://127.0.0.1:9")
    unreachable = WechatApi(nowhere, small_office.office, worker="w", http=make_http())
    await api.tokens.get()
    platform.troubles = [503]

    with pytest.raises(Broken):
        await api.say(OPENID, "好")
    with pytest.raises(Unreached):
        await unreachable.say(OPENID, "好")
    await unreachable.close()


class Preset(SessionStorage):
    """wechatpy cannot be told where tokens come from, so it is given one."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get(self, key: str, default: Any = None) -> Any:
        return self._token if key.endswith("access_token") else default

    def set(self, key: str, value: Any, ttl: int | None = None) -> None:
        return

    def delete(self, key: str) -> None:
        return


async def test_the_stand_in_is_shaped_as_a_client_of_other_people_expects(
    platform: StandIn, api: WechatApi
) -> None:
    """wechatpy and we ask for the same, and read the same."""
    token = await api.tokens.get()
    peer = WeChatClient(APP_ID, SECRET, session=Preset(token))
    peer.API_BASE_URL = f"{platform.url}/cgi-bin/"
    peer.session_expires = 1
    menu = menu_of(CONTENT.texts, "")

    def theirs() -> bytes:
        peer.message.send_text(OPENID, "你好")
        peer.menu.create(menu)
        media = peer.media.upload("image", ("a.png", b"\x89PNG", "image/png"))
        return bytes(peer.media.download(media["media_id"]).content)

    content = await asyncio.to_thread(theirs)
    await api.say(OPENID, "你好")
    await api.set_menu(menu)
    platform.troubles = [error(45047)]
    with pytest.raises(WeChatClientException) as refused:
        await asyncio.to_thread(peer.message.send_text, OPENID, "6")

    assert content == b"\x89PNG"
    assert refused.value.errcode == 45047
    assert platform.said == [(OPENID, "你好")] * 2
    assert platform.menus == [menu, menu]
