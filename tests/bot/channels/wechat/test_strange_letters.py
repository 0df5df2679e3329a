"""Whatever one letter is, whoever writes next is answered; and an old letter brings nothing new."""

from __future__ import annotations

import asyncio
import random
import string
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import xmltodict
from wechatpy.crypto import WeChatCrypto

from bot.channels.wechat import OPEN, STALE
from bot.channels.wechat.messages import BadXml, cleaned, fields_of, said_by_her, update_from
from tests.bot.channels.wechat.phone import (
    ACCOUNT,
    KEY,
    OPENID,
    TOKEN,
    Phone,
    Service,
    account,
    letterhead,
    signed,
)
from tests.bot.channels.wechat.stand_in import APP_ID
from tests.bot.conftest import log_size
from tests.offices import A_MONDAY, UNDERSTANDING, TestOffice, open_office

TEXTS = UNDERSTANDING.content.texts
UNREADABLE = TEXTS("talk.unreadable")


@pytest.fixture
async def service(small_office: TestOffice) -> AsyncIterator[Service]:
    async with account(small_office) as made:
        yield made


def letter(content: str, *, kind: str = "text", number: str = "9", sender: str = OPENID) -> str:
    """A message with its content exactly as it is written here."""
    return (
        f"<xml><ToUserName>{ACCOUNT}</ToUserName><FromUserName>{sender}</FromUserName>"
        f"<CreateTime>1</CreateTime><MsgType>{kind}</MsgType><Content>{content}</Content>"
        f"<MsgId>{number}</MsgId></xml>"
    )


ODD = (
    "", " ", "\0", "\x1d", "\ud83d", "x" * 70_000, "漏雨" * 9000, "<a>" * 3000, "]]>", "&", "&#29;",
    "&#xD800;", "&#99999999999999999999;", "&#", "<![CDATA[", "<!DOCTYPE a>", "<!ENTITY b 'c'>",
    "-1", "99999999999999999999", "event", "text", "image", "unsubscribe", "CLICK", "{}", "\ufffe",
)  # fmt: skip
KINDS: tuple[dict[str, Any], ...] = (
    {"MsgType": "text", "Content": "俺家危房能补多少钱"},
    {"MsgType": "image", "MediaId": "m", "PicUrl": "http://127.0.0.1/p"},
    {"MsgType": "voice", "MediaId": "m", "Recognition": "漏雨。"},
    {"MsgType": "location", "Label": "河南省鲁山县"},
    {"MsgType": "event", "Event": "CLICK", "EventKey": "report"},
    {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_410423101"},
    {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""},
    {"MsgType": "brand_new", "Field": {"Nested": ["a", "b"]}},
)


def mutated(chance: random.Random, n: int) -> bytes:
    """A body with one to three things missing, odd, huge, twice there, or cut off."""
    fields: dict[str, Any] = {
        "ToUserName": ACCOUNT, "FromUserName": f"oStrange{n % 40}", "CreateTime": str(n),
        **chance.choice(KINDS), "MsgId": str(chance.choice((n, 7))),
    }  # fmt: skip
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(list(fields) or ["x"])
        match chance.randrange(4):
            case 0:
                fields.pop(name, None)
            case 1:
                fields[name] = chance.choice(ODD)
            case 2:
                fields[name] = [str(fields.get(name, "")), chance.choice(ODD)]
            case _:
                fields[chance.choice(string.ascii_letters)] = {name: chance.choice(ODD)}
    inner = "".join(written(name, value, chance) for name, value in fields.items())
    raw = f"<xml>{inner}</xml>".encode("utf-8", "surrogatepass")
    for _ in range(chance.choice((0, 0, 1, 3))):
        at = chance.randrange(max(len(raw), 1))
        raw = raw[:at] + bytes([chance.randrange(256)]) + raw[at + 1 :]
    return raw[: chance.randrange(len(raw))] if chance.random() < 0.1 else raw


def written(name: str, value: Any, chance: random.Random) -> str:
    """An element, its words in a CDATA section or bare."""
    if isinstance(value, dict):
        return f"<{name}>{''.join(written(k, v, chance) for k, v in value.items())}</{name}>"
    if isinstance(value, list):
        return "".join(written(name, each, chance) for each in value)
    return f"<{name}>{value}</{name}>" if chance.random() < 0.3 else (
        f"<{name}><![CDATA[{value}]]></{name}>"
    )  # fmt: skip


SEED = 20261126


async def test_after_each_of_500_strange_letters_the_next_person_is_answered(
    service: Service,
) -> None:
    chance = random.Random(SEED)
    crypto = WeChatCrypto(TOKEN, KEY, APP_ID)
    statuses = []

    async def comes(n: int, http: httpx.AsyncClient) -> None:
        head, raw = letterhead(service.office.clock.now()), mutated(chance, n)
        if chance.random() < 0.1:
            head[chance.choice(list(head))] = chance.choice(ODD[:4])
        if chance.random() < 0.3:
            sealed = crypto.encrypt_message(raw.decode(errors="replace"), "1", "1")
            stamp, inside = head["timestamp"], xmltodict.parse(sealed)["xml"]["Encrypt"]
            head["msg_signature"] = signed(TOKEN, stamp, head["nonce"], inside)
            head["encrypt_type"], raw = "aes", f"<xml><Encrypt>{inside}</Encrypt></xml>".encode()
        statuses.append((await http.post("/wechat", params=head, content=raw)).status_code)
        phone = Phone(http, openid=f"oNext{n}", now=service.office.clock.now)
        async with asyncio.timeout(5):
            assert "直接说事就行" in await phone.says("帮助")

    http = service.http
    for n in range(0, 500, 5):
        await asyncio.gather(*(comes(each, http) for each in range(n, n + 5)))

    assert set(statuses) <= {200, 400, 403, 413}
    assert statuses.count(200) > 150
    assert await log_size(service.office) == 0


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("支书扣了俺\x1d3000块", "支书扣了俺3000块"),
        ("<![CDATA[支书扣了俺\x083000块\x02]]>", "支书扣了俺3000块"),
        ("\0支书\0", "支书"),
        ("支书扣了俺&#29;3000块&#x1D;&#0;", "支书扣了俺3000块"),
        ("漏雨&#xD83D;了&#xDFFF;", "漏雨\ufffd了\ufffd"),
        ("漏雨&#x110000;&#99999999999999999999999;", "漏雨\ufffd\ufffd"),
        ("漏雨&#" + "9" * 5000 + ";", "漏雨&#" + "9" * 5000 + ";"),
        ("漏&#38;雨&#x3c;b&#62;", "漏&雨<b>"),
        ("<![CDATA[打字打的 &#29; 和 &lt;b>]]>", "打字打的 &#29; 和 &lt;b>"),
        ("<![CDATA[甲]]>乙&#8;<![CDATA[丙&#8;]]>", "甲乙丙&#8;"),
        ("漏雨\ufffe\uffff", "漏雨"),
        ("<![CDATA[打了 ]]> 的人]]>", "打了 ]]> 的人"),
        ("<![CDATA[</Content><MsgId>1</MsgId>]]><FromUserName>他</FromUserName>]]>",
         "</Content><MsgId>1</MsgId>]]><FromUserName>他</FromUserName>"),
        ("A&B <b>漏雨", "A&B <b>漏雨"),
        ("<![CDATA[<status><a>1</a></status>房子漏雨]]>", "<status><a>1</a></status>房子漏雨"),
    ],
)  # fmt: skip
async def test_what_xml_cannot_carry_is_left_out_and_the_message_is_taken(
    service: Service, written: str, read: str
) -> None:
    fields = fields_of(letter(written).encode())

    assert (fields["Content"], fields["FromUserName"], fields["MsgId"]) == (read, OPENID, "9")
    for sealed in (False, True):
        assert (await service.phone(sealed=sealed).posts(letter(written))).status_code == 200


@pytest.mark.parametrize(
    ("bad", "read"),
    [
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("漏".encode()[:2], "\ufffd"),
        (b"\xed\xa0\xbd", "\ufffd\ufffd\ufffd"),
        ("漏雨".encode("gb18030"), None),
        (b"\xc0\x80", "\ufffd\ufffd"),
    ],
)
async def test_broken_utf_8_costs_the_broken_characters_alone(
    service: Service, bad: bytes, read: str | None
) -> None:
    raw = letter("支书扣钱!了俺3000块").encode().replace(b"!", bad)

    text = fields_of(raw)["Content"]

    assert text.startswith("支书扣钱")
    assert text.endswith("了俺3000块")
    assert read is None or text == f"支书扣钱{read}了俺3000块"
    head = letterhead(service.office.clock.now())
    answer = await service.http.post("/wechat", params=head, content=raw)
    assert service.phone().read(answer)


@pytest.mark.parametrize(
    "text",
    ["<!DOCTYPE a>" + letter("]]>"), "<!ENTITY a 'b'>" + letter("]]>"), "<xml>]]></xml>", "]]>"],
)
def test_what_is_no_letter_at_all_is_none(text: str) -> None:
    with pytest.raises(BadXml):
        update_from(fields_of(text.encode()))


def test_cleaning_takes_time_by_length_alone() -> None:
    for text in (
        "<![CDATA[" * 7000,
        "&#" * 30_000,
        "&#1" * 20_000,
        "&#" + "1" * 60_000,
        "]]>" * 20_000,
    ):
        assert len(cleaned(text)) <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "【收到不支持的消息类型，暂无法显示】",
        "【收到不支持的消息类型,暂无法显示】",
        "[收到不支持的消息类型，暂无法显示]",
        "【收到不支援的訊息類型，無法顯示】",
        "[Unsupported Message]",
        "[unsupported message type]",
        " [Unsupported Message] \n",
        "[This message type is not supported]",
        "[サポートされていないメッセージ]",
        "[지원되지 않는 메시지]",
    ],
)
async def test_the_platforms_own_words_are_no_words_of_hers(service: Service, text: str) -> None:
    phone = service.phone()
    assert "出了啥事" in await phone.says("反映")

    assert await phone.says(text) == UNREADABLE

    assert "是哪个县" in await phone.says("村里收了俺3000")


@pytest.mark.parametrize(
    "text",
    [
        "村里不支持俺", "【不支持】", "[捂脸]漏雨了[微笑]", "短信说不支持的消息", "[收到一条消息]",
        "【重要】支书发消息说不支持", "[", "【", "[]", "[" * 3000, "[消息" * 1000,
    ],
)  # fmt: skip
def test_words_of_hers_are_left_alone(text: str) -> None:
    assert said_by_her(text) == text


async def test_what_she_said_beside_them_counts(service: Service) -> None:
    phone = service.phone()
    await phone.says("反映")

    assert "是哪个县" in await phone.says("村里收了俺3000【收到不支持的消息类型，暂无法显示】")


MODES = [("plain", (), False), ("compatible", (KEY,), False), ("compatible", (KEY,), True),
         ("safe", (KEY,), True)]  # fmt: skip


@pytest.mark.parametrize(("mode", "keys", "sealed"), MODES)
async def test_in_every_mode_a_letter_must_be_of_now(
    small_office: TestOffice, mode: str, keys: tuple[str, ...], sealed: bool
) -> None:
    async with account(small_office, mode=mode, keys=keys) as service:
        clock = small_office.clock
        for minutes, status in {
            -9: 200,
            9: 200,
            60 * 24: 200,
            -11: 403,
            -525_600: 403,
            4000: 403,
        }.items():

            def at(minutes: int = minutes) -> Any:
                return clock.now() + timedelta(minutes=minutes)

            phone = service.phone(sealed=sealed, now=at)
            answer = await phone.posts(phone.message("text", Content="帮助"))
            assert answer.status_code == status, minutes
        async with small_office.reading() as reading:
            assert await reading.counters.last_run(STALE)


@pytest.mark.parametrize("stamp", ["", "0", "-1", "1e9", "01793584800", "1793584800.0", " 1793584800",
                                   "１７９３５８４８００", "9" * 400])  # fmt: skip
async def test_a_time_that_is_none_is_not_of_now(service: Service, stamp: str) -> None:
    head = {"timestamp": stamp, "nonce": "1", "signature": signed(TOKEN, stamp, "1")}
    raw = letter("帮助").encode()

    posted = await service.http.post("/wechat", params=head, content=raw)
    asked = await service.http.get("/wechat", params={**head, "echostr": "5"})

    assert [(each.status_code, each.text) for each in (posted, asked)] == [(403, "")] * 2


async def test_an_old_check_of_our_address_is_not_echoed(service: Service) -> None:
    query = {**letterhead(A_MONDAY - timedelta(days=1)), "echostr": "5"}

    assert (await service.http.get("/wechat", params=query)).status_code == 403


@pytest.mark.parametrize(("mode", "keys", "sealed"), MODES)
async def test_a_signature_brings_one_message_however_often_it_comes(
    small_office: TestOffice, mode: str, keys: tuple[str, ...], sealed: bool
) -> None:
    """The platform's own repetitions bring the same message, under the old signature or a new one."""
    async with account(small_office, mode=mode, keys=keys) as service:
        phone = service.phone(sealed=sealed)
        raw = phone.message("text", Content="帮助")
        request = phone.request(raw)
        first = await service.http.post("/wechat", **request)

        again = await service.http.post("/wechat", **request)
        anew = await phone.posts(raw)
        said = [phone.read(each) for each in (first, again, anew)]
        assert said == [said[0]] * 3

        if not sealed:
            other = phone.message("text", Content="反映").encode()
            forged = await service.http.post("/wechat", params=request["params"], content=other)
            assert (forged.status_code, forged.text) == (403, "")
            async with small_office.reading() as reading:
                assert await reading.talks.load("wechat", OPENID) is None


async def test_no_other_cut_of_second_and_nonce_is_another_letter(service: Service) -> None:
    """They are signed run together: what is the one's end may be called the other's beginning."""
    phone, now = service.phone(), int(service.office.clock.now().timestamp())
    first, second = str(now), str(now + 1)
    head = {"signature": signed(TOKEN, first, second), "timestamp": first, "nonce": second}
    cut = head | {"timestamp": second, "nonce": first}
    words = [phone.message("text", Content=each).encode() for each in ("帮助", "反映")]

    own = await service.http.post("/wechat", params=head, content=words[0])
    forged = await service.http.post("/wechat", params=cut, content=words[1])

    assert (own.status_code, forged.status_code) == (200, 403)


async def test_what_was_sealed_brings_nothing_open_under_its_signature(service: Service) -> None:
    phone = service.phone(sealed=True)
    request = phone.request(phone.message("text", Content="帮助"))
    assert (await service.http.post("/wechat", **request)).status_code == 200
    head = {name: request["params"][name] for name in ("signature", "timestamp", "nonce")}

    for forged in (
        letter("反映"),
        letter("", kind="event").replace("<Content>", "<Event>unsubscribe</Event><Content>"),
    ):
        answer = await service.http.post("/wechat", params=head, content=forged.encode())
        assert answer.status_code == 403


async def test_who_leaves_and_who_is_made_to_leave_are_told_apart(service: Service) -> None:
    phone = service.phone()
    await phone.says("反映")
    request = phone.request(phone.message("text", Content="帮助"))
    await service.http.post("/wechat", **request)
    leaves = phone.message("event", Event="unsubscribe")

    forged = await service.http.post("/wechat", params=request["params"], content=leaves.encode())
    assert forged.status_code == 403
    async with service.office.reading() as reading:
        assert await reading.talks.load("wechat", OPENID)

    own = phone.request(leaves)
    for _ in range(2):
        assert (await service.http.post("/wechat", **own)).text == "success"
    async with service.office.reading() as reading:
        assert await reading.talks.load("wechat", OPENID) is None


async def test_two_processes_and_two_days_know_the_same_letters(
    small_office: TestOffice,
) -> None:
    async with (
        open_office(small_office.folder, staffed=False) as other,
        account(small_office) as here,
        account(other) as there,
    ):
        small_office.wait(hours=13, minutes=58)  # two minutes to midnight
        other.clock.at = small_office.clock.at + timedelta(minutes=4)
        phone = here.phone()
        request = phone.request(phone.message("text", Content="帮助"))
        assert (await here.http.post("/wechat", **request)).status_code == 200

        other_body = phone.message("text", Content="反映").encode()
        forged = await there.http.post("/wechat", params=request["params"], content=other_body)
        again = await there.http.post("/wechat", **request)

        assert (forged.status_code, again.status_code) == (403, 200)


async def test_letters_are_forgotten_with_the_key_of_their_day(service: Service) -> None:
    from sqlalchemy import select

    from storage.platform_tables import letters

    office = service.office
    await service.phone().says("帮助")
    office.wait(days=10)
    office.store.keys.of_day(office.clock.now().date())
    await office.store.forget(office.clock.now())

    async with office.reading() as reading:
        assert (await reading.connection.execute(select(letters))).all() == []


async def test_two_people_whose_messages_have_one_number_are_both_answered(
    service: Service,
) -> None:
    for sender, words, said in (("oOne", "帮助", "直接说事就行"), ("oTwo", "菜单", "想干啥")):
        phone = service.phone(openid=sender)
        answer = await phone.posts(letter(words, number="7", sender=sender))
        assert said in phone.read(answer)


async def test_the_clock_set_back_a_day_keeps_nobody_waiting(service: Service) -> None:
    now = service.office.clock.now
    assert "直接说事就行" in await service.phone().says("帮助")

    service.office.wait(days=-1)
    later = service.phone(openid="oNext", now=lambda: now() + timedelta(days=1))

    async with asyncio.timeout(5):
        assert "直接说事就行" in await later.says("帮助")


async def test_an_open_letter_in_the_safe_mode_is_noted_for_the_doctor(
    small_office: TestOffice,
) -> None:
    async with account(small_office, mode="safe", keys=(KEY,)) as service:
        phone = service.phone()
        assert (await phone.posts(phone.message("text", Content="帮助"))).status_code == 403
        forged = letterhead(A_MONDAY) | {"signature": "0" * 40}
        assert (await service.http.post("/wechat", params=forged)).status_code == 403

    async with small_office.reading() as reading:
        runs = await reading.counters.last_runs()
    assert OPEN in runs
    assert STALE not in runs
