"""What WeChat's XML says, as values, and our answer as XML. No entity is ever expanded."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

# For writing, and the name of a fault; defusedxml parses.
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.channels.wording import UNREAD, UNSPEAKABLE, legible

#: What a press on the menu says for the villager.
MENU_WORDS = {verb: f"/{verb}" for verb in ("ask", "report", "status", "human", "training")}

#: The platform's own words where the phone sent something it does not pass on, in the phone's language:
#: "【收到不支持的消息类型，暂无法显示】", "【收到不支援的訊息類型，無法顯示】", "[Unsupported Message]". Known by
#: its kind: between brackets, that what came is no message it knows.
BRACKETED = re.compile(r"[【\[［<〔]([^【】\[\]［］<>〔〕]{1,80})[】\]］>〕]")
NOT_KNOWN = re.compile(
    "不支持|不支援|(?:不能|无法|無法)(?:显示|顯示|展示|查看|檢視)|unsupported|not supported|incompatible"
    "|サポート|対応していない|未対応|지원|ไม่รองรับ|tidak (?:di)?(?:sokong|dukung)|không(?: được)? hỗ trợ"
    "|не ?поддерж|no (?:es )?compatible|non pris|non supportat|não suportad|nicht unterstütz",
    re.I,
)
A_MESSAGE = re.compile(
    "消息|訊息|信息|内容|內容|message|メッセージ|메시지|ข้อความ|mesej|pesan|tin nhắn|сообщени|mensaje"
    "|messaggio|mensagem|nachricht",
    re.I,
)
#: Where no bracket tells it, it speaks of a version: 当前微信版本不支持展示该内容，请升级至最新版本。
A_VERSION, LONGEST_NOTICE, HERSELF = re.compile("版本|version", re.I), 60, re.compile("俺|我|咱")
#: What another phone writes in the place of something that it cannot show in words.
IN_ITS_PLACE = re.compile(
    r"[\[［【](?:(?:动画|動畫|自定义|自訂)?表情|贴纸|貼圖|图片|圖片|照片|相片|语音|語音|录音|视频|小视频|影片|文件|檔案|位置|名片"
    r"|个人名片|链接|連結|小程序|红包|微信红包|紅包|转账|轉帳|聊天记录|聊天紀錄|音乐|笔记|语音通话|视频通话|视频号|直播"
    r"|stickers?|animated stickers?|photos?|images?|pictures?|voice(?: message)?|audio|videos?|files?|location|links?"
    r"|(?:contact|business) card|mini program|red packet|transfer|chat history|voice call|video call)[\]］】]",
    re.I,
)

#: A character named by its number, and where none is named but typed.
REFERENCE = re.compile("&#(?:x([0-9a-f]{1,40})|([0-9]{1,40}));", re.I)
CDATA, CDATA_ENDS = "<![CDATA[", "]]>"
#: Letters that open to no XML are read by these fields alone.
FIELDS = (
    "ToUserName", "FromUserName", "CreateTime", "MsgType", "Event", "EventKey", "MsgId", "MediaId",
    "Recognition", "Label", "Title", "Description", "Url",
)  # fmt: skip
#: Digits of the highest character, in either way of writing it.
LONGEST_REFERENCE = 7

#: A scene that names a place, in the event of somebody who follows by a code.
BY_CODE = "qrscene_"


class BadXml(Exception):
    """Not a message: broken, or with a document type that might carry entities."""


@dataclass(frozen=True, kw_only=True)
class Update:
    """One message or event, with the fields that we read."""

    account: str
    sender: str
    made_at: str
    kind: str
    event: str = ""
    key: str = ""
    number: str = ""
    text: str = ""
    media: str = ""

    @property
    def once(self) -> str:
        """What tells repetitions apart: the sender and the MsgId, which is not hers alone; for events
        the second and the event."""
        what = (self.number,) if self.number else (self.made_at, self.event, self.key)
        return "\0".join((self.sender, *what))

    @property
    def is_event(self) -> bool:
        return self.kind == "event"


@dataclass(frozen=True, kw_only=True)
class Meant:
    """What an update comes to: words, a file, a place."""

    kind: str
    text: str = ""
    media: str = ""
    scene: str = ""


def fields_of(raw: bytes) -> dict[str, str]:
    """The flat fields of a message. What no XML can carry (a phone's control characters, half a
    character) costs the message nothing else. Raises `BadXml`."""
    xml = cleaned(raw.decode(errors="replace"))
    try:
        root = fromstring(xml, forbid_dtd=True)
    except ParseError:
        return _picked(xml)
    except (DefusedXmlException, ValueError, LookupError):
        raise BadXml from None
    return {child.tag: (child.text or "").strip() for child in root}


def cleaned(xml: str) -> str:
    """Without what XML 1.0 cannot carry, written as itself or by its number; what stands in a CDATA
    section was typed so, and stays.

    >>> cleaned("<C>扣了\x1d俺&#x1D;3000</C><D><![CDATA[&#29;]]></D>")
    '<C>扣了俺3000</C><D><![CDATA[&#29;]]></D>'
    """
    xml, kept, at = legible(xml), list[str](), 0
    while (start := xml.find(CDATA, at)) >= 0:
        end = xml.find(CDATA_ENDS, start)
        if end < 0:
            break
        kept += REFERENCE.sub(_carried, xml[at:start]), xml[start:end]
        at = end
    return "".join((*kept, REFERENCE.sub(_carried, xml[at:])))


def _carried(reference: re.Match[str]) -> str:
    """The reference itself, where XML may carry what it names."""
    digits, base = (reference[1], 16) if reference[1] else (reference[2], 10)
    digits = digits.lstrip("0") or "0"
    code = int(digits, base) if len(digits) <= LONGEST_REFERENCE else 0x110000
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return UNREAD
    return reference[0] if legible(chr(code)) else ""


def _picked(xml: str) -> dict[str, str]:
    """What a letter says that is no XML, as when somebody typed what ends a CDATA section. Words stand
    from the first mark of theirs to the last; of everything else the last one counts, which no words
    can stand in for. Raises `BadXml`."""
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        raise BadXml
    words, rest = _between(xml, "Content", first=True)
    found = {"Content": words} if words else {}
    for name in FIELDS:
        value, _ = _between(rest, name)
        if value:
            found[name] = value
    return found


def _between(xml: str, name: str, *, first: bool = False) -> tuple[str, str]:
    """What stands in an element, and the text without it."""
    opens, closes = f"<{name}>", f"</{name}>"
    end = xml.rfind(closes)
    start = xml.find(opens) if first else xml.rfind(opens, 0, max(end, 0))
    if start < 0 or end < start:
        return "", xml
    value = xml[start + len(opens) : end].strip()
    if value.startswith(CDATA) and value.endswith(CDATA_ENDS):
        value = value[len(CDATA) : -len(CDATA_ENDS)]
    return value.strip(), xml[:start] + xml[end + len(closes) :]


def update_from(fields: dict[str, str]) -> Update:
    """Raises `BadXml` where the sender or the kind is missing."""
    if not fields.get("FromUserName") or not fields.get("MsgType"):
        raise BadXml
    kind = fields["MsgType"].lower()
    return Update(
        account=fields.get("ToUserName", ""),
        sender=fields["FromUserName"],
        made_at=fields.get("CreateTime", ""),
        kind=kind,
        event=fields.get("Event", "").lower(),
        key=fields.get("EventKey", ""),
        number=fields.get("MsgId", ""),
        text=_words(kind, fields),
        media=fields.get("MediaId", ""),
    )


def _words(kind: str, fields: dict[str, str]) -> str:
    match kind:
        case "text":
            return fields.get("Content", "")
        case "voice":
            return fields.get("Recognition", "")
        case "location":
            return fields.get("Label", "")
        case "link":
            parts = (fields.get(name, "") for name in ("Title", "Description", "Url"))
            return "\n".join(filter(None, parts))
        case _:
            return ""


def said_by_her(text: str) -> str:
    """Without the platform's own words.

    >>> said_by_her("[Unsupported Message]"), said_by_her("漏雨[微笑]【收到不支持的消息类型，暂无法显示】")
    ('', '漏雨[微笑]')
    >>> said_by_her("当前微信版本不支持展示该内容，请升级至最新版本。"), said_by_her("[动画表情]")
    ('', '')
    """
    said = BRACKETED.sub(_unless_the_platforms, text).strip()
    nothing_else = not IN_ITS_PLACE.sub("", said).strip()
    return "" if nothing_else or _is_a_notice(said) else said


def _is_a_notice(said: str) -> bool:
    if len(said) > LONGEST_NOTICE or HERSELF.search(said):
        return False
    return all(each.search(said) for each in (A_VERSION, NOT_KNOWN, A_MESSAGE))


def _unless_the_platforms(words: re.Match[str]) -> str:
    return "" if NOT_KNOWN.search(words[1]) and A_MESSAGE.search(words[1]) else words[0]


def _text(update: Update) -> Meant | None:
    """Nothing where all of it is the platform's."""
    text = said_by_her(update.text)
    return Meant(kind="text", text=text) if text or not update.text else None


def _file(kind: str) -> Callable[[Update], Meant]:
    return lambda update: Meant(kind=kind, text=update.text, media=update.media)


def _follows(update: Update) -> Meant:
    if update.key.startswith(BY_CODE):
        return Meant(kind="scan", scene=update.key.removeprefix(BY_CODE))
    return Meant(kind="choice", text="/menu")


def _pressed(update: Update) -> Meant | None:
    said = MENU_WORDS.get(update.key)
    return Meant(kind="choice", text=said) if said else None


#: Every kind of message and event that means something to us. Others are acknowledged and not kept;
#: above all LOCATION, which would tell where a phone is without its owner saying so.
MEANS: dict[tuple[str, str], Callable[[Update], Meant | None]] = {
    ("text", ""): _text,
    ("image", ""): _file("photo"),
    ("voice", ""): _file("voice"),
    ("video", ""): _file("video"),
    ("shortvideo", ""): _file("video"),
    ("location", ""): lambda update: Meant(kind="location", text=update.text),
    ("link", ""): lambda update: Meant(kind="text", text=update.text),
    ("event", "subscribe"): _follows,
    ("event", "scan"): lambda update: Meant(kind="scan", scene=update.key),
    ("event", "click"): _pressed,
}


def meaning_of(update: Update) -> Meant | None:
    """Nothing for what we do not read."""
    means = MEANS.get((update.kind, update.event))
    return means(update) if means else None


def letter_xml(
    *, sender: str, account: str, at: int, number: str, kind: str, text: str = "", event: str = ""
) -> bytes:
    """A letter as the platform writes it, for a phone of our own."""
    fields = {
        "ToUserName": account, "FromUserName": sender, "CreateTime": str(at), "MsgType": kind,
        "Content": text, "Event": event, "MsgId": "" if kind == "event" else number,
    }  # fmt: skip
    return _xml(**{name: value for name, value in fields.items() if value})


def answer_xml(update: Update, text: str, *, at: int) -> bytes:
    """The answer on the line, from the account to the sender."""
    return _xml(
        ToUserName=update.sender,
        FromUserName=update.account,
        CreateTime=str(at),
        MsgType="text",
        Content=text,
    )


def sealed_xml(sealed: str, signed: str, timestamp: str, nonce: str) -> bytes:
    """An encrypted answer with its signature."""
    return _xml(Encrypt=sealed, MsgSignature=signed, TimeStamp=timestamp, Nonce=nonce)


def _xml(**fields: str) -> bytes:
    root = Element("xml")
    for name, text in fields.items():
        SubElement(root, name).text = UNSPEAKABLE.sub("", text)
    raw: bytes = tostring(root, encoding="utf-8")
    return raw
