"""What a unit lacks, said with what to do: nobody, no key, one key, a post that runs out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from casework.county import County
from casework.establishment import Colleague, Lack, Team, problems
from casework.offices import Post, Role
from tests.offices import A_MONDAY as NOW
from tests.offices import CONTENT, COUNTY, EVER, PROVINCE

UNIT = CONTENT.organisation[COUNTY]
TOWNSHIP = next(u for u in CONTENT.organisation.units.values() if u.parent == COUNTY)


def one(
    name: str = "甲", *roles: Role, until: datetime | None = None, came: bool = True, knows: bool = True
) -> Colleague:  # fmt: skip
    held = tuple(Post(role=role, since=EVER, until=until) for role in roles or (Role.HANDLER,))
    return Colleague(id=f"p-{name}", name=name, unit=COUNTY, posts=held, came=came, knows=knows)


def team(*colleagues: Colleague, has_key: bool = True) -> Team:
    return Team(unit=UNIT, colleagues=colleagues, has_key=has_key)


def lacks(of: Team) -> list[Lack]:
    return [each.lack for each in problems(of, CONTENT, NOW)]


IN_THREE_DAYS, IN_A_MONTH = NOW + timedelta(days=3), NOW + timedelta(days=30)
AGAIN = Post(role=Role.HANDLER, since=IN_THREE_DAYS)
LATER = Post(role=Role.HANDLER, since=IN_THREE_DAYS + timedelta(days=1))


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (team(one("甲"), one("乙")), []),
        (team(has_key=False), [Lack.NOBODY]),
        (team(one(came=False, knows=False), has_key=False), [Lack.NO_KEY]),
        (team(one("甲", Role.SYSADMIN, knows=False), has_key=False), [Lack.NO_KEY]),
        (team(one("甲"), one("乙", came=False, knows=False)), [Lack.ONE_KEY]),
        (team(one("甲"), one("乙", knows=False)), [Lack.ONE_KEY]),
        (team(one("甲"), one("乙", came=False)), [Lack.ONE_KEY]),  # he forgot his password
        (team(one("甲"), one("乙", Role.SYSADMIN)), [Lack.ONE_KEY]),
        # Posts that ran out: the key is there, and nobody opens it.
        (team(replace(one(), posts=())), [Lack.SHUT]),
        (team(), [Lack.SHUT]),
        # Silently, in three days; and not silently any more.
        (
            team(one(until=IN_THREE_DAYS)),
            [Lack.RUNS_OUT, Lack.ONE_KEY, Lack.POST_ENDS],
        ),
        (
            team(one("甲", until=IN_THREE_DAYS), one("乙", until=IN_THREE_DAYS)),
            [Lack.RUNS_OUT, Lack.POST_ENDS, Lack.POST_ENDS],
        ),
        (team(one("甲", until=IN_THREE_DAYS), one("乙")), [Lack.POST_ENDS]),
        (team(one("甲", until=IN_A_MONTH), one("乙")), []),
        (team(one("甲", until=NOW + timedelta(days=14)), one("乙")), [Lack.POST_ENDS]),
    ],
)  # fmt: skip
def test_what_a_unit_lacks(of: Team, expected: list[Lack]) -> None:
    assert lacks(of) == expected


def test_a_post_that_goes_on_without_a_break_ends_for_nobody() -> None:
    ending = one("甲", until=IN_THREE_DAYS)
    goes_on = replace(ending, posts=(*ending.posts, AGAIN))
    after_a_day = replace(ending, posts=(*ending.posts, LATER))
    another = replace(ending, posts=(*ending.posts, Post(role=Role.APPROVER, since=EVER)))

    assert lacks(team(goes_on, one("乙"))) == []
    assert lacks(team(after_a_day, one("乙"))) == [Lack.POST_ENDS]
    assert lacks(team(another, one("乙"))) == [Lack.POST_ENDS]
    (said,) = problems(team(after_a_day, one("乙")), CONTENT, NOW)
    (kept,) = problems(team(another, one("乙")), CONTENT, NOW)
    assert "钥匙也收回" in said.says
    assert "钥匙" not in kept.says


def test_who_leaves_and_when_the_last_key_goes() -> None:
    soon, later = one("甲", until=IN_THREE_DAYS), one("乙", until=NOW + timedelta(days=9))

    assert team(soon, later).last_day(NOW) == NOW + timedelta(days=9)
    assert team(soon, one("乙")).last_day(NOW) is None
    assert team(soon, one("丙", until=IN_A_MONTH)).leaving(NOW) == (soon,)
    assert team().last_day(NOW) is None


def test_posts_are_counted_by_person_in_the_order_of_the_roles() -> None:
    twice = one("甲", Role.SYSADMIN, Role.HANDLER)
    twice = replace(
        twice, posts=(*twice.posts, Post(role=Role.HANDLER, since=NOW, until=IN_A_MONTH))
    )

    assert list(team(twice, one("乙")).posts(NOW).items()) == [
        (Role.HANDLER, 2),
        (Role.SYSADMIN, 1),
    ]


def test_a_midnight_is_said_as_the_day_before_it_and_grave_things_come_first() -> None:
    midnight = datetime(2026, 11, 5, tzinfo=NOW.tzinfo)

    first, *_ = problems(team(one(until=midnight)), CONTENT, NOW)

    assert first.lack.is_grave
    assert "过了11月4日" in first.says


def test_where_the_work_goes_meanwhile_is_said_for_each_level() -> None:
    offices = CONTENT.organisation
    said = [
        problems(Team(unit=unit, has_key=False), CONTENT, NOW)[0].says
        for unit in (UNIT, TOWNSHIP, offices[PROVINCE])
    ]

    assert ["上一级" in said[0], "县里的事" in said[1], "全省" in said[2]] == [True] * 3


def test_a_county_without_a_phone_or_figures_is_told_and_no_other_level() -> None:
    known = CONTENT.counties[UNIT.area]
    bare = replace(CONTENT, counties={}, organisation=type(CONTENT.organisation).of(
        replace(u, report_phone="") for u in CONTENT.organisation.units.values()
    ))  # fmt: skip

    def of(unit_id: str) -> list[Lack]:
        two = (one("甲"), one("乙"))
        here = Team(unit=bare.organisation[unit_id], colleagues=two, has_key=True)
        return [each.lack for each in problems(here, bare, NOW)]

    assert known.demo
    invented = replace(bare, counties={UNIT.area: County(code=UNIT.area, demo=True)})
    there = Team(unit=UNIT, colleagues=(one("甲"), one("乙")), has_key=True)
    assert [each.lack for each in problems(there, invented, NOW)] == [Lack.NO_PHONE]
    assert of(COUNTY) == [Lack.NO_PHONE, Lack.NO_FACTS]
    assert of(PROVINCE) == of(TOWNSHIP.id) == []
