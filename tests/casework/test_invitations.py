"""Who may invite whom into which unit, and what an invitation opens: once, for a week, until withdrawn."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from casework.actions import staffing
from casework.offices import Person, Role
from casework.ports import Keyring
from casework.refusals import BadInput, NotAllowed, NotSignedIn, Refusal
from tests.offices import CITY, COUNTY, DISCIPLINE, PASSWORD, PROVINCE, TestOffice

EMPTY = "housing-410422"
FRESH = "秋天的高粱红彤彤的一片"


async def ring_of(office: TestOffice, unit: str) -> Keyring:
    async with office.reading() as reading:
        first, *_ = await reading.people.in_unit(unit)
    return await office.keyring(first)


async def runner(office: TestOffice, unit: str) -> Keyring:
    """Somebody who keeps the accounts of a unit and works on no case."""
    return await office.keyring(await office.hire(f"管账号的{unit}", unit, Role.SYSADMIN))


async def comes(office: TestOffice, token: str, password: str = FRESH) -> Person:
    """He opens the link and sets his password, as the page does it."""
    key = await office.locks.new_password(password, caller="")
    async with office.files() as files:
        session = await files.people.use_link(token, "invite", now=office.clock.now())
        await files.people.set_password(session.token, key, now=office.clock.now())
    async with office.reading() as reading:
        return await reading.people.person(session.person)


async def open_ones(office: TestOffice, unit: str) -> dict[str, bool]:
    """Who has not come yet, and whether a link lets him."""
    async with office.reading() as reading:
        found = await reading.people.invited([unit])
    return {each.person.name: each.until is not None for each in found}


async def test_the_city_invites_the_first_of_a_county_who_makes_its_key(office: TestOffice) -> None:
    city = await ring_of(office, CITY)

    whom, token = await staffing.invite(
        office.office, city, "  头一个人 ", EMPTY, {Role.HANDLER, Role.SUPERVISOR},
        until=office.clock.now().date() + timedelta(days=30),
    )  # fmt: skip
    before = await open_ones(office, EMPTY)
    came = await comes(office, token)

    assert (came.name, came.unit, came.roles) == ("头一个人", EMPTY, whom.roles)
    assert before == {"头一个人": True}
    assert await open_ones(office, EMPTY) == {}
    async with office.reading() as reading:
        assert await reading.unit_keys.holders(EMPTY) == {whom.id}
        posts = await reading.people.posts(whom.id)
    assert {post.until.isoformat() for post in posts if post.until} == {"2026-12-02T16:00:00+00:00"}
    assert len(posts) == 2


async def test_who_keeps_the_accounts_alone_gives_no_case_post_where_somebody_works(
    office: TestOffice,
) -> None:
    here, above = await runner(office, COUNTY), await runner(office, PROVINCE)

    for by in (here, above):
        with pytest.raises(NotAllowed, match="督办员"):
            await staffing.invite(office.office, by, "自己人", COUNTY, {Role.HANDLER})
        with pytest.raises(NotAllowed, match="督办员"):
            await staffing.invite(office.office, by, "自己人", COUNTY, {Role.SYSADMIN, Role.LEADER})
    await staffing.invite(office.office, here, "另一位管账号的", COUNTY, {Role.SYSADMIN})
    await staffing.invite(office.office, above, "头一个人", EMPTY, {Role.HANDLER})
    with pytest.raises(NotAllowed, match="督办员"):  # he has not come yet, and works there
        await staffing.invite(office.office, above, "第二个人", EMPTY, {Role.HANDLER})
    both = await office.keyring(await office.hire("又管账号", COUNTY, Role.SYSADMIN, Role.LEADER))
    await staffing.invite(office.office, both, "办件的", COUNTY, {Role.HANDLER})
    await staffing.invite(office.office, None, "管机器的请的", COUNTY, {Role.HANDLER})


@pytest.mark.parametrize(
    ("unit", "sentence"),
    [(PROVINCE, "下级"), ("housing-4110", "下级"), ("housing-411025", "下级"),
     ("housing-999999", "没有这个单位"), ("", "没有这个单位"), (DISCIPLINE, "没有这个单位")],
)  # fmt: skip
async def test_into_no_unit_that_is_not_under_ones_own(
    office: TestOffice, unit: str, sentence: str
) -> None:
    city = await ring_of(office, CITY)

    with pytest.raises(NotAllowed, match=sentence):
        await staffing.invite(office.office, city, "新来的", unit, {Role.HANDLER})


async def test_only_who_leads_or_runs_a_unit_invites(office: TestOffice) -> None:
    handler = await ring_of(office, COUNTY)

    with pytest.raises(NotAllowed, match="督办员、分管领导或者系统管理员"):
        await staffing.invite(office.office, handler, "新来的", COUNTY, {Role.HANDLER})


async def test_what_is_missing_or_there_already_is_said_and_nobody_is_added(
    office: TestOffice,
) -> None:
    city, yesterday = await ring_of(office, CITY), office.clock.now().date() - timedelta(days=1)
    async with office.reading() as reading:
        before = {each.id for each in await reading.people.all()}

    with pytest.raises(BadInput, match="称呼"):
        await staffing.invite(office.office, city, " \n ", COUNTY, {Role.HANDLER})
    with pytest.raises(BadInput, match="称呼"):
        await staffing.invite(office.office, city, "长" * 41, COUNTY, {Role.HANDLER})
    with pytest.raises(BadInput, match="做什么"):
        await staffing.invite(office.office, city, "新来的", COUNTY, ())
    with pytest.raises(BadInput, match="已经过了"):
        await staffing.invite(
            office.office, city, "新来的", COUNTY, {Role.HANDLER}, until=yesterday
        )
    with pytest.raises(BadInput, match=r"已经有一位叫承办人丙的.*分得清"):
        await staffing.invite(office.office, city, " 承办人丙", COUNTY, {Role.HANDLER})

    async with office.reading() as reading:
        assert {each.id for each in await reading.people.all()} == before


async def test_two_of_one_name_in_two_units_both_come(office: TestOffice) -> None:
    city = await ring_of(office, CITY)

    for unit in (COUNTY, EMPTY):
        _, token = await staffing.invite(office.office, city, "王芳", unit, {Role.HANDLER})
        await comes(office, token, f"{FRESH}{unit}")

    async with office.reading() as reading:
        assert len(await reading.people.called("王芳")) == 2


async def test_pressed_twice_at_once_there_is_one(office: TestOffice) -> None:
    city = await ring_of(office, CITY)

    results = await asyncio.gather(
        *(staffing.invite(office.office, city, "新来的", COUNTY, {Role.HANDLER}) for _ in range(3)),
        return_exceptions=True,
    )

    assert sum(isinstance(each, tuple) for each in results) == 1
    assert sum(isinstance(each, BadInput) for each in results) == 2


async def test_a_link_works_once_for_a_week_and_not_after_it_was_withdrawn(
    office: TestOffice,
) -> None:
    city = await ring_of(office, CITY)
    invited = [
        await staffing.invite(office.office, city, name, COUNTY, {Role.HANDLER})
        for name in ("来的", "收回的", "晚来的")
    ]
    (_, came), (withdrawn, gone), (late, stale) = invited

    await comes(office, came)
    await staffing.withdraw(office.office, city, withdrawn.id)
    office.wait(days=7, seconds=1)
    city = await ring_of(office, CITY)

    for token in (came, gone, stale):
        with pytest.raises(NotSignedIn, match="用过、过期或者收回"):
            await comes(office, token)
    assert await open_ones(office, COUNTY) == {"收回的": False, "晚来的": False}
    for whom in (withdrawn, late):
        fresh = await staffing.invite_anew(office.office, city, whom.id)
        assert (await comes(office, fresh)).id == whom.id


async def test_a_link_made_anew_shuts_the_one_before(office: TestOffice) -> None:
    city = await ring_of(office, CITY)
    whom, lost = await staffing.invite(office.office, city, "丢了的", COUNTY, {Role.HANDLER})

    fresh = await staffing.invite_anew(office.office, city, whom.id)

    with pytest.raises(NotSignedIn):
        await comes(office, lost)
    assert (await comes(office, fresh)).id == whom.id


async def test_who_has_come_is_neither_invited_anew_nor_withdrawn(office: TestOffice) -> None:
    city = await ring_of(office, CITY)
    whom, token = await staffing.invite(office.office, city, "来了的", COUNTY, {Role.HANDLER})
    await comes(office, token)

    for act in (staffing.invite_anew, staffing.withdraw):
        with pytest.raises(NotAllowed, match="重设密码"):
            await act(office.office, city, whom.id)


async def test_another_units_invitations_are_nobodys_business(office: TestOffice) -> None:
    city, elsewhere = await ring_of(office, CITY), await office.hire(
        "那边的", "housing-4110", Role.SUPERVISOR
    )  # fmt: skip
    whom, token = await staffing.invite(office.office, city, "新来的", COUNTY, {Role.HANDLER})
    other = await office.keyring(elsewhere)

    for act in (staffing.invite_anew, staffing.withdraw):
        with pytest.raises(NotAllowed, match="上级单位"):
            await act(office.office, other, whom.id)
        with pytest.raises(Refusal):
            await act(office.office, city, "p-nobody")
    assert (await comes(office, token)).id == whom.id


async def test_who_was_removed_with_his_page_open_invites_nobody(office: TestOffice) -> None:
    second = await office.hire("督办员丁", CITY, Role.SUPERVISOR)
    old = await office.keyring(second)
    await staffing.remove(office.office, None, second.id)

    with pytest.raises(NotSignedIn):
        await staffing.invite(office.office, old, "新来的", COUNTY, {Role.HANDLER})


async def test_withdrawing_and_coming_at_once_leaves_one_of_the_two(office: TestOffice) -> None:
    city = await ring_of(office, CITY)
    whom, token = await staffing.invite(office.office, city, "新来的", COUNTY, {Role.HANDLER})

    came, withdrawn = await asyncio.gather(
        comes(office, token, PASSWORD), staffing.withdraw(office.office, city, whom.id),
        return_exceptions=True,
    )  # fmt: skip

    async with office.reading() as reading:
        has = await reading.people.has_password(whom.id)
    assert has == isinstance(came, Person) == isinstance(withdrawn, NotAllowed)


async def test_who_is_counted_is_of_the_units_asked_about_with_posts_that_are_not_over(
    office: TestOffice,
) -> None:
    now = office.clock.now()
    async with office.files() as files:
        (whom,) = await files.people.in_unit(COUNTY)
        held = await files.people.posts(whom.id)
        await files.people.end(whom.id, held[0], now)
        await files.people.add("没有岗位的", COUNTY, frozenset())

    async with office.reading() as reading:
        found = {each.name: each for each in await reading.people.colleagues([COUNTY])}
    assert set(found) == {"承办人丙", "没有岗位的"}
    assert found["承办人丙"].posts == tuple(held[1:])
    assert found["承办人丙"].opens_at(office.clock.now())
    assert (found["没有岗位的"].posts, found["没有岗位的"].came) == ((), False)
