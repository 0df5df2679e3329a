"""People are invited, come to posts and leave them: one verb, one function, one transaction; and the unit's key with
it.

Who leaves is gone when the first block ends, whether anybody can change the key or not. Then whoever
holds it changes it: the one who let him go, or the next of the unit who signs in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from casework.offices import WITHOUT_CASES, Organisation, Person, Post, Role
from casework.ports import Files, Keyring, Office, Reading
from casework.refusals import BadInput, NotAllowed, NotSignedIn
from casework.sealed_names import pseudonym_of_person
from casework.shelves import KeyChange
from casework.staff import (
    LAST_KEY_LATER,
    LAST_SYSADMIN,
    LEADS,
    LEAVES,
    RESETS,
    Leaving,
    Verb,
    depending_on,
    why_key_stays,
    why_not,
    why_not_into,
    why_not_to,
)
from casework.workdays import SHANGHAI, day_of

#: Stacks of boxes that are sealed anew in one go: 20,000 boxes, one to two seconds (measured).
STACKS_AT_ONCE = 40
GONE = "这位同事已经离岗了,不用再办。"
CAME = "他已经设好密码了,用不着邀请链接。忘了密码的,点“重设密码”。"
#: Letters of a name.
LONGEST_NAME = 40


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Somebody who is to be invited. `line` is where he stands in a table, 0 where there is none."""

    name: str
    unit: str
    roles: frozenset[Role]
    since: date | None = None
    until: date | None = None
    line: int = 0


#: Who was invited, and the token of the link by which he sets his password.
Invitation = tuple[Person, str]


class NotThese(BadInput):
    """Some of many cannot be invited, each with the sentence why by his line; nobody was."""

    def __init__(self, refused: Sequence[tuple[int, str]]) -> None:
        super().__init__(";".join(f"第{line}行:{sentence}" for line, sentence in refused[:5]))
        self.refused = refused


class _Undo(Exception):
    """All was well, and nothing of it stays."""


async def invite(
    office: Office, keyring: Keyring | None, name: str, unit: str, roles: Collection[Role], *,
    until: date | None = None,
) -> Invitation:  # fmt: skip
    """Somebody is to work in a unit, at once or to the end of a day. Whoever has the link alone gets at
    no case where somebody works already."""
    wanted = Wanted(name=name, unit=unit, roles=frozenset(roles), until=until)
    async with office.files() as files:
        by = await _actor(files, keyring)
        await _may_come(files, by, wanted, office)
        return await _comes(files, keyring, wanted, office)


async def invite_all(
    office: Office, keyring: Keyring | None, all_wanted: Sequence[Wanted],
    keep: Callable[[Sequence[Invitation]], None],
) -> None:  # fmt: skip
    """All of them or, with `NotThese`, none. `keep` puts the links where they are kept before anybody is
    invited for good; what it raises undoes all."""
    async with office.files() as files:
        keep(await _all_come(files, keyring, all_wanted, office))


async def try_to_invite(
    office: Office, keyring: Keyring | None, all_wanted: Sequence[Wanted]
) -> None:
    """Whether all of them could be: raises what `invite_all` would, and invites nobody."""
    with suppress(_Undo):
        async with office.files() as files:
            await _all_come(files, keyring, all_wanted, office)
            raise _Undo


async def _all_come(
    files: Files, keyring: Keyring | None, all_wanted: Sequence[Wanted], office: Office
) -> list[Invitation]:
    by = await _actor(files, keyring)
    refused, invited = list[tuple[int, str]](), list[Invitation]()
    # First who may, and then each: the first of an empty unit is no reason to refuse the second.
    for each in all_wanted:
        try:
            await _may_come(files, by, each, office)
        except (BadInput, NotAllowed) as refusal:
            refused.append((each.line, refusal.sentence))
    if refused:
        raise NotThese(refused)
    for each in all_wanted:
        try:
            invited.append(await _comes(files, keyring, each, office))
        except BadInput as refusal:
            refused.append((each.line, refusal.sentence))
    if refused:
        raise NotThese(refused)
    return invited


async def _may_come(files: Files, by: Person | None, wanted: Wanted, office: Office) -> None:
    name = _called(wanted.name)
    if not name or len(name) > LONGEST_NAME:
        raise BadInput(f"请写同事怎么称呼,不超过{LONGEST_NAME}个字。")
    if not wanted.roles:
        raise BadInput("请选他做什么,至少一样。")
    if refusal := why_not_into(by, wanted.unit, office.content.organisation):
        raise NotAllowed(refusal)
    _posts(wanted, office.clock.now())
    if by and wanted.roles - WITHOUT_CASES:
        await _not_alone(files, by, wanted.unit)


async def _comes(
    files: Files, keyring: Keyring | None, wanted: Wanted, office: Office
) -> Invitation:
    now = office.clock.now()
    whom = await files.people.add(_called(wanted.name), wanted.unit, frozenset())
    for post in _posts(wanted, now):
        await files.people.give(whom.id, post)
    token = await files.people.link(whom.id, "invite", now=now)
    _leaf(files, "invited", whom, keyring, office)
    return replace(whom, roles=wanted.roles), token


def _called(name: str) -> str:
    return " ".join(name.split())


def _posts(wanted: Wanted, now: datetime) -> list[Post]:
    return [post_between(role, wanted.since, wanted.until, now) for role in sorted(wanted.roles)]


async def invite_anew(office: Office, keyring: Keyring | None, person: str) -> str:
    """The token of another link for somebody who has not come yet; those of before open nothing."""
    async with office.files() as files:
        _, whom = await _both(files, Verb.INVITE, keyring, person, office)
        if await files.people.has_password(person):
            raise NotAllowed(CAME)
        await files.people.withdraw(person)
        token = await files.people.link(person, "invite", now=office.clock.now())
        _leaf(files, "invited", whom, keyring, office)
    return token


async def withdraw(office: Office, keyring: Keyring | None, person: str) -> None:
    """His invitation opens nothing any more. He stays among the colleagues until he is removed, or gets
    another."""
    async with office.files() as files:
        _, whom = await _both(files, Verb.INVITE, keyring, person, office)
        if await files.people.has_password(person):
            raise NotAllowed(CAME)
        await files.people.withdraw(person)
        _leaf(files, "withdrawn", whom, keyring, office)


async def remove(office: Office, keyring: Keyring | None, person: str) -> Keyring | None:
    """He leaves (离岗). `keyring` is of who does it, None for whoever keeps the machine; his own comes
    back with the unit's new key on it, where he could change it."""
    async with office.files() as files:
        _, whom = await _both(files, Verb.REMOVE, keyring, person, office)
        if await _is_last_sysadmin(files, whom, office):
            raise NotAllowed(LAST_SYSADMIN)
        await _lets_go(files, whom, office)
        await files.people.leaves(whom.id)
        _leaf(files, "removed", whom, keyring, office)
    return await change_locks(office, keyring, whom.unit)


async def move(
    office: Office, keyring: Keyring | None, person: str, to: str, roles: Collection[Role]
) -> Keyring | None:
    """To another unit (调走): he leaves the old one as somebody who leaves, and is a newcomer in the new
    one, with the same password, whom colleagues there let in."""
    now, offices = office.clock.now(), office.content.organisation
    if not roles:
        raise BadInput("请选他到那边做什么。")
    async with office.files() as files:
        by, whom = await _both(files, Verb.MOVE, keyring, person, office)
        if refusal := why_not_to(by, whom, to, offices):
            raise NotAllowed(refusal)
        if by and frozenset(roles) - WITHOUT_CASES:
            await _not_alone(files, by, to)
        if await _is_last_sysadmin(files, whom, office):
            raise NotAllowed(LAST_SYSADMIN)
        await _lets_go(files, whom, office)
        await files.people.moves(whom.id, to)
        for role in sorted(frozenset(roles)):
            await files.people.give(whom.id, Post(role=role, since=now))
        _leaf(files, "moved", whom, keyring, office)
    return await change_locks(office, keyring, whom.unit)


async def reset(office: Office, keyring: Keyring | None, person: str) -> str:
    """He has forgotten his password: what it opened is gone, and the token of a new invitation comes
    back. Colleagues let him in again, so that whoever hands out links gets at no case by one."""
    async with office.files() as files:
        _, whom = await _both(files, Verb.RESET, keyring, person, office)
        await _lets_go(files, whom, office, after=RESETS)
        await files.people.forgets(whom.id)
        token = await files.people.link(whom.id, "invite", now=office.clock.now())
        _leaf(files, "reset", whom, keyring, office)
    await change_locks(office, keyring, whom.unit)
    return token


async def give(
    office: Office, keyring: Keyring | None, person: str, role: Role, *,
    since: date | None = None, until: date | None = None,
) -> None:  # fmt: skip
    """A post from the beginning of a day (from now, where none is named) to the end of another."""
    now = office.clock.now()
    post = post_between(role, since, until, now)
    async with office.files() as files:
        by, whom = await _both(files, Verb.GIVE, keyring, person, office)
        for each in await files.people.posts(person):
            if each.role is role and _overlap(each, post):
                raise NotAllowed(f"“{role.label}”他那时候已经有了。要改日子,先把原来那个定到期。")
        if by and role not in WITHOUT_CASES:
            await _not_alone(files, by, whom.unit)
        await files.people.give(person, post)
        _leaf(files, "given", whom, keyring, office)


async def end(
    office: Office, keyring: Keyring | None, person: str, role: Role, since: datetime, *,
    last: date | None = None,
) -> Keyring | None:  # fmt: skip
    """A post ends with a day, at once where none is named. Who reads no case any more after it is let
    go of the unit's key."""
    now = office.clock.now()
    until = now if last is None else ending(last, now)
    async with office.files() as files:
        _, whom = await _both(files, Verb.END, keyring, person, office)
        posts = await files.people.posts(person)
        post = next((p for p in posts if p.role is role and p.since == since), None)
        if post is None or post.is_over(now):
            raise NotAllowed("这个岗位已经到期了,不用再办。")
        if post.until and until > post.until:
            raise BadInput("只能提前,不能往后推。到期以后还要做的,再加一次。")
        stays = [p for p in posts if p != post and not p.is_over(until)]
        await _may_end(files, whom, post, stays, until, office)
        if last is None and whom.may_read_cases() and not _reads(stays, until):
            await _lets_go(files, whom, office)
            await files.unit_keys.leave(whom.id)
        await files.people.end(person, post, until)
        _leaf(files, "ended", whom, keyring, office)
    return await change_locks(office, keyring, whom.unit)


async def change_locks(
    office: Office, keyring: Keyring | None, unit: str, *, stacks: int = STACKS_AT_ONCE
) -> Keyring | None:
    """A new key for the unit where one is due, and so many stacks of its boxes sealed anew. Whoever holds
    no key of the unit changes nothing. Any number may do it at once."""
    if keyring is None or not keyring.holds(unit):
        return keyring
    async with office.reading() as reading:
        state = await reading.unit_keys.state(unit)
    if state.due:
        async with office.files() as files:
            if changed := await files.unit_keys.change(keyring, unit):
                keyring = changed
                files.leaf("rekeyed", day=day_of(office.clock.now()).isoformat())
    for _ in range(stacks if state.due or state.under_way else 0):
        async with office.reading() as reading:
            stack = await reading.unit_keys.stack(unit)
        if stack is None:
            break
        fresh = await asyncio.to_thread(keyring.sealed_anew, stack)
        async with office.files() as files:
            await files.unit_keys.put_back(fresh)
    return keyring


async def opened(office: Office, token: str) -> KeyChange | None:
    """Whoever has just opened his keys changes his unit's, where it is due; how that stands then."""
    now = office.clock.now()
    async with office.reading() as reading:
        keyring = await reading.people.keyring(token, now=now)
    unit = keyring.person.unit
    if not keyring.holds(unit):
        return None
    await change_locks(office, keyring, unit)
    async with office.reading() as reading:
        return await reading.unit_keys.state(unit)


def post_between(role: Role, since: date | None, until: date | None, now: datetime) -> Post:
    """Days as people write them: the first from midnight, the last to its end."""
    start = starting(since, now)
    end = ending(until, now) if until else None
    if end and end <= start:
        raise BadInput("到期的日子在起始的日子前面,请改一个。")
    return Post(role=role, since=start, until=end)


def starting(since: date | None, now: datetime) -> datetime:
    """The midnight before a day; now, where none is named or it is today."""
    start = now if since in (None, day_of(now)) else _midnight(since or day_of(now))
    if start < now:
        raise BadInput("起始的日子已经过了。写今天或者以后的日子,不写就是现在起。")
    return start


def ending(last: date, now: datetime) -> datetime:
    """The midnight after the last day."""
    if last < day_of(now):
        raise BadInput("到期的日子已经过了。写今天或者以后的日子。")
    return _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


def _overlap(one: Post, other: Post) -> bool:
    return not one.is_over(other.since) and not other.is_over(one.since)


def _reads(posts: list[Post], now: datetime) -> bool:
    """Whether one of them reads cases now: a post that begins later opens nothing today."""
    return any(each.role not in WITHOUT_CASES and each.holds_at(now) for each in posts)


async def _both(
    files: Files, verb: Verb, keyring: Keyring | None, person: str, office: Office
) -> tuple[Person | None, Person]:
    """Who does it and about whom, held; as they are at this moment and not as they were on a page."""
    by = keyring.person.id if keyring else ""
    here = await files.people.held(by, person)
    if keyring and by not in here:
        raise NotSignedIn("登录已经到期,请重新登录。")
    if person not in here:
        await files.people.person(person)
        raise NotAllowed(GONE)
    actor, whom = here.get(by), here[person]
    if actor and (refusal := why_not(verb, actor, whom, office.content.organisation)):
        raise NotAllowed(refusal)
    return actor, whom


async def _actor(files: Files, keyring: Keyring | None) -> Person | None:
    """Who does it, held, as he is at this moment; None keeps the machine."""
    if keyring is None:
        return None
    if found := (await files.people.held(keyring.person.id)).get(keyring.person.id):
        return found
    raise NotSignedIn("登录已经到期,请重新登录。")


async def _not_alone(files: Files, by: Person, unit: str) -> None:
    """Who keeps the accounts does not decide who works on cases, where somebody does who can."""
    working = any(p.may_read_cases() for p in await files.people.in_unit(unit))
    if working and not by.roles & LEADS:
        raise NotAllowed("那里已经有办件的人:办件的岗位由那里或者上级的督办员、分管领导来给。")


async def hanging_on(files: Reading | Files, whom: Person, offices: Organisation) -> Leaving:
    """What hangs on somebody."""
    return Leaving(
        whom=whom,
        knows=await files.unit_keys.knows(whom.id),
        holders=await files.unit_keys.holders(whom.unit),
        unfinished=await files.tickets.unfinished(depending_on(whom.unit, offices)),
    )


async def _lets_go(files: Files, whom: Person, office: Office, *, after: str = LEAVES) -> None:
    """He leaves the unit's key: it is marked to be changed, or given up where nobody else has it."""
    if not await files.unit_keys.knows(whom.id):
        return
    await files.unit_keys.mark(whom.unit)
    offices = office.content.organisation
    hangs = await hanging_on(files, whom, offices)
    if refusal := why_key_stays(hangs, offices, after=after):
        raise NotAllowed(refusal)
    if hangs.is_last:
        await files.unit_keys.give_up(whom.unit)


async def _may_end(
    files: Files, whom: Person, post: Post, stays: list[Post], until: datetime, office: Office
) -> None:
    """Raises `NotAllowed` where the post is the last of a kind that somebody must have."""
    kept = any(p.role is Role.SYSADMIN for p in stays)
    if post.role is Role.SYSADMIN and not kept and await _is_last_sysadmin(files, whom, office):
        raise NotAllowed(LAST_SYSADMIN)
    later = until > office.clock.now() and whom.may_read_cases() and not _reads(stays, until)
    if later and (await hanging_on(files, whom, office.content.organisation)).is_last:
        raise NotAllowed(LAST_KEY_LATER)


async def _is_last_sysadmin(files: Files, whom: Person, office: Office) -> bool:
    """Of the province, where somebody must run the system."""
    there = await files.people.in_unit(office.content.organisation.province.id)
    # Who stands in for one is none when that one has left.
    return {p.id for p in there if Role.SYSADMIN in p.roles - p.lent} == {whom.id}


def _leaf(files: Files, event: str, whom: Person, keyring: Keyring | None, office: Office) -> None:
    by = pseudonym_of_person(keyring.person.id) if keyring else "machine"
    day = day_of(office.clock.now()).isoformat()
    files.leaf(event, person=pseudonym_of_person(whom.id), by=by, day=day)
