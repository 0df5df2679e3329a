"""Who is away (请假) from when until when, and who stands in for him (代班).

A deputy has, beside his own, the posts of the one who is away, while both are so. Who did what stays
his: four eyes look at persons. Nobody stands in for a deputy: where he cannot, there is a hole, and it is
said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from casework.offices import Organisation, Person
from casework.staff import LEADS, is_over
from casework.workdays import SHANGHAI


@dataclass(frozen=True, kw_only=True)
class Absence:
    """One person is away, from a moment until another, and a colleague of his unit stands in."""

    person: str
    deputy: str
    since: datetime
    until: datetime

    def overlaps(self, since: datetime, until: datetime) -> bool:
        return self.since < until and since < self.until


def why_not_declare(by: Person, whom: Person, offices: Organisation) -> str:
    """The sentence that refuses to enter or to end somebody's absence, '' when he may."""
    if by.id == whom.id or (by.roles & LEADS and is_over(by, whom.unit, offices)):
        return ""
    return "请假由本人登记,或者由他本单位和上级单位的督办员、分管领导登记。"


def why_no_deputy(whom: Person, deputy: Person | None, *, holds_key: bool) -> str:
    """The sentence that refuses somebody as a deputy, '' when he can be one. None has left."""
    if deputy is None or deputy.unit != whom.unit:
        return "代班的要是他本单位的同事,请换一位。"
    if deputy.id == whom.id:
        return "自己不能替自己代班,请换一位。"
    if not whom.may_read_cases():
        return ""
    if not deputy.may_read_cases():
        return f"{deputy.name}没有办件的岗位,看不到件,代不了。请换一位。"
    if not holds_key:
        return f"{deputy.name}还没有本单位的钥匙,看不到件。先在“同事”页让他进来,或者换一位。"
    return ""


def why_not_then(
    since: datetime, until: datetime, whom: Person, deputy: Person, absences: Iterable[Absence]
) -> str:
    """The sentence that refuses an absence beside those of these two that stand, '' when it fits."""
    there = [each for each in absences if each.overlaps(since, until)]
    if any(each.person == whom.id for each in there):
        return f"{whom.name}那几天已经请过假。要改,先把那一次提前结束。"
    for each in there:
        if each.person != deputy.id:
            continue
        if each.deputy == whom.id:
            return f"{deputy.name}那几天请假,说好由{whom.name}代班:两个人不能互相代。请换一位。"
        return f"{deputy.name}那几天自己也请假,代不了。请换一位。"
    return ""


def hole(absence: Absence, here: Mapping[str, Person], absences: Iterable[Absence]) -> str:
    """Why nobody stands in, '' where somebody does. `here` are those of the unit by id."""
    whom, deputy = here.get(absence.person), here.get(absence.deputy)
    if deputy is None:
        return "说好代班的人已经不在本单位了"
    if whom and whom.may_read_cases() and not deputy.may_read_cases():
        return f"说好代班的{deputy.name}没有办件的岗位了"
    for each in absences:
        if each.person == deputy.id and each.overlaps(absence.since, absence.until):
            both = max(each.since, absence.since), min(each.until, absence.until)
            return f"{days(*both)}说好代班的{deputy.name}也请假"
    return ""


def days(since: datetime, until: datetime) -> str:
    """From the first day to the last: 12月1日到12月5日; a midnight ends the day before it."""
    first, last = (
        since.astimezone(SHANGHAI),
        (until - timedelta(microseconds=1)).astimezone(SHANGHAI),
    )
    if first.date() == last.date():
        return f"{first.month}月{first.day}日"
    return f"{first.month}月{first.day}日到{last.month}月{last.day}日"
