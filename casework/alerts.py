"""Somebody of the roster is told of what cannot wait: who was, when, and who said that he goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
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
MAIL, WECOM = "mail", "wecom"

#: RFC 5321 allows more; nobody at an office has more, and a line break in one would write headers.
_MAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
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


def id_of(token: str) -> str:
    """What is kept of the token in a link."""
    return sha256(b"summons|" + token.encode()).hexdigest()


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
