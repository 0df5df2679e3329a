"""A code opens a mailbox: it comes after what cannot wait, and into no text that others read."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from casework.actions import reporting
from casework.receipts import HIDDEN, find_code, shown
from casework.reports import Accused
from casework.tickets import THREAT
from tests.bot.conftest import A_PHOTO, Villager, filed, folder_of
from tests.offices import LEAKING_ROOF, PROVINCE, TestOffice

THREATS = ("支书知道是我举报的了,说要找人打俺", "我的名字被漏出去了,村主任来俺家骂")


@pytest.mark.parametrize("threat", THREATS)
@pytest.mark.parametrize("way", ["{threat},编号{code}", "{code} {threat}"])
@pytest.mark.parametrize("before", [(), ("查进度",), ("俺家危房能补多少钱",), ("{code}",)])
async def test_a_threat_beside_a_code_is_filed_as_a_threat(
    villager: Villager, small_office: TestOffice, threat: str, way: str, before: tuple[str, ...]
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)
    for words in before:
        await villager.says(words.format(code=receipt.code))

    told = await villager.says(way.format(threat=threat, code=shown(receipt.code)))

    assert find_code(told) not in (None, receipt.code)
    threats = [t.owner for t in await filed(small_office) if t.category == THREAT]
    assert threats == [PROVINCE]


async def test_danger_beside_a_code_comes_first(
    villager: Villager, small_office: TestOffice
) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    told = await villager.says(f"{receipt.code}没人管,房子要塌了,裂缝越来越大")

    assert "119" in told
    assert "还有人住吗" in told


async def test_a_threat_with_a_photo_is_filed_with_it(
    villager: Villager, small_office: TestOffice
) -> None:
    told = await villager.shows(A_PHOTO, text=THREATS[0])

    assert find_code(told)
    (threat,) = await filed(small_office)
    assert (await folder_of(small_office, threat.number, PROVINCE)).attachments


async def test_a_code_told_in_a_story_reaches_nobody_who_reads_the_story(
    villager: Villager, small_office: TestOffice
) -> None:
    first = await small_office.office.intake.file(LEAKING_ROOF)
    for words in (
        "反映",
        f"上回的编号{shown(first.code)},村里又收了俺3000",
        "鲁山县",
        "去年",
        "对",
    ):
        said = await villager.says(words)
        async with small_office.reading() as reading:
            kept = repr(await reading.talks.load(villager.channel, villager.caller))
        assert find_code(kept) is None
    for words in ("要", "没有", "没有了", "提交"):
        said = await villager.says(words)

    code = find_code(said)
    assert code
    async with small_office.reading() as reading:
        key = await small_office.locks.code(code, caller="")
        letters = (await reading.mailboxes.open(key)).letters
    assert letters[0].text == f"上回的编号{HIDDEN},村里又收了俺3000"


async def test_a_code_in_what_is_added_is_hidden(small_office: TestOffice) -> None:
    receipt = await small_office.office.intake.file(LEAKING_ROOF)

    await reporting.add(small_office.office, receipt.number, f"还是没人来,{receipt.code}")

    async with small_office.reading() as reading:
        key = await small_office.locks.code(receipt.code, caller="")
        letters = (await reading.mailboxes.open(key)).letters
    assert letters[1].text == f"还是没人来,{HIDDEN}"


async def test_no_fact_of_a_report_holds_a_code(small_office: TestOffice) -> None:
    first = await small_office.office.intake.file(LEAKING_ROOF)
    facts = replace(LEAKING_ROOF.facts, evidence=(f"收据和{first.code}",), amounts=(12000, 13000))
    named = Accused(role="村支书", words=f"支书 {shown(first.code)}")

    told = await small_office.office.intake.file(
        replace(LEAKING_ROOF, facts=facts, accused=(named,), when=f"拿到{first.code}以后")
    )

    file = await folder_of(small_office, told.number, PROVINCE)
    async with small_office.reading() as reading:
        (person,) = await reading.people.in_unit(PROVINCE)
    ring = await small_office.keyring(person)
    kept = ring.ticket(file).open("facts", file.fields["facts"])
    assert find_code(kept) is None
    assert json.loads(kept)["amounts"] == [12000, 13000]
