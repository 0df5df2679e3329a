"""Telegram against an independent emulator: stored before acted on, answered once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.channels.telegram.api import TelegramApi, make_bot
from bot.channels.telegram.polling import Poller
from bot.reception import Reception, Step
from casework.delivery import Never
from casework.shelves import Inbound, Parcel
from tests.bot.channels.telegram.emulated import TOKEN, Conversation, at_work, emulator
from tests.bot.conftest import CHOKES, Choking

__all__ = ["emulator"]  # a fixture
from tests.offices import UNDERSTANDING, TestOffice, knowing

QUESTION = "俺家危房能补多少钱"


@pytest.fixture
async def conversation(small_office: TestOffice, emulator: str) -> AsyncIterator[Conversation]:
    async with at_work(small_office, emulator) as talk:
        yield talk


async def test_a_question_is_answered_with_buttons(conversation: Conversation) -> None:
    await conversation.arrives("俺家危房能补多少钱")

    texts = await conversation.said(2)

    assert "别处的例子:" in texts[0]
    assert conversation.sent[-1].options


async def test_messages_of_one_caller_are_answered_in_order(conversation: Conversation) -> None:
    for text in (
        "支书叫俺每户交300块钱手续费",
        "鲁山县",
        "去年",
        "对",
        "要",
        "没有",
        "没有了",
        "提交",
    ):
        await conversation.arrives(text, chat=2)
        await asyncio.sleep(0.15)

    texts = await conversation.said(10)

    assert any("查询编号" in text for text in texts)


async def test_a_chat_that_does_not_exist_is_a_lasting_failure(conversation: Conversation) -> None:
    with pytest.raises((Never, ValueError)):
        await conversation.way_out.send(Parcel(channel="telegram", recipient="no", text="x"))


async def test_a_message_that_always_fails_is_parked_and_the_others_go_on(
    conversation: Conversation,
) -> None:
    conversation.reception.conversation.driver.knowing = Choking()
    await conversation.arrives(CHOKES, chat=5)
    await conversation.arrives(QUESTION, chat=6)
    await conversation.arrives(QUESTION, chat=5)
    await conversation.said(4)  # each question's answer in two parts

    for _ in range(3):
        await conversation.poller.queue.sweep()

    assert (await conversation.said(5))[4] == UNDERSTANDING.content.texts("talk.parked")
    assert conversation.sent[4].recipient == "5"


class Pondering(Reception):
    """Thinks about each message until it is let go."""

    def __init__(self, office: TestOffice) -> None:
        super().__init__(office.office, knowing)
        self.go, self.thinks = asyncio.Event(), asyncio.Event()

    async def heard(self, message: Inbound) -> Step:
        self.thinks.set()
        await self.go.wait()
        return await super().heard(message)


async def test_what_is_being_answered_is_not_tried_by_the_sweep_and_does_not_hold_it(
    small_office: TestOffice, emulator: str
) -> None:
    bot, pondering = make_bot(TOKEN, emulator), Pondering(small_office)
    poller = Poller(TelegramApi(bot), pondering, small_office.office)
    message = {"message_id": 1, "text": QUESTION, "chat": {"id": 5, "type": "private"}}
    await poller._receive(1, {"update_id": 1, "message": message})
    await pondering.thinks.wait()

    await asyncio.wait_for(poller.queue.sweep(), 60)

    left = await pondering.left("telegram")
    pondering.go.set()
    await poller.queue.close()
    await bot.session.close()
    assert len(left) == 1
    assert await pondering.left("telegram") == []
