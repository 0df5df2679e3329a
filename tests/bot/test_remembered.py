"""查 without the code: only for whom agreed, only on a channel that knows her, and gone when she says so."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from bot.reception import Reception
from casework.receipts import find_code
from storage.remembered import KEPT
from storage.schema import remembered
from tests.bot.conftest import Villager
from tests.offices import CONTENT, TestOffice

TEXTS = CONTENT.texts
TOLD = ("支书扣了俺3000块", "鲁山县", "去年", "对", "要", "没有", "没有了", "提交")
REMEMBER, FORGET = TEXTS("status.remember"), TEXTS("status.forget")


async def filed_by(villager: Villager, told: tuple[str, ...] = TOLD) -> str:
    for text in told:
        await villager.says(text)
    return villager.code


async def agreed(villager: Villager) -> str:
    code = await filed_by(villager)
    await villager.says("查进度")
    await villager.says(code)
    await villager.says(REMEMBER)
    await villager.says(TEXTS("status.remember_yes"))
    assert TEXTS("status.remembered") in await villager.says(code)
    return code


async def rows(office: TestOffice) -> list[tuple[bytes, bytes]]:
    async with office.reading() as reading:
        found = await reading.connection.execute(select(remembered.c.id, remembered.c.sealed))
    return [tuple(row) for row in found.all()]


@pytest.fixture(params=["telegram", "wechat"])
def she(reception: Reception, request: pytest.FixtureRequest) -> Villager:
    return Villager(reception, channel=request.param)


async def test_who_did_not_agree_is_asked_for_her_code(
    she: Villager, small_office: TestOffice
) -> None:
    code = await filed_by(she)
    await she.says("查进度")
    await she.says(code)
    await she.says(REMEMBER)
    await she.says(TEXTS("status.remember_no"))

    assert TEXTS("status.code") in await she.says("查")
    assert await rows(small_office) == []


async def test_she_is_told_who_else_could_look_before_she_agrees(she: Villager) -> None:
    code = await filed_by(she)
    await she.says("查进度")
    await she.says(code)

    means = await she.says(REMEMBER)

    assert TEXTS("status.remember_means").strip() in means
    assert means.rstrip().endswith(
        f"1 {TEXTS('status.remember_no')}\n2 {TEXTS('status.remember_yes')}"
    )


async def test_who_agreed_says_查_and_sees_how_it_stands(she: Villager) -> None:
    await agreed(she)

    answer = await she.says("查")

    assert "刚核对过" in answer
    assert TEXTS("status.code") not in answer
    assert find_code(answer) is None
    assert REMEMBER not in answer
    assert FORGET in answer
    assert TEXTS("status.other") in answer


async def test_with_another_code_she_sees_the_other_one(she: Villager) -> None:
    first = await agreed(she)
    second = await filed_by(she, ("施工队偷工减料,墙都裂了", *TOLD[1:3], "包工队", *TOLD[3:]))
    assert second != first
    await she.says("查")

    assert TEXTS("status.code") in await she.says(TEXTS("status.other"))
    answer = await she.says(second)

    assert "刚核对过" in answer


async def test_忘掉_forgets_it_at_once(she: Villager, small_office: TestOffice) -> None:
    await agreed(she)
    await she.says("查")

    assert TEXTS("status.forgotten") in await she.says(FORGET)

    assert await rows(small_office) == []
    assert TEXTS("status.code") in await she.says("查")


async def test_another_account_opens_nothing(she: Villager, reception: Reception) -> None:
    await agreed(she)
    other = Villager(reception, channel=she.channel, caller="7002")

    assert TEXTS("status.code") in await other.says("查")


@pytest.mark.parametrize("channel", ["web", "terminal"])
async def test_where_nobody_knows_her_it_is_not_offered(reception: Reception, channel: str) -> None:
    nobody = Villager(reception, channel=channel)
    code = await filed_by(nobody)
    await nobody.says("查进度")

    assert REMEMBER not in await nobody.says(code)


async def test_nothing_joins_a_threatened_person_to_her_report(
    she: Villager, small_office: TestOffice
) -> None:
    own = await agreed(she)
    await she.says("支书知道是我举报的,来俺家骂俺还要打俺")
    threatened = she.code
    assert threatened != own
    await she.says("查")
    await she.says(TEXTS("status.other"))

    assert REMEMBER not in await she.says(threatened)
    await she.says(TEXTS("status.back"))
    before = await rows(small_office)
    await she.says("查")  # her other report, which her account opens
    await she.says(FORGET)
    await she.says("查")
    await she.says(own)
    await she.says(REMEMBER)
    await she.says(TEXTS("status.remember_yes"))

    assert TEXTS("status.remember_not") in await she.says(threatened)
    assert len(before) == 1
    assert await rows(small_office) == []


async def test_a_code_mistyped_there_is_asked_for_again(she: Villager) -> None:
    code = await filed_by(she)
    await she.says("查进度")
    await she.says(code)
    await she.says(REMEMBER)
    await she.says(TEXTS("status.remember_yes"))
    await she.says("1234")

    assert TEXTS("status.remembered") in await she.says(code)


async def test_it_is_forgotten_after_half_a_year_and_each_visit_begins_it_anew(
    she: Villager, small_office: TestOffice
) -> None:
    await agreed(she)
    small_office.wait(days=KEPT.days - 1)
    assert "刚核对过" in await she.says("查")
    await she.says(TEXTS("status.back"))
    small_office.wait(days=KEPT.days - 1)
    assert "刚核对过" in await she.says("查")
    await she.says(TEXTS("status.back"))

    small_office.wait(days=KEPT.days)
    assert TEXTS("status.code") in await she.says("查")
    await small_office.store.forget(small_office.clock.now())

    assert await rows(small_office) == []


async def test_the_row_alone_opens_nothing_and_names_nobody(
    she: Villager, small_office: TestOffice, tmp_path: Path
) -> None:
    code = await agreed(she)
    digits = "".join(each for each in code if each.isdigit())

    ((name, sealed),) = await rows(small_office)

    for secret in (digits, code, she.caller, she.channel):
        assert secret.encode() not in name + sealed


async def test_no_code_lies_in_the_talk_while_she_agrees(
    she: Villager, small_office: TestOffice
) -> None:
    code = await filed_by(she)
    digits = "".join(each for each in code if each.isdigit())
    for text in ("查进度", code, REMEMBER, TEXTS("status.remember_yes"), code):
        await she.says(text)
        async with small_office.reading() as reading:
            talk = await reading.talks.load(she.channel, she.caller)
        assert code not in repr(talk)
        assert digits not in repr(talk)
