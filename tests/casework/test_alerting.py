"""Danger and threats: told at once, then the next one, never to anybody who may not know of it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from casework.absences import Absence
from casework.actions import alerting, handling, recusing, rostering, staffing
from casework.actions.alerting import acknowledge, call_out, called
from casework.alerts import BINDING_LIVES, CHAT, MAIL, WECOM, binding_code
from casework.offices import Person, Role
from casework.recusals import Reason
from casework.refusals import BadInput, Locked
from casework.reports import Accused
from casework.roster import Line
from casework.shelves import Parcel
from casework.tickets import THREAT, Action, Kind, Status
from papers.envelope import keypair_from_seed, open_box
from scheduler.alarms import raise_alarms
from scheduler.pump import Pump
from scheduler.tellers import Notifier
from storage.schema import alerts_told, boxes, memberships, outbox, people, tickets
from tests.offices import CITY, COUNTY, LEAKING_ROOF, PROVINCE, WITHHELD, TestOffice

URL = "https://xiangsheng.example/desk"
WAYS = (MAIL, WECOM, CHAT)
DANGER = replace(LEAKING_ROOF, text="墙要倒了,俺娘在里头", kind=Kind.URGENT)
THREATENED = replace(WITHHELD, text="支书带人来砸门", category=THREAT)
QUARTER = timedelta(minutes=15)


@dataclass
class Carried:
    """What a carrier was handed: (address, text)."""

    letters: list[tuple[str, str]] = field(default_factory=list)

    async def tell(self, address: str, text: str) -> str:
        self.letters.append((address, text))
        return "m1"


@dataclass
class Desk:
    """An office with people who can be reached."""

    office: TestOffice
    mail: Carried = field(default_factory=Carried)
    group: Carried = field(default_factory=Carried)
    chat: Carried = field(default_factory=Carried)

    async def person(self, unit: str, n: int = 0) -> Person:
        async with self.office.reading() as reading:
            return list(await reading.people.with_key(unit))[n]

    async def joins(self, name: str, unit: str, *roles: Role) -> Person:
        """A second colleague, let in by the first one."""
        first = await self.person(unit)
        second = await self.office.hire(name, unit, *roles)
        ring = await self.office.keyring(first)
        async with self.office.files() as files:
            await files.people.let_in(ring, second.id, now=self.office.clock.now())
        return second

    async def reach(self, person: Person) -> None:
        ring = await self.office.keyring(person)
        await rostering.set_mail(self.office.office, ring, f"{person.id}@office.example")

    async def roster(self, unit: str, person: Person, deputy: str = "") -> None:
        async with self.office.files() as files:
            await files.roster.add(Line(unit=unit, person=person.id, deputy=deputy))

    async def round(self) -> list[str]:
        """Both rounds of the worker and its pump; to whom letters went."""
        office = self.office.office
        await raise_alarms(office, (), URL)
        await call_out(office, WAYS, URL)
        return await self.pumped()

    async def pumped(self) -> list[str]:
        before = len(self.mail.letters)
        pump = Pump(self.office.office, self.senders(), "w", pace=0)
        for channel in WAYS:
            while await pump.once(channel):
                pass
        return [address.partition("@")[0] for address, _ in self.mail.letters[before:]]

    def senders(self) -> dict[str, Notifier]:
        private = keypair_from_seed(self.office.store.keys.service("notifier"))[0]
        return {
            MAIL: Notifier(MAIL, self.mail, self.office.office, private),
            WECOM: Notifier(WECOM, self.group, self.office.office, private),
            CHAT: Notifier(CHAT, self.chat, self.office.office, private),
        }

    def token(self) -> str:
        """Of the newest letter."""
        found = re.search(r"/desk/ack/([\w-]+)", self.mail.letters[-1][1])
        assert found
        return found[1]

    async def told(self) -> list[tuple[str, str]]:
        async with self.office.reading() as reading:
            rows = await reading.connection.execute(select(alerts_told).order_by(alerts_told.c.at))
            return [(row.unit, row.person) for row in rows.all()]


@pytest.fixture
async def desk(office: TestOffice) -> Desk:
    """On each database: 丙 of the county, 乙 of the city and 甲 of the province can be reached."""
    made = Desk(office)
    for unit in (COUNTY, CITY, PROVINCE):
        await made.reach(await made.person(unit))
    await made.roster(COUNTY, await made.person(COUNTY))
    return made


async def test_who_is_on_duty_is_told_at_once_without_a_word_of_it(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    receipt = await desk.office.office.intake.file(DANGER)
    await desk.office.office.intake.file(LEAKING_ROOF)

    assert await desk.round() == [clerk.id]
    assert await desk.round() == []

    ((address, text),) = desk.mail.letters
    assert address == f"{clerk.id}@office.example"
    assert text.startswith("乡声:有1件紧急的反映等着受理,请承办人丙登录乡声工作台。")
    assert receipt.number not in text
    assert receipt.code not in text
    assert not any(word in text for word in ("墙", "俺娘", "危", "质量", "鲁山", "住建"))


async def test_a_threat_is_told_too(desk: Desk) -> None:
    await desk.office.office.intake.file(THREATENED)

    assert len(await desk.round()) == 1


async def test_without_an_answer_the_next_is_told_then_the_city_then_the_province(
    desk: Desk,
) -> None:
    clerk, city, top = [await desk.person(unit) for unit in (COUNTY, CITY, PROVINCE)]
    deputy = await desk.joins("承办人丁", COUNTY)
    await desk.reach(deputy)
    async with desk.office.files() as files:
        (line,) = await files.roster.of(COUNTY)
        await files.roster.drop(COUNTY, line.id)
    await desk.roster(COUNTY, clerk, deputy.id)
    await desk.office.office.intake.file(DANGER)

    steps = [await desk.round()]
    for _ in range(3):
        desk.office.clock.at += QUARTER - timedelta(seconds=30)
        assert await desk.round() == []
        desk.office.clock.at += timedelta(seconds=30)
        steps.append(await desk.round())
    desk.office.wait(hours=9)
    steps.append(await desk.round())

    assert steps == [[clerk.id], [deputy.id], [city.id], [top.id], []]
    assert [unit for unit, _ in await desk.told()] == [COUNTY, COUNTY, CITY, PROVINCE]


async def test_whoever_presses_goes_and_nobody_else_is_told(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    receipt = await desk.office.office.intake.file(DANGER)
    await desk.round()
    ring = await desk.office.keyring(clerk)

    first = await acknowledge(desk.office.office, ring, desk.token())
    again = await acknowledge(desk.office.office, ring, desk.token())
    desk.office.clock.at += 4 * QUARTER

    assert (first.waiting, again.waiting) == ((receipt.number,), ())
    assert await desk.round() == []
    async with desk.office.reading() as reading:
        course, names = await alerting.course_of(reading, receipt.number)
    assert (course.goes, names[clerk.id]) == (clerk.id, "承办人丙")
    assert [each.person for each in course.told] == [clerk.id]


async def test_the_one_before_may_still_press_and_the_one_after_reads_it_is_done(
    desk: Desk,
) -> None:
    clerk, city = await desk.person(COUNTY), await desk.person(CITY)
    await desk.office.office.intake.file(DANGER)
    await desk.round()
    first = desk.token()
    desk.office.clock.at += QUARTER
    await desk.round()
    second = desk.token()
    rings = [await desk.office.keyring(each) for each in (clerk, city)]

    pressed = [
        await acknowledge(desk.office.office, rings[0], first),
        await acknowledge(desk.office.office, rings[1], second),
    ]

    assert [len(each.waiting) for each in pressed] == [1, 0]


async def test_two_who_press_at_once_are_not_both_the_one_who_goes(desk: Desk) -> None:
    clerk, city = await desk.person(COUNTY), await desk.person(CITY)
    receipt = await desk.office.office.intake.file(DANGER)
    await desk.round()
    first = desk.token()
    desk.office.clock.at += QUARTER
    await desk.round()
    rings = [await desk.office.keyring(each) for each in (clerk, city)]

    await asyncio.gather(
        *(
            acknowledge(desk.office.office, ring, token)
            for ring, token in zip(rings, (first, desk.token()), strict=True)
        )
    )

    async with desk.office.reading() as reading:
        course = await reading.alerts.of(receipt.number)
    assert course.goes in (clerk.id, city.id)


async def test_the_link_is_for_him_alone_and_not_without_his_key(desk: Desk) -> None:
    await desk.office.office.intake.file(DANGER)
    await desk.round()
    office, city = desk.office.office, await desk.office.keyring(await desk.person(CITY))
    locked = await desk.office.signs_in(await desk.person(COUNTY), unlock=False)
    async with desk.office.reading() as reading:
        by_link = await reading.people.keyring(locked, now=desk.office.clock.now())

    for token in (desk.token(), "", "x" * 400, "别人的"):
        with pytest.raises(BadInput, match="不是发给您的"):
            await acknowledge(office, city, token)
    with pytest.raises(Locked):
        await acknowledge(office, by_link, desk.token())


async def test_what_is_accepted_calls_nobody_else(desk: Desk) -> None:
    receipt = await desk.office.office.intake.file(DANGER)
    await desk.round()
    ring = await desk.office.keyring(await desk.person(COUNTY))
    await handling.act(desk.office.office, ring, receipt.number, Action.ACCEPT)

    for _ in range(4):
        desk.office.clock.at += QUARTER
        assert await desk.round() == []


async def test_what_was_accepted_and_taken_back_calls_again(desk: Desk) -> None:
    receipt = await desk.office.office.intake.file(DANGER)
    await desk.round()

    async def stands(status: Status) -> None:
        async with desk.office.files() as files:
            await files.connection.execute(
                update(tickets)
                .where(tickets.c.number == receipt.number)
                .values(status=status.value)
            )

    await stands(Status.ACCEPTED)
    desk.office.clock.at += QUARTER
    assert await desk.round() == []
    await stands(Status.RECEIVED)
    desk.office.clock.at += QUARTER

    assert await desk.round() == [(await desk.person(CITY)).id]


async def test_whoever_stays_away_is_told_of_nothing(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    await recusing.declare(
        desk.office.office, await desk.office.keyring(clerk), COUNTY, reason=Reason.INTEREST
    )
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == [(await desk.person(CITY)).id]


async def test_who_must_stay_away_after_he_was_told_is_shown_nothing_and_the_next_is_told(
    desk: Desk,
) -> None:
    clerk = await desk.person(COUNTY)
    receipt = await desk.office.office.intake.file(DANGER)
    await desk.round()
    ring = await desk.office.keyring(clerk)
    await recusing.declare(desk.office.office, ring, receipt.number, reason=Reason.INTEREST)

    async with desk.office.reading() as reading:
        assert (await called(reading, clerk, desk.token())).waiting == ()
    await acknowledge(desk.office.office, ring, desk.token())
    desk.office.clock.at += QUARTER

    assert await desk.round() == [(await desk.person(CITY)).id]


async def test_who_must_stay_away_before_it_is_sent_gets_no_letter(desk: Desk) -> None:
    receipt = await desk.office.office.intake.file(DANGER)
    await raise_alarms(desk.office.office, (), URL)
    assert await call_out(desk.office.office, WAYS, URL) == 1
    ring = await desk.office.keyring(await desk.person(COUNTY))
    await recusing.declare(desk.office.office, ring, receipt.number, reason=Reason.OTHER)

    assert await desk.pumped() == []


async def test_the_unit_it_is_about_is_told_of_nothing(desk: Desk) -> None:
    about = Accused(role="county_head")
    await desk.office.office.intake.file(replace(DANGER, accused=(about,)))

    told = await desk.round()

    assert told == [(await desk.person(CITY)).id]


async def test_who_left_while_on_duty_is_a_hole(desk: Desk) -> None:
    clerk, top = await desk.person(COUNTY), await desk.person(PROVINCE)
    second = await desk.joins("承办人丁", COUNTY)
    await staffing.remove(desk.office.office, await desk.office.keyring(top), clerk.id)
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == [(await desk.person(CITY)).id]
    await desk.office.store.forget(desk.office.clock.now())
    async with desk.office.reading() as reading:
        assert await reading.ways.of([clerk.id]) == []
        assert len(await reading.ways.of([top.id])) == 1
    await desk.reach(second)
    await desk.roster(COUNTY, second)
    desk.office.clock.at += QUARTER
    assert await desk.round() == [second.id]


async def test_whose_post_ran_out_while_on_duty_is_a_hole(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    async with desk.office.files() as files:
        for post in await files.people.posts(clerk.id):
            await files.people.end(clerk.id, post, desk.office.clock.now() + timedelta(hours=14))
    desk.office.wait(hours=15)
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == [(await desk.person(CITY)).id]


async def test_who_stands_in_is_told_in_the_place_of_whoever_is_away(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    second = await desk.joins("承办人丁", COUNTY)
    await desk.reach(second)
    now = desk.office.clock.now()
    async with desk.office.files() as files:
        await files.absences.add(
            Absence(person=clerk.id, deputy=second.id, since=now, until=now + timedelta(days=2))
        )
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == [second.id]
    desk.office.clock.at += QUARTER
    assert await desk.round() == [(await desk.person(CITY)).id]


async def test_who_is_in_another_unit_now_is_a_hole(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    async with desk.office.files() as files:
        await files.connection.execute(
            update(people).where(people.c.id == clerk.id).values(unit="housing-410402")
        )
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == [(await desk.person(CITY)).id]


async def test_who_left_between_writing_and_sending_gets_no_letter(desk: Desk) -> None:
    await desk.office.office.intake.file(DANGER)
    await raise_alarms(desk.office.office, (), URL)
    await call_out(desk.office.office, WAYS, URL)
    async with desk.office.files() as files:
        await files.connection.execute(memberships.delete().where(memberships.c.unit == COUNTY))

    assert await desk.pumped() == []


async def test_a_hole_falls_to_who_leads_the_unit(desk: Desk) -> None:
    lead = await desk.joins("分管领导戊", COUNTY, Role.LEADER)
    await desk.reach(lead)
    async with desk.office.files() as files:
        (line,) = await files.roster.of(COUNTY)
        await files.roster.drop(COUNTY, line.id)
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == [lead.id]


async def test_without_roster_or_address_it_goes_up_and_to_nobody_at_last(
    office: TestOffice,
) -> None:
    desk = Desk(office)
    await office.office.intake.file(DANGER)
    assert await desk.round() == []
    await desk.reach(await desk.person(PROVINCE))

    office.wait(minutes=30)
    assert await desk.round() == []
    office.wait(minutes=31)
    assert await desk.round() == [(await desk.person(PROVINCE)).id]


async def test_two_workers_at_once_tell_once(desk: Desk) -> None:
    for _ in range(5):
        await desk.office.office.intake.file(DANGER)
    office = desk.office.office

    await asyncio.gather(*(raise_alarms(office, (("mail", "a@b.example"),), URL) for _ in range(4)))
    await asyncio.gather(*(call_out(office, WAYS, URL) for _ in range(4)))

    letters = sorted(await desk.pumped())
    assert letters == sorted(["a", (await desk.person(COUNTY)).id])
    assert len(await desk.told()) == 5


async def test_ten_thousand_at_once_are_one_message_that_says_how_many(
    small_office: TestOffice,
) -> None:
    desk = Desk(small_office)
    clerk = await desk.person(COUNTY)
    await desk.reach(clerk)
    await desk.roster(COUNTY, clerk)
    model = await small_office.office.intake.file(DANGER)
    async with small_office.files() as files:
        query = select(tickets).where(tickets.c.number == model.number)
        row = (await files.connection.execute(query)).one()._mapping
        numbers = [f"MANY{n:06}" for n in range(9_999)]
        await files.connection.execute(insert(tickets), [{**row, "number": n} for n in numbers])
        found = await files.connection.execute(select(boxes).where(boxes.c.ticket == model.number))
        rows = [dict(each._mapping) for each in found]
        await files.connection.execute(
            insert(boxes), [{**each, "ticket": n} for n in numbers for each in rows]
        )

    await raise_alarms(small_office.office, (("mail", "province@b.example"),), URL)
    await call_out(small_office.office, WAYS, URL)
    await desk.pumped()

    assert len(desk.mail.letters) == 2
    assert all("有10000件" in text for _, text in desk.mail.letters)
    ring = await small_office.keyring(clerk)
    token = next(
        found[1]
        for _, text in desk.mail.letters
        if (found := re.search(r"/desk/ack/([\w-]+)", text))
    )
    assert len((await acknowledge(small_office.office, ring, token)).waiting) == 10_000


async def test_what_comes_minutes_later_is_behind_the_same_link(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    await desk.office.office.intake.file(DANGER)
    assert await desk.round() == [clerk.id]
    await desk.office.office.intake.file(DANGER)
    desk.office.wait(minutes=4)
    assert await desk.round() == []
    async with desk.office.reading() as reading:
        assert len((await called(reading, clerk, desk.token())).waiting) == 2

    await acknowledge(desk.office.office, await desk.office.keyring(clerk), desk.token())
    await desk.office.office.intake.file(DANGER)
    assert await desk.round() == [clerk.id]


async def test_the_group_hears_of_it_unless_somebody_in_it_must_stay_away(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    second = await desk.joins("承办人丁", COUNTY)
    ring = await desk.office.keyring(clerk)
    key = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"
    base = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="
    await rostering.set_robot(desk.office.office, ring, f" {base}{key} ")
    await desk.office.office.intake.file(DANGER)
    await desk.round()
    assert [address for address, _ in desk.group.letters] == [key]

    await recusing.declare(
        desk.office.office, await desk.office.keyring(second), COUNTY, reason=Reason.RELATIVE
    )
    await acknowledge(desk.office.office, ring, desk.token())
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == [clerk.id]
    assert len(desk.group.letters) == 1
    async with desk.office.reading() as reading:
        for_groups = select(outbox.c.id).where(outbox.c.channel == WECOM)
        rows = (await reading.connection.execute(for_groups)).all()
    assert len(rows) == 1  # neither sent nor even written


async def test_an_address_is_sealed_to_the_worker_alone(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    async with desk.office.reading() as reading:
        sealed = await reading.ways.sealed(clerk.id, MAIL)
    private = keypair_from_seed(desk.office.store.keys.service("notifier"))[0]

    assert sealed is not None
    assert b"office.example" not in sealed
    assert b"office.example" in open_box(private, sealed)
    assert desk.office.store.house.notifier not in (private, desk.office.store.house.service)


async def test_an_address_put_in_the_place_of_anothers_is_not_written_to(desk: Desk) -> None:
    clerk, city = await desk.person(COUNTY), await desk.person(CITY)
    async with desk.office.files() as files:
        stolen = await files.ways.sealed(city.id, MAIL)
        await files.connection.exec_driver_sql(
            f"UPDATE ways SET sealed = {await literal(files, stolen)} WHERE whose = '{clerk.id}'"
        )
    await desk.office.office.intake.file(DANGER)

    assert await desk.round() == []

    async with desk.office.reading() as reading:
        (way,) = await reading.ways.of([clerk.id])
    assert "打不开" in way.trouble
    desk.office.clock.at += QUARTER
    assert await desk.round() == [city.id]


async def literal(files: object, sealed: bytes | None) -> str:
    assert sealed is not None
    dialect = files.connection.dialect.name  # type: ignore[attr-defined]
    return f"x'{sealed.hex()}'" if dialect == "sqlite" else f"'\\x{sealed.hex()}'::bytea"


async def test_a_test_message_goes_to_himself(desk: Desk) -> None:
    clerk = await desk.person(COUNTY)
    ring = await desk.office.keyring(clerk)

    await alerting.try_out(desk.office.office, ring)
    assert await desk.pumped() == [clerk.id]

    await rostering.set_mail(desk.office.office, ring, "")
    with pytest.raises(BadInput, match="还没有登记邮箱"):
        await alerting.try_out(desk.office.office, ring)


@pytest.mark.parametrize(
    "address",
    ["a@b.example\nBcc: x@y.example", "a@b.example\r", "a b@c.example", "a@b", "@", "<a@b.example>",
     "a@b.example,c@d.example", "x" * 300 + "@b.example", "a@b.example\x00", "支书@b.example"],
)  # fmt: skip
async def test_an_address_that_is_none_is_refused_in_a_sentence(
    small_office: TestOffice, address: str
) -> None:
    desk = Desk(small_office)
    ring = await small_office.keyring(await desk.person(COUNTY))

    if address.strip() == "a@b.example":
        await rostering.set_mail(
            small_office.office, ring, address
        )  # an end of line is no part of it
    else:
        with pytest.raises(BadInput, match="邮箱写得不对"):
            await rostering.set_mail(small_office.office, ring, address)


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.1/x", "https://a.example/cgi-bin/webhook/send?key=", "key", "a\nb" * 9],
)
async def test_a_robot_that_is_none_is_refused_in_a_sentence(
    small_office: TestOffice, address: str
) -> None:
    ring = await small_office.keyring(await Desk(small_office).person(COUNTY))

    with pytest.raises(BadInput, match="群机器人的网址"):
        await rostering.set_robot(small_office.office, ring, address)


async def test_an_account_is_bound_by_whoever_types_the_code_within_its_time(desk: Desk) -> None:
    office, clerk = desk.office.office, await desk.person(COUNTY)
    ring = await desk.office.keyring(clerk)
    old = await rostering.offer_binding(office, ring)
    code = await rostering.offer_binding(office, ring)

    assert not await rostering.bind(office, old, "1")  # another took its place
    assert not await rostering.bind(office, "ABCDEFGH", "1")
    assert await rostering.bind(office, code, "4711")
    assert await rostering.bind(office, code, "4711")  # the same message came again
    assert not await rostering.bind(office, code, "666")
    late = await rostering.offer_binding(office, ring)
    desk.office.clock.at += BINDING_LIVES
    assert not await rostering.bind(office, late, "1")
    async with desk.office.reading() as reading:
        sealed = await reading.ways.sealed(clerk.id, CHAT)
    assert sealed is not None
    assert b"4711" not in sealed
    await rostering.unbind(office, ring)
    async with desk.office.reading() as reading:
        assert await reading.ways.sealed(clerk.id, CHAT) is None


async def test_the_code_of_somebody_who_left_binds_nothing(desk: Desk) -> None:
    office, clerk = desk.office.office, await desk.person(COUNTY)
    await desk.joins("承办人丁", COUNTY)
    code = await rostering.offer_binding(office, await desk.office.keyring(clerk))
    top = await desk.office.keyring(await desk.person(PROVINCE))
    await staffing.remove(office, top, clerk.id)

    assert not await rostering.bind(office, code, "4711")


@pytest.mark.parametrize(
    "words", ["绑定", "绑定 K7M2", "绑定 OOOOIIII", "我要绑定 K7M29QXW", "K7M29QXW"]
)
def test_what_only_looks_like_a_code_is_none(words: str) -> None:
    assert binding_code(words) == ""
    assert binding_code("绑定 k7m2 9qxw") == "K7M29QXW"


async def test_what_goes_to_nobody_who_is_here_is_not_wanted(small_office: TestOffice) -> None:
    clerk = await Desk(small_office).person(COUNTY)
    today = small_office.clock.now().date()
    async with small_office.reading() as reading:
        wanted = [
            await alerting.still_wanted(
                reading, Parcel(channel=MAIL, recipient=recipient, text="t"), today
            )
            for recipient in (f"person {clerk.id}", "person p-0", f"unit {COUNTY}", "")
        ]

    assert wanted == [True, False, False, False]
