"""Who is there in each unit, and what a unit lacks to do its work, with what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from casework.content import Content
from casework.offices import WITHOUT_CASES, Level, Person, Post, Role, Unit
from casework.workdays import SHANGHAI, day_of

#: A post that ends sooner than this is said beforehand.
SOON = timedelta(days=14)


@dataclass(frozen=True, kw_only=True)
class Invited:
    """Somebody who has set no password yet. `until` is when the link that lets him do so ends; None where
    he has none."""

    person: Person
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody who is here. `posts` are those that are not over, the oldest first."""

    id: str
    name: str
    unit: str
    posts: tuple[Post, ...] = ()
    came: bool  # he has set a password
    knows: bool  # he has a box of the unit's key

    def opens_at(self, at: datetime) -> bool:
        """Whether he can open the unit's cases then, if nothing changes until then."""
        reads = any(p.holds_at(at) for p in self.posts if p.role not in WITHOUT_CASES)
        return self.came and self.knows and reads

    def ends_by(self, horizon: datetime) -> Iterator[tuple[Role, datetime]]:
        """Roles that he has no more after a moment before the horizon."""
        for post in self.posts:
            if post.until is None or post.until > horizon:
                continue
            if not any(p.role is post.role and p.holds_at(post.until) for p in self.posts):
                yield post.role, post.until


@dataclass(frozen=True, kw_only=True)
class Team:
    """The people of one unit. `has_key`: cases are sealed to it, whether anybody can open them or not."""

    unit: Unit
    colleagues: tuple[Colleague, ...] = ()
    has_key: bool = False

    def posts(self, now: datetime) -> Mapping[Role, int]:
        """How many have which post, in the order of the roles."""
        held = Counter(
            role
            for each in self.colleagues
            for role in {p.role for p in each.posts if p.holds_at(now)}
        )
        return {role: held[role] for role in Role if held[role]}

    def holders(self, at: datetime) -> tuple[Colleague, ...]:
        """Who can open the unit's cases then."""
        return tuple(each for each in self.colleagues if each.opens_at(at))

    def leaving(self, now: datetime) -> tuple[Colleague, ...]:
        """Who can open the unit's cases today, and cannot any more at some moment within `SOON`."""
        ends = self._ends(now)
        return tuple(c for c in self.holders(now) if any(not c.opens_at(end) for end in ends))

    def last_day(self, now: datetime) -> datetime | None:
        """When the last who can open the unit's cases cannot any more, within `SOON`; None where
        nobody can today, or somebody still can after it."""
        return next((end for end in self._ends(now) if not self.holders(end)), None)

    def _ends(self, now: datetime) -> list[datetime]:
        """When posts end of those who can open the cases today, within `SOON`, the next first."""
        posts = [post for each in self.holders(now) for post in each.posts]
        return sorted(p.until for p in posts if p.until and p.until <= now + SOON)


class Lack(StrEnum):
    """What a unit may lack."""

    SHUT = "shut"  # cases are sealed to it, and nobody can open them
    RUNS_OUT = "runs out"  # so it will be in a few days
    NOBODY = "nobody"
    NO_KEY = "no key"
    ONE_KEY = "one key"
    POST_ENDS = "post ends"
    NO_PHONE = "no phone"
    NO_FACTS = "no facts"

    @property
    def is_grave(self) -> bool:
        return self in (Lack.SHUT, Lack.RUNS_OUT)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing a unit lacks, in words, and what to do. `person` is whose post it is about."""

    lack: Lack
    says: str
    remedy: str
    person: str = ""


def teams(
    units: Iterable[Unit], colleagues: Collection[Colleague], keyed: Collection[str]
) -> dict[str, Team]:
    """Each of the units with its people."""
    of: dict[str, list[Colleague]] = {}
    for each in colleagues:
        of.setdefault(each.unit, []).append(each)
    return {
        unit.id: Team(unit=unit, colleagues=tuple(of.get(unit.id, ())), has_key=unit.id in keyed)
        for unit in units
    }


def problems(team: Team, content: Content, now: datetime) -> tuple[Problem, ...]:
    """What the unit lacks, the gravest first."""
    return (*_of_keys(team, now), *_of_posts(team, now), *_of_county(team.unit, content, now))


def _of_keys(team: Team, now: datetime) -> Iterator[Problem]:
    holders = team.holders(now)
    if not holders and team.has_key:
        yield Problem(
            lack=Lack.SHUT,
            says="有钥匙的人岗位都到期了,它的件没有人打得开。",
            remedy="给有过钥匙的人把岗位续上,他再让别人进来"
            + (";续不上的,请上一级把件改派走。" if team.unit.parent else "。"),
        )
    elif not team.colleagues:
        yield Problem(
            lack=Lack.NOBODY, says=f"还没有人,{_meanwhile(team.unit)}。", remedy="请一位同事来。"
        )
    elif not holders:
        yield Problem(
            lack=Lack.NO_KEY,
            says=f"还没有一位办件的同事拿到钥匙,{_meanwhile(team.unit)}。",
            remedy="请办件的同事打开邀请链接设密码,设过的重新登录一次;链接丢了、过期了,重新发一个。",
        )
    elif end := team.last_day(now):
        yield Problem(
            lack=Lack.RUNS_OUT,
            says=f"过了{_last_day(end)},就没有人打得开它的件了:有钥匙的人岗位都到期。",
            remedy="在那以前把岗位续上,或者再让一位同事进来。",
        )
    if len(holders) == 1:
        yield Problem(
            lack=Lack.ONE_KEY,
            says=f"只有{holders[0].name}一个人有钥匙:他病了、忘了密码,件就没有人打得开。",
            remedy="再请一位同事,设好密码以后让他进来。",
        )


def _meanwhile(unit: Unit) -> str:
    """Where its work goes while nobody can do it."""
    match unit.level:
        case Level.PROVINCE:
            return "全省都收不了反映"
        case Level.TOWNSHIP:
            return "县里的事交不到这里"
        case _:
            return "它的件交给上一级"


def _of_posts(team: Team, now: datetime) -> Iterator[Problem]:
    for each in team.colleagues:
        for role, end in each.ends_by(now + SOON):
            key = ",到期他的钥匙也收回" if each.opens_at(now) and not each.opens_at(end) else ""
            yield Problem(
                lack=Lack.POST_ENDS,
                says=f"{each.name}的“{role.label}”做到{_last_day(end)}{key}。",
                remedy="还要做的,到期以前加一次岗位;不做了的,不用管。",
                person=each.id,
            )


def _of_county(unit: Unit, content: Content, now: datetime) -> Iterator[Problem]:
    if unit.level is not Level.COUNTY:
        return
    county = content.county(unit.area)
    if not content.reach(unit.area, day_of(now)).phone:
        yield Problem(
            lack=Lack.NO_PHONE,
            says="没有登记电话,村里人要打电话找不着它。",
            remedy="在“县里的数”里填。",
        )
    if county.missing and not county.demo:
        yield Problem(
            lack=Lack.NO_FACTS,
            says=f"“县里的数”还差 {len(county.missing)} 个,村里人问到只能听别处的例子。",
            remedy="请县里的人填,另一位复核。",
        )


def _last_day(end: datetime) -> str:
    """The day whose end it is, or the day on which it is: 12月1日."""
    day = (end - timedelta(microseconds=1)).astimezone(SHANGHAI)
    return f"{day.month}月{day.day}日"
