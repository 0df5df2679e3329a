"""Writing the roster of one's unit, its group's robot, and one's own address."""

from __future__ import annotations

import secrets
from dataclasses import replace
from hashlib import sha256

from casework.alerts import (
    BINDING_LIVES,
    CHAT,
    CODE_LENGTH,
    CODE_LETTERS,
    DIGEST,
    MAIL,
    WECOM,
    mail_address,
    robot_key,
)
from casework.offices import CHAIN, Organisation, Person
from casework.ports import Keyring, Office
from casework.refusals import BadInput, Locked, NotAllowed
from casework.roster import EDITORS, Line
from casework.workdays import day_of

#: Lines of one unit: a month of single days and then some.
MOST_LINES = 60
LONGEST_PHONE = 30


def may_write(me: Person, unit: str) -> bool:
    return me.unit == unit and bool(me.roles & EDITORS)


def may_see(me: Person, unit: str, offices: Organisation) -> bool:
    """His own unit's, and those of the units below it."""
    return unit in offices and (
        me.unit == unit or (me.unit in offices and unit in offices.below(offices[me.unit]))
    )


def _writer(office: Office, keyring: Keyring) -> Person:
    if not keyring.is_open:
        raise Locked
    me, offices = keyring.person, office.content.organisation
    if not may_write(me, me.unit):
        raise NotAllowed("值班表由本单位的督办员、分管领导或者派单员来写。")
    if me.unit not in offices or offices[me.unit].level not in CHAIN:
        raise NotAllowed("这个单位不办件,没有值班表。")
    return me


async def add(office: Office, keyring: Keyring, line: Line) -> None:
    """A line of one's own unit. Raises `BadInput` for a person who is not there, or dates that do not
    fit."""
    me = _writer(office, keyring)
    if line.unit != me.unit:
        raise NotAllowed("只能写本单位的值班表。")
    today = day_of(office.clock.now())
    if line.first and line.last and line.last < line.first:
        raise BadInput("到哪天在从哪天前面,请改一个。")
    if line.last and line.last < today:
        raise BadInput("这些日子已经过了,请写今天以后的。")
    if line.person and line.person == line.deputy:
        raise BadInput("值班的人和替他的人不能是同一个。")
    if not all(char.isdigit() or char in " -+()转、,/" for char in line.phone):
        raise BadInput("电话只写数字,几个号用顿号隔开。")
    if len(line.phone) > LONGEST_PHONE:
        raise BadInput(f"电话太长了,{LONGEST_PHONE} 个字以内。")
    async with office.files() as files:
        there = {each.id for each in await files.people.with_key(me.unit)}
        if not {line.person, line.deputy or line.person} <= there:
            raise BadInput("只能排本单位办件的同事,还要已经有本单位的钥匙。")
        if len(await files.roster.of(me.unit)) >= MOST_LINES:
            raise BadInput(f"值班表已经有 {MOST_LINES} 行,先去掉过期的。")
        await files.roster.add(line)


async def drop(office: Office, keyring: Keyring, line: int) -> None:
    me = _writer(office, keyring)
    async with office.files() as files:
        if not await files.roster.drop(me.unit, line):
            raise NotAllowed("这一行已经去掉了。")


async def set_robot(office: Office, keyring: Keyring, address: str) -> None:
    """Of the unit's group; '' takes it away."""
    me = _writer(office, keyring)
    async with office.files() as files:
        if address.strip():
            await files.ways.keep(me.unit, WECOM, robot_key(address))
        else:
            await files.ways.drop(me.unit, WECOM)


async def offer_binding(office: Office, keyring: Keyring) -> str:
    """A code to be typed to the bot: whoever types it proves that the account is his who sits here."""
    if not keyring.is_open:
        raise Locked
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    async with office.files() as files:
        until = office.clock.now() + BINDING_LIVES
        await files.ways.offer(keyring.person.id, _hash(code), until=until)
    return code


async def bind(office: Office, code: str, account: str) -> bool:
    """The account that typed the code is written to from now on. Again does no harm; False for a code that
    does not hold, or is another's."""
    async with office.files() as files:
        whose = await files.ways.claim(
            _hash(code), _hash(f"{code} {account}"), now=office.clock.now()
        )
        if not whose:
            return False
        person = await files.people.person(whose)
        if whose not in {each.id for each in await files.people.in_unit(person.unit)}:
            return False
        await files.ways.keep(whose, CHAT, account)
        return True


async def unbind(office: Office, keyring: Keyring) -> None:
    if not keyring.is_open:
        raise Locked
    async with office.files() as files:
        await files.ways.drop(keyring.person.id, CHAT)


def _hash(words: str) -> str:
    return sha256(f"binding|{words}".encode()).hexdigest()


async def switch(office: Office, keyring: Keyring, kind: str, *, on: bool) -> None:
    """What one is told besides danger, which cannot be switched off."""
    if not keyring.is_open:
        raise Locked
    if kind != DIGEST:
        raise BadInput("急件的通知关不掉。")
    me = keyring.person
    async with office.files() as files:
        rations = await files.ways.hold_rations(me.id)
        off = rations.off - {kind} if on else rations.off | {kind}
        await files.ways.keep_rations(me.id, replace(rations, off=off))


async def set_mail(office: Office, keyring: Keyring, address: str) -> None:
    """One's own; '' takes it away."""
    if not keyring.is_open:
        raise Locked
    me = keyring.person
    async with office.files() as files:
        if address.strip():
            await files.ways.keep(me.id, MAIL, mail_address(address))
        else:
            await files.ways.drop(me.id, MAIL)
