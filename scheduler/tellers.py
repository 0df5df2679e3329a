"""What carries a text to an address: mail by the standard library, a WeCom group's robot by HTTPS."""

from __future__ import annotations

import asyncio
import contextlib
import json
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from hashlib import sha256
from urllib.parse import quote, unquote, urlsplit

import httpx

from casework.actions.alerting import still_wanted
from casework.alerts import BOUND_ON, CHAT, MAIL, WECOM
from casework.delivery import Later, Never, Sender, Unsure
from casework.ports import Office
from casework.ports.telling import Teller
from casework.refusals import BadInput
from casework.shelves import Parcel
from casework.workdays import day_of
from papers.envelope import EnvelopeError, open_box

#: Seconds until a server that says nothing counts as away, until one that says too much does, and
#: until either is tried again.
TIMEOUT, LONGEST, PAUSE = 20.0, 60.0, 60.0
#: The robot's own answer for an address that is none; whatever else it says is tried again.
NO_SUCH_ROBOT = 93000
#: Where WeCom's robots are, under the house's setting for it.
ROBOTS = "/cgi-bin/webhook/send?key="


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
class Mail:
    """One mail to one address."""

    server: MailServer
    sender: str
    longest: float = LONGEST

    async def tell(self, address: str, text: str) -> str:
        mail = self._written(address, text)
        connection = self._connection()
        handing_in = asyncio.create_task(asyncio.to_thread(self._hand_in, connection, mail))
        try:
            async with asyncio.timeout(self.longest):
                await asyncio.shield(handing_in)
        except TimeoutError:
            # A server that says a little now and then would keep the thread for ever.
            _hang_up(connection)
            with contextlib.suppress(Exception):
                await handing_in
            raise Unsure from None
        return str(mail["Message-ID"])

    def _written(self, address: str, text: str) -> EmailMessage:
        mail = EmailMessage()
        try:
            mail["Subject"], mail["From"], mail["To"] = (
                text.split("。")[0][:80],
                self.sender,
                address,
            )
        except (ValueError, IndexError):  # a line break in it, or no address at all
            raise Never("邮箱写得不对") from None
        mail["Date"] = formatdate(localtime=False)
        # The same each time the same text is sent to the same address: what is handed in twice, as
        # nobody could tell whether it had arrived, is one mail for most readers of mail.
        name = sha256(f"{address}\0{text}".encode()).hexdigest()[:32]
        mail["Message-ID"] = f"<{name}@{self.sender.rpartition('@')[2] or 'xiangsheng'}>"
        mail.set_content(text)
        return mail

    def _connection(self) -> smtplib.SMTP:
        if self.server.tls == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(timeout=TIMEOUT, context=context)
        return smtplib.SMTP(timeout=TIMEOUT)

    def _hand_in(self, connection: smtplib.SMTP, mail: EmailMessage) -> None:
        try:
            with _closing(connection):
                self._greet(connection)
                connection.send_message(mail)
        except smtplib.SMTPRecipientsRefused as fault:
            codes = [code for code, _ in fault.recipients.values()]
            raise _trouble(max(codes, default=550)) from None
        except smtplib.SMTPAuthenticationError:
            raise Later(PAUSE * 10) from None
        except smtplib.SMTPResponseException as fault:
            raise _trouble(fault.smtp_code) from None
        except (OSError, smtplib.SMTPException, ValueError, AttributeError):
            # The last two are smtplib's own, over what is no SMTP or was hung up.
            raise Unsure from None

    def _greet(self, connection: smtplib.SMTP) -> None:
        # https://github.com/python/cpython/issues/80429: connect() alone leaves the name unset that
        # starttls() checks the certificate against.
        connection._host = self.server.host  # type: ignore[attr-defined]
        code, said = connection.connect(self.server.host, self.server.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        if self.server.tls == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if self.server.user:
            connection.login(self.server.user, self.server.password)


@contextmanager
def _closing(connection: smtplib.SMTP) -> Iterator[None]:
    """Politely where the mail was taken, at once otherwise."""
    try:
        yield
        with contextlib.suppress(smtplib.SMTPException, OSError):
            connection.quit()
    finally:
        connection.close()


def _hang_up(connection: smtplib.SMTP) -> None:
    if isinstance(connection.sock, socket.socket):
        with contextlib.suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _trouble(code: int) -> Exception:
    """What a server's answer means for this mail: only 5yz is for good (RFC 5321, 4.2.1)."""
    if 500 <= code < 600:
        return Never(f"邮件服务器不收:{code}")
    return Later(PAUSE, whole_account=False)


@dataclass(frozen=True)
class Robot:
    """One message into a WeCom group. An address is the whole of one, or the robot's key."""

    base: str
    client: httpx.AsyncClient

    async def tell(self, address: str, text: str) -> str:
        whole = "://" in address
        url = address if whole else f"{self.base.rstrip('/')}{ROBOTS}{quote(address, safe='')}"
        try:
            answer = await self.client.post(
                url, json={"msgtype": "text", "text": {"content": text}}
            )
            code = int(answer.json()["errcode"]) if answer.is_success else -1
        except httpx.HTTPError:
            raise Unsure from None
        except (ValueError, KeyError, TypeError, json.JSONDecodeError):
            raise Later(PAUSE, whole_account=False) from None
        if code == NO_SUCH_ROBOT or answer.status_code in (404, 410):
            raise Never("没有这个机器人:地址写错了,或者从群里删掉了")
        if code:
            raise Later(PAUSE, whole_account=False)
        return ""


@dataclass(frozen=True)
class Chat:
    """One message to an account of a channel that people write on too."""

    sender: Sender

    async def tell(self, address: str, text: str) -> str:
        return await self.sender.send(Parcel(channel=BOUND_ON, recipient=address, text=text))


@dataclass(frozen=True)
class Notifier:
    """A channel of the outbox: finds and opens the address when a message goes out, and no sooner."""

    kind: str
    teller: Teller
    office: Office
    private: bytes = field(repr=False)

    async def send(self, parcel: Parcel) -> str:
        kind, _, whose = parcel.recipient.partition(" ")
        if kind == "to":  # the house's own, from its settings
            return await self.teller.tell(whose, parcel.text)
        async with self.office.reading() as reading:
            if not await still_wanted(reading, parcel, day_of(self.office.clock.now())):
                return "not needed any more"
            sealed = await reading.ways.sealed(whose, self.kind)
        if sealed is None:
            return "not wanted any more"
        try:
            said = await self.teller.tell(self._address(whose, sealed), parcel.text)
        except Never as never:
            await self._tried(whose, str(never))
            raise
        await self._tried(whose, "")
        return said

    def _address(self, whose: str, sealed: bytes) -> str:
        """Raises `Never` for what was sealed to another key, or for somebody else."""
        try:
            told = json.loads(open_box(self.private, sealed))
            if (told["whose"], told["kind"]) == (whose, self.kind):
                return str(told["address"])
        except (EnvelopeError, ValueError, KeyError, TypeError):
            pass
        raise Never("登记的地址打不开了,请重新填一次")

    async def _tried(self, whose: str, trouble: str) -> None:
        async with self.office.files() as files:
            await files.ways.tried(whose, self.kind, trouble)


@dataclass(frozen=True)
class Notifiers:
    """The ways out that are set: their senders, and the addresses of the house itself."""

    senders: dict[str, Sender]
    house: tuple[tuple[str, str], ...]  # (channel, address)


def notifiers(
    *,
    smtp: str,
    sender: str,
    to: str,
    robot: str,
    robots: str,
    office: Office,
    private: bytes,
    chat: Sender | None = None,
) -> Notifiers:
    """Raises `BadInput` for a way that is half set."""
    tellers: dict[str, Teller] = {}
    house: list[tuple[str, str]] = []
    addresses = tuple(filter(None, (each.strip() for each in to.replace("，", ",").split(","))))
    if smtp:
        if not sender or not all("@" in each for each in (sender, *addresses)):
            raise BadInput(
                "设了 XIANGSHENG_ALARM_SMTP,还要写 XIANGSHENG_ALARM_FROM(邮箱);"
                "XIANGSHENG_ALARM_TO 写了的,也要是邮箱。"
            )
        tellers[MAIL] = Mail(MailServer.from_url(smtp), sender)
        house += [(MAIL, each) for each in addresses]
    for name, url in (("XIANGSHENG_ALARM_WECOM", robot), ("XIANGSHENG_WECOM_URL", robots)):
        if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname):
            raise BadInput(f"{name} 要写网址,https:// 开头。")
    if robot or robots:
        client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)
        tellers[WECOM] = Robot(robots or f"https://{urlsplit(robot).netloc}", client)
        house += [(WECOM, robot)] if robot else []
    if chat:
        tellers[CHAT] = Chat(chat)
    return Notifiers(
        senders={kind: Notifier(kind, teller, office, private) for kind, teller in tellers.items()},
        house=tuple(house),
    )
