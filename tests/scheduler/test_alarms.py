"""Somebody is told of what cannot wait, once, without a word of it; and what a server answers decides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import httpx
import pytest
from sqlalchemy import update

from casework.actions.reminding import escalate_overdue
from casework.delivery import Later, Never, Unsure
from casework.refusals import BadInput
from casework.shelves import Parcel
from casework.tickets import THREAT, Kind
from scheduler.alarms import MAIL, WECOM, MailSender, MailServer, RobotSender, raise_alarms, senders
from scheduler.pump import Pump
from storage.schema import tickets
from tests.offices import LEAKING_ROOF, WITHHELD, TestOffice

URL = "https://xiangsheng.example/desk"
DANGER = replace(LEAKING_ROOF, text="墙要倒了,俺娘在里头", kind=Kind.URGENT)
THREATENED = replace(WITHHELD, text="支书带人来砸门", category=THREAT)
PARCEL = Parcel(channel=MAIL, recipient=MAIL, text="乡声:有一件急件。请看。")
BOTH = (MAIL, WECOM)


@dataclass
class Heard:
    """A way out that keeps what it is given."""

    texts: list[str] = field(default_factory=list)

    async def send(self, parcel: Parcel) -> str:
        self.texts.append(parcel.text)
        return ""


async def told(office: TestOffice) -> list[str]:
    heard = Heard()
    pump = Pump(office.office, {MAIL: heard}, "w", pace=0)
    while await pump.once(MAIL):
        pass
    return heard.texts


async def test_danger_and_threats_are_told_once_and_nothing_else_is(office: TestOffice) -> None:
    for report in (DANGER, THREATENED, LEAKING_ROOF, WITHHELD):
        await office.office.intake.file(report)

    assert await raise_alarms(office.office, BOTH, URL) == 2
    assert await raise_alarms(office.office, BOTH, URL) == 0

    texts = await told(office)
    assert len(texts) == 2
    assert all(URL in text for text in texts)


async def test_what_is_told_says_nothing_of_the_report(small_office: TestOffice) -> None:
    receipt = await small_office.office.intake.file(DANGER)
    await raise_alarms(small_office.office, BOTH, URL)

    (text,) = await told(small_office)

    assert receipt.number not in text
    assert receipt.code not in text
    assert not any(word in text for word in ("墙", "俺娘", "危", "质量", LEAKING_ROOF.category))


async def test_what_reaches_the_top_of_the_ladder_is_told_once(small_office: TestOffice) -> None:
    await small_office.office.intake.file(LEAKING_ROOF)
    small_office.wait(days=60)
    assert await escalate_overdue(small_office.office) == 1
    assert await raise_alarms(small_office.office, BOTH, URL) == 0  # the city is still above
    small_office.wait(days=2)
    assert await escalate_overdue(small_office.office) == 1
    assert await raise_alarms(small_office.office, BOTH, URL) == 1
    small_office.wait(days=9)
    await escalate_overdue(small_office.office)
    assert await raise_alarms(small_office.office, BOTH, URL) == 0

    (text,) = await told(small_office)
    assert "报到了头" in text


async def test_a_unit_that_left_the_tree_keeps_no_other_alarm_waiting(
    small_office: TestOffice,
) -> None:
    gone = await small_office.office.intake.file(DANGER)
    await small_office.office.intake.file(DANGER)
    async with small_office.files() as files:
        await files.connection.execute(
            update(tickets).where(tickets.c.number == gone.number).values(owner="housing-000000")
        )

    assert await raise_alarms(small_office.office, BOTH, URL) == 2
    assert len(await told(small_office)) == 2


async def test_a_way_that_is_set_later_tells_nobody_of_what_was(small_office: TestOffice) -> None:
    await small_office.office.intake.file(DANGER)
    await raise_alarms(small_office.office, (), URL)

    assert await raise_alarms(small_office.office, BOTH, URL) == 0
    assert await told(small_office) == []


@dataclass
class MailHouse:
    """A mail server that answers each command with what it is told to."""

    answers: dict[str, str] = field(default_factory=dict)
    data: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.answers.get("", "220 here").encode() + b"\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            if verb in self.answers and not self.answers[verb]:
                break  # the line breaks off
            answer = self.answers.get(
                verb, {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 ok")
            )
            writer.write(answer.encode() + b"\r\n")
            if verb == "DATA" and answer.startswith("354"):
                self.data = (await reader.readuntil(b"\r\n.\r\n")).decode()
                writer.write(self.answers.get(".", "250 taken").encode() + b"\r\n")
            if verb == "QUIT":
                break
        writer.close()


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object],
) -> AsyncIterator[int]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)  # type: ignore[arg-type]
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def mail_to(port: int) -> MailSender:
    server = MailServer(host="127.0.0.1", port=port, tls="")
    return MailSender(server, "desk@house.example", ("duty@house.example", "two@house.example"))


async def test_a_mail_goes_to_everybody_on_the_list() -> None:
    house = MailHouse()
    async with listening(house.serve) as port:
        await mail_to(port).send(PARCEL)

    assert "To: duty@house.example, two@house.example" in house.data
    assert "Subject:" in house.data


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ({"RCPT": "550 no such box"}, Never),
        ({"MAIL": "553 not you"}, Never),
        ({".": "554 spam"}, Never),
        ({"DATA": "451 later"}, Later),
        ({".": "452 full"}, Later),
        ({"": "421 busy"}, Later),
        ({"DATA": ""}, Unsure),
        ({"EHLO": "", "HELO": ""}, Unsure),
    ],
)
async def test_what_a_mail_server_answers_decides(
    answers: dict[str, str], trouble: type[Exception]
) -> None:
    async with listening(MailHouse(answers).serve) as port:
        with pytest.raises(trouble):
            await mail_to(port).send(PARCEL)


async def test_a_mail_server_that_is_not_there_is_tried_again() -> None:
    async with listening(MailHouse().serve) as port:
        pass
    with pytest.raises(Unsure):
        await mail_to(port).send(PARCEL)


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (200, '{"errcode": 0, "errmsg": "ok"}', None),
        (200, '{"errcode": 45009, "errmsg": "freq"}', Later),
        (200, '{"errcode": 93000, "errmsg": "invalid webhook"}', Never),
        (404, "", Never),
        (500, "oops", Later),
        (200, "not json", Later),
        (200, "[]", Later),
    ],
)
async def test_what_a_robot_answers_decides(
    status: int, body: str, trouble: type[Exception] | None
) -> None:
    got: list[dict[str, object]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        got.append(json.loads(await reader.readexactly(length)))
        writer.write(
            f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
        )
        await writer.drain()
        writer.close()

    async with listening(serve) as port, httpx.AsyncClient(trust_env=False, timeout=5) as client:
        robot = RobotSender(f"http://127.0.0.1:{port}/send?key=k", client)
        if trouble:
            with pytest.raises(trouble):
                await robot.send(PARCEL)
        else:
            await robot.send(PARCEL)

    assert got == [{"msgtype": "text", "text": {"content": PARCEL.text}}]


@pytest.mark.parametrize(
    "settings",
    [
        ("smtp://mail.example", "", "a@b.example", ""),
        ("smtp://mail.example", "me@b.example", "", ""),
        ("smtp://mail.example", "me@b.example", "nobody", ""),
        ("http://mail.example", "me@b.example", "a@b.example", ""),
        ("smtp://", "me@b.example", "a@b.example", ""),
        ("smtp://mail.example:port", "me@b.example", "a@b.example", ""),
        ("", "", "", "robot"),
    ],
)
def test_half_a_setting_is_refused_in_a_sentence(settings: tuple[str, str, str, str]) -> None:
    with pytest.raises(BadInput, match="XIANGSHENG_ALARM"):
        senders(*settings)


def test_names_and_passwords_may_hold_any_letter_and_are_never_shown() -> None:
    server = MailServer.from_url("smtps://desk%40house:p%3A%2Fw@mail.example:1465")

    assert (server.user, server.password, server.port, server.tls) == (
        "desk@house", "p:/w", 1465, "tls",
    )  # fmt: skip
    assert "p:/w" not in repr(server)
