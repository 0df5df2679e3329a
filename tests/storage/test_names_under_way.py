"""The database alone confirms nobody: what could be guessed stands there under the key of the day."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from hashlib import md5, sha1, sha256, sha512
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from casework.shelves import Begun, Inbound, Parcel, Priority, Talk
from storage.engine import sqlite_in_a_thread, sqlite_url
from storage.migrate import upgrade
from storage.platform_tables import replies
from storage.schema import inbound, metadata, outbox
from tests.offices import TestOffice, start_from_a_copy

CALLER, NUMBER = "5012345678", "812345677"
MESSAGE = Inbound(channel="telegram", external_id=NUMBER, caller=CALLER, text="支书扣了五千")


async def everything(office: TestOffice) -> list[bytes]:
    """Each value of each row, as bytes."""
    async with office.store.house.readers.connect() as connection:
        return [value async for value in _values(connection)]


async def _values(connection: AsyncConnection):  # type: ignore[no-untyped-def]
    for table in metadata.sorted_tables:
        for row in (await connection.execute(select(table))).all():
            for value in row:
                yield bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


def guesses() -> Iterator[bytes]:
    """What somebody who suspects her tries: her id, the message, the channel, glued and hashed in the
    usual ways."""
    parts = ("telegram", CALLER, NUMBER, "0", "message", "parcel")
    for count in (1, 2, 3, 4):
        for chosen in permutations(parts, count):
            if not {CALLER, NUMBER} & set(chosen):
                continue
            for glue in ("", "\0", "/", ":", " ", "-", "|"):
                word = glue.join(chosen).encode()
                yield word
                for digest in (md5, sha1, sha256, sha512):
                    yield digest(word).digest()
                yield hmac.new(b"", word, sha256).digest()


async def test_no_value_of_the_database_can_be_made_from_her_id(office: TestOffice) -> None:
    async with office.files() as files:
        await files.talks.take(MESSAGE)
        await files.talks.keep("telegram", CALLER, Talk(begun=Begun(dialogue="report")))
        await files.replies.expect(MESSAGE)
        until = office.clock.now()
        await files.windows.opened("telegram", CALLER, until=until, most=3)
        await files.windows.take_turn("telegram", CALLER, holder="h", until=until)
        await files.windows.leave("telegram", CALLER, "好")
        await files.outbox.add(
            Parcel(channel="telegram", recipient=CALLER, text="好", dedupe=f"telegram/{NUMBER}/0")
        )

    stored = await everything(office)
    joined = b"\n".join(stored)
    hexed = joined.lower()

    assert len(stored) > 30
    for guess in guesses():
        assert guess not in joined
        assert guess[:16].hex().encode() not in hexed


async def test_an_announcement_is_known_by_its_own_number_for_ever(office: TestOffice) -> None:
    """Sent on two days it is one: it tells of the register, not of who wrote."""
    parcel = Parcel(
        channel="telegram", recipient="1", text="培训", dedupe="an/c",
        priority=Priority.ANNOUNCEMENT,
    )  # fmt: skip
    for _ in range(2):
        async with office.files() as files:
            await files.outbox.add(parcel)
        office.wait(days=9)
        await office.store.forget(office.clock.now())

    async with office.store.house.readers.connect() as connection:
        assert (await connection.execute(select(outbox.c.dedupe))).scalars().all() == ["an/c"]


async def test_the_same_number_on_two_channels_is_two_messages(office: TestOffice) -> None:
    async with office.files() as files:
        assert await files.talks.take(MESSAGE)
        wechat = Inbound(channel="wechat", external_id=NUMBER, caller=CALLER)
        assert await files.talks.take(wechat)
        assert not await files.talks.take(MESSAGE)


async def test_what_was_said_is_erased_when_it_is_answered(office: TestOffice) -> None:
    async with office.files() as files:
        await files.talks.take(MESSAGE)
    async with office.files() as files:
        assert await files.talks.done(MESSAGE)
        assert not await files.talks.done(MESSAGE)

    async with office.store.house.readers.connect() as connection:
        assert bytes((await connection.execute(select(inbound.c.sealed))).scalar_one()) == b""


async def test_a_message_that_waits_since_before_the_upgrade_is_answered_and_known_again(
    office: TestOffice,
) -> None:
    today = office.store.house.today
    async with office.store.house.writer.begin() as connection:
        row = {
            "channel": "telegram", "external_id": NUMBER, "day": today.day, "done": False,
            "at": office.clock.now(),
            "sealed": today.seal(
                b'{"channel": "telegram", "external_id": "812345677", "caller": "5012345678",'
                b' "at": "2026-11-02T02:00:00+00:00"}'
            ),
        }  # fmt: skip
        await connection.execute(insert(inbound).values(**row))
        await connection.execute(
            insert(replies).values(
                channel="telegram", external_id=NUMBER, day=today.day, hung_up=False,
                at=office.clock.now(),
            )
        )  # fmt: skip

    async with office.files() as files:
        (waiting,) = await files.talks.pending("telegram")
        assert not await files.talks.take(waiting)
        assert await files.replies.of(waiting)
        assert await files.talks.tried(waiting) == 2
        assert await files.talks.done(waiting)


def test_hashes_of_before_are_gone_after_the_upgrade(tmp_path: Path) -> None:
    start_from_a_copy(tmp_path)
    engine = sqlite_in_a_thread(sqlite_url(tmp_path))
    guess = sha256(f"telegram\0{CALLER}\0{NUMBER}".encode()).hexdigest()[:32]
    at = "2026-11-02T02:00:00.000000Z"
    with engine.begin() as connection:
        for n, (dedupe, priority) in enumerate(
            [(f"telegram/{guess}/0", "a-reply"), (f"telegram/{guess}/1", "a-reply"),
             ("an/c", "c-announcement")]
        ):  # fmt: skip
            connection.execute(
                text(
                    "INSERT INTO outbox (id, channel, dedupe, priority, sealed, key, due, state, "
                    "worker, attempts, trouble, provider_id, announcement, craftsman) VALUES "
                    "(:n, 'telegram', :dedupe, :priority, x'00', 'service', :at, 'sent', '', 0, '', "
                    "'', '', '')"
                ),
                {"n": n, "dedupe": dedupe, "priority": priority, "at": at},
            )
        for n, (done, parked) in enumerate([(True, False), (False, False), (True, True)]):
            connection.execute(
                insert(inbound).values(
                    channel="telegram", external_id=str(n), day="2026-11-02", sealed=b"words",
                    done=done, parked=parked, at=_moment(),
                )
            )  # fmt: skip
        connection.execute(text("UPDATE alembic_version SET version_num = '0009'"))

        upgrade(connection)

        left = connection.execute(select(outbox.c.dedupe).order_by(outbox.c.id)).scalars().all()
        words = connection.execute(select(inbound.c.sealed).order_by(inbound.c.external_id))
        assert [bytes(each) for each in words.scalars()] == [b"", b"words", b"words"]
    engine.dispose()
    assert left[2] == "an/c"
    assert len(set(left)) == 3
    assert not any(guess in each for each in left)


def _moment():  # type: ignore[no-untyped-def]
    from tests.offices import A_MONDAY

    return A_MONDAY


@pytest.mark.parametrize("days", [0, 1, 3])
async def test_a_caller_is_known_while_a_key_of_her_days_is_kept(
    office: TestOffice, days: int
) -> None:
    async with office.files() as files:
        await files.talks.take(MESSAGE)
    office.wait(days=days)
    await office.store.forget(office.clock.now())

    async with office.files() as files:
        assert not await files.talks.take(MESSAGE)
