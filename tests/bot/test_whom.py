"""Whom a report is about and who will read it: asked, read back by name, and bound to what was shown."""

from __future__ import annotations

import pytest

from bot.reception import Reception
from casework.refusals import ReadersChanged
from casework.reports import Accused, Report
from casework.routing import ROLES, SITS_AT, UNCLEAR
from casework.tickets import Kind
from tests.bot.conftest import Villager, filed
from tests.offices import CITY, CONTENT, COUNTY, DISCIPLINE, LUSHAN, PROVINCE, TestOffice

COUNTY_NAME, CITY_NAME, PROVINCE_NAME = (
    CONTENT.organisation[unit].name for unit in (COUNTY, CITY, PROVINCE)
)


async def told(villager: Villager, *lines: str) -> str:
    answer = ""
    for line in lines:
        answer = await villager.says(line)
    return answer


def readers_in(answer: str) -> str:
    """The line that names the readers."""
    [line] = [each for each in answer.splitlines() if each.startswith("交上去以后")]
    return line


@pytest.mark.parametrize(
    ("story", "answers", "without"),
    [
        ("村会计收了俺300", ("对", "要", "没有"), ()),
        ("村会计收了俺300", ("对", "要", "县里有"), (COUNTY_NAME,)),
        ("村会计收了俺300,说是县住建局王科长叫收的", ("对", "要", "没有"), (COUNTY_NAME,)),
        ("平顶山市住建局要俺交三千块钱手续费", ("对", "要"), (COUNTY_NAME, CITY_NAME)),
        ("有人收俺三千块钱手续费", ("村里的人", "要", "没有"), ()),
        ("有人收俺三千块钱手续费", ("乡镇的人", "要"), (COUNTY_NAME,)),
        ("有人收俺三千块钱手续费", ("县里的单位或人", "要"), (COUNTY_NAME,)),
        ("有人收俺三千块钱手续费", ("市里、省里的", "市里的", "要"), (COUNTY_NAME, CITY_NAME)),
        ("有人收俺三千块钱手续费", ("包工队、工匠", "要"), ()),
        ("有人收俺三千块钱手续费", ("说不清", "要"), (COUNTY_NAME,)),
        # in her own words, and after words that say nothing
        ("有人收俺三千块钱手续费", ("是县残联的人", "要"), (COUNTY_NAME,)),
        ("有人收俺三千块钱手续费", ("就是他", "不敢说", "怕", "要"), (COUNTY_NAME,)),
    ],
)
async def test_before_提交_she_is_told_by_name_who_will_read_it(
    villager: Villager, story: str, answers: tuple[str, ...], without: tuple[str, ...]
) -> None:
    shown = readers_in(await told(villager, "反映", story, "鲁山县", "去年", *answers, "没有了"))

    for name in (COUNTY_NAME, CITY_NAME, PROVINCE_NAME):
        assert (name in shown) is (name not in without), name


async def test_who_is_said_to_cover_up_does_not_read_it_the_discipline_office_neither(
    villager: Villager,
) -> None:
    story = "县纪委的张书记跟支书是一伙的,扣了俺三千"

    asked = await told(villager, "反映", story, "鲁山县", "去年")
    shown = readers_in(await told(villager, "对", "要", "没有", "没有了"))

    assert "县纪委的张书记、支书" in asked
    assert CITY_NAME in shown
    assert CONTENT.organisation[DISCIPLINE].name not in shown
    assert COUNTY_NAME not in shown


async def test_about_the_province_only_the_discipline_office_and_the_keeper_read_it(
    villager: Villager,
) -> None:
    lines = (
        "反映",
        "有人收俺三千块钱手续费",
        "鲁山县",
        "去年",
        "市里、省里的",
        "说不清",
        "要",
        "没有了",
    )

    shown = readers_in(await told(villager, *lines))

    assert CONTENT.organisation[DISCIPLINE].name in shown
    assert not any(name in shown for name in (COUNTY_NAME, CITY_NAME, PROVINCE_NAME))


@pytest.mark.parametrize(
    "story",
    ["房顶下雨漏水", "新屋墙裂了,施工队不接电话", "补助款没到账", "施工队跑了房子停工没盖完"],
)
async def test_work_that_names_no_official_is_not_asked_about_and_stays_in_the_county(
    villager: Villager, small_office: TestOffice, story: str
) -> None:
    answer = await told(villager, "反映", story, "鲁山县", "去年", "没有了")

    assert COUNTY_NAME in readers_in(answer)
    await villager.says("提交")
    [ticket] = await filed(small_office)
    assert (ticket.owner, ticket.to_discipline) == (COUNTY, False)


async def test_somebody_else_can_be_added_to_whom_was_named(villager: Villager) -> None:
    lines = (
        "反映",
        "村会计收了俺300",
        "鲁山县",
        "去年",
        "还有别人",
        "县里的单位或人",
        "要",
        "没有",
    )

    answer = await told(villager, *lines, "没有了")

    assert "反映的是:村会计、县里的人" in answer
    assert COUNTY_NAME not in readers_in(answer)


async def test_only_an_explicit_不是_takes_somebody_away(villager: Villager) -> None:
    lines = (
        "反映",
        "村会计说是县里王科长叫收300的",
        "鲁山县",
        "去年",
        "有的不是",
        "不是",
        "是",
        "要",
    )

    answer = await told(villager, *lines, "没有", "没有了")

    assert COUNTY_NAME in readers_in(answer)


async def test_she_may_raise_the_floor_after_seeing_the_readers(
    villager: Villager, small_office: TestOffice
) -> None:
    lines = ("反映", "房顶下雨漏水", "鲁山县", "去年", "没有了", "只给市里、省里看")

    answer = await told(villager, *lines)

    assert COUNTY_NAME not in readers_in(answer)
    assert "只给市里、省里看" not in answer
    await villager.says("提交")
    [ticket] = await filed(small_office)
    assert ticket.owner == CITY


async def test_返回_takes_back_the_raised_floor(villager: Villager) -> None:
    lines = ("反映", "房顶下雨漏水", "鲁山县", "去年", "没有了", "只给市里、省里看", "返回")

    assert COUNTY_NAME in readers_in(await told(villager, *lines))


@pytest.mark.parametrize("unit", [CITY, COUNTY])
async def test_when_the_readers_change_before_提交_she_is_asked_again(
    villager: Villager, small_office: TestOffice, unit: str
) -> None:
    """A unit that was shown has lost its key, as after a recovery; and then 提交 holds."""
    await told(villager, "反映", "房顶下雨漏水", "鲁山县", "去年", "没有了")
    async with small_office.files() as files:
        await files.connection.exec_driver_sql(f"DELETE FROM unit_keys WHERE unit = '{unit}'")

    again = await villager.says("提交")

    assert "刚刚变了" in again
    assert CONTENT.organisation[unit].name not in readers_in(again)
    assert "登记好了" in await villager.says("提交")


async def test_a_key_made_after_the_first_report_counts_at_once(
    small_office: TestOffice, reception: Reception
) -> None:
    intake, report = small_office.office.intake, Report(text="漏雨", county=LUSHAN)
    async with small_office.files() as files:
        away = f"UPDATE unit_keys SET unit = 'elsewhere' WHERE unit = '{COUNTY}'"
        await files.connection.exec_driver_sql(away)
    assert COUNTY_NAME not in (await intake.file(report)).readers

    async with small_office.files() as files:  # as another process would
        back = f"UPDATE unit_keys SET unit = '{COUNTY}' WHERE unit = 'elsewhere'"
        await files.connection.exec_driver_sql(back)

    assert COUNTY_NAME in (await intake.file(report)).readers


async def test_the_intake_refuses_a_report_whose_readers_are_others_than_she_was_told(
    small_office: TestOffice,
) -> None:
    about = (Accused(role="county_cadre"),)
    report = Report(text="县里扣钱", county=LUSHAN, kind=Kind.CLUE, accused=about)
    digest = (await small_office.office.intake.way(report)).digest

    with pytest.raises(ReadersChanged):
        await small_office.office.intake.file(
            Report(
                text="县里扣钱", county=LUSHAN, kind=Kind.QUALITY, told=digest, to_discipline=False
            )
        )
    assert await filed(small_office) == []


async def test_a_threat_is_filed_first_and_then_she_is_told_who_can_read_it(
    villager: Villager,
) -> None:
    answer = await villager.says("支书知道是我举报的了,说要找人打俺")

    assert "登记好了" in answer
    assert "能看到您写的是" in answer
    assert COUNTY_NAME not in answer


def test_every_role_can_be_said_in_words() -> None:
    assert all(f"role.{role}" in CONTENT.texts for role in ROLES)
    assert set(SITS_AT) | {UNCLEAR} == set(ROLES)
