"""The house is told of what cannot wait, once, without a word of it, however much there is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy import update

from casework.actions.reminding import escalate_overdue
from casework.alerts import MAIL, WECOM
from casework.shelves import Parcel
from casework.tickets import THREAT, Kind
from scheduler.alarms import raise_alarms
from scheduler.pump import Pump
from storage.schema import tickets
from tests.offices import LEAKING_ROOF, WITHHELD, TestOffice

URL = "https://xiangsheng.example/desk"
DANGER = replace(LEAKING_ROOF, text="墙要倒了,俺娘在里头", kind=Kind.URGENT)
THREATENED = replace(WITHHELD, text="支书带人来砸门", category=THREAT)
BOTH = ((MAIL, "province@house.example"), (WECOM, "https://robot.example/send?key=k"))


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

    (text,) = await told(office)
    assert "有2件急件" in text
    assert URL in text


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
    (text,) = await told(small_office)
    assert "housing-000000等2个单位" in text


async def test_a_way_that_is_set_later_tells_nobody_of_what_was(small_office: TestOffice) -> None:
    await small_office.office.intake.file(DANGER)
    await raise_alarms(small_office.office, (), URL)

    assert await raise_alarms(small_office.office, BOTH, URL) == 0
    assert await told(small_office) == []
