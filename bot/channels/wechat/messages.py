"""What WeChat's XML says, as values, and our answer as XML. No entity is ever expanded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# For writing, and the name of a fault; defusedxml parses.
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bot.channels.wording import UNSPEAKABLE

#: What a press on the menu says for the villager.
MENU_WORDS = {
    "ask": "问政策",
    "report": "反映",
    "status": "查进度",
    "human": "人工",
    "training": "培训",
}

#: The platform's own words where the phone sent something it does not pass on.
NOT_PASSED_ON = "【收到不支持的消息类型"

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
        """What tells repetitions apart: the MsgId; for events the sender, the second, the event."""
        return self.number or "\0".join((self.sender, self.made_at, self.event, self.key))

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
    """The flat fields of a message. Raises `BadXml`."""
    try:
        root = fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise BadXml from None
    return {child.tag: (child.text or "").strip() for child in root}


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


def _text(update: Update) -> Meant | None:
    return None if update.text.startswith(NOT_PASSED_ON) else Meant(kind="text", text=update.text)


def _file(kind: str) -> Callable[[Update], Meant]:
    return lambda update: Meant(kind=kind, text=update.text, media=update.media)


def _follows(update: Update) -> Meant:
    if update.key.startswith(BY_CODE):
        return Meant(kind="scan", scene=update.key.removeprefix(BY_CODE))
    return Meant(kind="choice", text="菜单")


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
