"""A photo added to a report that was filed: sealed like the first ones, kept from whom the words name."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import delete, select, update

from casework.actions import reporting
from casework.actions.handling import attachment, look
from casework.refusals import BadInput, NoSuchTicket, NotAllowed
from casework.reports import MOST_FILES, Accused, Added
from casework.sealed_names import original_of
from casework.shelves import HandlersCopy, Inbound, SealedAttachment
from casework.tickets import Action, Status
from papers.envelope import KEY, EnvelopeError, derive, open_box, open_field
from storage.schema import attachments, history, leaves, parts
from tests import sent_files
from tests.casework.desk import Desk
from tests.offices import CITY, COUNTY, DISCIPLINE, ESCROW, PROVINCE, WITHHELD
from tests.sent_files import PLANTED

A = Action
ACCOUNTANT = Accused(role="village_accountant")
IN_THE_VILLAGE = replace(WITHHELD, accused=(ACCOUNTANT,))
BUREAU = Accused(role="county_head", unit=COUNTY, words="县住建局局长")
TOWNSHIP = "township-410423106"
DOCUMENT = b"%PDF-1.7\n" + PLANTED + b"author\n%%EOF"


async def held(desk: Desk, *contents: bytes) -> tuple[str, ...]:
    async with desk.office.files() as files:
        return tuple([(await files.blobs.hold(each)).blob for each in contents])


async def adds(desk: Desk, text: str, *contents: bytes, about: tuple[Accused, ...] = ()) -> Added:
    files = await held(desk, *contents)
    return await reporting.add(desk.office.office, desk.number, text, about=about, files=files)


async def files_seen(desk: Desk, unit: str) -> tuple[SealedAttachment, ...]:
    return (await look(desk.office.office, desk.rings[unit], desk.number)).attachments


async def opens(desk: Desk, unit: str, file: SealedAttachment) -> bytes:
    return (await attachment(desk.office.office, desk.rings[unit], desk.number, file.id))[1]


def kept(desk: Desk, name: str) -> bytes:
    return (desk.office.store.house.blobs.kept / name).read_bytes()


async def test_the_handlers_open_a_copy_and_those_outside_the_original(desk: Desk) -> None:
    await desk.opens(IN_THE_VILLAGE)
    sent = sent_files.jpeg(6)

    added = await adds(desk, "", sent, DOCUMENT)

    for unit in (COUNTY, CITY, PROVINCE):
        copy, none = sorted(await files_seen(desk, unit), key=lambda each: each.copy)
        assert (copy.copy, none.copy) == (HandlersCopy.MADE, HandlersCopy.NONE)
        assert PLANTED not in await opens(desk, unit, copy)
        with pytest.raises(NotAllowed, match="没法安全地重做一份"):
            await opens(desk, unit, none)
    [line] = [each for each in await desk.history() if each.action is A.ADD]
    assert copy.added_at == line.at
    assert added.left_out == ()
    async with desk.office.reading() as reading:
        boxes = {row.holder: row.box for row in await reading.connection.execute(parts.select())}
    for outside, file, content in product((DISCIPLINE, ESCROW), (copy, none), (sent, DOCUMENT)):
        keys, name = open_box(desk.office.privates[outside], boxes[outside]), original_of(file.id)
        plain = open_field(keys[KEY:], desk.number, f"file {name}", kept(desk, name))
        assert (plain == content) == ((file is copy) == (content is sent))


async def test_who_is_named_in_the_words_opens_none_of_their_files(desk: Desk) -> None:
    """With every key the county has or had, and what can be derived of it."""
    await desk.opens(IN_THE_VILLAGE)
    await adds(desk, "先前的一张", sent_files.gif())
    ring = desk.rings[COUNTY]
    async with desk.office.reading() as reading:
        file = await reading.tickets.get(desk.number, reader=ring.person)
    private = ring.units[COUNTY]  # type: ignore[attr-defined]  # the store's own Ring
    keys = ring.ticket(file)

    await adds(desk, "县住建局局长拿了一半", sent_files.jpeg(), about=(BUREAU,))

    with pytest.raises(NoSuchTicket):
        await files_seen(desk, COUNTY)
    *_, late = await files_seen(desk, CITY)
    with pytest.raises(NoSuchTicket):
        await attachment(desk.office.office, ring, desk.number, late.id)
    async with desk.office.reading() as reading:
        rows = (await reading.connection.execute(parts.select())).all()
    for row in rows:
        with pytest.raises(EnvelopeError):
            open_box(private, row.box)
    secrets = {private, file.shred, open_box(private, file.box), keys.reporter, keys.inside}  # type: ignore[attr-defined]
    secrets |= {keys.content, *keys.parts.values()}  # type: ignore[attr-defined]
    secrets |= {derive(each, "content", file.shred) for each in tuple(secrets)}
    for name, secret in product((late.id, original_of(late.id)), secrets):
        with pytest.raises(EnvelopeError):
            open_field(secret, desk.number, f"file {name}", kept(desk, name))
    assert await opens(desk, CITY, late)


async def test_a_unit_s_key_opens_no_original_of_what_was_added(desk: Desk) -> None:
    await desk.opens(IN_THE_VILLAGE)
    await adds(desk, "", DOCUMENT)
    (file,) = await files_seen(desk, COUNTY)
    ring, name = desk.rings[COUNTY], original_of(file.id)
    async with desk.office.reading() as reading:
        keys = ring.ticket(await reading.tickets.get(desk.number, reader=ring.person))

    for part in ("", file.part):
        with pytest.raises(EnvelopeError):
            keys.open_bytes(f"file {name}", kept(desk, name), part=part)


async def test_after_it_was_added_the_key_of_the_day_leads_nowhere(desk: Desk) -> None:
    await desk.opens()
    (blob,) = await held(desk, sent_files.gif())

    await reporting.add(desk.office.office, desk.number, "", files=(blob,))

    house, (file,) = desk.office.store.house, await files_seen(desk, COUNTY)
    async with desk.office.reading() as reading:
        assert await reading.blobs.held(blob) is None
    for name in (file.id, original_of(file.id)):
        with pytest.raises((EnvelopeError, ValueError)):
            house.today.open(house.today.day, kept(desk, name))


async def test_a_township_is_shown_none_of_it(desk: Desk) -> None:
    await desk.opens()
    await desk.office.hire("乡里", TOWNSHIP)
    async with desk.office.reading() as reading:
        (person,) = await reading.people.in_unit(TOWNSHIP)
    desk.rings[TOWNSHIP] = await desk.office.keyring(person)
    await desk.step(A.ACCEPT)
    await adds(desk, "前一张", sent_files.gif())
    await desk.step(A.DISPATCH, "去赵村看看一户的屋顶,量一下。", to=TOWNSHIP)
    await adds(desk, "后一张", sent_files.gif())
    seen = await files_seen(desk, CITY)

    assert await files_seen(desk, TOWNSHIP) == ()
    for each in seen:
        with pytest.raises(BadInput, match="没有这个附件"):
            await opens(desk, TOWNSHIP, each)


async def test_a_file_that_is_held_no_more_is_refused_and_nothing_is_written(desk: Desk) -> None:
    await desk.opens()
    good = await held(desk, sent_files.gif())
    before, there = await desk.history(), sorted(desk.office.store.house.blobs._held.iterdir())

    for lost in ("2026-11-02.0f3a", "../../keys/service.key", ""):
        with pytest.raises(BadInput, match="没有存住") as refusal:
            await reporting.add(desk.office.office, desk.number, "漏", files=(*good, lost))
        assert refusal.value.key == "file.lost"

    assert await desk.history() == before
    assert sorted(desk.office.store.house.blobs._held.iterdir()) == there
    assert await files_seen(desk, COUNTY) == ()


async def test_so_many_files_and_no_more_are_with_one_report(small: Desk) -> None:
    await small.opens()
    await adds(small, "", *[DOCUMENT] * (MOST_FILES - 1))

    with pytest.raises(BadInput, match="一共最多 20 个,已经有 19 个") as refusal:
        await adds(small, "再来两张", DOCUMENT, DOCUMENT)
    await adds(small, "再来一张", DOCUMENT)

    assert refusal.value.key == "files-full"
    assert len(await files_seen(small, COUNTY)) == MOST_FILES


async def test_two_at_once_do_not_pass_the_limit_together(desk: Desk) -> None:
    await desk.opens()
    await adds(desk, "", *[DOCUMENT] * (MOST_FILES - 1))

    came = await asyncio.gather(
        *(adds(desk, f"第{n}张", DOCUMENT) for n in range(2)), return_exceptions=True
    )

    assert sorted(type(each).__name__ for each in came) == ["Added", "BadInput"]
    assert len(await files_seen(desk, COUNTY)) == MOST_FILES


async def test_a_message_that_comes_twice_adds_once(desk: Desk) -> None:
    """At the same moment, as two processes may hear it, and once more after."""
    await desk.opens()
    files = await held(desk, sent_files.gif())
    message = Inbound(channel="telegram", external_id="added 7", caller="")

    async def heard() -> Added:
        return await reporting.add(desk.office.office, desk.number, "漏", files=files, once=message)

    both = await asyncio.gather(heard(), heard())
    again = await heard()

    assert sorted(each.before for each in both) == [False, True]
    assert again.before
    assert len(await files_seen(desk, COUNTY)) == 1
    assert [each.action for each in await desk.history()].count(A.ADD) == 1


async def test_a_photo_alone_answers_the_question_that_waited(small: Desk) -> None:
    await small.opens()
    await small.steps(A.ACCEPT, A.DISPATCH, A.SIGN, A.START)
    await small.step(A.ASK, "请拍一张屋顶。")

    added = await adds(small, " ", sent_files.gif())

    assert added.ticket.status is Status.IN_PROGRESS
    with pytest.raises(BadInput, match="还没有写话"):
        await reporting.add(small.office.office, small.number, " ")


@pytest.mark.parametrize(
    "tampering",
    [
        delete(attachments),
        update(attachments).values(part=""),
        update(attachments).values(copy="none"),
        update(history).where(history.c.action == "add").values(sealed=b"another"),
        delete(history).where(history.c.action == "add"),
        delete(leaves).where(leaves.c.event == "added"),
    ],
)
async def test_the_log_fixes_what_was_added(desk: Desk, tampering: object) -> None:
    receipt = await desk.opens()
    await desk.adds(receipt, "只有话")
    await adds(desk, "还有照片", sent_files.gif())
    await adds(desk, "", DOCUMENT)
    key = await desk.office.locks.code(receipt.code, caller="")
    before = await desk.office.store.inspect()
    async with desk.office.reading() as reading:
        assert (await reading.checks.of(desk.number, key.tag)).untouched

    async with desk.office.files() as files:
        await files.connection.execute(tampering)  # type: ignore[call-overload]
    after = await desk.office.store.inspect()

    assert (before.changed, before.fileless, before.log_fits) == ((), (), True)
    assert after.changed == (desk.number,)
    async with desk.office.reading() as reading:
        assert not (await reading.checks.of(desk.number, key.tag)).untouched


@pytest.mark.parametrize("which", ["original", "copy"])
async def test_an_added_file_that_was_exchanged_or_lost_is_noticed(desk: Desk, which: str) -> None:
    await desk.opens()
    await adds(desk, "", sent_files.gif())
    (file,) = await files_seen(desk, COUNTY)
    name = original_of(file.id) if which == "original" else file.id
    path, whole = desk.office.store.house.blobs.kept / name, kept(desk, name)

    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    changed = await desk.office.store.inspect()
    path.unlink()
    lost = await desk.office.store.inspect()

    assert (changed.changed, changed.fileless) == ((desk.number,), ())
    assert (lost.changed, lost.fileless) == ((), (name,))


async def test_a_purge_closes_the_copy_and_leaves_the_office_its_original(desk: Desk) -> None:
    await desk.opens(IN_THE_VILLAGE)
    sent = sent_files.gif()
    await adds(desk, "", sent)
    (file,) = await files_seen(desk, COUNTY)
    ring = desk.rings[COUNTY]
    async with desk.office.reading() as reading:
        folder = await reading.tickets.get(desk.number, reader=ring.person)
        boxed = select(parts.c.box).where(parts.c.holder == DISCIPLINE)
        box = (await reading.connection.execute(boxed)).scalar_one()

    desk.office.store.house.shreds.destroy([desk.number])

    with pytest.raises(Exception, match="已按规定销毁"):
        await opens(desk, COUNTY, file)
    without = ring.ticket(replace(folder, shred=bytes(32)))
    with pytest.raises(EnvelopeError):
        without.open_bytes(f"file {file.id}", kept(desk, file.id), part=file.part)
    keys, name = open_box(desk.office.privates[DISCIPLINE], box), original_of(file.id)
    assert open_field(keys[KEY:], desk.number, f"file {name}", kept(desk, name)) == sent


async def test_files_that_undo_a_child_are_added_without_a_copy(small: Desk) -> None:
    await small.opens()

    await adds(small, "", sent_files.bomb(), b"%PDF-1.7 " + bytes(range(256)))

    assert [each.copy for each in await files_seen(small, COUNTY)] == [HandlersCopy.NONE] * 2


async def test_a_unit_without_the_key_of_an_addition_is_shown_no_file_of_it(desk: Desk) -> None:
    await desk.opens()
    await adds(desk, "", sent_files.gif())
    (file,) = await files_seen(desk, CITY)
    async with desk.office.files() as files:
        await files.connection.execute(delete(parts).where(parts.c.holder == COUNTY))

    async with desk.office.reading() as reading:
        folder = await reading.tickets.get(desk.number, reader=desk.rings[COUNTY].person)
    assert folder.attachments == ()
    with pytest.raises(BadInput, match="没有这个附件"):
        await opens(desk, COUNTY, file)
