"""Rows of the public reports that only WeChat can show (`tests/bot/test_public_reports.py` lists all)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from xml.sax.saxutils import escape

import pytest

from bot.channels.wechat.messages import said_by_her
from casework.receipts import find_code
from tests.bot.channels.wechat.phone import ACCOUNT, Phone, Service, account
from tests.offices import CONTENT, TestOffice

TEXTS = CONTENT.texts
UNREADABLE, WHAT, WHERE = TEXTS("talk.unreadable"), TEXTS("report.what"), TEXTS("report.where")
STORY = "支书扣了俺3000块"


@pytest.fixture
async def service(small_office: TestOffice) -> AsyncIterator[Service]:
    async with account(small_office) as made:
        yield made


def written(phone: Phone, content: str) -> str:
    """A text as the platform writes it, whatever stands in it."""
    n = next(phone.numbers)
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName><FromUserName><![CDATA[{phone.openid}]]>"
        f"</FromUserName><CreateTime>1762000000</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content>{content}</Content><MsgId>{23000000000000000 + n}</MsgId></xml>"
    )


async def story_by(service: Service, phone: Phone, content: str) -> str:
    """The story that is filed where this was the text, read by its code."""
    await phone.says("反映")
    assert WHERE[:8] in phone.read(await phone.posts(written(phone, content)))
    code = ""
    for words in ("鲁山县", "去年", "对", "要", "没有", "没有了", "提交"):
        code = find_code(await phone.says(words)) or code
    key = await service.office.locks.code(code, caller="")
    async with service.office.reading() as reading:
        return (await reading.mailboxes.open(key)).letters[0].text


CONTROLS = ["\x1d", "\x08", "\x02", "\0", "\x0b\x0c", "\x1b[", "\ufffe", "\uffff\x01"]


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
@pytest.mark.parametrize("n", range(len(CONTROLS)))
async def test_a_phones_control_characters_cost_her_nothing_of_the_story(
    service: Service, n: int, sealed: bool
) -> None:
    """W1: dropped, written as themselves or in a CDATA section, and the message is taken."""
    phone = service.phone(sealed=sealed)
    content = f"支书扣了俺{CONTROLS[n]}3000块"
    plain = f"<![CDATA[{content}]]>" if n % 2 else escape(content)

    assert await story_by(service, phone, plain) == STORY.replace("俺", "俺" + "[" * (n == 5))


MARKUP = [
    "<status><a>1</a></status>支书扣了俺3000块", "A&B <b>支书扣了俺3000块</b>", "支书扣了俺3000块 ]]> <x>",
    "<!-- 支书扣了俺3000块 -->", "&lt;b&gt;支书扣了俺3000块", "支书扣了俺3000块</Content></xml>",
    '<?xml version="1.0"?><xml><Content>支书扣了俺3000块</Content></xml>', "<msg><title>支书扣了俺3000块</title></msg>",
]  # fmt: skip


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
@pytest.mark.parametrize("n", range(len(MARKUP)))
async def test_markup_typed_or_pasted_is_her_text(service: Service, n: int, sealed: bool) -> None:
    """W3: every sign of it, as she pasted it."""
    phone = service.phone(sealed=sealed)

    assert await story_by(service, phone, escape(MARKUP[n])) == MARKUP[n]


EVENTS = [
    "view_miniprogram",
    "scancode_waitmsg",
    "scancode_push",
    "user_info_modified",
    "user_authorization_revoke",
    "user_authorization_cancellation",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
    "VIEW",
    "LOCATION",
    "TEMPLATESENDJOBFINISH",
    "MASSSENDJOBFINISH",
    "subscribe_msg_popup_event",
    "kf_create_session",
    "device_event",
    "qualification_verify_success",
    "ShakearoundUserShake",
    "WifiConnected",
    "publishjobfinish",
    "brand_new_2027",
]
KINDS: dict[str, dict[str, Any]] = {
    "device_text": {"Content": "aGk=", "DeviceType": "x"}, "miniprogrampage": {"Title": "t", "AppId": "a"},
    "file": {"Title": "情况.docx"}, "sticker": {}, "card": {}, "hardware": {}, "note": {},
    "unknown_2027": {"Content": "x"},
}  # fmt: skip


async def test_kinds_and_events_we_do_not_read_are_acknowledged_and_end_no_talk(
    service: Service,
) -> None:
    """W4: an event without a word, a message with one kind sentence; the report goes on."""
    phone = service.phone()
    await phone.says("反映")

    assert {event: await phone.does(event, EventKey="x") for event in EVENTS} == dict.fromkeys(
        EVENTS, ""
    )
    assert {kind: await phone.sends(kind, **fields) for kind, fields in KINDS.items()} == (
        dict.fromkeys(KINDS, UNREADABLE)
    )
    assert WHERE[:8] in await phone.says(STORY)


IN_THE_PLACE_OF_SOMETHING = [
    "[Unsupported Message]", "［Unsupported Message］", "<Unsupported Message>", "[此訊息類型不支援]",
    "[该消息类型暂不能展示]", "[暂时无法显示该消息]", "[当前微信版本不支持展示该内容，请升级至最新版本。]",
    "当前微信版本不支持展示该内容，请升级至最新版本。", "[Mensaje no compatible]", "[Message non pris en charge]",
    "[Неподдерживаемое сообщение]", "[Tin nhắn không được hỗ trợ]", "[Pesan Tidak Didukung]",
    "[Nicht unterstützte Nachricht]", "[表情]", "[动画表情]", "[Sticker]", "[图片]", "[图片] [图片]", "[语音]", "[视频]",
    "[文件]", "[名片]", "[聊天记录]", "[红包]", "[Chat History]", "[Photo]", "【小程序】",
]  # fmt: skip


async def test_what_stands_for_something_the_phone_does_not_pass_on_is_no_story(
    service: Service,
) -> None:
    """W5: the platform's and the phone's own words, in whatever language and brackets."""
    phone = service.phone()
    assert WHAT[:6] in await phone.says("反映")

    heard = {each: await phone.says(each) for each in IN_THE_PLACE_OF_SOMETHING}

    assert heard == dict.fromkeys(IN_THE_PLACE_OF_SOMETHING, UNREADABLE)
    assert WHERE[:8] in await phone.says(STORY)


@pytest.mark.parametrize(
    "text",
    [
        "[图片]支书收钱", "俺手机版本低,不支持看消息", "他发了[图片]\n[语音]说不给", "<支书>收钱", "[支书收钱]", "这房子的内容他不支持",
        "[" * 3000 + "图片]", "[图片]" * 900 + "漏雨", "版本" * 25,
    ],
)  # fmt: skip
def test_her_own_words_beside_them_are_left_alone(text: str) -> None:
    """W5: nothing that may be hers is taken away."""
    assert said_by_her(text) == text
