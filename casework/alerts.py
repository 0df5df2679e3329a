"""Somebody of the roster is told of what cannot wait: who was, when, and who said that he goes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from casework.refusals import BadInput

#: Without a word of whoever was told, the next one is told after this.
PATIENCE = timedelta(minutes=15)
#: Nobody was left to be told: looked at again after this, for the roster may have changed.
LATER = timedelta(hours=1)
#: What comes in so soon after a message, and before he said that he goes, is no message of its own:
#: the page behind the first one shows it too.
ONE_MESSAGE = timedelta(minutes=5)

#: The ways by which a message goes out, which are also names of channels of the outbox.
MAIL, WECOM, CHAT = "mail", "wecom", "staff chat"
#: Those that are somebody's own, the one looked at first before the others. A group is read by those
#: who must stay away from something.
PERSONAL = (CHAT, MAIL)

#: The channel on which an account is bound to somebody at the office: it may be written to at any time.
BOUND_ON = "telegram"
#: So long a code may be typed to the bot that the desk has shown.
BINDING_LIVES = timedelta(minutes=10)
#: Letters that nobody takes for another: of eight, a guess has one chance in 850 thousand million.
CODE_LETTERS, CODE_LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 8

#: RFC 5321 allows more; nobody at an office has more, and a line break in one would write headers.
_MAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
_BINDING = re.compile(r"绑定[\s::]{0,3}([0-9A-Za-z][0-9A-Za-z\s-]{6,14})")
#: A WeCom group's robot is known by the key in its address.
_ROBOT = re.compile(r"(?:https://[\w.:-]{1,100}/cgi-bin/webhook/send\?key=)?([0-9A-Za-z-]{16,64})")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A ticket that somebody must be told of now."""

    ticket: str
    owner: str
    told: tuple[tuple[str, str], ...] = ()  # (unit, person), in their order


@dataclass(frozen=True, kw_only=True)
class Told:
    """One line of what a colleague is shown: who was told of a ticket, and when."""

    person: str
    unit: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Course:
    """Who was told of a ticket, and who said that he goes."""

    told: tuple[Told, ...] = ()
    goes: str = ""
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Summons:
    """A message to one person: what it is about is asked when the link in it is opened."""

    id: str  # hash of the token in the link, in hex
    person: str
    unit: str
    at: datetime
    tickets: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Way:
    """How somebody, or the group of a unit, is reached; the address itself is sealed to the worker."""

    whose: str  # a person or a unit
    kind: str  # MAIL, WECOM
    since: datetime
    tried_at: datetime | None = None
    trouble: str = ""  # why the last message was refused for good

    @property
    def works(self) -> bool:
        return not self.trouble


#: What somebody may switch off for himself; danger is none of these.
DIGEST = "digest"
#: Of all but danger, so many messages a person and day.
MOST_A_DAY = 3


@dataclass(frozen=True, kw_only=True)
class Rations:
    """What somebody switched off, and what he was sent: of a day that is over nothing counts."""

    off: frozenset[str] = frozenset()
    day: date | None = None
    sent: int = 0  # on that day
    digest: date | None = None  # the day of the last one

    def left(self, day: date) -> int:
        return MOST_A_DAY - (self.sent if self.day == day else 0)

    def may_have(self, kind: str, day: date) -> bool:
        """Whether a message may go to him now; a digest goes once a day."""
        once = kind == DIGEST and self.digest == day
        return kind not in self.off and self.left(day) > 0 and not once

    def after(self, kind: str, day: date) -> Rations:
        sent = MOST_A_DAY - self.left(day) + 1
        return replace(self, day=day, sent=sent, digest=day if kind == DIGEST else self.digest)


def id_of(token: str) -> str:
    """What is kept of the token in a link."""
    return sha256(b"summons|" + token.encode()).hexdigest()


def binding_code(text: str) -> str:
    """The code in 绑定 K7M2 9QXW, '' where a message is something else.

    >>> binding_code(" 绑定:k7m2-9qxw ")
    'K7M29QXW'
    >>> binding_code("绑定了没有"), binding_code("K7M29QXW")
    ('', '')
    """
    found = _BINDING.fullmatch(unicodedata.normalize("NFKC", text).strip())
    code = "".join(each for each in found[1].upper() if each.isalnum()) if found else ""
    return code if len(code) == CODE_LENGTH and {*code} <= {*CODE_LETTERS} else ""


def mail_address(text: str) -> str:
    """Raises `BadInput`."""
    address = text.strip()
    if len(address) > 200 or not _MAIL.fullmatch(address):
        raise BadInput("邮箱写得不对。写一个,像 zhiban@example.gov.cn 这样。")
    return address


def robot_key(text: str) -> str:
    """Raises `BadInput`."""
    found = _ROBOT.fullmatch(text.strip())
    if not found:
        raise BadInput(
            "群机器人的网址写得不对。在企业微信群里点机器人,复制它的 Webhook 地址贴过来。"
        )
    return found[1]
