"""What Telegram's updates say, read field by field from raw JSON.

aiogram's models refuse a whole batch for one odd field, and the platform keeps an update for a day: one
old message forwarded by somebody without a name silenced everybody. Here no type is trusted, and what
cannot be read concerns nobody but its sender.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.wording import legible
from nlp.triage import SLASHED

Fields = Mapping[str, Any]

#: Update numbers fit 32 bits (https://core.telegram.org/bots/api#update), ids of chats 53.
HIGHEST_NUMBER = 2**31
HIGHEST_ID = 2**53
#: More than any text or id of the platform; what is longer than we take is told so further in.
LONGEST_TEXT, LONGEST_ID = 10_000, 512

#: What may be evidence, and its kind for us. A voice with a caption is a file with words beside it: the
#: words were typed, and are not read back as heard.
FILES = {
    "photo": "photo", "voice": "voice", "audio": "voice", "video": "video",
    "video_note": "video", "document": "document",
}  # fmt: skip
#: A file the platform names in no way we can ask for: asked for, it is refused, and that is said.
NO_FILE = "?"

#: What a chat tells about itself. Nobody said anything.
SERVICE = frozenset({
    "new_chat_members", "left_chat_member", "chat_owner_left", "chat_owner_changed",
    "new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created",
    "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
    "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "successful_payment",
    "refunded_payment", "users_shared", "chat_shared", "connected_website",
    "write_access_allowed", "passport_data", "proximity_alert_triggered", "boost_added",
    "chat_background_set", "forum_topic_created", "forum_topic_edited", "forum_topic_closed",
    "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden",
    "giveaway_created", "giveaway_completed", "video_chat_scheduled", "video_chat_started",
    "video_chat_ended", "video_chat_participants_invited", "web_app_data",
})  # fmt: skip

GROUPS = ("group", "supergroup")
HERE, GONE = ("member", "administrator"), ("left", "kicked")

#: A command alone, or with the name of a bot, as groups and menus write it; and what follows.
COMMAND = re.compile(r"/([a-z]{1,20})(?:@\w{1,64})?(?:\s|$)", re.IGNORECASE)


class Unreadable(Exception):
    """Nothing of it can be answered. Names the field, never what stood in it."""


@dataclass(frozen=True, kw_only=True)
class Heard:
    """Something a person said in a chat of her own."""

    chat: int
    kind: str
    text: str = ""
    file: str = ""
    scene: str = ""  # the place that a link's code names
    number: str = ""  # of the message in its chat
    album: str = ""  # which several messages have in common that were sent as one


@dataclass(frozen=True, kw_only=True)
class Told:
    """One sentence is the whole answer."""

    chat: int
    key: str


@dataclass(frozen=True, kw_only=True)
class ToldAGroup:
    """Somebody spoke to us where others read along."""

    chat: int


@dataclass(frozen=True, kw_only=True)
class Left:
    """She stopped the bot."""

    chat: int


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button, whose phone waits for a sign; what it says, where it was ours to hear."""

    press: str
    heard: Heard | None


Meant = Heard | Told | ToldAGroup | Left | Pressed | None


def number_of(update: object) -> int | None:
    """The number the platform knows an update by, if it can be read."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if isinstance(number, bool) or not isinstance(number, int):
        return None
    return number if 0 <= number < HIGHEST_NUMBER else None


def meaning_of(update: object) -> Meant:
    """Nothing for what asks nothing of us. Raises `Unreadable`."""
    if not isinstance(update, dict):
        raise Unreadable("update")
    for kind, reads in KINDS.items():
        if kind in update:
            return reads(_fields(update, kind))
    return None


def _message(message: Fields) -> Meant:
    chat, alone = _chat(message)
    if SERVICE & message.keys():
        return None
    if not alone:
        return ToldAGroup(chat=chat)
    try:
        return replace(_said(chat, message), number=_number(message), album=_album(message))
    except Unreadable:
        return Told(chat=chat, key="talk.unreadable")


def _said(chat: int, message: Fields) -> Heard:
    text = _words(message, "text") or _words(message, "caption")
    for field, kind in FILES.items():
        if field in message:
            captioned = kind == "voice" and text
            kind = "document" if captioned else kind
            return Heard(chat=chat, kind=kind, text=_beside(text), file=_file(message[field]))
    if "venue" in message:
        venue = _fields(message, "venue")
        return Heard(
            chat=chat, kind="location",
            text=f"{_words(venue, 'address')} {_words(venue, 'title')}".strip(),
        )  # fmt: skip
    if "location" in message:
        return Heard(chat=chat, kind="location", text=_degrees(message["location"]))
    if not text:
        raise Unreadable("message")
    return _typed(chat, text)


def _beside(caption: str) -> str:
    """The words beside a file, without the command they may begin with: /report 支书收钱."""
    command = COMMAND.match(caption)
    known = command and f"/{command[1].lower()}" in SLASHED
    return caption[command.end() :].strip() if command and known else caption


def _typed(chat: int, text: str) -> Heard:
    """Words, or a command. What follows 问政策, 反映, 查进度 is what she wants to say."""
    command = COMMAND.match(text)
    bare = f"/{command[1].lower()}" if command else ""
    if command is None or bare not in SLASHED:
        return Heard(chat=chat, kind="text", text=text)
    rest = text[command.end() :].strip()
    if bare == "/start" and rest:
        return Heard(chat=chat, kind="scan", scene=rest)
    said = rest if SLASHED[bare] in ("ask", "report", "status") else ""
    return Heard(chat=chat, kind="text", text=said or bare)


def _edited(message: Fields) -> Meant:
    """Other words for a message that came before. A position that moves is edited by the phone."""
    chat, alone = _chat(message)
    text = _words(message, "text") or _words(message, "caption")
    if not alone or "location" in message:
        return None
    if not text:  # another file in the place of one that was taken
        return Told(chat=chat, key="talk.edited_file") if FILES.keys() & message.keys() else None
    return Heard(chat=chat, kind="edit", text=text, number=_number(message))


def _number(message: Fields) -> str:
    """'' where it has none that we can read."""
    number = message.get("message_id")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < HIGHEST_ID:
        return ""
    return str(number)


def _album(message: Fields) -> str:
    """https://core.telegram.org/bots/api#message, `media_group_id`."""
    album = message.get("media_group_id")
    return legible(album) if isinstance(album, str) and len(album) <= LONGEST_ID else ""


def _degrees(position: object) -> str:
    """Latitude and longitude to a hundred metres, which finds a village and no house; '' where they
    cannot be read."""
    if not isinstance(position, dict):
        return ""
    found = []
    for name in ("latitude", "longitude"):
        degrees = position.get(name)
        if not isinstance(degrees, int | float) or not abs(degrees) <= 180:
            return ""
        found.append(f"{degrees:.3f}")
    return ",".join(found)


def _pressed(query: Fields) -> Meant:
    press, heard = query.get("id"), None
    if isinstance(query.get("message"), dict):
        chat, alone = _chat(query["message"])
        if alone:
            heard = Heard(chat=chat, kind="choice", text=_words(query, "data", LONGEST_ID))
    return Pressed(press=press if isinstance(press, str) else "", heard=heard)


def _moved(member: Fields) -> Meant:
    """We were put into a group or a channel, or a person stopped us."""
    chat, alone = _chat(member, channels=True)
    was, now = (_fields(member, f"{each}_chat_member").get("status") for each in ("old", "new"))
    if alone:
        return Left(chat=chat) if now == "kicked" else None
    return ToldAGroup(chat=chat) if was in GONE and now in HERE else None


#: What we ask the platform for, and who reads it.
KINDS: dict[str, Callable[[Fields], Meant]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _pressed,
    "my_chat_member": _moved,
}


def _chat(of: Fields, *, channels: bool = False) -> tuple[int, bool]:
    """The chat, and whether nobody else reads in it."""
    chat = _fields(of, "chat")
    number, kind = chat.get("id"), chat.get("type")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 < abs(number) < HIGHEST_ID:
        raise Unreadable("chat")
    if kind == "private" and number > 0:
        return number, True
    if kind in GROUPS or (channels and kind == "channel"):
        return number, False
    raise Unreadable("chat")


def _fields(of: Fields, name: str) -> Fields:
    found = of.get(name)
    if not isinstance(found, dict):
        raise Unreadable(name)
    return found


def _words(of: Fields, name: str, most: int = LONGEST_TEXT) -> str:
    """'' where there are none."""
    found = of.get(name, "")
    if not isinstance(found, str):
        raise Unreadable(name)
    return legible(found[:most])


def _file(item: object) -> str:
    """The platform's id of a file; of a photo's sizes the last one is the largest."""
    sizes = item if isinstance(item, list) else [item]
    for size in reversed(sizes):
        found = size.get("file_id") if isinstance(size, dict) else None
        if isinstance(found, str) and 0 < len(found) <= LONGEST_ID:
            return legible(found)
    return NO_FILE
