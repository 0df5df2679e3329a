"""`staff`: posts, moves, resets and leaving, as whoever keeps the machine types them."""

from __future__ import annotations

import pytest

from casework.actions import staffing
from casework.offices import Role
from runtime.clock import SystemClock
from tests.offices import CITY, COUNTY, TestOffice
from tests.runtime.conftest import House


@pytest.fixture
def two(house: House) -> str:
    """The id of the second who holds the county's key; the first is 承办人丙."""

    async def staffed(office: TestOffice) -> str:
        async with office.reading() as reading:
            (first,) = await reading.people.in_unit(COUNTY)
        second = await office.hire("督办员丁", COUNTY, Role.SUPERVISOR)
        ring = await office.keyring(first)
        async with office.files() as files:
            await files.people.let_in(ring, second.id, now=office.clock.now())
        return second.id

    return house.opened(staffed)


def test_posts_are_given_and_ended_with_their_days(house: House, two: str) -> None:
    given = house.types("staff", "give", two, "--role", "leader", "--until", "2090-12-31")
    twice = house.types("staff", "give", two, "--role", "leader")
    past = house.types("staff", "give", two, "--role", "approver", "--until", "2019-01-01")
    odd = house.types("staff", "end", two, "--role", "leader", "--until", "明年")
    none = house.types("staff", "end", two, "--role", "organiser")
    ended = house.types("staff", "end", two, "--role", "leader")

    assert given.exit_code == 0, given.output
    assert "分管领导" in given.output
    assert "到 2091-01-01 00:00" in given.output
    assert (twice.exit_code, past.exit_code, odd.exit_code, none.exit_code) == (1, 1, 1, 1)
    assert "已经有了" in twice.output
    assert "2026-11-30 这样" in odd.output
    assert ended.exit_code == 0, ended.output
    assert "分管领导" not in ended.output


def test_who_is_let_go_moved_or_reset_at_the_machine_leaves_a_lock_to_be_changed(
    house: House, two: str
) -> None:
    asked = house.types("staff", "remove", two, stdin="n\n")
    moved = house.types("staff", "move", two, "--unit", CITY, "--role", "handler")
    nowhere = house.types("staff", "move", two, "--unit", "housing-999999", "--role", "handler")
    reset = house.types("staff", "reset", two, "--yes")
    gone = house.types("staff", "remove", two, "--yes")
    again = house.types("staff", "remove", two, "--yes")

    assert asked.exit_code == 1
    assert f"{COUNTY} 还没换锁" in moved.output
    assert "没有这个单位" in nowhere.output
    assert "/desk/invite/" in reset.output
    assert "已经离岗" in gone.output
    assert again.exit_code == 1
    assert "没有叫" in again.output

    async def signs_in(office: TestOffice) -> bool:
        office.clock.at = SystemClock().now()
        async with office.reading() as reading:
            (first,) = await reading.people.in_unit(COUNTY)
        state = await staffing.opened(office.office, await office.signs_in(first))
        return state is not None and not state.due

    assert house.opened(signs_in)


def test_a_table_of_people_becomes_invitations_in_a_file_that_only_the_owner_reads(
    house: House, two: str
) -> None:
    table, links = house.folder.parent / "人.csv", house.folder.parent / "链接.xlsx"
    table.write_text(
        f"姓名,单位,岗位,从,到\n王芳,{COUNTY},承办人,,\n李四,{COUNTY},督办员,,\n", "utf-8"
    )

    tried = house.types("import", "people", table, "--dry-run")
    nowhere = house.types("import", "people", table)
    lost = house.types("import", "people", table, "--links", house.folder / "没有" / "链接.xlsx")
    before = house.types("staff", "list")
    done = house.types("import", "people", table, "--links", links)
    again = house.types("import", "people", table, "--links", links)
    twice = house.types("import", "people", table, "--links", links.with_name("再来.xlsx"))

    assert "检查过了,2 人" in tried.output
    assert (nowhere.exit_code, lost.exit_code, again.exit_code, twice.exit_code) == (1, 1, 1, 1)
    assert "--links" in nowhere.output
    assert "还没有的" in again.output  # the links of the first are not overwritten
    assert "一个人也没有请" in lost.output
    assert "王芳" not in before.output
    assert done.exit_code == 0, done.output
    assert links.stat().st_mode & 0o077 == 0
    assert "第2行:那里已经有一位叫王芳的" in twice.output
    assert not links.with_name("再来.xlsx").exists()
    assert house.types("staff", "list").output.count("王芳") == 1
