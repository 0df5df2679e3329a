"""Keeping what an officer writes until it is sent; and the phrases of his unit."""

from __future__ import annotations

from collections.abc import Sequence

from casework.actions.handling import facts_of, hers
from casework.actions.sitting import bench_of
from casework.permits import LONGEST_TEXT, is_sealed_to
from casework.ports import Keyring, Office
from casework.refusals import BadInput, NotAllowed
from casework.reports import identity_of
from casework.shelves import Sees
from casework.steps import BY_HAND, Action
from casework.writing import MOST_PHRASES, Phrase, draft_field, phrase_of, repeated


async def keep_draft(
    office: Office, keyring: Keyring, number: str, action: Action, text: str
) -> None:
    """What he wrote so far, sealed with the ticket's key; nothing written drops it. It is no step: no line
    of the history, no leaf. Raises `NoSuchTicket` for whoever may not know of it."""
    if action not in BY_HAND:
        raise NotAllowed(f"“{action.label}”不是手工办的。")
    if len(text) > LONGEST_TEXT:
        raise BadInput(f"太长了,最多 {LONGEST_TEXT} 个字。")
    me, now = keyring.person, office.clock.now()
    async with office.files() as files:
        file = await files.tickets.get(number, reader=me)
        if is_sealed_to(file.ticket, bench_of(office, keyring)):
            raise NotAllowed("这件已移交有权机关,本单位不再经办。")
        if not text.strip():
            await files.writing.drop_draft(number, me.id)
            return
        sealed = keyring.ticket(file).seal(draft_field(me.id, file.sees), text)
        await files.writing.keep_draft(number, me.id, action, sealed, at=now)


async def repeats(office: Office, keyring: Keyring, number: str, text: str) -> tuple[str, ...]:
    """Where a text repeats the reporter, or would tell who she is; nothing where her words are not his to
    read."""
    async with office.reading() as reading:
        file = await reading.tickets.get(number, reader=keyring.person)
    if file.sees is Sees.TASK or is_sealed_to(file.ticket, bench_of(office, keyring)):
        return ()
    key = keyring.ticket(file)
    return repeated(text, hers(file, key), identity_of(facts_of(file, key)))


async def phrases(office: Office, keyring: Keyring) -> Sequence[Phrase]:
    """Those of his unit."""
    async with office.reading() as reading:
        return await reading.writing.phrases(keyring.person.unit)


async def keep_phrase(
    office: Office, keyring: Keyring, action: Action, title: str, text: str, *, id: str = ""
) -> None:
    """A new one, or another wording of an old one. Raises `BadInput`."""
    me, phrase = keyring.person, phrase_of(id, action, title, text)
    if not me.may_read_cases():
        raise NotAllowed("套话由办件的同事来写。")
    async with office.files() as files:
        have = await files.writing.phrases(me.unit)
        if id and id not in {each.id for each in have}:
            raise BadInput("这条套话刚刚有人删了。")
        if not id and sum(each.action is action for each in have) >= MOST_PHRASES:
            raise BadInput(f"“{action.label}”已经有 {MOST_PHRASES} 条套话了,先删掉不用的。")
        await files.writing.keep_phrase(me.unit, phrase, person=me.id, at=office.clock.now())


async def drop_phrase(office: Office, keyring: Keyring, id: str) -> None:
    if not keyring.person.may_read_cases():
        raise NotAllowed("套话由办件的同事来写。")
    async with office.files() as files:
        if not await files.writing.drop_phrase(keyring.person.unit, id):
            raise BadInput("这条套话刚刚有人删了。")
