"""Staff: links that sign in, passwords that open a person's key, keys that open a unit's."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Select, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.establishment import Colleague, Invited
from casework.offices import Person, Post, Role
from casework.ports import Keyring
from casework.ports.locks import PasswordKey
from casework.refusals import BadInput, NotAllowed, NotSignedIn
from casework.shelves import SignIn
from papers.envelope import (
    EnvelopeError,
    new_keypair,
    open_box,
    open_under,
    public_of,
    seal_to,
    seal_under,
)
from storage.posts import PostShelf, staff
from storage.rows import insert_new, person_from_row
from storage.schema import (
    absences,
    earlier_keys,
    let_ins,
    links,
    memberships,
    people,
    posts,
    sessions,
    tickets,
    unit_keys,
)
from storage.sealing import Ring
from storage.unit_keys import UnitKeyShelf

LINK_LIVES = {"login": timedelta(minutes=10), "invite": timedelta(days=7)}
USED = "这个链接已经用过、过期或者收回了。设过密码的,在这里用姓名和密码登录;没设过的,请给您链接的人重新发一个。"
#: How many colleagues must say yes to a newcomer, where there are so many.
NEEDED = 2
SESSION_LIVES = timedelta(hours=8)
SESSION_IDLES = timedelta(minutes=60)


def split(token: str) -> tuple[bytes, bytes]:
    """A session token: the half that finds the row, and the half that opens its key."""
    try:
        raw = base64.urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
    except ValueError:
        raise NotSignedIn("请重新登录。") from None
    if len(raw) != 48:
        raise NotSignedIn("请重新登录。")
    return sha256(raw[:16]).digest(), raw[16:]


class PeopleShelf:
    """People, their links and sessions, and who holds which unit's key."""

    def __init__(self, connection: AsyncConnection, demo: DemoKeys | None, now: datetime) -> None:
        self._c, self._demo, self._now = connection, demo, now
        self._posts = PostShelf(connection)

    async def person(self, person: str) -> Person:
        """Whoever left too: the history keeps his name."""
        query = staff(self._now).where(people.c.id == person)
        row = (await self._c.execute(query)).one_or_none()
        if row is None:
            raise BadInput(f"没有这个人:{person}")
        return person_from_row(row)

    async def in_unit(self, unit: str) -> Sequence[Person]:
        rows = await self._c.execute(self._here().where(people.c.unit == unit))
        return [person_from_row(row) for row in rows.all()]

    async def with_key(self, unit: str) -> Sequence[Person]:
        rows = await self._c.execute(
            self._here()
            .join(memberships, memberships.c.person == people.c.id)
            .where(people.c.unit == unit, memberships.c.unit == unit)
            .order_by(people.c.id)
        )
        found = [person_from_row(row) for row in rows.all()]
        return [person for person in found if person.may_read_cases()]

    async def all(self) -> Sequence[Person]:
        rows = await self._c.execute(self._here().order_by(people.c.unit, people.c.name))
        return [person_from_row(row) for row in rows.all()]

    async def posts(self, person: str) -> Sequence[Post]:
        return await self._posts.of(person)

    async def held(self, *ids: str) -> Mapping[str, Person]:
        """Those of them who are here, as they are now. Nobody else changes who they are, or lets them
        go, until the block ends: of two who let each other go, the second finds himself gone."""
        held = select(people.c.id).where(people.c.id.in_(ids)).order_by(people.c.id)
        await self._c.execute(held.with_for_update())
        rows = (await self._c.execute(self._here().where(people.c.id.in_(ids)))).all()
        return {row.id: person_from_row(row) for row in rows}

    def _here(self) -> Select[Any]:
        return staff(self._now).where(people.c.gone_at.is_(None))

    async def waiting_for_key(self, unit: str) -> Sequence[Person]:
        """Colleagues who work on cases, set a password and hold no key of the unit yet."""
        let_in = select(memberships.c.person).where(memberships.c.unit == unit)
        rows = await self._c.execute(
            self._here()
            .where(people.c.unit == unit, people.c.public.is_not(None))
            .where(people.c.id.not_in(let_in))
        )
        found = [person_from_row(row) for row in rows.all()]
        return [person for person in found if person.may_read_cases()]

    async def invited(self, units: Collection[str]) -> Sequence[Invited]:
        """Those who have set no password yet, and until when a link lets them in."""
        until = (
            select(func.max(links.c.until))
            .where(links.c.person == people.c.id, links.c.purpose == "invite")
            .where(links.c.used.is_(False), links.c.until > self._now)
            .scalar_subquery()
        )
        query = (
            staff(self._now, until.label("until"))
            .where(people.c.gone_at.is_(None), people.c.public.is_(None))
            .where(people.c.unit.in_(units))
            .order_by(people.c.unit, people.c.name)
        )
        rows = (await self._c.execute(query)).all()
        return [Invited(person=person_from_row(row), until=row.until) for row in rows]

    async def colleagues(self, units: Collection[str]) -> Sequence[Colleague]:
        """Those who are here, with what they hold: one statement for any number of units."""
        theirs = (memberships.c.person == people.c.id) & (memberships.c.unit == people.c.unit)
        standing = (posts.c.person == people.c.id) & or_(
            posts.c.until.is_(None), posts.c.until > self._now
        )
        query = (
            select(
                people.c.id, people.c.name, people.c.unit, people.c.public.is_not(None).label("came"),
                memberships.c.unit.is_not(None).label("knows"), posts.c.role, posts.c.since,
                posts.c.until,
            )
            .select_from(people.outerjoin(memberships, theirs).outerjoin(posts, standing))
            .where(people.c.gone_at.is_(None), people.c.unit.in_(units))
            .order_by(people.c.unit, people.c.name, people.c.id, posts.c.since, posts.c.role)
        )  # fmt: skip
        found: dict[str, Colleague] = {}
        for row in (await self._c.execute(query)).all():
            before = found.get(row.id) or Colleague(
                id=row.id, name=row.name, unit=row.unit, came=row.came, knows=row.knows
            )
            post = (
                (Post(role=Role(row.role), since=row.since, until=row.until),) if row.role else ()
            )
            found[row.id] = replace(before, posts=(*before.posts, *post))
        return list(found.values())

    async def withdraw(self, person: str) -> None:
        await self._c.execute(
            delete(links).where(links.c.person == person, links.c.purpose == "invite")
        )

    async def said_yes(self, person: str) -> Sequence[str]:
        """Ids of the colleagues who have said yes to a newcomer."""
        query = select(let_ins.c.by).where(let_ins.c.person == person).order_by(let_ins.c.at)
        return list((await self._c.execute(query)).scalars())

    async def called(self, name: str) -> Sequence[tuple[str, bytes]]:
        """(id, salt) of those who may sign in under a name, or under an id; several units may have
        one of that name."""
        query = select(people.c.id, people.c.salt).where(
            (people.c.name == name) | (people.c.id == name), people.c.salt.is_not(None),
            people.c.gone_at.is_(None),
        )  # fmt: skip
        return [(row.id, bytes(row.salt)) for row in (await self._c.execute(query)).all()]

    async def sign_in(self, person: str, password: PasswordKey, *, now: datetime) -> SignIn:
        """Name and password: cases are open at once. Raises `NotSignedIn`."""
        await self.held(person)
        row = await self._row(person)
        try:
            private = open_under(password.key, row.wrapped or b"", "member")
        except EnvelopeError:
            raise NotSignedIn("姓名或者密码不对。") from None
        await self._first_key(person_from_row(row), row.public, now)
        return await self._open_session(person, private, now=now)

    async def has_password(self, person: str) -> bool:
        """Whether the person has come in once; before, only an invitation lets him in."""
        return (await self._row(person)).public is not None

    async def add(self, name: str, unit: str, roles: frozenset[Role]) -> Person:
        person = Person(id=f"p-{secrets.token_hex(4)}", name=name, unit=unit, roles=roles)
        result = await self._c.execute(
            insert_new(self._c, people).values(id=person.id, name=name, unit=unit)
        )
        if result.rowcount != 1:
            raise BadInput(
                f"那里已经有一位叫{name}的。是同一个人,不用再请:链接丢了就重新发;"
                f"是另一个人,写个分得清的称呼,像“{name}(质安站)”。"
            )
        for role in roles:
            await self._posts.give(person.id, Post(role=role, since=self._now))
        return person

    async def give(self, person: str, post: Post) -> None:
        if not await self._posts.give(person, post):
            raise NotAllowed("同一时候起的这个岗位他已经有了。")

    async def end(self, person: str, post: Post, until: datetime) -> None:
        await self._posts.end(person, post, until)

    async def leaves(self, person: str) -> None:
        """He is here no more: no session, no link and no box of a key is left, and no password of his
        opens anything. His name stays for the history, and of what he had in hand nobody has it."""
        await self._end_posts(person)
        await self._shut_out(person)
        await self._lay_down(person)
        await self._c.execute(
            update(people)
            .where(people.c.id == person)
            .values(public=None, wrapped=None, salt=None, gone_at=self._now)
        )

    async def moves(self, person: str, to: str) -> None:
        """He is of another unit, without a post and signed out. Raises `BadInput` where somebody there is
        called like him."""
        await self._end_posts(person)
        await self._shut_out(person)
        await self._lay_down(person)
        try:
            await self._c.execute(update(people).where(people.c.id == person).values(unit=to))
        except IntegrityError:
            raise BadInput(
                "那边已经有一位同名的同事,分不清谁是谁,调不过去。可以这边办离岗,那边换一个称呼再请他来。"
            ) from None

    async def forgets(self, person: str) -> None:
        """His password opens nothing any more, and he is signed out; an invitation lets him set another."""
        await self._shut_out(person)
        await self._c.execute(
            update(people).where(people.c.id == person).values(public=None, wrapped=None, salt=None)
        )

    async def _end_posts(self, person: str) -> None:
        for post in await self._posts.of(person):
            if not post.is_over(self._now):
                await self._posts.end(person, post, self._now)
        # Nor does anybody stand in for him, should he come back.
        mine = (absences.c.person == person) & (absences.c.until > self._now)
        await self._c.execute(delete(absences).where(mine, absences.c.since >= self._now))
        await self._c.execute(update(absences).where(mine).values(until=self._now))

    async def _shut_out(self, person: str) -> None:
        for table in (sessions, links, memberships):
            await self._c.execute(delete(table).where(table.c.person == person))
        either = or_(let_ins.c.person == person, let_ins.c.by == person)
        await self._c.execute(delete(let_ins).where(either))

    async def _lay_down(self, person: str) -> None:
        """Nobody has what he had in hand."""
        # Another version: whoever is in the middle of a step with the ticket as it was is told.
        await self._c.execute(
            update(tickets)
            .where(tickets.c.handler == person, tickets.c.open)
            .values(handler="", version=tickets.c.version + 1)
        )

    async def link(self, person: str, purpose: str, *, now: datetime) -> str:
        if person not in await self.held(person):
            raise BadInput(f"没有这个人,或者已经离岗:{person}")
        token = secrets.token_urlsafe(24)
        await self._c.execute(
            links.insert().values(
                token_hash=sha256(token.encode()).digest(),
                person=person,
                purpose=purpose,
                until=now + LINK_LIVES[purpose],
                used=False,
            )
        )
        return token

    async def use_link(self, token: str, purpose: str, *, now: datetime) -> SignIn:
        """A link works once. It signs in; cases open after the password (in the demo at once)."""
        digest = sha256(token.encode()).digest()
        whose = select(links.c.person).where(links.c.token_hash == digest)
        # He first and then the link, as where somebody lets him go.
        await self.held((await self._c.execute(whose)).scalar_one_or_none() or "")
        used = await self._c.execute(
            update(links)
            .where(links.c.token_hash == digest)
            .where(links.c.purpose == purpose, links.c.used.is_(False), links.c.until > now)
            .values(used=True)
            .returning(links.c.person)
        )
        person = used.scalar_one_or_none()
        if person is None:
            raise NotSignedIn(USED)
        return await self._open_session(person, await self._demo_key(person), now=now)

    async def _demo_key(self, person: str) -> bytes | None:
        """In the demo a link opens cases at once, while he has the key that the demo made for him."""
        private = self._demo.private(person) if self._demo else None
        if private is None:
            return None
        public = (await self._row(person)).public
        return private if public == public_of(private) else None

    async def _open_session(self, person: str, private: bytes | None, *, now: datetime) -> SignIn:
        raw = secrets.token_bytes(48)
        await self._c.execute(
            sessions.insert().values(
                token_hash=sha256(raw[:16]).digest(),
                person=person,
                sealed=seal_under(raw[16:], private, "session") if private else None,
                made_at=now,
                seen_at=now,
                until=now + SESSION_LIVES,
            )
        )
        token = base64.urlsafe_b64encode(raw).decode()
        return SignIn(token=token, person=person, is_open=private is not None)

    async def keyring(self, token: str, *, now: datetime) -> Keyring:
        found, half = split(token)
        row = (
            await self._c.execute(
                staff(now, sessions.c.sealed)
                .where(people.c.gone_at.is_(None))
                .join(sessions, sessions.c.person == people.c.id)
                .where(sessions.c.token_hash == found)
                .where(sessions.c.until > now, sessions.c.seen_at > now - SESSION_IDLES)
            )
        ).one_or_none()
        if row is None:
            raise NotSignedIn("登录已经到期,请重新登录。")
        person = person_from_row(row)
        if row.sealed is None:
            return Ring(person, None)
        private = open_under(half, row.sealed, "session")
        if not person.may_read_cases():  # his post ran out: the box is there until somebody looks
            return Ring(person, {}, private)
        held = await self._c.execute(select(memberships).where(memberships.c.person == person.id))
        units = {each.unit: open_box(private, each.box) for each in held.all()}
        return Ring(person, units, private, await self._earlier(units))

    async def _earlier(self, units: Mapping[str, bytes]) -> Mapping[str, tuple[bytes, ...]]:
        """Keys of before that boxes may still lie under; each is sealed under the unit's of today."""
        rows = await self._c.execute(select(earlier_keys).where(earlier_keys.c.unit.in_(units)))
        found: dict[str, tuple[bytes, ...]] = {}
        for row in rows:
            key = open_box(units[row.unit], row.box)
            found[row.unit] = (*found.get(row.unit, ()), key)
        return found

    async def seen(self, token: str, *, now: datetime) -> None:
        await self._c.execute(
            update(sessions).where(sessions.c.token_hash == split(token)[0]).values(seen_at=now)
        )

    async def salt_of(self, person: str) -> bytes:
        row = await self._row(person)
        if row.salt is None:
            raise NotAllowed("您还没有设密码,请用邀请链接先设密码。")
        return bytes(row.salt)

    async def set_password(self, session: str, password: PasswordKey, *, now: datetime) -> None:
        """Make the person's key. The first of a unit makes the unit's key; others are let in by a
        colleague."""
        person = (await self.keyring(session, now=now)).person
        if (await self._row(person.id)).public is not None:
            raise NotAllowed("密码已经设过了。忘了密码要请同事帮忙恢复。")
        private, public = new_keypair()
        await self.keep_key(person, private, public, password, now=now)
        await self._seal_into_session(session, private)

    async def keep_key(
        self, person: Person, private: bytes, public: bytes, password: PasswordKey, *, now: datetime
    ) -> None:
        """Wrap a member's private key under his password. The first who works on cases makes the unit's
        key and is in: reports are routed to a unit with a key, and somebody must be able to read them."""
        wrapped = seal_under(password.key, private, "member")
        await self._c.execute(
            update(people)
            .where(people.c.id == person.id)
            .values(public=public, salt=password.salt, wrapped=wrapped)
        )
        await self._first_key(person, public, now)

    async def _first_key(self, person: Person, public: bytes, now: datetime) -> None:
        if not person.may_read_cases():
            return
        unit_private, unit_public = new_keypair()
        first = await self._c.execute(
            insert_new(self._c, unit_keys).values(unit=person.unit, public=unit_public, made_at=now)
        )
        if first.rowcount == 1:
            await self._join(person.unit, person.id, public, unit_private)

    async def unlock(self, session: str, password: PasswordKey, *, now: datetime) -> None:
        """Raises `NotSignedIn` where the password does not open the person's key."""
        person = (await self.keyring(session, now=now)).person
        row = await self._row(person.id)
        try:
            private = open_under(password.key, row.wrapped or b"", "member")
        except EnvelopeError:
            raise NotSignedIn("密码不对。") from None
        await self._first_key(person, row.public, now)
        await self._seal_into_session(session, private)

    async def let_in(self, colleague: Keyring, person: str, *, now: datetime) -> bool:
        """A colleague says yes to a newcomer of the same unit; the last who must seals the unit's key
        to him. One who is alone decides alone; of two or more, two must say yes. False while another
        one must."""
        await self.held(person)
        newcomer = await self._row(person)
        # Held, so that nobody changes it before his box of it is there.
        today = select(unit_keys.c.public).where(unit_keys.c.unit == newcomer.unit)
        public = (await self._c.execute(today.with_for_update(read=True))).scalar_one_or_none()
        unit_private = isinstance(colleague, Ring) and (colleague.units or {}).get(newcomer.unit)
        if not unit_private or newcomer.public is None:
            raise NotAllowed("只有本单位已经打开钥匙的同事才能让他进来。")
        if not person_from_row(newcomer).may_read_cases():
            raise NotAllowed("他不办件,用不着单位的钥匙。")
        if public != public_of(unit_private):
            raise NotAllowed("本单位的钥匙刚换过,请再点一次。")
        await self._c.execute(
            insert_new(self._c, let_ins).values(person=person, by=colleague.person.id, at=now)
        )
        members = await UnitKeyShelf(self._c, self._now).holders(newcomer.unit)
        said_yes = members & set(await self.said_yes(person))
        if len(said_yes) < min(len(members), NEEDED):
            return False
        await self._join(newcomer.unit, person, newcomer.public, unit_private)
        await self._c.execute(delete(let_ins).where(let_ins.c.person == person))
        return True

    async def sign_out(self, session: str) -> None:
        await self._c.execute(delete(sessions).where(sessions.c.token_hash == split(session)[0]))

    async def _row(self, person: str) -> Row[Any]:
        query = staff(self._now).where(people.c.id == person)
        row: Row[Any] = (await self._c.execute(query)).one()
        return row

    async def _seal_into_session(self, session: str, private: bytes) -> None:
        found, half = split(session)
        await self._c.execute(
            update(sessions)
            .where(sessions.c.token_hash == found)
            .values(sealed=seal_under(half, private, "session"))
        )

    async def _join(self, unit: str, person: str, public: bytes, unit_private: bytes) -> None:
        await self._c.execute(
            insert_new(self._c, memberships).values(
                unit=unit, person=person, box=seal_to(public, unit_private)
            )
        )


class DemoKeys:
    """The demo keeps its people's private keys in its data folder, and says so."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self._keys = keys

    def private(self, person: str) -> bytes | None:
        return self._keys.get(person)

    def keep(self, person: str, private: bytes) -> None:
        self._keys[person] = private

    def as_hex(self) -> dict[str, str]:
        return {person: key.hex() for person, key in self._keys.items()}
