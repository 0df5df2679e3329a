"""Staying away (回避): declared by oneself or by a supervisor, lifted by another one alone."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from casework.offices import Organisation, Person, Role
from casework.ports import Files, Keyring, Office
from casework.ports.doors import Reading
from casework.recusals import Reason, Recusal, area_of, away_from, is_of_the_chain
from casework.refusals import BadInput, Locked, NotAllowed
from casework.sealed_names import pseudonym
from casework.tickets import Action, Entry
from casework.workdays import day_of

#: Who may declare for others, and lift.
OVERSEERS = frozenset({Role.SUPERVISOR, Role.LEADER})

NOBODY = "没有这个人,或者他不在本单位和下级单位。"


class Left(StrEnum):
    """Who is still shown the open tickets that he was shown until now."""

    COLLEAGUES = "colleagues"
    ABOVE = "above"  # nobody of his unit; the unit above is shown each of them
    NOBODY = "nobody"  # nor anybody there, for one of them at least


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One recusal as a colleague is shown it."""

    recusal: Recusal
    person: Person
    may_lift: bool


async def declare(
    office: Office, keyring: Keyring, about: str, *, reason: Reason, person: str = ""
) -> Left:
    """From this moment the person (oneself, where none is named) knows of the ticket, or of those of
    the unit, no more. What he had in hand is in nobody's. Raises `NoSuchTicket` also where whoever
    declares it may not know of the ticket himself, and `NotAllowed` where it is in force already."""
    me, now, offices = _signed_in(keyring), office.clock.now(), office.content.organisation
    async with office.files() as files:
        who = await _whom(files, me, person, offices)
        if not who.may_read_cases():
            raise NotAllowed("他的岗位看不到件,不用回避。")
        await files.recusals.hold(who.id)
        matter = await _matter(files, me, about, offices)
        fresh = [
            Recusal(
                person=who.id, about=each, reason=reason, since=now, declared_by=me.id,
                area=area_of(offices[each]) if each in offices else None,
            )
            for each in sorted(matter)
        ]  # fmt: skip
        away = away_from(fresh, offices)
        seen = await files.tickets.open_ones(reader=who, covered=away)
        if not any([await files.recusals.add(each) for each in fresh]):
            raise NotAllowed("这项回避已经登记过了。")
        line = Entry(at=now, action=Action.RECUSE, by=me.unit, person=me.id, code=reason.value)
        for ticket in await files.recusals.in_hand(who.id, away):
            after, entry = ticket.record(
                Action.RECUSE, by=me.unit, person=me.id, at=now, code=reason.value
            )
            await files.tickets.keep(replace(after, handler=""), entry, was=ticket)
            matter -= {ticket.number}
            _leaf(files, Action.RECUSE, ticket.number, now)
        for each in sorted(matter):
            if each not in offices:
                await files.tickets.add_entry(each, line)
            _leaf(files, Action.RECUSE, each, now)
        return await _left(files, who, seen, offices)


async def lift(office: Office, keyring: Keyring, person: str, about: str) -> None:
    """By a supervisor or leader who is neither the person nor stays away from it himself. Raises
    `NotAllowed`."""
    me, now, offices = _signed_in(keyring), office.clock.now(), office.content.organisation
    async with office.files() as files:
        if person == me.id:
            raise NotAllowed("自己的回避自己不能取消,请另一位督办员或者分管领导来取消。")
        who = await _whom(files, me, person, offices)
        await files.recusals.hold(who.id)
        await files.recusals.watch(me.id)
        found = next((r for r in await files.recusals.of(who.id) if r.about == about), None)
        # One sentence for both, so that it tells nobody of a ticket he may not know of.
        if found is None or not await _may_know(files, me, found, offices):
            raise NotAllowed("没有这项回避,或者已经取消了。")
        refusal = await _may_not_lift(files, me, found, offices)
        if refusal:
            raise NotAllowed(refusal)
        await files.recusals.lift(who.id, about, at=now, by=me.id)
        if not found.is_of_unit(offices):
            line = Entry(at=now, action=Action.END_RECUSAL, by=me.unit, person=me.id)
            await files.tickets.add_entry(about, line)
        _leaf(files, Action.END_RECUSAL, about, now)


def _signed_in(keyring: Keyring) -> Person:
    """Raises `Locked` for whoever came by a link alone: somebody else may have read it."""
    if not keyring.is_open:
        raise Locked
    return keyring.person


async def shown(reading: Reading, me: Person, offices: Organisation) -> Sequence[Declared]:
    """What is in force for people I may declare it for, and for me. A ticket that I may not know of is
    in no line: one of my own only where I declared it myself."""
    people = {each.id: each for each in await whom_i_oversee(reading, me, offices)}
    found = []
    for each in await reading.recusals.all():
        if each.person == me.id:
            known = each.is_of_unit(offices) or each.declared_by == me.id
            may_lift = False
        elif each.person in people:
            known = await _may_know(reading, me, each, offices)
            may_lift = known and not await _may_not_lift(reading, me, each, offices)
        else:
            continue
        if known:
            who = people.get(each.person, me)
            found.append(Declared(recusal=each, person=who, may_lift=may_lift))
    return found


async def whom_i_oversee(
    reading: Reading, me: Person, offices: Organisation
) -> Sequence[Person]:  # fmt: skip
    """The others of my unit and of those below who work on cases; nobody, where I oversee nobody."""
    if not me.roles & OVERSEERS:
        return []
    units = _at_or_below(me.unit, offices)
    return [
        each
        for each in await reading.people.all()
        if each.unit in units and each.id != me.id and each.may_read_cases()
    ]


async def _whom(files: Files, me: Person, person: str, offices: Organisation) -> Person:
    if person in ("", me.id):
        return me
    if not me.roles & OVERSEERS:
        raise NotAllowed("给别人登记、取消回避,要督办员或者分管领导。")
    try:
        who = await files.people.person(person)
    except BadInput:
        raise BadInput(NOBODY) from None
    if who.unit not in _at_or_below(me.unit, offices):
        raise BadInput(NOBODY)
    return who


def _at_or_below(unit: str, offices: Organisation) -> AbstractSet[str]:
    return offices.below(offices[unit]) if unit in offices else {unit}


async def _matter(files: Files, me: Person, about: str, offices: Organisation) -> set[str]:
    """The unit; or the ticket with all it is merged with."""
    if is_of_the_chain(about, offices):
        return {about}
    number = "".join(about.split()).upper()
    if not (number.isascii() and number.isalnum()):
        raise BadInput("没有这个单位,或者它不办件。")
    await files.tickets.get(number, reader=me)
    return set(await files.recusals.same_matter(number))


async def _may_know(
    reading: Reading | Files, me: Person, recusal: Recusal, offices: Organisation
) -> bool:
    """Whether its line tells me of no ticket that I may not know of."""
    if recusal.is_of_unit(offices):
        return True
    return bool(await reading.tickets.known([recusal.about], reader=me))


async def _may_not_lift(
    reading: Reading | Files, me: Person, recusal: Recusal, offices: Organisation
) -> str:
    """The sentence that refuses it, '' where I may."""
    try:
        declared_by = await reading.people.person(recusal.declared_by)
    except BadInput:
        declared_by = me  # he has left
    if declared_by.unit not in _at_or_below(me.unit, offices):
        return "这项回避是上级登记的,由上级来取消。"
    if recusal.is_of_unit(offices):
        mine = away_from(await reading.recusals.of(me.id), offices)
        if mine.touches(recusal.about, offices):
            return "您自己也要回避它,请另一位来取消。"
    return ""


async def _left(
    files: Files, who: Person, seen: AbstractSet[str], offices: Organisation
) -> Left:  # fmt: skip
    """Who is still shown the open tickets that he was shown until now."""
    alone = await _unseen(files, seen, who.unit)
    if not alone:
        return Left.COLLEAGUES
    above = offices.over(who.unit)
    seen_above = above != who.unit and not await _unseen(files, alone, above)
    return Left.ABOVE if seen_above else Left.NOBODY


async def _unseen(files: Files, numbers: AbstractSet[str], unit: str) -> AbstractSet[str]:
    """Those of them that nobody of a unit is shown."""
    for each in await files.people.with_key(unit):
        if numbers:
            numbers = numbers - await files.tickets.known(numbers, reader=each)
    return numbers


def _leaf(files: Files, action: Action, about: str, at: datetime) -> None:
    files.leaf(action.value, ticket=pseudonym(about), day=day_of(at).isoformat())
