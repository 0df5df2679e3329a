"""What the outbox tells of itself: how much waits, since when, and what was given up."""

from __future__ import annotations

from datetime import timedelta

from casework.shelves import OutboxFigures, Parcel, Priority
from tests.offices import TestOffice


async def test_the_figures_tell_kinds_apart_and_age_in_spite_of_new_tries(
    office: TestOffice,
) -> None:
    began = office.clock.now()
    async with office.files() as files:
        for n in range(3):
            await files.outbox.add(
                Parcel(channel="telegram", recipient="1", text="好", dedupe=f"{n}")
            )
        await files.outbox.add(
            Parcel(
                channel="wechat",
                recipient="2",
                text="培训",
                dedupe="a",
                priority=Priority.ANNOUNCEMENT,
            )
        )
    office.wait(hours=2)
    now = office.clock.now()
    async with office.files() as files:
        first, second, third = await files.outbox.lease("telegram", worker="w", now=now)
        await files.outbox.sent(first, worker="w")
        await files.outbox.failed(second, worker="w", trouble="没有这个人")
        await files.outbox.again(third, worker="w", due=now + timedelta(hours=1), trouble="忙")

    async with office.reading() as reading:
        replies, announcements = await reading.outbox.figures()

    assert replies.oldest is not None
    assert abs(replies.oldest - began) < timedelta(seconds=1)
    assert (replies.channel, replies.kind, replies.waiting, replies.given_up) == (
        "telegram", "reply", 1, 1,
    )  # fmt: skip
    assert announcements == OutboxFigures(
        channel="wechat", kind="announcement", waiting=1, given_up=0, oldest=announcements.oldest
    )
