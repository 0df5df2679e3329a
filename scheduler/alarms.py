"""Somebody is told: urgent matters, threats, and what climbed to the top, by mail or a group's robot.

No word of a report goes out, no number and no place below the unit: that there is something, and where
to look. Who is told is the house's setting, and should be people of the province alone.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Collection
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import httpx

from casework.delivery import Later, Never, Sender, Unsure
from casework.ports import Office
from casework.refusals import BadInput
from casework.shelves import Parcel, Priority
from casework.workdays import said

MAIL, WECOM = "mail", "wecom"
#: Seconds until a mail server counts as away, and until it is tried again.
TIMEOUT, PAUSE = 20.0, 60.0
#: Seconds between two looks at what somebody must be told of.
EVERY = 20.0
#: The robot's own answer for an address that is none; whatever else it says is tried again.
NO_SUCH_ROBOT = 93000


async def raise_alarms(office: Office, channels: Collection[str], url: str) -> int:
    """A message a channel for each ticket that somebody must be told of; how many tickets that were.
    Message and mark are one transaction, so each is told once. Without a channel the marks go too:
    one that is set later tells nobody of last year's."""
    async with office.reading() as reading:
        if not await reading.tickets.alarming():
            return 0
    async with office.files() as files:
        waiting = await files.tickets.alarming()
        for number, why, owner in waiting:
            offices = office.content.organisation
            # One unit that left the tree must not keep every other alarm waiting.
            unit = offices[owner].name if owner in offices else owner
            text = office.content.texts(
                f"alarm.{why}", unit=unit, at=said(office.clock.now()), url=url
            )
            for channel in channels:
                await files.outbox.add(
                    Parcel(
                        channel=channel, recipient=channel, text=text,
                        dedupe=f"alarm/{channel}/{number}/{why}", priority=Priority.REPLY,
                    )
                )  # fmt: skip
            await files.tickets.alarm(number, "")
    return len(waiting)


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where mail is handed in: `smtp://`, `smtp+starttls://` or `smtps://`, name and password in it."""

    host: str
    port: int
    tls: str  # '', 'starttls', 'tls'
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def from_url(cls, url: str) -> MailServer:
        """Raises `BadInput`."""
        parts = urlsplit(url)
        kinds = {"smtp": ("", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
        try:
            tls, port = kinds[parts.scheme]
            if not parts.hostname:
                raise ValueError
            return cls(
                host=parts.hostname, port=parts.port or port, tls=tls,
                user=unquote(parts.username or ""), password=unquote(parts.password or ""),
            )  # fmt: skip
        except (KeyError, ValueError):
            raise BadInput(
                "XIANGSHENG_ALARM_SMTP 要写成 smtp://主机:端口、smtp+starttls://… 或 smtps://…。"
            ) from None


@dataclass(frozen=True)
class MailSender:
    """One mail a parcel, to everybody on the list."""

    server: MailServer
    sender: str
    to: tuple[str, ...]

    async def send(self, parcel: Parcel) -> str:
        return await asyncio.to_thread(self._send, parcel.text)

    def _send(self, text: str) -> str:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = (
            text.split("。")[0],
            self.sender,
            ", ".join(self.to),
        )
        mail["Date"] = formatdate(localtime=False)
        mail["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2] or None)
        mail.set_content(text)
        try:
            with self._connected() as connection:
                connection.send_message(mail)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused) as fault:
            raise Never(f"邮件服务器不收:{type(fault).__name__}") from None
        except smtplib.SMTPAuthenticationError:
            raise Later(PAUSE * 10) from None
        except smtplib.SMTPResponseException as fault:
            if 500 <= fault.smtp_code < 600:
                raise Never(f"邮件服务器不收:{fault.smtp_code}") from None
            raise Later(PAUSE) from None
        except (OSError, smtplib.SMTPException):
            raise Unsure from None
        return str(mail["Message-ID"])

    def _connected(self) -> smtplib.SMTP:
        server, context = self.server, ssl.create_default_context()
        if server.tls == "tls":
            made: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT, context=context
            )
        else:
            made = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        if server.tls == "starttls":
            made.starttls(context=context)
        if server.user:
            made.login(server.user, server.password)
        return made


@dataclass(frozen=True)
class RobotSender:
    """One message a parcel into a WeCom group, by its robot's address."""

    url: str = field(repr=False)
    client: httpx.AsyncClient

    async def send(self, parcel: Parcel) -> str:
        told = {"msgtype": "text", "text": {"content": parcel.text}}
        try:
            answer = await self.client.post(self.url, json=told)
            code = int(answer.json()["errcode"]) if answer.is_success else -1
        except httpx.HTTPError:
            raise Unsure from None
        except (ValueError, KeyError, TypeError):
            raise Later(PAUSE) from None
        if code == NO_SUCH_ROBOT or answer.status_code in (404, 410):
            raise Never("没有这个机器人:地址写错了,或者从群里删掉了")
        if code:
            raise Later(PAUSE)
        return ""


def senders(smtp: str, sender: str, to: str, robot: str) -> dict[str, Sender]:
    """The ways out that are set. Raises `BadInput` for one that is half set."""
    made: dict[str, Sender] = {}
    if smtp:
        addresses = tuple(filter(None, (each.strip() for each in to.replace("，", ",").split(","))))
        if not sender or not addresses or not all("@" in each for each in (sender, *addresses)):
            raise BadInput(
                "设了 XIANGSHENG_ALARM_SMTP,还要写 XIANGSHENG_ALARM_FROM 和 XIANGSHENG_ALARM_TO(邮箱)。"
            )
        made[MAIL] = MailSender(MailServer.from_url(smtp), sender, addresses)
    if robot:
        if urlsplit(robot).scheme not in ("http", "https"):
            raise BadInput("XIANGSHENG_ALARM_WECOM 要写群机器人的网址,https:// 开头。")
        made[WECOM] = RobotSender(robot, httpx.AsyncClient(timeout=TIMEOUT, trust_env=False))
    return made
