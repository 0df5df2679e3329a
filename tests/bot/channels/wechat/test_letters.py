"""WeChat's letters, in all three modes, against wechatpy as an independent peer."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Any

import pytest
import wechatpy
import xmltodict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some
from wechatpy.crypto import WeChatCrypto

from bot.channels.wechat.crypt import (
    BadKey,
    Envelope,
    NotTheirs,
    aes_key,
    is_signed,
    signature,
)
from bot.channels.wechat.messages import (
    BadXml,
    Update,
    answer_xml,
    fields_of,
    meaning_of,
    update_from,
)
from bot.channels.wechat.router import BadSettings, make_gate
from bot.channels.wechat.speaking import LONGEST
from bot.channels.wording import pieces
from tests.bot.channels.wechat.phone import (
    ACCOUNT,
    KEY,
    OLD_KEY,
    OPENID,
    TOKEN,
    Service,
    account,
    letterhead,
    signed,
)
from tests.bot.channels.wechat.stand_in import APP_ID
from tests.offices import A_MONDAY, TestOffice

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    "<xml><ToUserName>a</ToUserName><FromUserName>b</FromUserName><CreateTime>1</CreateTime>"
    "<MsgType>text</MsgType><Content>&c;</Content><MsgId>1</MsgId></xml>"
)
OUTSIDE = BOMB.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">')
ELSEWHERE = '<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x.dtd"><xml><MsgType>text</MsgType></xml>'


@pytest.fixture
async def service(small_office: TestOffice) -> Any:
    async with account(small_office) as made:
        yield made


def check(token: str = TOKEN, at: datetime = A_MONDAY) -> dict[str, str]:
    head = letterhead(at)
    own = {"signature": signed(token, head["timestamp"], head["nonce"])}
    return {**head, **own, "echostr": "5837397576500011341"}


async def test_the_platforms_check_of_our_address_is_echoed(service: Service) -> None:
    answer = await service.http.get("/wechat", params=check())

    assert (answer.status_code, answer.text) == (200, "5837397576500011341")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "query", [check("another"), {**check(), "nonce": "other"}, {**check(), "signature": "签"}, {}]
)
async def test_a_check_that_is_not_signed_is_refused(
    service: Service, query: dict[str, str]
) -> None:
    answer = await service.http.get("/wechat", params=query)

    assert (answer.status_code, answer.text) == (403, "")


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "aes"])
async def test_a_question_is_answered_on_the_line(service: Service, sealed: bool) -> None:
    answer = await service.phone(sealed=sealed).says("俺家危房能补多少钱")

    assert "别处的例子:" in answer
    assert "\n1 有用\n2 没用" in answer


#: The 12 kinds, what wechatpy reads of each, and what it comes to for us.
KINDS: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, str]]] = {
    "text": ({"Content": "你好 <b>]]&gt;"}, {"content": "你好 <b>]]&gt;"}, {"text": "你好 <b>]]&gt;"}),
    "image": (
        {"PicUrl": "http://127.0.0.1/p", "MediaId": "m1"},
        {"media_id": "m1"},
        {"kind": "photo", "media": "m1"},
    ),
    "voice": (
        {"MediaId": "m2", "Format": "amr", "Recognition": "漏雨。"},
        {"media_id": "m2", "recognition": "漏雨。"},
        {"kind": "voice", "media": "m2", "text": "漏雨。"},
    ),
    "video": (
        {"MediaId": "m3", "ThumbMediaId": "t3"},
        {"media_id": "m3"},
        {"kind": "video", "media": "m3"},
    ),
    "shortvideo": (
        {"MediaId": "m4", "ThumbMediaId": "t4"},
        {"media_id": "m4"},
        {"kind": "video", "media": "m4"},
    ),
    "location": (
        {"Location_X": "33.7", "Location_Y": "112.9", "Scale": "20", "Label": "河南省鲁山县"},
        {"label": "河南省鲁山县"},
        {"kind": "location", "text": "河南省鲁山县"},
    ),
    "link": (
        {"Title": "题", "Description": "述", "Url": "http://127.0.0.1/x"},
        {"title": "题", "url": "http://127.0.0.1/x"},
        {"text": "题\n述\nhttp://127.0.0.1/x"},
    ),
    "subscribe": ({"Event": "subscribe", "EventKey": ""}, {}, {"kind": "choice", "text": "/menu"}),
    "subscribe_scan": (
        {"Event": "subscribe", "EventKey": "qrscene_410423101", "Ticket": "T"},
        {"scene_id": "410423101"},
        {"kind": "scan", "scene": "410423101"},
    ),
    "scan": (
        {"Event": "SCAN", "EventKey": "410423101", "Ticket": "T"},
        {"scene_id": "410423101"},
        {"kind": "scan", "scene": "410423101"},
    ),
    "click": (
        {"Event": "CLICK", "EventKey": "report"},
        {"key": "report"},
        {"kind": "choice", "text": "/report"},
    ),
    "unsubscribe": ({"Event": "unsubscribe", "EventKey": ""}, {}, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "aes"])
async def test_each_kind_is_read_as_the_peer_reads_it(
    service: Service, name: str, sealed: bool
) -> None:
    fields, theirs, ours = KINDS[name]
    phone = service.phone(sealed=sealed)
    kind = "event" if "Event" in fields else name
    raw = phone.message(kind, **fields)

    message = wechatpy.parse_message(raw)
    update = update_from(fields_of(raw.encode()))
    meant = meaning_of(update)

    assert (message.source, message.target) == (update.sender, update.account)
    assert {key: getattr(message, key) for key in theirs} == theirs
    assert {key: getattr(meant, key) for key in ours} == ours
    assert (await phone.posts(raw)).status_code == 200


@pytest.mark.parametrize(
    "fields",
    [
        {"Event": "LOCATION", "Latitude": "33.7", "Longitude": "112.9", "Precision": "10"},
        {"Event": "VIEW", "EventKey": "http://127.0.0.1/"},
        {"Event": "TEMPLATESENDJOBFINISH", "MsgID": "1", "Status": "success"},
        {"Event": "MASSSENDJOBFINISH", "MsgID": "1", "Status": "send success"},
        {"Event": "CLICK", "EventKey": "of an older menu"},
    ],
    ids=lambda fields: fields["Event"],
)
async def test_events_that_ask_nothing_are_acknowledged_and_not_kept(
    service: Service, fields: dict[str, str]
) -> None:
    assert await service.phone().sends("event", **fields) == ""

    async with service.office.reading() as reading:
        assert await reading.talks.load("wechat", OPENID) is None


@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "aes"])
async def test_what_the_phone_could_not_pass_on_is_said_so(service: Service, sealed: bool) -> None:
    phone = service.phone(sealed=sealed)

    assert "打不开" in await phone.says("【收到不支持的消息类型,暂无法显示】")
    assert "打不开" in await phone.sends("sticker")


async def test_a_wrong_signature_is_refused_without_a_word(service: Service) -> None:
    phone = service.phone()
    raw = phone.message("text", Content="你好").encode()
    good = letterhead(A_MONDAY)

    for query in ({**good, "signature": "0" * 40}, {**good, "timestamp": "1"}, {}):
        answer = await service.http.post("/wechat", params=query, content=raw)
        assert (answer.status_code, answer.text) == (403, "")


async def posted_sealed(service: Service, raw: str, **changed: str) -> int:
    """A sealed letter whose address or envelope was changed on the way."""
    key, app_id = changed.pop("key", KEY), changed.pop("app_id", APP_ID)
    head = letterhead(A_MONDAY)
    crypto = WeChatCrypto(TOKEN, key, app_id)
    body = crypto.encrypt_message(raw, head["nonce"], head["timestamp"])
    seal = {"encrypt_type": "aes", "msg_signature": xmltodict.parse(body)["xml"]["MsgSignature"]}
    query = {**head, **seal, **changed}
    return (await service.http.post("/wechat", params=query, content=body)).status_code


async def test_a_sealed_letter_needs_its_own_signature(service: Service) -> None:
    raw = service.phone().message("text", Content="你好")

    assert await posted_sealed(service, raw) == 200
    assert await posted_sealed(service, raw, msg_signature="0" * 40) == 403
    outside = letterhead(A_MONDAY)
    outside["msg_signature"] = outside.pop("signature")  # of the address, without what is sealed
    assert await posted_sealed(service, raw, **outside) == 403


async def test_a_letter_of_another_account_is_refused(service: Service) -> None:
    raw = service.phone().message("text", Content="你好")

    assert await posted_sealed(service, raw, app_id="wx-somebody-else") == 403


async def test_a_letter_under_a_key_we_never_had_is_refused(service: Service) -> None:
    raw = service.phone().message("text", Content="你好")

    assert await posted_sealed(service, raw, key="x" * 42 + "A") == 403


async def test_the_key_before_this_one_opens_and_answers(service: Service) -> None:
    phone = service.phone(sealed=True, key=OLD_KEY)

    assert "想干啥" in await phone.says("菜单")


@pytest.mark.parametrize(
    ("mode", "keys", "sealed", "status"),
    [
        ("plain", (), False, 200),
        ("plain", (), True, 403),
        ("plain", (KEY,), True, 403),
        ("compatible", (KEY,), False, 200),
        ("compatible", (KEY,), True, 200),
        ("safe", (KEY,), False, 403),
        ("safe", (KEY,), True, 200),
    ],
)
async def test_each_mode_takes_its_own_letters(
    small_office: TestOffice, mode: str, keys: tuple[str, ...], sealed: bool, status: int
) -> None:
    async with account(small_office, mode=mode, keys=keys) as service:
        phone = service.phone(sealed=sealed)

        answer = await phone.posts(phone.message("text", Content="你好"))

        assert answer.status_code == status


async def test_the_compatible_mode_reads_the_sealed_half_of_a_letter(service: Service) -> None:
    """There the platform sends both; only the sealed one is signed as a whole."""
    phone = service.phone(sealed=True)
    raw = phone.message("text", Content="帮助")
    head = letterhead(A_MONDAY)
    crypto = WeChatCrypto(TOKEN, KEY, APP_ID)
    body = crypto.encrypt_message(raw, head["nonce"], head["timestamp"])
    letter = xmltodict.parse(body)["xml"]
    both = phone.message("text", Content="查进度").replace(
        "</xml>", f"<Encrypt>{letter['Encrypt']}</Encrypt></xml>"
    )
    query = {**head, "encrypt_type": "aes", "msg_signature": letter["MsgSignature"]}

    answer = await service.http.post("/wechat", params=query, content=both.encode())

    assert "直接说事就行" in phone.read(answer)


@pytest.mark.parametrize("raw", [BOMB, OUTSIDE, ELSEWHERE], ids=["laughs", "file", "dtd"])
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "aes"])
async def test_entities_are_never_expanded(service: Service, raw: str, sealed: bool) -> None:
    answer = await service.phone(sealed=sealed).posts(raw)

    assert (answer.status_code, answer.text) == (400, "")


@pytest.mark.parametrize("raw", ["", "<xml>", "你好", "<xml><MsgType>text</MsgType></xml>", "\0"])
async def test_what_is_no_message_is_refused(service: Service, raw: str) -> None:
    assert (await service.phone().posts(raw)).status_code == 400


async def test_a_body_past_its_cap_is_not_read(service: Service) -> None:
    raw = service.phone().message("text", Content="雨" * 30_000)

    assert (await service.phone().posts(raw)).status_code == 413


@settings(max_examples=60, deadline=None)
@given(some.text(alphabet=some.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))))
def test_our_envelopes_and_the_peers_open_each_other(text: str) -> None:
    peer, ours = WeChatCrypto(TOKEN, KEY, APP_ID), Envelope(app_id=APP_ID, keys=(aes_key(KEY),))
    update = Update(account=ACCOUNT, sender=OPENID, made_at="1", kind="text")
    xml = answer_xml(update, text, at=1)

    sealed = ours.seal(xml, aes_key(KEY))
    letter = f"<xml><Encrypt>{sealed}</Encrypt></xml>"
    opened = peer.decrypt_message(letter, signature(TOKEN, "1", "2", sealed), "1", "2")
    back = xmltodict.parse(peer.encrypt_message(opened, "nonce123", "1762000000"))["xml"]["Encrypt"]

    assert opened.encode() == xml
    assert ours.open(back) == (xml, aes_key(KEY))
    said = xmltodict.parse(opened, strip_whitespace=False)["xml"].get("Content") or ""
    assert said == "".join(c for c in text if c not in "\ufffe\uffff")


@settings(max_examples=200, deadline=None)
@given(some.text(alphabet=some.characters()))
@example("\0\x0b\x1f\x7f\x85")
@example("\ud83d\ude00\udfff")
@example("]]>&<>\"'\ufffe\uffff\ufffd\U0010ffff\ue000")
def test_an_answer_keeps_what_xml_can_carry_and_drops_the_rest(text: str) -> None:
    update = Update(account=ACCOUNT, sender=OPENID, made_at="1", kind="text")

    said = fields_of(answer_xml(update, f"a{text}b", at=1))["Content"]

    able = "".join(c for c in text if c in "\t\n\r" or (" " <= c < "\ud800") or c >= "\ue000")
    able = able.replace("\ufffe", "").replace("\uffff", "")
    assert said == f"a{able}b".replace("\r\n", "\n").replace("\r", "\n")  # XML's own line ends


@settings(max_examples=200, deadline=None)
@given(some.binary(max_size=200))
def test_noise_opens_no_envelope(noise: bytes) -> None:
    envelope = Envelope(app_id=APP_ID, keys=(aes_key(KEY), aes_key(OLD_KEY)))

    with pytest.raises(NotTheirs):
        envelope.open(base64.b64encode(noise).decode())


def test_a_signature_is_compared_whole() -> None:
    good = signed("a", "b", "c")

    assert is_signed(good, "c", "a", "b")
    assert not is_signed(good[:-1], "a", "b", "c")
    assert not is_signed("", "a", "b", "c")


@pytest.mark.parametrize("letters", ["", "short", KEY + "A", "好" * 43, KEY[:-1] + "!"])
def test_a_key_that_is_none_is_refused(letters: str) -> None:
    with pytest.raises(BadKey, match="43"):
        aes_key(letters)


@pytest.mark.parametrize(
    ("mode", "keys", "app_id"),
    [("secret", (KEY,), APP_ID), ("safe", (), APP_ID), ("compatible", (), ""), ("", (KEY,), "")],
)
def test_settings_that_do_not_fit_are_refused_in_a_sentence(
    mode: str, keys: tuple[str, ...], app_id: str
) -> None:
    with pytest.raises(BadSettings, match="XIANGSHENG_WECHAT"):
        make_gate(token=TOKEN, app_id=app_id, keys=keys, mode=mode)


def test_with_a_key_the_safe_mode_is_the_default() -> None:
    assert make_gate(token=TOKEN, app_id=APP_ID, keys=(KEY,)).mode == "safe"
    assert make_gate(token=TOKEN).mode == "plain"


@given(some.text(max_size=3000), some.integers(min_value=4, max_value=64))
def test_pieces_fit_and_nothing_but_white_space_is_lost(text: str, most: int) -> None:
    cut = pieces(text, most)

    assert all(len(piece.encode()) <= most for piece in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_a_text_of_2048_bytes_is_one_piece() -> None:
    assert LONGEST == 2048
    assert len(pieces("雨" * 682 + "ab", LONGEST)) == 1
    assert len(pieces("雨" * 682 + "abc", LONGEST)) == 2


def test_an_update_without_a_sender_is_none() -> None:
    with pytest.raises(BadXml):
        update_from({"MsgType": "text"})


def test_the_same_second_of_another_person_is_another_event() -> None:
    one = Update(account="a", sender="b", made_at="1", kind="event", event="click", key="ask")
    other = Update(account="a", sender="c", made_at="1", kind="event", event="click", key="ask")

    assert one.once != other.once


HOSTILE = (
    "]]><Content>x</Content>", "<![CDATA[x]]>", "&lt;b&gt;&#0;", "\u202e\u200b反映", "😀" * 600,
    "雨" * 682, "'; DROP TABLE talks; --", "{promise}", "%s%n", "-" * 2048, "\ufffe", "  ",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("sealed", [False, True], ids=["plain", "aes"])
async def test_hostile_texts_come_back_as_a_readable_answer(
    service: Service, text: str, sealed: bool
) -> None:
    phone = service.phone(sealed=sealed)
    raw = phone.message("voice", MediaId="m", Format="amr", Recognition="RECOGNISED")
    hidden = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    answer = await phone.posts(raw.replace("RECOGNISED", hidden))

    if "\ufffe" in text or "&#0;" in hidden.replace("&amp;", "&"):
        assert answer.status_code in (200, 400)
        return
    assert phone.read(answer)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=some.binary(max_size=300),
    query=some.dictionaries(
        some.sampled_from(["signature", "msg_signature", "timestamp", "nonce", "encrypt_type"]),
        some.sampled_from(["aes", "raw", "", "签", "0" * 40]),
    ),
)
async def test_noise_is_refused_and_breaks_nothing(
    service: Service, body: bytes, query: dict[str, str]
) -> None:
    answer = await service.http.post("/wechat", params=query, content=body)

    assert answer.status_code in (400, 403)
