"""What carries a text out: servers that hang, refuse or talk nonsense, and whose address is opened when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from casework.actions import rostering
from casework.alerts import MAIL, WECOM
from casework.delivery import Later, Never, Unsure
from casework.refusals import BadInput
from casework.roster import Line
from casework.shelves import Parcel
from casework.tickets import Kind
from papers.envelope import keypair_from_seed
from scheduler.pump import MOST_ATTEMPTS, Pump
from scheduler.tellers import Mail, MailServer, Notifier, Notifiers, Robot, notifiers
from tests.offices import COUNTY, LEAKING_ROOF, ROOT, TestOffice, open_office
from tests.promises.processes import COMMAND, environment
from tests.waiting import eventually

DANGER = replace(LEAKING_ROOF, text="墙要倒了", kind=Kind.URGENT)
TEXT = "乡声:有一件急件。请看。"
DUTY = "duty@office.example"


@dataclass
class MailHouse:
    """A mail server that answers each command with what it is told to."""

    answers: dict[str, str] = field(default_factory=dict)
    data: str = ""
    taken: int = 0

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
                self.taken += "." not in self.answers
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


def mail_to(port: int, longest: float = 60.0) -> Mail:
    server = MailServer(host="127.0.0.1", port=port, tls="")
    return Mail(server, "desk@house.example", longest)


async def test_a_mail_goes_to_one_and_is_the_same_mail_when_it_is_sent_again() -> None:
    house = MailHouse()
    async with listening(house.serve) as port:
        names = [await mail_to(port).tell(DUTY, TEXT) for _ in range(2)]
        other = await mail_to(port).tell(DUTY, "乡声:另一件。")

    assert f"To: {DUTY}" in house.data
    assert "Subject:" in house.data
    assert names[0] == names[1] != other
    assert names[0].endswith("@house.example>")


@pytest.mark.parametrize(
    ("answers", "trouble"),
    [
        ({"RCPT": "550 no such box"}, Never),
        ({"RCPT": "450 greylisted"}, Later),
        ({"MAIL": "553 not you"}, Never),
        ({"MAIL": "451 not now"}, Later),
        ({".": "554 spam"}, Never),
        ({"DATA": "451 later"}, Later),
        ({".": "452 full"}, Later),
        ({"": "421 busy"}, Later),
        ({"": "554 go away"}, Never),
        ({"DATA": ""}, Unsure),
        ({"EHLO": "", "HELO": ""}, Unsure),
        ({"": "HTTP/1.1 400 Bad Request"}, Later),
        ({"": "\x00\x01" * 40}, Later),
        ({"": "2" * 20_000}, Never),
        ({"EHLO": "250"}, None),
    ],
)
async def test_what_a_mail_server_answers_decides(
    answers: dict[str, str], trouble: type[Exception] | None
) -> None:
    async with listening(MailHouse(answers).serve) as port:
        if trouble is None:
            await mail_to(port).tell(DUTY, TEXT)
            return
        with pytest.raises(trouble) as told:
            await mail_to(port).tell(DUTY, TEXT)

    if isinstance(told.value, Later):  # one box that waits holds up nobody else
        assert not told.value.whole_account


async def test_a_mail_server_that_is_not_there_is_tried_again() -> None:
    async with listening(MailHouse().serve) as port:
        pass
    with pytest.raises(Unsure):
        await mail_to(port).tell(DUTY, TEXT)


@pytest.mark.parametrize("first", [b"", b"220-here I am\r\n"])
async def test_a_mail_server_that_never_comes_to_an_end_is_hung_up_on(first: bytes) -> None:
    """Silent after the first words, or with another line of greeting whenever it is asked for one."""
    ended = asyncio.Event()

    async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with_lines = bool(first)
        try:
            while True:
                writer.write(first)
                await writer.drain()
                if with_lines:
                    await asyncio.sleep(0.01)
                elif not await reader.read(1):
                    break
        except ConnectionError:
            pass
        finally:
            ended.set()
            writer.close()

    async with listening(drips) as port:
        with pytest.raises(Unsure):
            await mail_to(port, longest=0.2).tell(DUTY, TEXT)
        await asyncio.wait_for(ended.wait(), 30)


@pytest.mark.parametrize(
    "address", ["a@b.example\nBcc: x@y.example", "a@b.example\r\n\r\nhello", ""]
)
async def test_an_address_with_a_line_break_writes_no_header(address: str) -> None:
    house = MailHouse()
    async with listening(house.serve) as port:
        with pytest.raises((Never, Unsure)):
            await mail_to(port).tell(address, TEXT)

    assert house.taken == 0


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (200, '{"errcode": 0, "errmsg": "ok"}', None),
        (200, '{"errcode": 45009, "errmsg": "freq"}', Later),
        (200, '{"errcode": 93000, "errmsg": "invalid webhook"}', Never),
        (404, "", Never),
        (500, "oops", Later),
        (302, "", Later),
        (200, "not json", Later),
        (200, "[]", Later),
        (200, '{"errcode": null}', Later),
    ],
)
async def test_what_a_robot_answers_decides(
    status: int, body: str, trouble: type[Exception] | None
) -> None:
    got: list[dict[str, object]] = []
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        asked.append(head.split(" ")[1])
        length = int(head.lower().split("content-length:")[1].split("\r\n")[0])
        got.append(json.loads(await reader.readexactly(length)))
        writer.write(
            f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
        )
        await writer.drain()
        writer.close()

    async with listening(serve) as port, httpx.AsyncClient(trust_env=False, timeout=5) as client:
        robot = Robot(f"http://127.0.0.1:{port}/", client)
        if trouble:
            with pytest.raises(trouble):
                await robot.tell("k?a/b", TEXT)
        else:
            await robot.tell("k?a/b", TEXT)

    assert got == [{"msgtype": "text", "text": {"content": TEXT}}]
    assert asked == ["/cgi-bin/webhook/send?key=k%3Fa%2Fb"]


def set_up(office: TestOffice, **settings: str) -> Notifiers:
    empty = dict.fromkeys(("smtp", "sender", "to", "robot", "robots"), "")
    private = keypair_from_seed(office.store.keys.service("notifier"))[0]
    return notifiers(**{**empty, **settings}, office=office.office, private=private)


@pytest.mark.parametrize(
    "settings",
    [
        {"smtp": "smtp://mail.example", "to": "a@b.example"},
        {"smtp": "smtp://mail.example", "sender": "me@b.example", "to": "nobody"},
        {"smtp": "http://mail.example", "sender": "me@b.example"},
        {"smtp": "smtp://", "sender": "me@b.example"},
        {"smtp": "smtp://mail.example:port", "sender": "me@b.example"},
        {"robot": "robot"},
        {"robots": "qyapi.weixin.qq.com"},
        {"robots": "https://"},
    ],
)
async def test_half_a_setting_is_refused_in_a_sentence(
    small_office: TestOffice, settings: dict[str, str]
) -> None:
    with pytest.raises(BadInput, match="XIANGSHENG_"):
        set_up(small_office, **settings)


async def test_each_address_of_the_house_is_told_by_itself(small_office: TestOffice) -> None:
    made = set_up(
        small_office, smtp="smtp://mail.example", sender="me@b.example", to="a@b.example，c@d.example",
        robot="https://robot.example/x?key=k",
    )  # fmt: skip

    assert made.house == (
        (MAIL, "a@b.example"), (MAIL, "c@d.example"), (WECOM, "https://robot.example/x?key=k"),
    )  # fmt: skip
    assert set(made.senders) == {MAIL, WECOM}
    assert set_up(small_office).senders == {}


def test_names_and_passwords_may_hold_any_letter_and_are_never_shown() -> None:
    server = MailServer.from_url("smtps://desk%40house:p%3A%2Fw@mail.example:1465")

    assert (server.user, server.password, server.port, server.tls) == (
        "desk@house", "p:/w", 1465, "tls",
    )  # fmt: skip
    assert "p:/w" not in repr(server)


async def clerk_with_an_address(office: TestOffice) -> str:
    async with office.reading() as reading:
        (clerk,) = await reading.people.with_key(COUNTY)
    ring = await office.keyring(clerk)
    await rostering.set_mail(office.office, ring, DUTY)
    await rostering.add(office.office, ring, Line(unit=COUNTY, person=clerk.id))
    return clerk.id


async def test_a_box_that_is_refused_is_said_and_no_way_any_more_until_it_is_set_anew(
    small_office: TestOffice,
) -> None:
    who = await clerk_with_an_address(small_office)
    house = MailHouse({"RCPT": "550 no such box"})
    parcel = Parcel(channel=MAIL, recipient=f"person {who}", text=TEXT)

    async def works() -> list[tuple[bool, str]]:
        async with small_office.reading() as reading:
            return [(way.works, way.trouble) for way in await reading.ways.of([who])]

    async with listening(house.serve) as port:
        private = keypair_from_seed(small_office.store.keys.service("notifier"))[0]
        notifier = Notifier(MAIL, mail_to(port), small_office.office, private)
        with pytest.raises(Never):
            await notifier.send(parcel)
        refused = await works()
        house.answers = {}
        await notifier.send(parcel)
        taken = await works()
        await rostering.set_mail(
            small_office.office, await small_office.keyring(await person(small_office, who)), ""
        )
        gone = await notifier.send(parcel)

    assert refused == [(False, "邮件服务器不收:550")]
    assert taken == [(True, "")]
    assert (gone, house.taken) == ("not wanted any more", 1)
    assert private.hex() not in repr(notifier)


async def person(office: TestOffice, who: str) -> object:
    async with office.reading() as reading:
        return await reading.people.person(who)


async def test_a_server_that_is_away_is_tried_so_often_and_no_more(
    small_office: TestOffice,
) -> None:
    house = MailHouse({"": "421 busy"})
    parcel = Parcel(channel=MAIL, recipient=f"to {DUTY}", text=TEXT, dedupe="d")
    async with small_office.files() as files:
        await files.outbox.add(parcel)
    tries = 0
    async with listening(house.serve) as port:
        notifier = Notifier(MAIL, mail_to(port), small_office.office, b"")
        pump = Pump(small_office.office, {MAIL: notifier}, "w", pace=0)
        for _ in range(60):
            tries += await pump.once(MAIL)
            small_office.wait(hours=1)

    async with small_office.reading() as reading:
        (figures,) = await reading.outbox.figures()
    assert (tries, figures.given_up) == (MOST_ATTEMPTS, 1)


async def test_a_worker_killed_between_taking_and_sending_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    """A real worker, killed while the mail server keeps it waiting; the next one sends it, once."""
    folder, now = tmp_path / "house", datetime.now(UTC)
    reached = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read()
        writer.close()

    async with open_office(folder) as office:
        office.clock.at = now
        await clerk_with_an_address(office)
        await office.office.intake.file(DANGER)
    async with listening(silent) as port:
        env = environment(
            folder, ALARM_SMTP=f"smtp://127.0.0.1:{port}", ALARM_FROM="desk@house.example"
        )
        child = await asyncio.create_subprocess_exec(*COMMAND, "work", env=env, cwd=ROOT)
        try:
            await asyncio.wait_for(reached.wait(), 120)
        finally:
            child.kill()
            await child.wait()

    house = MailHouse()
    async with open_office(folder, staffed=False) as office, listening(house.serve) as port:
        office.clock.at = datetime.now(UTC)
        private = keypair_from_seed(office.store.keys.service("notifier"))[0]
        notifier = Notifier(MAIL, mail_to(port), office.office, private)
        pumps = [Pump(office.office, {MAIL: notifier}, name, pace=0) for name in ("a", "b")]
        held = [await pump.once(MAIL) for pump in pumps]
        office.wait(minutes=3)
        await asyncio.gather(*(pump.once(MAIL) for pump in pumps))

        async def done() -> bool:
            return house.taken > 0

        await eventually(done)
        office.wait(minutes=9)
        assert [await pump.once(MAIL) for pump in pumps] == [0, 0]

    assert held == [0, 0]
    assert house.taken == 1
    assert f"To: {DUTY}" in house.data
